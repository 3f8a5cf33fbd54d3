"""The one place that reads the machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """`core.timing.Clock` on the real clocks."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def utc(self) -> datetime:
        """Wall-clock time in UTC."""
        return datetime.now(UTC)
