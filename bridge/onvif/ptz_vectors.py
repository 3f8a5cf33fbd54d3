"""Positions, ways and speeds between the words of the PTZ service and those of the domain.

PTZ Service Specification, "Move operations" and "Predefined PTZ spaces". The spaces of the node say what is offered:
whatever lies outside is a fault, never pulled to the border. Without a space the default of the configuration is meant.
Pan and tilt, or zoom, that a camera cannot move may be asked to stand still.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation, Velocity
from bridge.onvif.ptz_model import default_space, ptz_spaces
from bridge.onvif.types.ptz import (
    IN_VIEW_TRANSLATION_SPACE,
    PAN_TILT_POSITION_SPACE,
    SPHERICAL_POSITION_SPACE,
    ZOOM_POSITION_SPACE,
    PTZVector,
    Space1DDescription,
    Space2DDescription,
    Vector1D,
    Vector2D,
)
from bridge.onvif.types.ptz_moves import MoveStatus, PTZMoveStatus, PTZStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bridge.core.ptz import PtzDescription, PtzStatus
    from bridge.core.units import Range
    from bridge.onvif.settings.ptz import PtzSettings
    from bridge.onvif.types.common import FloatRange
    from bridge.onvif.types.ptz import PTZSpaces, PTZSpeed

Space = TypeVar("Space", Space1DDescription, Space2DDescription)


def read_position(ptz: PtzDescription, asked: PTZVector, settings: PtzSettings) -> PtzPosition:
    """Return the position that is asked for.

    Raises:
        ClientFault: SpaceNotSupported, InvalidPosition.
    """
    spaces = ptz_spaces(ptz)
    offered = spaces.absolute_pan_tilt_position_space
    head, lens = _placed(asked.pan_tilt, offered, settings.position_space), asked.zoom
    if lens is not None and not ptz.zoom and not lens.x:
        # Clients always name a zoom; a lens that has none is where it is asked to be.
        lens = None
    return PtzPosition(
        pan_tilt=None if head is None else _head_position(ptz, head, offered),
        zoom=None if lens is None else _zoom(lens, spaces.absolute_zoom_position_space, fault="InvalidPosition"),
    )


def read_translation(ptz: PtzDescription, asked: PTZVector, settings: PtzSettings) -> PtzTranslation:
    """Return the way that is asked for; zeros mean to stand still.

    Raises:
        ClientFault: SpaceNotSupported, InvalidTranslation.
    """
    spaces = ptz_spaces(ptz)
    offered = spaces.relative_pan_tilt_translation_space
    head, zoom = _placed(asked.pan_tilt, offered, settings.translation_space), asked.zoom
    return PtzTranslation(
        pan_tilt=_moving_head(head, offered, fault="InvalidTranslation"),
        zoom=_moving_zoom(zoom, spaces.relative_zoom_translation_space, fault="InvalidTranslation"),
        in_view=head is not None and head.space == IN_VIEW_TRANSLATION_SPACE,
    )


def read_velocity(ptz: PtzDescription, asked: PTZSpeed) -> Velocity:
    """Return the velocity that is asked for.

    Raises:
        ClientFault: SpaceNotSupported, InvalidVelocity.
    """
    spaces = ptz_spaces(ptz)
    return Velocity(
        pan_tilt=_moving_head(asked.pan_tilt, spaces.continuous_pan_tilt_velocity_space, fault="InvalidVelocity"),
        zoom=_moving_zoom(asked.zoom, spaces.continuous_zoom_velocity_space, fault="InvalidVelocity"),
    )


def read_speed(ptz: PtzDescription, asked: PTZSpeed | None, settings: PtzSettings) -> PtzSpeed:
    """Return the speed of a drive: what is asked for, else the default; None where the camera decides.

    A speed of what has none is overlooked: clients name one for everything.

    Raises:
        ClientFault: SpaceNotSupported, InvalidSpeed.
    """
    spaces = ptz_spaces(ptz)
    pan_tilt = zoom = None
    if spaces.pan_tilt_speed_space:
        head = None if asked is None else asked.pan_tilt
        pan_tilt = max(settings.pan_tilt_speed) if head is None else _head_speed(head, spaces.pan_tilt_speed_space)
    if spaces.zoom_speed_space:
        lens = None if asked is None else asked.zoom
        zoom = settings.zoom_speed if lens is None else _zoom(lens, spaces.zoom_speed_space, fault="InvalidSpeed")
    return PtzSpeed(pan_tilt=pan_tilt, zoom=zoom)


def check_speed(asked: PTZSpeed, spaces: PTZSpaces) -> None:
    """Check a speed that is to become the default, where nothing is overlooked.

    Raises:
        ClientFault: SpaceNotSupported, InvalidSpeed.
    """
    if asked.pan_tilt is not None:
        _head_speed(asked.pan_tilt, spaces.pan_tilt_speed_space)
    if asked.zoom is not None:
        _zoom(asked.zoom, spaces.zoom_speed_space, fault="InvalidSpeed")


def read_single_speed(ptz: PtzDescription, asked: PTZSpeed | None, settings: PtzSettings) -> float | None:
    """Return one speed for all axes: that of pan and tilt, or that of zoom if only this is asked for or there.

    Raises:
        ClientFault: SpaceNotSupported, InvalidSpeed.
    """
    speed = read_speed(ptz, asked, settings)
    is_for_zoom = asked is not None and asked.pan_tilt is None and asked.zoom is not None
    if speed.pan_tilt is None or (is_for_zoom and speed.zoom is not None):
        return speed.zoom
    return speed.pan_tilt


def show_position(ptz: PtzDescription, place: PtzPosition, settings: PtzSettings) -> PTZVector | None:
    """Return a position in the default spaces, as far as it is known; None if nothing is."""
    if place.pan_tilt is None and place.zoom is None:
        return None
    return PTZVector(
        pan_tilt=None if place.pan_tilt is None else _shown_head(ptz, place.pan_tilt, settings),
        zoom=None if place.zoom is None else Vector1D(x=place.zoom, space=ZOOM_POSITION_SPACE),
    )


def show_status(ptz: PtzDescription, status: PtzStatus, settings: PtzSettings, utc: datetime) -> PTZStatus:
    """Return where the camera stands, as `show_position` does, and which of what it has moves."""
    return PTZStatus(
        position=show_position(ptz, PtzPosition(status.pan_tilt, status.zoom), settings),
        move_status=PTZMoveStatus(
            pan_tilt=_move_status(is_moving=status.pan_tilt_moving) if ptz.pan or ptz.tilt else None,
            zoom=_move_status(is_moving=status.zoom_moving) if ptz.zoom else None,
        ),
        utc_time=utc,
    )


def _move_status(*, is_moving: bool) -> MoveStatus:
    return MoveStatus.MOVING if is_moving else MoveStatus.IDLE


def _shown_head(ptz: PtzDescription, at: tuple[float, float], settings: PtzSettings) -> Vector2D:
    """Word where pan and tilt are; a camera may tell that without being able to drive there."""
    x, y = at
    space = default_space(ptz_spaces(ptz).absolute_pan_tilt_position_space, settings.position_space)
    if space == SPHERICAL_POSITION_SPACE and ptz.pan_degrees is not None and ptz.tilt_degrees is not None:
        return Vector2D(x=ptz.pan_degrees.at((x + 1) / 2), y=ptz.tilt_degrees.at((y + 1) / 2), space=space)
    return Vector2D(x=x, y=y, space=PAN_TILT_POSITION_SPACE)


def _placed(asked: Vector2D | None, offered: Sequence[Space2DDescription], chosen: str | None) -> Vector2D | None:
    """Return a vector with the space that is meant."""
    if asked is None or asked.space:
        return asked
    return replace(asked, space=default_space(offered, chosen))


def _head_position(ptz: PtzDescription, asked: Vector2D, offered: Sequence[Space2DDescription]) -> tuple[float, float]:
    x, y = _head(asked, offered, fault="InvalidPosition")
    # The space is only offered with both ranges known.
    if asked.space == SPHERICAL_POSITION_SPACE and ptz.pan_degrees is not None and ptz.tilt_degrees is not None:
        return _generic(x, ptz.pan_degrees), _generic(y, ptz.tilt_degrees)
    return x, y


def _generic(angle: float, angles: Range) -> float:
    """Return where an angle lies between -1 and 1; an axis that does not move is in the middle."""
    return 2 * angles.fraction(angle) - 1 if angles.span else 0.0


def _head_speed(asked: Vector2D, offered: Sequence[Space1DDescription]) -> float:
    """Return the faster of two speeds: a drive of pan and tilt has but one."""
    values = _space(asked.space, offered).x_range
    return max(_within(values, speed, fault="InvalidSpeed") for speed in (asked.x, asked.y))


def _moving_head(
    asked: Vector2D | None, offered: Sequence[Space2DDescription], *, fault: str
) -> tuple[float, float] | None:
    if asked is None or (not offered and not (asked.x or asked.y)):
        return None
    return _head(asked, offered, fault=fault)


def _moving_zoom(asked: Vector1D | None, offered: Sequence[Space1DDescription], *, fault: str) -> float | None:
    if asked is None or (not offered and not asked.x):
        return None
    return _zoom(asked, offered, fault=fault)


def _head(asked: Vector2D, offered: Sequence[Space2DDescription], *, fault: str) -> tuple[float, float]:
    space = _space(asked.space, offered)
    return _within(space.x_range, asked.x, fault=fault), _within(space.y_range, asked.y, fault=fault)


def _zoom(asked: Vector1D, offered: Sequence[Space1DDescription], *, fault: str) -> float:
    return _within(_space(asked.space, offered).x_range, asked.x, fault=fault)


def _space(uri: str | None, offered: Sequence[Space]) -> Space:
    for space in offered:
        if not uri or space.uri == uri:
            return space
    names = ", ".join(space.uri for space in offered)
    reason = f"The space is none of these: {names}" if names else "The camera does not move these axes like that"
    raise ClientFault("Sender", ("InvalidArgVal", "SpaceNotSupported"), reason)


def _within(values: FloatRange, value: float, *, fault: str) -> float:
    if not values.min <= value <= values.max:
        reason = f"{value:g} does not lie between {values.min:g} and {values.max:g}"
        raise ClientFault("Sender", ("InvalidArgVal", fault), reason)
    return value
