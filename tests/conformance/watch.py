"""The machine's clocks, which a test puts forward by as much as it has no time to wait."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from typing_extensions import override

from bridge.runtime.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Watch(SystemClock):
    """`core.timing.Clock`, and alarms by it."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._alarms: list[tuple[float, Callable[[], None]]] = []

    @override
    def now(self) -> float:
        return super().now() + self._ahead_s

    @override
    def utc(self) -> datetime:
        return super().utc() + timedelta(seconds=self._ahead_s)

    def put_forward(self, seconds: float) -> None:
        """Let that much time have passed."""
        self._ahead_s += seconds
        self._ring()

    def call_later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Have something done after a while."""
        self._alarms.append((self.now() + delay_s, act))
        asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        now = self.now()
        due = [act for at, act in self._alarms if at <= now]
        self._alarms = [(at, act) for at, act in self._alarms if at > now]
        for act in due:
            act()
