"""Movement, addresses and time between the camera's words and ours; values worked out in the vendor digest."""

from __future__ import annotations

from math import cos, radians, sin

import pytest

from bridge.core.formats import VideoCodec
from bridge.drivers.reolink.mapping import (
    direction,
    from_native_speed,
    posix_time_zone,
    rtsp_paths,
    to_native_speed,
    zoom_direction,
)


@pytest.mark.parametrize(
    ("degrees", "op"),
    [
        (0, "Right"),
        (22, "Right"),
        (23, "RightUp"),
        (45, "RightUp"),
        (90, "Up"),
        (135, "LeftUp"),
        (180, "Left"),
        (-180, "Left"),
        (225, "LeftDown"),
        (270, "Down"),
        (315, "RightDown"),
        (337, "RightDown"),
        (338, "Right"),
    ],
)
def test_a_direction_is_the_nearest_of_eight(degrees: float, op: str) -> None:
    assert direction(cos(radians(degrees)), sin(radians(degrees))) == op


@pytest.mark.parametrize(
    ("x", "y", "op"), [(0.5, 0.4, "Right"), (0.4, -0.5, "Down"), (-0.5, 0.5, "Left"), (0.0, 0.1, "Up"), (0, 0, None)]
)
def test_four_directions_follow_the_larger_component(x: float, y: float, op: str | None) -> None:
    assert direction(x, y, diagonal=False) == op


@pytest.mark.parametrize(("x", "y", "op"), [(0.1, 1.0, "Right"), (-0.1, -1.0, "Left"), (0.0, 1.0, None)])
def test_mechanics_that_only_pan_ignore_tilt(x: float, y: float, op: str | None) -> None:
    assert direction(x, y, tilts=False) == op


def test_zoom_has_two_directions_and_none() -> None:
    assert [zoom_direction(z) for z in (0.1, -0.1, 0.0)] == ["ZoomInc", "ZoomDec", None]


@pytest.mark.parametrize(
    ("velocity", "speed"), [(0.01, 1), (0.1, 6), (0.25, 16), (0.5, 32), (0.78, 50), (1, 64), (-0.5, 32), (0.001, 1)]
)
def test_speeds_are_scaled_to_64_steps(velocity: float, speed: int) -> None:
    assert to_native_speed(velocity, 64) == speed


def test_speeds_come_back_within_a_step() -> None:
    assert [to_native_speed(from_native_speed(speed, 64), 64) for speed in range(1, 65)] == list(range(1, 65))


def test_stream_paths_begin_with_what_the_camera_told_and_end_with_old_forms() -> None:
    told = "rtsp://192.168.1.58:554/Told_02_main?x=1"
    assert rtsp_paths(1, "main", VideoCodec.H265, told) == (
        "/Told_02_main?x=1",
        "/Preview_02_main",
        "/h265Preview_02_main",
        "/h264Preview_02_main",
    )
    assert rtsp_paths(0, "sub", VideoCodec.H264, None) == (
        "/Preview_01_sub",
        "/h264Preview_01_sub",
        "/h265Preview_01_sub",
    )


@pytest.mark.parametrize(
    "told",
    [
        "",
        "http://h/Preview_01_main",
        "rtsp://h",
        "rtsp://h/",
        "rtsp://h/a b",
        "rtsp://h/a\r\nTEARDOWN *",
        "rtsp://h/" + "a" * 300,
        "rtsp://[::1/x",
        "rtsp://h/\u00e4",
    ],
)
def test_a_path_that_could_not_be_sent_as_it_is_is_left_out(told: str) -> None:
    paths = rtsp_paths(0, "main", VideoCodec.H264, told)
    assert all(path.isascii() and path.isprintable() and " " not in path for path in paths)
    assert paths[-3:] == ("/Preview_01_main", "/h264Preview_01_main", "/h265Preview_01_main")


def test_a_told_path_that_is_the_usual_one_is_tried_once() -> None:
    assert len(rtsp_paths(0, "main", VideoCodec.H264, "rtsp://h/Preview_01_main")) == 3


DST = {
    "enable": 1,
    "offset": 1,
    "startMon": 3,
    "startWeek": 2,
    "startWeekday": 0,
    "startHour": 2,
    "startMin": 0,
    "startSec": 0,
    "endMon": 11,
    "endWeek": 1,
    "endWeekday": 0,
    "endHour": 2,
    "endMin": 0,
    "endSec": 0,
}


@pytest.mark.parametrize(
    ("zone", "text"),
    [(28800, "STD8"), (-3600, "STD-1"), (-19800, "STD-5:30"), (0, "STD0"), (1, "STD0:00:01"), (43200, "STD12")],
)
def test_time_zones_count_west_of_greenwich(zone: int, text: str) -> None:
    assert posix_time_zone({"Time": {"timeZone": zone}, "Dst": {**DST, "enable": 0}}) == text


def test_summer_time_rules_are_told() -> None:
    assert posix_time_zone({"Time": {"timeZone": 21600}, "Dst": DST}) == "STD6DST5,M3.2.0/2:00:00,M11.1.0/2:00:00"


@pytest.mark.parametrize("broken", [{"startMon": 0}, {"endWeek": 6}, {"offset": 3}, {"endHour": None}])
def test_impossible_summer_time_rules_are_left_out(broken: dict[str, object]) -> None:
    assert posix_time_zone({"Time": {"timeZone": 21600}, "Dst": {**DST, **broken}}) == "STD6"


@pytest.mark.parametrize("time", [{}, {"Time": None}, {"Time": {"timeZone": 50000}}, {"Time": {"timeZone": "x"}}])
def test_an_unknown_time_zone_is_utc(time: dict[str, object]) -> None:
    assert posix_time_zone(time) == "UTC0"
