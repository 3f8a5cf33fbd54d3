"""The client's side of RTSP (RFC 2326), without I/O: what to ask next, and what an answer means.

`ClientConnection` numbers requests, signs them and pairs answers with them. `Described`, `Ready` and `Playing` are the
stages of opening a stream; each has only the requests that are allowed in it, so that nothing can be asked too early.
Tracks come interleaved unless ports for UDP are given: that is no gain on a local network, and loses packets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.proto.http.digest import parse_challenges
from bridge.proto.rtsp import sdp
from bridge.proto.rtsp.deframe import Deframer
from bridge.proto.rtsp.headers import (
    DEFAULT_SESSION_TIMEOUT_S,
    Lower,
    SessionHeader,
    Transport,
    parse_tokens,
    parse_transports,
)
from bridge.proto.rtsp.message import Headers, Request, Response, cseq_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.proto.http.digest import Authorizer

MOST_UNANSWERED = 16
"""Requests kept for pairing; cameras that never answer keep-alives would let them pile up."""

MOST_KEEP_ALIVE_S = 25.0
"""The longest pause between signs of life: what is known to work against an announced time-out of 65 s (LIVE555 in
cameras)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with the request that it belongs to (as asked, without numbers and credentials)."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class _Sent:
    request: Request
    is_repeated: bool


class ClientConnection:
    """One connection to an RTSP server.

    Args:
        authorizer: the account.
        new_cnonce: returns unpredictable text.
    """

    def __init__(self, authorizer: Authorizer, new_cnonce: Callable[[], str]) -> None:
        self._authorizer = authorizer
        self._new_cnonce = new_cnonce
        self._deframer = Deframer()
        self._output: list[bytes] = []
        self._cseq = 0
        self._unanswered: dict[int, _Sent] = {}

    def send(self, request: Request) -> None:
        """Queue a request; its `CSeq` and `Authorization` are added here."""
        self._send(request, is_repeated=False)

    def bytes_to_send(self) -> bytes:
        """Return what has to be sent now, and forget it."""
        data = b"".join(self._output)
        self._output.clear()
        return data

    def receive(self, data: bytes) -> Iterator[bytes | Answer]:
        """Take bytes; yield runs of interleaved frames, and answers.

        A request that was refused for want of credentials, or because of an old nonce, is repeated once and not
        reported before the second answer.

        Raises:
            WireError: this is not RTSP.
        """
        for item in self._deframer.receive(data):
            if isinstance(item, bytes):
                yield item
            elif isinstance(item, Request):
                self._reply(item)
            else:
                sent = self._pair(item)
                if sent is not None and not self._repeat(sent, item):
                    yield Answer(sent.request, item)

    def _send(self, request: Request, *, is_repeated: bool) -> None:
        self._cseq += 1
        credentials = self._authorizer.header(request.method, request.url, self._new_cnonce())
        lines = [("CSeq", str(self._cseq)), *request.headers.lines]
        if credentials is not None:
            lines.append(("Authorization", credentials))
        if len(self._unanswered) >= MOST_UNANSWERED:
            del self._unanswered[next(iter(self._unanswered))]
        self._unanswered[self._cseq] = _Sent(request, is_repeated)
        self._output.append(replace(request, headers=Headers(tuple(lines))).render())

    def _pair(self, response: Response) -> _Sent | None:
        """Return the request of a response; without a number it answers the oldest."""
        cseq = cseq_of(response)
        if cseq is None:
            cseq = next(iter(self._unanswered), 0)
        return self._unanswered.pop(cseq, None)

    def _repeat(self, sent: _Sent, response: Response) -> bool:
        """Send a request again if a 401 says how it may succeed; return whether that was done."""
        if response.status != 401 or sent.is_repeated:
            return False
        challenges = parse_challenges(response.headers.all("WWW-Authenticate"))
        if not self._authorizer.answer(challenges):
            return False
        self._send(sent.request, is_repeated=True)
        return True

    def _reply(self, request: Request) -> None:
        """Answer a request of the server: none is served, but silence would break some."""
        cseq = request.headers.get("CSeq")
        lines = () if cseq is None else (("CSeq", cseq),)
        self._output.append(Response(200 if request.method == "OPTIONS" else 501, Headers(lines)).render())


def describe(url: str, *, require: str | None = None) -> Request:
    """Return the request that begins everything.

    Args:
        url: of the stream.
        require: a feature that the server must have; what DESCRIBE requires, SETUP and PLAY require after it.
    """
    return Request("DESCRIBE", url, Headers((("Accept", "application/sdp"), *_requirement(require))))


@dataclass(frozen=True, slots=True)
class Described:
    """The stream is known, nothing is set up.

    Attributes:
        base: what relative control URLs are resolved against.
        description: the camera's session description.
        require: the feature that was required.
    """

    base: str
    description: sdp.SessionDescription
    require: str | None = None

    @classmethod
    def of(cls, answer: Answer) -> Described:
        """Read the answer to `describe`, which must be a success.

        Raises:
            WireError: it holds no session description.
        """
        headers = answer.response.headers
        base = headers.get("Content-Base") or headers.get("Content-Location") or answer.request.url
        return cls(
            sdp.resolve(answer.request.url, base.strip()),
            sdp.parse(answer.response.body),
            answer.request.headers.get("Require"),
        )

    def first_setup(self, media: sdp.Media, *, client_port: tuple[int, int] | None = None) -> Request:
        """Return the SETUP of the first medium, which makes the session.

        Args:
            media: one of the description.
            client_port: our ports for RTP and RTCP over UDP, None for both over the connection itself.
        """
        return _setup(self, media, track=0, session=None, client_port=client_port)

    def ready(self, answer: Answer) -> Ready:
        """Read the answer to `first_setup`, which must be a success.

        Raises:
            WireError: it names no session, or not the transport that was asked for.
        """
        value = answer.response.headers.get("Session")
        if value is None:
            raise WireError("the answer to SETUP names no session")
        session = SessionHeader.parse(value)
        timeout_s = session.timeout_s or DEFAULT_SESSION_TIMEOUT_S
        return Ready(self, session.id, timeout_s, (_agreed(answer, track=0),))


@dataclass(frozen=True, slots=True)
class Ready:
    """There is a session; more tracks may join, then it can play.

    Attributes:
        transports: of each track, in the order of the tracks, as the server decided.
    """

    described: Described
    session_id: str
    timeout_s: int
    transports: tuple[Transport, ...]

    @property
    def channels(self) -> tuple[tuple[int, int], ...]:
        """The (RTP, RTCP) channels of each track; none for those over UDP."""
        return tuple(transport.interleaved for transport in self.transports if transport.interleaved is not None)

    def next_setup(self, media: sdp.Media, *, client_port: tuple[int, int] | None = None) -> Request:
        """Return the SETUP of one more medium; see `Described.first_setup`."""
        track = len(self.transports)
        return _setup(self.described, media, track=track, session=self.session_id, client_port=client_port)

    def with_track(self, answer: Answer) -> Ready:
        """Read the answer to `next_setup`, which must be a success.

        Raises:
            WireError: it does not name the transport that was asked for.
        """
        return replace(self, transports=(*self.transports, _agreed(answer, track=len(self.transports))))

    def play(self) -> Request:
        """Return the request that starts the packets: from now on, no `Scale`, for all tracks."""
        lines = (("Session", self.session_id), ("Range", "npt=0.000-"), *_requirement(self.described.require))
        return Request("PLAY", self._aggregate_url, Headers(lines))

    def playing(self) -> Playing:
        """Go on after a successful answer to `play`."""
        return Playing(self._aggregate_url, self.session_id, self.timeout_s)

    @property
    def _aggregate_url(self) -> str:
        return sdp.resolve(self.described.base, self.described.description.control)


@dataclass(slots=True)
class Playing:
    """Packets come; the session has to be kept alive."""

    url: str
    session_id: str
    timeout_s: int
    _method: str = "GET_PARAMETER"

    @property
    def keep_alive_interval_s(self) -> float:
        """How often `keep_alive` has to be sent: two may be lost before the session runs out."""
        return min(self.timeout_s * 0.4, MOST_KEEP_ALIVE_S)

    def keep_alive(self) -> Request:
        """Return a sign of life."""
        return Request(self._method, self.url, Headers((("Session", self.session_id),)))

    def kept_alive(self, answer: Answer) -> bool:
        """Read the answer to `keep_alive`; return False if the session is gone.

        A server that does not know GET_PARAMETER (its `Public` does not name it, or it refuses it) gets OPTIONS
        from then on.
        """
        status = answer.response.status
        public = answer.response.headers.get("Public")
        if status in {400, 405, 451, 501, 551} or (public is not None and self._method not in parse_tokens(public)):
            self._method = "OPTIONS"
        return status != 454

    def teardown(self) -> Request:
        """Return the request that ends the session."""
        return Request("TEARDOWN", self.url, Headers((("Session", self.session_id),)))


def _setup(
    described: Described, media: sdp.Media, *, track: int, session: str | None, client_port: tuple[int, int] | None
) -> Request:
    if client_port is None:
        wanted = Transport(Lower.TCP, interleaved=(2 * track, 2 * track + 1))
    else:
        wanted = Transport(Lower.UDP, client_port=client_port)
    lines = [("Transport", wanted.render())]
    if session is not None:
        lines.append(("Session", session))
    lines += _requirement(described.require)
    return Request("SETUP", sdp.resolve(described.base, media.control), Headers(tuple(lines)))


def _requirement(feature: str | None) -> tuple[tuple[str, str], ...]:
    return () if feature is None else (("Require", feature),)


def _agreed(answer: Answer, *, track: int) -> Transport:
    """Return the transport that the server decided on; channels that it does not name are those asked for."""
    (wanted,) = parse_transports(answer.request.headers.get("Transport") or "")
    transports = parse_transports(answer.response.headers.get("Transport") or "")
    agreed = next((transport for transport in transports if transport.lower is wanted.lower), None)
    if agreed is None or agreed.is_multicast:
        raise WireError(f"the answer to SETUP is not about {wanted.lower}")
    if agreed.lower is Lower.TCP and agreed.interleaved is None:
        return replace(agreed, interleaved=(2 * track, 2 * track + 1))
    return agreed
