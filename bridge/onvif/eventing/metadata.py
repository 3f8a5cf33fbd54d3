"""Subscriptions of metadata streams: they take every event, and live as long as the stream is watched.

ONVIF Streaming Specification, "RTP for Metadata stream". Which of the events a stream carries is decided by its
configuration, which may change while it runs: see `onvif.metadata_feed`.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING

from typing_extensions import override

from bridge.onvif.eventing.filter import EventFilter
from bridge.onvif.eventing.subscriptions import QUEUE_LIMIT, Subscription, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.timing import Clock
    from bridge.onvif.eventing.subscriptions import Notification


class MetadataListener(Subscription):
    """One stream's subscription.

    Args:
        clock: as of every subscription; the life of this one has no end.
    """

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(EventFilter(), span_s=inf, clock=clock)
        self._woken = asyncio.Event()

    async def next_messages(self, *, timeout_s: float) -> tuple[Notification, ...]:
        """Return what is queued; if there is nothing, wait for it at most that long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._woken.wait()
        except TimeoutError:
            return ()
        self._woken.clear()
        return self._take(QUEUE_LIMIT)

    @override
    def synchronize(self, current: Iterable[Notification]) -> None:
        """Queue the present state of every property; a wait ends even if there is none."""
        super().synchronize(current)
        self._wake()

    @override
    def _wake(self) -> None:
        self._woken.set()


class MetadataListeners(Subscriptions[MetadataListener]):
    """The subscriptions of one device's metadata streams."""

    @contextmanager
    def listening(self) -> Iterator[MetadataListener]:
        """Subscribe for as long as the context lasts, beginning with the present state of every property."""
        listener = MetadataListener(clock=self._clock)
        self._add(listener)
        try:
            yield listener
        finally:
            listener.end()
            self.expire()

    def synchronize(self) -> None:
        """Have every stream tell the present state of every property now."""
        current = tuple(self._current())
        for listener in self:
            listener.synchronize(current)
