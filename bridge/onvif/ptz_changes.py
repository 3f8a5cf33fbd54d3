"""Setting the PTZ configuration: the defaults of moves, which the device keeps.

ONVIF PTZ Service Specification, "SetConfiguration". Name, default time-out and default speeds can change, and default
spaces where there is a choice. Limits are those of the mechanics, but may be put in any space that positions have.
Everything else must be as it is, or left out, or the change is refused as a whole. Subscribers to events are told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif.configurations import PTZ
from bridge.onvif.encoder_choice import config_modify
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.profile_changes import MAX_NAME_CHARS
from bridge.onvif.ptz_access import mechanics, ptz_settings
from bridge.onvif.ptz_model import MAX_TIMEOUT, MIN_TIMEOUT, ptz_spaces
from bridge.onvif.ptz_vectors import check_speed
from bridge.onvif.types.ptz import SPHERICAL_POSITION_SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.settings.ptz import PtzSettings
    from bridge.onvif.types.ptz import PTZConfiguration, PTZSpaces, Space2DDescription

_AS_THEY_ARE = (
    "node_token",
    "default_absolute_zoom_position_space",
    "default_relative_zoom_translation_space",
    "default_continuous_pan_tilt_velocity_space",
    "default_continuous_zoom_velocity_space",
)
"""Fields that follow from the mechanics."""


def set_ptz_configuration(device: VirtualDevice, wished: PTZConfiguration) -> None:
    """Set the PTZ configuration.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    media = device.media
    present = PTZ.one(media, wished.token)
    for field in _AS_THEY_ARE:
        value = getattr(wished, field)
        if value and value != getattr(present, field):
            raise config_modify(f"{field} is {getattr(present, field)} and cannot be set")
    if len(wished.name) > MAX_NAME_CHARS:
        raise config_modify(f"Names have at most {MAX_NAME_CHARS} characters")
    spaces = ptz_spaces(mechanics(media))
    settings = _with_spaces(ptz_settings(media), wished, spaces)
    settings = _with_timeout(_with_speeds(_with_limits(settings, wished, spaces), wished, spaces), wished)
    media.store.keep_configuration(wished.token, replace(media.kept(wished.token), name=wished.name, ptz=settings))
    device.broker.configuration_changed(wished.token, ConfigurationKind.PTZ)


def _with_spaces(settings: PtzSettings, wished: PTZConfiguration, spaces: PTZSpaces) -> PtzSettings:
    position, translation = (
        wished.default_absolute_pan_tilt_position_space,
        wished.default_relative_pan_tilt_translation_space,
    )
    return replace(
        settings,
        position_space=_offered(position, spaces.absolute_pan_tilt_position_space) or settings.position_space,
        translation_space=_offered(translation, spaces.relative_pan_tilt_translation_space)
        or settings.translation_space,
    )


def _offered(space: str | None, offered: Sequence[Space2DDescription]) -> str | None:
    if space and space not in {each.uri for each in offered}:
        raise config_modify(f"There is no space {space} here")
    return space


def _with_timeout(settings: PtzSettings, wished: PTZConfiguration) -> PtzSettings:
    timeout = wished.default_ptz_timeout
    if timeout is None:
        return settings
    if not MIN_TIMEOUT <= timeout <= MAX_TIMEOUT:
        raise config_modify(f"A time-out lasts from {MIN_TIMEOUT.seconds} to {MAX_TIMEOUT.seconds} seconds")
    return replace(settings, timeout=timeout)


def _with_speeds(settings: PtzSettings, wished: PTZConfiguration, spaces: PTZSpaces) -> PtzSettings:
    speed = wished.default_ptz_speed
    if speed is None:
        return settings
    try:
        check_speed(speed, spaces)
    except ClientFault as fault:
        raise config_modify(f"Default speed: {fault.reason}") from fault
    if speed.pan_tilt is not None:
        settings = replace(settings, pan_tilt_speed=(speed.pan_tilt.x, speed.pan_tilt.y))
    if speed.zoom is not None:
        settings = replace(settings, zoom_speed=speed.zoom.x)
    return settings


def _with_limits(settings: PtzSettings, wished: PTZConfiguration, spaces: PTZSpaces) -> PtzSettings:
    head, zoom = wished.pan_tilt_limits, wished.zoom_limits
    if zoom is not None and zoom.range not in spaces.absolute_zoom_position_space:
        raise config_modify("The limits of zoom are those of the lens")
    if head is None:
        return settings
    if head.range not in spaces.absolute_pan_tilt_position_space:
        raise config_modify("The limits of pan and tilt are those of the mechanics")
    return replace(settings, limits_in_degrees=head.range.uri == SPHERICAL_POSITION_SPACE)
