"""Types of command line arguments."""

from __future__ import annotations

from argparse import ArgumentTypeError


def port(text: str) -> int:
    """Return a port number, 0 for any free one."""
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
