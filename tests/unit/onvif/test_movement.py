from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bridge.core.camera import Facets
from bridge.core.errors import Rejected, TimedOut, Unreachable, Unsupported
from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation, Velocity
from bridge.onvif.movement import MovementTimer
from bridge.runtime.clock import SystemClock
from tests.unit.onvif.bench_camera import BenchCamera, HandClock, described
from tests.unit.onvif.ptz_bench import BenchMechanics

PAN = Velocity(pan_tilt=(0.5, 0.0))
ZOOM = Velocity(zoom=-1.0)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def camera():
    return BenchCamera(described())


@pytest.fixture
def timer(camera, clock):
    return MovementTimer(camera, clock=clock)


async def test_a_move_is_stopped_when_its_time_is_over(timer, camera, clock):
    await timer.move(PAN, timeout_s=10)
    clock.advance(9.9)
    await timer.stop_due()
    assert camera.commands == [("move", (0.5, 0.0), None)]
    clock.advance(0.1)
    await timer.stop_due()
    assert camera.commands[1:] == [("stop", True, False)]
    assert timer.deadline is None


async def test_a_new_move_replaces_the_time_of_the_old_one(timer, camera, clock):
    await timer.move(PAN, timeout_s=10)
    clock.advance(9)
    await timer.move(PAN, timeout_s=10)
    clock.advance(9)
    await timer.stop_due()
    assert ("stop", True, False) not in camera.commands


async def test_zoom_and_head_have_times_of_their_own(timer, camera, clock):
    await timer.move(PAN, timeout_s=10)
    clock.advance(5)
    await timer.move(ZOOM, timeout_s=10)
    clock.advance(5)
    await timer.stop_due()
    clock.advance(5)
    await timer.stop_due()
    assert camera.commands[2:] == [("stop", True, False), ("stop", False, True)]


async def test_zero_stops_an_axis_without_leaving_a_deadline(timer, camera):
    await timer.move(PAN, timeout_s=10)
    await timer.move(Velocity(pan_tilt=(0.0, 0.0), zoom=0.0), timeout_s=10)
    assert timer.deadline is None
    assert camera.commands[-1] == ("move", (0.0, 0.0), 0.0)


async def test_stop_cancels_the_deadline_of_the_axes_named(timer, camera, clock):
    await timer.move(Velocity(pan_tilt=(0.5, 0.0), zoom=0.5), timeout_s=10)
    await timer.stop(pan_tilt=True, zoom=False)
    clock.advance(10)
    await timer.stop_due()
    assert camera.commands[1:] == [("stop", True, False), ("stop", False, True)]


async def test_a_drive_to_a_preset_replaces_a_continuous_move(timer, camera):
    await timer.move(PAN, timeout_s=10)
    await timer.go_to_preset("1", speed=0.5)
    assert timer.deadline is None
    assert camera.commands[-1] == ("go_to_preset", "1", 0.5)


@pytest.mark.parametrize(
    ("position", "left"),
    [
        (PtzPosition((0.0, 0.0), 0.5), []),
        (PtzPosition((0.0, 0.0)), [("stop", False, True)]),
        (PtzPosition(None, 0.5), [("stop", True, False)]),
    ],
)
async def test_a_drive_replaces_the_continuous_move_of_its_axes(timer, camera, clock, position, left):
    camera.given = Facets(drives=BenchMechanics(camera))
    await timer.move(Velocity(pan_tilt=(0.5, 0.0), zoom=0.5), timeout_s=10)
    await timer.move_to(position, speed=PtzSpeed())
    clock.advance(10)
    await timer.stop_due()
    assert camera.commands[1:] == [("move_to", position, PtzSpeed()), *left]


async def test_going_a_way_replaces_the_continuous_move_of_its_axes(timer, camera):
    camera.given = Facets(drives=BenchMechanics(camera))
    way = PtzTranslation((0.1, 0.0), in_view=True)
    await timer.move(PAN, timeout_s=10)
    await timer.move_by(way, speed=PtzSpeed(pan_tilt=1.0))
    assert timer.deadline is None
    assert camera.commands[-1] == ("move_by", way, PtzSpeed(pan_tilt=1.0))


async def test_a_drive_home_replaces_every_continuous_move(timer, camera):
    camera.given = Facets(home=BenchMechanics(camera))
    await timer.move(Velocity(pan_tilt=(0.5, 0.0), zoom=0.5), timeout_s=10)
    await timer.go_home(speed=None)
    assert timer.deadline is None


async def test_a_drive_that_failed_leaves_the_continuous_move_to_its_time(timer, camera, clock):
    camera.given = Facets(drives=BenchMechanics(camera))
    await timer.move(PAN, timeout_s=10)
    camera.refusals.append(TimedOut("no answer"))
    with pytest.raises(TimedOut):
        await timer.move_to(PtzPosition((0.0, 0.0)), speed=PtzSpeed())
    assert timer.deadline == clock.now() + 10


async def test_a_stop_that_is_due_never_overtakes_a_drive(timer, camera, clock):
    camera.given = Facets(drives=BenchMechanics(camera))
    await timer.move(PAN, timeout_s=1)
    clock.advance(1)
    camera.go_on.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(timer.move_to(PtzPosition((0.0, 0.0)), speed=PtzSpeed()))
        await asyncio.sleep(0)
        tasks.create_task(timer.stop_due())
        await asyncio.sleep(0)
        camera.go_on.set()
    assert [name for name, *_ in camera.commands] == ["move", "move_to"]


async def test_a_camera_without_drives_or_home_is_unsupported(timer):
    with pytest.raises(Unsupported):
        await timer.move_to(PtzPosition((0.0, 0.0)), speed=PtzSpeed())
    with pytest.raises(Unsupported):
        await timer.go_home(speed=None)


@pytest.mark.parametrize("lost", [TimedOut("no answer"), Unreachable("broken")])
async def test_a_move_whose_answer_was_lost_is_stopped_all_the_same(timer, camera, clock, lost):
    camera.refusals.append(lost)
    with pytest.raises(type(lost)):
        await timer.move(PAN, timeout_s=10)
    assert timer.deadline == clock.now() + 10


async def test_a_move_that_nobody_waits_for_any_more_is_stopped_all_the_same(timer, camera, clock):
    camera.go_on.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await timer.move(PAN, timeout_s=10)
    assert timer.deadline == clock.now() + 10


async def test_a_move_that_the_camera_refused_leaves_nothing_to_stop(timer, camera):
    camera.refusals.append(Rejected("no", native_code=-1))
    with pytest.raises(Rejected):
        await timer.move(PAN, timeout_s=10)
    assert timer.deadline is None


async def test_a_stop_that_failed_keeps_the_deadline(timer, camera):
    await timer.move(PAN, timeout_s=10)
    camera.refusals.append(TimedOut("no answer"))
    with pytest.raises(TimedOut):
        await timer.stop()
    assert timer.deadline is not None


async def test_a_due_stop_that_failed_is_sent_again(timer, camera, clock):
    await timer.move(Velocity(pan_tilt=(0.5, 0.0), zoom=0.5), timeout_s=10)
    camera.refusals.append(TimedOut("no answer"))
    clock.advance(10)
    await timer.stop_due()
    assert timer.deadline == clock.now() + 1
    clock.advance(1)
    await timer.stop_due()
    assert camera.commands[1:] == [("stop", True, True)] * 2
    assert timer.deadline is None


async def test_a_camera_that_is_away_is_stopped_when_it_is_back_and_the_log_tells_it_once(timer, camera, clock):
    await timer.move(PAN, timeout_s=1)
    camera.refusals.extend(Unreachable("gone") for _ in range(100))
    with capture_logs() as logs:
        for _ in range(101):
            clock.advance(1)
            await timer.stop_due()
    assert timer.deadline is None
    assert camera.commands[-1] == ("stop", True, False)
    assert [entry["event"] for entry in logs] == ["movement.stop_failed"]


async def test_a_camera_that_cannot_stop_is_not_asked_for_ever(timer, camera, clock):
    await timer.move(PAN, timeout_s=1)
    camera.refusals.append(Unsupported("no such thing", facet="ptz"))
    clock.advance(1)
    await timer.stop_due()
    assert timer.deadline is None


async def test_an_axis_whose_stop_was_lost_keeps_its_deadline(timer, camera, clock):
    await timer.move(PAN, timeout_s=10)
    camera.refusals.append(TimedOut("no answer"))
    with pytest.raises(TimedOut):
        await timer.move(Velocity(pan_tilt=(0.0, 0.0)), timeout_s=10)
    assert timer.deadline == clock.now() + 10


async def test_a_due_stop_never_overtakes_a_newer_move(timer, camera, clock):
    await timer.move(PAN, timeout_s=1)
    clock.advance(1)
    camera.go_on.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(timer.move(PAN, timeout_s=10))
        await asyncio.sleep(0)
        tasks.create_task(timer.stop_due())
        await asyncio.sleep(0)
        camera.go_on.set()
    assert [name for name, *_ in camera.commands] == ["move", "move"]


async def test_a_camera_without_mechanics_is_unsupported(clock):
    timer = MovementTimer(BenchCamera(described(ptz=None)), clock=clock)
    with pytest.raises(Unsupported):
        await timer.move(PAN, timeout_s=1)


async def test_while_running_a_move_ends_by_itself(camera):
    timer = MovementTimer(camera, clock=SystemClock())
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(timer.run())
        await timer.move(PAN, timeout_s=0.02)
        await camera.has_stopped.wait()
        running.cancel()
    assert camera.commands == [("move", (0.5, 0.0), None), ("stop", True, False)]


async def test_taking_the_device_down_stops_what_moves(timer, camera):
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(timer.run())
        await asyncio.sleep(0)
        await timer.move(PAN, timeout_s=10)
        running.cancel()
    assert camera.commands[-1] == ("stop", True, True)


@pytest.mark.parametrize(("error", "reason"), [(Unreachable("gone"), "gone"), (TimeoutError(), "no answer within")])
async def test_taking_the_device_down_survives_a_camera_that_is_gone_and_says_why(timer, camera, error, reason):
    await timer.move(PAN, timeout_s=10)
    camera.refusals.append(error)
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(timer.run())
            await asyncio.sleep(0)
            running.cancel()
    assert [entry["event"] for entry in logs] == ["movement.left_moving"]
    assert reason in logs[0]["error"]
