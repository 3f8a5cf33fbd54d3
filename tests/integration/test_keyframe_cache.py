"""A viewer who comes late decodes at once: real pictures, cut into packets by the simulator, put together here."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import av
import pytest

from bridge.media.hub import StreamHub
from bridge.media.source import StreamDescription
from bridge.simulators.clips import library
from bridge.simulators.wire.rtp import RtpStream, h264_payloads, h265_payloads
from tests.unit.media.streams import H264_VIDEO, H265_VIDEO, HandSource, ManualClock, Viewer, frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.simulators.clips.library import VideoClip

START_CODE = b"\x00\x00\x00\x01"
FRAMES_PER_S = 10


def nal_units(payloads: Iterable[bytes], codec: str) -> bytes:
    """Put single NAL units and fragments together again, as Annex B."""
    stream = b""
    for payload in payloads:
        if codec == "h264" and payload[0] & 0x1F == 28:
            is_first, rest = payload[1] & 0x80, payload[2:]
            header = bytes((payload[0] & 0xE0 | payload[1] & 0x1F,))
        elif codec == "h265" and payload[0] >> 1 & 0x3F == 49:
            is_first, rest = payload[2] & 0x80, payload[3:]
            header = bytes((payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]))
        else:
            stream += START_CODE + payload
            continue
        stream += START_CODE + header + rest if is_first else rest
    return stream


def decoded_pictures(stream: bytes, clip: VideoClip) -> int:
    """Count the pictures of the right size that a decoder makes of an elementary stream."""
    decoder = av.CodecContext.create("hevc" if clip.codec == "h265" else "h264", "r")
    pictures = [picture for packet in decoder.parse(stream) for picture in decoder.decode(packet)]
    pictures += [picture for packet in decoder.parse(b"") for picture in decoder.decode(packet)]
    pictures += decoder.decode(None)
    return sum(picture.width == clip.width for picture in pictures)


def reads(clip: VideoClip, stream: RtpStream, units: Iterable[tuple[bytes, ...]]) -> list[bytes]:
    """Return one read per access unit."""
    payloads_of = h264_payloads if clip.codec == "h264" else h265_payloads
    return [
        b"".join(frame(0, packet) for packet in stream.packetize(payloads_of(unit), number / FRAMES_PER_S))
        for number, unit in enumerate(units)
    ]


@pytest.fixture(params=["h264-640x360", "h265-3840x2160"])
def clip(request: pytest.FixtureRequest) -> VideoClip:
    return library.video_clip(request.param)


async def test_late_viewer_decodes_every_picture_from_the_last_key_frame_on(clip: VideoClip) -> None:
    clock = ManualClock()
    source = HandSource(clock)
    hub = StreamHub("front/main", source, clock=clock, random=Random(1))
    track = H264_VIDEO if clip.codec == "h264" else H265_VIDEO
    units = [*clip.groups[0], *clip.groups[1][:4]]
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hub.run())
        hub.attach(Viewer())
        await source.begun(1)
        source.open(StreamDescription((track,)))
        for read in reads(clip, RtpStream(payload_type=96, clock_rate=90_000), units):
            source.feed(read)
        late = Viewer()
        hub.attach(late)
        running.cancel()

    stream = nal_units((bytes(header.payload) for header in late.video), clip.codec)
    assert hub.counters.keyframes == 2
    assert decoded_pictures(stream, clip) == 4
