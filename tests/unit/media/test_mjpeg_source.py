"""JPEG pictures over HTTP against a camera of a few lines."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from PIL import Image

from bridge.core.errors import AuthFailed, Rejected, TimedOut, Unreachable, Unsupported
from bridge.core.model import Secret
from bridge.media.batch import split_frames
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.media.sources.http import HttpAddress
from bridge.media.sources.mjpeg import MjpegSource
from bridge.runtime.clock import SystemClock
from tests.clients.jpeg import picture_of
from tests.unit.media.http_camera import camera
from tests.unit.media.rtsp_world import rtsp_world
from tests.unit.media.source_bench import QUICK, USUAL, Sink, probe, running
from tests.unit.proto.http.test_multipart import part

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=cut\r\n\r\n"


def jpeg_of(colour, size=(64, 48), **how):
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", **how)
    return file.getvalue()


RED, BLUE, LARGE = jpeg_of("red"), jpeg_of("blue"), jpeg_of("green", (320, 240))
PROGRESSIVE = jpeg_of("red", progressive=True)


def source_of(cam, patience=USUAL):
    address = HttpAddress(f"http://127.0.0.1:{cam.port}/video.cgi", "admin", Secret("pw"))
    return MjpegSource(address, clock=SystemClock(), patience=patience)


def pictures(sink):
    """Return time and top left colour of each picture."""
    packets: dict[int, list[bytes]] = {}
    for _, packet in split_frames(sink.data):
        packets.setdefault(int.from_bytes(packet[4:8], "big"), []).append(bytes(packet))
    return [(time, Image.open(BytesIO(picture_of(parts)))) for time, parts in packets.items()]


async def test_pictures_become_a_stream():
    sink = Sink()
    async with camera(HEAD + part(RED) + part(BLUE, length=None)) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(pictures(sink)) == 1)
        cam.send(part(LARGE))
        await sink.until(lambda sink: len(pictures(sink)) == 3)
    assert sink.description == StreamDescription((Track(MediaKind.VIDEO, "JPEG", 26, 90000),))
    assert [image.size for _, image in pictures(sink)] == [(64, 48), (64, 48), (320, 240)]
    times = [time for time, _ in pictures(sink)]
    assert len(set(times)) == 3


async def test_broken_pictures_are_left_out():
    sink = Sink()
    async with camera(HEAD + part(b"nonsense") + part(RED)) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: sink.data)
    assert len(pictures(sink)) == 1


@pytest.mark.parametrize(
    ("reply", "error", "detail"),
    [
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", AuthFailed, "password"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Rejected, "503"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + RED, Unsupported, "does not send pictures"),
        (HEAD + b"--cut\n" + bytes(9000), Unreachable, "header is larger"),
    ],
)
async def test_what_goes_wrong_has_a_type_and_a_readable_reason(reply, error, detail):
    async with camera(reply) as cam:
        with pytest.raises(error, match=detail):
            await source_of(cam).run(Sink())


async def test_pictures_that_rtp_cannot_carry_are_told_apart_from_none():
    async with camera(HEAD + part(PROGRESSIVE)) as cam:
        with pytest.raises(Rejected, match="not baseline"):
            await source_of(cam, QUICK).run(Sink())
    async with camera(HEAD + part(RED)) as cam:
        with pytest.raises(TimedOut, match=r"0\.1 s"):
            await source_of(cam, QUICK).run(Sink())


@pytest.mark.ffmpeg
async def test_viewer_of_the_bridge_decodes_the_pictures():
    async with camera(HEAD) as cam, rtsp_world(source_of(cam), begin_s=1.0) as world, asyncio.TaskGroup() as group:
        playing = group.create_task(_play(cam))
        found = await probe(world)
        playing.cancel()
    assert [codec for codec, _ in found] == ["mjpeg"]


async def _play(cam):
    await cam.answered.wait()
    for number in range(500):
        cam.send(part((RED, BLUE)[number % 2]))
        await asyncio.sleep(0.04)
