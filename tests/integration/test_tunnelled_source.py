"""The source through HTTP against the bridge's own web port: both ends of a tunnel understand each other."""

from __future__ import annotations

import pytest

from bridge.core.model import Secret
from bridge.media.sources.rtsp import RtspSource, RtspTransport
from bridge.runtime.clock import SystemClock
from tests.integration.front_world import front_world
from tests.unit.media.rtsp_world import SECRET, key_picture, sound
from tests.unit.media.source_bench import USUAL, Sink, running


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
async def test_source_and_web_port_understand_each_other(scheme):
    async with front_world() as world:
        source = RtspSource(
            [f"{scheme}://127.0.0.1:{world.web_port}/cam/main"],
            username="viewer",
            password=Secret(SECRET),
            clock=SystemClock(),
            transport=RtspTransport.HTTP,
            patience=USUAL,
        )
        sink = Sink()
        async with running(source, sink):
            await sink.until(lambda sink: sink.packets(0) and sink.packets(2))
            world.source.play(key_picture(3, rtp_time=18000, size=1300) + sound(2))
            await sink.until(lambda sink: len(sink.packets(0)) == 4 and len(sink.packets(2)) == 2)
    assert bytes(sink.packets(0)[3].payload) == b"\x65\x88".ljust(1300, b"k")
    assert world.tunnels.connections == 0
