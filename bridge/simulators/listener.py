"""A TCP port that can fail the way a camera's does: refuse, reset what is connected, and come back where it was.

While it refuses, the port stays bound to a socket that does not listen: connecting is refused as on a camera that is
away, yet no other program can be given the port meanwhile.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

SHUTDOWN_S = 1.0
"""How long an answer that is being written may go on when the camera stops."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def reserve(host: str, port: int) -> socket.socket:
    """Bind a port without listening on it; connecting to it is refused. Port 0 is any free one.

    Raises:
        OSError: the address or the port cannot be had.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def port_of(bound: socket.socket) -> int:
    """Return the port that a socket is bound to."""
    port: int = bound.getsockname()[1]
    return port


class HttpListener:
    """One HTTP port.

    Args:
        handler: answers a request.
        host: address to bind to.
        port: 0 is any free one.
        tls: serve HTTPS with this context.

    Attributes:
        port: the port that is bound, once it is.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self.port = port
        self._tls = tls
        self._http = web.Server(handler, access_log=None)
        self._reserved: socket.socket | None = None
        self._listening: asyncio.Server | None = None

    def reserve(self) -> None:
        """Take the port, without listening yet.

        Raises:
            OSError: it cannot be had.
        """
        self._reserved = reserve(self._host, self.port)
        self.port = port_of(self._reserved)

    async def open(self) -> None:
        """Listen on the port that was taken; harmless when it already does."""
        bound, self._reserved = self._reserved, None
        if bound is not None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(self._http, sock=bound, ssl=self._tls)

    def refuse(self, *, reset: bool) -> None:
        """Refuse new connections and end those that are open, by a reset or after what is already written."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
            self.reserve()
        for connection in self._http.connections:
            if connection.transport is not None:
                end(connection.transport, reset=reset)

    async def close(self) -> None:
        """Give up the port for good."""
        self.refuse(reset=False)
        await self._http.shutdown(SHUTDOWN_S)
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None


def end(transport: asyncio.Transport, *, reset: bool) -> None:
    """End a connection: by a TCP reset, or by sending what is written and closing."""
    if not reset:
        transport.close()
        return
    connected = transport.get_extra_info("socket")
    if connected is not None and not transport.is_closing():
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
