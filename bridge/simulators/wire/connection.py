"""One RTSP connection to a simulated camera: requests in, responses out (RFC 2326 section 10).

The manners are those of the LIVE555 servers that cameras run. DESCRIBE and SETUP need a Digest answer; the later
requests of a session are accepted without one, but a wrong answer is refused there too. Content-Base ends with a
slash. Nothing here waits: every request is answered when its last byte arrives.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from typing_extensions import override

from bridge.simulators.clips.library import AUDIO_CONFIG, AUDIO_RATE_HZ, video_clip
from bridge.simulators.wire.digest import DigestGuard
from bridge.simulators.wire.message import BadRequest, Request, RequestReader, Response, Status
from bridge.simulators.wire.outlet import BACKLOG_LIMIT_BYTES, InterleavedOutlet, Outlet, UdpOutlet
from bridge.simulators.wire.player import AUDIO_TRACK, VIDEO_TRACK, PlayerTrack, StreamSpec
from bridge.simulators.wire.rtp import RtpStream
from bridge.simulators.wire.sdp import AUDIO_PAYLOAD_TYPE, VIDEO_CLOCK_RATE, VIDEO_PAYLOAD_TYPE, describe
from bridge.simulators.wire.sessions import SESSION_TIMEOUT_S, RtspSession, SessionTable
from bridge.simulators.wire.transport import TransportOffer, choose_transport

DEFAULT_PORT = 554
"""Left out of URLs."""

TALK_TRACK = 3
TALK_FEATURE = "www.onvif.org/ver20/backchannel"
"""What a client requires that wants to talk (ONVIF Streaming Specification, 5.3.1)."""

_TRACKS = {"track1": VIDEO_TRACK, "track2": AUDIO_TRACK, "track3": TALK_TRACK}
_USER_INFO = re.compile(r"(?<=://)[^/@]*@")


@dataclass(eq=False, slots=True)
class RtspService:
    """What all connections of one camera share; `RtspServer` says what the callables mean."""

    realm: str
    password_of: Callable[[str], str | None]
    find_stream: Callable[[str], StreamSpec | None]
    on_request: Callable[[str, str, int], None]
    on_talk: Callable[[str, bytes], None]
    sessions: SessionTable
    connections: set[RtspConnection]


class RtspConnection(asyncio.Protocol):
    """Answers the requests of one client."""

    def __init__(self, service: RtspService, *, connection_limit: int) -> None:
        self.closed = asyncio.Event()
        self._service = service
        self._connection_limit = connection_limit
        self._guard = DigestGuard(service.realm, service.password_of)
        self._reader = RequestReader(self._frame)
        self._transport: asyncio.Transport
        self._host = ""
        self._client_host = ""
        self._base = ""
        self._handlers: dict[str, Callable[[Request], Response]] = {
            "OPTIONS": self._options,
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "TEARDOWN": self._teardown,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "GET_PARAMETER": self._parameter,
            "SET_PARAMETER": self._parameter,
        }

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every event loop's transports inherit from asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._service.connections.add(self)
        self._host, port = transport.get_extra_info("sockname")[:2]
        self._client_host = transport.get_extra_info("peername")[0]
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._base = f"rtsp://{host}" if port == DEFAULT_PORT else f"rtsp://{host}:{port}"
        if len(self._service.connections) > self._connection_limit:
            self.abort()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._service.sessions.end_carried_by(self._transport)
        self._service.connections.discard(self)
        self.closed.set()

    @override
    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while not self._transport.is_closing() and (request := self._reader.next_request()) is not None:
                self._respond(request)
        except BadRequest:
            self._transport.write(Response(Status.BAD_REQUEST).render(cseq=None))
            self._transport.close()

    def abort(self) -> None:
        """Close at once, whatever is still to be sent."""
        self._transport.abort()

    def _frame(self, channel: int, content: bytes) -> None:
        session = self._service.sessions.talking_on(self._transport, channel)
        if session is not None:
            self._service.on_talk(session.path, content)

    def _respond(self, request: Request) -> None:
        response = self._answer(request)
        self._transport.write(response.render(request.headers.get("cseq")))
        if self._transport.get_write_buffer_size() > 2 * BACKLOG_LIMIT_BYTES:
            # A client that asks without end and never reads.
            self.abort()
        self._service.on_request(request.method, _USER_INFO.sub("", request.url), int(response.status))

    def _answer(self, request: Request) -> Response:
        handler = self._handlers.get(request.method)
        if handler is None:
            return Response(Status.METHOD_NOT_ALLOWED, {"Allow": ", ".join(self._handlers)})
        authorization = request.headers.get("authorization")
        is_guarded = request.method in ("DESCRIBE", "SETUP") or (authorization and request.method != "OPTIONS")
        if is_guarded and not self._guard.accepts(authorization, request.method):
            return Response(Status.UNAUTHORIZED, {"WWW-Authenticate": self._guard.challenge()})
        return handler(request)

    def _session_of(self, request: Request) -> RtspSession | None:
        return self._service.sessions.find(request.headers.get("session", "").partition(";")[0].strip())

    def _options(self, request: Request) -> Response:
        self._session_of(request)
        return Response(Status.OK, {"Public": ", ".join(self._handlers)})

    def _describe(self, request: Request) -> Response:
        spec = self._service.find_stream(request.path)
        if spec is None:
            return Response(Status.NOT_FOUND)
        audio = (AUDIO_RATE_HZ, AUDIO_CONFIG) if spec.audio else None
        has_talk = spec.has_talk and request.headers.get("require") == TALK_FEATURE
        sdp = describe(video_clip(spec.video), host=self._host, audio=audio, has_talk=has_talk)
        headers = {"Content-Base": f"{self._base}/{request.path}/", "Content-Type": "application/sdp"}
        return Response(Status.OK, headers, sdp.encode())

    def _setup(self, request: Request) -> Response:
        path, _, track_name = request.path.rpartition("/")
        track = _TRACKS.get(track_name)
        spec = self._service.find_stream(path)
        if track is None or spec is None or not _has_track(spec, track):
            return Response(Status.NOT_FOUND)
        if "session" not in request.headers:
            session = self._service.sessions.open(path, spec)
            if session is None:
                return Response(Status.NOT_ENOUGH_BANDWIDTH)
            response = self._set_up_track(session, track, request)
            if response.status is not Status.OK:
                self._service.sessions.end(session)
            return response
        session = self._session_of(request)
        if session is None:
            return Response(Status.SESSION_NOT_FOUND)
        if session.path != path or track in session.player.tracks:
            return Response(Status.METHOD_NOT_VALID_IN_THIS_STATE)
        return self._set_up_track(session, track, request)

    def _set_up_track(self, session: RtspSession, track: int, request: Request) -> Response:
        offer = choose_transport(request.headers.get("transport", ""), free_channel=2 * (track - 1))
        if offer is None or (track == TALK_TRACK and not offer.is_interleaved):
            return Response(Status.UNSUPPORTED_TRANSPORT)
        if track == TALK_TRACK:
            return self._set_up_talk(session, offer)
        try:
            outlet, transport_header = self._open_outlet(offer)
        except OSError:
            return Response(Status.NOT_ENOUGH_BANDWIDTH)
        if offer.is_interleaved:
            session.transport = self._transport
        rtp = (
            RtpStream(VIDEO_PAYLOAD_TYPE, VIDEO_CLOCK_RATE)
            if track == VIDEO_TRACK
            else RtpStream(AUDIO_PAYLOAD_TYPE, AUDIO_RATE_HZ)
        )
        session.player.tracks[track] = PlayerTrack(rtp, outlet)
        headers = {"Transport": transport_header, "Session": f"{session.id};timeout={SESSION_TIMEOUT_S}"}
        return Response(Status.OK, headers)

    def _set_up_talk(self, session: RtspSession, offer: TransportOffer) -> Response:
        """Listen to what the client says; only inside the connection."""
        session.transport, session.talk_channel = self._transport, offer.pair[0]
        first, second = offer.pair
        transport = f"RTP/AVP/TCP;unicast;interleaved={first}-{second}"
        return Response(Status.OK, {"Transport": transport, "Session": f"{session.id};timeout={SESSION_TIMEOUT_S}"})

    def _open_outlet(self, offer: TransportOffer) -> tuple[Outlet, str]:
        """Return what sends the packets, and the Transport header that says so."""
        ends = f"unicast;destination={self._client_host};source={self._host}"
        first, second = offer.pair
        if offer.is_interleaved:
            interleaved = InterleavedOutlet(self._transport, first, second)
            return interleaved, f"RTP/AVP/TCP;{ends};interleaved={first}-{second}"
        udp = UdpOutlet.open(self._host, self._client_host, offer.pair)
        rtp_port, rtcp_port = udp.ports
        return udp, f"RTP/AVP;{ends};client_port={first}-{second};server_port={rtp_port}-{rtcp_port}"

    def _play(self, request: Request) -> Response:
        session = self._session_of(request)
        if session is None:
            return Response(Status.SESSION_NOT_FOUND)
        session.player.play()
        infos = []
        for track in sorted(session.player.tracks):
            seq, rtp_time = session.player.position(track)
            infos.append(f"url={self._base}/{session.path}/track{track};seq={seq};rtptime={rtp_time}")
        return Response(Status.OK, {"Range": "npt=0.000-", "Session": session.id, "RTP-Info": ",".join(infos)})

    def _pause(self, request: Request) -> Response:
        session = self._session_of(request)
        if session is None:
            return Response(Status.SESSION_NOT_FOUND)
        session.player.pause()
        return Response(Status.OK, {"Session": session.id})

    def _teardown(self, request: Request) -> Response:
        session = self._session_of(request)
        if session is None:
            return Response(Status.SESSION_NOT_FOUND)
        self._service.sessions.end(session)
        return Response(Status.OK)

    def _parameter(self, request: Request) -> Response:
        """Accept anything: clients use GET_PARAMETER as a sign of life."""
        if "session" not in request.headers:
            return Response(Status.OK)
        session = self._session_of(request)
        return Response(Status.SESSION_NOT_FOUND) if session is None else Response(Status.OK, {"Session": session.id})


def _has_track(spec: StreamSpec, track: int) -> bool:
    return {VIDEO_TRACK: True, AUDIO_TRACK: spec.audio, TALK_TRACK: spec.has_talk}[track]
