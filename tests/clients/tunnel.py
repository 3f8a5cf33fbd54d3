"""RTSP through HTTP and through a WebSocket, from the client's side.

HTTP is written here from Apple's description; WebSockets are aiohttp's. What comes out is a client as `rtsp_client`
makes it, so that a test can say the same through every door.
"""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

from tests.clients.rtsp import PATIENCE_S, RtspClient

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

SUBPROTOCOL = "rtsp.onvif.org"


def head(method: str, cookie: str, *fields: str, path: str = "/cam/main") -> bytes:
    """The head of one half of a tunnel."""
    lines = [f"{method} {path} HTTP/1.0", f"x-sessioncookie: {cookie}", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


class Posted:
    """The way up: encodes what is written into the body of a POST."""

    def __init__(self, writer: asyncio.StreamWriter, encode: Callable[[bytes], bytes]) -> None:
        self.connection = writer
        self._encode = encode

    def write(self, data: bytes) -> None:
        self.connection.write(self._encode(data))

    async def drain(self) -> None:
        await self.connection.drain()

    def close(self) -> None:
        self.connection.close()

    async def wait_closed(self) -> None:
        await self.connection.wait_closed()


class HttpTunnel:
    """Both halves, which a test may open and close as it likes; `client` needs both."""

    def __init__(
        self, port: int, *, context: ssl.SSLContext | None = None, cookie: str = "biscuit", path: str = "/cam/main"
    ) -> None:
        self._port = port
        self._context = context
        self._cookie = cookie
        self._path = path
        self._open: list[asyncio.StreamWriter] = []
        self.down: asyncio.StreamReader
        self.answer = b""

    async def connect(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, ssl=self._context)
        self._open.append(writer)
        writer.write(data)
        return reader, writer

    async def get(self) -> asyncio.StreamWriter:
        """Open the way down; `answer` is the head of the response."""
        self.down, writer = await self.connect(
            head("GET", self._cookie, "Accept: application/x-rtsp-tunnelled", path=self._path)
        )
        async with asyncio.timeout(PATIENCE_S):
            self.answer = await self.down.readuntil(b"\r\n\r\n")
        return writer

    async def post(self, encode: Callable[[bytes], bytes] = base64.b64encode) -> Posted:
        """Open a way up."""
        _, writer = await self.connect(head("POST", self._cookie, "Content-Length: 32767", path=self._path))
        return Posted(writer, encode)

    def client(self, up: Posted, username: str = "", password: str = "") -> RtspClient:
        return RtspClient(self.down, up, username, password)

    async def close(self) -> None:
        for writer in self._open:
            writer.transport.abort()


class _Messages:
    """The messages of a WebSocket as one stream, for reading and for writing."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._buffer = bytearray()
        self._unsent = b""

    async def _more(self) -> None:
        message = await self._socket.receive()
        if message.type is not WSMsgType.BINARY:
            raise ConnectionResetError(f"{message.type.name} instead of data")
        self._buffer += message.data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def readexactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more()
        return self._take(size)

    async def readuntil(self, end: bytes) -> bytes:
        while end not in self._buffer:
            await self._more()
        return self._take(self._buffer.index(end) + len(end))

    def write(self, data: bytes) -> None:
        self._unsent += data

    async def drain(self) -> None:
        data, self._unsent = self._unsent, b""
        await self._socket.send_bytes(data)

    def close(self) -> None:
        """The socket is closed where it was opened."""

    async def wait_closed(self) -> None:
        """See `close`."""


@asynccontextmanager
async def http_tunnel(port: int, **options):
    tunnel = HttpTunnel(port, **options)
    try:
        yield tunnel
    finally:
        await tunnel.close()


@asynccontextmanager
async def web_socket(port: int, *, context: ssl.SSLContext | None = None, path: str = "/onvif/rtsp"):
    scheme = "ws" if context is None else "wss"
    async with (
        ClientSession(connector=TCPConnector(ssl=context or False)) as session,
        session.ws_connect(f"{scheme}://127.0.0.1:{port}{path}", protocols=[SUBPROTOCOL]) as socket,
    ):
        yield socket


def socket_client(socket: ClientWebSocketResponse, username: str = "", password: str = "") -> RtspClient:
    messages = _Messages(socket)
    return RtspClient(messages, messages, username, password)
