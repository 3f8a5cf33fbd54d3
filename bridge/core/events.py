"""What a camera reports, as states rather than pulses.

Every kind is a level: it is active or it is not, per kind and source. Drivers turn edges and pulses into levels (with
a hold time); whoever delivers them sends a change only when the level changes.
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
    TAMPER = "tamper"
    """The view was covered, turned away or put out of focus."""
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TOO_BLURRY = "too_blurry"
    SOUND = "sound"
    MOTION_REGION = "motion_region"
    LINE_CROSSED = "line_crossed"
    INTRUSION = "intrusion"
    RELAY = "relay"
    DIGITAL_INPUT = "digital_input"
    STORAGE_FAILURE = "storage_failure"


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """One level of one kind, as seen at `utc`.

    `source` tells apart what a camera has several of: the token of a relay or an input, the name of a region.
    """

    kind: EventKind
    active: bool
    utc: datetime
    source: str = ""
