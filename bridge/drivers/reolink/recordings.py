"""What the camera has recorded: days and files, by `Search` (vendor document, 3.4.14 and the notes on NVRs).

Times are the camera's own wall clock, without a zone: what is asked and what is answered. Whoever shows them knows the
zone from the description. One day is asked at a time, because wide searches time out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from bridge.core.errors import Unsupported
from bridge.drivers.reolink.codes import error_for
from bridge.drivers.reolink.native import as_number, number, rows, section, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.native import Json

SEARCH: Final = "Search"
STREAMS: Final = ("main", "sub")
MOST_BYTES: Final = 2**50
MOST_NAME: Final = 512


@dataclass(frozen=True, slots=True)
class Recording:
    """One file. `begin` and `end` are the camera's wall clock; `size_bytes` is None where it is not told.

    `name` fetches the file; recorders give none and want to be asked by time.
    """

    begin: datetime
    end: datetime
    name: str = ""
    size_bytes: int | None = None


class RecordingSearch:
    """Looks up the recordings of one channel.

    Args:
        client: returns the connected client, or raises what stands in the way.
        timeout_s: how long a search may take.
        camera: id for errors.
    """

    def __init__(self, client: Callable[[], ReolinkClient], *, timeout_s: float, camera: str) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self._camera = camera

    async def days(self, year: int, month: int, *, stream: str = "main") -> frozenset[date]:
        """Return the days of a month on which there are recordings.

        Raises:
            CameraError: the camera could not tell.
        """
        first = date(year, month, 1)
        last = (date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)).toordinal() - 1
        result = await self._ask(first, date.fromordinal(last), stream, only_days=True)
        return frozenset(day for status in rows(result.get("Status")) for day in _days(status) if _is_in(day, first))

    async def files(self, day: date, *, stream: str = "main") -> tuple[Recording, ...]:
        """Return the recordings that begin on a day, in the order of time.

        A recording that ends after the next one has begun is cut there: old firmware tells impossible ends.

        Raises:
            CameraError: the camera could not tell.
        """
        result = await self._ask(day, day, stream, only_days=False)
        found = (_recording(each) for each in rows(result.get("File")))
        ordered = sorted((each for each in found if each is not None), key=lambda each: each.begin)
        following = [each.begin for each in ordered[1:]]
        return tuple(
            replace(each, end=min(each.end, following[at])) if at < len(following) else each
            for at, each in enumerate(ordered)
        )

    async def _ask(self, first: date, last: date, stream: str, *, only_days: bool) -> Json:
        if stream not in STREAMS:
            raise Unsupported(f"there are no recordings of a stream {stream!r}", facet="recordings", operation=SEARCH)
        client = self._client()
        command = client.search(
            stream,
            begin=_native_time(datetime.combine(first, time.min)),
            end=_native_time(datetime.combine(last, time(23, 59, 59))),
            only_days=only_days,
        )
        answer = (await client.read([command], timeout_s=self._timeout_s))[SEARCH]
        if not answer.is_good:
            raise error_for(answer.code, operation=SEARCH, camera=self._camera)
        return section(answer.value, "SearchResult")


def _native_time(moment: datetime) -> dict[str, int]:
    return {
        "year": moment.year,
        "mon": moment.month,
        "day": moment.day,
        "hour": moment.hour,
        "min": moment.minute,
        "sec": moment.second,
    }


def _time(native: Json) -> datetime | None:
    parts = [number(native, key, least=0, most=9999) for key in ("year", "mon", "day", "hour", "min", "sec")]
    told = [part for part in parts if part is not None]
    if len(told) != len(parts):
        return None
    year, month, day, hour, minute, second = told
    try:
        return datetime.combine(date(year, month, day), time(hour, minute, second))
    except ValueError:
        return None


def _recording(native: Json) -> Recording | None:
    begin, end = _time(section(native, "StartTime")), _time(section(native, "EndTime"))
    if begin is None or end is None or end < begin:
        return None
    name = native.get("name")
    is_name = isinstance(name, str) and len(name) <= MOST_NAME and name.isprintable()
    size = as_number(native.get("size"), least=0, most=MOST_BYTES)
    return Recording(begin, end, str(name) if is_name else "", size)


def _days(status: Json) -> list[date]:
    """Return the days of a month table: character i, from 0, stands for day i + 1."""
    year = number(status, "year", least=1970, most=9998)
    month = number(status, "mon", least=1, most=12)
    if year is None or month is None:
        return []
    first = date(year, month, 1)
    marks = enumerate(text(status, "table"))
    return [date.fromordinal(first.toordinal() + at) for at, mark in marks if mark == "1"]


def _is_in(day: date, month: date) -> bool:
    return (day.year, day.month) == (month.year, month.month)
