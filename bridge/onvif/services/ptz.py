"""The PTZ service: nodes, configurations and status. `ptz_moves` and `ptz_presets` have the operations that act.

ONVIF PTZ Service Specification. Reads come from memory. Preset tours, tracking and moves to places on the globe are
not offered: they are in no space and no capability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif.auxiliary_commands import offered_commands
from bridge.onvif.configurations import PTZ
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.ptz_access import facet_of, mechanics, mechanics_of_profile, ptz_settings
from bridge.onvif.ptz_changes import set_ptz_configuration
from bridge.onvif.ptz_model import ptz_configuration_options, ptz_node
from bridge.onvif.ptz_vectors import show_status
from bridge.onvif.services import ptz_moves, ptz_presets
from bridge.onvif.types import ptz as messages
from bridge.onvif.types.ptz_moves import GetStatus, GetStatusResponse
from bridge.proto.soap.namespaces import TPTZ

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA)
async def get_nodes(call: Call, _request: messages.GetNodes) -> messages.GetNodesResponse:
    """Tell the one node."""
    return messages.GetNodesResponse(ptz_node=(_node(call),))


@operation(access=Access.READ_MEDIA)
async def get_node(call: Call, request: messages.GetNode) -> messages.GetNodeResponse:
    """Tell the node of a token."""
    if request.node_token != call.device.media.ptz_token:
        raise ClientFault("Sender", ("InvalidArgVal", "NoEntity"), f"There is no PTZ node '{request.node_token}'")
    return messages.GetNodeResponse(ptz_node=_node(call))


@operation(access=Access.READ_MEDIA)
async def get_configurations(call: Call, _request: messages.GetConfigurations) -> messages.GetConfigurationsResponse:
    """Tell the one configuration."""
    return messages.GetConfigurationsResponse(ptz_configuration=PTZ.matching(call.device.media))


@operation(access=Access.READ_MEDIA)
async def get_configuration(call: Call, request: messages.GetConfiguration) -> messages.GetConfigurationResponse:
    """Tell the configuration of a token, which is also the node's."""
    return messages.GetConfigurationResponse(
        ptz_configuration=PTZ.one(call.device.media, request.ptz_configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_configuration_options(
    call: Call, request: messages.GetConfigurationOptions
) -> messages.GetConfigurationOptionsResponse:
    """Tell spaces and time-outs."""
    media = call.device.media
    PTZ.one(media, request.configuration_token)
    return messages.GetConfigurationOptionsResponse(
        ptz_configuration_options=ptz_configuration_options(mechanics(media))
    )


@operation(access=Access.ACTUATE)
async def set_configuration(call: Call, request: messages.SetConfiguration) -> messages.SetConfigurationResponse:
    """Set the defaults of moves."""
    set_ptz_configuration(call.device, request.ptz_configuration)
    return messages.SetConfigurationResponse()


@operation(access=Access.READ_MEDIA)
async def get_compatible_configurations(
    call: Call, request: messages.GetCompatibleConfigurations
) -> messages.GetCompatibleConfigurationsResponse:
    """Tell the one configuration, which fits every profile."""
    return messages.GetCompatibleConfigurationsResponse(
        ptz_configuration=PTZ.compatible(call.device.media, request.profile_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_status(call: Call, request: GetStatus) -> GetStatusResponse:
    """Tell what is known of position and movement."""
    device = call.device
    ptz = mechanics_of_profile(device, request.profile_token)
    status = facet_of(device).status
    return GetStatusResponse(ptz_status=show_status(ptz, status, ptz_settings(device.media), device.clock.utc()))


def _node(call: Call) -> messages.PTZNode:
    device = call.device
    commands = offered_commands(device.camera)
    return ptz_node(mechanics(device.media), token=device.media.ptz_token, auxiliary_commands=commands)


def _capabilities(call: Call) -> messages.PtzCapabilities:
    ptz = mechanics(call.device.media)
    has_head = ptz.pan or ptz.tilt
    return messages.PtzCapabilities(
        e_flip=False,
        reverse=False,
        get_compatible_configurations=True,
        move_status=True,
        status_position=(ptz.pan_tilt_position or not has_head) and (ptz.zoom_position or not ptz.zoom),
    )


def _is_served(device: VirtualDevice) -> bool:
    return device.media.ptz is not None


SERVICE = Service(
    prefix="tptz",
    namespace=TPTZ,
    path="/onvif/ptz_service",
    version=(26, 6),
    operations=(
        *operations_of(__name__),
        *operations_of(ptz_moves.__name__),
        *operations_of(ptz_presets.__name__),
    ),
    is_served=_is_served,
    capabilities=_capabilities,
)
