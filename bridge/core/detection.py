"""Where a camera looks for motion: polygons or a grid of cells, and the facet that sets them.

Which of both a camera has is in its description; polygons are in the normalised picture of `core.overlay`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bridge.core.overlay import Point


@dataclass(frozen=True, slots=True)
class MotionRegion:
    """A part of the picture where motion counts; `sensitivity` 0..1. `name` tells regions apart.

    Motion in it is the event `EventKind.MOTION_REGION` with the name as its source.
    """

    name: str
    polygon: tuple[Point, ...]
    armed: bool = True
    sensitivity: float = 0.5


@dataclass(frozen=True, slots=True)
class MotionRegionsDescription:
    """The regions, and what can be made of them. `single_sensitivity`: all regions share one."""

    regions: tuple[MotionRegion, ...]
    most: int
    least_points: int = 3
    most_points: int = 8
    disarm: bool = True
    single_sensitivity: bool = False


@dataclass(frozen=True, slots=True)
class MotionGrid:
    """Motion detection by cells, row by row from the upper left; `active` has columns x rows items."""

    columns: int
    rows: int
    active: tuple[bool, ...]
    sensitivity: float = 0.5


class MotionDetection(Protocol):
    """Sets where motion is looked for. When a call returns, the camera's description shows its effect."""

    async def set_regions(self, regions: tuple[MotionRegion, ...]) -> None:
        """Replace all regions, in this order.

        A camera may give them names of its own; the same ones come out in the same order.

        Raises:
            InvalidValue: `too_many_regions`, or `polygon` if the camera does not take one of them.
        """

    async def set_grid(self, grid: MotionGrid) -> None:
        """Set the cells and the sensitivity; columns and rows are the camera's.

        Raises:
            InvalidValue: `grid`, if the camera does not take this one.
        """
