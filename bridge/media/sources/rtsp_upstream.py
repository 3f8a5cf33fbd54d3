"""One RTSP connection to a camera, whatever carries it: requests and answers, and the frames in between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from typing_extensions import override

from bridge.core.errors import CameraError, TimedOut, Unreachable, WireError
from bridge.media.interleaved import renumber

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink
    from bridge.media.sources.patience import Patience
    from bridge.media.udp import Address
    from bridge.proto.rtsp.client import Answer, ClientConnection, Playing
    from bridge.proto.rtsp.message import Request

MOST_HELD_BYTES = 1024 * 1024
"""Frames that may arrive before the answer to PLAY has been dealt with; they normally share one read with it."""

MOST_UNSENT_BYTES = 16 * 1024
"""What may wait to be sent to the camera: two seconds of G.711."""


class Upstream(asyncio.Protocol):
    """One connection to a camera.

    Args:
        connection: the protocol on it.
        clock: for the times of reads.
        patience: how long the camera may take.

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

    def address(self, name: str) -> Address:
        """Return `sockname` or `peername` of the connection."""
        return () if self._transport is None else self._transport.get_extra_info(name, ())

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

    def say(self, frame: bytes) -> None:
        """Send an interleaved frame; it is lost if the connection is, or takes no more."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            return
        transport.write(frame)

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
            self.take(frames, self.last_frames)

    def take(self, frames: bytes, now: float) -> None:
        """Take frames, from the connection itself or from beside it, for the sink; hold them until there is one."""
        self.last_frames = now
        if self._sink is not None:
            self._sink.received(frames if self._channels is None else renumber(frames, self._channels), now)
        elif sum(map(len, self._held)) < MOST_HELD_BYTES:
            self._held.append(frames)

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
                    self.take(item, now)
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
