"""A camera stream under the tests' control, a hub that carries it, and a server that offers it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.media.directory import StreamDirectory
from bridge.media.hub import StreamHub
from bridge.media.rtsp_server import RtspServer, Waits
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.http.digest import DigestServer
from bridge.runtime.clock import SystemClock

VIDEO = Track(MediaKind.VIDEO, "H264", 96, 90000, fmtp="packetization-mode=1", frame_rate=25.0)
AUDIO = Track(MediaKind.AUDIO, "MPEG4-GENERIC", 97, 16000, fmtp="config=1408")
BOTH = StreamDescription((VIDEO, AUDIO))
SECRET = "pass word"

PARAMETERS, KEY_SLICE, SLICE = b"\x67\x4d\x00\x1f", b"\x65\x88", b"\x41\x9a"


class Users:
    def find(self, username):
        return User("viewer", Secret(SECRET), UserLevel.USER) if username == "viewer" else None


def rtp(seq, payload=SLICE, *, payload_type=96, rtp_time=0, ssrc=0xCAFE):
    head = bytes([0x80, payload_type]) + seq.to_bytes(2, "big") + rtp_time.to_bytes(4, "big") + ssrc.to_bytes(4, "big")
    return head + payload


def frame(channel, packet):
    return b"$" + bytes([channel]) + len(packet).to_bytes(2, "big") + packet


def key_picture(seq, *, rtp_time=0, size=2):
    """Two packets: parameter sets, then a slice of a key picture."""
    return frame(0, rtp(seq, PARAMETERS, rtp_time=rtp_time)) + frame(
        0, rtp(seq + 1, KEY_SLICE.ljust(size, b"k"), rtp_time=rtp_time)
    )


def picture(seq, *, rtp_time=0, size=2):
    return frame(0, rtp(seq, SLICE.ljust(size, b"p"), rtp_time=rtp_time))


def sound(seq):
    return frame(2, rtp(seq, b"\x00\x10", payload_type=97, ssrc=0xBEEF))


class ScriptedSource:
    """A source that plays what the test says."""

    def __init__(self, description=BOTH, failure=None):
        self.description = description
        self.failure = failure
        self.sink: Any = None
        self.opened = asyncio.Event()

    async def run(self, sink):
        if self.failure is not None:
            raise self.failure
        self.sink = sink
        sink.opened(self.description, SystemClock().now())
        self.opened.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.opened.clear()

    def play(self, frames):
        self.sink.received(frames, SystemClock().now())


class World:
    """`begin` makes the stream known, with a picture (packets 1 and 2) and a sound (packet 1) for every new viewer."""

    def __init__(self, server, hub, source, path):
        self.server = server
        self.hub = hub
        self.source = source
        self.port = server.port
        self.url = f"rtsp://127.0.0.1:{server.port}/{path}"
        self.account = {"username": "viewer", "password": SECRET}

    async def begin(self):
        await self.hub.description(timeout_s=1.0)
        self.source.play(key_picture(1, rtp_time=9000) + sound(1))


@asynccontextmanager
async def rtsp_world(
    source=None,
    *,
    host="127.0.0.1",
    clock=None,
    entrance=None,
    brake=None,
    back_channel=None,
    linger_s=10.0,
    begin_s=0.0,
    **waits,
):
    source = source or ScriptedSource()
    clock = clock or SystemClock()
    hub = StreamHub("cam/main", source, clock=SystemClock(), random=Random(1), linger_s=linger_s)
    directory = StreamDirectory()
    directory.add("cam/main", hub, entrance=entrance, back_channel=back_channel)
    server = RtspServer(
        directory,
        digest=DigestServer("bridge", key=b"key"),
        users=Users(),
        clock=clock,
        brake=brake,
        waits=Waits(begin_s=begin_s, **waits),
    )
    await server.start(host, 0)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(each.run()) for each in (hub, back_channel) if each is not None]
        try:
            yield World(server, hub, source, "cam/main")
        finally:
            await server.close()
            for each in running:
                each.cancel()
