"""The host's own IPv4 addresses: which of them discovery serves, and where everybody on their networks is reached."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, ip_address

import ifaddr


def addresses_to_serve(bind: str) -> tuple[str, ...]:
    """Return the local IPv4 addresses that belong to a `bind` address of the configuration.

    Args:
        bind: `0.0.0.0` or `::` for all interfaces (loopback only if there is no other), else one address. An IPv6
            address has no IPv4 interface: nothing is served.
    """
    address = ip_address(bind)
    if not address.is_unspecified:
        return (bind,) if isinstance(address, IPv4Address) else ()
    present = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    outside = tuple(ip for ip in present if not IPv4Address(ip).is_loopback)
    return outside or tuple(present[:1])


def broadcast_addresses() -> tuple[str, ...]:
    """Return the broadcast address of every network that this host is in, and the one of whichever is the default."""
    own = [
        IPv4Interface(f"{ip.ip}/{ip.network_prefix}")
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str)
    ]
    # Links between two hosts (/31, /32) have no broadcast address.
    networks = [each.network for each in own if not each.is_loopback and each.network.prefixlen < 31]
    return tuple(dict.fromkeys([*(str(network.broadcast_address) for network in networks), "255.255.255.255"]))
