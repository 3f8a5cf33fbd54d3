"""RTSP through HTTP towards a camera of a few lines, which puts the tunnel before the scripted one of plain RTSP."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from contextlib import asynccontextmanager

import pytest

from bridge.core.errors import AuthFailed, Rejected, Unreachable
from bridge.core.model import Secret
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp import RtspSource, RtspTransport
from bridge.runtime.clock import SystemClock
from tests.unit.media.rtsp_world import picture
from tests.unit.media.source_bench import USUAL, Sink, running
from tests.unit.media.test_rtsp_source import camera, fail

OPEN = b"HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n"


def source_of(port, patience=USUAL, scheme="http"):
    return RtspSource(
        [f"{scheme}://127.0.0.1:{port}/live?x=1"],
        username="admin",
        password=Secret("pw"),
        clock=SystemClock(),
        transport=RtspTransport.HTTP,
        patience=patience,
    )


class WebPort:
    """Answers each GET with `answer`, or what it returns for it, and joins it with the POST that follows."""

    def __init__(self, answer, rtsp_port):
        self.answer = answer
        self.rtsp_port = rtsp_port
        self.port = 0
        self.heads = []
        self.down: asyncio.StreamWriter
        self.writers = []

    async def serve(self, reader, writer):
        self.writers.append(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if head.startswith("GET"):
                self.down = writer
                writer.write(self.answer(head) if callable(self.answer) else self.answer)
                await reader.read()
            else:
                await self._join(reader)
        finally:
            writer.close()

    async def _join(self, up):
        rtsp_reader, rtsp_writer = await asyncio.open_connection("127.0.0.1", self.rtsp_port)
        async with asyncio.TaskGroup() as group:
            down = group.create_task(self._carry_down(rtsp_reader))
            while text := await up.read(65536):
                rtsp_writer.write(b64decode(text))
            down.cancel()
        rtsp_writer.close()

    async def _carry_down(self, rtsp_reader):
        while data := await rtsp_reader.read(65536):
            self.down.write(data)

    async def close(self):
        for writer in self.writers:
            writer.close()


@asynccontextmanager
async def web_port(answer=OPEN, rtsp_port=0):
    made = WebPort(answer, rtsp_port)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.close()
        await server.wait_closed()


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
async def test_stream_comes_through_the_tunnel(scheme):
    sink = Sink()
    async with (
        camera() as cam,
        web_port(rtsp_port=cam.port) as web,
        running(source_of(web.port, scheme=scheme), sink),
    ):
        await sink.until(lambda sink: sink.description)
        cam.writer.write(picture(1))
        await sink.until(lambda sink: sink.data == picture(1))
    assert cam.requests[0].startswith(f"DESCRIBE rtsp://127.0.0.1:{web.port}/live?x=1 ")
    assert cam.methods()[-1] == "TEARDOWN"
    down, up = web.heads
    assert (down.split()[:2], up.split()[:2]) == (["GET", "/live?x=1"], ["POST", "/live?x=1"])
    cookies = {line for head in web.heads for line in head.split("\r\n") if line.startswith("x-sessioncookie")}
    assert len(cookies) == 1


async def test_camera_that_asks_for_a_password_for_the_tunnel_gets_it_for_both_ways():
    def answer(head):
        if "Authorization: Digest" in head:
            return OPEN
        return b'HTTP/1.0 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n\r\n'

    sink = Sink()
    async with camera() as cam, web_port(answer, cam.port) as web, running(source_of(web.port), sink):
        await sink.until(lambda sink: sink.description)
    assert ["Authorization" in head for head in web.heads] == [False, True, True]


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        (b"HTTP/1.0 401 No\r\n\r\n", AuthFailed, "tunnel"),
        (b'HTTP/1.0 401 No\r\nWWW-Authenticate: Basic realm="r"\r\n\r\n', AuthFailed, "tunnel"),
        (b"HTTP/1.0 404 No\r\n\r\n", Rejected, "404 for the tunnel"),
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", Unreachable, "tunnel is broken"),
        (b"", Unreachable, "within 0.2 s"),
    ],
)
async def test_what_goes_wrong_has_a_type_and_a_readable_reason(answer, error, detail):
    async with web_port(answer) as web:
        await fail(source_of(web.port, Patience(connect_s=0.2)), error, detail)


async def test_camera_that_closes_the_tunnel_is_unreachable():
    async with web_port(b"") as web:

        def close(_head: str) -> bytes:
            web.down.close()
            return b""

        web.answer = close
        await fail(source_of(web.port), Unreachable, "before it was open")


async def test_answer_and_what_follows_may_come_in_any_pieces():
    early = b"RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n"

    def answer(_):
        web.down.write(OPEN[:10])
        return OPEN[10:] + early

    sink = Sink()
    async with camera() as cam, web_port(answer, cam.port) as web, running(source_of(web.port), sink):
        await sink.until(lambda sink: sink.description)


async def test_end_of_either_way_is_the_end_of_the_stream():
    for number in (0, 1):
        async with camera() as cam, web_port(rtsp_port=cam.port) as web, asyncio.TaskGroup() as group:
            group.create_task(fail(source_of(web.port), Unreachable, "closed"))
            await cam.playing.wait()
            web.writers[number].close()
