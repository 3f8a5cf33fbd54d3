"""The Reolink driver's reading of native answers: anything may come, and scales go both ways."""

from __future__ import annotations

import json
from contextlib import suppress
from math import atan2, degrees, hypot

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import CameraError, WireError
from bridge.core.formats import VideoCodec
from bridge.core.model import CameraDescription
from bridge.drivers.reolink.capabilities import understand
from bridge.drivers.reolink.envelope import Answer, Command, Readings, parse, render
from bridge.drivers.reolink.events import levels, supported_ai
from bridge.drivers.reolink.mapping import SECTORS, direction, posix_time_zone, rtsp_paths, to_native_speed
from bridge.drivers.reolink.mechanics import preset_slots
from bridge.drivers.reolink.profile import PROFILE
from tests.unit.clock import START
from tests.unit.drivers.reolink.native_camera import readings

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
UNIT = st.floats(-1, 1, allow_nan=False)


@st.composite
def damaged_readings(draw: st.DrawFn) -> Readings:
    """The answers of an ordinary camera, with pieces replaced by anything, or gone."""
    found = readings()
    for cmd in draw(st.lists(st.sampled_from(sorted(found)), max_size=6, unique=True)):
        found[cmd] = Answer(0, _damage(draw, found[cmd].value), _damage(draw, found[cmd].range))
    for cmd in draw(st.lists(st.sampled_from(sorted(found)), max_size=3, unique=True)):
        found[cmd] = Answer(draw(st.sampled_from([-9, -12, -49, -99])))
    return found


def _damage(draw: st.DrawFn, value: object) -> dict[str, object]:
    copy = json.loads(json.dumps(value))
    holder = copy
    while isinstance(holder, dict) and holder:
        key = draw(st.sampled_from(sorted(holder)))
        if isinstance(holder[key], list) and holder[key] and isinstance(holder[key][0], dict):
            holder = holder[key][0]
        elif isinstance(holder[key], dict) and draw(st.booleans()):
            holder = holder[key]
        else:
            holder[key] = draw(ODD)
            break
    assert isinstance(copy, dict)
    return copy


@given(damaged_readings(), damaged_readings(), st.integers(0, 3))
def test_any_answers_give_a_description_or_a_camera_error(earlier: Readings, found: Readings, channel: int) -> None:
    kept: CameraDescription | None = None
    with suppress(CameraError):
        kept = understand(earlier, channel=channel, kept=None, profile=PROFILE, camera="cam").description
    try:
        survey = understand(found, channel=channel, kept=kept, profile=PROFILE, camera="cam")
    except CameraError:
        return
    assert isinstance(survey.description, CameraDescription)
    assert survey.description.streams
    for stream in survey.description.streams:
        assert stream.encoder.frame_rate > 0
        assert all(options.bitrate_kbps.minimum > 0 for options in stream.options)
    assert 0 < survey.rtsp_port < 65536


@given(st.binary(max_size=200))
def test_any_bytes_are_answers_or_a_wire_error(body: bytes) -> None:
    try:
        answers = parse(body, [Command("GetTime")])
    except WireError:
        return
    assert all(isinstance(answer.code, int) for answer in answers)


@given(st.lists(ODD, max_size=5), st.sampled_from(["GetTime", "PtzCtrl", "Login"]))
def test_any_json_array_is_answers_or_a_wire_error(elements: list[object], cmd: str) -> None:
    try:
        answers = parse(json.dumps(elements).encode(), [Command(cmd)])
    except WireError:
        return
    assert len(answers) == len(elements)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.integers(0, 1)), max_size=5))
def test_a_request_keeps_order_and_actions(commands: list[tuple[str, int]]) -> None:
    sent = json.loads(render([Command(cmd, {"channel": 0}, action=action) for cmd, action in commands]))
    assert [(each["cmd"], each["action"]) for each in sent] == commands


@given(UNIT, UNIT)
def test_a_direction_is_within_half_a_sector(x: float, y: float) -> None:
    op = direction(x, y)
    if op is None:
        assert (x, y) == (0, 0)
        return
    off = (degrees(atan2(y, x)) - 45 * SECTORS.index(op)) % 360
    assert min(off, 360 - off) <= 22.5 + 1e-9 or hypot(x, y) < 1e-300


@given(UNIT, UNIT, st.booleans())
def test_a_direction_of_a_simple_camera_is_never_diagonal(x: float, y: float, tilts: bool) -> None:
    assert direction(x, y, tilts=tilts, diagonal=False) in {None, "Right", "Up", "Left", "Down"}


@given(st.floats(0, 1), st.floats(0, 1))
def test_speeds_are_monotonic_and_in_range(slow: float, fast: float) -> None:
    slow, fast = sorted((slow, fast))
    assert 1 <= to_native_speed(slow, 64) <= to_native_speed(fast, 64) <= 64
    assert abs(to_native_speed(fast, 64) / 64 - fast) <= 1 / 64


@given(st.integers(0, 98), st.sampled_from(["main", "sub"]), st.sampled_from(VideoCodec), st.text(max_size=40))
def test_stream_paths_can_always_be_sent(channel: int, stream: str, codec: VideoCodec, told: str) -> None:
    for url in (told, f"rtsp://h/{told}"):
        paths = rtsp_paths(channel, stream, codec, url)
        assert f"/Preview_{channel + 1:02}_{stream}" in paths
        assert all(path.startswith("/") and path.isascii() and path.isprintable() for path in paths)


@given(st.dictionaries(st.sampled_from(["Time", "Dst"]), ODD | st.dictionaries(st.text(max_size=9), ODD, max_size=3)))
def test_any_time_gives_a_time_zone(time: dict[str, object]) -> None:
    assert posix_time_zone(time).startswith(("UTC0", "STD"))


@given(st.dictionaries(st.sampled_from([*PROFILE.ai, "state", "other"]), ODD), ODD)
def test_any_states_give_levels(value: dict[str, object], presets: object) -> None:
    kinds = {key: PROFILE.ai[key] for key in supported_ai(value, PROFILE.ai)}
    assert len(levels(value, value, kinds, START)) <= 1 + len(kinds)
    ids = [slot.id for slot in preset_slots(Answer(0, {"PtzPreset": presets}))]
    assert ids == sorted(set(ids))
