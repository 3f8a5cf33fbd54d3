"""The Device service (ONVIF Core, `devicemgmt.wsdl`), reading half: who the device is, what it serves, where it is.

What changes settings is not served yet, and the capabilities say so. Everything is answered from memory: a camera
that is offline, or was never reached, still has a Device service.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ifaddr

from bridge.onvif.capability_tree import capability_tree
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.time_zone import local_time
from bridge.onvif.types import device as messages
from bridge.onvif.types.common import DateTime, OnvifVersion
from bridge.proto.soap.codec import encode
from bridge.proto.soap.namespaces import TDS

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice

OFFICIAL_WSDL = "http://www.onvif.org/ver10/device/wsdl/devicemgmt.wsdl"
UNKNOWN = "unknown"
"""Stands for what only the camera could tell, until it was reached for the first time."""

INTERFACE = "eth0"
USUAL_PREFIX_BITS = 24
"""Prefix length of an address that is on none of our interfaces: the usual one of a small network."""


def _capabilities(_call: Call) -> messages.DeviceServiceCapabilities:
    return messages.DeviceServiceCapabilities(
        network=messages.DeviceNetworkCapabilities(
            ip_filter=False,
            zero_configuration=False,
            ip_version6=False,
            dyn_dns=False,
            dot11_configuration=False,
            dot1x_configurations=0,
            hostname_from_dhcp=False,
            ntp=0,
            dhcpv6=False,
        ),
        security=messages.DeviceSecurityCapabilities(
            tls10=False,
            tls11=False,
            tls12=False,
            onboard_key_generation=False,
            access_policy_config=False,
            default_access_policy=True,
            dot1x=False,
            remote_user_handling=False,
            x509_token=False,
            saml_token=False,
            kerberos_token=False,
            username_token=True,
            http_digest=True,
            rel_token=False,
            json_web_token=False,
            hashing_algorithms=("MD5",),
        ),
        system=messages.DeviceSystemCapabilities(
            discovery_resolve=True,
            discovery_bye=True,
            remote_discovery=False,
            system_backup=False,
            system_logging=False,
            firmware_upgrade=False,
            http_firmware_upgrade=False,
            http_system_backup=False,
            http_system_logging=False,
            http_support_information=False,
            storage_configuration=False,
            discovery_not_supported=False,
            network_config_not_supported=True,
            user_config_not_supported=True,
        ),
    )


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Say what this service can."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.PRE_AUTH)
async def get_services(call: Call, request: messages.GetServices) -> messages.GetServicesResponse:
    """List the services with their addresses, as the client can reach them."""
    return messages.GetServicesResponse(
        service=tuple(
            messages.ServiceEntry(
                namespace=service.namespace,
                x_addr=call.base_url + service.path,
                capabilities=_inlined(call, service) if request.include_capability else None,
                version=OnvifVersion(major=service.version[0], minor=service.version[1]),
            )
            for service in call.services
        )
    )


def _inlined(call: Call, service: Service) -> messages.InlinedCapabilities:
    element = encode(service.capabilities(call), tag=f"{{{service.namespace}}}Capabilities")
    return messages.InlinedCapabilities(capabilities=element)


@operation(access=Access.PRE_AUTH)
async def get_capabilities(call: Call, request: messages.GetCapabilities) -> messages.GetCapabilitiesResponse:
    """Say what the device can in the older form; a category that is not served is a fault."""
    return messages.GetCapabilitiesResponse(capabilities=capability_tree(call, request.category))


@operation(access=Access.PRE_AUTH)
async def get_wsdl_url(_call: Call, _request: messages.GetWsdlUrl) -> messages.GetWsdlUrlResponse:
    """Say where the description of the services is."""
    return messages.GetWsdlUrlResponse(wsdl_url=OFFICIAL_WSDL)


@operation(access=Access.READ_SYSTEM)
async def get_device_information(
    call: Call, _request: messages.GetDeviceInformation
) -> messages.GetDeviceInformationResponse:
    """Say who the camera is; the serial number is unique even if the camera gives none."""
    device = call.device
    description = device.camera.description
    if description is None:
        return messages.GetDeviceInformationResponse(
            manufacturer=UNKNOWN,
            model=device.camera.name,
            firmware_version=UNKNOWN,
            serial_number=device.serial,
            hardware_id=UNKNOWN,
        )
    info = description.info
    return messages.GetDeviceInformationResponse(
        manufacturer=info.manufacturer or UNKNOWN,
        model=info.model or UNKNOWN,
        firmware_version=info.firmware or UNKNOWN,
        serial_number=device.serial,
        hardware_id=info.hardware or info.model or UNKNOWN,
    )


@operation(access=Access.PRE_AUTH)
async def get_system_date_and_time(
    call: Call, _request: messages.GetSystemDateAndTime
) -> messages.GetSystemDateAndTimeResponse:
    """Say what time it is: the bridge's clock in the camera's zone.

    The clock is the host's, which NTP keeps right: clients that find a `Manual` clock wrong try to set it.
    """
    description = call.device.camera.description
    zone = "UTC0" if description is None else description.time_zone
    utc = call.device.clock.utc()
    local, is_daylight_saving = local_time(utc, zone)
    return messages.GetSystemDateAndTimeResponse(
        system_date_and_time=messages.SystemDateTime(
            date_time_type=messages.SetDateTimeType.NTP,
            daylight_savings=is_daylight_saving,
            time_zone=messages.TimeZone(tz=zone),
            utc_date_time=DateTime.of(utc),
            local_date_time=DateTime.of(local),
        )
    )


@operation(access=Access.READ_SYSTEM)
async def get_scopes(call: Call, _request: messages.GetScopes) -> messages.GetScopesResponse:
    """List the discovery scopes; all are fixed, because they say what the camera is."""
    fixed = messages.ScopeDefinition.FIXED
    return messages.GetScopesResponse(
        scopes=tuple(messages.Scope(scope_def=fixed, scope_item=scope) for scope in call.device.scopes())
    )


@operation(access=Access.READ_SYSTEM)
async def get_discovery_mode(_call: Call, _request: messages.GetDiscoveryMode) -> messages.GetDiscoveryModeResponse:
    """Say that probes are answered."""
    return messages.GetDiscoveryModeResponse(discovery_mode=messages.DiscoveryMode.DISCOVERABLE)


@operation(access=Access.PRE_AUTH)
async def get_endpoint_reference(
    call: Call, _request: messages.GetEndpointReference
) -> messages.GetEndpointReferenceResponse:
    """Say under which address discovery knows the device."""
    return messages.GetEndpointReferenceResponse(guid=call.device.uuid.urn)


@operation(access=Access.PRE_AUTH)
async def get_hostname(call: Call, _request: messages.GetHostname) -> messages.GetHostnameResponse:
    """Say the host name: the camera's id in the configuration."""
    return messages.GetHostnameResponse(
        hostname_information=messages.HostnameInformation(from_dhcp=False, name=call.device.camera.id)
    )


@operation(access=Access.READ_SYSTEM)
async def get_dns(_call: Call, _request: messages.GetDNS) -> messages.GetDNSResponse:
    """List no name servers: the host has them, not the virtual device."""
    return messages.GetDNSResponse(dns_information=messages.DNSInformation(from_dhcp=False))


@operation(access=Access.READ_SYSTEM)
async def get_network_default_gateway(
    _call: Call, _request: messages.GetNetworkDefaultGateway
) -> messages.GetNetworkDefaultGatewayResponse:
    """List no gateways: the host has them, not the virtual device."""
    return messages.GetNetworkDefaultGatewayResponse(network_gateway=messages.NetworkGateway())


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
    address = urlsplit(call.base_url)
    is_secure = address.scheme == "https"
    web = messages.NetworkProtocolType.HTTPS if is_secure else messages.NetworkProtocolType.HTTP
    web_port = address.port or (443 if is_secure else 80)
    rtsp = messages.NetworkProtocolType.RTSP
    return messages.GetNetworkProtocolsResponse(
        network_protocols=(
            messages.NetworkProtocol(name=web, enabled=True, port=(web_port,)),
            messages.NetworkProtocol(name=rtsp, enabled=True, port=(call.device.rtsp_port,)),
        )
    )


def _is_served(_device: VirtualDevice) -> bool:
    return True


SERVICE = Service(
    prefix="tds",
    namespace=TDS,
    path="/onvif/device_service",
    version=(24, 12),
    operations=operations_of(__name__),
    is_served=_is_served,
    capabilities=_capabilities,
)
