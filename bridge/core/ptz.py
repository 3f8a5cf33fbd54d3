"""Pan, tilt and zoom: what a camera's mechanics can do, where it looks, and the facet that moves it.

Everything is in ONVIF's generic spaces: positions -1..1 for pan and tilt and 0..1 for zoom, velocities and
translations -1..1, speeds 0..1. x > 0 is to the right, y > 0 up, zoom > 0 closer. Drivers do the scaling.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.core.units import Range


@dataclass(frozen=True, slots=True)
class Preset:
    """A stored position. `token` is stable; `name` is what people see; `position` where it is, if known."""

    token: str
    name: str
    position: PtzPosition | None = None


@dataclass(frozen=True, slots=True)
class PtzPosition:
    """A place to look at: pan and tilt -1..1, zoom 0..1; None for "unknown", or "leave that axis as it is"."""

    pan_tilt: tuple[float, float] | None = None
    zoom: float | None = None


@dataclass(frozen=True, slots=True)
class PtzTranslation:
    """A way to go from where the camera looks: each component -1..1, or None for "leave that axis as it is".

    1.0 is the length from the middle of the range to its end. With `in_view` it is, for pan and tilt, the distance
    from the middle of the picture to its edge, whatever the zoom.
    """

    pan_tilt: tuple[float, float] | None = None
    zoom: float | None = None
    in_view: bool = False


@dataclass(frozen=True, slots=True)
class PtzSpeed:
    """How fast a drive to a place is, 0..1 per group of axes; None leaves it to the camera."""

    pan_tilt: float | None = None
    zoom: float | None = None


@dataclass(frozen=True, slots=True)
class PtzDescription:
    """What a camera's mechanics can do.

    `max_presets` 0 means that presets cannot be stored. `pan_tilt_position` and `zoom_position` say that the
    position can be read; `absolute_*` that it can be driven to, `relative_*` that a way can be gone, `in_view` that
    the way of pan and tilt can also be given in widths of the picture. `pan_degrees` and `tilt_degrees` are the
    angles at -1 and 1, to the right and up from the middle of the horizon, where they are known. `home` says that
    there is a home position to drive to, and that it can be set unless it is `fixed_home`.
    """

    pan: bool
    tilt: bool
    zoom: bool
    diagonal: bool = True
    speed_control: bool = True
    max_presets: int = 0
    presets: tuple[Preset, ...] = ()
    pan_tilt_position: bool = False
    zoom_position: bool = False
    absolute_pan_tilt: bool = False
    absolute_zoom: bool = False
    relative_pan_tilt: bool = False
    relative_zoom: bool = False
    in_view: bool = False
    pan_degrees: Range | None = None
    tilt_degrees: Range | None = None
    home: bool = False
    fixed_home: bool = False


@dataclass(frozen=True, slots=True)
class Velocity:
    """A movement: each component -1..1, or None for "leave that axis as it is"; 0.0 stops an axis."""

    pan_tilt: tuple[float, float] | None = None
    zoom: float | None = None


@dataclass(frozen=True, slots=True)
class PtzStatus:
    """Where the camera looks (None where unknown) and whether it moves."""

    pan_tilt: tuple[float, float] | None
    zoom: float | None
    pan_tilt_moving: bool
    zoom_moving: bool
    utc: datetime


class Ptz(Protocol):
    """Moves the camera, and keeps positions under names."""

    @property
    def status(self) -> PtzStatus:
        """The last known position and movement."""

    async def move(self, velocity: Velocity) -> None:
        """Start moving and keep moving until `stop` or another move: the caller owns the time-out."""

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        """Stop the axes named; the others go on."""

    async def set_preset(self, *, token: str | None, name: str | None) -> str:
        """Store the present position under a new token, or overwrite `token`; return the token.

        Raises:
            InvalidValue: `no_preset`, `preset_exists` (the name is another one's), `too_many_presets`,
                `invalid_name` or `moving`.
        """

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        """Drive to a stored position, `speed` 0.0..1.0.

        Raises:
            InvalidValue: `no_preset`.
        """

    async def remove_preset(self, token: str) -> None:
        """Forget a stored position.

        Raises:
            InvalidValue: `no_preset`.
        """


class Drives(Protocol):
    """Drives to places. Only what the description's `absolute_*`, `relative_*` and `in_view` admit is asked for."""

    async def move_to(self, position: PtzPosition, *, speed: PtzSpeed) -> None:
        """Start a drive to a position; it replaces every other movement of its axes and ends by itself."""

    async def move_by(self, translation: PtzTranslation, *, speed: PtzSpeed) -> None:
        """Start to go a way; it ends by itself, at the latest at the end of the range."""


class Home(Protocol):
    """The home position."""

    async def set_home(self) -> None:
        """Make the present position the home position; not called when the description says `fixed_home`.

        Raises:
            InvalidValue: `moving`, if the camera stores a position only while it stands still.
        """

    async def go_home(self, *, speed: float | None = None) -> None:
        """Drive to the home position, `speed` 0.0..1.0.

        Raises:
            InvalidValue: `no_home`, if none was ever set.
        """
