"""Pull points: subscriptions that a client empties by long polling.

Core Specification, "Real-time Pull-Point Notification Interface". A pull point's life is prolonged by every pull. At
most `MAX_PULL_POINTS` live at once: clients that forget to unsubscribe exist, so a further one takes the place of
that which would expire first.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from typing_extensions import override

from bridge.onvif.eventing.faults import resource_unknown, unable_to_get_messages
from bridge.onvif.eventing.subscriptions import Subscription, Subscriptions

if TYPE_CHECKING:
    from bridge.core.timing import Clock
    from bridge.onvif.eventing.filter import EventFilter
    from bridge.onvif.eventing.subscriptions import Notification

MAX_PULL_POINTS = 10
"""Pull points of one device at a time, as GetServiceCapabilities says."""

_log = structlog.get_logger(__name__)


class PullPoint(Subscription):
    """One subscription.

    Args:
        wants: its filter.
        span_s: its life without pulls, in seconds; every pull gives as much again.
        clock: tells when the life ends.
    """

    def __init__(self, wants: EventFilter, *, span_s: float, clock: Clock) -> None:
        super().__init__(wants, span_s=span_s, clock=clock)
        self._waiting: asyncio.Event | None = None

    @property
    def is_pulled(self) -> bool:
        """True while a client waits."""
        return self._waiting is not None

    @property
    @override
    def expires(self) -> float:
        """When the life ends, in monotonic seconds. While a client waits its whole span always lies ahead."""
        return self._prolonged() if self.is_pulled else self._expires

    async def pull(self, *, timeout_s: float, limit: int, closed: asyncio.Event) -> tuple[Notification, ...]:
        """Return up to `limit` messages; wait for the first one at most `timeout_s` seconds.

        Args:
            timeout_s: then the answer is empty.
            limit: at least 1.
            closed: set when the client has gone: the wait ends, and nothing is taken from the queue.

        Raises:
            EventFault: another pull took over, or the subscription ended meanwhile.
        """
        self._wake()
        waiting = self._waiting = asyncio.Event()
        try:
            if not self._queue:
                await _wait(waiting, closed, timeout_s)
            if self.ended.is_set():
                raise resource_unknown(utc=self._clock.utc())
            if self._waiting is not waiting:
                raise unable_to_get_messages("Another PullMessages has taken over", utc=self._clock.utc())
            return () if closed.is_set() else self._take(limit)
        finally:
            if self._waiting is waiting:
                self._waiting = None
            self._expires = self._prolonged()

    @override
    def _wake(self) -> None:
        if self._waiting is not None:
            self._waiting.set()

    def _prolonged(self) -> float:
        return max(self._expires, self._clock.now() + self._span_s)


class PullPoints(Subscriptions[PullPoint]):
    """The pull points of one device."""

    def create(self, wants: EventFilter, *, span_s: float) -> PullPoint:
        """Open a pull point that already holds the present state."""
        self.expire()
        if len(self) >= MAX_PULL_POINTS:
            victim = min(self, key=lambda point: point.expires)
            _log.warning("pullpoint.evicted", remaining_s=round(victim.remaining_s()), limit=MAX_PULL_POINTS)
            victim.end()
            self.expire()
        point = PullPoint(wants, span_s=span_s, clock=self._clock)
        self._add(point)
        return point


async def _wait(waiting: asyncio.Event, closed: asyncio.Event, timeout_s: float) -> None:
    """Return when either event is set or the time is over."""
    try:
        async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(_forward(closed, waiting))
            await waiting.wait()
            watch.cancel()
    except TimeoutError:
        return


async def _forward(source: asyncio.Event, target: asyncio.Event) -> None:
    await source.wait()
    target.set()
