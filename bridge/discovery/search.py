"""Looking for ONVIF devices on the local network, once: the asyncio shell around `proto.wsd.probing`.

Every local address asks the group from a port of its own, which the answers come back to; so this needs no well-known
port and works beside a running bridge. IPv4 only, as the rest of discovery.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import structlog
from typing_extensions import override

from bridge.core.errors import WireError
from bridge.discovery.interfaces import addresses_to_serve
from bridge.proto.wsd.message import GROUP, PORT
from bridge.proto.wsd.probing import KINDS, parse_matches, render_probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.proto.wsd.probing import ProbeMatch

ANYWHERE: Final = str(IPv4Address(0))

SCOPE: Final = "onvif://www.onvif.org/"
"""What every scope of an ONVIF device begins with; printers and the like answer too."""

MOST_DEVICES: Final = 4096
"""Anybody on the network can answer, as often as he likes."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """An ONVIF device that has answered.

    Attributes:
        host: the address that the answer came from.
        endpoint: its endpoint address, `urn:uuid:...`, the same for ever.
        xaddr: of its device service, at that host if it has one there.
        scopes: as it sent them.
    """

    host: str
    endpoint: str
    xaddr: str
    scopes: tuple[str, ...]

    def fact(self, category: str) -> str:
        """Return what its scopes say under `name`, `hardware` and the like, without what cannot be printed."""
        prefix = f"{SCOPE}{category}/"
        values = (scope.removeprefix(prefix) for scope in self.scopes if scope.startswith(prefix))
        return "".join(char for char in unquote(next(values, "")) if char.isprintable()).strip()


async def search(hosts: Sequence[str] = (), *, timeout_s: float, port: int = PORT) -> tuple[FoundDevice, ...]:
    """Ask for ONVIF devices and return those that have answered, each once.

    Args:
        hosts: IPv4 addresses to ask; none to ask everybody on the networks of this host.
        timeout_s: how long answers are waited for.
        port: the well-known one, except in tests.

    Raises:
        OSError: nobody could be asked.
    """
    # Where to ask from and whom: asking everybody goes out of every interface.
    ways = [(ANYWHERE, host) for host in hosts] or [(own, GROUP) for own in addresses_to_serve(ANYWHERE)]
    listener = _Listener()
    with ExitStack() as opened:
        failures = []
        for own, destination in ways:
            try:
                endpoint = _socket(own)
                transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: listener, sock=endpoint
                )
                opened.callback(transport.close)
                for kind in KINDS:
                    endpoint.sendto(render_probe(uuid4(), kind), (destination, port))
            except OSError as error:
                failures.append(error)
        if len(failures) == len(ways):
            raise failures[0] if failures else OSError("this host has no IPv4 address")
        await asyncio.sleep(timeout_s)
    return tuple(listener.found.values())


def _socket(own: str) -> socket.socket:
    with ExitStack() as opened:
        made = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        made.setblocking(False)
        made.bind((own, 0))
        if own != ANYWHERE:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        opened.pop_all()
    return made


class _Listener(asyncio.DatagramProtocol):
    """Takes answers; others may send what they like."""

    def __init__(self) -> None:
        self.found: dict[str, FoundDevice] = {}

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        try:
            matches = parse_matches(data)
        except WireError as error:
            _log.debug("discovery.search_noise", peer=addr[0], detail=error.detail)
            return
        for match in matches:
            device = _device(match, str(addr[0]))
            if device is not None and len(self.found) < MOST_DEVICES:
                self.found.setdefault(device.endpoint, device)


def _device(match: ProbeMatch, host: str) -> FoundDevice | None:
    """Return the device that has answered, None if it is no ONVIF device or says not where its service is."""
    addresses = [address for address in match.xaddrs if address.isprintable() and _host_of(address)]
    if not (match.endpoint and addresses and any(scope.startswith(SCOPE) for scope in match.scopes)):
        return None
    xaddr = next((address for address in addresses if _host_of(address) == host), addresses[0])
    return FoundDevice(host, match.endpoint, xaddr, match.scopes)


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
