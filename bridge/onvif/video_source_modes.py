"""Modes of the one video source: what Media and Media2 say alike, and how one is chosen.

ONVIF Media and Media2 Service Specifications, "Video source mode". The modes come from the camera's description.
Where nobody can choose, only the one in force is shown. Which configurations a mode makes possible shows in the
camera's description afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault, InvalidValue

if TYPE_CHECKING:
    from bridge.core.camera import Camera
    from bridge.core.sensor import SensorMode
    from bridge.onvif.device import VirtualDevice


def has_modes_to_choose(camera: Camera) -> bool:
    """Return whether there are modes and one can be chosen: what the capability VideoSourceMode promises."""
    description = camera.description
    return description is not None and bool(description.sensor_modes) and camera.facets.sensor_modes is not None


def offered_modes(device: VirtualDevice, source_token: str) -> tuple[SensorMode, ...]:
    """Return the modes of a video source, at least one.

    Raises:
        ClientFault: NoVideoSource, or ActionNotSupported if the camera has no modes.
    """
    description = device.camera.description
    if description is None or source_token != device.media.video_source_token:
        raise ClientFault("Sender", ("InvalidArgVal", "NoVideoSource"), f"There is no video source '{source_token}'")
    is_choice = device.camera.facets.sensor_modes is not None
    modes = tuple(each for each in description.sensor_modes if is_choice or each.token == description.sensor_mode)
    if not modes:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The video source has no modes")
    return modes


def is_in_force(device: VirtualDevice, mode: SensorMode) -> bool:
    """Return whether a mode is the present one."""
    description = device.camera.description
    return description is not None and mode.token == description.sensor_mode


async def choose_mode(device: VirtualDevice, source_token: str, mode_token: str) -> bool:
    """Put a video source into a mode, and return whether the device reboots for it, soon after the answer.

    Raises:
        ClientFault: NoVideoSource, NoVideoSourceMode, or ActionNotSupported if the camera has no modes.
        CameraError: the camera could not be put into the mode.
    """
    mode = next((each for each in offered_modes(device, source_token) if each.token == mode_token), None)
    if mode is None:
        raise _no_mode(f"There is no video source mode '{mode_token}'")
    facet = device.camera.facets.sensor_modes
    # Without the facet only the mode in force is offered.
    if facet is None or is_in_force(device, mode):
        return False
    try:
        await facet.choose(mode_token)
    except InvalidValue as error:
        raise _no_mode(str(error)) from error
    device.broker.follow_description()
    if mode.reboots:
        device.restart()
    return mode.reboots


def _no_mode(reason: str) -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal", "NoVideoSourceMode"), reason)
