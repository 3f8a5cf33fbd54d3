"""Reading a camera's JSON without ever tripping over it.

Firmwares leave out fields, send numbers as text, objects as null and lists as objects. Every accessor takes any
value at all and returns something of the type that it promises; whether a missing field matters is the caller's
decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MOST_TEXT: Final = 128
"""Longest text taken over from a camera: names are at most 31 characters, versions less than this."""

MOST_DIGITS: Final = 12

Json = Mapping[str, object]


def section(value: object, *path: str) -> Json:
    """Return the object under nested keys; empty when any step is missing or no object."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> tuple[Json, ...]:
    """Return the objects of a list; a single object counts as a list of one, anything else is left out."""
    if isinstance(value, Mapping):
        return (value,)
    return tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else ()


def number(holder: Json, key: str, *, least: int = -(2**31), most: int = 2**31 - 1) -> int | None:
    """Return a whole number inside the range, also one that came as text; None otherwise."""
    return as_number(holder.get(key), least=least, most=most)


def numbers(holder: Json, key: str, *, least: int, most: int) -> tuple[int, ...]:
    """Return the whole numbers of a list that are inside the range, in the camera's order."""
    listed = holder.get(key)
    if not isinstance(listed, list):
        return ()
    return tuple(found for each in listed if (found := as_number(each, least=least, most=most)) is not None)


def as_number(value: object, *, least: int, most: int) -> int | None:
    """Return `value` as a whole number inside the range, or None."""
    if isinstance(value, str) and len(value) <= MOST_DIGITS and value.lstrip("-").isdecimal():
        try:
            value = int(value)
        except ValueError:  # "--1"
            return None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    return int(value) if isinstance(value, int) and least <= value <= most else None


def flag(holder: Json, key: str) -> bool | None:
    """Return a 0/1 field as a boolean; None when it is missing or something else."""
    found = number(holder, key, least=0, most=1)
    return None if found is None else found == 1


def text(holder: Json, key: str) -> str:
    """Return a printable text without blanks around it, cut to a sane length; empty when there is none."""
    value = holder.get(key)
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value[:MOST_TEXT] if char.isprintable()).strip()


def texts(holder: Json, key: str) -> tuple[str, ...]:
    """Return the texts of a list."""
    listed = holder.get(key)
    return tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()
