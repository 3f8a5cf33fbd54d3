"""Switches of a camera that have no service of their own: lamps, wiper, siren.

ONVIF Core Specification, "Auxiliary operation"; PTZ Service Specification, "Auxiliary operations".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class AuxiliaryFunction(StrEnum):
    """What is switched; the first four are the standard's own words."""

    WIPER = "Wiper"
    WASHER = "Washer"
    WASHING_PROCEDURE = "WashingProcedure"
    IR_LAMP = "IRLamp"
    WHITE_LIGHT = "WhiteLight"
    STATUS_LIGHT = "StatusLight"
    SIREN = "Siren"


class SwitchState(StrEnum):
    """What it is switched to."""

    ON = "On"
    OFF = "Off"
    AUTO = "Auto"


@dataclass(frozen=True, slots=True)
class AuxiliarySwitch:
    """A switch with the states that it knows."""

    function: AuxiliaryFunction
    states: tuple[SwitchState, ...]


class Auxiliary(Protocol):
    """Operates the switches."""

    async def switch(self, function: AuxiliaryFunction, state: SwitchState) -> None:
        """Operate a switch that the description lists, to a state that it knows."""
