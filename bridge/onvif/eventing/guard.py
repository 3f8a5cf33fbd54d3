"""Where notifications may be posted to: the guard against being used to reach what the client itself cannot reach.

Whoever may subscribe names an address, and the bridge connects to it from its own place in the network. So only plain
HTTP addresses are taken; names are resolved here and every address is judged; the caller connects to the very address
that was judged, without asking the name service again, and follows no redirects. Hosts of the local network are
allowed, for that is where consumers are. It is asked at Subscribe, and again for every delivery: names move.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import TypeAlias

import ifaddr
from yarl import URL

from bridge.core.errors import BridgeError

MAX_URL_CHARS = 1024
"""Longest address of a consumer; web hooks with a token in them have some 150."""

RESOLVE_S = 3.0
"""Time for the name service: a client waits for the answer to its Subscribe meanwhile."""

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str], Awaitable[Iterable[str]]]

_SCHEMES = frozenset({"http", "https"})
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_THIS_NETWORK = IPv4Network("0.0.0.0/8")


class ConsumerRefused(BridgeError):
    """Nothing is posted to this address; the text says why and does not repeat the address."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a consumer wants its notifications, and what is known of the client that said so.

    Args:
        url: without credentials. Its path may be a secret of the consumer's: it is neither shown nor logged.
        from_loopback: the client reached us on a loopback address, so it is on this machine and may name one too.
        our_ports: ports at which the client has reached this device, or was told to.
    """

    url: URL = field(repr=False)
    from_loopback: bool
    our_ports: frozenset[int] = frozenset()

    @property
    def origin(self) -> str:
        """Scheme, host and port, for the log."""
        return str(self.url.origin())


def read_address(text: str) -> URL:
    """Return the address of a consumer.

    Raises:
        ConsumerRefused: it is no absolute HTTP address, or has credentials in it.
    """
    stripped = text.strip()
    if len(stripped) > MAX_URL_CHARS or not stripped.isprintable() or " " in stripped:
        raise ConsumerRefused("The consumer's address is too long, or holds characters that no address has")
    try:
        url = URL(stripped)
        host, port = url.raw_host or "", url.port
    except ValueError as error:
        raise ConsumerRefused("The consumer's address is no URL") from error
    if url.scheme not in _SCHEMES or not _HOST.fullmatch(host) or not port:
        raise ConsumerRefused("The consumer's address must be http:// or https:// with a host and a port")
    if url.raw_user is not None or url.raw_password is not None:
        raise ConsumerRefused("The consumer's address must not hold credentials")
    return url.with_fragment(None)


async def ask_name_service(host: str) -> list[str]:
    """Return the addresses of a host name, in the system's order of preference.

    Raises:
        OSError: it has none, or the name service does not answer.
        UnicodeError: it is no name that could be asked for.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def own_addresses() -> list[str]:
    """Return the addresses of this machine's network interfaces."""
    every = (each.ip for adapter in ifaddr.get_adapters() for each in adapter.ips)
    return [ip if isinstance(ip, str) else ip[0] for ip in every]


class ConsumerGuard:
    """Judges addresses for one device.

    Args:
        resolve: the name service.
        own_ports: those that the bridge listens on, kept up to date by whoever opens them: nothing is posted there.
        own_addresses: those of this machine.
        resolve_s: how long the name service may take.
    """

    def __init__(
        self,
        *,
        resolve: Resolve = ask_name_service,
        own_ports: Collection[int] = (),
        own_addresses: Callable[[], Iterable[str]] = own_addresses,
        resolve_s: float = RESOLVE_S,
    ) -> None:
        self._resolve = resolve
        self._own_ports = own_ports
        self._own_addresses = own_addresses
        self._resolve_s = resolve_s

    async def address_of(self, destination: Destination) -> Address:
        """Return the address to connect to.

        Raises:
            ConsumerRefused: the host has no address that may be used.
        """
        addresses = await self._addresses(destination.url.raw_host or "")
        allowed = next((each for each in addresses if self._is_allowed(each, destination)), None)
        if allowed is None:
            raise ConsumerRefused("The consumer is at no address that notifications are sent to")
        return allowed

    async def _addresses(self, host: str) -> list[Address]:
        """Return every address of a host; one that stands there as such needs no name service."""
        try:
            return [plain(ip_address(host))]
        except ValueError:
            pass
        try:
            async with asyncio.timeout(self._resolve_s):
                return [plain(ip_address(each)) for each in await self._resolve(host)]
        except (OSError, UnicodeError) as error:  # a TimeoutError is an OSError
            raise ConsumerRefused("The name of the consumer's host cannot be resolved") from error

    def _is_allowed(self, address: Address, destination: Destination) -> bool:
        if address.is_loopback:
            return destination.from_loopback and not self._is_ours(address, destination)
        is_host = not (address.is_unspecified or address.is_multicast or address.is_link_local or address.is_reserved)
        return is_host and address not in _THIS_NETWORK and not self._is_ours(address, destination)

    def _is_ours(self, address: Address, destination: Destination) -> bool:
        """Whether the bridge itself would answer there."""
        port = destination.url.port
        if port not in destination.our_ports and port not in self._own_ports:
            return False
        return address.is_loopback or any(plain(ip_address(own)) == address for own in self._own_addresses())


def is_loopback(text: str) -> bool:
    """Whether a text is a loopback address; anything else, also no address at all, is none."""
    try:
        return plain(ip_address(text)).is_loopback
    except ValueError:
        return False


def plain(address: Address) -> Address:
    """Return an IPv4 address that is written as an IPv6 one (`::ffff:127.0.0.1`) as what it is."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
