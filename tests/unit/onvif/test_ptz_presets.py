"""Stored positions, the home position, and auxiliary commands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.auxiliary import AuxiliaryFunction, SwitchState
from bridge.core.errors import InvalidValue, Unreachable
from bridge.core.ptz import Preset, PtzPosition
from bridge.onvif.auxiliary_commands import command_words, parse_command
from bridge.onvif.types.media_changes import RemovePTZConfiguration
from bridge.onvif.types.ptz import (
    PAN_TILT_POSITION_SPACE,
    PAN_TILT_SPEED_SPACE,
    ZOOM_POSITION_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_VELOCITY_SPACE,
    PTZSpeed,
    PTZVector,
    Vector1D,
    Vector2D,
)
from bridge.onvif.types.ptz_presets import (
    GetPresets,
    GotoHomePosition,
    GotoPreset,
    RemovePreset,
    SendAuxiliaryCommand,
    SetHomePosition,
    SetPreset,
)
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.ptz_bench import DOME, MAIN, PAN_ONLY, SWITCHES, ZOOM_ONLY, PtzBench

ACTS = [
    SetPreset(profile_token=MAIN),
    GotoPreset(profile_token=MAIN, preset_token="1"),
    RemovePreset(profile_token=MAIN, preset_token="1"),
    SetHomePosition(profile_token=MAIN),
    GotoHomePosition(profile_token=MAIN),
]
SAME_FOR_ALL = pytest.mark.parametrize("request_", ACTS, ids=lambda each: type(each).__name__)


@pytest.fixture
def bench():
    return PtzBench()


def speed(pan_tilt=None, zoom=None, space=None):
    return PTZSpeed(
        pan_tilt=None if pan_tilt is None else Vector2D(x=pan_tilt[0], y=pan_tilt[1], space=space),
        zoom=None if zoom is None else Vector1D(x=zoom, space=space),
    )


def goto(asked=None):
    return GotoPreset(profile_token=MAIN, preset_token="2", speed=asked)


async def test_presets_are_listed_with_their_names(bench):
    presets = (await bench.answer(GetPresets(profile_token=MAIN))).preset
    assert [(each.token, each.name, each.ptz_position) for each in presets] == [
        ("1", "Door", None),
        ("2", "Gate", None),
    ]


async def test_a_preset_tells_where_it_is_as_far_as_that_is_known():
    stored = (
        Preset("1", "Door", PtzPosition((0.5, -0.5), 0.25)),
        Preset("2", "Gate", PtzPosition(None, 1.0)),
        Preset("3", "Yard", PtzPosition()),
    )
    bench = PtzBench(replace(DOME, presets=stored))
    presets = (await bench.answer(GetPresets(profile_token=MAIN))).preset
    assert [each.ptz_position for each in presets] == [
        PTZVector(
            pan_tilt=Vector2D(x=0.5, y=-0.5, space=PAN_TILT_POSITION_SPACE),
            zoom=Vector1D(x=0.25, space=ZOOM_POSITION_SPACE),
        ),
        PTZVector(zoom=Vector1D(x=1.0, space=ZOOM_POSITION_SPACE)),
        None,
    ]


async def test_a_new_preset_gets_a_token(bench):
    answer = await bench.answer(SetPreset(profile_token=MAIN, preset_name="Yard"))
    assert answer.preset_token == "3"
    assert bench.commands == [("set_preset", None, "Yard")]


async def test_a_preset_is_overwritten_under_its_token(bench):
    answer = await bench.answer(SetPreset(profile_token=MAIN, preset_token="2", preset_name=""))
    assert answer.preset_token == "2"
    assert bench.commands == [("set_preset", "2", None)]


async def test_a_preset_is_removed(bench):
    await bench.answer(RemovePreset(profile_token=MAIN, preset_token="2"))
    assert bench.commands == [("remove_preset", "2")]


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        (None, 0.5),
        (speed(), 0.5),
        (speed((0.2, 0.8), 1.0), 0.8),
        (speed(zoom=0.3), 0.3),
        (speed((1.0, 1.0), space=PAN_TILT_SPEED_SPACE), 1.0),
        (speed(zoom=1.0, space=ZOOM_SPEED_SPACE), 1.0),
    ],
)
async def test_a_drive_to_a_stored_position_has_one_speed(bench, asked, taken):
    await bench.answer(goto(asked))
    await bench.answer(GotoHomePosition(profile_token=MAIN, speed=asked))
    assert bench.commands == [("go_to_preset", "2", taken), ("go_home", taken)]


@pytest.mark.parametrize(("ptz", "taken"), [(PAN_ONLY, None), (ZOOM_ONLY, 0.5)])
async def test_a_speed_of_what_does_not_move_is_overlooked(ptz, taken):
    bench = PtzBench(ptz)
    await bench.answer(goto(speed((1.0, 1.0))))
    assert bench.commands == [("go_to_preset", "2", taken)]


@pytest.mark.parametrize(
    ("asked", "subcode"),
    [
        (speed((0.5, 1.1)), "InvalidSpeed"),
        (speed(zoom=-0.1), "InvalidSpeed"),
        (speed((0.5, 0.5), space="urn:other"), "SpaceNotSupported"),
        (speed(zoom=0.5, space=ZOOM_VELOCITY_SPACE), "SpaceNotSupported"),
    ],
)
async def test_a_speed_that_cannot_be_is_refused(bench, asked, subcode):
    for request in (goto(asked), GotoHomePosition(profile_token=MAIN, speed=asked)):
        assert await bench.fault(request) == ("Sender", "InvalidArgVal", subcode)
    assert bench.commands == []


@SAME_FOR_ALL
@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("no_preset", ("Sender", "InvalidArgVal", "NoToken")),
        ("preset_exists", ("Sender", "InvalidArgVal", "PresetExist")),
        ("invalid_name", ("Sender", "InvalidArgVal", "InvalidPresetName")),
        ("no_home", ("Sender", "InvalidArgVal", "NoHomePosition")),
        ("too_many_presets", ("Receiver", "Action", "TooManyPresets")),
        ("moving", ("Receiver", "Action", "MovingPTZ")),
    ],
)
async def test_a_refusal_of_the_camera_has_the_fault_of_the_standard(bench, request_, reason, fault):
    bench.camera.refusals.append(InvalidValue(reason, "refused"))
    assert await bench.fault(request_) == fault


@SAME_FOR_ALL
async def test_any_other_refusal_is_left_to_the_dispatcher(bench, request_):
    bench.camera.refusals.extend((InvalidValue("too_heavy", "refused"), Unreachable("gone")))
    with pytest.raises(InvalidValue):
        await bench.answer(request_)
    with pytest.raises(Unreachable):
        await bench.answer(request_)


@SAME_FOR_ALL
async def test_a_stored_position_needs_a_profile_with_a_ptz_configuration(bench, request_):
    assert await bench.fault(replace(request_, profile_token="x")) == ("Sender", "InvalidArgVal", "NoProfile")
    await bench.answer(RemovePTZConfiguration(profile_token=MAIN))
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", "NoPTZProfile")


async def test_a_described_camera_that_nobody_can_move_stores_nothing(bench):
    bench.camera.is_driven = False
    assert await bench.fault(SetPreset(profile_token=MAIN)) == ("Sender", "InvalidArgVal", "NoPTZProfile")


async def test_the_present_position_becomes_the_home_position(bench):
    await bench.answer(SetHomePosition(profile_token=MAIN))
    assert bench.commands == [("set_home",)]


async def test_a_fixed_home_position_is_driven_to_and_never_set():
    bench = PtzBench(replace(DOME, fixed_home=True))
    assert await bench.fault(SetHomePosition(profile_token=MAIN)) == ("Receiver", "Action", "CannotOverwriteHome")
    await bench.answer(GotoHomePosition(profile_token=MAIN))
    assert bench.commands == [("go_home", 0.5)]


@pytest.mark.parametrize(("ptz", "is_driven"), [(replace(DOME, home=False), True), (DOME, False)])
async def test_a_camera_without_home_says_so(ptz, is_driven):
    bench = PtzBench(ptz, is_driven=is_driven)
    for request in (SetHomePosition(profile_token=MAIN), GotoHomePosition(profile_token=MAIN)):
        assert await bench.fault(request) == ("Receiver", "ActionNotSupported")


async def test_a_drive_to_a_stored_position_leaves_nothing_to_stop(bench):
    for request in (goto(), GotoHomePosition(profile_token=MAIN)):
        await bench.answer(request)
        assert bench.device.movement.deadline is None


@pytest.mark.parametrize("word", command_words(described(auxiliary=SWITCHES)))
async def test_every_command_that_is_offered_is_executed(bench, word):
    answer = await bench.answer(SendAuxiliaryCommand(profile_token=MAIN, auxiliary_data=word))
    assert answer.auxiliary_response == word
    command = parse_command(bench.camera.description, word)
    assert command is not None
    assert bench.commands == [("switch", *command)]


def test_a_command_is_a_switch_and_its_state():
    described_ = described(auxiliary=SWITCHES)
    assert command_words(described_) == ("tt:IRLamp|On", "tt:IRLamp|Off", "tt:IRLamp|Auto", "Siren|On")
    assert parse_command(described_, "tt:IRLamp|Auto") == (AuxiliaryFunction.IR_LAMP, SwitchState.AUTO)


@pytest.mark.parametrize("word", ["tt:Wiper|On", "Siren|Off", "tt:Siren|On", "IRLamp|On", ""])
async def test_a_command_that_is_not_offered_is_refused(bench, word):
    request = SendAuxiliaryCommand(profile_token=MAIN, auxiliary_data=word)
    assert await bench.fault(request) == ("Sender", "InvalidArgVal", "AuxiliaryDataNotSupported")
    assert bench.commands == []


@pytest.mark.parametrize(("switches", "is_driven"), [((), True), (SWITCHES, False)])
async def test_a_camera_without_switches_says_so(switches, is_driven):
    bench = PtzBench(switches=switches, is_driven=is_driven)
    request = SendAuxiliaryCommand(profile_token=MAIN, auxiliary_data="tt:IRLamp|On")
    assert await bench.fault(request) == ("Receiver", "ActionNotSupported")
