"""Motion and AI levels."""

from __future__ import annotations

from datetime import UTC, datetime

from bridge.core.events import CameraEvent, EventKind
from bridge.drivers.reolink.events import levels, supported_ai
from bridge.drivers.reolink.profile import PROFILE

UTC_NOW = datetime(2026, 1, 1, tzinfo=UTC)
AI = {
    "channel": 0,
    "dog_cat": {"alarm_state": 0, "support": 1},
    "face": {"alarm_state": 0, "support": 0},
    "people": {"alarm_state": 1, "support": 1},
    "vehicle": {"alarm_state": 0, "support": 1},
    "cry": {"alarm_state": 1, "support": 1},
}


def active(md: dict[str, object], ai: dict[str, object]) -> dict[EventKind, bool]:
    kinds = {"people": EventKind.PERSON, "vehicle": EventKind.VEHICLE}
    found = levels(md, ai, kinds, UTC_NOW)
    assert all(event == CameraEvent(event.kind, event.active, UTC_NOW) for event in found)
    return {event.kind: event.active for event in found}


def test_only_what_the_camera_supports_is_offered() -> None:
    assert set(supported_ai(AI, PROFILE.ai)) == {"people", "vehicle", "dog_cat"}


def test_old_firmware_with_plain_numbers_supports_what_it_sends() -> None:
    assert set(supported_ai({"people": 1, "face": 0, "vehicle": "x"}, PROFILE.ai)) == {"people", "face"}


def test_levels_of_motion_and_objects() -> None:
    assert active({"state": 1}, AI) == {EventKind.MOTION: True, EventKind.PERSON: True, EventKind.VEHICLE: False}


def test_plain_numbers_are_levels_too() -> None:
    assert active({"state": 0}, {"people": 0, "vehicle": 1}) == {
        EventKind.MOTION: False,
        EventKind.PERSON: False,
        EventKind.VEHICLE: True,
    }


def test_what_is_missing_or_odd_is_not_a_level() -> None:
    assert active({}, {"people": {"support": 1}, "vehicle": []}) == {}
