"""What a camera reports, as states rather than pulses.

Every kind is a level: it is active or it is not, per kind. Drivers turn edges and pulses into levels (with a hold
time); whoever delivers them sends a change only when the level changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """Things that happen in front of, or to, a camera."""

    MOTION = "motion"
    PERSON = "person"
    VEHICLE = "vehicle"
    ANIMAL = "animal"
    FACE = "face"
    VISITOR = "visitor"
    PACKAGE = "package"
    SIGNAL_LOSS = "signal_loss"


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """One level of one kind, as seen at `utc`."""

    kind: EventKind
    active: bool
    utc: datetime
