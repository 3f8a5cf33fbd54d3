"""A camera's stream by RTSP over TCP: the asyncio shell around `proto.rtsp.client`.

Every run opens a connection of its own: cameras of the LIVE555 family send leftovers of an earlier session when a
connection is used again. What arrives is handed on as it was read; only when a camera insists on channel numbers of
its own are they changed to the canonical ones.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast
from urllib.parse import urlsplit

from typing_extensions import override

from bridge.core.errors import AuthFailed, CameraError, Rejected, TimedOut, Unreachable, Unsupported, WireError
from bridge.media.interleaved import renumber
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.http.digest import Authorizer
from bridge.proto.rtsp.client import Answer, ClientConnection, Described, Playing, describe
from bridge.proto.rtsp.sdp import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.core.model import Secret
    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink
    from bridge.proto.rtsp.client import Ready
    from bridge.proto.rtsp.message import Request
    from bridge.proto.rtsp.sdp import Media, SessionDescription

DEFAULT_PORT = 554

MOST_HELD_BYTES = 1024 * 1024
"""Frames that may arrive before the answer to PLAY has been dealt with; they normally share one read with it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a camera may take: to accept a connection, to answer, between two packets, and to say good-bye."""

    connect_s: float = 5.0
    answer_s: float = 8.0
    stall_s: float = 4.0
    teardown_s: float = 1.0


class RtspSource:
    """One stream of one camera; see `media.source.StreamSource`.

    Args:
        candidates: URLs under which the stream may be found, likeliest first, without credentials. The one that
            worked is tried first the next time.
        username: the camera's account.
        password: its password, may be empty.
        clock: for the times of reads.
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
        patience: Patience | None = None,
    ) -> None:
        if not candidates or any(not _is_rtsp_url(url) for url in candidates):
            raise ValueError("candidates have to be rtsp:// URLs with a host")
        self._candidates = tuple(candidates)
        self._username = username
        self._password = password
        self._clock = clock
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
        upstream = await self._connect(url)
        try:
            described = Described.of(_successful(await upstream.ask(describe(url))))
            self._candidates = (url, *(other for other in self._candidates if other != url))
            tracks = _choose_tracks(described.description)
            ready = await _set_up(upstream, described, [medium for medium, _ in tracks])
            playing = ready.playing()
            upstream.opened(playing)
            _successful(await upstream.ask(ready.play()))
            sink.opened(StreamDescription(tuple(track for _, track in tracks)), self._clock.now())
            upstream.deliver_to(sink, _renumbering(ready.channels))
            await self._watch(upstream, playing)
        except WireError as error:
            raise Unreachable(f"the camera's RTSP answers cannot be understood: {error}") from error
        finally:
            await upstream.close()

    async def _connect(self, url: str) -> _Upstream:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORT
        connection = ClientConnection(Authorizer(self._username, self._password), lambda: secrets.token_hex(8))
        try:
            async with asyncio.timeout(self._patience.connect_s):
                _, upstream = await asyncio.get_running_loop().create_connection(
                    lambda: _Upstream(connection, self._clock, self._patience), host, port
                )
        except TimeoutError:
            raise Unreachable(f"no connection to {host}:{port} within {self._patience.connect_s:g} s") from None
        except OSError as error:
            raise Unreachable(f"no connection to {host}:{port}: {error.strerror or error}") from error
        return upstream

    async def _watch(self, upstream: _Upstream, playing: Playing) -> NoReturn:
        """Keep the session alive until the connection ends or nothing comes any more."""
        sign_of_life_at = self._clock.now() + playing.keep_alive_interval_s
        while True:
            now = self._clock.now()
            stalls_at = upstream.last_frames + self._patience.stall_s
            if now >= stalls_at:
                raise TimedOut(f"the camera has sent nothing for {self._patience.stall_s:g} s")
            if now >= sign_of_life_at:
                upstream.send(playing.keep_alive())
                sign_of_life_at = now + playing.keep_alive_interval_s
            await upstream.wait(min(stalls_at, sign_of_life_at) - now)


class _Upstream(asyncio.Protocol):
    """One connection to a camera.

    Attributes:
        last_frames: when frames came last; answers do not count, a camera that only answers has stalled.
    """

    def __init__(self, connection: ClientConnection, clock: Clock, patience: Patience) -> None:
        self.last_frames = clock.now()
        self._connection = connection
        self._clock = clock
        self._patience = patience
        self._transport: asyncio.Transport | None = None
        self._lost: asyncio.Future[CameraError] = asyncio.get_running_loop().create_future()
        self._asked: tuple[Request, asyncio.Future[Answer]] | None = None
        self._playing: Playing | None = None
        self._sink: StreamSink | None = None
        self._channels: Mapping[int, int] | None = None
        self._held: list[bytes] = []

    # -- for the source --------------------------------------------------------------------------------------------

    async def ask(self, request: Request, *, timeout_s: float | None = None) -> Answer:
        """Send a request and return its answer, whatever its status.

        Raises:
            CameraError: the connection broke, or no answer came in time.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked = (request, answer)
        self.send(request)
        patience_s = self._patience.answer_s if timeout_s is None else timeout_s
        await asyncio.wait((answer, self._lost), timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        self._asked = None
        if answer.done():
            return answer.result()
        if self._lost.done():
            raise self._lost.result()
        raise TimedOut(f"no answer to {request.method} within {patience_s:g} s", operation=request.method)

    def send(self, request: Request) -> None:
        """Send a request without waiting for the answer."""
        self._connection.send(request)
        self._flush()

    def opened(self, playing: Playing) -> None:
        """Note that there is a session, which has to be torn down."""
        self._playing = playing

    def deliver_to(self, sink: StreamSink, channels: Mapping[int, int] | None) -> None:
        """Hand frames to the sink from now on, those that arrived already included.

        Args:
            sink: takes the frames.
            channels: canonical number for each of the camera's, None if they are the same.
        """
        self._sink, self._channels = sink, channels
        held, self._held = self._held, []
        self.last_frames = self._clock.now()
        for frames in held:
            self._take(frames, self.last_frames)

    async def wait(self, timeout_s: float) -> None:
        """Wait that long for the connection to end.

        Raises:
            CameraError: it did.
        """
        await asyncio.wait((self._lost,), timeout=timeout_s)
        if self._lost.done():
            raise self._lost.result()

    async def close(self) -> None:
        """Tear the session down if there is one, and close the connection."""
        self._sink = None
        try:
            if self._playing is not None and not self._lost.done():
                await self.ask(self._playing.teardown(), timeout_s=self._patience.teardown_s)
        except CameraError:
            pass  # it will notice by itself
        finally:
            if self._transport is not None:
                self._transport.abort()

    # -- asyncio.Protocol ------------------------------------------------------------------------------------------

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        now = self._clock.now()
        try:
            for item in self._connection.receive(data):
                if isinstance(item, bytes):
                    self._take(item, now)
                else:
                    self._answered(item)
        except WireError as error:
            self._fail(Unreachable(f"the camera's RTSP connection is broken: {error}"))
        self._flush()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        reason = f": {exc}" if exc else ""
        self._fail(Unreachable(f"the camera closed the RTSP connection{reason}"))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _take(self, frames: bytes, now: float) -> None:
        self.last_frames = now
        if self._sink is not None:
            self._sink.received(frames if self._channels is None else renumber(frames, self._channels), now)
        elif sum(map(len, self._held)) < MOST_HELD_BYTES:
            self._held.append(frames)

    def _answered(self, answer: Answer) -> None:
        if self._asked is not None and answer.request is self._asked[0]:
            if not self._asked[1].done():
                self._asked[1].set_result(answer)
        elif self._playing is not None and not self._playing.kept_alive(answer):
            self._fail(Unreachable("the camera has forgotten the RTSP session"))

    def _fail(self, error: CameraError) -> None:
        if not self._lost.done():
            self._lost.set_result(error)

    def _flush(self) -> None:
        data = self._connection.bytes_to_send()
        if data and self._transport is not None:
            self._transport.write(data)


async def _set_up(upstream: _Upstream, described: Described, media: Sequence[Media]) -> Ready:
    first, *others = media
    ready = described.ready(_successful(await upstream.ask(described.first_setup(first))))
    for medium in others:
        ready = ready.with_track(_successful(await upstream.ask(ready.next_setup(medium))))
    return ready


def _successful(answer: Answer) -> Answer:
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


def _choose_tracks(description: SessionDescription) -> list[tuple[Media, Track]]:
    """Return the first video and the first audio medium, in the order of the description.

    A medium marked as talk-back is only taken for want of another: some cameras use the mark for what they send.

    Raises:
        Unsupported: there is neither.
    """
    chosen: dict[MediaKind, tuple[Media, Track]] = {}
    for medium in sorted(description.media, key=lambda medium: medium.direction is Direction.SENDONLY):
        track = _to_track(medium)
        if track is not None:
            chosen.setdefault(track.kind, (medium, track))
    if not chosen:
        raise Unsupported("the camera's stream has neither video nor audio that RTP can carry", facet="stream")
    return sorted(chosen.values(), key=lambda pair: description.media.index(pair[0]))


def _to_track(medium: Media) -> Track | None:
    if medium.kind not in {MediaKind.VIDEO, MediaKind.AUDIO} or not medium.protocol.startswith("RTP/AVP"):
        return None
    payload_type = next((number for number in medium.payload_types if number in medium.rtpmaps), None)
    if payload_type is None:
        return None
    rtpmap = medium.rtpmaps[payload_type]
    return Track(
        kind=MediaKind(medium.kind),
        encoding=rtpmap.encoding.upper(),
        payload_type=payload_type,
        clock_rate=rtpmap.clock_rate,
        channels=rtpmap.channels,
        fmtp=medium.fmtps.get(payload_type, ""),
        frame_rate=medium.frame_rate,
    )


def _renumbering(channels: tuple[tuple[int, int], ...]) -> Mapping[int, int] | None:
    """Return the canonical number of each of the camera's channels, None if they are canonical already."""
    numbers = [number for pair in channels for number in pair]
    canonical = list(range(len(numbers)))
    return None if numbers == canonical else dict(zip(numbers, canonical, strict=True))


def _is_rtsp_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "rtsp" and bool(parts.hostname) and (parts.port or DEFAULT_PORT) > 0
    except ValueError:
        return False
