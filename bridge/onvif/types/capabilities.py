"""The capabilities tree of GetCapabilities (`tt:Capabilities`): the older of the two ways to say what a device can.

The newer one, the services' own capabilities, is the source; this tree repeats a part of it for clients that ask
this way, and must agree with it.
"""

from __future__ import annotations

from enum import StrEnum

from bridge.onvif.types.common import OnvifVersion
from bridge.proto.soap.codec import element, xml_type
from bridge.proto.soap.namespaces import TT


class CapabilityCategory(StrEnum):
    """Parts of the tree that can be asked for."""

    ALL = "All"
    ANALYTICS = "Analytics"
    DEVICE = "Device"
    EVENTS = "Events"
    IMAGING = "Imaging"
    MEDIA = "Media"
    PTZ = "PTZ"


@xml_type(TT)
class AnalyticsCapabilities:
    """The Analytics service and what it can."""

    x_addr: str
    rule_support: bool
    analytics_module_support: bool


@xml_type(TT)
class NetworkCapabilitiesExtension:
    """More of what the network side can."""

    dot11_configuration: bool


@xml_type(TT)
class NetworkCapabilities:
    """What the network side can."""

    ip_filter: bool = element(name="IPFilter")
    zero_configuration: bool
    ip_version6: bool = element(name="IPVersion6")
    dyn_dns: bool = element(name="DynDNS")
    extension: NetworkCapabilitiesExtension


@xml_type(TT)
class SystemCapabilitiesExtension:
    """What can be done over plain HTTP transfers."""

    http_firmware_upgrade: bool
    http_system_backup: bool
    http_system_logging: bool
    http_support_information: bool


@xml_type(TT)
class SystemCapabilities:
    """What the system side can; `supported_versions` best first."""

    discovery_resolve: bool
    discovery_bye: bool
    remote_discovery: bool
    system_backup: bool
    system_logging: bool
    firmware_upgrade: bool
    supported_versions: tuple[OnvifVersion, ...]
    extension: SystemCapabilitiesExtension


@xml_type(TT)
class IOCapabilitiesExtension2:
    """Nothing yet, but the schema wants it."""


@xml_type(TT)
class IOCapabilitiesExtension:
    """Whether there are auxiliary commands, and which."""

    auxiliary: bool
    auxiliary_commands: tuple[str, ...] = ()
    extension: IOCapabilitiesExtension2


@xml_type(TT)
class IOCapabilities:
    """Numbers of wires, and auxiliary commands."""

    input_connectors: int
    relay_outputs: int
    extension: IOCapabilitiesExtension


@xml_type(TT)
class SecurityCapabilitiesExtension2:
    """Port authentication and foreign users."""

    dot1x: bool = element(name="Dot1X")
    supported_eap_method: tuple[int, ...] = element(name="SupportedEAPMethod", default=())
    remote_user_handling: bool


@xml_type(TT)
class SecurityCapabilitiesExtension:
    """More of what the security side can."""

    tls10: bool = element(name="TLS1.0")
    extension: SecurityCapabilitiesExtension2


@xml_type(TT)
class SecurityCapabilities:
    """What the security side can."""

    tls11: bool = element(name="TLS1.1")
    tls12: bool = element(name="TLS1.2")
    onboard_key_generation: bool
    access_policy_config: bool
    x509_token: bool = element(name="X.509Token")
    saml_token: bool = element(name="SAMLToken")
    kerberos_token: bool
    rel_token: bool = element(name="RELToken")
    extension: SecurityCapabilitiesExtension


@xml_type(TT)
class DeviceCapabilities:
    """The Device service and what it can."""

    x_addr: str
    network: NetworkCapabilities
    system: SystemCapabilities
    io: IOCapabilities = element(name="IO")
    security: SecurityCapabilities


@xml_type(TT)
class EventCapabilities:
    """The Event service and what it can."""

    x_addr: str
    ws_subscription_policy_support: bool = element(name="WSSubscriptionPolicySupport")
    ws_pull_point_support: bool = element(name="WSPullPointSupport")
    ws_pausable_subscription_manager_interface_support: bool = element(
        name="WSPausableSubscriptionManagerInterfaceSupport"
    )


@xml_type(TT)
class ImagingCapabilities:
    """The Imaging service."""

    x_addr: str


@xml_type(TT)
class RealTimeStreamingCapabilities:
    """How streams can be had."""

    rtp_multicast: bool = element(name="RTPMulticast")
    rtp_tcp: bool = element(name="RTP_TCP")
    rtp_rtsp_tcp: bool = element(name="RTP_RTSP_TCP")


@xml_type(TT)
class ProfileCapabilities:
    """Limits of media profiles."""

    maximum_number_of_profiles: int


@xml_type(TT)
class MediaCapabilitiesExtension:
    """More of what the Media service can."""

    profile_capabilities: ProfileCapabilities


@xml_type(TT)
class MediaCapabilities:
    """The Media service and what it can."""

    x_addr: str
    streaming_capabilities: RealTimeStreamingCapabilities
    extension: MediaCapabilitiesExtension


@xml_type(TT)
class PTZCapabilities:
    """The PTZ service."""

    x_addr: str


@xml_type(TT)
class DeviceIOCapabilities:
    """The DeviceIO service and how many there are of everything."""

    x_addr: str
    video_sources: int
    video_outputs: int
    audio_sources: int
    audio_outputs: int
    relay_outputs: int


@xml_type(TT)
class CapabilitiesExtension:
    """Services that came after the tree's categories."""

    device_io: DeviceIOCapabilities | None = element(name="DeviceIO", default=None)


@xml_type(TT)
class Capabilities:
    """The tree: a service that is not served, or was not asked for, is None."""

    analytics: AnalyticsCapabilities | None = None
    device: DeviceCapabilities | None = None
    events: EventCapabilities | None = None
    imaging: ImagingCapabilities | None = None
    media: MediaCapabilities | None = None
    ptz: PTZCapabilities | None = element(name="PTZ", default=None)
    extension: CapabilitiesExtension | None = None
