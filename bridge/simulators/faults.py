"""Faults that are in force for a time: what `POST /fault` leaves behind for the servers of a camera to obey.

A fault narrows itself by fields: one that names a `command` concerns that command alone, one without concerns all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.simulators.clock import Clock

MOST_FAULTS = 100
"""More faults at once mean a test that forgets; the oldest give way."""


@dataclass(slots=True)
class Fault:
    """One fault in force.

    Attributes:
        kind: as in the product description, section 6.
        until: when it ends, in seconds of the camera's clock.
        fields: what narrows or describes it.
        uses_left: how often it still strikes; None is without limit.
    """

    kind: str
    until: float
    fields: Mapping[str, Any]
    uses_left: int | None


class FaultBoard:
    """The faults in force."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []

    def add(self, kind: str, *, seconds: float, fields: Mapping[str, Any]) -> None:
        """Put a fault in force for a time; 0 seconds ends the faults of that kind instead."""
        if seconds <= 0:
            self._faults = [fault for fault in self._faults if fault.kind != kind]
            return
        uses = fields.get("count")
        self._faults = self.in_force()[-(MOST_FAULTS - 1) :]
        self._faults.append(Fault(kind, self._clock.now() + seconds, fields, uses))

    def in_force(self) -> list[Fault]:
        """Return the faults that still can strike, oldest first."""
        now = self._clock.now()
        return [fault for fault in self._faults if fault.until > now and fault.uses_left != 0]

    def take(self, kind: str, **where: object) -> Fault | None:
        """Return the oldest fault that strikes here and count the stroke, or None.

        Args:
            kind: what could happen.
            where: the circumstances; a fault that has the field must have this value, or one of a set of values.
        """
        for fault in self.in_force():
            if fault.kind == kind and all(_concerns(fault.fields.get(name), here) for name, here in where.items()):
                if fault.uses_left is not None:
                    fault.uses_left -= 1
                return fault
        return None


def _concerns(wanted: object, here: object) -> bool:
    if wanted is None:
        return True
    return wanted in here if isinstance(here, frozenset) else wanted == here
