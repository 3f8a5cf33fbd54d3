"""Pull points: subscriptions that a client empties by long polling.

Core Specification, "Real-time Pull-Point Notification Interface". A pull point has a filter, a bounded queue and a
life that every pull prolongs. At most `MAX_PULL_POINTS` live at once: clients that forget to unsubscribe exist, so
a further one takes the place of that which would expire first.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bridge.onvif.eventing.faults import resource_unknown, unable_to_get_messages
from bridge.onvif.eventing.topics import Topic
from bridge.onvif.types.events import NotificationMessage, SimpleItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bridge.core.timing import Clock
    from bridge.onvif.eventing.filter import EventFilter

MAX_PULL_POINTS = 10
"""Pull points of one device at a time, as GetServiceCapabilities says."""

QUEUE_LIMIT = 256
"""Messages that wait in one pull point: minutes of a busy street for a client that is away."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notification:
    """A message on its way to subscribers: made once, shared by all, never changed."""

    topic: Topic
    items: tuple[SimpleItem, ...]
    message: NotificationMessage


class PullPoint:
    """One subscription.

    Args:
        wants: its filter.
        span_s: its life without pulls, in seconds; every pull gives as much again.
        clock: tells when the life ends.

    Attributes:
        id: its name in the address, not to be guessed.
        ended: set once it has expired, was given back or lost its place.
    """

    def __init__(self, wants: EventFilter, *, span_s: float, clock: Clock) -> None:
        self.id = secrets.token_hex(8)
        self._wants = wants
        self._clock = clock
        self._queue: deque[Notification] = deque()
        self._queued: Counter[Topic] = Counter()
        self._wake: asyncio.Event | None = None
        self.ended = asyncio.Event()
        self._span_s = span_s
        self._expires = clock.now() + span_s

    @property
    def is_pulled(self) -> bool:
        """True while a client waits."""
        return self._wake is not None

    @property
    def expires(self) -> float:
        """When the life ends, in monotonic seconds. While a client waits its whole span always lies ahead."""
        return self._prolonged() if self.is_pulled else self._expires

    def remaining_s(self) -> float:
        """Seconds until the end of life."""
        return self.expires - self._clock.now()

    def renew(self, span_s: float) -> None:
        """Give it a life of `span_s` seconds from now."""
        self._span_s = span_s
        self._expires = self._clock.now() + span_s

    def offer(self, notification: Notification) -> None:
        """Queue a message if the filter lets it pass. When the queue is full the oldest outdated one goes.

        A message is outdated when the same property has a later one: the newest state of each always stays.
        """
        if not self._wants.accepts(notification.topic, notification.items):
            return
        self._queue.append(notification)
        self._queued[notification.topic] += 1
        if len(self._queue) > QUEUE_LIMIT:
            self._drop_outdated()
        if self._wake is not None:
            self._wake.set()

    async def pull(self, *, timeout_s: float, limit: int, closed: asyncio.Event) -> tuple[Notification, ...]:
        """Return up to `limit` messages; wait for the first one at most `timeout_s` seconds.

        Args:
            timeout_s: then the answer is empty.
            limit: at least 1.
            closed: set when the client has gone: the wait ends, and nothing is taken from the queue.

        Raises:
            EventFault: another pull took over, or the subscription ended meanwhile.
        """
        if self._wake is not None:
            self._wake.set()
        wake = self._wake = asyncio.Event()
        try:
            if not self._queue:
                await _wait(wake, closed, timeout_s)
            if self.ended.is_set():
                raise resource_unknown(utc=self._clock.utc())
            if self._wake is not wake:
                raise unable_to_get_messages("Another PullMessages has taken over", utc=self._clock.utc())
            return () if closed.is_set() else self._take(limit)
        finally:
            if self._wake is wake:
                self._wake = None
            self._expires = self._prolonged()

    def end(self) -> None:
        """The subscription is over: let a waiting client know."""
        self.ended.set()
        if self._wake is not None:
            self._wake.set()

    def _prolonged(self) -> float:
        return max(self._expires, self._clock.now() + self._span_s)

    def _take(self, limit: int) -> tuple[Notification, ...]:
        taken = tuple(self._queue.popleft() for _ in range(min(limit, len(self._queue))))
        self._queued.subtract(notification.topic for notification in taken)
        return taken

    def _drop_outdated(self) -> None:
        index = next(i for i, notification in enumerate(self._queue) if self._queued[notification.topic] > 1)
        self._queued[self._queue[index].topic] -= 1
        del self._queue[index]


class PullPoints:
    """The pull points of one device.

    Args:
        clock: for their lives.
        current: gives the present state of every property, for a newcomer.
    """

    def __init__(self, *, clock: Clock, current: Callable[[], Iterable[Notification]]) -> None:
        self._clock = clock
        self._current = current
        self._points: dict[str, PullPoint] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._points)

    def create(self, wants: EventFilter, *, span_s: float) -> PullPoint:
        """Open a pull point that already holds the present state."""
        self.expire()
        if len(self._points) >= MAX_PULL_POINTS:
            victim = min(self._points.values(), key=lambda point: point.expires)
            _log.warning("pullpoint.evicted", remaining_s=round(victim.remaining_s()), limit=MAX_PULL_POINTS)
            self.remove(victim)
        point = PullPoint(wants, span_s=span_s, clock=self._clock)
        self.synchronize(point)
        self._points[point.id] = point
        self._changed.set()
        return point

    def find(self, point_id: str) -> PullPoint | None:
        """Return the living pull point of that id."""
        self.expire()
        return self._points.get(point_id)

    def remove(self, point: PullPoint) -> None:
        """End a pull point."""
        del self._points[point.id]
        point.end()

    def synchronize(self, point: PullPoint) -> None:
        """Queue the present state of every property."""
        for notification in self._current():
            point.offer(notification)

    def offer(self, notification: Notification) -> None:
        """Hand a message to every pull point."""
        for point in self._points.values():
            point.offer(notification)

    def expire(self) -> None:
        """Remove the pull points whose life is over."""
        now = self._clock.now()
        for point in [each for each in self._points.values() if each.expires <= now]:
            _log.info("pullpoint.expired")
            self.remove(point)

    async def run(self) -> None:
        """Remove pull points as they expire, until cancelled."""
        while True:
            self._changed.clear()
            self.expire()
            next_s = min((max(0.0, point.remaining_s()) for point in self._points.values()), default=None)
            try:
                async with asyncio.timeout(next_s):
                    await self._changed.wait()
            except TimeoutError:
                continue


async def _wait(wake: asyncio.Event, closed: asyncio.Event, timeout_s: float) -> None:
    """Return when either event is set or the time is over."""
    try:
        async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(_forward(closed, wake))
            await wake.wait()
            watch.cancel()
    except TimeoutError:
        return


async def _forward(source: asyncio.Event, target: asyncio.Event) -> None:
    await source.wait()
    target.set()
