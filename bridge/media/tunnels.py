"""RTSP on the web port: through HTTP, and through a WebSocket (ONVIF Streaming, "Data transfer methods").

A tunnel is a `Layer`: an ordinary RTSP connection lies above it and knows nothing of it. Authentication is a matter of
the RTSP messages inside. The way down costs viewers over HTTP nothing, and over a WebSocket a header per batch.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import structlog
from typing_extensions import override

from bridge.core.errors import WireError
from bridge.media.interleaved import MOST_QUEUED_BYTES
from bridge.media.layer import Layer
from bridge.proto.http import websocket
from bridge.proto.http.head import refusal
from bridge.proto.rtsp.server import Stage
from bridge.proto.rtsp.tunnel import COOKIE, DOWN_RESPONSE, Base64Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.proto.http.head import RequestHead

SUBPROTOCOL = "rtsp.onvif.org"

LONELY_S = 5.0
"""How long a way down without a session lives when there is no way up: some clients post every request apart."""

MOST_MESSAGE_BYTES = 256 * 1024
"""Of a WebSocket message to a client. The batch that a new viewer begins with has several MB, and libraries refuse
messages from 1 MB on."""

_log = structlog.get_logger(__name__)


class Tunnels:
    """Recognises the tunnels of one web port and makes them.

    Args:
        rtsp: makes the protocol of one RTSP connection.
        stage_of: tells what has become of the sessions of a connection with such a protocol.
        lonely_s: how long a way down is kept without a way up and without a session.
    """

    def __init__(
        self,
        rtsp: Callable[[], asyncio.Protocol],
        *,
        stage_of: Callable[[asyncio.BaseTransport], Stage],
        lonely_s: float = LONELY_S,
    ) -> None:
        self.lonely_s = lonely_s
        self.stage_of = stage_of
        self._rtsp = rtsp
        self._by_cookie: dict[str, HttpTunnel] = {}
        self._connections: set[asyncio.Transport] = set()

    @property
    def connections(self) -> int:
        """How many connections of clients belong to tunnels."""
        return len(self._connections)

    def protocol_for(self, head: RequestHead) -> asyncio.Protocol | None:
        """Return what serves the rest of a connection that began with a request; None if that wants no tunnel."""
        if websocket.is_wanted(head, SUBPROTOCOL):
            try:
                answer = websocket.accept(head, SUBPROTOCOL)
            except websocket.HandshakeRefused as refused:
                return _Refusal(refused.response)
            return WebSocketTunnel(self, self._rtsp(), answer)
        cookie = head.fields.get(COOKIE)
        if cookie is None or head.method not in {"GET", "POST"}:
            return None
        tunnel = self._by_cookie.get(cookie)
        if head.method == "GET":
            # A cookie belongs to the first who brought it: nobody can push a viewer out of his tunnel.
            return HttpTunnel(self, self._rtsp(), cookie) if tunnel is None else _Refusal(refusal("409 Conflict"))
        return _Refusal(refusal("404 Not Found")) if tunnel is None else _WayUp(self, tunnel)

    def close(self) -> None:
        """End all tunnels."""
        for connection in tuple(self._connections):
            connection.abort()

    # -- for the tunnels -------------------------------------------------------------------------------------------

    def keep(self, connection: asyncio.Transport) -> None:
        """Count a connection, from its first moment on."""
        self._connections.add(connection)

    def forget(self, connection: asyncio.Transport) -> None:
        """Count a connection no more."""
        self._connections.discard(connection)

    def began(self, cookie: str, tunnel: HttpTunnel) -> None:
        """Let ways up find a tunnel."""
        self._by_cookie[cookie] = tunnel

    def ended(self, cookie: str) -> None:
        """Let no way up find a tunnel any more."""
        del self._by_cookie[cookie]


class HttpTunnel(Layer):
    """A GET with any number of POSTs, one after the other as a rule. Its end is the end of the GET.

    While a session lives it needs no POST, however long its camera is silent; the session's own time-out bounds that.
    """

    def __init__(self, tunnels: Tunnels, rtsp: asyncio.Protocol, cookie: str) -> None:
        super().__init__(rtsp)
        self._tunnels = tunnels
        self._cookie = cookie
        self._ways_up: set[asyncio.Transport] = set()
        self._is_paused = False
        self._lonely: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._tunnels.keep(self.below)
        self._tunnels.began(self._cookie, self)
        self.below.write(DOWN_RESPONSE)
        self._above.connection_made(self)

    @override
    def data_received(self, data: bytes) -> None:
        """A GET has no body; what a client sends here goes nowhere."""

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._tunnels.ended(self._cookie)
        self._tunnels.forget(self.below)
        if self._lonely is not None:
            self._lonely.cancel()
        for way_up in self._ways_up:
            way_up.close()
        super().connection_lost(exc)

    # The way up is what is read.

    @override
    def is_reading(self) -> bool:
        return not self._is_paused

    @override
    def pause_reading(self) -> None:
        self._is_paused = True
        for way_up in self._ways_up:
            way_up.pause_reading()

    @override
    def resume_reading(self) -> None:
        self._is_paused = False
        for way_up in self._ways_up:
            way_up.resume_reading()

    # -- for the ways up -------------------------------------------------------------------------------------------

    def add(self, way_up: asyncio.Transport) -> None:
        """Take another POST; those before may still have something to deliver."""
        self._ways_up.add(way_up)
        if self._is_paused:
            way_up.pause_reading()
        if self._lonely is not None:
            self._lonely.cancel()
            self._lonely = None

    def received(self, data: bytes) -> None:
        """Take what a client has posted, decoded."""
        if not self.is_closing():
            self._above.data_received(data)

    def remove(self, way_up: asyncio.Transport) -> None:
        """Go on without a POST, unless the client has had what it came for: there may come another."""
        self._ways_up.discard(way_up)
        if self._ways_up or self.is_closing():
            return
        if self._tunnels.stage_of(self) is Stage.OVER:
            self.close()
        else:
            self._wait_alone()

    def _wait_alone(self) -> None:
        self._lonely = asyncio.get_running_loop().call_later(self._tunnels.lonely_s, self._end_if_unused)

    def _end_if_unused(self) -> None:
        if self._tunnels.stage_of(self) is Stage.IN_USE:
            self._wait_alone()
        else:
            self.close()


class _WayUp(asyncio.Protocol):
    """A POST. What its head says of the length is not believed: it ends when the connection does."""

    _transport: asyncio.Transport

    def __init__(self, tunnels: Tunnels, tunnel: HttpTunnel) -> None:
        self._tunnels = tunnels
        self._tunnel = tunnel
        self._text = Base64Stream()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._tunnels.keep(self._transport)
        self._tunnel.add(self._transport)

    @override
    def data_received(self, data: bytes) -> None:
        try:
            decoded = self._text.receive(data)
        except WireError as error:
            _report(self._transport, error)
            self._tunnel.close()
            self._transport.abort()
            return
        if decoded:
            self._tunnel.received(decoded)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._tunnels.forget(self._transport)
        self._tunnel.remove(self._transport)


class WebSocketTunnel(Layer):
    """A WebSocket: binary messages down, a batch in each unless it is large; anything up."""

    def __init__(self, tunnels: Tunnels, rtsp: asyncio.Protocol, answer: bytes) -> None:
        super().__init__(rtsp)
        self._tunnels = tunnels
        self._answer = answer
        self._frames = websocket.FrameReader()
        self._has_ended = False
        """Whether a close frame was sent: nothing may follow it, and nothing before the client's is of interest."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._tunnels.keep(self.below)
        self.below.write(self._answer)
        self._above.connection_made(self)

    @override
    def data_received(self, data: bytes) -> None:
        if self.is_closing():
            return
        try:
            for event in self._frames.receive(data):
                self._take(event)
        except websocket.BrokenFrame as error:
            _report(self, error)
            self._end(websocket.close_frame(error.code))

    def _take(self, event: bytes | websocket.Ping | websocket.Close) -> None:
        if self.is_closing():
            return
        match event:
            case websocket.Ping(payload):
                # A client that does not read what it asked for gets no more of it.
                if self.get_write_buffer_size() <= MOST_QUEUED_BYTES:
                    self.below.write(websocket.header(len(payload), websocket.Opcode.PONG) + payload)
            case websocket.Close(payload):
                self._end(websocket.header(len(payload), websocket.Opcode.CLOSE) + payload)
            case _:
                self._above.data_received(event)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._tunnels.forget(self.below)
        super().connection_lost(exc)

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if data and not self.is_closing():
            view = memoryview(data)
            messages = [view[at : at + MOST_MESSAGE_BYTES] for at in range(0, len(view), MOST_MESSAGE_BYTES)]
            self.below.writelines([part for each in messages for part in (websocket.header(len(each)), each)])

    @override
    def close(self) -> None:
        self._end(websocket.close_frame(websocket.CloseCode.NORMAL))

    def _end(self, frame: bytes) -> None:
        if not self.is_closing():
            self._has_ended = True
            self.below.write(frame)
            self.below.close()

    @override
    def is_closing(self) -> bool:
        return self._has_ended or self.below.is_closing()


def _report(transport: asyncio.Transport, error: WireError) -> None:
    peer = transport.get_extra_info("peername") or ("",)
    _log.warning("tunnel.broken", peer=peer[0], detail=error.detail)


class _Refusal(asyncio.Protocol):
    """Says no and closes the connection."""

    def __init__(self, response: bytes) -> None:
        self._response = response

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = cast("asyncio.Transport", transport)
        connection.write(self._response)
        connection.close()
