"""Movement as the camera hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.errors import InvalidValue, Rejected, Unreachable, Unsupported
from bridge.core.ptz import Velocity
from bridge.core.units import Range
from bridge.drivers.reolink.client import ReolinkClient
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.mechanics import Mechanics, Motor, preset_slots
from bridge.drivers.reolink.motors import Motors
from bridge.drivers.reolink.profile import PROFILE
from bridge.drivers.reolink.ptz import ReolinkPtz
from tests.unit.drivers.reolink.native_camera import native_answers
from tests.unit.drivers.reolink.scripted import QUICK, refused

if TYPE_CHECKING:
    from bridge.drivers.reolink.session import NativeSession
    from tests.unit.clock import FakeClock
    from tests.unit.drivers.reolink.scripted import ScriptedCamera


LENS_STEPS = {Motor.ZOOM: Range(0, 40), Motor.FOCUS: Range(0, 200)}


class World:
    """A PTZ facet with a camera whose mechanics a test can change."""

    def __init__(self, session: NativeSession, camera: ScriptedCamera, clock: FakeClock) -> None:
        self.camera = camera
        self.clock = clock
        self.client: ReolinkClient | None = ReolinkClient(session, 0, limits=QUICK.session, camera="cam")
        self.mechanics: Mechanics | None = None
        self.presets: list[Answer] = []
        self.become()
        self.motors = Motors(self.connected, lambda: self.mechanics, limits=PROFILE.ptz, clock=clock)
        self.ptz = ReolinkPtz(self.motors, on_presets=self.presets.append, clock=clock)

    def become(self, kind: int = 2, *, diagonal: bool = True) -> None:
        slots = preset_slots(Answer(0, native_answers()["GetPtzPreset"]["value"]))
        self.mechanics = Mechanics(PROFILE.ptz.types[kind], diagonal, slots, LENS_STEPS)

    def connected(self) -> ReolinkClient:
        if self.client is None:
            raise Unreachable("gone")
        return self.client

    def heard(self) -> list[list[Any]]:
        """Every request of PtzCtrl as a list of operations, each with its speed; then forget them."""
        requests = self.camera.requests("PtzCtrl")
        self.camera.received.clear()
        return [[_spoken(each["param"]) for each in request.commands] for request in requests]


def _spoken(param: dict[str, Any]) -> tuple[str, int] | str:
    return (param["op"], param["speed"]) if "speed" in param else param["op"]


@pytest.fixture
def world(session: NativeSession, camera: ScriptedCamera, clock: FakeClock) -> World:
    camera.answers |= {"GetPtzPreset": native_answers()["GetPtzPreset"]}
    return World(session, camera, clock)


async def test_a_move_names_direction_and_speed(world: World) -> None:
    await world.ptz.move(Velocity(pan_tilt=(-0.5, 0.3)))
    assert world.heard() == [[("LeftUp", 32)]]
    assert world.ptz.status.pan_tilt_moving
    assert not world.ptz.status.zoom_moving


async def test_both_axes_go_in_one_batch_zoom_first(world: World) -> None:
    await world.ptz.move(Velocity(pan_tilt=(1.0, 0.0), zoom=-0.25))
    assert world.heard() == [[("ZoomDec", 16), ("Right", 64)]]


async def test_an_axis_that_is_not_named_goes_on(world: World) -> None:
    await world.ptz.move(Velocity(zoom=1.0))
    await world.ptz.move(Velocity(pan_tilt=(0.0, -1.0)))
    assert world.heard() == [[("ZoomInc", 64)], [("Down", 64)]]
    assert world.ptz.status.zoom_moving


async def test_an_axis_given_as_zero_that_stands_still_needs_no_stop(world: World) -> None:
    await world.ptz.move(Velocity(pan_tilt=(1.0, 0.0), zoom=0.0))
    assert world.heard() == [[("Right", 64)]]


async def test_stopping_one_axis_starts_the_other_again(world: World) -> None:
    await world.ptz.move(Velocity(pan_tilt=(1.0, 0.0), zoom=0.5))
    await world.ptz.stop(pan_tilt=True, zoom=False)
    assert world.heard()[1:] == [["Stop", ("ZoomInc", 32)]]
    await world.ptz.move(Velocity(pan_tilt=(-1.0, 0.0), zoom=0.0))
    assert world.heard() == [["Stop", ("Left", 64)]]
    await world.ptz.move(Velocity(zoom=0.5))
    await world.ptz.move(Velocity(pan_tilt=(0.0, 0.0)))
    assert world.heard()[1:] == [["Stop", ("ZoomInc", 32)]]


@pytest.mark.parametrize("velocity", [Velocity((0.0, 0.0), 0.0), Velocity((0.0, 0.0)), Velocity()])
async def test_moving_nowhere_is_a_stop(world: World, velocity: Velocity) -> None:
    await world.ptz.move(velocity)
    assert world.heard() == [["Stop"]]


async def test_stop_stops_everything(world: World) -> None:
    await world.ptz.move(Velocity((1.0, 1.0), 1.0))
    await world.ptz.stop()
    assert world.heard()[1:] == [["Stop"]]
    assert not world.ptz.status.pan_tilt_moving
    assert not world.ptz.status.zoom_moving


@pytest.mark.parametrize(("kind", "heard"), [(5, [["RightUp"]]), (6, [["RightUp"]]), (7, [["Right"]])])
async def test_simple_mechanics_take_no_speed(world: World, kind: int, heard: list[list[str]]) -> None:
    world.become(kind)
    await world.ptz.move(Velocity((0.5, 0.5)))
    assert world.heard() == heard


async def test_four_directions_only(world: World) -> None:
    world.become(diagonal=False)
    await world.ptz.move(Velocity((0.5, -0.6)))
    assert world.heard() == [[("Down", 38)]]


async def test_an_axis_that_is_not_there_does_not_move(world: World) -> None:
    world.become(1)
    await world.ptz.move(Velocity((1.0, 0.0), 0.5))
    world.become(3)
    await world.ptz.move(Velocity((1.0, 0.0), 0.5))
    assert world.heard() == [[("ZoomInc", 32)], ["Stop", ("Right", 64)]]


@pytest.mark.parametrize("velocity", [Velocity((1.1, 0)), Velocity(zoom=-1.1), Velocity((float("nan"), 0))])
async def test_a_velocity_outside_the_space_is_refused_and_not_sent(world: World, velocity: Velocity) -> None:
    with pytest.raises(InvalidValue):
        await world.ptz.move(velocity)
    assert world.heard() == []


async def test_a_refused_move_is_no_movement(world: World) -> None:
    world.camera.answers["PtzCtrl"] = refused("PtzCtrl", -4)
    with pytest.raises(Rejected):
        await world.ptz.move(Velocity((1.0, 0.0)))
    assert not world.ptz.status.pan_tilt_moving


async def test_a_stop_that_was_lost_leaves_the_camera_moving(world: World) -> None:
    await world.ptz.move(Velocity((1.0, 0.0)))
    client, world.client = world.client, None
    with pytest.raises(Unreachable):
        await world.ptz.stop()
    assert world.ptz.status.pan_tilt_moving
    world.client = client
    world.heard()
    await world.ptz.stop()
    assert world.heard() == [["Stop"]]
    assert not world.ptz.status.pan_tilt_moving


async def test_a_fixed_camera_is_told_apart(world: World) -> None:
    world.mechanics = None
    with pytest.raises(Unsupported):
        await world.ptz.move(Velocity((1.0, 0.0)))


async def test_a_drive_to_a_preset_counts_as_movement_for_a_while(world: World) -> None:
    await world.ptz.go_to_preset("2", speed=0.78)
    (request,) = world.camera.requests("PtzCtrl")
    assert request.commands[0]["param"] == {"channel": 0, "op": "ToPos", "id": 2, "speed": 50}
    assert world.ptz.status.pan_tilt_moving
    assert world.motors.moves_lens
    world.clock.advance(5)
    assert not world.ptz.status.pan_tilt_moving


async def test_a_drive_without_speed_takes_the_usual_one(world: World) -> None:
    await world.ptz.go_to_preset("1")
    assert world.heard() == [[("ToPos", 32)]]
    world.become(5)
    await world.ptz.go_to_preset("1", speed=1.0)
    assert world.heard() == [["ToPos"]]


@pytest.mark.parametrize("token", ["3", "99", "gate", "", "01"])
async def test_a_drive_to_a_preset_that_is_not_there_is_refused(world: World, token: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        await world.ptz.go_to_preset(token)
    assert caught.value.reason == "no_preset"
    assert world.heard() == []


async def test_a_speed_outside_the_space_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue):
        await world.ptz.go_to_preset("1", speed=2.0)


def take_over(world: World) -> None:
    """Have the camera's list follow what SetPtzPreset says."""
    listed = world.camera.answers["GetPtzPreset"]["value"]["PtzPreset"]

    def obey(received: Any) -> None:
        changed = received.commands[0]["param"]["PtzPreset"]
        next(each for each in listed if each["id"] == changed["id"]).update(changed)

    world.camera.on["SetPtzPreset"] = obey


async def test_a_new_preset_takes_the_lowest_free_place(world: World) -> None:
    take_over(world)
    assert await world.ptz.set_preset(token=None, name="north") == "3"
    (request,) = world.camera.requests("SetPtzPreset")
    assert request.commands[0]["param"] == {"PtzPreset": {"channel": 0, "enable": 1, "id": 3, "name": "north"}}
    assert [slot.preset.name for slot in preset_slots(world.presets[-1]) if slot.is_used] == [
        "gate",
        "Preset 2",
        "north",
    ]


async def test_a_preset_without_a_name_gets_one_or_keeps_its_own(world: World) -> None:
    take_over(world)
    await world.ptz.set_preset(token=None, name=None)
    await world.ptz.set_preset(token="1", name=None)
    names = [each.commands[0]["param"]["PtzPreset"]["name"] for each in world.camera.requests("SetPtzPreset")]
    assert names == ["Preset 3", "gate"]


async def test_the_list_can_be_full(world: World) -> None:
    for each in world.camera.answers["GetPtzPreset"]["value"]["PtzPreset"]:
        each["enable"] = 1
    with pytest.raises(InvalidValue) as caught:
        await world.ptz.set_preset(token=None, name=None)
    assert caught.value.reason == "too_many_presets"


@pytest.mark.parametrize("name", ["", "x" * 32])
async def test_a_name_has_its_length(world: World, name: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        await world.ptz.set_preset(token=None, name=name)
    assert caught.value.reason == "invalid_name"


async def test_no_position_is_stored_while_moving(world: World) -> None:
    await world.ptz.move(Velocity((1.0, 0.0)))
    with pytest.raises(InvalidValue) as caught:
        await world.ptz.set_preset(token="1", name=None)
    assert caught.value.reason == "moving"


async def test_only_a_used_place_can_be_overwritten_or_removed(world: World) -> None:
    with pytest.raises(InvalidValue, match="no preset"):
        await world.ptz.set_preset(token="3", name=None)
    with pytest.raises(InvalidValue, match="no preset"):
        await world.ptz.remove_preset("3")


async def test_removing_keeps_the_place_and_its_name(world: World) -> None:
    take_over(world)
    await world.ptz.remove_preset("1")
    (request,) = world.camera.requests("SetPtzPreset")
    assert request.commands[0]["param"] == {"PtzPreset": {"channel": 0, "enable": 0, "id": 1, "name": "gate"}}
    assert not preset_slots(world.presets[-1])[0].is_used


async def test_a_camera_that_says_yes_and_does_nothing_is_found_out(world: World) -> None:
    with pytest.raises(Rejected, match="not made it"):
        await world.ptz.set_preset(token=None, name="north")


async def test_a_list_that_cannot_be_read_is_told(world: World) -> None:
    world.camera.answers["GetPtzPreset"] = refused("GetPtzPreset", -12)
    with pytest.raises(Rejected, match="cannot be read"):
        await world.ptz.remove_preset("1")


def test_slots_are_sorted_unique_and_begin_at_any_id() -> None:
    rows = [{"id": 5, "enable": 1}, {"id": 0, "enable": "1"}, {"id": 5, "enable": 0}, {"enable": 1}, {"id": -1}, None]
    assert [(slot.id, slot.is_used) for slot in preset_slots(Answer(0, {"PtzPreset": rows}))] == [(0, True), (5, True)]


async def test_the_zoom_position_is_followed_during_and_after_a_zoom(world: World) -> None:
    followed = [world.motors.moves_lens]
    await world.ptz.move(Velocity(zoom=1.0))
    followed.append(world.motors.moves_lens)
    await world.ptz.stop()
    followed.append(world.motors.moves_lens)
    world.clock.advance(3)
    followed.append(world.motors.moves_lens)
    assert followed == [False, True, True, False]
    world.motors.note(Answer(0, {"ZoomFocus": {"zoom": {"pos": 20}}}))
    assert world.ptz.status.zoom == 0.5
