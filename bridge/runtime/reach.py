"""Where the bridge is reached: the address that it binds to and the host that it tells others."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

import ifaddr

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Reach:
    """`bridge.bind` and `bridge.advertise` of the configuration.

    `advertise` is None for "the address the client used". `ports` are those that the bridge listens on, as they are
    bound.
    """

    bind: str
    advertise: str | None
    ports: set[int] = field(default_factory=set, compare=False)

    def host_for(self, local: str) -> str:
        """Return the host to tell a client that reached us at our address `local`, ready for a URI."""
        return in_uri(self.advertise or local)

    @property
    def own_host(self) -> str:
        """The host to tell when no client has asked yet, as in the ready line."""
        if not ip_address(self.bind).is_unspecified:
            return self.host_for(self.bind)
        return self.host_for(next(_own_addresses(), "127.0.0.1"))

    @property
    def names(self) -> frozenset[str]:
        """Names and addresses by which clients may know us, for a certificate."""
        bound = _own_addresses() if ip_address(self.bind).is_unspecified else [self.bind]
        others = [self.advertise or "", socket.gethostname()]
        return frozenset({"localhost", "127.0.0.1", *bound, *(name for name in others if name and name.isascii())})


def in_uri(host: str) -> str:
    """Return a host in the form that URIs want: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _own_addresses() -> Iterator[str]:
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str) and not ip_address(address.ip).is_loopback:
                yield address.ip
