"""Motion and AI states: levels that must be asked for, since the camera never calls (vendor document, 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bridge.core.events import CameraEvent, EventKind
from bridge.drivers.reolink.native import flag, section

if TYPE_CHECKING:
    from datetime import datetime

    from bridge.drivers.reolink.native import Json


def supported_ai(value: Json, kinds: Mapping[str, EventKind]) -> tuple[str, ...]:
    """Return the keys of a GetAiState value that this camera detects.

    Objects say so themselves (`support`); firmware before 3.0.0.494 sends a plain number per kind that it has.
    """
    return tuple(key for key in kinds if key in value and _is_supported(value[key]))


def _is_supported(state: object) -> bool:
    if isinstance(state, Mapping):
        return flag(state, "support") is True
    return flag({"state": state}, "state") is not None


def levels(md: Json, ai: Json, kinds: Mapping[str, EventKind], utc: datetime) -> tuple[CameraEvent, ...]:
    """Return the levels that a poll has brought.

    Args:
        md: value of GetMdState; empty when it was not asked.
        ai: value of GetAiState, likewise.
        kinds: the AI keys that this camera supports, and the kinds that they are.
        utc: when the answers came.
    """
    found = {EventKind.MOTION: flag(md, "state")}
    for key, kind in kinds.items():
        state = ai.get(key)
        found[kind] = flag(section(state), "alarm_state") if isinstance(state, Mapping) else flag(ai, key)
    return tuple(CameraEvent(kind, is_active, utc) for kind, is_active in found.items() if is_active is not None)
