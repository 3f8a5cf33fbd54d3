"""Messages of the Device service about the network (Core specification, `devicemgmt.wsdl`)."""

from __future__ import annotations

from enum import StrEnum

from bridge.onvif.types.common import IPAddress
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TDS, TT


@xml_type(TT)
class HostnameInformation:
    """The host name and where it comes from."""

    from_dhcp: bool = element(name="FromDHCP")
    name: str | None = None


@xml_message(TDS)
class GetHostname:
    """Ask for the host name."""


@xml_message(TDS)
class GetHostnameResponse:
    """The host name."""

    hostname_information: HostnameInformation


@xml_type(TT)
class DNSInformation:
    """Name servers and where they come from."""

    from_dhcp: bool = element(name="FromDHCP")
    search_domain: tuple[str, ...] = ()
    dns_from_dhcp: tuple[IPAddress, ...] = element(name="DNSFromDHCP", default=())
    dns_manual: tuple[IPAddress, ...] = element(name="DNSManual", default=())


@xml_message(TDS)
class GetDNS:
    """Ask for the name servers."""


@xml_message(TDS)
class GetDNSResponse:
    """The name servers."""

    dns_information: DNSInformation = element(name="DNSInformation")


@xml_type(TT)
class NetworkInterfaceInfo:
    """What an interface is called and its hardware address."""

    name: str | None = None
    hw_address: str
    mtu: int | None = element(name="MTU", default=None)


@xml_type(TT)
class PrefixedIPv4Address:
    """An address and the length of its network's prefix in bits."""

    address: str
    prefix_length: int


@xml_type(TT)
class IPv4Configuration:
    """The IPv4 addresses of an interface."""

    manual: tuple[PrefixedIPv4Address, ...] = ()
    link_local: PrefixedIPv4Address | None = None
    from_dhcp: PrefixedIPv4Address | None = element(name="FromDHCP", default=None)
    dhcp: bool = element(name="DHCP")


@xml_type(TT)
class IPv4NetworkInterface:
    """The IPv4 side of an interface."""

    enabled: bool
    config: IPv4Configuration


@xml_type(TT)
class NetworkInterface:
    """One network interface."""

    token: str = attribute()
    enabled: bool
    info: NetworkInterfaceInfo | None = None
    ipv4: IPv4NetworkInterface | None = element(name="IPv4", default=None)


@xml_message(TDS)
class GetNetworkInterfaces:
    """Ask for the network interfaces."""


@xml_message(TDS)
class GetNetworkInterfacesResponse:
    """The network interfaces."""

    network_interfaces: tuple[NetworkInterface, ...]


class NetworkProtocolType(StrEnum):
    """Protocols that a device may be reached with."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"
    RTSP = "RTSP"


@xml_type(TT)
class NetworkProtocol:
    """One protocol and its ports."""

    name: NetworkProtocolType
    enabled: bool
    port: tuple[int, ...]


@xml_message(TDS)
class GetNetworkProtocols:
    """Ask for the protocols."""


@xml_message(TDS)
class GetNetworkProtocolsResponse:
    """The protocols."""

    network_protocols: tuple[NetworkProtocol, ...] = ()


@xml_type(TT)
class NetworkGateway:
    """Default gateways."""

    ipv4_address: tuple[str, ...] = element(name="IPv4Address", default=())
    ipv6_address: tuple[str, ...] = element(name="IPv6Address", default=())


@xml_message(TDS)
class GetNetworkDefaultGateway:
    """Ask for the default gateways."""


@xml_message(TDS)
class GetNetworkDefaultGatewayResponse:
    """The default gateways."""

    network_gateway: NetworkGateway


@xml_message(TDS)
class SetHostname:
    """Give the device a host name."""

    name: str


@xml_message(TDS)
class SetHostnameResponse:
    """Done."""


@xml_message(TDS)
class SetHostnameFromDHCP:
    """Say whether the host name shall come from DHCP."""

    from_dhcp: bool = element(name="FromDHCP")


@xml_message(TDS)
class SetHostnameFromDHCPResponse:
    """Whether that counts only after a reboot."""

    reboot_needed: bool


@xml_message(TDS)
class SetDNS:
    """Replace the name servers and search domains."""

    from_dhcp: bool = element(name="FromDHCP")
    search_domain: tuple[str, ...] = ()
    dns_manual: tuple[IPAddress, ...] = element(name="DNSManual", default=())


@xml_message(TDS)
class SetDNSResponse:
    """Done."""


class NetworkHostType(StrEnum):
    """How a host is named."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"
    DNS = "DNS"


@xml_type(TT)
class NetworkHost:
    """A host by address or name; the element that matches `type` is set."""

    type: NetworkHostType
    ipv4_address: str | None = element(name="IPv4Address", default=None)
    ipv6_address: str | None = element(name="IPv6Address", default=None)
    dns_name: str | None = element(name="DNSname", default=None)


@xml_type(TT)
class NTPInformation:
    """Time servers and where they come from."""

    from_dhcp: bool = element(name="FromDHCP")
    ntp_from_dhcp: tuple[NetworkHost, ...] = element(name="NTPFromDHCP", default=())
    ntp_manual: tuple[NetworkHost, ...] = element(name="NTPManual", default=())


@xml_message(TDS)
class GetNTP:
    """Ask for the time servers."""


@xml_message(TDS)
class GetNTPResponse:
    """The time servers."""

    ntp_information: NTPInformation = element(name="NTPInformation")


@xml_message(TDS)
class SetNTP:
    """Replace the time servers."""

    from_dhcp: bool = element(name="FromDHCP")
    ntp_manual: tuple[NetworkHost, ...] = element(name="NTPManual", default=())


@xml_message(TDS)
class SetNTPResponse:
    """Done."""


class Duplex(StrEnum):
    """Whether a link sends and receives at once."""

    FULL = "Full"
    HALF = "Half"


@xml_type(TT)
class NetworkInterfaceConnectionSetting:
    """The link of an interface; the speed in Mbit/s."""

    auto_negotiation: bool
    speed: int
    duplex: Duplex


@xml_type(TT)
class IPv4NetworkInterfaceSetConfiguration:
    """The IPv4 side of an interface; what is left out stays as it is."""

    enabled: bool | None = None
    manual: tuple[PrefixedIPv4Address, ...] = ()
    dhcp: bool | None = element(name="DHCP", default=None)


@xml_type(TT)
class PrefixedIPv6Address:
    """An address and the length of its network's prefix in bits."""

    address: str
    prefix_length: int


class IPv6DHCPConfiguration(StrEnum):
    """How much of IPv6 comes from DHCP."""

    AUTO = "Auto"
    STATEFUL = "Stateful"
    STATELESS = "Stateless"
    OFF = "Off"


@xml_type(TT)
class IPv6NetworkInterfaceSetConfiguration:
    """The IPv6 side of an interface; what is left out stays as it is."""

    enabled: bool | None = None
    accept_router_advert: bool | None = None
    manual: tuple[PrefixedIPv6Address, ...] = ()
    dhcp: IPv6DHCPConfiguration | None = element(name="DHCP", default=None)


@xml_type(TT)
class NetworkInterfaceSetConfiguration:
    """Settings of an interface; what is left out stays as it is."""

    enabled: bool | None = None
    link: NetworkInterfaceConnectionSetting | None = None
    mtu: int | None = element(name="MTU", default=None)
    ipv4: IPv4NetworkInterfaceSetConfiguration | None = element(name="IPv4", default=None)
    ipv6: IPv6NetworkInterfaceSetConfiguration | None = element(name="IPv6", default=None)


@xml_message(TDS)
class SetNetworkInterfaces:
    """Configure an interface."""

    interface_token: str
    network_interface: NetworkInterfaceSetConfiguration


@xml_message(TDS)
class SetNetworkInterfacesResponse:
    """Done; whether it takes a reboot to count."""

    reboot_needed: bool


@xml_message(TDS)
class SetNetworkProtocols:
    """Configure protocols and their ports."""

    network_protocols: tuple[NetworkProtocol, ...]


@xml_message(TDS)
class SetNetworkProtocolsResponse:
    """Done."""


@xml_message(TDS)
class SetNetworkDefaultGateway:
    """Replace the default gateways."""

    ipv4_address: tuple[str, ...] = element(name="IPv4Address", default=())
    ipv6_address: tuple[str, ...] = element(name="IPv6Address", default=())


@xml_message(TDS)
class SetNetworkDefaultGatewayResponse:
    """Done."""
