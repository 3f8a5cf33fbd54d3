"""What clients set of the PTZ configuration; no camera keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PtzSettings:
    """The defaults of moves.

    Args:
        timeout: of a continuous move.
        pan_tilt_speed: 0..1 for pan and for tilt, of a drive. The faster counts: a drive has one speed.
        zoom_speed: 0..1, of a drive.
        limits_in_degrees: the limits of pan and tilt are shown as angles. They are always those of the mechanics.
        position_space: of pan and tilt, meant where a position names none; None for the generic one.
        translation_space: the same for a way.
    """

    timeout: timedelta = timedelta(seconds=10)
    pan_tilt_speed: tuple[float, float] = (0.5, 0.5)
    zoom_speed: float = 0.5
    limits_in_degrees: bool = False
    position_space: str | None = None
    translation_space: str | None = None
