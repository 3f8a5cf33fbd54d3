"""What a POSIX time zone string (`CET-1CEST,M3.5.0,M10.5.0/3`) says about a moment.

The standard library understands such strings only as the footer of a TZif file (RFC 8536), so one is made with
nothing but a footer.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import tzinfo

MOST_ZONE_CHARS = 128
"""Twice the longest string that a real zone has."""

_ONE_TYPE = pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, 0, 1, 4) + pack(">IBB4s", 0, 0, 0, b"UTC\0")
_STANDARD = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?[0-9]{1,2}(?::[0-9]{2}){0,2}")
_USUAL_RULE = ",M3.2.0,M11.1.0"
"""POSIX lets a zone leave its rule out, and systems then take that of the United States."""


def posix_zone(posix: str) -> tzinfo:
    """Return the zone that a POSIX string describes.

    Raises:
        ValueError: it is not one.
    """
    if not posix.isascii() or not posix.isprintable() or len(posix) > MOST_ZONE_CHARS:
        raise ValueError("a time zone is a short text in printable ASCII")
    if not _STANDARD.match(posix):
        raise ValueError("a time zone begins with a name and an offset")
    complete = posix + _USUAL_RULE if has_daylight_saving(posix) and "," not in posix else posix
    return ZoneInfo.from_file(BytesIO(_ONE_TYPE + _ONE_TYPE + b"\n" + complete.encode() + b"\n"))


def has_daylight_saving(posix: str) -> bool:
    """Return whether a zone changes its time over the year."""
    return standard_time(posix) != posix


def standard_time(posix: str) -> str:
    """Return a zone without its daylight saving; what is no zone stays as it is."""
    match = _STANDARD.match(posix)
    return posix if match is None else match[0]


def local_time(utc: datetime, posix: str) -> tuple[datetime, bool]:
    """Return the local time of a moment and whether daylight saving is in force; UTC if the zone is not readable."""
    try:
        local = utc.astimezone(posix_zone(posix))
    except ValueError:
        return utc.astimezone(UTC), False
    return local, bool(local.dst() or timedelta())
