"""Picture controls and focus: how they are set, within which limits, and the facets that set them.

Levels are 0..100, whatever the camera's own steps are. A control that a camera does not have is `None` everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bridge.core.units import Range


class IrCutMode(StrEnum):
    """The infrared filter: `ON` blocks infrared (day, colour), `OFF` lets it pass (night)."""

    ON = "ON"
    OFF = "OFF"
    AUTO = "AUTO"


class AutoMode(StrEnum):
    """Who decides: the camera or the user."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class ExposurePriority(StrEnum):
    """What automatic exposure sacrifices last."""

    LOW_NOISE = "LowNoise"
    FRAME_RATE = "FrameRate"


@dataclass(frozen=True, slots=True)
class Levelled:
    """A function that is on or off, with a strength 0..100 where it has one."""

    on: bool
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the exposure is controlled; times in microseconds, gains in the camera's own steps.

    The limits are for automatic exposure, `exposure_time_us` and `gain` for manual. None means that there is no such
    thing to see or to set here; one that exists is told in either mode.
    """

    mode: AutoMode
    priority: ExposurePriority | None = None
    min_exposure_time_us: float | None = None
    max_exposure_time_us: float | None = None
    min_gain: float | None = None
    max_gain: float | None = None
    exposure_time_us: float | None = None
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class WhiteBalance:
    """How colours are balanced; gains 0..100, for manual mode, but told in either."""

    mode: AutoMode
    cr_gain: float | None = None
    cb_gain: float | None = None


@dataclass(frozen=True, slots=True)
class ImagingSettings:
    """The picture controls as they are set; `None` means that the camera has no such control. Levels 0..100."""

    brightness: float | None = None
    contrast: float | None = None
    color_saturation: float | None = None
    sharpness: float | None = None
    ir_cut_filter: IrCutMode | None = None
    backlight_compensation: Levelled | None = None
    wide_dynamic_range: Levelled | None = None
    exposure: Exposure | None = None
    white_balance: WhiteBalance | None = None
    noise_reduction: float | None = None
    auto_focus: AutoMode | None = None


@dataclass(frozen=True, slots=True)
class FocusDescription:
    """How the focus can be driven; positions 0 (near) .. 1 (far).

    `position` says that the position can be read, `speed_control` that the speed of a drive can be chosen.
    """

    continuous: bool = False
    absolute: bool = False
    relative: bool = False
    position: bool = False
    speed_control: bool = True


@dataclass(frozen=True, slots=True)
class ImagingDescription:
    """Picture controls with the modes that this camera knows for each.

    `exposure_time_us` and `gain` are the ranges for all times and gains of the exposure. `settable` names the fields
    of `ImagingSettings` that can be set; the others are as they are. `focus` is None when the focus cannot be driven.
    """

    settings: ImagingSettings
    ir_cut_modes: tuple[IrCutMode, ...] = ()
    exposure_modes: tuple[AutoMode, ...] = ()
    exposure_priorities: tuple[ExposurePriority, ...] = ()
    exposure_time_us: Range | None = None
    gain: Range | None = None
    white_balance_modes: tuple[AutoMode, ...] = ()
    auto_focus_modes: tuple[AutoMode, ...] = ()
    settable: frozenset[str] = frozenset()
    focus: FocusDescription | None = None


class Imaging(Protocol):
    """Sets the picture controls."""

    async def set(self, settings: ImagingSettings) -> None:
        """Set all controls; when this returns, the camera's description shows them.

        Args:
            settings: the whole picture; only what differs from the description is sent. Values lie within the
                description's limits, and only fields that are settable differ.

        Raises:
            InvalidValue: `settings`, if the camera does not take this combination; then nothing has changed.
        """


@dataclass(frozen=True, slots=True)
class FocusStatus:
    """Where the focus is (0..1, None where unknown) and whether it moves."""

    position: float | None
    moving: bool


class Focus(Protocol):
    """Drives the focus. Only what the description admits is asked for, and automatic focus is off by then if it can be.

    A new drive replaces the one before.
    """

    @property
    def status(self) -> FocusStatus:
        """The last known position and movement."""

    async def move(self, velocity: float) -> None:
        """Start moving at -1 (to near) .. 1 (to far), but not 0, until `stop` or the end of the range."""

    async def move_to(self, position: float, *, speed: float | None = None) -> None:
        """Start a drive to a position 0..1, `speed` 0..1."""

    async def move_by(self, distance: float, *, speed: float | None = None) -> None:
        """Start to go a distance -1..1 of the whole range, at the latest to its end."""

    async def stop(self) -> None:
        """Stop where it is."""
