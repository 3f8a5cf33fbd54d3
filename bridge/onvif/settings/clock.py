"""The clock that a virtual device shows: the host's, or as far from it as a client has set it.

Everything the device says about the time comes from here, and WS-Security tokens are judged by it too: clients read
GetSystemDateAndTime and date their tokens by the answer, as with any camera whose clock is off.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bridge.core.timing import Clock
    from bridge.onvif.settings.device import TimeSettings
    from bridge.onvif.settings.section import Section


class DeviceClock:
    """`core.timing.Clock` of one device; durations are the host's.

    Args:
        host: the true time.
        section: where the difference is kept.
    """

    def __init__(self, host: Clock, section: Section[TimeSettings]) -> None:
        self._host = host
        self._section = section

    def now(self) -> float:
        """Monotonic seconds."""
        return self._host.now()

    def utc(self) -> datetime:
        """The time as the device tells it."""
        return self.tell(self._host.utc())

    def tell(self, utc: datetime) -> datetime:
        """Return a true time as the device tells it."""
        offset_s = self._section.read().offset_s
        return utc + timedelta(seconds=offset_s) if offset_s else utc

    def set(self, utc: datetime | None) -> None:
        """Make it `utc` now; None goes back to the host's time."""
        offset_s = 0.0 if utc is None else (utc - self._host.utc()).total_seconds()
        self._section.write(replace(self._section.read(), is_manual=utc is not None, offset_s=offset_s))
