"""The front of a web port: one socket for HTTP, HTTPS and RTSP through tunnels (ONVIF Streaming wants them together).

A connection's first byte tells whether it is TLS, the head of its first request what it is for. Then the connection,
with every byte that was read, belongs to whoever serves that, and nothing of this stays between. What is no HTTP goes
to the HTTP server at once, which knows what to say to that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from typing_extensions import override

from bridge.proto.http.head import END_OF_HEAD, may_become_head, parse_head, refusal
from bridge.runtime.admission import Admission, TurnedAway
from bridge.runtime.tls_layer import HANDSHAKE_RECORD, TlsLayer

if TYPE_CHECKING:
    import ssl

    from aiohttp import web

    from bridge.media.tunnels import Tunnels

MOST_HEAD_BYTES = 32 * 1024
"""Of a first request. What is too long for the web server itself is refused by it, with words."""

TELLING_BYTES = 1024
"""What is no HTTP shows in these; a long head that comes byte by byte is not looked at as a whole each time."""


class Front:
    """Makes the protocol of each new connection of one listener.

    Args:
        server: serves HTTP.
        tls: what HTTPS is served with; None for HTTP alone.
        tunnels: those of this port; None if RTSP is not served here.
    """

    def __init__(self, server: web.Server, *, tls: ssl.SSLContext | None, tunnels: Tunnels | None) -> None:
        self.tls = tls
        self._server = server
        self._tunnels = tunnels
        self.admission = Admission(self._count)

    def _count(self) -> int:
        return len(self._server.connections) + (self._tunnels.connections if self._tunnels else 0)

    def greet(self) -> asyncio.Protocol:
        """Return the protocol for a new connection."""
        return TurnedAway() if self.admission.is_full else _Newcomer(self)

    def serve(self, head: bytes) -> tuple[asyncio.Protocol, bool]:
        """Return who serves a connection whose first request has this head, and whether he wants the head too."""
        request = None if self._tunnels is None else parse_head(head)
        tunnel = None if self._tunnels is None or request is None else self._tunnels.protocol_for(request)
        return (self.http(), True) if tunnel is None else (tunnel, False)

    def http(self) -> asyncio.Protocol:
        """Return the protocol that serves HTTP, and refuses what is none."""
        return self._server()

    def close(self) -> None:
        """End the connections that this has made and the HTTP server does not know."""
        self.admission.close()
        if self._tunnels is not None:
            self._tunnels.close()


class _Newcomer(asyncio.Protocol):
    """A connection up to the end of the first head; over TLS it lies on the socket first and on the layer then."""

    _socket: asyncio.Transport
    """What was accepted."""

    _transport: asyncio.Transport
    """What speaks in clear."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._received = b""
        self._has_begun = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._has_begun:
            self._socket = self._transport
            self._front.admission.expect(self._socket, self._end_late)

    def _end_late(self) -> None:
        if not self._received:
            self._socket.abort()
            return
        self._transport.write(refusal("408 Request Timeout"))
        self._transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._front.admission.forget(self._socket)

    @override
    def data_received(self, data: bytes) -> None:
        is_first, self._has_begun = not self._has_begun, True
        if is_first and self._front.tls is not None and data[0] == HANDSHAKE_RECORD:
            _hand_over(self._socket, TlsLayer(self, self._front.tls), data)
            return
        # Empty lines before a request mean nothing (RFC 9112 section 2.2), and must not pass for the end of a head.
        self._received = (self._received + data).lstrip(b"\r\n")
        end = self._received.find(END_OF_HEAD)
        if (end if end >= 0 else len(self._received)) > MOST_HEAD_BYTES:
            self._transport.write(refusal("431 Request Header Fields Too Large"))
            self._transport.close()
        elif end >= 0:
            protocol, wants_head = self._front.serve(self._received[:end])
            self._front.admission.forget(self._socket)
            _hand_over(self._transport, protocol, self._received[0 if wants_head else end + len(END_OF_HEAD) :])
        elif not may_become_head(self._received[:TELLING_BYTES]):
            # Its time goes on: should the HTTP server wait for more of this, it does so no longer than we would.
            received, self._received = self._received, b""
            _hand_over(self._transport, self._front.http(), received)


def _hand_over(transport: asyncio.Transport, protocol: asyncio.Protocol, data: bytes) -> None:
    """Let another protocol go on with a connection, as if the data had come to it."""
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    if data and not transport.is_closing():
        protocol.data_received(data)
