from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.camera import Facets
from bridge.core.imaging import AutoMode, FocusDescription, FocusStatus
from bridge.onvif.conformance import Condition, conditions_met
from bridge.onvif.services.imaging import SERVICE
from bridge.onvif.types.imaging import (
    AbsoluteFocus,
    ContinuousFocus,
    FocusMove,
    GetMoveOptions,
    GetMoveOptionsResponse,
    GetStatus,
    GetStatusResponse,
    Move,
    MoveOptions20,
    MoveResponse,
    RelativeFocus,
    Stop,
    StopResponse,
)
from bridge.onvif.types.ptz_moves import MoveStatus
from tests.unit.onvif.imaging_bench import EVERYTHING, SOURCE, ImagingBench

MANUAL = replace(EVERYTHING, settings=replace(EVERYTHING.settings, auto_focus=AutoMode.MANUAL))


def focused(**focus):
    return replace(MANUAL, focus=FocusDescription(**focus))


async def move(bench, **form):
    await bench.ask(Move(video_source_token=SOURCE, focus=FocusMove(**form)), MoveResponse)


async def refused(bench, **form):
    fault = await bench.refused(Move(video_source_token=SOURCE, focus=FocusMove(**form)))
    assert bench.camera.commands == []
    return (fault.code, *fault.subcodes)


async def options_of(bench):
    answer = await bench.ask(GetMoveOptions(video_source_token=SOURCE), GetMoveOptionsResponse)
    return answer.move_options


async def status_of(bench):
    answer = await bench.ask(GetStatus(video_source_token=SOURCE), GetStatusResponse)
    return answer.status.focus_status20


async def test_the_options_name_the_forms_of_the_camera_and_their_ranges():
    options = await options_of(ImagingBench(EVERYTHING))
    assert (options.absolute.position.min, options.absolute.position.max, options.absolute.speed.min) == (0, 1, 0)
    assert (options.relative.distance.min, options.relative.distance.max, options.relative.speed.max) == (-1, 1, 1)
    assert (options.continuous.speed.min, options.continuous.speed.max) == (-1, 1)
    only_continuous = await options_of(ImagingBench(focused(continuous=True)))
    assert (only_continuous.absolute, only_continuous.relative) == (None, None)
    assert only_continuous.continuous is not None


async def test_a_speed_that_cannot_be_chosen_is_no_option():
    bench = ImagingBench(focused(absolute=True, relative=True, speed_control=False))
    options = await options_of(bench)
    assert (options.absolute.speed, options.relative.speed) == (None, None)
    await move(bench, absolute=AbsoluteFocus(position=0.5, speed=0.1))
    assert bench.camera.commands == [("move_focus_to", 0.5, None)]


@pytest.mark.parametrize(
    "bench",
    [ImagingBench(replace(EVERYTHING, focus=None)), ImagingBench(EVERYTHING, is_driven=False)],
    ids=["no focus", "no facet"],
)
async def test_a_focus_that_cannot_be_moved_has_no_options_and_no_status(bench):
    assert await options_of(bench) == MoveOptions20()
    assert await refused(bench, continuous=ContinuousFocus(speed=1.0)) == ("Receiver", "ActionNotSupported")


async def test_without_a_facet_nothing_is_known_and_nothing_can_be_stopped():
    bench = ImagingBench(EVERYTHING, is_driven=False)
    assert await status_of(bench) is None
    fault = await bench.refused(Stop(video_source_token=SOURCE))
    assert (fault.code, fault.subcodes) == ("Receiver", ("ActionNotSupported",))


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ({"absolute": AbsoluteFocus(position=1.0)}, ("move_focus_to", 1.0, None)),
        ({"absolute": AbsoluteFocus(position=0.0, speed=0.5)}, ("move_focus_to", 0.0, 0.5)),
        ({"relative": RelativeFocus(distance=-1.0)}, ("move_focus_by", -1.0, None)),
        ({"relative": RelativeFocus(distance=0.1, speed=1.0)}, ("move_focus_by", 0.1, 1.0)),
        ({"continuous": ContinuousFocus(speed=-0.3)}, ("move_focus", -0.3)),
        ({"continuous": ContinuousFocus(speed=0.0)}, ("stop_focus",)),
    ],
)
async def test_the_focus_moves_in_every_form(form, command):
    bench = ImagingBench(MANUAL)
    await move(bench, **form)
    assert bench.camera.commands == [command]


@pytest.mark.parametrize(
    "form",
    [
        {"absolute": AbsoluteFocus(position=1.1)},
        {"absolute": AbsoluteFocus(position=0.5, speed=-0.1)},
        {"relative": RelativeFocus(distance=-1.1)},
        {"relative": RelativeFocus(distance=0.5, speed=1.1)},
        {"continuous": ContinuousFocus(speed=-1.1)},
        {},
        {"relative": RelativeFocus(distance=0.5), "continuous": ContinuousFocus(speed=1.0)},
    ],
)
async def test_values_out_of_range_and_anything_but_one_form_are_refused(form):
    assert await refused(ImagingBench(EVERYTHING), **form) == ("Sender", "InvalidArgVal")


async def test_a_form_that_the_camera_does_not_know_is_refused():
    bench = ImagingBench(focused(continuous=True))
    assert await refused(bench, absolute=AbsoluteFocus(position=0.5)) == ("Receiver", "ActionNotSupported")
    assert await refused(bench, relative=RelativeFocus(distance=0.5)) == ("Receiver", "ActionNotSupported")


async def test_moving_ends_automatic_focus():
    bench = ImagingBench(EVERYTHING)
    await move(bench, continuous=ContinuousFocus(speed=1.0))
    assert [command[0] for command in bench.camera.commands] == ["set_imaging", "move_focus"]
    assert bench.settings == MANUAL.settings


async def test_automatic_focus_that_cannot_be_set_is_left_alone():
    bench = ImagingBench(replace(EVERYTHING, settable=frozenset({"brightness"})))
    await move(bench, continuous=ContinuousFocus(speed=1.0))
    bench.camera.given = Facets(focus=bench.focus)
    await move(bench, continuous=ContinuousFocus(speed=0.5))
    assert bench.camera.commands == [("move_focus", 1.0), ("move_focus", 0.5)]


async def test_stop_stops_the_focus_and_nothing_else():
    bench = ImagingBench(EVERYTHING)
    await bench.ask(Stop(video_source_token=SOURCE), StopResponse)
    assert bench.camera.commands == [("stop_focus",)]
    assert bench.settings.auto_focus is AutoMode.AUTO


async def test_the_status_tells_position_and_movement():
    bench = ImagingBench(EVERYTHING)
    told = await status_of(bench)
    assert (told.position, told.move_status) == (0.25, MoveStatus.IDLE)
    bench.focus.status = FocusStatus(1.0, moving=True)
    told = await status_of(bench)
    assert (told.position, told.move_status) == (1.0, MoveStatus.MOVING)


async def test_there_is_no_status_without_a_position():
    bench = ImagingBench(EVERYTHING)
    bench.focus.status = FocusStatus(None, moving=True)
    assert await status_of(bench) is None


def test_stop_has_an_action_of_its_own():
    (stop,) = (each for each in SERVICE.operations if each.name == "Stop")
    assert stop.action == "http://www.onvif.org/ver20/imaging/wsdl/FocusStop"


def test_a_camera_whose_focus_can_be_moved_owes_the_operations_for_it():
    assert Condition.FOCUS_CONTROL in conditions_met(ImagingBench(EVERYTHING).device)
    assert Condition.FOCUS_CONTROL not in conditions_met(ImagingBench(replace(EVERYTHING, focus=None)).device)
