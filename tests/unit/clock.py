"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeClock:
    """`core.timing.Clock` under a test's control."""

    def __init__(self, now: float = 1000.0, utc: datetime = START) -> None:
        self._now = now
        self._utc = utc

    def now(self) -> float:
        return self._now

    def utc(self) -> datetime:
        return self._utc

    def advance(self, seconds: float) -> None:
        self._now += seconds
        self._utc += timedelta(seconds=seconds)
