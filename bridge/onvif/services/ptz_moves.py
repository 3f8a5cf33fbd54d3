"""The operations of the PTZ service that move the camera: absolute, relative and continuous moves, and Stop.

ONVIF PTZ Service Specification, "Move operations". `ptz_vectors` judges what is asked for, the device's
`MovementTimer` has it done. No operation waits until the camera has arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.core.ptz import PtzPosition, PtzTranslation, Velocity
from bridge.onvif.configurations import require_profile
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.ptz_access import mechanics_of_profile, not_supported, ptz_settings
from bridge.onvif.ptz_model import MAX_TIMEOUT
from bridge.onvif.ptz_vectors import read_position, read_speed, read_translation, read_velocity
from bridge.onvif.types import ptz_moves as messages

if TYPE_CHECKING:
    from datetime import timedelta


@operation(access=Access.ACTUATE)
async def absolute_move(call: Call, request: messages.AbsoluteMove) -> messages.AbsoluteMoveResponse:
    """Drive to a position. An axis left out goes on as it is."""
    device = call.device
    ptz = mechanics_of_profile(device, request.profile_token)
    if not (ptz.absolute_pan_tilt or ptz.absolute_zoom):
        raise not_supported("The camera cannot drive to a position")
    position = read_position(ptz, request.position, ptz_settings(device.media))
    speed = read_speed(ptz, request.speed, ptz_settings(device.media))
    if position != PtzPosition():
        await device.movement.move_to(position, speed=speed)
    return messages.AbsoluteMoveResponse()


@operation(access=Access.ACTUATE)
async def relative_move(call: Call, request: messages.RelativeMove) -> messages.RelativeMoveResponse:
    """Go a way from where the camera looks. An axis left out goes on as it is; zero stops it."""
    device = call.device
    ptz = mechanics_of_profile(device, request.profile_token)
    if not (ptz.relative_pan_tilt or ptz.relative_zoom):
        raise not_supported("The camera cannot go a way from where it looks")
    translation = read_translation(ptz, request.translation, ptz_settings(device.media))
    if translation.in_view:
        _require_picture(call, request.profile_token)
    speed = read_speed(ptz, request.speed, ptz_settings(device.media))
    stops_head, stops_zoom = translation.pan_tilt == (0.0, 0.0), translation.zoom == 0.0
    if stops_head or stops_zoom:
        await device.movement.stop(pan_tilt=stops_head, zoom=stops_zoom)
    way = PtzTranslation(
        pan_tilt=None if stops_head else translation.pan_tilt,
        zoom=None if stops_zoom else translation.zoom,
        in_view=translation.in_view,
    )
    if way.pan_tilt is not None or way.zoom is not None:
        await device.movement.move_by(way, speed=speed)
    return messages.RelativeMoveResponse()


@operation(access=Access.ACTUATE)
async def continuous_move(call: Call, request: messages.ContinuousMove) -> messages.ContinuousMoveResponse:
    """Start moving, for a limited time. An axis left out goes on as it is; zero stops it."""
    device = call.device
    ptz = mechanics_of_profile(device, request.profile_token)
    velocity = read_velocity(ptz, request.velocity)
    timeout = ptz_settings(device.media).timeout if request.timeout is None else _accepted(request.timeout)
    if velocity != Velocity():
        await device.movement.move(velocity, timeout_s=timeout.total_seconds())
    return messages.ContinuousMoveResponse()


@operation(access=Access.ACTUATE)
async def stop(call: Call, request: messages.Stop) -> messages.StopResponse:
    """Stop all axes, or those that are named."""
    mechanics_of_profile(call.device, request.profile_token)
    pan_tilt, zoom = request.pan_tilt is not False, request.zoom is not False
    if pan_tilt or zoom:
        await call.device.movement.stop(pan_tilt=pan_tilt, zoom=zoom)
    return messages.StopResponse()


def _require_picture(call: Call, profile_token: str) -> None:
    """Check that there is a picture for a way that is measured in it."""
    profile = require_profile(call.device.media, profile_token)
    if ConfigurationKind.VIDEO_SOURCE not in profile.configurations:
        reason = f"The media profile '{profile_token}' has no picture to measure the way in"
        raise ClientFault("Sender", ("InvalidArgVal", "SpaceNotSupported"), reason)


def _accepted(timeout: timedelta) -> timedelta:
    """Return the time-out, which may be shorter than a default can be: that hurts nobody."""
    if not 0 < timeout.total_seconds() <= MAX_TIMEOUT.total_seconds():
        reason = f"A time-out is at most {MAX_TIMEOUT.seconds} seconds"
        raise ClientFault("Sender", ("InvalidArgVal", "TimeoutNotSupported"), reason)
    return timeout
