"""The simple types of XML Schema (part 2) that ONVIF uses, as text and as Python values.

Reading takes every form that the standard allows and that a Python value can hold, and raises `ValueError` for the
rest; writing gives one form. Numbers that are not finite are refused: no operation has a use for them.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
_USUAL_DATE_TIME = re.compile(r"[1-9][0-9]{3}-[01][0-9]-[0-3][0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{3})?Z")
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,20}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DURATION = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,20})?)S)?)?"
)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_DAYS_PER_YEAR = 365
_DAYS_PER_MONTH = 30


def parse_integer(literal: str) -> int:
    """Read an xs:int and its kin."""
    stripped = literal.strip()
    if not _INTEGER.fullmatch(stripped):
        raise ValueError("not a whole number")
    return int(stripped)


def parse_float(literal: str) -> float:
    """Read a finite xs:float."""
    stripped = literal.strip()
    if not _DECIMAL.fullmatch(stripped):
        raise ValueError("not a number")
    value = float(stripped)
    if not math.isfinite(value):
        raise ValueError("number too large")
    return value


def format_float(value: float) -> str:
    """Write a finite xs:float with as many digits as it takes to read the same value back."""
    if not math.isfinite(value):
        raise ValueError("only finite numbers are written")
    return repr(float(value))


def parse_boolean(literal: str) -> bool:
    """Read an xs:boolean."""
    try:
        return _BOOLEANS[literal.strip()]
    except KeyError:
        raise ValueError("not a boolean") from None


def format_boolean(value: bool) -> str:
    """Write `true` or `false`: clients match the words."""
    return "true" if value else "false"


def parse_date_time(literal: str) -> datetime:
    """Read an xs:dateTime as aware UTC; without a zone it is taken as UTC, digits beyond microseconds are dropped."""
    literal = literal.strip()
    if _USUAL_DATE_TIME.fullmatch(literal):
        # Of these, and of no others, the standard library has the same opinion, in a tenth of the time.
        return datetime.fromisoformat(literal)
    match = _DATE_TIME.fullmatch(literal)
    if match is None:
        raise ValueError("not a date and time")
    *numbers, fraction, zone = match.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    # Midnight may be written as the end of the day before.
    days, hour = (1, 0) if (hour, minute, second) == (24, 0, 0) and not int(fraction or 0) else (0, hour)
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    local = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_zone(zone))
    try:
        return (local + timedelta(days=days)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("date out of range") from error


def _zone(literal: str | None) -> timezone:
    if literal is None or literal == "Z":
        return UTC
    hours, minutes = int(literal[1:3]), int(literal[4:6])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        raise ValueError("not a time zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if literal[0] == "-" else offset)


def format_date_time(value: datetime) -> str:
    """Write an aware datetime in UTC, `2024-01-31T12:00:00Z`, with microseconds only if there are any."""
    if value.tzinfo is None:
        raise ValueError("only aware times are written")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_duration(literal: str) -> timedelta:
    """Read an xs:duration; a year counts as 365 days and a month as 30."""
    match = _DURATION.fullmatch(literal.strip())
    if match is None:
        raise ValueError("not a duration")
    sign, years, months, days, hours, minutes, seconds = match.groups()
    whole_days = int(years or 0) * _DAYS_PER_YEAR + int(months or 0) * _DAYS_PER_MONTH + int(days or 0)
    whole, _, fraction = (seconds or "0").partition(".")
    try:
        value = timedelta(
            days=whole_days,
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(whole),
            microseconds=int(fraction.ljust(6, "0")[:6]),
        )
    except OverflowError as error:
        raise ValueError("duration too long") from error
    return -value if sign else value


def format_duration(value: timedelta) -> str:
    """Write an xs:duration in seconds alone, `PT10S` or `PT0.5S`."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    whole = value.days * 86400 + value.seconds
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    return f"{sign}PT{whole}{fraction}S"


SIMPLE_TYPES: dict[type, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
    str: (str, str),
    int: (parse_integer, str),
    float: (parse_float, format_float),
    bool: (parse_boolean, format_boolean),
    datetime: (parse_date_time, format_date_time),
    timedelta: (parse_duration, format_duration),
}
"""How each simple type is read and written."""
