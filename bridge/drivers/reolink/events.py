"""Motion, AI states and disks: levels that must be asked for, since the camera never calls (vendor document, 3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.events import CameraEvent, EventKind
from bridge.drivers.reolink.native import flag, number, rows, section

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


class LevelHold:
    """Stretches short levels: firmware of 2021 drops an AI state after a second, and clients that poll miss it.

    Args:
        hold_s: what has become active stays so for this long at least.
    """

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._rose_at: dict[EventKind, float] = {}

    def stretch(self, events: Iterable[CameraEvent], now: float) -> tuple[CameraEvent, ...]:
        """Return the levels as they are to be told at monotonic time `now`."""
        return tuple(self._held(event, now) for event in events)

    def _held(self, event: CameraEvent, now: float) -> CameraEvent:
        if event.active:
            self._rose_at.setdefault(event.kind, now)
            return event
        rose_at = self._rose_at.get(event.kind)
        if rose_at is not None and now < rose_at + self._hold_s:
            return replace(event, active=True)
        self._rose_at.pop(event.kind, None)
        return event


class StorageWatch:
    """Tells a disk or card that has failed from one that was never there: it was mounted once and is not any more."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def levels(self, hdd: Json, utc: datetime) -> tuple[CameraEvent, ...]:
        """Return a level for every disk that was ever mounted.

        Args:
            hdd: value of GetHddInfo.
            utc: when the answer came.
        """
        mounted = {disk for disk, is_mounted in disks(hdd).items() if is_mounted}
        self._seen |= mounted
        return tuple(
            CameraEvent(EventKind.STORAGE_FAILURE, disk not in mounted, utc, disk) for disk in sorted(self._seen)
        )


def disks(hdd: Json) -> dict[str, bool]:
    """Return the disks and cards of a GetHddInfo value, and whether each is mounted."""
    found = {}
    for row in rows(hdd.get("HddInfo")):
        known_as = number(row, "id", least=0)
        if known_as is None:
            known_as = number(row, "number", least=0) or 0
        found[f"Storage_{known_as}"] = flag(row, "mount") is True
    return found
