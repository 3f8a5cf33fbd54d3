"""What a camera draws into its picture: texts (on-screen display) and privacy masks, and the facets that set them.

Positions are in ONVIF's normalised picture: (-1, -1) is the lower left corner, (1, 1) the upper right.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bridge.core.units import Range

Point = tuple[float, float]
"""x and y, each -1..1."""


class OverlayKind(StrEnum):
    """What a text shows."""

    PLAIN = "Plain"
    DATE = "Date"
    TIME = "Time"
    DATE_AND_TIME = "DateAndTime"


class OverlayPlace(StrEnum):
    """Where a text stands; `CUSTOM` is at a point."""

    UPPER_LEFT = "UpperLeft"
    UPPER_RIGHT = "UpperRight"
    LOWER_LEFT = "LowerLeft"
    LOWER_RIGHT = "LowerRight"
    CUSTOM = "Custom"


@dataclass(frozen=True, slots=True)
class Overlay:
    """One text in the picture. `text` belongs to plain texts, the formats to dates and times, `at` to custom places.

    `font_size` None in a text that is to be made means: as the camera likes.
    """

    token: str
    kind: OverlayKind
    place: OverlayPlace
    text: str = ""
    at: Point | None = None
    date_format: str | None = None
    time_format: str | None = None
    font_size: int | None = None


@dataclass(frozen=True, slots=True)
class OverlaysDescription:
    """The texts in the picture, and what can be made of them.

    `most` counts all of them; `most_of` those of one kind, where that is fewer. Formats are those of the standard
    (`MM/dd/yyyy`, `HH:mm:ss`). `font_size` is None if it cannot be chosen.
    """

    overlays: tuple[Overlay, ...]
    most: int
    kinds: tuple[OverlayKind, ...]
    places: tuple[OverlayPlace, ...]
    most_of: tuple[tuple[OverlayKind, int], ...] = ()
    date_formats: tuple[str, ...] = ()
    time_formats: tuple[str, ...] = ()
    font_size: Range | None = None
    most_characters: int = 64


class Overlays(Protocol):
    """Sets the texts. When a call returns, the camera's description shows its effect."""

    async def create(self, overlay: Overlay) -> str:
        """Show another text and return its token; that of `overlay` is ignored.

        Raises:
            InvalidValue: `too_many_overlays`, or `overlay` if the camera does not take this one.
        """

    async def set(self, overlay: Overlay) -> None:
        """Change the text of that token.

        Raises:
            InvalidValue: `no_overlay`, or `overlay` if the camera does not take this one.
        """

    async def delete(self, token: str) -> None:
        """Take a text out of the picture.

        Raises:
            InvalidValue: `no_overlay`.
        """


Rgb = tuple[int, int, int]
"""Red, green and blue, each 0..255."""

BLACK: Rgb = (0, 0, 0)


class MaskKind(StrEnum):
    """How a mask hides what is behind it."""

    COLOR = "Color"
    PIXELATED = "Pixelated"
    BLURRED = "Blurred"


@dataclass(frozen=True, slots=True)
class Mask:
    """A part of the picture that nobody sees. The polygon has three corners or more."""

    token: str
    polygon: tuple[Point, ...]
    kind: MaskKind = MaskKind.COLOR
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class MasksDescription:
    """The privacy masks, and what can be made of them.

    With `rectangle_only` every polygon is as `rectangle_around` returns it. `color` is that of all masks of the kind
    `COLOR`; it cannot be chosen.
    """

    masks: tuple[Mask, ...]
    most: int
    most_points: int
    kinds: tuple[MaskKind, ...] = (MaskKind.COLOR,)
    rectangle_only: bool = False
    color: Rgb = BLACK


def rectangle_around(polygon: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the corners of the smallest upright rectangle around a polygon, clockwise from the lower left one."""
    left, right = min(x for x, _ in polygon), max(x for x, _ in polygon)
    bottom, top = min(y for _, y in polygon), max(y for _, y in polygon)
    return ((left, bottom), (left, top), (right, top), (right, bottom))


class Masks(Protocol):
    """Sets the privacy masks. When a call returns, the camera's description shows its effect."""

    async def create(self, mask: Mask) -> str:
        """Hide another part of the picture and return the mask's token; that of `mask` is ignored.

        Raises:
            InvalidValue: `too_many_masks`, `polygon` if the camera does not take this one, or `mask` for the rest.
        """

    async def set(self, mask: Mask) -> None:
        """Change the mask of that token.

        Raises:
            InvalidValue: `no_mask`, `polygon` if the camera does not take this one, or `mask` for the rest.
        """

    async def delete(self, token: str) -> None:
        """Show what a mask has hidden.

        Raises:
            InvalidValue: `no_mask`.
        """
