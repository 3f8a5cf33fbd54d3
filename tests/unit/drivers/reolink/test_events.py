"""Motion and AI levels."""

from __future__ import annotations

from datetime import UTC, datetime

from bridge.core.events import CameraEvent, EventKind
from bridge.drivers.reolink.events import LevelHold, StorageWatch, disks, levels, supported_ai
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


def event(kind: EventKind, *, active: bool) -> CameraEvent:
    return CameraEvent(kind, active, UTC_NOW)


def shown(events: tuple[CameraEvent, ...]) -> list[bool]:
    return [each.active for each in events]


def test_a_short_level_is_held() -> None:
    hold = LevelHold(2.0)
    person = EventKind.PERSON
    assert shown(hold.stretch([event(person, active=False)], 10.0)) == [False]
    assert shown(hold.stretch([event(person, active=True)], 11.0)) == [True]
    assert shown(hold.stretch([event(person, active=False)], 12.0)) == [True]
    assert shown(hold.stretch([event(person, active=False)], 13.0)) == [False]
    assert shown(hold.stretch([event(person, active=False)], 14.0)) == [False]


def test_a_long_level_ends_when_it_ends_and_kinds_do_not_mind_each_other() -> None:
    hold = LevelHold(2.0)
    both = [event(EventKind.MOTION, active=True), event(EventKind.FACE, active=False)]
    assert shown(hold.stretch(both, 0.0)) == [True, False]
    assert shown(hold.stretch(both, 5.0)) == [True, False]
    assert shown(hold.stretch([event(EventKind.MOTION, active=False)], 5.5)) == [False]


def test_a_disk_fails_when_it_was_there_and_is_no_longer() -> None:
    watch = StorageWatch()
    assert watch.levels({"HddInfo": [{"number": 1, "mount": 0}]}, UTC_NOW) == ()
    assert shown(watch.levels({"HddInfo": [{"number": 1, "mount": 1}]}, UTC_NOW)) == [False]
    (failed,) = watch.levels({"HddInfo": [{"number": 1, "mount": 0}]}, UTC_NOW)
    assert (failed.kind, failed.active, failed.source) == (EventKind.STORAGE_FAILURE, True, "Storage_1")
    assert shown(watch.levels({"HddInfo": None}, UTC_NOW)) == [True], "gone altogether"
    assert shown(watch.levels({"HddInfo": [{"number": 1, "mount": "1"}]}, UTC_NOW)) == [False]


def test_disks_are_told_apart_by_whatever_number_they_have() -> None:
    told = {"HddInfo": [{"id": 2, "number": 7, "mount": 1}, {"number": 1}, {"mount": 1}]}
    assert disks(told) == {"Storage_2": True, "Storage_1": False, "Storage_0": True}
