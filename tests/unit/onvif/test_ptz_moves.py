"""Moving a camera: to a position, along a way, on and on, and stopping it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import TimedOut
from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation
from bridge.core.units import Range
from bridge.onvif.ptz_vectors import read_position
from bridge.onvif.settings.ptz import PtzSettings
from bridge.onvif.types.media_changes import (
    RemovePTZConfiguration,
    RemoveVideoEncoderConfiguration,
    RemoveVideoSourceConfiguration,
)
from bridge.onvif.types.ptz import (
    IN_VIEW_TRANSLATION_SPACE,
    PAN_TILT_POSITION_SPACE,
    PAN_TILT_SPEED_SPACE,
    PAN_TILT_TRANSLATION_SPACE,
    PAN_TILT_VELOCITY_SPACE,
    SPHERICAL_POSITION_SPACE,
    ZOOM_POSITION_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_TRANSLATION_SPACE,
    ZOOM_VELOCITY_SPACE,
    GetConfiguration,
    PTZSpeed,
    PTZVector,
    SetConfiguration,
    Vector1D,
    Vector2D,
)
from bridge.onvif.types.ptz_moves import AbsoluteMove, ContinuousMove, RelativeMove, Stop
from tests.unit.onvif.bench_camera import HEAD
from tests.unit.onvif.ptz_bench import DOME, MAIN, NODE, PAN_ONLY, ZOOM_ONLY, PtzBench

DEFAULT = PtzSpeed(pan_tilt=0.5, zoom=0.5)
PAN_TILT_DOME = replace(DOME, zoom=False, zoom_position=False, absolute_zoom=False, relative_zoom=False)


@pytest.fixture
def bench():
    return PtzBench()


def vector(pan_tilt=None, zoom=None, *, space=None, zoom_space=None):
    return PTZVector(
        pan_tilt=None if pan_tilt is None else Vector2D(x=pan_tilt[0], y=pan_tilt[1], space=space),
        zoom=None if zoom is None else Vector1D(x=zoom, space=zoom_space),
    )


def velocity(pan_tilt=None, zoom=None, *, space=None, zoom_space=None):
    asked = vector(pan_tilt, zoom, space=space, zoom_space=zoom_space)
    return PTZSpeed(pan_tilt=asked.pan_tilt, zoom=asked.zoom)


def absolute(*place, speed=None, **spaces):
    return AbsoluteMove(profile_token=MAIN, position=vector(*place, **spaces), speed=speed)


def relative(*way, speed=None, **spaces):
    return RelativeMove(profile_token=MAIN, translation=vector(*way, **spaces), speed=speed)


def continuous(*direction, timeout_s=None, profile=MAIN, **spaces):
    timeout = None if timeout_s is None else timedelta(seconds=timeout_s)
    return ContinuousMove(profile_token=profile, velocity=velocity(*direction, **spaces), timeout=timeout)


@pytest.mark.parametrize(
    ("request_", "position"),
    [
        (absolute((0.5, -1.0), 0.25), PtzPosition((0.5, -1.0), 0.25)),
        (absolute((0.5, -1.0)), PtzPosition((0.5, -1.0))),
        (absolute(None, 1.0), PtzPosition(None, 1.0)),
        (absolute((1.0, 1.0), space=PAN_TILT_POSITION_SPACE), PtzPosition((1.0, 1.0))),
        (absolute((1.0, 1.0), space=""), PtzPosition((1.0, 1.0))),
        (absolute(None, 0.0, zoom_space=ZOOM_POSITION_SPACE), PtzPosition(None, 0.0)),
        (absolute((-180.0, 0.0), space=SPHERICAL_POSITION_SPACE), PtzPosition((-1.0, 1.0))),
        (absolute((45.0, -45.0), space=SPHERICAL_POSITION_SPACE), PtzPosition((0.25, 0.0))),
    ],
)
async def test_an_absolute_move_drives_to_a_position(bench, request_, position):
    await bench.answer(request_)
    assert bench.commands == [("move_to", position, DEFAULT)]


async def test_an_absolute_move_of_nothing_moves_nothing(bench):
    await bench.answer(absolute())
    assert bench.commands == []


async def test_a_zoom_position_that_a_lens_without_zoom_has_anyhow_is_no_fault():
    bench = PtzBench(PAN_TILT_DOME)
    await bench.answer(absolute((0.0, 0.5), 0.0))
    assert bench.commands == [("move_to", PtzPosition((0.0, 0.5)), PtzSpeed(pan_tilt=0.5))]


@pytest.mark.parametrize(
    ("ptz", "request_", "subcode"),
    [
        (DOME, absolute((1.01, 0.0)), "InvalidPosition"),
        (DOME, absolute((0.0, -2.0)), "InvalidPosition"),
        (DOME, absolute(None, -0.1), "InvalidPosition"),
        (DOME, absolute((0.0, 0.5), 1.1), "InvalidPosition"),
        (DOME, absolute((0.0, 1.0), space=SPHERICAL_POSITION_SPACE), "InvalidPosition"),
        (DOME, absolute((0.0, 0.0), space="urn:other"), "SpaceNotSupported"),
        (DOME, absolute((0.0, 0.0), space=PAN_TILT_TRANSLATION_SPACE), "SpaceNotSupported"),
        (DOME, absolute(None, 0.5, zoom_space=ZOOM_VELOCITY_SPACE), "SpaceNotSupported"),
        (replace(DOME, pan_degrees=None), absolute((0.0, 0.0), space=SPHERICAL_POSITION_SPACE), "SpaceNotSupported"),
        (replace(DOME, absolute_zoom=False), absolute(None, 0.5), "SpaceNotSupported"),
        (replace(DOME, absolute_zoom=False), absolute(None, 0.0), "SpaceNotSupported"),
        (replace(DOME, absolute_pan_tilt=False), absolute((0.0, 0.0)), "SpaceNotSupported"),
        (PAN_TILT_DOME, absolute((0.0, 0.0), 0.5), "SpaceNotSupported"),
        (replace(DOME, tilt=False), absolute((0.0, 0.5)), "InvalidPosition"),
    ],
)
async def test_a_position_that_cannot_be_reached_is_refused(ptz, request_, subcode):
    bench = PtzBench(ptz)
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", subcode)
    assert bench.commands == []


@pytest.mark.parametrize("request_", [absolute((0.0, 0.0)), relative((0.1, 0.0))], ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(("ptz", "is_driven"), [(HEAD, True), (DOME, False)])
async def test_a_camera_that_cannot_drive_says_so(request_, ptz, is_driven):
    bench = PtzBench(ptz, is_driven=is_driven)
    assert await bench.fault(request_) == ("Receiver", "ActionNotSupported")


@pytest.mark.parametrize(
    ("request_", "way"),
    [
        (relative((0.5, -1.0), 0.25), PtzTranslation((0.5, -1.0), 0.25)),
        (relative((1.0, 1.0), space=PAN_TILT_TRANSLATION_SPACE), PtzTranslation((1.0, 1.0))),
        (relative(None, -1.0, zoom_space=ZOOM_TRANSLATION_SPACE), PtzTranslation(None, -1.0)),
        (relative((-1.0, 0.5), space=IN_VIEW_TRANSLATION_SPACE), PtzTranslation((-1.0, 0.5), in_view=True)),
        (relative((0.1, 0.0), 0.1, space=IN_VIEW_TRANSLATION_SPACE), PtzTranslation((0.1, 0.0), 0.1, in_view=True)),
    ],
)
async def test_a_relative_move_goes_a_way(bench, request_, way):
    await bench.answer(request_)
    assert bench.commands == [("move_by", way, DEFAULT)]


@pytest.mark.parametrize(
    ("request_", "commands"),
    [
        (relative((0.0, 0.0), 0.0), [("stop", True, True)]),
        (relative((0.0, 0.0)), [("stop", True, False)]),
        (relative(None, 0.0), [("stop", False, True)]),
        (relative((0.0, 0.0), space=IN_VIEW_TRANSLATION_SPACE), [("stop", True, False)]),
        (relative((0.1, 0.0), 0.0), [("stop", False, True), ("move_by", PtzTranslation((0.1, 0.0)), DEFAULT)]),
        (relative((0.0, 0.0), 0.1), [("stop", True, False), ("move_by", PtzTranslation(None, 0.1), DEFAULT)]),
        (relative(), []),
    ],
)
async def test_no_way_to_go_is_to_stop(bench, request_, commands):
    await bench.answer(request_)
    assert bench.commands == commands


async def test_axes_that_cannot_go_a_way_may_be_asked_to_stand_still():
    bench = PtzBench(PAN_TILT_DOME)
    await bench.answer(relative((0.5, 0.0), 0.0))
    assert bench.commands == [("move_by", PtzTranslation((0.5, 0.0)), PtzSpeed(pan_tilt=0.5))]


@pytest.mark.parametrize(
    ("ptz", "request_", "subcode"),
    [
        (DOME, relative((1.01, 0.0)), "InvalidTranslation"),
        (DOME, relative((0.0, -2.0), space=IN_VIEW_TRANSLATION_SPACE), "InvalidTranslation"),
        (DOME, relative(None, 1.5), "InvalidTranslation"),
        (DOME, relative((0.5, 0.0), space=PAN_TILT_POSITION_SPACE), "SpaceNotSupported"),
        (DOME, relative((0.5, 0.0), space="urn:other"), "SpaceNotSupported"),
        (replace(DOME, in_view=False), relative((0.5, 0.0), space=IN_VIEW_TRANSLATION_SPACE), "SpaceNotSupported"),
        (replace(DOME, relative_zoom=False), relative((0.5, 0.0), 0.5), "SpaceNotSupported"),
        (replace(DOME, relative_pan_tilt=False), relative((0.5, 0.0)), "SpaceNotSupported"),
    ],
)
async def test_a_way_that_cannot_be_gone_is_refused(ptz, request_, subcode):
    bench = PtzBench(ptz)
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", subcode)
    assert bench.commands == []


async def set_defaults(bench, **spaces):
    present = (await bench.answer(GetConfiguration(ptz_configuration_token=NODE))).ptz_configuration
    await bench.answer(SetConfiguration(ptz_configuration=replace(present, **spaces), force_persistence=True))


async def test_without_a_space_the_default_is_meant_that_a_client_has_set(bench):
    await set_defaults(
        bench,
        default_absolute_pan_tilt_position_space=SPHERICAL_POSITION_SPACE,
        default_relative_pan_tilt_translation_space=IN_VIEW_TRANSLATION_SPACE,
    )
    await bench.answer(absolute((45.0, -45.0)))
    await bench.answer(relative((0.5, 0.0)))
    await bench.answer(relative((0.5, 0.0), space=PAN_TILT_TRANSLATION_SPACE))
    assert [command[1] for command in bench.commands] == [
        PtzPosition((0.25, 0.0)),
        PtzTranslation((0.5, 0.0), in_view=True),
        PtzTranslation((0.5, 0.0)),
    ]


async def test_a_default_space_that_the_camera_has_no_more_is_the_generic_one(bench):
    await set_defaults(bench, default_absolute_pan_tilt_position_space=SPHERICAL_POSITION_SPACE)
    bench.camera.description = replace(bench.camera.description, ptz=replace(DOME, pan_degrees=None))
    await bench.answer(absolute((1.0, 1.0)))
    assert [command[1] for command in bench.commands] == [PtzPosition((1.0, 1.0))]


async def test_a_way_in_the_picture_needs_a_picture(bench):
    await bench.answer(RemoveVideoEncoderConfiguration(profile_token=MAIN))
    await bench.answer(RemoveVideoSourceConfiguration(profile_token=MAIN))
    in_view = relative((0.5, 0.0), space=IN_VIEW_TRANSLATION_SPACE)
    assert await bench.fault(in_view) == ("Sender", "InvalidArgVal", "SpaceNotSupported")
    await bench.answer(relative((0.5, 0.0)))


@pytest.mark.parametrize("drive", [absolute, relative])
@pytest.mark.parametrize(
    ("speed", "taken"),
    [
        (None, DEFAULT),
        (PTZSpeed(), DEFAULT),
        (velocity((0.2, 0.8)), PtzSpeed(0.8, 0.5)),
        (velocity(None, 0.0), PtzSpeed(0.5, 0.0)),
        (velocity((1.0, 1.0), 1.0, space=PAN_TILT_SPEED_SPACE, zoom_space=ZOOM_SPEED_SPACE), PtzSpeed(1.0, 1.0)),
    ],
)
async def test_a_drive_has_the_speed_asked_for_or_else_the_default(bench, drive, speed, taken):
    await bench.answer(drive((0.5, 0.5), 0.5, speed=speed))
    assert bench.commands[0][2] == taken


async def test_the_default_speed_is_the_one_that_was_set(bench):
    present = (await bench.answer(GetConfiguration(ptz_configuration_token=NODE))).ptz_configuration
    wished = replace(present, default_ptz_speed=velocity((0.1, 0.3), 0.9))
    await bench.answer(SetConfiguration(ptz_configuration=wished, force_persistence=True))
    await bench.answer(absolute((0.5, 0.5)))
    assert bench.commands == [("move_to", PtzPosition((0.5, 0.5)), PtzSpeed(0.3, 0.9))]


async def test_a_camera_without_speed_control_decides_itself():
    bench = PtzBench(replace(DOME, speed_control=False))
    await bench.answer(absolute((0.5, 0.5), speed=velocity((1.0, 1.0), 1.0)))
    assert bench.commands == [("move_to", PtzPosition((0.5, 0.5)), PtzSpeed())]


@pytest.mark.parametrize("drive", [absolute, relative])
@pytest.mark.parametrize(
    ("speed", "subcode"),
    [
        (velocity((0.5, 1.1)), "InvalidSpeed"),
        (velocity(None, -0.1), "InvalidSpeed"),
        (velocity((0.5, 0.5), space="urn:other"), "SpaceNotSupported"),
        (velocity(None, 0.5, zoom_space=ZOOM_VELOCITY_SPACE), "SpaceNotSupported"),
    ],
)
async def test_a_speed_that_cannot_be_is_refused(bench, drive, speed, subcode):
    assert await bench.fault(drive((0.5, 0.5), speed=speed)) == ("Sender", "InvalidArgVal", subcode)
    assert bench.commands == []


async def test_a_drive_ends_a_continuous_move_of_its_axes_and_no_other(bench):
    await bench.answer(continuous((1.0, 0.0), 1.0, timeout_s=5))
    await bench.answer(absolute((0.0, 0.0)))
    bench.clock.advance(5)
    await bench.device.movement.stop_due()
    assert bench.commands[2:] == [("stop", False, True)]


async def test_a_stop_during_a_drive_reaches_the_camera(bench):
    await bench.answer(absolute((0.0, 0.0)))
    assert bench.device.movement.deadline is None
    await bench.answer(Stop(profile_token=MAIN))
    assert bench.commands[1:] == [("stop", True, True)]


async def test_a_drive_whose_answer_was_lost_leaves_the_continuous_move_to_its_time(bench):
    await bench.answer(continuous((1.0, 0.0), timeout_s=5))
    bench.camera.refusals.append(TimedOut("no answer"))
    with pytest.raises(TimedOut):
        await bench.answer(absolute((0.0, 0.0)))
    assert bench.device.movement.deadline == bench.clock.now() + 5


async def test_a_continuous_move_reaches_the_camera_with_its_timeout(bench):
    await bench.answer(continuous((0.5, -1.0), 0.25, timeout_s=2))
    assert bench.commands == [("move", (0.5, -1.0), 0.25)]
    assert bench.device.movement.deadline == bench.clock.now() + 2


async def test_an_axis_left_out_is_left_alone(bench):
    await bench.answer(continuous(None, -0.5, zoom_space=ZOOM_VELOCITY_SPACE))
    assert bench.commands == [("move", None, -0.5)]


async def test_without_a_timeout_the_default_ends_the_move(bench):
    await bench.answer(continuous((1.0, 0.0)))
    assert bench.device.movement.deadline == bench.clock.now() + 10


async def test_the_default_timeout_is_the_one_that_was_set(bench):
    present = (await bench.answer(GetConfiguration(ptz_configuration_token=NODE))).ptz_configuration
    wished = replace(present, default_ptz_timeout=timedelta(seconds=3))
    await bench.answer(SetConfiguration(ptz_configuration=wished, force_persistence=True))
    await bench.answer(continuous((1.0, 0.0)))
    assert bench.device.movement.deadline == bench.clock.now() + 3


async def test_zero_stops(bench):
    await bench.answer(continuous((0.0, 0.0)))
    assert bench.commands == [("move", (0.0, 0.0), None)]
    assert bench.device.movement.deadline is None


async def test_a_move_of_nothing_moves_nothing(bench):
    await bench.answer(continuous())
    assert bench.commands == []


async def test_a_missing_axis_may_be_asked_to_stand_still():
    bench = PtzBench(PAN_ONLY)
    await bench.answer(continuous((1.0, 0.0), 0.0))
    assert bench.commands == [("move", (1.0, 0.0), None)]


@pytest.mark.parametrize(
    ("ptz", "request_", "subcode"),
    [
        (HEAD, continuous((1.01, 0.0)), "InvalidVelocity"),
        (HEAD, continuous((0.0, -2.0)), "InvalidVelocity"),
        (HEAD, continuous(None, 1.5), "InvalidVelocity"),
        (PAN_ONLY, continuous((0.0, 0.5)), "InvalidVelocity"),
        (PAN_ONLY, continuous(None, 0.5), "SpaceNotSupported"),
        (ZOOM_ONLY, continuous((0.5, 0.0)), "SpaceNotSupported"),
        (HEAD, continuous((0.1, 0.1), space="urn:other"), "SpaceNotSupported"),
        (HEAD, continuous(None, 0.1, zoom_space=PAN_TILT_VELOCITY_SPACE), "SpaceNotSupported"),
        (HEAD, continuous((0.5, 0.0), timeout_s=0), "TimeoutNotSupported"),
        (HEAD, continuous((0.5, 0.0), timeout_s=-1), "TimeoutNotSupported"),
        (HEAD, continuous((0.5, 0.0), timeout_s=3600), "TimeoutNotSupported"),
    ],
)
async def test_a_move_that_cannot_be_is_refused(ptz, request_, subcode):
    bench = PtzBench(ptz)
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", subcode)
    assert bench.commands == []


@pytest.mark.parametrize(
    ("request_", "commands"),
    [
        (Stop(profile_token=MAIN), [("stop", True, True)]),
        (Stop(profile_token=MAIN, pan_tilt=True), [("stop", True, True)]),
        (Stop(profile_token=MAIN, pan_tilt=True, zoom=False), [("stop", True, False)]),
        (Stop(profile_token=MAIN, pan_tilt=False), [("stop", False, True)]),
        (Stop(profile_token=MAIN, pan_tilt=False, zoom=False), []),
    ],
)
async def test_stop_stops_what_is_not_excluded(bench, request_, commands):
    await bench.answer(request_)
    assert bench.commands == commands


@pytest.mark.parametrize(
    "request_",
    [absolute((0.0, 0.0)), relative((0.1, 0.0)), continuous((0.1, 0.0)), Stop(profile_token=MAIN)],
    ids=lambda each: type(each).__name__,
)
async def test_a_move_needs_a_profile_with_a_ptz_configuration(bench, request_):
    assert await bench.fault(replace(request_, profile_token="x")) == ("Sender", "InvalidArgVal", "NoProfile")
    await bench.answer(RemovePTZConfiguration(profile_token=MAIN))
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", "NoPTZProfile")
    assert bench.commands == []


def test_an_axis_that_does_not_move_is_in_the_middle_of_its_one_angle():
    level = replace(DOME, tilt=False, tilt_degrees=Range(-30.0, -30.0))
    asked = vector((90.0, -30.0), space=SPHERICAL_POSITION_SPACE)
    assert read_position(level, asked, PtzSettings()) == PtzPosition((0.5, 0.0))


@given(
    angles=st.tuples(st.floats(-180, 180), st.floats(-180, 180)).map(sorted).filter(lambda each: each[0] < each[1]),
    fraction=st.floats(0, 1),
)
def test_every_angle_of_the_range_lies_between_minus_one_and_one(angles, fraction):
    reach = Range(*angles)
    angle = reach.clamp(reach.at(fraction))
    dome = replace(DOME, pan_degrees=reach, tilt_degrees=reach)
    asked = vector((angle, angle), space=SPHERICAL_POSITION_SPACE)
    place = read_position(dome, asked, PtzSettings()).pan_tilt
    assert place is not None
    pan, tilt = place
    assert pan == tilt
    assert -1.0 <= pan <= 1.0
