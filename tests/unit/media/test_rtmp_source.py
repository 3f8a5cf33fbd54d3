"""RTMP against a server of a few lines, and against ffmpeg's."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, suppress

import pytest

from bridge.core.errors import AuthFailed, Rejected, TimedOut, Unreachable
from bridge.core.model import Secret
from bridge.media.source import MediaKind
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtmp import RtmpSource
from bridge.runtime.clock import SystemClock
from bridge.simulators.clips import load_all, video_clip
from tests.unit.media.flv_file import clip_tags
from tests.unit.media.rtsp_world import rtsp_world
from tests.unit.media.source_bench import QUICK, USUAL, Sink, probe, running
from tests.unit.proto.rtmp.wire import CONNECTED, CREATED, GREETING, NULL, STARTED, chunks, info, number, status, text
from tests.unit.proto.rtp.depacketize import h264_units

NAME = "h264-640x360"
PLAY = (GREETING, GREETING[1:], CONNECTED, CREATED + STARTED)


@pytest.fixture(scope="module", autouse=True)
def clips():
    """Read the files before an event loop would have to wait for them."""
    load_all()


class Camera:
    """Sends one part after each thing that the client is waited for, and reads until the client leaves."""

    def __init__(self, parts):
        self.parts = parts
        self.port = 0
        self.heard = b""
        self.left = asyncio.Event()

    async def serve(self, reader, writer):
        try:
            for part, awaited in zip(self.parts, (1537, 1536, 1, 1), strict=False):
                self.heard += await reader.readexactly(awaited)
                writer.write(part)
            for part in self.parts[4:]:
                writer.write(part)
            while data := await reader.read(4096):
                self.heard += data
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.left.set()


@asynccontextmanager
async def camera(*parts):
    made = Camera(parts)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
        async with asyncio.timeout(5.0):
            await made.left.wait()


def source_of(cam, patience=USUAL, **options):
    return RtmpSource(f"rtmp://127.0.0.1:{cam.port}/live/main", clock=SystemClock(), patience=patience, **options)


def media(**options):
    return b"".join(
        chunks(6, kind, body, time_ms=time_ms, stream_id=5) for kind, time_ms, body in clip_tags(NAME, **options)
    )


async def test_stream_is_played_and_ended_politely():
    sink = Sink()
    expected = [nal for unit in video_clip(NAME).groups[0] for nal in unit]
    async with camera(*PLAY, media()) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(h264_units(bytes(p.payload) for p in sink.packets())) == len(expected))
    assert sink.description is not None
    assert [track.kind for track in sink.description.tracks] == [MediaKind.VIDEO, MediaKind.AUDIO]
    assert h264_units(bytes(packet.payload) for packet in sink.packets()) == expected
    assert b"deleteStream" in cam.heard


@pytest.mark.parametrize(
    ("path", "asked"), [("live/main", b"main?user=a&password=b"), ("live/main?x=1", b"main?x=1&user=a&password=b")]
)
async def test_secret_arguments_reach_the_camera_only(path, asked):
    sink = Sink()
    async with camera(*PLAY, media()) as cam:
        url = f"rtmp://127.0.0.1:{cam.port}/{path}"
        source = RtmpSource(url, clock=SystemClock(), secret_arguments=Secret("user=a&password=b"))
        async with running(source, sink):
            await sink.until(lambda sink: sink.description)
    assert asked in cam.heard


def refusal(description, code="NetConnection.Connect.Rejected"):
    return chunks(3, 20, text("_error") + number(1) + NULL + info(level="error", code=code, description=description))


@pytest.mark.parametrize(
    ("parts", "error", "detail"),
    [
        ((GREETING, GREETING[1:], refusal("[ code=403 need auth; authmod=adobe ]")), AuthFailed, "password"),
        ((GREETING, GREETING[1:], refusal("no such app")), Rejected, "NetConnection.Connect.Rejected"),
        ((GREETING, GREETING[1:], refusal("", "")), Rejected, "no reason given"),
        ((*PLAY, status("NetStream.Play.StreamNotFound", "error")), Rejected, "NetStream.Play.StreamNotFound"),
        ((*PLAY, status("NetStream.Play.Stop")), Unreachable, r"ended the stream \(NetStream.Play.Stop\)"),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), Unreachable, "RTMP connection is broken"),
    ],
)
async def test_what_goes_wrong_has_a_type_and_a_readable_reason(parts, error, detail):
    async with camera(*parts) as cam:
        with pytest.raises(error, match=detail):
            await source_of(cam).run(Sink())


async def test_camera_that_closes_the_connection_is_unreachable():
    async def hang_up(_reader, writer):
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable):
            await RtmpSource(f"rtmp://127.0.0.1:{port}/a/b", clock=SystemClock()).run(Sink())


async def test_camera_that_only_pings_has_stalled():
    async with camera(*PLAY, chunks(2, 4, b"\x00\x06time")) as cam:
        with pytest.raises(TimedOut, match="neither sound nor picture"):
            await source_of(cam, patience=QUICK).run(Sink())


async def test_closed_port_is_unreachable():
    port = free_port()
    with pytest.raises(Unreachable, match=f"no connection to 127.0.0.1:{port}"):
        await RtmpSource(f"rtmp://127.0.0.1:{port}/a/b", clock=SystemClock()).run(Sink())


async def test_camera_that_does_not_accept_in_time_is_unreachable():
    source = RtmpSource("rtmp://127.0.0.1:9/a/b", clock=SystemClock(), patience=Patience(connect_s=0.0))
    with pytest.raises(Unreachable, match="within 0 s"):
        await source.run(Sink())


@pytest.mark.parametrize(
    ("url", "secret"), [("rtmp://cam/live", "a=b"), ("http://cam/live/main", "a=b"), ("rtmp://cam/live/main", "a=b c")]
)
async def test_url_of_another_form_is_a_fault_of_the_caller(url, secret):
    with pytest.raises(ValueError, match="rtmp://host"):
        RtmpSource(url, clock=SystemClock(), secret_arguments=Secret(secret))


def free_port():
    with socket.socket() as probed:
        probed.bind(("127.0.0.1", 0))
        return probed.getsockname()[1]


@pytest.mark.ffmpeg
async def test_stream_of_ffmpegs_server_is_decoded_by_a_viewer_of_the_bridge():
    port = free_port()
    url = f"rtmp://127.0.0.1:{port}/live/main"
    command = [
        *("ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=25"),
        *("-re", "-f", "lavfi", "-i", "sine=sample_rate=16000"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *("-listen", "1", "-f", "flv", url),
    ]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        source = RtmpSource(url, clock=SystemClock())
        async with rtsp_world(source, begin_s=5.0) as world:
            await listening(world.hub)
            found = await probe(world)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    assert ("h264", "25/1") in found
    assert ("aac", "0/0") in found


async def listening(hub):
    """Return when the hub has got the stream; ffmpeg takes a moment to listen, and takes one connection only."""
    async with asyncio.timeout(20.0):
        while True:
            with suppress(Unreachable):
                await hub.description(timeout_s=10.0)
                return
