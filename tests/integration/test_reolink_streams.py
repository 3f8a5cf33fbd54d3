"""The other ways of a Reolink camera's streams: HTTP-FLV, to a viewer who decodes the picture, and RTMP."""

from __future__ import annotations

import asyncio

import pytest

from bridge.core.errors import Unreachable
from bridge.core.formats import VideoCodec
from bridge.core.model import Secret
from bridge.drivers.base import CameraConfig
from bridge.drivers.reolink.driver import ReolinkDriver
from bridge.drivers.reolink.profile import PROFILE
from bridge.runtime.clock import SystemClock
from bridge.simulators.clips import load_all
from tests.clients.viewer import watch
from tests.integration.reolink_world import PASSWORD, Watcher, world
from tests.unit.media.rtsp_world import rtsp_world
from tests.unit.media.test_rtmp_source import PLAY, camera, media


@pytest.mark.parametrize("scenarios", [("rtsp_off",), ("https",)])
async def test_a_viewer_decodes_what_comes_by_http_flv(scenarios: tuple[str, ...]) -> None:
    async with (
        world(scenarios=scenarios, stream="flv") as at,
        at.online(),
        rtsp_world(at.driver.open_stream("sub"), begin_s=2.0) as front,
    ):
        url = front.url.replace("rtsp://", "rtsp://viewer:pass%20word@")
        seen = await asyncio.to_thread(watch, url, transport="tcp", pictures=15)
        assert (seen.codec, seen.size) == ("h264", (640, 360))
        assert seen.distinct > 5, "the picture moves"
        assert seen.audio_frames > 0
        assert await at.journal("FLV")
        assert not await at.journal("RTSP SETUP")
        assert not await at.journal("SetNetPort")


async def test_the_codec_of_a_stream_by_http_flv_is_told() -> None:
    async with world(scenarios=("no_vtype",), stream="flv") as at, at.online():
        async with at.playing("main"):
            await at.watcher.until(lambda: at.watcher.stream_bytes > 5_000)
        assert at.watcher.tracks is not None
        assert [track.encoding for track in at.watcher.tracks.tracks] == ["H264", "MPEG4-GENERIC"]
        assert at.watcher.descriptions[-1].streams[0].encoder.codec is VideoCodec.H264


async def test_a_stream_that_http_flv_cannot_carry_is_a_typed_error_that_shows_no_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world(scenarios=("h265",), stream="flv") as at, at.online():
        with pytest.raises(Unreachable) as caught:
            await at.driver.open_stream("main").run(at.watcher)
    assert PASSWORD not in f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"


async def test_a_certificate_that_is_not_the_pinned_one_gets_no_password() -> None:
    async with world(scenarios=("https",), stream="flv", tls_fingerprint="00" * 32) as at:
        with pytest.raises(Unreachable):
            await at.driver.open_stream("sub").run(at.watcher)
        assert not await at.journal("FLV")


async def test_rtmp_asks_for_the_stream_with_the_account_in_its_name() -> None:
    await asyncio.to_thread(load_all)
    async with camera(*PLAY, media()) as server:
        limits = PROFILE.model_copy(update={"http": PROFILE.http.model_copy(update={"rtmp_port": server.port})})
        config = CameraConfig(
            "cam", "Camera", "reolink", "127.0.0.1", "admin", Secret(PASSWORD), options={"stream": "rtmp"}
        )
        source = ReolinkDriver(config, None, SystemClock(), limits).open_stream("main")
        watcher = Watcher()
        task = asyncio.create_task(source.run(watcher))
        await watcher.until(lambda: watcher.stream_bytes > 0)
        task.cancel()
        await asyncio.wait([task])
    asked = f"channel0_main.bcs?channel=0&stream=0&user=admin&password={PASSWORD}"
    assert asked.encode() in server.heard
