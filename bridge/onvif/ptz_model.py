"""The PTZ node and configuration of a virtual device, derived from the camera's mechanics.

PTZ Service Specification, "PTZ model". There is one node with one configuration, under the same token: some clients
ask for one with the name of the other. Limits belong to absolute positions, which are not offered, so none are set.
The media services show the same configuration inside their profiles.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.ptz import (
    PAN_TILT_SPEED_SPACE,
    PAN_TILT_VELOCITY_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_VELOCITY_SPACE,
    DurationRange,
    PTZConfiguration,
    PTZConfigurationOptions,
    PTZNode,
    PTZSpaces,
    PTZSpeed,
    Space1DDescription,
    Space2DDescription,
    Vector1D,
    Vector2D,
)

if TYPE_CHECKING:
    from bridge.core.ptz import PtzDescription

DEFAULT_SPEED = 0.5
"""Speed of a drive to a preset when the client names none."""

DEFAULT_TIMEOUT = timedelta(seconds=10)
MIN_TIMEOUT = timedelta(seconds=1)
MAX_TIMEOUT = timedelta(minutes=5)
"""Longest continuous move: a camera whose client died turns no longer than this."""

_VELOCITY = FloatRange(min=-1.0, max=1.0)
_SPEED = FloatRange(min=0.0, max=1.0)
_NO_MOVEMENT = FloatRange(min=0.0, max=0.0)


def ptz_node(ptz: PtzDescription, *, token: str) -> PTZNode:
    """Return the node."""
    return PTZNode(
        token=token,
        fixed_home_position=False,
        geo_move=False,
        name="PTZ",
        supported_ptz_spaces=ptz_spaces(ptz),
        maximum_number_of_presets=ptz.max_presets,
        home_supported=False,
    )


def ptz_configuration(ptz: PtzDescription, *, token: str, use_count: int) -> PTZConfiguration:
    """Return the configuration; `use_count` is the number of media profiles that hold it."""
    moves_head = ptz.pan or ptz.tilt
    return PTZConfiguration(
        token=token,
        name="PTZ",
        use_count=use_count,
        node_token=token,
        default_continuous_pan_tilt_velocity_space=PAN_TILT_VELOCITY_SPACE if moves_head else None,
        default_continuous_zoom_velocity_space=ZOOM_VELOCITY_SPACE if ptz.zoom else None,
        default_ptz_speed=_default_speed(ptz) if ptz.speed_control else None,
        default_ptz_timeout=DEFAULT_TIMEOUT,
    )


def ptz_configuration_options(ptz: PtzDescription) -> PTZConfigurationOptions:
    """Return the spaces and the range of time-outs."""
    return PTZConfigurationOptions(spaces=ptz_spaces(ptz), ptz_timeout=DurationRange(min=MIN_TIMEOUT, max=MAX_TIMEOUT))


def ptz_spaces(ptz: PtzDescription) -> PTZSpaces:
    """Return the spaces: continuous velocities for what moves, speeds for drives to presets where they can be set."""
    head = Space2DDescription(
        uri=PAN_TILT_VELOCITY_SPACE,
        x_range=_VELOCITY if ptz.pan else _NO_MOVEMENT,
        y_range=_VELOCITY if ptz.tilt else _NO_MOVEMENT,
    )
    zoom = Space1DDescription(uri=ZOOM_VELOCITY_SPACE, x_range=_VELOCITY)
    head_speed = Space1DDescription(uri=PAN_TILT_SPEED_SPACE, x_range=_SPEED)
    zoom_speed = Space1DDescription(uri=ZOOM_SPEED_SPACE, x_range=_SPEED)
    moves_head = ptz.pan or ptz.tilt
    return PTZSpaces(
        continuous_pan_tilt_velocity_space=(head,) if moves_head else (),
        continuous_zoom_velocity_space=(zoom,) if ptz.zoom else (),
        pan_tilt_speed_space=(head_speed,) if moves_head and ptz.speed_control else (),
        zoom_speed_space=(zoom_speed,) if ptz.zoom and ptz.speed_control else (),
    )


def _default_speed(ptz: PtzDescription) -> PTZSpeed:
    head = Vector2D(x=DEFAULT_SPEED, y=DEFAULT_SPEED, space=PAN_TILT_SPEED_SPACE)
    zoom = Vector1D(x=DEFAULT_SPEED, space=ZOOM_SPEED_SPACE)
    return PTZSpeed(pan_tilt=head if ptz.pan or ptz.tilt else None, zoom=zoom if ptz.zoom else None)
