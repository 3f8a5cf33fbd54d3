"""Messages of the Device service (Core specification, `devicemgmt.wsdl`), as far as it is served."""

from __future__ import annotations

from enum import StrEnum

from lxml import etree

from bridge.onvif.types.capabilities import Capabilities, CapabilityCategory
from bridge.onvif.types.common import DateTime, IPAddress, OnvifVersion
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TDS, TT


@xml_type(TDS)
class DeviceNetworkCapabilities:
    """What the network side can: attributes of the service's own capabilities."""

    ip_filter: bool = attribute(name="IPFilter")
    zero_configuration: bool = attribute()
    ip_version6: bool = attribute(name="IPVersion6")
    dyn_dns: bool = attribute(name="DynDNS")
    dot11_configuration: bool = attribute()
    dot1x_configurations: int = attribute(name="Dot1XConfigurations")
    hostname_from_dhcp: bool = attribute(name="HostnameFromDHCP")
    ntp: int = attribute(name="NTP")
    dhcpv6: bool = attribute(name="DHCPv6")


@xml_type(TDS)
class DeviceSecurityCapabilities:
    """What the security side can."""

    tls10: bool = attribute(name="TLS1.0")
    tls11: bool = attribute(name="TLS1.1")
    tls12: bool = attribute(name="TLS1.2")
    onboard_key_generation: bool = attribute()
    access_policy_config: bool = attribute()
    default_access_policy: bool = attribute()
    dot1x: bool = attribute(name="Dot1X")
    remote_user_handling: bool = attribute()
    x509_token: bool = attribute(name="X.509Token")
    saml_token: bool = attribute(name="SAMLToken")
    kerberos_token: bool = attribute()
    username_token: bool = attribute()
    http_digest: bool = attribute()
    rel_token: bool = attribute(name="RELToken")
    json_web_token: bool = attribute()
    hashing_algorithms: tuple[str, ...] = attribute()


@xml_type(TDS)
class DeviceSystemCapabilities:
    """What the system side can."""

    discovery_resolve: bool = attribute()
    discovery_bye: bool = attribute()
    remote_discovery: bool = attribute()
    system_backup: bool = attribute()
    system_logging: bool = attribute()
    firmware_upgrade: bool = attribute()
    http_firmware_upgrade: bool = attribute()
    http_system_backup: bool = attribute()
    http_system_logging: bool = attribute()
    http_support_information: bool = attribute()
    storage_configuration: bool = attribute()
    discovery_not_supported: bool = attribute()
    network_config_not_supported: bool = attribute()
    user_config_not_supported: bool = attribute()


@xml_type(TDS)
class DeviceServiceCapabilities:
    """The capabilities of the Device service."""

    network: DeviceNetworkCapabilities
    security: DeviceSecurityCapabilities
    system: DeviceSystemCapabilities


@xml_message(TDS)
class GetServiceCapabilities:
    """Ask for the service's own capabilities."""


@xml_message(TDS)
class GetServiceCapabilitiesResponse:
    """The service's own capabilities."""

    capabilities: DeviceServiceCapabilities


@xml_message(TDS)
class GetServices:
    """Ask which services there are."""

    include_capability: bool


@xml_type(TDS)
class InlinedCapabilities:
    """The capabilities of any service, as the element of that service's namespace."""

    capabilities: etree._Element = element(name="*")


@xml_type(TDS)
class ServiceEntry:
    """One service: where it is and, if asked, what it can."""

    namespace: str
    x_addr: str
    capabilities: InlinedCapabilities | None = None
    version: OnvifVersion


@xml_message(TDS)
class GetServicesResponse:
    """All services."""

    service: tuple[ServiceEntry, ...]


@xml_message(TDS)
class GetCapabilities:
    """Ask for the older capabilities tree; no category means all."""

    category: tuple[CapabilityCategory, ...] = ()


@xml_message(TDS)
class GetCapabilitiesResponse:
    """The older capabilities tree."""

    capabilities: Capabilities


@xml_message(TDS)
class GetWsdlUrl:
    """Ask where the WSDL is."""


@xml_message(TDS)
class GetWsdlUrlResponse:
    """Where the WSDL is."""

    wsdl_url: str


@xml_message(TDS)
class GetDeviceInformation:
    """Ask who the device is."""


@xml_message(TDS)
class GetDeviceInformationResponse:
    """Who the device is."""

    manufacturer: str
    model: str
    firmware_version: str
    serial_number: str
    hardware_id: str


class SetDateTimeType(StrEnum):
    """How the clock is kept right."""

    MANUAL = "Manual"
    NTP = "NTP"


@xml_type(TT)
class TimeZone:
    """A POSIX time zone."""

    tz: str = element(name="TZ")


@xml_type(TT)
class SystemDateTime:
    """The clock; `daylight_savings` says whether it is in force now."""

    date_time_type: SetDateTimeType
    daylight_savings: bool
    time_zone: TimeZone | None = None
    utc_date_time: DateTime | None = element(name="UTCDateTime", default=None)
    local_date_time: DateTime | None = None


@xml_message(TDS)
class GetSystemDateAndTime:
    """Ask for the clock."""


@xml_message(TDS)
class GetSystemDateAndTimeResponse:
    """The clock."""

    system_date_and_time: SystemDateTime


class ScopeDefinition(StrEnum):
    """Whether a client may change a scope."""

    FIXED = "Fixed"
    CONFIGURABLE = "Configurable"


@xml_type(TT)
class Scope:
    """One discovery scope, a URI."""

    scope_def: ScopeDefinition
    scope_item: str


@xml_message(TDS)
class GetScopes:
    """Ask for the discovery scopes."""


@xml_message(TDS)
class GetScopesResponse:
    """The discovery scopes."""

    scopes: tuple[Scope, ...]


class DiscoveryMode(StrEnum):
    """Whether the device answers probes."""

    DISCOVERABLE = "Discoverable"
    NON_DISCOVERABLE = "NonDiscoverable"


@xml_message(TDS)
class GetDiscoveryMode:
    """Ask whether the device answers probes."""


@xml_message(TDS)
class GetDiscoveryModeResponse:
    """Whether the device answers probes."""

    discovery_mode: DiscoveryMode


@xml_message(TDS)
class GetEndpointReference:
    """Ask for the discovery address."""


@xml_message(TDS)
class GetEndpointReferenceResponse:
    """The discovery address, `urn:uuid:...`."""

    guid: str = element(name="GUID")


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
