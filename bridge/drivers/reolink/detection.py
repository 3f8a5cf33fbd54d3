"""Where the camera looks for motion: a grid of cells and a sensitivity (vendor document, 3.8.1 to 3.8.4).

There are two generations of the same setting: `MdAlarm` with one sensitivity or one per part of the day, and before it
`Alarm` with the latter only. Sensitivities are 1..50 and 1 is the most sensitive; where there are several, their mean
is told and all are set alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bridge.core.detection import MotionGrid
from bridge.core.errors import InvalidValue
from bridge.core.units import round_half_up
from bridge.drivers.reolink.envelope import NOT_ASKED
from bridge.drivers.reolink.native import flag, number, rows, section

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.detection import MotionRegion
    from bridge.core.model import CameraDescription
    from bridge.drivers.reolink.abilities import Abilities
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Command, Readings
    from bridge.drivers.reolink.native import Json
    from bridge.drivers.reolink.settings import SettingsDesk

LEAST_SENSITIVE: Final = 50
STEPS: Final = 49
MOST_CELLS_ACROSS: Final = 256
USUAL_SENSITIVITY: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Generation:
    """How motion is read and set, the key of the object, and what a change has to name beside it."""

    read: str
    write: str
    key: str
    named: Mapping[str, str] = field(default_factory=dict)


NEWER: Final = _Generation("GetMdAlarm", "SetMdAlarm", "MdAlarm")
OLDER: Final = _Generation("GetAlarm", "SetAlarm", "Alarm", {"type": "md"})


def motion_reads(abilities: Abilities) -> tuple[str, ...]:
    """Return what reads the motion settings: both where the camera does not tell its generation."""
    match abilities.version("scheduleVersion"):
        case None:
            return NEWER.read, OLDER.read
        case 0:
            return (OLDER.read,)
        case _:
            return (NEWER.read,)


def to_native_sensitivity(sensitivity: float) -> int:
    """Scale 0..1, high for sensitive, to 50..1."""
    return LEAST_SENSITIVE - round_half_up(sensitivity * STEPS)


def from_native_sensitivity(step: float) -> float:
    """Scale 50..1 to 0..1, in whole percents."""
    return round_half_up((LEAST_SENSITIVE - step) * 100 / STEPS) / 100


def motion_grid(readings: Readings, kept: MotionGrid | None) -> MotionGrid | None:
    """Return the cells and the sensitivity, None for a camera that tells none.

    Args:
        readings: with the answers of `motion_reads`.
        kept: as it was described before: its sensitivity stays while it stands for the same step.
    """
    _, settings = _present(readings)
    scope = section(settings, "scope")
    columns, rows_ = (number(scope, key, least=1, most=MOST_CELLS_ACROSS) for key in ("cols", "rows"))
    table = scope.get("table")
    if columns is None or rows_ is None or not isinstance(table, str) or len(table) < columns * rows_:
        return None
    told = _sensitivity(settings)
    sensitivity = USUAL_SENSITIVITY if told is None else from_native_sensitivity(told)
    if kept is not None and to_native_sensitivity(kept.sensitivity) == to_native_sensitivity(sensitivity):
        sensitivity = kept.sensitivity
    return MotionGrid(columns, rows_, tuple(cell != "0" for cell in table[: columns * rows_]), sensitivity)


def _present(readings: Readings) -> tuple[_Generation, Json]:
    """Return the newest generation that answers, and its settings."""
    for generation in (NEWER, OLDER):
        settings = section(readings.get(generation.read, NOT_ASKED).value, generation.key)
        if settings:
            return generation, settings
    return NEWER, {}


def _uses_one(settings: Json) -> bool:
    """Whether one sensitivity counts and not one per part of the day."""
    has_parts = bool(rows(settings.get("sens")))
    return flag(settings, "useNewSens") is True or (not has_parts and bool(section(settings, "newSens")))


def _sensitivity(settings: Json) -> float | None:
    if _uses_one(settings):
        return number(section(settings, "newSens"), "sensDef", least=1, most=LEAST_SENSITIVE)
    told = [number(part, "sensitivity", least=1, most=LEAST_SENSITIVE) for part in rows(settings.get("sens"))]
    parts = [part for part in told if part is not None]
    return sum(parts) / len(parts) if parts else None


class ReolinkMotion:
    """`core.detection.MotionDetection` for one channel.

    Args:
        desk: changes the settings.
        readings: returns what was read last.
    """

    def __init__(self, desk: SettingsDesk, readings: Callable[[], Readings]) -> None:
        self._desk = desk
        self._readings = readings

    async def set_regions(self, regions: tuple[MotionRegion, ...]) -> None:
        """Refuse: the camera looks at cells; see `core.detection.MotionDetection`."""
        del regions
        raise InvalidValue("too_many_regions", "the camera looks for motion in cells and not in regions")

    async def set_grid(self, grid: MotionGrid) -> None:
        """Set cells and sensitivity; see `core.detection.MotionDetection`."""
        generation, _ = _present(self._readings())
        await self._desk.change((generation.read,), partial(_plan, grid), wish=partial(_wish, grid))


def _plan(grid: MotionGrid, client: ReolinkClient, now: Readings) -> tuple[Command, ...]:
    present = motion_grid(now, None)
    if present is None or (present.columns, present.rows, len(present.active)) != (
        grid.columns,
        grid.rows,
        len(grid.active),
    ):
        raise InvalidValue("grid", "the camera has another grid")
    if not 0.0 <= grid.sensitivity <= 1.0:
        raise InvalidValue("grid", f"a sensitivity of {grid.sensitivity:g} is outside 0..1")
    generation, settings = _present(now)
    step = to_native_sensitivity(grid.sensitivity)
    fields: dict[str, object] = {
        "scope": {
            "cols": grid.columns,
            "rows": grid.rows,
            "table": "".join("1" if cell else "0" for cell in grid.active),
        }
    }
    if _uses_one(settings):
        fields |= {"useNewSens": 1, "newSens": {"sensDef": step}}
    else:
        fields["sens"] = [{**part, "sensitivity": step} for part in rows(settings.get("sens"))]
    return (client.write(generation.write, generation.key, {**generation.named, **fields}),)


def _wish(grid: MotionGrid, description: CameraDescription) -> CameraDescription:
    return replace(description, motion_grid=grid)
