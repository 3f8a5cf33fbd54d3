"""The RTSP server of a simulated camera (RFC 2326): listening, and the faults that a test asks for.

What is said on a connection is in `connection`, what a session plays in `player`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

from bridge.simulators.clips.library import load_all
from bridge.simulators.wire.connection import RtspConnection, RtspService
from bridge.simulators.wire.player import StreamSpec
from bridge.simulators.wire.sessions import SessionTable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RtspServer", "StreamSpec"]

CONNECTION_LIMIT = 64
"""More than any test opens; keeps a runaway client from taking all file descriptors."""

_log = structlog.get_logger(__name__)


class RtspServer:
    """Serves the streams of one simulated camera.

    Args:
        realm: what the camera calls itself in challenges.
        password_of: the password of a user, or None if there is no such user.
        find_stream: what a path carries now (no slash in front, no track behind), or None if there is no such
            stream. Called anew for each DESCRIBE and SETUP.
        on_request: told method, URL (without user and password) and status of each request answered.
        on_talk: told the path and an RTP packet whenever a client talks to the camera.
        elapsed: the camera's time in seconds, which never goes back; pictures, time-outs and stalls follow it. A
            still picture drawn for the same time shows what the streams show.

    Attributes:
        listening: set while connections are accepted.
    """

    def __init__(
        self,
        *,
        realm: str,
        password_of: Callable[[str], str | None],
        find_stream: Callable[[str], StreamSpec | None],
        on_request: Callable[[str, str, int], None],
        on_talk: Callable[[str, bytes], None] = lambda _path, _packet: None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.listening = asyncio.Event()
        self._sessions = SessionTable(elapsed)
        self._connections: set[RtspConnection] = set()
        self._service = RtspService(
            realm=realm,
            password_of=password_of,
            find_stream=find_stream,
            on_request=on_request,
            on_talk=on_talk,
            sessions=self._sessions,
            connections=self._connections,
        )
        self._address = ("", 0)
        self._listener: asyncio.Server | None = None
        self._reopening: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The TCP port; known once started, and the same after `drop_all`."""
        return self._address[1]

    @property
    def session_count(self) -> int:
        """How many RTSP sessions are open."""
        return len(self._sessions)

    async def start(self, host: str, port: int) -> None:
        """Listen on an address; port 0 takes any free one.

        Raises:
            OSError: the address cannot be had.
        """
        await asyncio.to_thread(load_all)
        await self._listen(host, port)

    async def close(self) -> None:
        """Stop listening and end all sessions and connections."""
        if self._reopening is not None:
            self._reopening.cancel()
            await asyncio.wait([self._reopening])
            self._reopening = None
        self._close_listener()
        connections = list(self._connections)
        self._drop_connections()
        for connection in connections:
            await connection.closed.wait()

    def stall(self, seconds: float) -> None:
        """Send no packets for a while; sessions and connections stay."""
        self._sessions.stall(seconds)

    def drop_all(self, *, refuse_s: float) -> None:
        """Close all connections, end all sessions, and refuse new connections for a while."""
        self._close_listener()
        self._drop_connections()
        if self._reopening is not None:
            self._reopening.cancel()
        # Kept and ended by `close`: the caller of a fault does not wait for its end.
        self._reopening = asyncio.get_running_loop().create_task(self._reopen(refuse_s))

    def forget_sessions(self) -> None:
        """End all sessions; connections stay, and requests that name a session are answered 454."""
        self._sessions.end_all()

    def end_lost(self) -> None:
        """End the sessions whose stream is no longer there; connections stay."""
        self._sessions.end_where(lambda path: self._service.find_stream(path) is None)

    async def _listen(self, host: str, port: int) -> None:
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: RtspConnection(self._service, connection_limit=CONNECTION_LIMIT),
            host,
            port,
            reuse_address=True,
        )
        self._address = (host, self._listener.sockets[0].getsockname()[1])
        self.listening.set()

    async def _reopen(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        try:
            await self._listen(*self._address)
        except OSError as error:
            _log.error("simulator.rtsp.reopen_failed", port=self.port, error=str(error))

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            self.listening.clear()

    def _drop_connections(self) -> None:
        for connection in list(self._connections):
            connection.abort()
        self._sessions.end_all()
