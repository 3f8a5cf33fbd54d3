"""The server's side of one RTSP connection (RFC 2326), as a state machine: bytes in, events and bytes out.

What can be answered from the messages alone is answered here: authentication, options, session states, transports.
What needs the world is asked of the shell by an event, and the shell answers before it takes the next one:

| event | answer |
|---|---|
| `DescribeWanted` | `described` or `refuse` |
| `SetupWanted` | `set_up` or `refuse` |
| `PlayWanted` | `play`, `play_on` or `refuse` |
| `PacketsReceived`, `PauseWanted`, `SessionEnded`, `BrokenInput` | none: they are answered already |

A session may have a back channel (ONVIF Streaming Specification, "Back channel connection"): a track on which the
client sends. It is described to those alone who require it.

Not here: tunnels, recording, multicast, and whose packets go where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.core.users import UserDirectory
from bridge.proto.http.digest import DigestOutcome
from bridge.proto.rtsp.deframe import Deframer
from bridge.proto.rtsp.headers import (
    BACK_CHANNEL_FEATURE,
    Lower,
    RtpInfo,
    RtspUrl,
    SessionHeader,
    Transport,
    live_range,
    parse_tokens,
    parse_transports,
)
from bridge.proto.rtsp.message import Headers, Request, Response, cseq_of
from bridge.proto.rtsp.session import RtspSession, SessionPhase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bridge.proto.http.digest import DigestServer
    from bridge.proto.http.guessing import GuessingBrake
    from bridge.proto.rtsp.session import SessionTable

MOST_WRONG_LOGINS = 10
"""Wrong passwords on one connection before it is closed, whoever they are for."""

MOST_SESSIONS_HERE = 8
"""Sessions of one connection: clients need one, and those that watch several streams have a connection for each."""

MOST_REASON_CHARS = 200
"""What a status line has room for in the buffers of small clients."""

_KNOWN_ELSEWHERE = frozenset({"ANNOUNCE", "RECORD", "REDIRECT"})
"""Methods of the standard that this server does not have."""

_ABOUT_URL = frozenset({"DESCRIBE", "SETUP"})
"""Methods that are about the stream of their URL, even if they name a session."""

BACK_CHANNEL = -1
"""The track number of the back channel: no stream has that one, however many tracks come and go."""

_BACK_CHANNEL_CONTROL = "backchannel"

_TRACK = re.compile(r"track(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a stream asks of those who want to watch it.

    Args:
        users: the accounts that may, every one of them; None lets everybody in, with or without a password.
        algorithms: of Digest, in the order offered.
    """

    users: UserDirectory | None
    algorithms: tuple[str, ...] = ("MD5",)


class Stage(Enum):
    """What has become of the sessions of a connection."""

    FRESH = auto()
    """There has been none."""

    IN_USE = auto()
    """One lives."""

    OVER = auto()
    """All have ended."""


@dataclass(frozen=True, slots=True)
class DescribeWanted:
    """The client asks what a stream consists of; the back channel is part of the answer if that is wanted."""

    path: str
    wants_back_channel: bool = False


@dataclass(frozen=True, slots=True)
class SetupWanted:
    """The client wants a track, or `BACK_CHANNEL`; `session` is new unless it has tracks already.

    `transport` is what was agreed as far as the machine can tell: interleaved channels are settled; over UDP the
    shell adds its ports.
    """

    session: RtspSession
    track: int
    transport: Transport


@dataclass(frozen=True, slots=True)
class PlayWanted:
    """The client wants packets; `play` has to be answered, and flushed, before the first of them."""

    session: RtspSession


@dataclass(frozen=True, slots=True)
class PacketsReceived:
    """The client has sent packets, and `session` plays with a back channel inside of this connection.

    `frames` are whole interleaved frames, not all of which need to be of that channel.
    """

    session: RtspSession
    frames: bytes


@dataclass(frozen=True, slots=True)
class PauseWanted:
    """The client wants no packets for a while."""

    session: RtspSession


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The client has torn its session down."""

    session: RtspSession


@dataclass(frozen=True, slots=True)
class BrokenInput:
    """The client sent what is no RTSP; the connection ends with the bytes that wait to be sent."""

    error: WireError


Event = DescribeWanted | SetupWanted | PlayWanted | PacketsReceived | PauseWanted | SessionEnded | BrokenInput


@dataclass(frozen=True, slots=True)
class TrackStart:
    """Where one track of a PLAY response begins."""

    track: int
    seq: int
    rtp_time: int


class _Refusal(Exception):
    """The request at hand gets this status and these headers, and nothing else happens."""

    def __init__(self, status: int, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class ServerConnection:
    """One client's connection.

    Args:
        sessions: of the whole server.
        digest: makes challenges and judges credentials.
        entrance_of: what the stream of a path asks for.
        brake: slows guessing down, for all connections.
        address: of the client.
        features_of: the feature tags that a request about a path may require.

    Attributes:
        sessions: those that were set up over this connection and have not ended.
        is_closing: the connection is to be closed once everything is sent.
        wrong_logins: how often a wrong user name or password came.
        hold_s: seconds for which what is to be sent has to be kept back, because somebody may be guessing.
    """

    def __init__(
        self,
        sessions: SessionTable,
        *,
        digest: DigestServer,
        entrance_of: Callable[[str], Entrance],
        brake: GuessingBrake,
        address: str,
        features_of: Callable[[str], frozenset[str]] = lambda _path: frozenset(),
    ) -> None:
        self.sessions: list[RtspSession] = []
        self.is_closing = False
        self._table = sessions
        self._digest = digest
        self._entrance_of = entrance_of
        self._brake = brake
        self._address = address
        self._features_of = features_of
        self._deframer = Deframer()
        self._output: list[bytes] = []
        self._request: Request | None = None
        self._had_sessions = False
        self._username = ""
        self.wrong_logins = 0
        self.hold_s = 0.0
        self._methods = {
            "OPTIONS": self._options,
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "GET_PARAMETER": self._parameter,
            "SET_PARAMETER": self._parameter,
            "TEARDOWN": self._teardown,
        }

    @property
    def has_sessions(self) -> bool:
        """Whether any of the sessions still lives: one over UDP may have ended on another connection."""
        return bool(self._living)

    @property
    def has_room(self) -> bool:
        """Whether one more session can be set up here; the shell asks again after it has waited for anything."""
        return len(self._living) < MOST_SESSIONS_HERE and self._table.has_room_for(self._address)

    @property
    def _living(self) -> list[RtspSession]:
        return [session for session in self.sessions if self._table.find(session.id) is session]

    @property
    def stage(self) -> Stage:
        """What has become of the sessions."""
        if self.has_sessions:
            return Stage.IN_USE
        return Stage.OVER if self._had_sessions else Stage.FRESH

    # -- bytes in, bytes out ---------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> Iterator[Event]:
        """Take bytes; yield what the shell has to do. Answer each event before taking the next."""
        try:
            for item in self._deframer.receive(data):
                if isinstance(item, Request):
                    event = self._handle(item, now)
                    if event is not None:
                        yield event
                elif isinstance(item, bytes):
                    # Receiver reports, and what is said on a back channel.
                    self._touch_own(now)
                    yield from self._packets(item)
                if self.is_closing:
                    return
        except WireError as error:
            self._output.append(Response(400).render())
            self.is_closing = True
            yield BrokenInput(error)

    def bytes_to_send(self) -> bytes:
        """Return what has to be sent now, and forget it."""
        data = b"".join(self._output)
        self._output.clear()
        return data

    # -- the shell's answers ---------------------------------------------------------------------------------------

    def described(self, sdp: bytes) -> None:
        """Answer `DescribeWanted`."""
        base = RtspUrl.parse(self._current.url).base
        self._respond(200, ("Content-Base", base), ("Content-Type", "application/sdp"), body=sdp)

    def set_up(self, event: SetupWanted, transport: Transport, now: float) -> None:
        """Answer `SetupWanted` with the complete transport, server ports and SSRC included."""
        session = event.session
        session.tracks[event.track] = transport
        session.phase = SessionPhase.READY
        self._table.add(session)
        self._had_sessions = True
        self._table.touch(session, now)
        if session not in self.sessions:
            self.sessions.append(session)
        self._respond(200, ("Transport", transport.render()), ("Session", self._table.header(session)))

    def play(self, event: PlayWanted, starts: Sequence[TrackStart], utc: datetime) -> None:
        """Answer `PlayWanted`: where each track that the server sends begins, and the time of that."""
        session = event.session
        session.phase = SessionPhase.PLAYING
        # ONVIF wants RTP-Info in every answer: a back channel alone is named in it, with zeros because nothing is sent.
        told = starts or (TrackStart(BACK_CHANNEL, seq=0, rtp_time=0),)
        infos = [RtpInfo(f"{session.base}{control_of(start.track)}", start.seq, start.rtp_time) for start in told]
        self._respond(
            200,
            ("Session", self._table.header(session)),
            ("Range", live_range(self._current.headers.get("Range"), utc)),
            ("RTP-Info", ",".join(info.render() for info in infos)),
        )

    def play_on(self, session: RtspSession) -> None:
        """Answer `PlayWanted` of a session that plays already: another connection's PLAY has come before."""
        self._respond(200, ("Session", self._table.header(session)))

    def refuse(self, status: int, reason: str = "") -> None:
        """Answer the event at hand with an error status; `reason` is for people and goes into the status line."""
        self._respond(status, reason="".join(char for char in reason if char.isprintable())[:MOST_REASON_CHARS])

    def drop(self, session: RtspSession) -> None:
        """Forget a session that ended for another reason than the client's TEARDOWN."""
        self._table.remove(session)
        if session in self.sessions:
            self.sessions.remove(session)

    # -- requests --------------------------------------------------------------------------------------------------

    @property
    def _current(self) -> Request:
        if self._request is None:
            raise RuntimeError("no request waits for an answer")
        return self._request

    def _handle(self, request: Request, now: float) -> Event | None:
        self._request = request
        try:
            return self._judge(request, now)
        except _Refusal as refusal:
            self._respond(refusal.status, *refusal.headers)
        except WireError:
            self._respond(400)
        return None

    def _judge(self, request: Request, now: float) -> Event | None:
        if cseq_of(request) is None:
            raise _Refusal(400)
        if not request.version.startswith("1."):
            raise _Refusal(505)
        method = self._methods.get(request.method)
        if method is None:
            raise _Refusal(405 if request.method in _KNOWN_ELSEWHERE else 501, ("Allow", self._public))
        # Even one that is answered 401 shows that the viewer is there: its old nonce is all that is wrong.
        self._touch_own(now)
        if request.method != "OPTIONS":
            self._authenticate(request, now)
        required = _required(request)
        unsupported = required and required - self._features_of(self._path_at_stake(request))
        if unsupported:
            raise _Refusal(551, ("Unsupported", ", ".join(sorted(unsupported))))
        session = self._session_of(request)
        if session is not None:
            self._table.touch(session, now)
        return method(request, session)

    def _authenticate(self, request: Request, now: float) -> None:
        entrance = self._entrance_of(self._path_at_stake(request))
        if entrance.users is None:
            self._username = ""
            return
        verdict = self._digest.verify(
            request.headers.get("Authorization"),
            method=request.method,
            now=now,
            users=entrance.users,
            algorithms=entrance.algorithms,
        )
        if verdict.user is not None:
            self._username = verdict.user.username
            return
        if verdict.outcome is DigestOutcome.WRONG:
            self.wrong_logins += 1
            self.hold_s = self._brake.wrong(self._address, verdict.guessed, now)
            # A guess that has to wait costs a connection, too.
            self.is_closing = bool(self.hold_s) or self.wrong_logins >= MOST_WRONG_LOGINS
        challenges = self._digest.challenges(
            now, stale=verdict.outcome is DigestOutcome.STALE, qop=False, algorithms=entrance.algorithms
        )
        raise _Refusal(401, *(("WWW-Authenticate", challenge) for challenge in challenges))

    def _path_at_stake(self, request: Request) -> str:
        """Return the path of the stream whose accounts decide about a request, empty for no stream at all.

        What acts on a session needs an account of that session's stream, whatever its URL says. Keep-alives may name
        neither: then it is a stream that is watched over this connection.
        """
        session = None if request.method in _ABOUT_URL else self._named_session(request)
        if session is not None:
            return session.path
        watched = self.sessions[0].path if self.sessions else ""
        try:
            return _split_track(RtspUrl.parse(request.url))[0].path or watched
        except WireError:
            # A method that needs a stream is refused when it looks for it.
            return watched

    def _named_session(self, request: Request) -> RtspSession | None:
        """Return the session that the headers name, whoever it belongs to; None for an unknown one or none."""
        value = request.headers.get("Session")
        return None if value is None else self._table.find(SessionHeader.parse(value).id)

    def _session_of(self, request: Request) -> RtspSession | None:
        if request.headers.get("Session") is None:
            return None
        session = self._named_session(request)
        if session is None:
            raise _Refusal(454)
        is_own = session in self.sessions
        is_ours = request.method == "OPTIONS" or session.username == self._username
        if not is_ours or not (is_own or session.lower is Lower.UDP):
            raise _Refusal(454)
        return session

    def _options(self, _request: Request, session: RtspSession | None) -> None:
        headers = () if session is None else (("Session", self._table.header(session)),)
        self._respond(200, ("Public", self._public), *headers)

    def _describe(self, request: Request, _session: RtspSession | None) -> Event:
        return DescribeWanted(RtspUrl.parse(request.url).path, BACK_CHANNEL_FEATURE in _required(request))

    def _setup(self, request: Request, session: RtspSession | None) -> Event:
        url, track = _split_track(RtspUrl.parse(request.url))
        transport = _choose(parse_transports(request.headers.get("Transport") or ""))
        if transport is None:
            raise _Refusal(461)
        if session is None:
            if not self.has_room:
                raise _Refusal(453)
            session = self._table.create(
                path=url.path, base=url.base, username=self._username, address=self._address, lower=transport.lower
            )
        elif session.phase is SessionPhase.PLAYING:
            raise _Refusal(455)
        elif session.path != url.path:
            raise _Refusal(459)
        elif session.lower is not transport.lower:
            raise _Refusal(461)
        if transport.lower is Lower.TCP:
            transport = self._with_free_channels(transport, session, track)
        return SetupWanted(session, track, transport)

    def _play(self, request: Request, session: RtspSession | None) -> Event | None:
        session = self._playable(request, session)
        if session.phase is SessionPhase.PLAYING:
            self.play_on(session)
            return None
        return PlayWanted(session)

    def _pause(self, request: Request, session: RtspSession | None) -> Event:
        session = self._playable(request, session)
        session.phase = SessionPhase.READY
        self._respond(200, ("Session", self._table.header(session)))
        return PauseWanted(session)

    def _parameter(self, request: Request, session: RtspSession | None) -> None:
        # Without parameters it is a sign of life (RFC 2326 section 10.8); there are none to get or to set.
        headers = () if session is None else (("Session", self._table.header(session)),)
        self._respond(451 if request.body.strip() else 200, *headers)

    def _teardown(self, _request: Request, session: RtspSession | None) -> Event:
        if session is None:
            raise _Refusal(454)
        self.drop(session)
        self._respond(200, ("Session", session.id))
        return SessionEnded(session)

    def _playable(self, request: Request, session: RtspSession | None) -> RtspSession:
        if session is None:
            raise _Refusal(454)
        # The stream's URL is right; that of one of its tracks counts as the same.
        if _split_track(RtspUrl.parse(request.url))[0].path != session.path:
            raise _Refusal(404)
        return session

    def _with_free_channels(self, transport: Transport, session: RtspSession, track: int) -> Transport:
        """Return the transport with the channels asked for or, where these are taken, with others."""
        taken = {
            channel
            for other in self.sessions
            for number, used in other.tracks.items()
            if (other, number) != (session, track)
            for channel in used.interleaved or ()
        }
        asked = transport.interleaved
        if asked is not None and asked[0] != asked[1] and taken.isdisjoint(asked):
            return transport
        pair = next(((low, low + 1) for low in range(0, 256, 2) if taken.isdisjoint((low, low + 1))), None)
        if pair is None:
            raise _Refusal(453)
        return replace(transport, interleaved=pair)

    @property
    def _public(self) -> str:
        return ", ".join(self._methods)

    def _packets(self, frames: bytes) -> Iterator[PacketsReceived]:
        for session in tuple(self.sessions):
            back = session.tracks.get(BACK_CHANNEL)
            if back is not None and back.lower is Lower.TCP and session.phase is SessionPhase.PLAYING:
                yield PacketsReceived(session, frames)

    def _touch_own(self, now: float) -> None:
        for session in self.sessions:
            self._table.touch(session, now)

    def _respond(self, status: int, *headers: tuple[str, str], body: bytes = b"", reason: str = "") -> None:
        cseq = cseq_of(self._current)
        pairing = () if cseq is None else (("CSeq", str(cseq)),)
        self._output.append(Response(status, Headers((*pairing, *headers)), body, reason).render())
        self._request = None


def control_of(track: int) -> str:
    """Return the control attribute of a track, counted from 0, or of `BACK_CHANNEL`."""
    return _BACK_CHANNEL_CONTROL if track == BACK_CHANNEL else f"track{track + 1}"


def _required(request: Request) -> frozenset[str]:
    """Return the feature tags that a request cannot be served without."""
    values = [*request.headers.all("Require"), *request.headers.all("Proxy-Require")]
    return frozenset(token for value in values for token in parse_tokens(value))


def _split_track(url: RtspUrl) -> tuple[RtspUrl, int]:
    """Return the stream's URL and the track number; a URL without a track means the first."""
    path, _, last = url.path.rpartition("/")
    stream = RtspUrl(url.base.removesuffix(f"{last}/"), path)
    if last == _BACK_CHANNEL_CONTROL:
        return stream, BACK_CHANNEL
    found = _TRACK.fullmatch(last)
    return (stream, int(found[1]) - 1) if found and int(found[1]) else (url, 0)


def _choose(offered: tuple[Transport, ...]) -> Transport | None:
    """Return the first transport that this server has, with nothing but what was agreed on."""
    for transport in offered:
        if transport.is_multicast or transport.mode != "PLAY":
            continue
        if transport.lower is Lower.TCP:
            return Transport(Lower.TCP, interleaved=transport.interleaved)
        if transport.client_port is not None and min(transport.client_port) > 0:
            return Transport(Lower.UDP, client_port=transport.client_port)
    return None
