"""What every kind of source is tried with: a sink that remembers, a run that ends with the test, quick patience."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bridge.media.batch import split_frames
from bridge.media.sources.patience import Patience
from bridge.proto.rtp.packet import RtpHeader

if TYPE_CHECKING:
    from bridge.media.source import StreamDescription

QUICK = Patience(connect_s=2.0, answer_s=0.1, stall_s=0.1, teardown_s=0.1)
USUAL = Patience(connect_s=2.0, answer_s=2.0, stall_s=2.0, teardown_s=2.0)


class Sink:
    def __init__(self):
        self.description: StreamDescription | None = None
        self.data = b""
        self._grown = asyncio.Event()

    def opened(self, description, _now):
        self.description = description
        self._grown.set()

    def received(self, frames, _now):
        self.data += frames
        self._grown.set()

    async def until(self, condition):
        async with asyncio.timeout(5.0):
            while not condition(self):
                self._grown.clear()
                await self._grown.wait()

    def packets(self, channel=0):
        return [RtpHeader.parse(packet) for number, packet in split_frames(self.data) if number == channel]


@asynccontextmanager
async def running(source, sink):
    async with asyncio.TaskGroup() as group:
        task = group.create_task(source.run(sink))
        try:
            yield task
        finally:
            task.cancel()


async def probe(world):
    """Return codec and frame rate of each stream, as ffprobe finds them by decoding what a viewer gets."""
    url = world.url.replace("rtsp://", "rtsp://viewer:pass%20word@")
    command = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries", "stream=codec_name,r_frame_rate"]
    process = await asyncio.create_subprocess_exec(
        *command, "-of", "csv=p=0", "-i", url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert errors == b""
    return [tuple(line.split(",")) for line in output.decode().split()]
