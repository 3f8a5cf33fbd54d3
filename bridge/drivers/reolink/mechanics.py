"""What a camera can move: its motors, the steps of its lens, its list of presets (vendor document, 3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from bridge.core.ptz import Preset
from bridge.core.units import Range
from bridge.drivers.reolink.native import number, rows, section, text
from bridge.drivers.reolink.profile import PtzType

if TYPE_CHECKING:
    from bridge.drivers.reolink.envelope import Answer

MOST_PRESET_ID: Final = 1000


class Motor(Enum):
    """What can move by itself, in the order in which movements are sent.

    Some models honour only the last of several movements, hence the most important one comes last.
    """

    FOCUS = auto()
    ZOOM = auto()
    PAN_TILT = auto()


LENS: Final = {Motor.ZOOM: ("zoom", "ZoomPos"), Motor.FOCUS: ("focus", "FocusPos")}
"""The motors with positions: their key in GetZoomFocus, and the operation that drives them."""


@dataclass(frozen=True, slots=True)
class PresetSlot:
    """One place of the camera's preset list; disabled ones may carry a name too."""

    id: int
    is_used: bool
    name: str

    @property
    def preset(self) -> Preset:
        """What others see of a used slot."""
        return Preset(token=str(self.id), name=self.name or f"Preset {self.id}")


def preset_slots(answer: Answer) -> tuple[PresetSlot, ...]:
    """Return the slots of a GetPtzPreset answer; ids are what the list says, whatever range the camera claims."""
    slots: dict[int, PresetSlot] = {}
    for row in rows(answer.value.get("PtzPreset")):
        slot = number(row, "id", least=0, most=MOST_PRESET_ID)
        if slot is not None:
            slots.setdefault(slot, PresetSlot(slot, number(row, "enable") == 1, text(row, "name")))
    return tuple(slots[slot] for slot in sorted(slots))


@dataclass(frozen=True, slots=True)
class Mechanics:
    """What the camera can move.

    Args:
        type: the axes, and whether they take a speed.
        diagonal: whether pan and tilt can move at once.
        slots: the camera's list of presets.
        lens: the steps of those motors whose position can be read.
        has_home: whether a guard position was ever set; None if there is no such thing.
    """

    type: PtzType
    diagonal: bool
    slots: tuple[PresetSlot, ...]
    lens: Mapping[Motor, Range]
    has_home: bool | None = None


def lens_steps(answer: Answer) -> dict[Motor, Range]:
    """Return the steps of the motors whose range a GetZoomFocus answer tells."""
    steps = {}
    for motor, (key, _) in LENS.items():
        limits = section(answer.range, "ZoomFocus", key, "pos")
        least, most = number(limits, "min"), number(limits, "max")
        if least is not None and most is not None and least < most:
            steps[motor] = Range(least, most)
    return steps
