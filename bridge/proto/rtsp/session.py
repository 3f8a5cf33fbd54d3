"""The sessions of an RTSP server (RFC 2326 sections 3.4 and A.2): their states, and how long they live.

Sessions belong to the server, not to a connection: over UDP they outlive the one that made them. What carries the
packets is the shell's affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.proto.rtsp.headers import DEFAULT_SESSION_TIMEOUT_S, Lower, SessionHeader, Transport

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SESSIONS = 256
"""Sessions of one server at once: each costs a viewer's write buffer, over UDP also two sockets per track."""

MOST_OF_ONE_ADDRESS = MOST_SESSIONS // 2
"""Sessions of one client address: enough for a recorder of many cameras, and it leaves the others room."""

GRACE_S = 5.0
"""How much longer than announced a session lives: some clients send their sign of life in the last moment."""


class SessionPhase(StrEnum):
    """The server's states of RFC 2326 section A.2; `INIT` until the first track is set up."""

    INIT = "init"
    READY = "ready"
    PLAYING = "playing"


@dataclass(slots=True, eq=False)
class RtspSession:
    """One viewer of one stream.

    Attributes:
        id: what the client names it by; unguessable.
        path: of the stream, without slashes around it.
        base: URL of the stream as the client wrote it, with a slash at the end.
        username: who set it up; nobody else may use it.
        address: of the client that set it up.
        lower: what carries its packets, the same for all tracks.
        tracks: the transport of each track that was set up, by track number.
        deadline: when it ends without a sign of life, monotonic seconds.
    """

    id: str
    path: str
    base: str
    username: str
    address: str
    lower: Lower
    phase: SessionPhase = SessionPhase.INIT
    tracks: dict[int, Transport] = field(default_factory=dict)
    deadline: float = 0.0


class SessionTable:
    """All sessions of one server.

    Args:
        new_id: returns unguessable text of letters and digits.
        timeout_s: what is announced to clients.
        most: how many there may be at once.
        most_of_one: how many of them one client address may have.
    """

    def __init__(
        self,
        new_id: Callable[[], str],
        *,
        timeout_s: int = DEFAULT_SESSION_TIMEOUT_S,
        most: int = MOST_SESSIONS,
        most_of_one: int = MOST_OF_ONE_ADDRESS,
    ) -> None:
        self.timeout_s = timeout_s
        self._new_id = new_id
        self._most = most
        self._most_of_one = most_of_one
        self._sessions: dict[str, RtspSession] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def has_room_for(self, address: str) -> bool:
        """Whether a session of that client address can be added."""
        own = sum(session.address == address for session in self._sessions.values())
        return len(self._sessions) < self._most and own < self._most_of_one

    def create(self, *, path: str, base: str, username: str, address: str, lower: Lower) -> RtspSession:
        """Return a new session, not yet in the table."""
        return RtspSession(self._new_id(), path, base, username, address, lower)

    def find(self, session_id: str) -> RtspSession | None:
        """Return the session of that id, or None."""
        return self._sessions.get(session_id)

    def add(self, session: RtspSession) -> None:
        """Keep a session; one that is kept already is no error."""
        self._sessions[session.id] = session

    def remove(self, session: RtspSession) -> None:
        """Forget a session; an unknown one is no error."""
        self._sessions.pop(session.id, None)

    def touch(self, session: RtspSession, now: float) -> None:
        """Note a sign of life."""
        session.deadline = now + self.timeout_s + GRACE_S

    def header(self, session: RtspSession) -> str:
        """Return the Session header of a response."""
        return SessionHeader(session.id, self.timeout_s).render()

    def next_deadline(self) -> float | None:
        """Return when `expire` has something to do at the earliest, None while there are no sessions."""
        return min((session.deadline for session in self._sessions.values()), default=None)

    def expire(self, now: float) -> tuple[RtspSession, ...]:
        """Forget and return the sessions whose time is over."""
        over = tuple(session for session in self._sessions.values() if session.deadline <= now)
        for session in over:
            self.remove(session)
        return over
