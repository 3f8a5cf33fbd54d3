"""Recordings as files over HTTP: `Download` and `Playback` (Camera HTTP API v7, sections 3.6.6 and 3.6.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import NativeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.simulators.reolink.device import Device

COMMANDS = frozenset({"Download", "Playback"})
MISSING = -222
CONTENT_TYPE = "apolication/octet-stream"
"""As the document and the cameras spell it."""
_RANGE = re.compile(r"bytes=(\d{1,15})?-(\d{1,15})?")


@dataclass(frozen=True, slots=True)
class FilePart:
    """What is sent of a file."""

    name: str
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def requested_file(device: Device, query: Mapping[str, str], byte_range: str | None) -> FilePart:
    """Return the file that `source` names, or the part of it that a `Range` header asks for.

    Raises:
        NativeError: -4 without `source` or `output`, -222 when there is no such file.
    """
    source, output = query.get("source"), query.get("output")
    if not source or not output:
        raise NativeError(-4)
    is_mounted = device.disk is not None and device.disk.is_mounted
    found = (archive.find(source) for archive in device.archives) if is_mounted else iter(())
    recording = next((file for file in found if file is not None), None)
    if recording is None:
        raise NativeError(MISSING)
    content = recording.content
    modified = device.wall.utc_of(recording.start + timedelta(seconds=recording.seconds))
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Content-Disposition": f"attachment;filename={_line(output)}",
        "ETag": f'"{int(modified.timestamp()):x}-{len(content):x}"',
        "Accept-Ranges": "bytes",
    }
    span = _span(byte_range, len(content))
    if span is None:
        return FilePart(source, content, 200, headers)
    first, last = span
    if first > last:
        return FilePart(source, b"", 416, {**headers, "Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return FilePart(source, content[first : last + 1], 206, headers)


def _span(byte_range: str | None, size: int) -> tuple[int, int] | None:
    """Return first and last byte of a `Range` header, None for the whole file; beyond its end the first is larger."""
    match = _RANGE.fullmatch(byte_range or "")
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if first is None:
        return max(0, size - int(last)), size - 1
    return int(first), min(size - 1, int(last)) if last else size - 1


def _line(text: str) -> str:
    """Return a text that can stand in a header."""
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable())
