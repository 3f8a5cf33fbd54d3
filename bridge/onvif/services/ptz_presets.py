"""The operations of the PTZ service on stored positions, the home position among them, and auxiliary commands.

ONVIF PTZ Service Specification, "Preset operations", "Home position operations" and "Auxiliary operations".
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault, InvalidValue
from bridge.onvif.auxiliary_commands import offered_commands, send_command
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.ptz_access import facet_of, mechanics_of_profile, not_supported, ptz_settings
from bridge.onvif.ptz_vectors import read_single_speed, show_position
from bridge.onvif.types import ptz_presets as messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.ptz import Preset, PtzDescription
    from bridge.onvif.settings.ptz import PtzSettings

_FAULTS = {
    "no_preset": ("Sender", ("InvalidArgVal", "NoToken")),
    "preset_exists": ("Sender", ("InvalidArgVal", "PresetExist")),
    "invalid_name": ("Sender", ("InvalidArgVal", "InvalidPresetName")),
    "no_home": ("Sender", ("InvalidArgVal", "NoHomePosition")),
    "too_many_presets": ("Receiver", ("Action", "TooManyPresets")),
    "moving": ("Receiver", ("Action", "MovingPTZ")),
}


@operation(access=Access.READ_MEDIA)
async def get_presets(call: Call, request: messages.GetPresets) -> messages.GetPresetsResponse:
    """Tell the stored positions."""
    ptz = mechanics_of_profile(call.device, request.profile_token)
    settings = ptz_settings(call.device.media)
    return messages.GetPresetsResponse(preset=tuple(_shown(each, ptz, settings) for each in ptz.presets))


@operation(access=Access.ACTUATE)
async def set_preset(call: Call, request: messages.SetPreset) -> messages.SetPresetResponse:
    """Store the present position."""
    mechanics_of_profile(call.device, request.profile_token)
    facet = facet_of(call.device)
    with _faults_of_the_standard():
        token = await facet.set_preset(token=request.preset_token or None, name=request.preset_name or None)
    return messages.SetPresetResponse(preset_token=token)


@operation(access=Access.ACTUATE)
async def goto_preset(call: Call, request: messages.GotoPreset) -> messages.GotoPresetResponse:
    """Drive to a stored position."""
    device = call.device
    ptz = mechanics_of_profile(device, request.profile_token)
    speed = read_single_speed(ptz, request.speed, ptz_settings(device.media))
    with _faults_of_the_standard():
        await device.movement.go_to_preset(request.preset_token, speed=speed)
    return messages.GotoPresetResponse()


@operation(access=Access.ACTUATE)
async def remove_preset(call: Call, request: messages.RemovePreset) -> messages.RemovePresetResponse:
    """Forget a stored position."""
    mechanics_of_profile(call.device, request.profile_token)
    with _faults_of_the_standard():
        await facet_of(call.device).remove_preset(request.preset_token)
    return messages.RemovePresetResponse()


@operation(access=Access.ACTUATE)
async def set_home_position(call: Call, request: messages.SetHomePosition) -> messages.SetHomePositionResponse:
    """Make the present position the home position, unless that is fixed."""
    ptz = mechanics_of_profile(call.device, request.profile_token)
    facet = call.device.camera.facets.home
    if facet is None or not ptz.home:
        raise _no_home()
    if ptz.fixed_home:
        raise ClientFault("Receiver", ("Action", "CannotOverwriteHome"), "The camera's home position is fixed")
    with _faults_of_the_standard():
        await facet.set_home()
    return messages.SetHomePositionResponse()


@operation(access=Access.ACTUATE)
async def goto_home_position(call: Call, request: messages.GotoHomePosition) -> messages.GotoHomePositionResponse:
    """Drive to the home position."""
    device = call.device
    ptz = mechanics_of_profile(device, request.profile_token)
    if not ptz.home:
        raise _no_home()
    speed = read_single_speed(ptz, request.speed, ptz_settings(device.media))
    with _faults_of_the_standard():
        await device.movement.go_home(speed=speed)
    return messages.GotoHomePositionResponse()


@operation(access=Access.ACTUATE)
async def send_auxiliary_command(
    call: Call, request: messages.SendAuxiliaryCommand
) -> messages.SendAuxiliaryCommandResponse:
    """Have the camera execute one of the node's commands, and echo it."""
    mechanics_of_profile(call.device, request.profile_token)
    if not offered_commands(call.device.camera):
        raise not_supported("The camera has no auxiliary commands")
    await send_command(call.device.camera, request.auxiliary_data)
    return messages.SendAuxiliaryCommandResponse(auxiliary_response=request.auxiliary_data)


def _shown(preset: Preset, ptz: PtzDescription, settings: PtzSettings) -> messages.PTZPreset:
    position = None if preset.position is None else show_position(ptz, preset.position, settings)
    return messages.PTZPreset(token=preset.token, name=preset.name, ptz_position=position)


def _no_home() -> ClientFault:
    return not_supported("The camera has no home position")


@contextmanager
def _faults_of_the_standard() -> Iterator[None]:
    """Turn the well-known refusals of a camera into the faults that the specification names."""
    try:
        yield
    except InvalidValue as error:
        if error.reason not in _FAULTS:
            raise
        code, subcodes = _FAULTS[error.reason]
        raise ClientFault(code, subcodes, str(error)) from error
