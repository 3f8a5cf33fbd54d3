"""Which local IPv4 addresses discovery serves."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

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
