"""Types of command line arguments."""

from __future__ import annotations

from argparse import ArgumentTypeError
from ipaddress import AddressValueError, IPv4Address
from math import isfinite


def port(text: str) -> int:
    """Return a port number, 0 for any free one."""
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no port: 0 to 65535")


def ipv4(text: str) -> str:
    """Return an IPv4 address."""
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        raise ArgumentTypeError(f"{text!r} is no IPv4 address") from None


def seconds(text: str) -> float:
    """Return a time to wait, up to an hour."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if isfinite(value) and 0 < value <= 3600:
        return value
    raise ArgumentTypeError(f"{text!r} is no time in seconds: more than 0, at most 3600")
