"""The recordings on the camera's card or the recorder's disk (Camera HTTP API v7, sections 3.6.5 to 3.6.9).

They were there when the camera was started: the same hours of several days, the last day of the month before among
them. Times are the local ones of the camera. As in the document's sample, one file of the day before claims to end
hours after it does, and as in every file's name its size stands there in hexadecimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from bridge.simulators.reolink.encoder import MAIN, SUB
from bridge.simulators.reolink.mp4 import movie

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.encoder import Encoder

STREAMS = {"main": MAIN, "sub": SUB}
_DAYS_AGO = (0, 1, 2, 5)
# Hour, minute, second, seconds of length, and the flags that stand for the trigger.
_PLAN = (
    (0, 10, 0, 20, "6D28C18"),
    (7, 59, 39, 20, "6D28808"),
    (12, 20, 57, 3, "6D28C08"),
    (12, 33, 39, 3, "6D28808"),
    (12, 33, 49, 60, "6D28C18"),
    (23, 59, 20, 29, "6D28808"),
)
_WRONG_START, _WRONG_END = (12, 20, 57), (20, 21, 23)


@dataclass(frozen=True, slots=True)
class Recording:
    """One file.

    Attributes:
        stream: `main` or `sub`.
        start: local time.
        end: local time as listed, which may be wrong.
        seconds: how long it really is.
        flags: what set it off, in hexadecimal digits.
        video: name of the clip that it shows.
        frame_rate: frames in a second.
    """

    stream: str
    start: datetime
    end: datetime
    seconds: int
    flags: str
    video: str
    frame_rate: float

    @property
    def content(self) -> bytes:
        """The MP4 file."""
        return movie(self.video, self.seconds, self.frame_rate)

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @property
    def name(self) -> str:
        """The path under which it is found."""
        times = f"{self.start:%Y%m%d_%H%M%S}_{self.end:%H%M%S}"
        letter = "M" if self.stream == "main" else "S"
        return f"Mp4Record/{self.start:%Y-%m-%d}/Rec{letter}01_{times}_{self.flags}_{self.size:X}.mp4"


class Archive:
    """The recordings of one picture.

    Args:
        encoder: how its streams were encoded at that time.
        began: local time at which the camera was started.
    """

    def __init__(self, encoder: Encoder, began: datetime) -> None:
        self._clips = {}
        for stream, native in STREAMS.items():
            limits, settings = encoder.range_of(native), encoder.settings_of(native)
            self._clips[stream] = (f"{limits.codec}-{limits.width}x{limits.height}", settings.frame_rate)
        self._began = began
        self._fragments: dict[str, Recording] = {}
        self._is_empty = False

    def clear(self) -> None:
        """Forget everything, as a disk does that is formatted."""
        self._is_empty = True

    def between(self, stream: str, start: datetime, end: datetime) -> list[Recording]:
        """Return the files of `main` or `sub` that begin within a time, in the order of their beginning."""
        return [] if self._is_empty else [file for file in self._files[stream] if start <= file.start <= end]

    def days(self, stream: str, start: datetime, end: datetime) -> list[JsonObject]:
        """Return a table for each month of a time that has files: a digit for each day."""
        months: dict[tuple[int, int], set[int]] = {}
        for file in self._files[stream]:
            if (start.year, start.month) <= (file.start.year, file.start.month) <= (end.year, end.month):
                months.setdefault((file.start.year, file.start.month), set()).add(file.start.day)
        if self._is_empty:
            return []
        return [
            {"mon": month, "table": _table(year, month, days), "year": year} for (year, month), days in months.items()
        ]

    def find(self, name: str) -> Recording | None:
        """Return a file by its name, or by the name of a fragment that was prepared."""
        if self._is_empty:
            return None
        files = (file for stream in STREAMS for file in self._files[stream])
        return self._fragments.get(name) or next((file for file in files if file.name == name), None)

    def prepare(self, channel: int, stream: str, start: datetime, end: datetime) -> dict[str, Recording]:
        """Make the files that overlap a time ready for download, as a recorder does, by the names of the fragments.

        They come in no order, and those that were prepared before are gone.
        """
        day = timedelta(days=1)
        files = [file for file in self.between(stream, start - day, end) if _ends(file) > start]
        self._fragments = {f"fragment_{channel + 1:02}_{file.start:%Y%m%d%H%M%S}.mp4": file for file in reversed(files)}
        return self._fragments

    @cached_property
    def _files(self) -> dict[str, list[Recording]]:
        midnight = self._began.replace(hour=0, minute=0, second=0, microsecond=0)
        days = {midnight - timedelta(days=ago) for ago in _DAYS_AGO}
        # The first of this month and the last of the one before.
        days |= {midnight.replace(day=1), midnight.replace(day=1) - timedelta(days=1)}
        return {stream: [file for day in sorted(days) for file in self._of_day(stream, day)] for stream in STREAMS}

    def _of_day(self, stream: str, day: datetime) -> list[Recording]:
        video, frame_rate = self._clips[stream]
        yesterday = self._began.date() - timedelta(days=1)
        files = []
        for hour, minute, second, seconds, flags in _PLAN:
            start = day.replace(hour=hour, minute=minute, second=second)
            end = start + timedelta(seconds=seconds)
            if end > self._began:
                break
            if (hour, minute, second) == _WRONG_START and day.date() == yesterday:
                end = day.replace(hour=_WRONG_END[0], minute=_WRONG_END[1], second=_WRONG_END[2])
            files.append(Recording(stream, start, end, seconds, flags, video, frame_rate))
        return files


def _ends(file: Recording) -> datetime:
    return file.start + timedelta(seconds=file.seconds)


def _table(year: int, month: int, days: set[int]) -> str:
    first = datetime(year, month, 1)  # noqa: DTZ001 - local time of the camera
    length = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - first
    return "".join(str(int(day in days)) for day in range(1, length.days + 1))
