"""The older capabilities tree of GetCapabilities, built from what the services say of themselves.

Older clients decide from this tree what a device can, newer ones from the services' own capabilities; the two must
agree bit by bit, so the tree holds nothing that is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.onvif import ports
from bridge.onvif.types import analytics, deviceio, events, media
from bridge.onvif.types import capabilities as tree
from bridge.onvif.types.capabilities import CapabilityCategory
from bridge.onvif.types.common import OnvifVersion
from bridge.onvif.types.device import DeviceServiceCapabilities
from bridge.proto.soap.namespaces import TAN, TDS, TEV, TIMG, TMD, TPTZ, TRT

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.onvif.operation import Call, Service

T = TypeVar("T")

CATEGORY_OF = {
    TAN: CapabilityCategory.ANALYTICS,
    TDS: CapabilityCategory.DEVICE,
    TEV: CapabilityCategory.EVENTS,
    TIMG: CapabilityCategory.IMAGING,
    TRT: CapabilityCategory.MEDIA,
    TPTZ: CapabilityCategory.PTZ,
}
"""Which services have a category. DeviceIO has none and comes with all of them; others appear in GetServices alone."""


def capability_tree(call: Call, asked: tuple[CapabilityCategory, ...]) -> tree.Capabilities:
    """Return the tree.

    Args:
        call: for the services and the client's way to them.
        asked: categories; none means all.

    Raises:
        ClientFault: a category was named whose service this device does not have.
    """
    served = {CATEGORY_OF[service.namespace]: service for service in call.services if service.namespace in CATEGORY_OF}
    is_whole = not asked or CapabilityCategory.ALL in asked
    wanted = set(served) if is_whole else set(asked)
    for category in wanted - set(served):
        raise ClientFault("Receiver", ("ActionNotSupported", "NoSuchService"), f"This device has no {category} service")

    def part(category: CapabilityCategory, build: Callable[[Call, Service], T]) -> T | None:
        return build(call, served[category]) if category in wanted else None

    return tree.Capabilities(
        analytics=part(CapabilityCategory.ANALYTICS, _analytics),
        device=part(CapabilityCategory.DEVICE, _device),
        events=part(CapabilityCategory.EVENTS, _events),
        imaging=part(CapabilityCategory.IMAGING, _imaging),
        media=part(CapabilityCategory.MEDIA, _media),
        ptz=part(CapabilityCategory.PTZ, _ptz),
        extension=_extension(call) if is_whole else None,
    )


def _analytics(call: Call, service: Service) -> tree.AnalyticsCapabilities:
    said = _said(call, service, analytics.AnalyticsCapabilities)
    return tree.AnalyticsCapabilities(
        x_addr=call.base_url + service.path,
        rule_support=said.rule_support,
        analytics_module_support=said.analytics_module_support,
    )


def _device(call: Call, service: Service) -> tree.DeviceCapabilities:
    said = _said(call, service, DeviceServiceCapabilities)
    network, security, system = said.network, said.security, said.system
    return tree.DeviceCapabilities(
        x_addr=call.base_url + service.path,
        network=tree.NetworkCapabilities(
            ip_filter=network.ip_filter,
            zero_configuration=network.zero_configuration,
            ip_version6=network.ip_version6,
            dyn_dns=network.dyn_dns,
            extension=tree.NetworkCapabilitiesExtension(dot11_configuration=network.dot11_configuration),
        ),
        system=tree.SystemCapabilities(
            discovery_resolve=system.discovery_resolve,
            discovery_bye=system.discovery_bye,
            remote_discovery=system.remote_discovery,
            system_backup=system.system_backup,
            system_logging=system.system_logging,
            firmware_upgrade=system.firmware_upgrade,
            supported_versions=(OnvifVersion(major=service.version[0], minor=service.version[1]),),
            extension=tree.SystemCapabilitiesExtension(
                http_firmware_upgrade=system.http_firmware_upgrade,
                http_system_backup=system.http_system_backup,
                http_system_logging=system.http_system_logging,
                http_support_information=system.http_support_information,
            ),
        ),
        io=tree.IOCapabilities(
            input_connectors=len(ports.inputs(call.device.camera)),
            relay_outputs=len(ports.relays(call.device.camera)),
            extension=tree.IOCapabilitiesExtension(
                auxiliary=bool(said.misc.auxiliary_commands),
                auxiliary_commands=said.misc.auxiliary_commands,
                extension=tree.IOCapabilitiesExtension2(),
            ),
        ),
        security=tree.SecurityCapabilities(
            tls11=security.tls11,
            tls12=security.tls12,
            onboard_key_generation=security.onboard_key_generation,
            access_policy_config=security.access_policy_config,
            x509_token=security.x509_token,
            saml_token=security.saml_token,
            kerberos_token=security.kerberos_token,
            rel_token=security.rel_token,
            extension=tree.SecurityCapabilitiesExtension(
                tls10=security.tls10,
                extension=tree.SecurityCapabilitiesExtension2(
                    dot1x=security.dot1x, remote_user_handling=security.remote_user_handling
                ),
            ),
        ),
    )


def _imaging(call: Call, service: Service) -> tree.ImagingCapabilities:
    return tree.ImagingCapabilities(x_addr=call.base_url + service.path)


def _ptz(call: Call, service: Service) -> tree.PTZCapabilities:
    return tree.PTZCapabilities(x_addr=call.base_url + service.path)


def _events(call: Call, service: Service) -> tree.EventCapabilities:
    said = _said(call, service, events.EventCapabilities)
    return tree.EventCapabilities(
        x_addr=call.base_url + service.path,
        ws_subscription_policy_support=said.ws_subscription_policy_support,
        ws_pull_point_support=said.ws_pull_point_support,
        ws_pausable_subscription_manager_interface_support=said.ws_pausable_subscription_manager_interface_support,
    )


def _media(call: Call, service: Service) -> tree.MediaCapabilities:
    said = _said(call, service, media.MediaServiceCapabilities)
    streaming = said.streaming_capabilities
    return tree.MediaCapabilities(
        x_addr=call.base_url + service.path,
        streaming_capabilities=tree.RealTimeStreamingCapabilities(
            rtp_multicast=streaming.rtp_multicast,
            rtp_tcp=streaming.rtp_tcp,
            rtp_rtsp_tcp=streaming.rtp_rtsp_tcp,
        ),
        extension=tree.MediaCapabilitiesExtension(
            profile_capabilities=tree.ProfileCapabilities(
                maximum_number_of_profiles=said.profile_capabilities.maximum_number_of_profiles
            )
        ),
    )


def _extension(call: Call) -> tree.CapabilitiesExtension | None:
    service = next((each for each in call.services if each.namespace == TMD), None)
    if service is None:
        return None
    said = _said(call, service, deviceio.DeviceIOCapabilities)
    return tree.CapabilitiesExtension(
        device_io=tree.DeviceIOCapabilities(
            x_addr=call.base_url + service.path,
            video_sources=said.video_sources,
            video_outputs=said.video_outputs,
            audio_sources=said.audio_sources,
            audio_outputs=said.audio_outputs,
            relay_outputs=said.relay_outputs,
        )
    )


def _said(call: Call, service: Service, kind: type[T]) -> T:
    """Return a service's own capabilities as the type that they are known to have."""
    said = service.capabilities(call)
    if not isinstance(said, kind):
        raise TypeError(f"{service.prefix} describes itself with {type(said).__name__}, not {kind.__name__}")
    return said
