"""Commands about recordings: `Search`, `NvrDownload` (sections 3.6.5, 3.6.9); the files themselves go by `files.py`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import Answer, NativeError, UnknownCommand
from bridge.simulators.reolink.recordings import STREAMS

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.device import Call
    from bridge.simulators.reolink.recordings import Archive, Recording

LONGEST_SEARCH = timedelta(days=31)
"""Who asks for the files of more gets no answer in time."""
_UNITS = ("year", "mon", "day", "hour", "min", "sec")
_TIMEOUT = -8


def search(call: Call) -> Answer:
    """`Search`: the days that have recordings, or the files of a time."""
    wanted = call.wanted("Search")
    stream, start, end = _span(wanted)
    if wanted.get("onlyStatus") not in (0, 1):
        raise NativeError(-4)
    number = call.channel.number
    archive = _archive(call)
    if archive is None:
        return Answer({"SearchResult": {"channel": number}})
    if wanted["onlyStatus"] == 1:
        return Answer({"SearchResult": _with(channel=number, Status=archive.days(stream, start, end))})
    if end - start > LONGEST_SEARCH:
        raise NativeError(_TIMEOUT)
    files = [_listed(call, file) for file in archive.between(stream, start, end)]
    return Answer({"SearchResult": _with(channel=number, File=files, Status=archive.days(stream, start, end))})


def prepare_download(call: Call) -> Answer:
    """`NvrDownload`: only a recorder has it."""
    if not call.device.is_recorder:
        raise UnknownCommand
    stream, start, end = _span(call.wanted("NvrDownload"))
    archive = _archive(call)
    ready = {} if archive is None else archive.prepare(call.channel.number, stream, start, end)
    files = [{"fileName": name, "fileSize": str(file.size)} for name, file in ready.items()]
    return Answer({"fileCount": len(files), "fileList": files})


def _archive(call: Call) -> Archive | None:
    """Return what the picture has recorded, or None without a disk that can be read."""
    disk, channel = call.device.disk, call.channel
    return call.device.archives[channel.number] if disk is not None and disk.is_mounted else None


def _span(wanted: JsonObject) -> tuple[str, datetime, datetime]:
    """Return stream, beginning and end."""
    stream, start, end = wanted.get("streamType"), _moment(wanted.get("StartTime")), _moment(wanted.get("EndTime"))
    if stream not in STREAMS or end < start:
        raise NativeError(-4)
    return str(stream), start, end


def _moment(time: object) -> datetime:
    numbers = [time.get(unit) for unit in _UNITS] if isinstance(time, dict) else [None]
    if not all(type(number) is int for number in numbers):
        raise NativeError(-4)
    try:
        return datetime(*numbers)  # noqa: DTZ001 - the camera's local time has no zone
    except (ValueError, OverflowError) as error:
        raise NativeError(-4) from error


def _listed(call: Call, file: Recording) -> JsonObject:
    times: JsonObject = {"EndTime": _time(file.end), "StartTime": _time(file.start)}
    entry: JsonObject = {**times, "frameRate": 0, "height": 0, "type": file.stream, "width": 0}
    if not call.device.is_recorder:
        return {**entry, "name": file.name, "size": file.size}
    # A recorder names no files; it tells the time in UTC as well, and sizes as text.
    return {**entry, "PlaybackTime": _time(call.device.wall.utc_of(file.start)), "size": str(file.size)}


def _time(moment: datetime) -> JsonObject:
    return dict(zip(_UNITS, moment.timetuple(), strict=False))


def _with(**parts: object) -> JsonObject:
    """Return an object without those parts that are empty lists."""
    return {name: part for name, part in parts.items() if part != []}


COMMANDS = {"Search": search, "NvrDownload": prepare_download}
