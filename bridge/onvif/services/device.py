"""The Device service (ONVIF Core, `devicemgmt.wsdl`): who the device is and what it serves.

The rest of the service is in the modules next to this one: `device_scopes`, `device_network`, `device_system`,
`device_users` and `device_ports`. Everything that is read is answered from memory: a camera that is offline, or was
never reached, still has a Device service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.onvif.auxiliary_commands import offered_commands
from bridge.onvif.capability_tree import capability_tree
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.services import device_network, device_ports, device_scopes, device_system, device_users
from bridge.onvif.types import device as messages
from bridge.onvif.types.common import OnvifVersion
from bridge.proto.soap.codec import encode
from bridge.proto.soap.namespaces import TDS

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice

UNKNOWN = "unknown"
"""Stands for what only the camera could tell, until it was reached for the first time."""


def _capabilities(call: Call) -> messages.DeviceServiceCapabilities:
    return messages.DeviceServiceCapabilities(
        network=messages.DeviceNetworkCapabilities(
            ip_filter=False,
            zero_configuration=False,
            ip_version6=False,
            dyn_dns=False,
            dot11_configuration=False,
            dot1x_configurations=0,
            hostname_from_dhcp=False,
            ntp=device_network.MOST_NTP_SERVERS,
            dhcpv6=False,
        ),
        security=messages.DeviceSecurityCapabilities(
            tls10=False,
            tls11=False,
            tls12=call.device.has_tls,
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
            max_users=device_users.MOST_USERS,
            max_user_name_length=device_users.MOST_USERNAME_CHARS,
            max_password_length=device_users.MOST_PASSWORD_CHARS,
            hashing_algorithms=call.device.compatibility.digest_algorithms,
        ),
        system=messages.DeviceSystemCapabilities(
            discovery_resolve=call.device.is_announced,
            discovery_bye=call.device.is_announced,
            remote_discovery=False,
            system_backup=False,
            system_logging=False,
            firmware_upgrade=False,
            http_firmware_upgrade=False,
            http_system_backup=False,
            http_system_logging=False,
            http_support_information=False,
            storage_configuration=False,
            discovery_not_supported=not call.device.is_announced,
            network_config_not_supported=False,
            user_config_not_supported=False,
        ),
        misc=messages.DeviceMiscCapabilities(auxiliary_commands=offered_commands(call.device.camera)),
    )


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Say what this service can."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.PRE_AUTH, is_lasting=True)
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


@operation(access=Access.PRE_AUTH, is_lasting=True)
async def get_capabilities(call: Call, request: messages.GetCapabilities) -> messages.GetCapabilitiesResponse:
    """Say what the device can in the older form; a category that is not served is a fault."""
    return messages.GetCapabilitiesResponse(capabilities=capability_tree(call, request.category))


@operation(access=Access.PRE_AUTH)
async def get_wsdl_url(call: Call, _request: messages.GetWsdlUrl) -> messages.GetWsdlUrlResponse:
    """Say where the description of the services is."""
    return messages.GetWsdlUrlResponse(wsdl_url=f"{call.base_url}{SERVICE.path}?wsdl")


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
async def get_endpoint_reference(
    call: Call, _request: messages.GetEndpointReference
) -> messages.GetEndpointReferenceResponse:
    """Say under which address discovery knows the device."""
    return messages.GetEndpointReferenceResponse(guid=call.device.uuid.urn)


def _is_served(_device: VirtualDevice) -> bool:
    return True


SERVICE = Service(
    prefix="tds",
    namespace=TDS,
    path="/onvif/device_service",
    version=(24, 12),
    operations=(
        *operations_of(__name__),
        *operations_of(device_scopes.__name__),
        *operations_of(device_network.__name__),
        *operations_of(device_system.__name__),
        *operations_of(device_users.__name__),
        *operations_of(device_ports.__name__),
    ),
    is_served=_is_served,
    capabilities=_capabilities,
)
