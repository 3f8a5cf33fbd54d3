"""Helper process: viewers that count what they get, look for gaps in it, and tell how old it is.

Asked to, it adds viewers that join, and viewers that begin to play and never read a byte.
"""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from tests.clients.rtsp import RtspClient, UdpReceiver, rtsp_client
from tests.perf.camera_load import STAMP
from tests.perf.conversing import converse, parser, run
from tests.perf.relay import PASSWORD, USERNAME

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]

READ_BYTES = 256 * 1024
TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"

EACH_HOST = 100
"""Cameras that are watched from one address: the bridge limits what one client may have."""

SO_RCVBUFFORCE = 33
"""Linux's option for more than the system grants everybody; only root may."""

UDP_BUFFER_BYTES = 4 * 1024 * 1024
STALLED_BUFFER_BYTES = 8 * 1024

PAYLOAD_AT = 12
FRAGMENT, PARAMETERS = 28, 7


@dataclass
class Tally:
    """What viewers got since the last look; packets are video, `packet` is called for each of them."""

    octets: int = 0
    packets: int = 0
    missing: int = 0
    delays_ns: list[int] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Return the totals, and the delays since the last report."""
        delays, self.delays_ns = self.delays_ns, []
        cuts = quantiles(delays, n=100) if len(delays) > 1 else [0.0] * 99
        return {
            "octets": self.octets,
            "packets": self.packets,
            "missing": self.missing,
            "p50_ms": cuts[49] / 1e6,
            "p99_ms": cuts[98] / 1e6,
        }


class Stream:
    """One viewer's stream: its sequence numbers must not have gaps."""

    def __init__(self, tally: Tally) -> None:
        self.began = asyncio.Event()
        self.key_began = asyncio.Event()
        self._tally = tally
        self._seq: int | None = None
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Take interleaved bytes, cut anywhere."""
        self._tally.octets += len(data)
        if self._rest:
            data = self._rest + data
        at, size = 0, len(data)
        while at + 4 <= size:
            end = at + 4 + (data[at + 2] << 8 | data[at + 3])
            if end > size:
                break
            assert data[at] == 0x24, "not a frame"
            if data[at + 1] == 0:
                self._packet(data, at + 4)
            at = end
        self._rest = data[at:]

    def datagram(self, data: bytes) -> None:
        """Take a packet by itself."""
        self._tally.octets += len(data)
        self._packet(data, 0)

    def _packet(self, data: bytes, at: int) -> None:
        tally = self._tally
        seq = data[at + 2] << 8 | data[at + 3]
        if self._seq is None:
            self.began.set()
        else:
            tally.missing += (seq - self._seq - 1) & 0xFFFF
        self._seq = seq
        tally.packets += 1
        kind = data[at + PAYLOAD_AT] & 0x1F
        if kind == FRAGMENT:
            if data[at + PAYLOAD_AT + 1] & 0x80:
                sent = STAMP.unpack_from(data, at + PAYLOAD_AT + 2)[0]
                tally.delays_ns.append(time.monotonic_ns() - sent)
        elif kind == PARAMETERS:
            self.key_began.set()


class Viewers:
    """All viewers of this process.

    Args:
        port: RTSP port of the relay.
        group: runs those that read.
        stack: holds their connections.
    """

    def __init__(self, port: int, group: asyncio.TaskGroup, stack: AsyncExitStack) -> None:
        self.tally = Tally()
        self._port = port
        self._group = group
        self._stack = stack
        self._reading: list[asyncio.Task[None]] = []

    async def watch(self, camera: int, transport: str) -> None:
        """Play a camera from now on; returns when its first packet is there."""
        stream = Stream(self.tally)
        if transport == "tcp":
            client = await self._play(camera, TCP, *await self._connect(f"127.0.0.{1 + camera // EACH_HOST}"))
            self._reading.append(self._group.create_task(_read(client, stream)))
        else:
            receiver = self._stack.enter_context(UdpReceiver())
            self._stack.callback(_receive(receiver.rtp, stream.datagram))
            await self._play(camera, receiver.transport, *await self._connect())
        await stream.began.wait()

    async def stall(self) -> None:
        """Play the first camera without ever reading."""
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BUFFER_BYTES)
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", self._port))
        await self._play(0, TCP, *await asyncio.open_connection(sock=narrow, limit=STALLED_BUFFER_BYTES))

    async def join(self) -> float:
        """Play the first camera once more, until a key picture begins; return the seconds from the connection on."""
        begins_at = time.monotonic()
        stream = Stream(Tally())
        async with rtsp_client(self._port, username=USERNAME, password=PASSWORD) as client:
            await client.open(_url(self._port, 0), TCP)
            reading = self._group.create_task(_read(client, stream))
            await stream.key_began.wait()
            took_s = time.monotonic() - begins_at
            reading.cancel()
        return took_s

    def stop(self) -> None:
        """Let the readers go."""
        for task in self._reading:
            task.cancel()

    async def _connect(self, host: str = "127.0.0.1") -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port, limit=READ_BYTES, local_addr=(host, 0))

    async def _play(
        self, camera: int, transport: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> RtspClient:
        client = RtspClient(reader, writer, USERNAME, PASSWORD)
        self._stack.push_async_callback(client.close)
        await client.open(_url(self._port, camera), transport)
        return client


def _url(port: int, camera: int) -> str:
    return f"rtsp://127.0.0.1:{port}/camera{camera}/main"


async def _read(client: RtspClient, stream: Stream) -> None:
    while data := await client._reader.read(READ_BYTES):
        stream.take(data)


def _receive(receiver: socket.socket, take: Callable[[bytes], None]) -> Callable[[], object]:
    """Read a socket from now on; returns what ends that."""
    try:
        receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, UDP_BUFFER_BYTES)
    except PermissionError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER_BYTES)

    def drain() -> None:
        try:
            while True:
                take(receiver.recv(2048))
        except BlockingIOError:
            pass

    loop = asyncio.get_running_loop()
    loop.add_reader(receiver, drain)
    return lambda: loop.remove_reader(receiver)


async def main(wanted: Namespace) -> None:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        viewers = Viewers(wanted.port, group, stack)

        async def answer(question: dict[str, Any]) -> dict[str, Any]:
            match question:
                case {"do": "join"}:
                    return {"took_s": await viewers.join()}
                case {"do": "stall", "viewers": number}:
                    await asyncio.gather(*(viewers.stall() for _ in range(number)))
            return viewers.tally.report()

        opening = [
            viewers.watch(camera, wanted.transport) for camera in range(wanted.cameras) for _ in range(wanted.each)
        ]
        await asyncio.gather(*opening)
        try:
            await converse({}, answer)
        finally:
            viewers.stop()


if __name__ == "__main__":
    options = parser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--cameras", type=int, default=1)
    options.add_argument("--each", type=int, default=1, help="viewers per camera")
    options.add_argument("--transport", choices=("tcp", "udp"), default="tcp")
    chosen = options.parse_args()
    run(main(chosen), chosen.loop)
