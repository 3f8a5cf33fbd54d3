"""A stream that a camera tells only after it was reached is played under the address that clients are told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bridge.simulators.clips.library import load_all
from tests.conformance.dut import Dut, bridge_of
from tests.conformance.media_client import Media, held_token
from tests.conformance.rtsp_session import Way, playing
from tests.conformance.streaming_steps import stream_uri
from tests.conformance.streams import STREAMING, StreamingCamera


async def test_a_stream_that_is_told_later_is_played(tmp_path):
    await asyncio.to_thread(load_all)
    camera = StreamingCamera()
    main, sub = STREAMING.streams
    camera.description = replace(STREAMING, streams=(main,))
    async with bridge_of({"equipped": camera}, tmp_path) as bridge:
        media = await Media.of(Dut(bridge, camera, bridge.devices()[0]))
        known = {held_token(each, "VideoEncoder") for each in await media.profiles()}
        camera.become(streams=(main, sub))
        (profile,) = [each for each in await media.profiles() if held_token(each, "VideoEncoder") not in known]
        uri = await stream_uri(media, profile["token"], Way.RTSP)
        assert "/sub" in uri
        async with playing(uri, Way.RTSP, video="H264", audio="PCMU") as session:
            await session.shows_pictures((sub.encoder.resolution.width, sub.encoder.resolution.height))
            await session.plays_sound()
