"""What the Linux kernel tells about the host's network: its IPv4 default gateways.

Other systems have no such file, and there nothing is told. Addresses come from `ifaddr`, which needs no file.
"""

from __future__ import annotations

import sys
from ipaddress import IPv4Address
from pathlib import Path

ROUTES = Path("/proc/net/route")

MOST_ROUTES = 4096
"""Lines that are looked at: default routes stand first, and a router's table must not hold up a request."""

_IS_GATEWAY = 0x2
"""Flag of a route that leads over another machine (`linux/route.h`)."""


def default_gateways(routes: Path = ROUTES) -> tuple[IPv4Address, ...]:
    """Return the gateways of the default routes, each once. Reads a file, so it belongs into a thread."""
    try:
        with routes.open(encoding="ascii") as table:
            lines = [line.split() for line, _ in zip(table, range(MOST_ROUTES), strict=False)]
    except OSError:
        return ()
    found = (_gateway(columns) for columns in lines[1:])
    return tuple(dict.fromkeys(gateway for gateway in found if gateway is not None))


def _gateway(columns: list[str]) -> IPv4Address | None:
    """Return the gateway of one line, None if it is no default route.

    Columns 1, 2, 3 and 7 are destination, gateway, flags and mask; addresses are hexadecimal in the host's byte order.
    """
    try:
        destination, gateway, flags, mask = (int(columns[index], 16) for index in (1, 2, 3, 7))
    except (IndexError, ValueError):
        return None
    if destination or mask or not flags & _IS_GATEWAY:
        return None
    return IPv4Address(gateway.to_bytes(4, sys.byteorder))
