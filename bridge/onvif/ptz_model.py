"""The PTZ node and configuration of a virtual device, derived from the camera's mechanics.

PTZ Service Specification, "PTZ node", "PTZ configuration" and "Predefined PTZ spaces". There is one node with one
configuration, under the same token: some clients ask for one with the name of the other. Spaces say what can really
be asked for, so they are also what requests are judged by (`ptz_vectors`). The media services show the same
configuration inside their profiles.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.ptz import (
    IN_VIEW_TRANSLATION_SPACE,
    PAN_TILT_POSITION_SPACE,
    PAN_TILT_SPEED_SPACE,
    PAN_TILT_TRANSLATION_SPACE,
    PAN_TILT_VELOCITY_SPACE,
    SPHERICAL_POSITION_SPACE,
    ZOOM_POSITION_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_TRANSLATION_SPACE,
    ZOOM_VELOCITY_SPACE,
    DurationRange,
    PanTiltLimits,
    PTZConfiguration,
    PTZConfigurationOptions,
    PTZNode,
    PTZSpaces,
    PTZSpeed,
    Space1DDescription,
    Space2DDescription,
    Vector1D,
    Vector2D,
    ZoomLimits,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.core.camera import Camera
    from bridge.core.ptz import PtzDescription
    from bridge.core.units import Range
    from bridge.onvif.settings.ptz import PtzSettings

MIN_TIMEOUT = timedelta(seconds=1)
MAX_TIMEOUT = timedelta(minutes=5)
"""Longest continuous move: a camera whose client died turns no longer than this."""

_BOTH_WAYS = FloatRange(min=-1.0, max=1.0)
_ONE_WAY = FloatRange(min=0.0, max=1.0)
_NO_MOVEMENT = FloatRange(min=0.0, max=0.0)


def usable_mechanics(camera: Camera) -> PtzDescription | None:
    """Return what a camera's mechanics can be asked to do: as described, less what there is no facet for.

    Without the facet that moves, stops and knows how things stand there is nothing to ask, nor to show.
    """
    description, facets = camera.description, camera.facets
    if description is None or description.ptz is None or facets.ptz is None:
        return None
    ptz = description.ptz
    if facets.drives is None:
        ptz = replace(
            ptz,
            absolute_pan_tilt=False,
            absolute_zoom=False,
            relative_pan_tilt=False,
            relative_zoom=False,
            in_view=False,
        )
    return ptz if facets.home is not None else replace(ptz, home=False)


def ptz_node(ptz: PtzDescription, *, token: str, auxiliary_commands: tuple[str, ...]) -> PTZNode:
    """Return the node."""
    return PTZNode(
        token=token,
        fixed_home_position=ptz.fixed_home if ptz.home else None,
        geo_move=False,
        name="PTZ",
        supported_ptz_spaces=ptz_spaces(ptz),
        maximum_number_of_presets=ptz.max_presets,
        home_supported=ptz.home,
        auxiliary_commands=auxiliary_commands,
    )


def ptz_configuration(
    ptz: PtzDescription, settings: PtzSettings, *, token: str, name: str, use_count: int
) -> PTZConfiguration:
    """Return the configuration; `use_count` is the number of media profiles that hold it."""
    spaces = ptz_spaces(ptz)
    positions, translations = spaces.absolute_pan_tilt_position_space, spaces.relative_pan_tilt_translation_space
    return PTZConfiguration(
        token=token,
        name=name,
        use_count=use_count,
        node_token=token,
        default_absolute_pan_tilt_position_space=default_space(positions, settings.position_space),
        default_absolute_zoom_position_space=default_space(spaces.absolute_zoom_position_space),
        default_relative_pan_tilt_translation_space=default_space(translations, settings.translation_space),
        default_relative_zoom_translation_space=default_space(spaces.relative_zoom_translation_space),
        default_continuous_pan_tilt_velocity_space=default_space(spaces.continuous_pan_tilt_velocity_space),
        default_continuous_zoom_velocity_space=default_space(spaces.continuous_zoom_velocity_space),
        default_ptz_speed=_default_speed(spaces, settings),
        default_ptz_timeout=settings.timeout,
        pan_tilt_limits=_pan_tilt_limits(spaces, settings),
        zoom_limits=next((ZoomLimits(range=space) for space in spaces.absolute_zoom_position_space), None),
    )


def ptz_configuration_options(ptz: PtzDescription) -> PTZConfigurationOptions:
    """Return the spaces and the range of time-outs."""
    return PTZConfigurationOptions(spaces=ptz_spaces(ptz), ptz_timeout=DurationRange(min=MIN_TIMEOUT, max=MAX_TIMEOUT))


def ptz_spaces(ptz: PtzDescription) -> PTZSpaces:
    """Return the spaces. An axis that is missing beside another has a range without any movement in it."""
    head, has_speed = ptz.pan or ptz.tilt, ptz.speed_control
    return PTZSpaces(
        absolute_pan_tilt_position_space=_position_spaces(ptz) if ptz.absolute_pan_tilt else (),
        absolute_zoom_position_space=_space(ZOOM_POSITION_SPACE, _ONE_WAY, exists=ptz.absolute_zoom),
        relative_pan_tilt_translation_space=_translation_spaces(ptz) if ptz.relative_pan_tilt else (),
        relative_zoom_translation_space=_space(ZOOM_TRANSLATION_SPACE, _BOTH_WAYS, exists=ptz.relative_zoom),
        continuous_pan_tilt_velocity_space=(_head_space(PAN_TILT_VELOCITY_SPACE, ptz),) if head else (),
        continuous_zoom_velocity_space=_space(ZOOM_VELOCITY_SPACE, _BOTH_WAYS, exists=ptz.zoom),
        pan_tilt_speed_space=_space(PAN_TILT_SPEED_SPACE, _ONE_WAY, exists=head and has_speed),
        zoom_speed_space=_space(ZOOM_SPEED_SPACE, _ONE_WAY, exists=ptz.zoom and has_speed),
    )


def default_space(offered: Sequence[Space1DDescription | Space2DDescription], chosen: str | None = None) -> str | None:
    """Return the space that is meant where none is named: the chosen one if it is offered, else the first, if any."""
    uris = [space.uri for space in offered]
    return chosen if chosen in uris else next(iter(uris), None)


def _position_spaces(ptz: PtzDescription) -> tuple[Space2DDescription, ...]:
    generic = _head_space(PAN_TILT_POSITION_SPACE, ptz)
    if ptz.pan_degrees is None or ptz.tilt_degrees is None:
        return (generic,)
    spherical = Space2DDescription(
        uri=SPHERICAL_POSITION_SPACE, x_range=_degrees(ptz.pan_degrees), y_range=_degrees(ptz.tilt_degrees)
    )
    return (generic, spherical)


def _translation_spaces(ptz: PtzDescription) -> tuple[Space2DDescription, ...]:
    uris = (PAN_TILT_TRANSLATION_SPACE, *((IN_VIEW_TRANSLATION_SPACE,) if ptz.in_view else ()))
    return tuple(_head_space(uri, ptz) for uri in uris)


def _head_space(uri: str, ptz: PtzDescription) -> Space2DDescription:
    return Space2DDescription(
        uri=uri,
        x_range=_BOTH_WAYS if ptz.pan else _NO_MOVEMENT,
        y_range=_BOTH_WAYS if ptz.tilt else _NO_MOVEMENT,
    )


def _space(uri: str, values: FloatRange, *, exists: bool) -> tuple[Space1DDescription, ...]:
    return (Space1DDescription(uri=uri, x_range=values),) if exists else ()


def _degrees(angles: Range) -> FloatRange:
    return FloatRange(min=float(angles.minimum), max=float(angles.maximum))


def _default_speed(spaces: PTZSpaces, settings: PtzSettings) -> PTZSpeed | None:
    pan, tilt = settings.pan_tilt_speed
    head = Vector2D(x=pan, y=tilt, space=PAN_TILT_SPEED_SPACE) if spaces.pan_tilt_speed_space else None
    zoom = Vector1D(x=settings.zoom_speed, space=ZOOM_SPEED_SPACE) if spaces.zoom_speed_space else None
    return PTZSpeed(pan_tilt=head, zoom=zoom) if head or zoom else None


def _pan_tilt_limits(spaces: PTZSpaces, settings: PtzSettings) -> PanTiltLimits | None:
    """Word the limits: those of the mechanics, in the space that the client has set, or else the default."""
    limits = [PanTiltLimits(range=space) for space in spaces.absolute_pan_tilt_position_space]
    if not limits:
        return None
    return limits[-1] if settings.limits_in_degrees else limits[0]
