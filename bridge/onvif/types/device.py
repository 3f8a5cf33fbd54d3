"""Messages of the Device service (Core specification, `devicemgmt.wsdl`): capabilities, services, identity."""

from __future__ import annotations

from lxml import etree

from bridge.onvif.types.capabilities import Capabilities, CapabilityCategory
from bridge.onvif.types.common import OnvifVersion
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TDS


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
    max_users: int = attribute()
    max_user_name_length: int = attribute()
    max_password_length: int = attribute()
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
class DeviceMiscCapabilities:
    """The auxiliary commands that the device obeys."""

    auxiliary_commands: tuple[str, ...] = attribute(default=())


@xml_type(TDS)
class DeviceServiceCapabilities:
    """The capabilities of the Device service."""

    network: DeviceNetworkCapabilities
    security: DeviceSecurityCapabilities
    system: DeviceSystemCapabilities
    misc: DeviceMiscCapabilities


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


@xml_message(TDS)
class GetEndpointReference:
    """Ask for the discovery address."""


@xml_message(TDS)
class GetEndpointReferenceResponse:
    """The discovery address, `urn:uuid:...`."""

    guid: str = element(name="GUID")
