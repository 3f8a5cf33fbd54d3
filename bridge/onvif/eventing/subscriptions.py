"""What every subscription is, however its messages travel: a filter, a bounded queue and a life.

WS-BaseNotification 1.3, "Subscription manager". A subscription is addressed by a path of its own, is told the present
state of every property when it begins, and ends when it is given back or not renewed in time. How a client gets the
messages is the business of the two kinds: it fetches them (`eventing.pullpoint`), or they are posted to it
(`eventing.notify`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from bridge.onvif.eventing.topics import Topic
from bridge.onvif.types.events import NotificationMessage, SimpleItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bridge.core.timing import Clock
    from bridge.onvif.eventing.filter import EventFilter

QUEUE_LIMIT = 256
"""Messages that wait in one subscription: minutes of a busy street for a client that is away."""

SUBSCRIPTION_PATH = "/onvif/subscription/"
"""Every subscription has an address of its own below this path."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notification:
    """A message on its way to subscribers: made once, shared by all, never changed."""

    topic: Topic
    items: tuple[SimpleItem, ...]
    message: NotificationMessage

    @property
    def subject(self) -> tuple[Topic, tuple[SimpleItem, ...]]:
        """The property that it tells of, or the topic of what only happens: a later message outdates this one."""
        source = self.message.message.message.source
        return self.topic, () if source is None or not self.topic.is_property else source.simple_item


class Subscription:
    """One client's wish to be told.

    Args:
        wants: its filter.
        span_s: its life in seconds.
        clock: tells when the life ends.

    Attributes:
        id: its name in the address, not to be guessed.
        ended: set once it has expired, was given back or lost its place.
    """

    def __init__(self, wants: EventFilter, *, span_s: float, clock: Clock) -> None:
        self.id = secrets.token_hex(8)
        self.ended = asyncio.Event()
        self._wants = wants
        self._clock = clock
        self._queue: deque[Notification] = deque()
        self._queued: Counter[tuple[Topic, tuple[SimpleItem, ...]]] = Counter()
        self._span_s = span_s
        self._expires = clock.now() + span_s

    @property
    def expires(self) -> float:
        """When the life ends, in monotonic seconds."""
        return self._expires

    @property
    def is_over(self) -> bool:
        """Whether it was ended, or its life has run out."""
        return self.ended.is_set() or self.expires <= self._clock.now()

    def remaining_s(self) -> float:
        """Seconds until the end of life."""
        return self.expires - self._clock.now()

    def address(self, base_url: str) -> str:
        """Return its address for a client that reaches us at `base_url`."""
        return f"{base_url}{SUBSCRIPTION_PATH}{self.id}"

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
        self._queued[notification.subject] += 1
        if len(self._queue) > QUEUE_LIMIT:
            self._drop_outdated()
        self._wake()

    def synchronize(self, current: Iterable[Notification]) -> None:
        """Queue the present state of every property."""
        for notification in current:
            self.offer(notification)

    def end(self) -> None:
        """The subscription is over: let whoever waits on it know."""
        self.ended.set()
        self._wake()

    def _wake(self) -> None:
        """Something has happened: there is a message, or the end has come."""

    def _take(self, limit: int) -> tuple[Notification, ...]:
        taken = tuple(self._queue.popleft() for _ in range(min(limit, len(self._queue))))
        self._queued.subtract(notification.subject for notification in taken)
        return taken

    def _drop_outdated(self) -> None:
        outdated = (i for i, notification in enumerate(self._queue) if self._queued[notification.subject] > 1)
        # A client can make more properties than a queue holds, rule after rule: then the oldest goes.
        index = next(outdated, 0)
        self._queued[self._queue[index].subject] -= 1
        del self._queue[index]


S = TypeVar("S", bound=Subscription)


class Subscriptions(Generic[S]):
    """The living subscriptions of one kind on one device.

    Args:
        clock: for their lives.
        current: gives the present state of every property, for a newcomer.
    """

    def __init__(self, *, clock: Clock, current: Callable[[], Iterable[Notification]]) -> None:
        self._clock = clock
        self._current = current
        self._living: dict[str, S] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._living)

    def __iter__(self) -> Iterator[S]:
        return iter(tuple(self._living.values()))

    def find(self, subscription_id: str) -> S | None:
        """Return the living subscription of that id."""
        self.expire()
        return self._living.get(subscription_id)

    def offer(self, notification: Notification) -> None:
        """Hand a message to every subscription."""
        self.expire()
        for subscription in self._living.values():
            subscription.offer(notification)

    def expire(self) -> None:
        """Let go of subscriptions that have ended, and end those whose life is over."""
        for subscription in self:
            if subscription.is_over:
                del self._living[subscription.id]
                if not subscription.ended.is_set():
                    _log.info("subscription.expired", kind=type(subscription).__name__)
                    subscription.end()

    async def run(self) -> None:
        """End subscriptions as they expire, until cancelled."""
        while True:
            self._changed.clear()
            self.expire()
            next_s = min((max(0.0, each.remaining_s()) for each in self._living.values()), default=None)
            try:
                async with asyncio.timeout(next_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _add(self, subscription: S) -> None:
        """Take in a newcomer; it already holds the present state."""
        subscription.synchronize(self._current())
        self._living[subscription.id] = subscription
        self._changed.set()
