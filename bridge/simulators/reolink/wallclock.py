"""The camera's own clock: local time with a zone and daylight saving rules (section 3.1.5, `GetTime`).

The zone is in seconds west of Greenwich, as in POSIX. The rules name the n-th weekday of a month, 5 being the last.
The clock runs with the machine's and is set by an offset to it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import NativeError

if TYPE_CHECKING:
    from bridge.simulators.clock import Clock
    from bridge.simulators.control import JsonObject

INITIAL_DST: JsonObject = {
    "enable": 0,
    "endHour": 2,
    "endMin": 0,
    "endMon": 10,
    "endSec": 0,
    "endWeek": 5,
    "endWeekday": 0,
    "offset": 1,
    "startHour": 2,
    "startMin": 0,
    "startMon": 3,
    "startSec": 0,
    "startWeek": 2,
    "startWeekday": 0,
}
INITIAL_FORMAT: JsonObject = {"hourFmt": 0, "timeFmt": "DD/MM/YYYY", "timeZone": 0}

_HOUR, _SIXTY = {"max": 23, "min": 0}, {"max": 59, "min": 0}
_MONTH, _WEEK, _WEEKDAY = {"max": 12, "min": 1}, {"max": 5, "min": 1}, {"max": 6, "min": 0}
RANGE: JsonObject = {
    "Dst": {
        "enable": "boolean",
        "endHour": _HOUR,
        "endMin": _SIXTY,
        "endMon": _MONTH,
        "endSec": _SIXTY,
        "endWeek": _WEEK,
        "endWeekday": _WEEKDAY,
        "offset": {"max": 2, "min": 1},
        "startHour": _HOUR,
        "startMin": _SIXTY,
        "startMon": _MONTH,
        "startSec": _SIXTY,
        "startWeek": _WEEK,
        "startWeekday": _WEEKDAY,
    },
    "Time": {
        "day": {"max": 31, "min": 1},
        "hour": _HOUR,
        "hourFmt": {"max": 1, "min": 0},
        "min": _SIXTY,
        "mon": _MONTH,
        "sec": _SIXTY,
        "timeFmt": ["MM/DD/YYYY", "YYYY/MM/DD", "DD/MM/YYYY"],
        "timeZone": {"max": 43200, "min": -46800},
        "year": {"max": 2100, "min": 1900},
    },
}


class WallClock:
    """The clock on the picture.

    Attributes:
        offset_s: how far it is ahead of the machine's clock.
        dst: the object `Dst`.
        display: `hourFmt`, `timeFmt` and `timeZone` of the object `Time`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.offset_s = 0.0
        self.dst = dict(INITIAL_DST)
        self.display = dict(INITIAL_FORMAT)

    def utc(self) -> datetime:
        """Return the time that the camera believes it is."""
        return self._clock.utc() + timedelta(seconds=self.offset_s)

    def local(self) -> datetime:
        """Return the time that the camera shows, without a zone."""
        standard = self.utc().replace(tzinfo=None) - timedelta(seconds=self.display["timeZone"])
        return standard + self._saving(standard)

    def time(self) -> JsonObject:
        """Return the object `Time`."""
        local = self.local()
        fields = {"year": local.year, "mon": local.month, "day": local.day}
        return {**self.display, **fields, "hour": local.hour, "min": local.minute, "sec": local.second}

    def set(self, time: JsonObject, dst: JsonObject, *, is_dry: bool = False) -> None:
        """Set the clock by the objects `Time` and `Dst`, each complete and within its range.

        `is_dry` checks without doing anything.

        Raises:
            NativeError: -4 for a day that its month does not have; nothing has changed.
        """
        try:
            local = datetime(time["year"], time["mon"], time["day"], time["hour"], time["min"], time["sec"])  # noqa: DTZ001 - the camera's local time has no zone
        except ValueError as error:
            raise NativeError(-4) from error
        if is_dry:
            return
        self.dst = dst
        self.display = {name: time[name] for name in INITIAL_FORMAT}
        self.offset_s = (self.utc_of(local) - self._clock.utc()).total_seconds()

    def utc_of(self, local: datetime) -> datetime:
        """Return what a local time is in UTC; of the hour that daylight saving repeats, the first one is meant."""
        standard = local - self._saving(local - timedelta(hours=self.dst["offset"]))
        return (standard + timedelta(seconds=self.display["timeZone"])).replace(tzinfo=UTC)

    def synchronise(self) -> None:
        """Take the right time, as from an NTP server."""
        self.offset_s = 0.0

    def _saving(self, standard: datetime) -> timedelta:
        """Return how far clocks are put forward at a local standard time."""
        if not self.dst["enable"]:
            return timedelta()
        offset = timedelta(hours=self.dst["offset"])
        start = self._change("start", standard.year)
        end = self._change("end", standard.year) - offset  # the rule names the hour that the clocks show
        is_on = start <= standard < end if start < end else not end <= standard < start
        return offset if is_on else timedelta()

    def _change(self, which: str, year: int) -> datetime:
        dst = self.dst
        midnight = nth_weekday(year, dst[f"{which}Mon"], dst[f"{which}Week"], dst[f"{which}Weekday"])
        return midnight + timedelta(hours=dst[f"{which}Hour"], minutes=dst[f"{which}Min"], seconds=dst[f"{which}Sec"])


def nth_weekday(year: int, month: int, week: int, weekday: int) -> datetime:
    """Return the midnight that begins the n-th given weekday of a month.

    Args:
        year: 1900 to 2100.
        month: 1 to 12.
        week: 1 to 4, or 5 for the last one.
        weekday: 0 is Sunday.
    """
    first = datetime(year, month, 1)  # noqa: DTZ001 - local time of the camera
    # datetime counts weekdays from Monday, the camera from Sunday.
    day = first + timedelta(days=(weekday - 1 - first.weekday()) % 7 + 7 * (week - 1))
    return day if day.month == month else day - timedelta(days=7)
