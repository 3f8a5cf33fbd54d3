"""The simulated Reolink camera against whatever comes: batches, ranges, axes and clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulators.faults import FaultBoard
from bridge.simulators.reolink import commands, tables
from bridge.simulators.reolink.device import Call, Caller, Device
from bridge.simulators.reolink.head import Axis
from bridge.simulators.reolink.messages import (
    MOST_COMMANDS,
    Answer,
    Command,
    NativeError,
    error_element,
    parse_batch,
    render,
)
from bridge.simulators.reolink.personas import PERSONAS
from bridge.simulators.reolink.ranges import merged
from bridge.simulators.reolink.recordings import Archive, Recording
from bridge.simulators.reolink.report import report
from bridge.simulators.reolink.scenario import script
from bridge.simulators.reolink.sessions import Account
from bridge.simulators.reolink.wallclock import RANGE, WallClock, nth_weekday
from tests.unit.simulators.reolink_client import HandClock

if TYPE_CHECKING:
    from collections.abc import Iterator

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
MIDNIGHT_1970 = datetime.fromisoformat("1970-01-02")
settings = [
    setting
    for persona in PERSONAS.values()
    for named in (persona.channel_settings(), persona.device_settings(ip="127.0.0.1"))
    for _, setting in sorted(named.items())
] + [tables.ai_alarm("people", is_flat=is_flat) for is_flat in (False, True)]
OWNER = Account("admin", "S1m-pass", "admin")
# Some more likely than others to be looked at.
parameters = st.dictionaries(
    st.sampled_from(["channel", "op", "speed", "id", "ai_type", "area", "alarm_mode", "Enc", "Mask", "Time", "Search"])
    | st.sampled_from(["PtzPreset", "PtzPatrol", "PtzGuard", "ZoomFocus", "AiAlarm", "MdAlarm", "WhiteLed", "User"]),
    json_values
    | st.dictionaries(
        st.sampled_from(
            ["channel", "id", "name", "enable", "preset", "area", "sens", "audio", "mainStream", "subStream"]
        )
        | st.sampled_from(["onlyStatus", "streamType", "StartTime", "EndTime", "op", "pos", "cmdStr", "ai_type"]),
        json_values,
        max_size=4,
    ),
    max_size=3,
)


def device(model: str) -> Device:
    return Device(script(model, ()), HandClock(), owner=OWNER, host="127.0.0.1")


def parsed(body: bytes, query: dict[str, str]) -> list[Command] | None:
    """Return the commands, or None when they are refused as the protocol refuses them; no other error passes."""
    try:
        return parse_batch(body, query)
    except NativeError as error:
        if error.code not in {-10, -16}:
            raise
        return None


@given(st.binary(), st.dictionaries(st.sampled_from(["cmd", "channel"]), st.text()))
def test_any_bytes_are_a_batch_or_a_native_error(body, query):
    batch = parsed(body, query)
    assert batch is None or 1 <= len(batch) <= MOST_COMMANDS


@given(json_values)
def test_any_json_is_a_batch_or_a_native_error(value):
    batch = parsed(json.dumps(value).encode(), {})
    assert batch is None or (isinstance(value, list) and len(batch) == len(value))


@given(st.lists(st.dictionaries(st.text(), json_values), min_size=1, max_size=3))
def test_what_is_rendered_reads_as_the_same_json(elements):
    expected = json.loads(json.dumps(elements, ensure_ascii=False).encode("utf-8", errors="replace"))
    assert json.loads(render(elements)) == expected


@given(st.sampled_from(settings), st.data())
def test_no_set_command_ever_breaks_the_shape_of_a_setting(setting, data):
    pairs = st.fixed_dictionaries({"min": json_values, "max": json_values})
    fields = data.draw(st.dictionaries(st.sampled_from(sorted(setting.value)), json_values | pairs))
    wanted = {**{name: setting.value.get(name, 0) for name in setting.required}, **fields}
    try:
        value = setting.written({setting.key: wanted} if setting.key else wanted)
    except NativeError as error:
        if error.code not in {-4, -22}:
            raise
        return
    assert value.keys() == setting.value.keys()


@given(st.sampled_from(sorted(PERSONAS)), st.data())
def test_any_parameters_are_carried_out_or_refused_and_the_state_can_still_be_told(model, data):
    camera = device(model)
    names = sorted({*commands.COMMANDS, *(f"Set{name}" for name in camera.channels[0].settings)})
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
        command = Command(name, data.draw(st.sampled_from([None, 0, 1])), data.draw(parameters))
        call = Call(camera, Caller(OWNER, None, "user", "127.0.0.1", "127.0.0.1"), command, camera.clock.now())
        try:
            element = commands.run(call).element(name)
        except NativeError as error:
            element = error_element(name, error.code)
        assert json.loads(render([element]))[0]["cmd"] == name
    json.dumps(report(camera, FaultBoard(camera.clock), is_online=True))


@given(st.recursive(st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner)))
def test_a_field_that_is_left_out_is_gone_wherever_it_stood(value):
    stripped = Answer({"top": value}).element("Get", without=(("top", "a"),))["value"]["top"]
    if isinstance(value, dict):
        assert stripped == {key: inner for key, inner in value.items() if key != "a"}
    elif isinstance(value, list):
        assert all("a" not in item for item in stripped if isinstance(item, dict))
    else:
        assert stripped == value


@given(st.sampled_from(sorted(PERSONAS)), st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_files_never_overlap_and_are_found_by_their_names_and_days(model, began):
    archive = Archive(device(model).channels[0].encoder, began)
    for stream in ("main", "sub"):
        files = archive.between(stream, datetime.min, datetime.max)  # noqa: DTZ901
        ends = [file.start + timedelta(seconds=file.seconds) for file in files]
        assert all(end <= after.start for end, after in pairwise_of(ends, files))
        assert all(archive.find(file.name) == file for file in files)
        assert all(end <= began for end in ends)
        days = {(file.start.year, file.start.month, file.start.day) for file in files}
        told = archive.days(stream, datetime.min, datetime.max)  # noqa: DTZ901
        assert days == {
            (month["year"], month["mon"], day)
            for month in told
            for day, has_files in enumerate(month["table"], start=1)
            if has_files == "1"
        }


def pairwise_of(ends: list[datetime], files: list[Recording]) -> Iterator[tuple[datetime, Recording]]:
    return zip(ends, files[1:], strict=False)


@given(st.sampled_from(settings))
def test_every_value_is_within_its_own_limits(setting):
    own = {name: value for name, value in setting.value.items() if name not in setting.fixed}
    assert merged(setting.value, own, setting.limits) == setting.value


@given(
    st.floats(0, 359.9),
    st.lists(st.tuples(st.sampled_from(["move", "go", "stop"]), st.floats(-96, 96), st.floats(0, 100)), max_size=8),
    st.booleans(),
)
def test_an_axis_stays_between_its_ends_and_never_jumps(start, orders, wraps):
    axis = Axis(low=0.0, high=360.0, wraps=wraps, position=start)
    now = 0.0
    for order, amount, seconds in orders:
        before = axis.position_at(now)
        if order == "move":
            axis.move(amount, now)
        elif order == "go":
            axis.go(abs(amount), 10.0, now)
        else:
            axis.place(axis.position_at(now), now)
        moved = abs(axis.position_at(now) - before)
        assert min(moved, 360.0 - moved) < 1e-6 if wraps else moved < 1e-6
        now += seconds
        assert 0.0 <= axis.position_at(now) <= 360.0
    axis.go(123.0, 10.0, now)
    assert axis.position_at(now + 36.0) == pytest.approx(123.0)
    assert axis.velocity_at(now + 36.0) == 0.0


@given(
    st.datetimes(MIDNIGHT_1970, MIDNIGHT_1970.replace(year=2099)),
    st.integers(-46800, 43200),
    st.booleans(),
    st.integers(1, 2),
)
def test_a_clock_that_is_set_shows_what_it_was_set_to(local, zone, has_dst, offset):
    wall = WallClock(HandClock())
    local = local.replace(microsecond=0)
    dst = {**wall.dst, "enable": int(has_dst), "offset": offset}
    time = {**wall.display, "timeZone": zone, "year": local.year, "mon": local.month, "day": local.day}
    wall.set({**time, "hour": local.hour, "min": local.minute, "sec": local.second}, dst)
    # The hours that spring skips do not exist and show as later ones.
    assert wall.local() - local in (timedelta(), timedelta(hours=offset))
    assert abs(wall.utc() - local.replace(tzinfo=UTC) - timedelta(seconds=zone)) <= timedelta(hours=offset)
    shown = wall.time()
    assert merged(shown, shown, RANGE["Time"]) == shown


@given(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 5), st.integers(0, 6))
def test_the_nth_weekday_is_in_its_month(year, month, week, weekday):
    day = nth_weekday(year, month, week, weekday)
    assert (day.year, day.month, day.isoweekday() % 7) == (year, month, weekday)
    assert (day.day - 1) // 7 == week - 1 or week == 5


def test_daylight_saving_north_and_south():
    clock = HandClock(began=datetime(2024, 7, 1, 12, 0, tzinfo=UTC))
    wall = WallClock(clock)
    wall.dst |= {"enable": 1}
    assert wall.local().hour == 13
    wall.dst |= {"startMon": 10, "endMon": 4}
    assert wall.local().hour == 12
    clock.began = datetime(2024, 12, 1, 12, 0, tzinfo=UTC)
    assert wall.local().hour == 13
