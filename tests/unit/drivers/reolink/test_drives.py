"""Drives to places: zoom and focus positions, and the guard position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.errors import InvalidValue, Rejected, Unsupported
from bridge.core.imaging import FocusStatus
from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation, Velocity
from tests.unit.drivers.reolink.scripted import good, refused

if TYPE_CHECKING:
    from bridge.core.camera import Facets
    from bridge.core.ptz import PtzStatus
    from tests.unit.drivers.reolink.bench import World

SPEED = PtzSpeed()


def status(facets: Facets) -> PtzStatus:
    assert facets.ptz is not None
    return facets.ptz.status


def lens_at(world: World, *, zoom: int, focus: int = 23) -> None:
    world.change("GetZoomFocus", "ZoomFocus", zoom={"pos": zoom}, focus={"pos": focus})


@pytest.mark.parametrize(("zoom", "step"), [(0.0, 0), (0.25, 8), (0.5, 17), (1.0, 33)])
async def test_a_zoom_position_is_driven_to(world: World, zoom: float, step: int) -> None:
    async with world.obeying() as facets:
        assert facets.drives is not None
        await facets.drives.move_to(PtzPosition(zoom=zoom), speed=SPEED)
        assert status(facets).zoom_moving
        assert not status(facets).pan_tilt_moving
    assert world.sent("StartZoomFocus") == [{"ZoomFocus": {"channel": 0, "op": "ZoomPos", "pos": step}}]


@pytest.mark.parametrize(("distance", "step"), [(0.5, 25), (-0.5, 0), (0.0, 8), (1.0, 33)])
async def test_a_way_begins_where_the_zoom_stands(world: World, distance: float, step: int) -> None:
    async with world.obeying() as facets:
        assert facets.drives is not None
        lens_at(world, zoom=8)
        await facets.drives.move_by(PtzTranslation(zoom=distance), speed=SPEED)
    assert world.sent("StartZoomFocus")[0]["ZoomFocus"]["pos"] == step


async def test_a_drive_ends_when_the_place_is_reached(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.drives is not None
        await facets.drives.move_to(PtzPosition(zoom=1.0), speed=SPEED)
        await world.notes.rounds(2)
        assert status(facets).zoom_moving
        lens_at(world, zoom=33)
        await world.notes.rounds(2)
        assert not status(facets).zoom_moving
        assert status(facets).zoom == 1.0


async def test_a_drive_that_never_arrives_ends_after_a_while(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.drives is not None
        await facets.drives.move_to(PtzPosition(zoom=1.0), speed=SPEED)
        world.clock.advance(10)
        assert not status(facets).zoom_moving


async def test_a_drive_replaces_a_zoom_that_runs_and_lets_the_rest_go_on(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.ptz is not None
        assert facets.drives is not None
        await facets.ptz.move(Velocity((1.0, 0.0), 0.5))
        await facets.drives.move_to(PtzPosition(zoom=0.0), speed=SPEED)
        assert status(facets).pan_tilt_moving
        await facets.ptz.move(Velocity(zoom=0.5))
        lens_at(world, zoom=0)
        await facets.ptz.stop()
        assert not status(facets).zoom_moving
    ops = [param["op"] for param in world.sent("PtzCtrl")]
    assert ops == ["ZoomInc", "Right", "Stop", "Right", "ZoomInc", "Stop"]


async def test_places_outside_the_range_and_of_other_axes_are_refused(world: World) -> None:
    async with world.obeying() as facets:
        drives = facets.drives
        assert drives is not None
        for attempt in (
            drives.move_to(PtzPosition(zoom=1.1), speed=SPEED),
            drives.move_by(PtzTranslation(zoom=-1.1), speed=SPEED),
        ):
            with pytest.raises(InvalidValue):
                await attempt
        for pan in (
            drives.move_to(PtzPosition((0.0, 0.0)), speed=SPEED),
            drives.move_by(PtzTranslation((0.0, 0.0)), speed=SPEED),
        ):
            with pytest.raises(Unsupported):
                await pan
    assert not world.sent("StartZoomFocus")


async def test_a_way_from_nowhere_is_refused(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.drives is not None
        world.camera.answers["GetZoomFocus"] = refused("GetZoomFocus", -17)
        with pytest.raises(Rejected, match="cannot be read"):
            await facets.drives.move_by(PtzTranslation(zoom=0.1), speed=SPEED)


async def test_a_lens_without_a_range_has_no_places(world: World) -> None:
    world.camera.answers["GetZoomFocus"] = good("GetZoomFocus", world.camera.answers["GetZoomFocus"]["value"])
    async with world.obeying() as facets:
        assert facets.drives is None
        assert facets.ptz is not None
        assert facets.focus is not None
        with pytest.raises(Unsupported):
            await facets.focus.move_to(0.5)


async def test_the_focus_runs_until_it_is_stopped_and_the_rest_goes_on(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.ptz is not None
        assert facets.focus is not None
        await facets.ptz.move(Velocity((1.0, 0.0)))
        moving = []
        for act in (facets.focus.move(0.5), facets.focus.stop(), facets.focus.move(-1.0), facets.ptz.stop()):
            await act
            moving.append((facets.focus.status.moving, status(facets).pan_tilt_moving))
        assert moving == [(True, True), (False, True), (True, True), (True, False)]
    spoken = [(param["op"], param.get("speed")) for param in world.sent("PtzCtrl")]
    assert spoken == [
        ("Right", 64),
        ("FocusInc", 32),
        ("Stop", None),
        ("Right", 64),
        ("FocusDec", 64),
        ("Stop", None),
        ("FocusDec", 64),
    ]


async def test_the_focus_drives_to_positions_of_its_range(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.focus is not None
        assert facets.focus.status.position == pytest.approx(23 / 223)
        await facets.focus.move_to(0.5, speed=1.0)
        await facets.focus.move_by(-0.05)
        lens_at(world, zoom=0, focus=12)
        await world.notes.rounds(2)
        assert facets.focus.status == FocusStatus(12 / 223, moving=False)
        for wrong in (0.0, 1.5):
            with pytest.raises(InvalidValue):
                await facets.focus.move(wrong)
    assert [param["ZoomFocus"] for param in world.sent("StartZoomFocus")] == [
        {"channel": 0, "op": "FocusPos", "pos": 112},
        {"channel": 0, "op": "FocusPos", "pos": 12},
    ]


async def test_home_is_the_guard_position(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.home is not None
        with pytest.raises(InvalidValue) as caught:
            await facets.home.go_home()
        assert caught.value.reason == "no_home"
        world.camera.on["SetPtzGuard"] = lambda _: world.change("GetPtzGuard", "PtzGuard", bexistPos=1)
        await facets.home.set_home()
        await facets.home.go_home(speed=0.5)
        assert status(facets).pan_tilt_moving
        with pytest.raises(InvalidValue) as caught:
            await facets.home.set_home()
        assert caught.value.reason == "moving"
    assert [param["PtzGuard"] for param in world.sent("SetPtzGuard")] == [
        {"channel": 0, "cmdStr": "setPos", "bSaveCurrentPos": 1},
        {"channel": 0, "cmdStr": "toPos"},
    ]


async def test_a_camera_without_a_guard_position_has_no_home(world: World) -> None:
    world.camera.answers["GetPtzGuard"] = refused("Unknown", -9)
    async with world.running() as description:
        assert description.ptz is not None
        assert not description.ptz.home
        assert world.driver.facets.home is None
