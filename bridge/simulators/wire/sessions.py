"""The RTSP sessions that a simulated camera keeps (RFC 2326 sections 3.4 and 12.37).

A session ends `SESSION_TIMEOUT_S` after the last request that names it. Receiver reports do not count here, though
the standard lets a server count them: a client has to keep the promise that it makes by the Session header.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

from bridge.simulators.wire.player import Player, StreamSpec

if TYPE_CHECKING:
    from collections.abc import Callable

SESSION_TIMEOUT_S = 65
SESSION_LIMIT = 64
"""More than any camera offers; keeps a runaway client from taking all ports."""


@dataclass(eq=False, slots=True)
class RtspSession:
    """One session.

    Attributes:
        path: of the stream, as the client set it up.
        touched_s: camera time of the last request that named the session.
        transport: the connection that carries its packets, or None when they go by UDP.
        talk_channel: the interleaved channel on which the client talks to the camera, or None.
    """

    id: str
    path: str
    spec: StreamSpec
    player: Player
    touched_s: float
    transport: asyncio.Transport | None = None
    talk_channel: int | None = None


class SessionTable:
    """All sessions of one camera, by id.

    Args:
        elapsed: the camera's time in seconds.
    """

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._sessions: dict[str, RtspSession] = {}
        self._stalled_until_s = float("-inf")

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, path: str, spec: StreamSpec) -> RtspSession | None:
        """Make a session without tracks, or None if there are too many."""
        for session in [session for session in self._sessions.values() if self._is_expired(session)]:
            self.end(session)
        if len(self._sessions) >= SESSION_LIMIT:
            return None
        # A random id, so that no session can be controlled by guessing.
        session_id = token_hex(4).upper()

        def may_send() -> bool:
            return self.find(session_id, touch=False) is not None and self._elapsed() >= self._stalled_until_s

        player = Player(spec, elapsed=self._elapsed, may_send=may_send)
        session = RtspSession(session_id, path, spec, player, self._elapsed())
        self._sessions[session_id] = session
        return session

    def find(self, session_id: str, *, touch: bool = True) -> RtspSession | None:
        """Return a session that has not expired; `touch` counts as a sign of life."""
        session = self._sessions.get(session_id)
        if session is None:
            return None
        if self._is_expired(session):
            self.end(session)
            return None
        if touch:
            session.touched_s = self._elapsed()
        return session

    def end(self, session: RtspSession) -> None:
        """Stop a session and forget it."""
        if self._sessions.pop(session.id, None) is not None:
            session.player.close()

    def end_all(self) -> None:
        """Stop all sessions and forget them."""
        for session in list(self._sessions.values()):
            self.end(session)

    def end_carried_by(self, transport: asyncio.Transport) -> None:
        """Stop the sessions whose packets go through a connection that is gone."""
        for session in [session for session in self._sessions.values() if session.transport is transport]:
            self.end(session)

    def end_where(self, is_over: Callable[[str], bool]) -> None:
        """Stop the sessions whose path is told to be over."""
        for session in [session for session in self._sessions.values() if is_over(session.path)]:
            self.end(session)

    def talking_on(self, transport: asyncio.Transport, channel: int) -> RtspSession | None:
        """Return the session that talks on a channel of a connection, or None."""
        sessions = (session for session in self._sessions.values() if session.transport is transport)
        return next((session for session in sessions if session.talk_channel == channel), None)

    def stall(self, seconds: float) -> None:
        """Send nothing to any session for a while."""
        self._stalled_until_s = self._elapsed() + seconds

    def _is_expired(self, session: RtspSession) -> bool:
        return self._elapsed() - session.touched_s > SESSION_TIMEOUT_S
