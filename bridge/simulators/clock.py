"""The time that a simulated camera lives in, injected so that tests can let hours pass in no time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from typing_extensions import override


class Clock(Protocol):
    """The two times that a simulator reads; nothing else in this package asks the system for the time."""

    def now(self) -> float:
        """Monotonic seconds: movements, leases, holds, and the camera time that pictures show."""

    def utc(self) -> datetime:
        """Aware wall-clock time in UTC: the camera's own clock is set relative to it."""


class SystemClock(Clock):
    """The clock of the machine."""

    @override
    def now(self) -> float:
        return time.monotonic()

    @override
    def utc(self) -> datetime:
        return datetime.now(UTC)
