"""A camera's stream by RTSP, over TCP, UDP or through HTTP: the asyncio shell around `proto.rtsp.client`.

Every run opens a connection of its own: cameras of the LIVE555 family send leftovers of an earlier session when a
connection is used again. What arrives is handed on as it was read; only when a camera insists on channel numbers of
its own are they changed to the canonical ones.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from contextlib import closing, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from bridge.core.errors import AuthFailed, Rejected, TimedOut, Unreachable, WireError
from bridge.core.model import Secret
from bridge.media.source import StreamDescription, Track
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp_tracks import choose_tracks
from bridge.media.sources.rtsp_tunnel import open_tunnel
from bridge.media.sources.rtsp_udp import REPORT_INTERVAL_S, UdpTracks
from bridge.media.sources.rtsp_upstream import Upstream
from bridge.proto.http.digest import Authorizer
from bridge.proto.rtsp.client import Answer, ClientConnection, Described, Playing, describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink
    from bridge.proto.rtsp.client import Ready
    from bridge.proto.rtsp.sdp import Media

DEFAULT_PORTS = {"rtsp": 554, "http": 80}


class RtspTransport(StrEnum):
    """How the packets come."""

    TCP = "tcp"
    """Interleaved in the RTSP connection: what every camera can and nothing gets lost in."""

    UDP = "udp"
    """Beside it, for cameras that cannot do the other."""

    HTTP = "http"
    """Interleaved, in a tunnel through the camera's web port."""


@dataclass(frozen=True, slots=True)
class Login:
    """A camera's account; the password may be empty."""

    username: str
    password: Secret

    def authorizer(self) -> Authorizer:
        """Return what signs the requests of one connection."""
        return Authorizer(self.username, self.password)


class RtspSource:
    """One stream of one camera; see `media.source.StreamSource`.

    Args:
        candidates: URLs under which the stream may be found, likeliest first, without credentials. The one that
            worked is tried first the next time. For a tunnel they may be `http://` as well.
        username: the camera's account.
        password: its password, may be empty.
        clock: for the times of reads.
        transport: how the packets come.
        patience: how long the camera may take.

    Raises:
        ValueError: a candidate is not an `rtsp://` URL with a host, or there is none.
    """

    def __init__(
        self,
        candidates: Sequence[str],
        *,
        username: str,
        password: Secret,
        clock: Clock,
        transport: RtspTransport = RtspTransport.TCP,
        patience: Patience | None = None,
    ) -> None:
        schemes = {"rtsp", "http"} if transport is RtspTransport.HTTP else {"rtsp"}
        if not candidates or any(not _is_stream_url(url, schemes) for url in candidates):
            raise ValueError("candidates have to be rtsp:// URLs with a host")
        self._candidates = tuple(candidates)
        self._login = Login(username, password)
        self._clock = clock
        self._transport = transport
        self._patience = patience or Patience()

    async def run(self, sink: StreamSink) -> NoReturn:
        """Open the stream and deliver it until cancelled; see `StreamSource.run`."""
        refusal: Rejected | None = None
        for url in self._candidates:
            try:
                await self._deliver(url, sink)
            except Rejected as error:
                if error.operation != "DESCRIBE":
                    raise
                refusal = refusal or error
        raise refusal or Unreachable("the camera has no stream")

    async def _deliver(self, url: str, sink: StreamSink) -> NoReturn:
        upstream = await open_upstream(
            url, self._login, clock=self._clock, patience=self._patience, via=self._transport
        )
        try:
            # Through a tunnel, too, the requests are RTSP's.
            asked = describe(f"rtsp{url.removeprefix(urlsplit(url).scheme)}")
            described = Described.of(successful(await upstream.ask(asked)))
            self._candidates = (url, *(other for other in self._candidates if other != url))
            chosen = choose_tracks(described.description)
            tracks = tuple(track for _, track in chosen)
            with self._ports(upstream, tracks) as udp:
                ready = await _set_up(upstream, described, [medium for medium, _ in chosen], udp)
                playing = ready.playing()
                upstream.opened(playing)
                if udp is not None:
                    udp.begin(ready.transports)
                successful(await upstream.ask(ready.play()))
                sink.opened(StreamDescription(tracks), self._clock.now())
                upstream.deliver_to(sink, _renumbering(ready.channels))
                await self._watch(upstream, playing, udp)
        except WireError as error:
            raise Unreachable(f"the camera's RTSP answers cannot be understood: {error}") from error
        finally:
            await upstream.close()

    def _ports(self, upstream: Upstream, tracks: Sequence[Track]) -> closing[UdpTracks] | nullcontext[None]:
        """Return the ports for the packets, None if these come through the connection."""
        if self._transport is not RtspTransport.UDP:
            return nullcontext()
        local, peer = upstream.address("sockname"), upstream.address("peername")
        return closing(UdpTracks(tracks, local=local, peer=peer, take=upstream.take, clock=self._clock))

    async def _watch(self, upstream: Upstream, playing: Playing, udp: UdpTracks | None) -> NoReturn:
        """Keep the session alive until the connection ends or nothing comes any more."""
        began = self._clock.now()
        sign_of_life_at = began + playing.keep_alive_interval_s
        report_at = math.inf if udp is None else began + REPORT_INTERVAL_S
        while True:
            now = self._clock.now()
            stalls_at = upstream.last_frames + self._patience.stall_s
            if now >= stalls_at:
                raise TimedOut(f"the camera has sent nothing for {self._patience.stall_s:g} s")
            if now >= sign_of_life_at:
                upstream.send(playing.keep_alive())
                sign_of_life_at = now + playing.keep_alive_interval_s
            if udp is not None and now >= report_at:
                udp.report()
                report_at = now + REPORT_INTERVAL_S
            await upstream.wait(min(stalls_at, sign_of_life_at, report_at) - now)


async def open_upstream(
    url: str,
    login: Login,
    *,
    clock: Clock,
    patience: Patience,
    via: RtspTransport = RtspTransport.TCP,
) -> Upstream:
    """Open a connection to a camera.

    Raises:
        Unreachable: it could not be made.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    connection = ClientConnection(login.authorizer(), lambda: secrets.token_hex(8))
    upstream = Upstream(connection, clock, patience)
    try:
        async with asyncio.timeout(patience.connect_s):
            if via is RtspTransport.HTTP:
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                await open_tunnel(upstream, (host, port), target, authorizer=login.authorizer())
            else:
                await asyncio.get_running_loop().create_connection(lambda: upstream, host, port)
    except TimeoutError:
        raise Unreachable(f"no connection to {host}:{port} within {patience.connect_s:g} s") from None
    except OSError as error:
        raise Unreachable(f"no connection to {host}:{port}: {error.strerror or error}") from error
    return upstream


async def _set_up(upstream: Upstream, described: Described, media: Sequence[Media], udp: UdpTracks | None) -> Ready:
    ports = [None] * len(media) if udp is None else udp.client_ports
    setup = described.first_setup(media[0], client_port=ports[0])
    ready = described.ready(successful(await upstream.ask(setup)))
    for medium, client_port in zip(media[1:], ports[1:], strict=True):
        setup = ready.next_setup(medium, client_port=client_port)
        ready = ready.with_track(successful(await upstream.ask(setup)))
    return ready


def successful(answer: Answer) -> Answer:
    """Return an answer that is a success.

    Raises:
        CameraError: it is none.
    """
    status, method = answer.response.status, answer.request.method
    if 200 <= status < 300:
        return answer
    if status in {401, 403}:
        raise AuthFailed(f"the camera refused the user or the password for its stream ({status})", operation=method)
    reason = f"{status} {answer.response.reason}".strip()
    # Without the host: it may hold whatever the camera put into its description.
    path = answer.request.url.partition("://")[2].partition("/")[2]
    raise Rejected(f"the camera answered {reason} for the stream /{path}", native_code=status, operation=method)


def _renumbering(channels: tuple[tuple[int, int], ...]) -> Mapping[int, int] | None:
    """Return the canonical number of each of the camera's channels, None if they are canonical already."""
    numbers = [number for pair in channels for number in pair]
    canonical = list(range(len(numbers)))
    return None if numbers == canonical else dict(zip(numbers, canonical, strict=True))


def _is_stream_url(url: str, schemes: AbstractSet[str]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
