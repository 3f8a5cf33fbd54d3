"""Electrical ports of a camera: relay outputs and digital inputs, and the facets that set them.

Whether a relay or an input is active is an event (`EventKind.RELAY`, `EventKind.DIGITAL_INPUT`) with the port's token
as its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bridge.core.units import Range


class RelayMode(StrEnum):
    """A monostable relay goes back to inactive after its delay, a bistable one when it is told."""

    MONOSTABLE = "Monostable"
    BISTABLE = "Bistable"


class IdleState(StrEnum):
    """The contact's position while the port is inactive."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How a relay behaves; `delay_s` counts in monostable mode only."""

    mode: RelayMode
    delay_s: float
    idle_state: IdleState


@dataclass(frozen=True, slots=True)
class RelayOutput:
    """A relay: how it is set, and what it can be set to."""

    token: str
    settings: RelaySettings
    modes: tuple[RelayMode, ...]
    delay_s: Range
    idle_states: tuple[IdleState, ...]


class Relays(Protocol):
    """Sets relays; an unknown token is the caller's error. The description follows the settings, events the state."""

    async def set_settings(self, token: str, settings: RelaySettings) -> None:
        """Change how a relay behaves.

        Raises:
            InvalidValue: `settings`, if the camera does not take this combination.
        """

    async def set_active(self, token: str, *, active: bool) -> None:
        """Switch a relay; the new level is published when this returns."""


@dataclass(frozen=True, slots=True)
class DigitalInput:
    """An input: its idle state, and what that can be set to (empty: nothing)."""

    token: str
    idle_state: IdleState
    idle_states: tuple[IdleState, ...] = ()


class DigitalInputs(Protocol):
    """Sets inputs."""

    async def set_idle_states(self, idle_states: dict[str, IdleState]) -> None:
        """Change the idle states of the inputs named, all of them or none."""
