"""The PTZ service: continuous moves, stop, status and presets.

ONVIF PTZ Service Specification. Reads come from memory; moves go through the device's `MovementTimer`, which ends
them. Absolute and relative moves, home position, tours and auxiliary commands are not offered: they are in no space
and no capability.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault, InvalidValue
from bridge.core.ptz import Velocity
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.ptz_model import (
    DEFAULT_SPEED,
    DEFAULT_TIMEOUT,
    MAX_TIMEOUT,
    ptz_configuration,
    ptz_configuration_options,
    ptz_node,
)
from bridge.onvif.types.ptz import (
    PAN_TILT_SPEED_SPACE,
    PAN_TILT_VELOCITY_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_VELOCITY_SPACE,
    ContinuousMove,
    ContinuousMoveResponse,
    GetCompatibleConfigurations,
    GetCompatibleConfigurationsResponse,
    GetConfiguration,
    GetConfigurationOptions,
    GetConfigurationOptionsResponse,
    GetConfigurationResponse,
    GetConfigurations,
    GetConfigurationsResponse,
    GetNode,
    GetNodeResponse,
    GetNodes,
    GetNodesResponse,
    GetPresets,
    GetPresetsResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetStatus,
    GetStatusResponse,
    GotoPreset,
    GotoPresetResponse,
    MoveStatus,
    PtzCapabilities,
    PTZConfiguration,
    PTZMoveStatus,
    PTZPreset,
    PTZSpeed,
    PTZStatus,
    PTZVector,
    RemovePreset,
    RemovePresetResponse,
    SetPreset,
    SetPresetResponse,
    Stop,
    StopResponse,
    Vector1D,
    Vector2D,
)
from bridge.proto.soap.namespaces import TPTZ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from bridge.core.ptz import Ptz, PtzDescription
    from bridge.onvif.device import VirtualDevice

_PRESET_FAULTS = {
    "no_preset": ("Sender", ("InvalidArgVal", "NoToken")),
    "invalid_name": ("Sender", ("InvalidArgVal", "InvalidPresetName")),
    "too_many_presets": ("Receiver", ("Action", "TooManyPresets")),
    "moving": ("Receiver", ("Action", "MovingPTZ")),
}


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(call: Call, _request: GetServiceCapabilities) -> GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA)
async def get_nodes(call: Call, _request: GetNodes) -> GetNodesResponse:
    """Tell the one node."""
    return GetNodesResponse(ptz_node=(ptz_node(_described(call), token=call.device.media.ptz_token),))


@operation(access=Access.READ_MEDIA)
async def get_node(call: Call, request: GetNode) -> GetNodeResponse:
    """Tell the node of a token."""
    _require_token(call, request.node_token, subcode="NoEntity")
    return GetNodeResponse(ptz_node=ptz_node(_described(call), token=request.node_token))


@operation(access=Access.READ_MEDIA)
async def get_configurations(call: Call, _request: GetConfigurations) -> GetConfigurationsResponse:
    """Tell the one configuration."""
    return GetConfigurationsResponse(ptz_configuration=(_configuration(call),))


@operation(access=Access.READ_MEDIA)
async def get_configuration(call: Call, request: GetConfiguration) -> GetConfigurationResponse:
    """Tell the configuration of a token, which is also the node's."""
    _require_token(call, request.ptz_configuration_token, subcode="NoConfig")
    return GetConfigurationResponse(ptz_configuration=_configuration(call))


@operation(access=Access.READ_MEDIA)
async def get_configuration_options(call: Call, request: GetConfigurationOptions) -> GetConfigurationOptionsResponse:
    """Tell spaces and time-outs."""
    _require_token(call, request.configuration_token, subcode="NoConfig")
    return GetConfigurationOptionsResponse(ptz_configuration_options=ptz_configuration_options(_described(call)))


@operation(access=Access.READ_MEDIA)
async def get_compatible_configurations(
    call: Call, request: GetCompatibleConfigurations
) -> GetCompatibleConfigurationsResponse:
    """Tell the one configuration, which fits every profile."""
    _require_profile(call, request.profile_token)
    return GetCompatibleConfigurationsResponse(ptz_configuration=(_configuration(call),))


@operation(access=Access.READ_MEDIA)
async def get_status(call: Call, request: GetStatus) -> GetStatusResponse:
    """Tell what is known of position and movement, from memory."""
    ptz = _require_profile(call, request.profile_token)
    status = _facet(call).status
    pan_tilt = None if status.pan_tilt is None else Vector2D(x=status.pan_tilt[0], y=status.pan_tilt[1])
    zoom = None if status.zoom is None else Vector1D(x=status.zoom)
    return GetStatusResponse(
        ptz_status=PTZStatus(
            position=PTZVector(pan_tilt=pan_tilt, zoom=zoom) if pan_tilt or zoom else None,
            move_status=PTZMoveStatus(
                pan_tilt=_move_status(status.pan_tilt_moving) if ptz.pan or ptz.tilt else None,
                zoom=_move_status(status.zoom_moving) if ptz.zoom else None,
            ),
            utc_time=call.device.clock.utc(),
        )
    )


@operation(access=Access.ACTUATE)
async def continuous_move(call: Call, request: ContinuousMove) -> ContinuousMoveResponse:
    """Start moving, for a limited time. An axis left out goes on as it is; zero stops it."""
    ptz = _require_profile(call, request.profile_token)
    velocity = _velocity(ptz, request.velocity)
    timeout_s = _timeout_s(request.timeout)
    if velocity != Velocity():
        await call.device.movement.move(velocity, timeout_s=timeout_s)
    return ContinuousMoveResponse()


@operation(access=Access.ACTUATE)
async def stop(call: Call, request: Stop) -> StopResponse:
    """Stop all axes, or those that are named."""
    _require_profile(call, request.profile_token)
    pan_tilt, zoom = request.pan_tilt is not False, request.zoom is not False
    if pan_tilt or zoom:
        await call.device.movement.stop(pan_tilt=pan_tilt, zoom=zoom)
    return StopResponse()


@operation(access=Access.READ_MEDIA)
async def get_presets(call: Call, request: GetPresets) -> GetPresetsResponse:
    """Tell the stored positions."""
    ptz = _require_profile(call, request.profile_token)
    return GetPresetsResponse(preset=tuple(PTZPreset(token=each.token, name=each.name) for each in ptz.presets))


@operation(access=Access.ACTUATE)
async def set_preset(call: Call, request: SetPreset) -> SetPresetResponse:
    """Store the present position."""
    _require_profile(call, request.profile_token)
    with _preset_faults():
        token = await _facet(call).set_preset(token=request.preset_token or None, name=request.preset_name or None)
    return SetPresetResponse(preset_token=token)


@operation(access=Access.ACTUATE)
async def goto_preset(call: Call, request: GotoPreset) -> GotoPresetResponse:
    """Drive to a stored position."""
    ptz = _require_profile(call, request.profile_token)
    speed = _speed(request.speed)
    with _preset_faults():
        await call.device.movement.go_to_preset(request.preset_token, speed=speed if ptz.speed_control else None)
    return GotoPresetResponse()


@operation(access=Access.ACTUATE)
async def remove_preset(call: Call, request: RemovePreset) -> RemovePresetResponse:
    """Forget a stored position."""
    _require_profile(call, request.profile_token)
    with _preset_faults():
        await _facet(call).remove_preset(request.preset_token)
    return RemovePresetResponse()


def _described(call: Call) -> PtzDescription:
    """Return the camera's mechanics.

    Raises:
        ClientFault: it has none (any more).
    """
    description = call.device.camera.description
    if description is None or description.ptz is None:
        raise ClientFault("Sender", ("InvalidArgVal", "NoPTZProfile"), "The camera cannot pan, tilt or zoom")
    return description.ptz


def _facet(call: Call) -> Ptz:
    facet = call.device.camera.facets.ptz
    if facet is None:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The camera cannot pan, tilt or zoom")
    return facet


def _require_profile(call: Call, profile_token: str) -> PtzDescription:
    profile = call.device.media.profile(profile_token)
    if profile is None:
        raise ClientFault("Sender", ("InvalidArgVal", "NoProfile"), f"There is no media profile '{profile_token}'")
    if profile.ptz_token is None:
        reason = f"The media profile '{profile_token}' has no PTZ configuration"
        raise ClientFault("Sender", ("InvalidArgVal", "NoPTZProfile"), reason)
    return _described(call)


def _require_token(call: Call, token: str, *, subcode: str) -> None:
    if token != call.device.media.ptz_token:
        raise ClientFault("Sender", ("InvalidArgVal", subcode), f"There is no PTZ node or configuration '{token}'")


def _configuration(call: Call) -> PTZConfiguration:
    media = call.device.media
    return ptz_configuration(_described(call), token=media.ptz_token, use_count=media.use_count(media.ptz_token))


def _move_status(moving: bool) -> MoveStatus:
    return MoveStatus.MOVING if moving else MoveStatus.IDLE


def _velocity(ptz: PtzDescription, asked: PTZSpeed) -> Velocity:
    """Return the velocity in generic spaces; axes that the camera does not have may be asked to stand still.

    Raises:
        ClientFault: a space, an axis or a value that is not offered.
    """
    head, zoom = asked.pan_tilt, asked.zoom
    pan_tilt = None
    if head is not None:
        _require_space(head.space, PAN_TILT_VELOCITY_SPACE)
        pan_tilt = (_component(head.x, exists=ptz.pan), _component(head.y, exists=ptz.tilt))
    zoom_velocity = None
    if zoom is not None:
        _require_space(zoom.space, ZOOM_VELOCITY_SPACE)
        zoom_velocity = _component(zoom.x, exists=ptz.zoom)
    return Velocity(
        pan_tilt=pan_tilt if ptz.pan or ptz.tilt else None,
        zoom=zoom_velocity if ptz.zoom else None,
    )


def _component(value: float, *, exists: bool) -> float:
    if value and not exists:
        raise ClientFault("Sender", ("InvalidArgVal", "SpaceNotSupported"), "The camera does not have this axis")
    if not -1.0 <= value <= 1.0:
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidVelocity"), "A velocity lies between -1 and 1")
    return value


def _speed(asked: PTZSpeed | None) -> float:
    """Return one speed for all axes: that of pan and tilt, else that of zoom, else the default."""
    if asked is None:
        return DEFAULT_SPEED
    head, zoom = asked.pan_tilt, asked.zoom
    speeds = []
    if zoom is not None:
        _require_space(zoom.space, ZOOM_SPEED_SPACE)
        speeds.append(zoom.x)
    if head is not None:
        _require_space(head.space, PAN_TILT_SPEED_SPACE)
        speeds.extend((head.x, head.y))
    if not all(0.0 <= speed <= 1.0 for speed in speeds):
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidSpeed"), "A speed lies between 0 and 1")
    if head is not None:
        return max(head.x, head.y)
    return DEFAULT_SPEED if zoom is None else zoom.x


def _require_space(space: str | None, offered: str) -> None:
    if space and space != offered:
        raise ClientFault("Sender", ("InvalidArgVal", "SpaceNotSupported"), f"The only space here is {offered}")


def _timeout_s(asked: timedelta | None) -> float:
    timeout_s = (DEFAULT_TIMEOUT if asked is None else asked).total_seconds()
    if not 0 < timeout_s <= MAX_TIMEOUT.total_seconds():
        raise ClientFault(
            "Sender", ("InvalidArgVal", "TimeoutNotSupported"), f"A time-out is at most {MAX_TIMEOUT.seconds} seconds"
        )
    return timeout_s


@contextmanager
def _preset_faults() -> Iterator[None]:
    """Turn the well-known refusals of presets into the faults that the specification names."""
    try:
        yield
    except InvalidValue as error:
        if error.reason not in _PRESET_FAULTS:
            raise
        code, subcodes = _PRESET_FAULTS[error.reason]
        raise ClientFault(code, subcodes, str(error)) from error


def _capabilities(call: Call) -> PtzCapabilities:
    ptz = _described(call)
    return PtzCapabilities(
        e_flip=False,
        reverse=False,
        get_compatible_configurations=True,
        move_status=True,
        status_position=ptz.pan_tilt_position and ptz.zoom_position,
    )


def _is_served(device: VirtualDevice) -> bool:
    description = device.camera.description
    return description is not None and description.ptz is not None


SERVICE = Service(
    prefix="tptz",
    namespace=TPTZ,
    path="/onvif/ptz_service",
    version=(26, 6),
    operations=operations_of(__name__),
    is_served=_is_served,
    capabilities=_capabilities,
)
