"""Time and patience, injected."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """The two times that the bridge knows, and nothing else reads a clock."""

    def now(self) -> float:
        """Monotonic seconds: for durations and deadlines."""

    def utc(self) -> datetime:
        """Aware wall-clock time in UTC: for messages and people."""


@dataclass(slots=True)
class Backoff:
    """How long to wait before attempt n: doubling from `first_s` to `most_s`, with up to 20 % jitter."""

    first_s: float
    most_s: float
    random: Random
    attempts: int = 0

    def next_delay_s(self) -> float:
        """Count an attempt and return the wait before it, in seconds."""
        delay = min(self.first_s * 2.0 ** min(self.attempts, 32), self.most_s)
        self.attempts += 1
        return delay * (1 + 0.2 * self.random.random())

    def reset(self) -> None:
        """Begin again after a success."""
        self.attempts = 0
