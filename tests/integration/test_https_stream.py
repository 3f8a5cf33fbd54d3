"""Streams over HTTPS: the certificate is checked as the driver says."""

from __future__ import annotations

import asyncio

import pytest

from bridge.core.errors import Unreachable
from bridge.core.model import Secret
from bridge.media.sources.flv import FlvSource
from bridge.media.sources.http import HttpAddress
from bridge.runtime.clock import SystemClock
from tests.integration.front_world import tls_pair
from tests.unit.media.flv_file import header, tag
from tests.unit.media.source_bench import USUAL, Sink, running

ANSWER = b"HTTP/1.1 200 OK\r\n\r\n" + header(video=False) + tag(8, 0, b"\x72sound")


async def test_camera_is_trusted_with_its_own_certificate_only(tmp_path):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await reader.read()
        writer.close()

    async with tls_pair(tmp_path) as (served, trusting):
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=served)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/live"
        sink = Sink()
        trusted = HttpAddress(url, "", Secret(""), tls=trusting)
        async with running(FlvSource(trusted, clock=SystemClock(), patience=USUAL), sink):
            await sink.until(lambda sink: sink.description)
        with pytest.raises(Unreachable, match="no stream by HTTP"):
            await FlvSource(HttpAddress(url, "", Secret("")), clock=SystemClock(), patience=USUAL).run(Sink())
        server.close()
        await server.wait_closed()
