"""Privacy masks: upright rectangles, counted in the pixels of a screen of their own (vendor document, 3.4.7, 3.4.8).

The camera switches all of them at once and gives them no names. So a mask that is switched off is kept here and not in
the camera, and a mask that was set here is known again by its rectangle. Their look is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Final

from bridge.core.errors import InvalidValue, Rejected
from bridge.core.overlay import Mask, MasksDescription, rectangle_around
from bridge.core.units import round_half_up
from bridge.drivers.reolink.native import flag, number, rows, section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.core.model import CameraDescription
    from bridge.core.overlay import Point
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Answer, Command, Readings
    from bridge.drivers.reolink.native import Json
    from bridge.drivers.reolink.settings import SettingsDesk

USUAL_MOST: Final = 4
CORNERS: Final = 4
MOST_PX: Final = 16384


@dataclass(frozen=True, slots=True)
class Area:
    """A native mask: its upper left corner and its size, in pixels of a screen of `screen` pixels."""

    x: int
    y: int
    width: int
    height: int
    screen: tuple[int, int]

    @property
    def polygon(self) -> tuple[Point, ...]:
        """Its corners in the normalised picture, rounded to what a pixel can tell."""
        across, down = self.screen
        left, right = 2 * self.x / across - 1, 2 * (self.x + self.width) / across - 1
        top, bottom = 1 - 2 * self.y / down, 1 - 2 * (self.y + self.height) / down
        corners = ((left, bottom), (left, top), (right, top), (right, bottom))
        return tuple((_rounded(x), _rounded(y)) for x, y in corners)

    @property
    def native(self) -> Json:
        """As the camera wants it."""
        return {
            "screen": {"width": self.screen[0], "height": self.screen[1]},
            "block": {"x": self.x, "y": self.y, "width": self.width, "height": self.height},
        }


def _rounded(value: float) -> float:
    return round(min(max(value, -1.0), 1.0), 4)


def read_area(native: Json) -> Area | None:
    """Return a native mask; None for the empty ones that some cameras list."""
    block, screen = section(native, "block"), section(native, "screen")
    x, y = number(block, "x", least=0, most=MOST_PX), number(block, "y", least=0, most=MOST_PX)
    width, height = (number(block, key, least=1, most=MOST_PX) for key in ("width", "height"))
    across, down = (number(screen, key, least=1, most=MOST_PX) for key in ("width", "height"))
    if x is None or y is None or width is None or height is None or across is None or down is None:
        return None
    return Area(x, y, width, height, (across, down))


def area_of(polygon: tuple[Point, ...], screen: tuple[int, int]) -> Area:
    """Return the rectangle around a polygon on a screen.

    Raises:
        InvalidValue: `polygon`, it covers no pixel.
    """
    (left, bottom), (_, top), (right, _), _ = rectangle_around(polygon)
    across, down = screen
    x, y = round_half_up((left + 1) / 2 * across), round_half_up((1 - top) / 2 * down)
    width = round_half_up((right + 1) / 2 * across) - x
    height = round_half_up((1 - bottom) / 2 * down) - y
    if width < 1 or height < 1:
        raise InvalidValue("polygon", "the mask covers not a single pixel")
    return Area(x, y, width, height, screen)


def masks(answer: Answer, kept: tuple[Mask, ...]) -> MasksDescription | None:
    """Return the masks, None for a camera that has no such thing.

    Args:
        answer: of GetMask.
        kept: the masks as they were described before.
    """
    value = section(answer.value, "Mask")
    is_on = flag(value, "enable")
    if is_on is None:
        return None
    areas = _areas(value)
    found = _known_again(areas, kept)
    known = [replace(mask, enabled=is_on) for mask in found if mask is not None]
    asleep = [mask for mask in kept if not mask.enabled and all(mask.token != each.token for each in known)]
    tokens = _free_tokens((*known, *asleep))
    new = [
        Mask(next(tokens), area.polygon, enabled=is_on) for area, mask in zip(areas, found, strict=True) if mask is None
    ]
    most = number(section(answer.range, "Mask"), "maxAreas", least=1, most=64) or USUAL_MOST
    # Asleep ones stay only where there is room: somebody else may have set masks meanwhile.
    return MasksDescription(
        masks=(*known, *new, *asleep)[: max(most, len(areas))], most=most, most_points=CORNERS, rectangle_only=True
    )


def _areas(value: Json) -> list[Area]:
    found = (read_area(each) for each in rows(value.get("area")))
    return [area for area in found if area is not None]


def _known_again(areas: Sequence[Area], kept: Sequence[Mask]) -> list[Mask | None]:
    """Return for each area the mask that it stands for, each mask once, or None."""
    left = list(kept)
    found = []
    for area in areas:
        mask = next((each for each in left if _is_of(area, each)), None)
        if mask is not None:
            left.remove(mask)
        found.append(mask)
    return found


def _is_of(area: Area, mask: Mask) -> bool:
    try:
        return area_of(mask.polygon, area.screen) == area
    except InvalidValue:  # too thin on this screen
        return False


def _free_tokens(taken: Sequence[Mask]) -> Iterator[str]:
    used = {mask.token for mask in taken}
    return (token for number in count(1) if (token := f"Mask_{number}") not in used)


class ReolinkMasks:
    """`core.overlay.Masks` for one channel.

    Args:
        desk: changes the settings.
        description: returns what is known of the camera.
    """

    def __init__(self, desk: SettingsDesk, description: Callable[[], CameraDescription | None]) -> None:
        self._desk = desk
        self._description = description

    async def create(self, mask: Mask) -> str:
        """Hide another part of the picture; see `core.overlay.Masks`."""
        made: list[str] = []

        def add(known: MasksDescription) -> tuple[Mask, ...]:
            if len(known.masks) >= known.most:
                raise InvalidValue("too_many_masks", f"the camera has room for {known.most} masks")
            made.append(next(_free_tokens(known.masks)))
            return (*known.masks, replace(mask, token=made[0]))

        await self._change(add)
        if all(each.token != made[0] for each in self._known().masks):
            raise Rejected("the camera has accepted the mask and not made it", native_code="unchanged")
        return made[0]

    async def set(self, mask: Mask) -> None:
        """Change a mask; see `core.overlay.Masks`."""

        def put(known: MasksDescription) -> tuple[Mask, ...]:
            _require(known, mask.token)
            return tuple(mask if each.token == mask.token else each for each in known.masks)

        await self._change(put)

    async def delete(self, token: str) -> None:
        """Show what a mask has hidden; see `core.overlay.Masks`."""

        def drop(known: MasksDescription) -> tuple[Mask, ...]:
            _require(known, token)
            return tuple(each for each in known.masks if each.token != token)

        await self._change(drop)

    async def _change(self, change: Callable[[MasksDescription], tuple[Mask, ...]]) -> None:
        """Make new masks out of those that there are, and keep them as they were wished for."""
        wished: list[tuple[Mask, ...]] = []

        def plan(client: ReolinkClient, now: Readings) -> tuple[Command, ...]:
            after = change(self._known())
            wished.append(after)
            present = _areas(section(now["GetMask"].value, "Mask"))
            areas = [_area(mask, present, self._screen()) for mask in after if mask.enabled]
            fields = {"enable": int(bool(areas)), "area": [area.native for area in areas]}
            return (client.write("SetMask", "Mask", fields),)

        def wish(description: CameraDescription) -> CameraDescription:
            known = description.masks
            return description if known is None else replace(description, masks=replace(known, masks=wished[0]))

        await self._desk.change(("GetMask",), plan, wish=wish)

    def _known(self) -> MasksDescription:
        description = self._description()
        known = None if description is None else description.masks
        if known is None:
            raise InvalidValue("mask", "the camera has no privacy masks")
        return known

    def _screen(self) -> tuple[int, int]:
        """Return the size in which new masks are counted: that of the main stream."""
        description = self._description()
        if description is None:
            raise InvalidValue("mask", "the camera has no privacy masks")
        size = description.streams[0].encoder.resolution
        return size.width, size.height


def _area(mask: Mask, present: Sequence[Area], screen: tuple[int, int]) -> Area:
    """Return the rectangle of a mask; one that the camera has stays as the camera counts it."""
    found = next((area for area in present if _is_of(area, mask)), None)
    if found is not None:
        return found
    return area_of(mask.polygon, screen)


def _require(known: MasksDescription, token: str) -> None:
    if all(mask.token != token for mask in known.masks):
        raise InvalidValue("no_mask", f"there is no mask {token!r}")
