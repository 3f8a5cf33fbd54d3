"""The head: movement by time, presets, patrols and the guard position."""

from __future__ import annotations

import math

import pytest

from bridge.simulators.reolink.head import Axis, Head, Pose
from bridge.simulators.reolink.messages import NativeError
from bridge.simulators.reolink.ptz import Patrol, PtzTraits, PtzUnit, Spot
from tests.unit.simulators.reolink_client import playing

START = Pose(180.0, 45.0, 0.0, 23.0)


def unit(**traits) -> PtzUnit:
    return PtzUnit(PtzTraits(**traits))


def test_a_speed_step_is_one_and_a_half_degrees_a_second():
    head = unit()
    head.control("Right", 0.0, speed=10)
    assert head.pose_at(2.0).pan == 210.0
    assert head.velocity_at(2.0).pan == 15.0
    assert head.operation_at(2.0) == ("Right", 0.0)


@pytest.mark.parametrize(
    ("operation", "pan", "tilt"),
    [
        ("Left", -1, 0),
        ("Right", 1, 0),
        ("Up", 0, 1),
        ("Down", 0, -1),
        ("LeftUp", -1, 1),
        ("LeftDown", -1, -1),
        ("RightUp", 1, 1),
        ("RightDown", 1, -1),
        ("Auto", 1, 0),
    ],
)
def test_each_operation_turns_its_way(operation, pan, tilt):
    head = unit()
    head.control(operation, 0.0, speed=2)
    assert head.pose_at(1.0) == Pose(180.0 + 3 * pan, 45.0 + 3 * tilt, 0.0, 23.0)


def test_it_runs_until_stop_and_then_stays():
    head = unit()
    head.control("Up", 0.0, speed=2)
    head.control("Stop", 5.0, speed=0, target=0)
    assert head.pose_at(100.0).tilt == 60.0
    assert head.operation_at(100.0) is None


def test_tilt_ends_at_its_stop_and_pan_goes_round():
    head = unit()
    head.control("LeftDown", 0.0, speed=64)
    assert head.pose_at(10.0) == Pose((180.0 - 960.0) % 360.0, 0.0, 0.0, 23.0)
    assert head.velocity_at(10.0).tilt == 0.0
    assert head.velocity_at(10.0).pan == -96.0


def test_a_head_that_cannot_go_round_ends_at_its_stop():
    head = unit(pan_highest=355.0)
    head.control("Right", 0.0, speed=64)
    assert head.pose_at(10.0).pan == 355.0
    assert head.operation_at(10.0) is None


def test_zoom_runs_beside_the_turn():
    head = unit()
    head.control("ZoomInc", 0.0, speed=32)
    head.control("Right", 0.0, speed=10)
    assert head.pose_at(2.0) == Pose(210.0, 45.0, 10.0, 23.0)
    head.control("FocusDec", 2.0, speed=32)
    assert head.pose_at(100.0).zoom == 33.0
    assert head.pose_at(100.0).focus == 0.0
    head.control("IrisInc", 100.0)
    head.control("ZoomDec", 100.0)
    assert head.pose_at(101.0).zoom == 28.0


@pytest.mark.parametrize(
    ("operation", "speed", "target"),
    [
        ("Jump", 1, None),
        (None, 1, None),
        ("Left", 0, None),
        ("Left", 65, None),
        ("Left", "5", None),
        ("ToPos", 32, 3),
        ("ToPos", 32, None),
        ("ToPos", 32, 99),
        ("StartPatrol", None, 2),
        ("StartPatrol", None, 9),
    ],
)
def test_what_cannot_be_is_refused_and_the_movement_goes_on(operation, speed, target):
    head = unit()
    head.control("Right", 0.0, speed=10)
    with pytest.raises(NativeError, match="-4"):
        head.control(operation, 1.0, speed=speed, target=target)
    assert head.operation_at(1.0) == ("Right", 0.0)


def test_a_camera_without_speed_always_goes_at_the_same():
    head = unit(has_speed=False)
    head.control("Right", 0.0, speed=1)
    assert head.velocity_at(0.5).pan == 48.0


def test_a_preset_is_reached_in_finite_time_the_shorter_way_round():
    head = unit()
    head.place(Pose(350.0, 10.0, 5.0, 0.0), 0.0)
    head.store_preset(3, "gate", is_enabled=1, now=0.0)
    head.place(Pose(20.0, 10.0, 0.0, 0.0), 0.0)
    head.control("ToPos", 0.0, speed=32, target=3)
    assert head.pose_at(0.5).pan == pytest.approx(356.0)
    assert head.operation_at(0.5) == ("ToPos", 0.0)
    assert head.pose_at(1.0) == Pose(350.0, 10.0, 5.0, 0.0)
    assert head.operation_at(1.0) is None


def test_presets_are_renamed_without_moving_them_and_removed():
    head = unit()
    head.store_preset(3, "gate", is_enabled=1, now=0.0)
    head.place(Pose(0.0, 0.0, 0.0, 0.0), 0.0)
    head.store_preset(3, "gate north", is_enabled=None, now=0.0)
    assert (head.presets[3].name, head.presets[3].pose) == ("gate north", START)
    head.store_preset(3, "gate north", is_enabled=0, now=0.0)
    assert head.presets[3].pose is None


@pytest.mark.parametrize(("id_", "name", "is_enabled"), [(0, "x", 1), (65, "x", 1), ("1", "x", 1), (1, "", 1)])
def test_bad_presets_are_refused(id_, name, is_enabled):
    with pytest.raises(NativeError, match="-4"):
        unit().store_preset(id_, name, is_enabled=is_enabled, now=0.0)


def patrolling() -> PtzUnit:
    """A patrol between two poses 90 degrees apart: 3 s of driving at speed 20, 5 s and 10 s of waiting."""
    head = unit()
    for id_, pan in ((1, 180.0), (2, 270.0)):
        head.place(Pose(pan, 45.0, 0.0, 23.0), 0.0)
        head.store_preset(id_, f"p{id_}", is_enabled=1, now=0.0)
    head.place(START, 0.0)
    head.store_patrol(Patrol(1, "tour", is_enabled=True, spots=(Spot(1, 5, 20), Spot(2, 10, 20))), 0.0)
    head.control("StartPatrol", 0.0)
    return head


def test_a_patrol_drives_waits_and_begins_again():
    head = patrolling()
    assert head.running_patrol_at(0.0) == 1
    assert head.pose_at(4.9).pan == 180.0
    assert head.pose_at(6.0).pan == 210.0
    assert head.pose_at(8.0).pan == 270.0
    assert head.pose_at(18.0).pan == 270.0
    assert head.pose_at(19.0).pan == 240.0
    assert head.pose_at(21.0).pan == 180.0


def test_a_patrol_that_nobody_watched_is_where_it_would_be():
    head = patrolling()
    assert head.pose_at(18.0 + 21.0 * 1_000_000 + 1.0).pan == pytest.approx(240.0)
    assert patrolling().pose_at(18.0 + 21.0 * 3 + 1.0).pan == pytest.approx(240.0)


def test_a_removed_preset_is_only_waited_for():
    head = patrolling()
    head.store_preset(2, "p2", is_enabled=0, now=1.0)
    assert head.pose_at(12.0).pan == 180.0
    assert head.running_patrol_at(12.0) == 1


@pytest.mark.parametrize("operation", ["Left", "Stop", "StopPatrol", "ZoomInc"])
def test_any_manual_operation_ends_a_patrol_where_it_is(operation):
    head = patrolling()
    head.control(operation, 6.0, speed=1)
    assert head.running_patrol_at(6.0) is None
    assert head.pose_at(6.0).pan == 210.0


def test_changing_a_running_patrol_ends_it():
    head = patrolling()
    head.store_patrol(Patrol(1, "tour"), 6.0)
    assert head.running_patrol_at(6.0) is None
    assert head.pose_at(60.0).pan == 210.0


@pytest.mark.parametrize(
    "patrol",
    [
        Patrol(7),
        Patrol(1, "x" * 32),
        Patrol(1, spots=(Spot(1, 1, 1),) * 17),
        Patrol(1, spots=(Spot(65, 1, 1),)),
        Patrol(1, spots=(Spot(1, 31, 1),)),
        Patrol(1, spots=(Spot(1, 1, 0),)),
    ],
)
def test_bad_patrols_are_refused(patrol):
    with pytest.raises(NativeError, match="-4"):
        unit().store_patrol(patrol, 0.0)


def test_the_head_returns_to_its_guard_position_a_minute_after_the_last_command():
    head = unit()
    with pytest.raises(NativeError, match="-4"):
        head.go_to_guard(0.0)
    head.set_guard(0.0)
    head.control("Right", 0.0, speed=20)
    assert head.pose_at(600.0).pan == (180.0 + 600.0 * 30.0) % 360.0
    head.control("Stop", 601.0)
    there = head.pose_at(660.9)
    assert there != START
    assert head.pose_at(670.0) == START
    head.guard.returns = False
    head.control("Right", 670.0, speed=20)
    head.control("Stop", 671.0)
    assert head.pose_at(800.0).pan == 210.0
    head.go_to_guard(800.0)
    assert head.pose_at(801.0) == START


def test_an_axis_that_does_not_move_arrives_at_once():
    axis = Axis(low=0.0, high=10.0, position=4.0)
    axis.go(4.0, 2.0, 7.0)
    assert axis.arrives_at == 7.0
    axis.move(1.0, 7.0)
    assert axis.arrives_at == 13.0
    head = Head(pan_highest=360.0, zoom_highest=1, focus_highest=1, pose=Pose(0.0, 0.0, 0.0, 0.0))
    head.turn(1, 0, 1, 0.0)
    assert head.arrives_at == math.inf


async def test_ptz_commands_move_the_pose_that_the_state_shows():
    async with playing() as client:
        await client.ptz("LeftUp", speed=10)
        client.clock.advance(1)
        pose = (await client.state())["pose"]
        assert (pose["pan"], pose["tilt"], pose["operation"]) == (165.0, 60.0, "LeftUp")
        assert pose["since"] == "2024-03-01T12:00:00.000Z"
        await client.ptz("Stop")
        await client.done("StartZoomFocus", {"ZoomFocus": {"channel": 0, "op": "ZoomPos", "pos": 20}})
        client.clock.advance(2)
        full = await client.send("GetZoomFocus", {"channel": 0}, action=1)
        assert full["value"]["ZoomFocus"] == {"channel": 0, "focus": {"pos": 23}, "zoom": {"pos": 20}}
        assert full["range"]["ZoomFocus"]["zoom"] == {"pos": {"max": 33, "min": 0}}
        for bad in ({"op": "ZoomPos", "pos": 34}, {"op": "Iris", "pos": 1}, {"op": "FocusPos", "pos": 1.5}):
            assert await client.refused("StartZoomFocus", {"ZoomFocus": bad}) == -4
        await client.event("move", pan=10, zoom=3)
        pose = (await client.state())["pose"]
        assert (pose["pan"], pose["tilt"], pose["zoom"], pose["focus"]) == (10.0, 60.0, 3.0, 23.0)
        assert "tilt is" not in str(await client.event("move", pan=361))


async def test_presets_patrols_and_guard_through_the_api():
    async with playing() as client:
        await client.done("SetPtzPreset", {"PtzPreset": {"channel": 0, "enable": 1, "id": 3, "name": "gate"}})
        presets = (await client.value("GetPtzPreset"))["PtzPreset"]
        assert presets[2] == {"channel": 0, "enable": 1, "id": 3, "name": "gate"}
        assert len(presets) == 64
        spots = [{"id": 3, "dwellTime": 5, "speed": 20}, {"id": 1, "dwellTime": 5, "speed": 20}]
        patrol = {"channel": 0, "id": 2, "enable": 1, "running": 0, "name": "tour", "preset": spots}
        await client.done("SetPtzPatrol", {"PtzPatrol": patrol})
        await client.ptz("StartPatrol", id=2)
        patrols = (await client.value("GetPtzPatrol"))["PtzPatrol"]
        assert patrols[1] == {**patrol, "running": 1}
        tour = (await client.state())["tours"][1]
        assert (tour["running"], tour["spots"][0]) == (True, {"preset": 3, "dwell_s": 5, "speed": 20})
        for bad in (
            {"enable": 1},
            {"id": 2, "enable": 3},
            {"id": 2, "enable": 1, "preset": 1},
            {"id": 2, "enable": 1, "preset": [{"id": 1}]},
        ):
            assert await client.refused("SetPtzPatrol", {"PtzPatrol": bad}) == -4
        await client.done("SetPtzPatrol", {"PtzPatrol": {"id": 2, "enable": 0, "name": "off"}})

        assert (await client.value("GetPtzGuard"))["PtzGuard"]["bexistPos"] == 0
        assert await client.refused("SetPtzGuard", {"PtzGuard": {"cmdStr": "toPos"}}) == -4
        await client.done("SetPtzGuard", {"PtzGuard": {"cmdStr": "setPos", "bSaveCurrentPos": 1}})
        await client.event("move", pan=0)
        await client.done("SetPtzGuard", {"PtzGuard": {"cmdStr": "toPos", "benable": 0}})
        client.clock.advance(30)
        state = await client.state()
        assert state["pose"]["pan"] == state["guard"]["pose"]["pan"] == 180.0
        assert state["guard"]["returns"] is False
        for wrong in ({"cmdStr": "away"}, {"benable": 7}, {"timeout": 30}):
            assert await client.refused("SetPtzGuard", {"PtzGuard": wrong}) == -4
        full = await client.send("GetPtzPatrol", {"channel": 0}, action=1)
        assert full["range"]["PtzPatrol"]["preset"]["dwellTime"] == {"max": 30, "min": 1}


async def test_a_calibration_takes_a_while_and_ends_by_itself():
    async with playing() as client:
        assert await client.value("GetPtzCheckState") == {"PtzCheckState": 0}
        await client.done("PtzCheck", {"channel": 0})
        client.clock.advance(29)
        assert await client.value("GetPtzCheckState") == {"PtzCheckState": 1}
        client.clock.advance(1)
        assert (await client.state())["calibration"] == "finished"
    async with playing(model="RLC-520") as client:
        assert await client.refused("PtzCheck", {"channel": 0}) == -13
