"""The Device service about the network (ONVIF Core, section "Network").

The device shares the host of the bridge. What belongs to the host (addresses, ports, gateways) is told as it is, may
be set to what it is, and any change is refused. Names and servers that only the device itself would use are kept.
"""

from __future__ import annotations

import asyncio
import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ifaddr

from bridge.core.errors import ClientFault
from bridge.onvif.host_network import default_gateways
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.settings.device import DnsSettings, Host, HostKind, HostnameSettings, NtpSettings
from bridge.onvif.types import device_network as messages
from bridge.onvif.types.common import IPAddress, IPType

if TYPE_CHECKING:
    from collections.abc import Collection

INTERFACE = "eth0"
USUAL_PREFIX_BITS = 24
"""Prefix length of an address that is on none of our interfaces: the usual one of a small network."""

MOST_NTP_SERVERS = 1
MOST_DNS_ENTRIES = 8
"""Name servers, and domains to search: more than a resolver asks."""

MOST_NAME_CHARS = 253
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
"""RFC 1123 section 2.1."""


# -- names and servers -------------------------------------------------------------------------------------------------


@operation(access=Access.PRE_AUTH)
async def get_hostname(call: Call, _request: messages.GetHostname) -> messages.GetHostnameResponse:
    """Say the host name: what a client has set, else the camera's id in the configuration."""
    name = call.device.settings.hostname.read().name or call.device.camera.id
    return messages.GetHostnameResponse(hostname_information=messages.HostnameInformation(from_dhcp=False, name=name))


@operation(access=Access.WRITE_SYSTEM)
async def set_hostname(call: Call, request: messages.SetHostname) -> messages.SetHostnameResponse:
    """Keep a host name. An empty one would ask for DHCP, which the device does not do."""
    name = request.name.strip()
    if not _is_host_name(name):
        reason = "A host name has labels of letters, digits and hyphens"
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidHostname"), reason)
    call.device.settings.hostname.write(HostnameSettings(name))
    return messages.SetHostnameResponse()


@operation(access=Access.WRITE_SYSTEM)
async def set_hostname_from_dhcp(
    _call: Call, request: messages.SetHostnameFromDHCP
) -> messages.SetHostnameFromDHCPResponse:
    """Take note that the host name shall not come from DHCP; it never does."""
    if request.from_dhcp:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The device does not take its name from DHCP")
    return messages.SetHostnameFromDHCPResponse(reboot_needed=False)


@operation(access=Access.READ_SYSTEM)
async def get_dns(call: Call, _request: messages.GetDNS) -> messages.GetDNSResponse:
    """List the name servers that clients have set; the bridge itself uses the host's."""
    settings = call.device.settings.dns.read()
    return messages.GetDNSResponse(
        dns_information=messages.DNSInformation(
            from_dhcp=settings.from_dhcp,
            search_domain=settings.search_domains,
            dns_manual=tuple(map(_to_address, settings.servers)),
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_dns(call: Call, request: messages.SetDNS) -> messages.SetDNSResponse:
    """Keep name servers and search domains."""
    domains = tuple(domain.strip() for domain in request.search_domain)
    if not all(map(_is_host_name, domains)):
        raise ClientFault("Sender", ("InvalidArgVal",), "A search domain has labels of letters, digits and hyphens")
    servers = tuple(
        _checked_host(HostKind(each.type), ipv4=each.ipv4_address, ipv6=each.ipv6_address)
        for each in request.dns_manual
    )
    _check_count(domains, MOST_DNS_ENTRIES, "search domains")
    _check_count(servers, MOST_DNS_ENTRIES, "name servers")
    call.device.settings.dns.write(DnsSettings(request.from_dhcp, domains, servers))
    return messages.SetDNSResponse()


@operation(access=Access.READ_SYSTEM)
async def get_ntp(call: Call, _request: messages.GetNTP) -> messages.GetNTPResponse:
    """List the time servers that clients have set; the bridge itself trusts the host's clock."""
    settings = call.device.settings.ntp.read()
    servers = tuple(map(_to_host, settings.servers))
    return messages.GetNTPResponse(
        ntp_information=messages.NTPInformation(from_dhcp=settings.from_dhcp, ntp_manual=servers)
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_ntp(call: Call, request: messages.SetNTP) -> messages.SetNTPResponse:
    """Keep the time server."""
    servers = tuple(
        _checked_host(HostKind(each.type), ipv4=each.ipv4_address, ipv6=each.ipv6_address, name=each.dns_name)
        for each in request.ntp_manual
    )
    _check_count(servers, MOST_NTP_SERVERS, "NTP servers")
    settings = NtpSettings(request.from_dhcp, servers)
    if not settings.has_server and not call.device.settings.time.read().is_manual:
        reason = "The clock follows NTP: it needs a server, or to be set to Manual first"
        raise ClientFault("Sender", ("InvalidArgVal", "TimeSyncedToNtp"), reason)
    call.device.settings.ntp.write(settings)
    return messages.SetNTPResponse()


def _is_host_name(name: str) -> bool:
    return len(name) <= MOST_NAME_CHARS and _HOST_NAME.fullmatch(name) is not None


def _checked_host(kind: HostKind, *, ipv4: str | None = None, ipv6: str | None = None, name: str | None = None) -> Host:
    """Return the host that a client describes; only the value of its kind counts.

    Raises:
        ClientFault: the value is missing or not of its kind.
    """
    match kind:
        case HostKind.IPV4:
            return Host(kind, str(_checked_ipv4(ipv4 or "")))
        case HostKind.IPV6:
            return Host(kind, str(_checked_ipv6(ipv6 or "")))
        case HostKind.DNS:
            value = (name or "").strip()
            if not _is_host_name(value):
                reason = "A server's name has labels of letters, digits and hyphens"
                raise ClientFault("Sender", ("InvalidArgVal", "InvalidDnsName"), reason)
            return Host(kind, value)


def _checked_ipv4(literal: str, subcode: str = "InvalidIPv4Address") -> IPv4Address:
    try:
        return IPv4Address(literal.strip())
    except AddressValueError as error:
        raise ClientFault("Sender", ("InvalidArgVal", subcode), "An IPv4 address is not valid") from error


def _checked_ipv6(literal: str, subcode: str = "InvalidIPv6Address") -> IPv6Address:
    try:
        return IPv6Address(literal.strip())
    except AddressValueError as error:
        raise ClientFault("Sender", ("InvalidArgVal", subcode), "An IPv6 address is not valid") from error


def _check_count(entries: Collection[object], most: int, name: str) -> None:
    if len(entries) > most:
        raise ClientFault("Sender", ("InvalidArgVal",), f"There is room for {most} {name}")


def _to_address(host: Host) -> IPAddress:
    is_ipv4 = host.kind is HostKind.IPV4
    return IPAddress(
        type=IPType(host.kind),
        ipv4_address=host.value if is_ipv4 else None,
        ipv6_address=None if is_ipv4 else host.value,
    )


def _to_host(host: Host) -> messages.NetworkHost:
    return messages.NetworkHost(
        type=messages.NetworkHostType(host.kind),
        ipv4_address=host.value if host.kind is HostKind.IPV4 else None,
        ipv6_address=host.value if host.kind is HostKind.IPV6 else None,
        dns_name=host.value if host.kind is HostKind.DNS else None,
    )


# -- what belongs to the host ------------------------------------------------------------------------------------------


@operation(access=Access.READ_SYSTEM)
async def get_network_interfaces(
    call: Call, _request: messages.GetNetworkInterfaces
) -> messages.GetNetworkInterfacesResponse:
    """Describe the one interface, with a hardware address of its own: clients tell devices apart by it."""
    addresses = _ipv4_addresses(call)
    return messages.GetNetworkInterfacesResponse(
        network_interfaces=(
            messages.NetworkInterface(
                token=INTERFACE,
                enabled=True,
                info=messages.NetworkInterfaceInfo(name=INTERFACE, hw_address=call.device.mac),
                ipv4=messages.IPv4NetworkInterface(
                    enabled=bool(addresses), config=messages.IPv4Configuration(manual=addresses, dhcp=False)
                ),
            ),
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_network_interfaces(
    call: Call, request: messages.SetNetworkInterfaces
) -> messages.SetNetworkInterfacesResponse:
    """Accept the interface as it is."""
    if request.interface_token != INTERFACE:
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidNetworkInterface"), "There is no such interface")
    wanted = request.network_interface
    is_same = (
        wanted.enabled in (None, True)
        and wanted.link is None
        and wanted.mtu is None
        and (wanted.ipv4 is None or _is_same_ipv4(call, wanted.ipv4))
        and (wanted.ipv6 is None or _is_same_ipv6(wanted.ipv6))
    )
    if not is_same:
        raise _of_the_host("interface")
    return messages.SetNetworkInterfacesResponse(reboot_needed=False)


def _is_same_ipv4(call: Call, wanted: messages.IPv4NetworkInterfaceSetConfiguration) -> bool:
    for each in wanted.manual:
        _checked_ipv4(each.address)
    addresses = _ipv4_addresses(call)
    return (
        wanted.enabled in (None, bool(addresses)) and wanted.manual in ((), addresses) and wanted.dhcp in (None, False)
    )


def _is_same_ipv6(wanted: messages.IPv6NetworkInterfaceSetConfiguration) -> bool:
    """Return whether IPv6, of which the device tells nothing, would stay off."""
    for each in wanted.manual:
        _checked_ipv6(each.address)
    is_off = wanted.dhcp in (None, messages.IPv6DHCPConfiguration.OFF)
    return not (wanted.enabled or wanted.accept_router_advert or wanted.manual) and is_off


def _ipv4_addresses(call: Call) -> tuple[messages.PrefixedIPv4Address, ...]:
    """Return the address that the client used, else that of our end, with its prefix; nothing over IPv6 alone."""
    for candidate in (call.host, call.local_address):
        try:
            address = str(IPv4Address(candidate))
        except AddressValueError:
            continue
        return (messages.PrefixedIPv4Address(address=address, prefix_length=_prefix_bits(address)),)
    return ()


def _prefix_bits(address: str) -> int:
    """Return the prefix length of an address: that of our interface, or the usual one behind a translation."""
    assigned = (each for adapter in ifaddr.get_adapters() for each in adapter.ips)
    return next((each.network_prefix for each in assigned if each.ip == address), USUAL_PREFIX_BITS)


@operation(access=Access.READ_SYSTEM)
async def get_network_protocols(
    call: Call, _request: messages.GetNetworkProtocols
) -> messages.GetNetworkProtocolsResponse:
    """List the protocols with the ports that the client can reach."""
    return messages.GetNetworkProtocolsResponse(
        network_protocols=tuple(
            messages.NetworkProtocol(name=name, enabled=True, port=(port,)) for name, port in _ports(call).items()
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_network_protocols(
    call: Call, request: messages.SetNetworkProtocols
) -> messages.SetNetworkProtocolsResponse:
    """Accept the protocols as they are."""
    ports = _ports(call)
    for wanted in request.network_protocols:
        if wanted.name not in ports:
            reason = f"The device is not reached with {wanted.name}"
            raise ClientFault("Sender", ("InvalidArgVal", "ServiceNotSupported"), reason)
        # HTTP and HTTPS share a port, and no other protocol may come to it.
        others = set(ports.values()) - {ports[wanted.name]}
        if not others.isdisjoint(wanted.port):
            raise ClientFault("Sender", ("InvalidArgVal", "PortAlreadyInUse"), "The other protocol has this port")
    if not all(wanted.enabled and wanted.port == (ports[wanted.name],) for wanted in request.network_protocols):
        raise _of_the_host("ports")
    return messages.SetNetworkProtocolsResponse()


def _ports(call: Call) -> dict[messages.NetworkProtocolType, int]:
    """Return the protocols that there are, with their ports as the client sees them.

    HTTP and HTTPS come to the same port.
    """
    address = urlsplit(call.base_url)
    is_secure = address.scheme == "https"
    port = address.port or (443 if is_secure else 80)
    ports = {messages.NetworkProtocolType.HTTP: port}
    if call.device.has_tls or is_secure:
        ports[messages.NetworkProtocolType.HTTPS] = port
    return {**ports, messages.NetworkProtocolType.RTSP: call.device.rtsp_port}


@operation(access=Access.READ_SYSTEM)
async def get_network_default_gateway(
    _call: Call, _request: messages.GetNetworkDefaultGateway
) -> messages.GetNetworkDefaultGatewayResponse:
    """List the host's gateways."""
    gateways = await asyncio.to_thread(default_gateways)
    return messages.GetNetworkDefaultGatewayResponse(
        network_gateway=messages.NetworkGateway(ipv4_address=tuple(map(str, gateways)))
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_network_default_gateway(
    _call: Call, request: messages.SetNetworkDefaultGateway
) -> messages.SetNetworkDefaultGatewayResponse:
    """Accept the gateways as they are."""
    ipv4 = {_checked_ipv4(each, "InvalidGatewayAddress") for each in request.ipv4_address}
    ipv6 = {_checked_ipv6(each, "InvalidGatewayAddress") for each in request.ipv6_address}
    if ipv6 or ipv4 != set(await asyncio.to_thread(default_gateways)):
        raise _of_the_host("gateways")
    return messages.SetNetworkDefaultGatewayResponse()


def _of_the_host(what: str) -> ClientFault:
    return ClientFault("Receiver", ("Action",), f"The {what} belong to the host of the bridge and are set up there")
