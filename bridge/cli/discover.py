"""Looks for cameras on the local network, and for ONVIF devices that need no bridge.

The exit status is 0 when somebody could be asked, whoever answered.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from bridge.cli.arguments import ipv4, seconds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bridge.runtime.discover import Discovered

TITLES = ("ADDRESS", "SPEAKS", "MODEL", "NAME", "MAC", "NEXT")
NOTHING = (
    "No cameras found. Broadcasts cross neither routers nor the networks of containers:\n"
    "name an address with --host, or enter the camera's address into the configuration.\n"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--timeout", type=seconds, default=3.0, metavar="S", help="seconds to wait for answers (%(default)g)"
    )
    parser.add_argument(
        "--host",
        type=ipv4,
        action="append",
        default=[],
        metavar="ADDRESS",
        help="ask only this address, where broadcasts do not get; may be given more than once",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from bridge.runtime.discover import discover

    found = asyncio.run(discover(options.host, timeout_s=options.timeout))
    sys.stdout.write(as_json(found) if options.json else as_table(found))
    return 0


def as_json(found: Sequence[Discovered]) -> str:
    """Return one object; what is not known is null."""
    cameras = [
        {
            "host": camera.host,
            "family": camera.family or None,
            "model": camera.model or None,
            "name": camera.name or None,
            "mac": camera.mac or None,
            "xaddr": camera.xaddr or None,
            "needs_bridge": camera.needs_bridge,
        }
        for camera in found
    ]
    return json.dumps({"cameras": cameras}, indent=2) + "\n"


def as_table(found: Sequence[Discovered]) -> str:
    """Return a table for people, with what to do next for each camera."""
    if not found:
        return NOTHING
    rows = [TITLES, *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _row(camera: Discovered) -> tuple[str, ...]:
    speaks = " + ".join(word for word in (camera.family, "ONVIF" if camera.xaddr else "") if word)
    facts = (camera.host, speaks or "-", camera.model or "-", camera.name or "-", camera.mac or "-")
    if camera.needs_bridge:
        return (*facts, f"onvif-bridge probe {camera.family} {camera.host}")
    return (*facts, f"needs no bridge: {camera.xaddr}")
