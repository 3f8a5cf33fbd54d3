"""What a POSIX time zone string (`CET-1CEST,M3.5.0,M10.5.0/3`) says about a moment.

The standard library understands such strings only as the footer of a TZif file (RFC 8536), so one is made with
nothing but a footer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import tzinfo

_ONE_TYPE = pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, 0, 1, 4) + pack(">iBB4s", 0, 0, 0, b"UTC\0")


def posix_zone(posix: str) -> tzinfo:
    """Return the zone that a POSIX string describes.

    Raises:
        ValueError: it is not one.
    """
    if not posix.isascii() or not posix.isprintable():
        raise ValueError("a time zone is printable ASCII")
    return ZoneInfo.from_file(BytesIO(_ONE_TYPE + _ONE_TYPE + b"\n" + posix.encode() + b"\n"))


def local_time(utc: datetime, posix: str) -> tuple[datetime, bool]:
    """Return the local time of a moment and whether daylight saving is in force; UTC if the zone is not readable."""
    try:
        local = utc.astimezone(posix_zone(posix))
    except ValueError:
        return utc.astimezone(UTC), False
    return local, bool(local.dst() or timedelta())
