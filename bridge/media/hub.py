"""One camera stream for any number of viewers.

The hub owns the upstream: opens it when somebody needs it, keeps it a short while after the last viewer left, opens
it again when it breaks. Each read of the upstream becomes one `Batch` that every viewer gets as it is; the batches
since the last key frame are kept, so that a new viewer has a picture at once. No transport, no RTSP: those are
readers (`media.rtsp_server`) and sources (`media.sources`).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import structlog

from bridge.core.errors import Busy, CameraError, TimedOut, Unreachable
from bridge.media.batch import Batch
from bridge.media.ingest import Ingest, first_position
from bridge.proto.rtp.rewrite import TrackPosition

if TYPE_CHECKING:
    from random import Random

    from bridge.core.timing import Clock
    from bridge.media.source import StreamDescription, StreamSource

__all__ = ["Batch", "HubCounters", "HubPhase", "HubState", "Reader", "StreamHub", "TrackPosition"]

KEYFRAME_CACHE_BYTES = 8 * 1024 * 1024
"""Most that the key-frame cache may hold: 4 s of a 16 Mbit/s stream. Longer groups of pictures are not cached."""

RETRY_S = 1.0
"""Least time from one attempt's start to the next, while the camera is merely away: quick enough to show pictures
within 5 s of its return, slow enough not to be a flood."""

RENEW_S = 2.0
"""How long a viewer waits for a stream to be described anew, when an older description would do."""

DROP_LOG_INTERVAL_S = 60.0
"""Broken packets are logged at most this often per stream."""

_log = structlog.get_logger(__name__)


class Reader(Protocol):
    """A viewer."""

    def deliver(self, batch: Batch) -> None:
        """Take a batch; never blocks, never raises. One that is overloaded drops to a batch with a key frame."""

    def ended(self, reason: str) -> None:
        """The stream's tracks have changed: this viewer's session cannot go on. It is detached already."""


class HubPhase(StrEnum):
    """What the upstream is doing."""

    IDLE = "idle"
    OPENING = "opening"
    PLAYING = "playing"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class HubState:
    """How the hub stands with its upstream; `attempts` counts the failures since it last played."""

    phase: HubPhase
    since: datetime
    attempts: int = 0
    last_error: str = ""


@dataclass(slots=True)
class HubCounters:
    """Totals since the start; `readers` is the number now, `dropped` counts broken packets of the source."""

    bytes_in: int = 0
    batches: int = 0
    keyframes: int = 0
    readers: int = 0
    dropped: int = 0


class _Demand:
    """How many need the upstream, as two events to wait for."""

    def __init__(self) -> None:
        self._count = 0
        self.present = asyncio.Event()
        self.absent = asyncio.Event()
        self.absent.set()

    def add(self) -> None:
        self._count += 1
        self.present.set()
        self.absent.clear()

    def remove(self) -> None:
        self._count -= 1
        if self._count == 0:
            self.present.clear()
            self.absent.set()


class StreamHub:
    """Fan-out of one stream; see the module's description. Implements `media.source.StreamSink`.

    Args:
        name: `<camera id>/<stream>`, for the log and as the RTCP CNAME.
        source: opens the upstream; used by one `run` at a time.
        clock: the time of states and reports.
        random: promised positions, and a spread of the retries of many hubs.
        linger_s: how long the upstream stays open without viewers.
    """

    def __init__(
        self, name: str, source: StreamSource, *, clock: Clock, random: Random, linger_s: float = 10.0
    ) -> None:
        self.name = name
        self.counters = HubCounters()
        self._source = source
        self._clock = clock
        self._random = random
        self._linger_s = linger_s
        self._demand = _Demand()
        self._readers: tuple[Reader, ...] = ()
        self._waiting: set[asyncio.Future[StreamDescription]] = set()
        self._description: StreamDescription | None = None
        self._ingest: Ingest | None = None
        self._begun = asyncio.Event()
        self._cache: list[bytes] = []
        self._cached_bytes = 0
        self._state = HubState(HubPhase.IDLE, clock.utc())
        self._last_error: CameraError | None = None
        self._retry_at = 0.0
        self._log_drops_at = 0.0
        self._hurry = asyncio.Event()

    @property
    def state(self) -> HubState:
        """How the hub stands with its upstream now."""
        return self._state

    @property
    def known(self) -> StreamDescription | None:
        """The tracks that were known last, None if they never were."""
        return self._description

    # -- for viewers -----------------------------------------------------------------------------------------------

    async def description(self, *, timeout_s: float) -> StreamDescription:
        """Return the tracks: of the upstream that plays, else by opening it, for it may be another than before.

        While the camera is away, or slow, they are those that were known last.

        Raises:
            CameraError: they were never known, and the upstream could not be opened, or not within `timeout_s`.
        """
        known = self._description
        if known is not None and self._state.phase in (HubPhase.PLAYING, HubPhase.WAITING):
            return known
        patience_s = timeout_s if known is None else min(timeout_s, RENEW_S)
        if self._last_error is not None and self._retry_at - self._clock.now() > patience_s:
            if known is None:
                raise self._last_error.with_traceback(None)
            return known
        try:
            return await self._opened(patience_s)
        except CameraError:
            if known is None:
                raise
            return known

    async def _opened(self, timeout_s: float) -> StreamDescription:
        """Wait for the upstream to open."""
        outcome: asyncio.Future[StreamDescription] = asyncio.get_running_loop().create_future()
        self._waiting.add(outcome)
        self._demand.add()
        try:
            async with asyncio.timeout(timeout_s):
                return await outcome
        except TimeoutError:
            raise TimedOut(f"the stream was not open within {timeout_s:g} s", operation=self.name) from None
        finally:
            self._demand.remove()
            self._waiting.discard(outcome)

    async def begun(self, *, timeout_s: float) -> None:
        """Wait, but no longer than that, until there was a packet of every track.

        `position` is a promise before, and a promise once given has to be kept: every packet would be rewritten.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._begun.wait()
        except TimeoutError:
            return

    def attach(self, reader: Reader) -> None:
        """Deliver to a viewer from now on, beginning with what is kept since the last key frame."""
        self._readers = (*self._readers, reader)
        self.counters.readers = len(self._readers)
        self._demand.add()
        if self._ingest is not None and self._state.phase is HubPhase.PLAYING:
            cached = b"".join(self._cache)
            data = self._ingest.reports(self._clock.now()) + cached
            if data:
                reader.deliver(Batch(data, keyframe=0 if cached else None))

    def detach(self, reader: Reader) -> None:
        """Deliver no longer; a viewer that is not attached is no error."""
        if reader in self._readers:
            self._readers = tuple(other for other in self._readers if other is not reader)
            self.counters.readers = len(self._readers)
            self._demand.remove()

    def position(self, track: int) -> TrackPosition:
        """Return the first packet of a track that a viewer attached now gets. `description` must have returned."""
        if self._ingest is None:
            raise LookupError("the stream has no description yet")
        for data in self._cache:
            position = first_position(data, track)
            if position is not None:
                return position
        return self._ingest.position(track, self._clock.now())

    # -- for the source --------------------------------------------------------------------------------------------

    def opened(self, description: StreamDescription, now: float) -> None:
        """Take a new upstream; see `StreamSink`."""
        if self._ingest is not None and self._description is not None and description.continues(self._description):
            self._ingest.reopen()
        else:
            if self._ingest is not None:
                self._end_readers("the camera changed the stream's encoding")
            self._ingest = Ingest(description.tracks, clock=self._clock, random=self._random, cname=self.name)
            self._begun.clear()
        self._description = description
        self._forget_keyframe()
        self._last_error = None
        self._log_drops_at = now
        self._enter(HubPhase.PLAYING)
        for outcome in self._waiting:
            if not outcome.done():
                outcome.set_result(description)
        _log.info("stream.opened", stream=self.name, tracks=[track.encoding for track in description.tracks])

    def received(self, frames: bytes, now: float) -> None:
        """Pass one read on to every viewer; see `StreamSink`."""
        ingest = self._ingest
        if ingest is None:
            return
        dropped = ingest.dropped
        batch = ingest.take(frames, now)
        self.counters.bytes_in += len(frames)
        if not self._begun.is_set() and ingest.has_begun:
            self._begun.set()
        if ingest.dropped != dropped:
            self._count_dropped(ingest.dropped - dropped, now)
        if batch is None:
            return
        self.counters.batches += 1
        if ingest.has_random_access:
            self._keep(batch)
        for reader in self._readers:
            reader.deliver(batch)

    # -- the upstream's life ---------------------------------------------------------------------------------------

    def retry(self) -> None:
        """Forget a refusal and try again at once, if anybody needs it: the camera has returned, or is another now."""
        if self._last_error is not None:
            self._last_error = None
            self._retry_at = self._clock.now()
            self._hurry.set()

    async def run(self) -> None:
        """Open, keep and close the upstream as it is needed, until cancelled."""
        try:
            while True:
                await self._demand.present.wait()
                async with asyncio.TaskGroup() as group:
                    upstream = group.create_task(self._keep_open(), name=f"upstream {self.name}")
                    await self._wait_until_abandoned()
                    self._close()
                    upstream.cancel()
        finally:
            self._close()

    async def _keep_open(self) -> None:
        while True:
            self._hurry.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._retry_at - self._clock.now())):
                    await self._hurry.wait()
            await self._demand.present.wait()
            self._retry_at = self._clock.now() + RETRY_S * (1 + 0.2 * self._random.random())
            self._enter(HubPhase.OPENING)
            try:
                await self._source.run(self)
            except CameraError as error:
                self._failed(error)

    async def _wait_until_abandoned(self) -> None:
        """Return when nobody has needed the upstream for the whole linger time."""
        while True:
            await self._demand.absent.wait()
            try:
                async with asyncio.timeout(self._linger_s):
                    await self._demand.present.wait()
            except TimeoutError:
                return

    def _failed(self, error: CameraError) -> None:
        if not isinstance(error, Unreachable | TimedOut):
            wait_s = error.wait_s if isinstance(error, Busy) else error.retry_after_s
            self._retry_at = self._clock.now() + wait_s
        self._last_error = error
        self._forget_keyframe()
        attempts = self._state.attempts + 1
        self._state = HubState(HubPhase.WAITING, self._clock.utc(), attempts, str(error))
        if attempts == 1:
            _log.warning("stream.failed", stream=self.name, kind=type(error).__name__, detail=str(error))
        for outcome in self._waiting:
            if not outcome.done():
                outcome.set_exception(error)

    def _close(self) -> None:
        self._forget_keyframe()
        if self._state.phase is not HubPhase.IDLE:
            self._enter(HubPhase.IDLE)
            _log.info("stream.closed", stream=self.name)

    def _enter(self, phase: HubPhase) -> None:
        """Change the phase; only success forgets the failures."""
        is_fine = phase is HubPhase.PLAYING
        self._state = HubState(
            phase,
            self._clock.utc(),
            0 if is_fine else self._state.attempts,
            "" if is_fine else self._state.last_error,
        )

    # -- readers and cache -----------------------------------------------------------------------------------------

    def _end_readers(self, reason: str) -> None:
        """Tell every viewer that its session cannot go on, and let it go."""
        readers, self._readers = self._readers, ()
        self.counters.readers = 0
        for reader in readers:
            self._demand.remove()
            reader.ended(reason)

    def _keep(self, batch: Batch) -> None:
        """Keep what has come since the last key frame, as far as it fits."""
        if batch.keyframe is not None:
            self.counters.keyframes += 1
            self._forget_keyframe()
            data = batch.data[batch.keyframe :]
        elif self._cache:
            data = batch.data
        else:
            return
        self._cache.append(data)
        self._cached_bytes += len(data)
        if self._cached_bytes > KEYFRAME_CACHE_BYTES:
            self._forget_keyframe()

    def _forget_keyframe(self) -> None:
        self._cache = []
        self._cached_bytes = 0

    def _count_dropped(self, packets: int, now: float) -> None:
        self.counters.dropped += packets
        if now >= self._log_drops_at:
            self._log_drops_at = now + DROP_LOG_INTERVAL_S
            _log.warning("stream.packets_dropped", stream=self.name, dropped=self.counters.dropped)
