"""The supervisor: what a driver says and fails with becomes state, levels and waits."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.core.camera import Facets
from bridge.core.errors import AuthFailed, Busy, CameraError, Rejected, TimedOut, Unreachable, Unsupported
from bridge.core.events import CameraEvent, EventKind
from bridge.core.model import CameraDescription, CameraInfo, ConnectionPhase, Secret
from bridge.drivers.base import CameraConfig
from bridge.runtime.supervisor import SupervisedCamera
from tests.unit.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.core.camera import CameraSink
    from bridge.media.source import StreamSource

CONFIG = CameraConfig("gate", "Gate", "family", "192.0.2.1", "admin", Secret("x"))
DESCRIPTION = CameraDescription(CameraInfo("Maker", "Model", "1", "hw", "s", "Gate"), streams=())


class ScriptedDriver:
    """A driver that does, run after run, what a test wrote down."""

    def __init__(self, *runs: Callable[[CameraSink], Awaitable[None]]) -> None:
        self.runs = list(runs)
        self.facets = Facets()

    async def run(self, sink: CameraSink) -> None:
        if self.runs:
            await self.runs.pop(0)(sink)
        await asyncio.Event().wait()

    def open_stream(self, name: str) -> StreamSource:
        raise AssertionError(f"nobody opens {name} here")


def failing(error: Exception):
    async def run(sink: CameraSink) -> None:
        raise error

    return run


async def connecting(sink: CameraSink) -> None:
    sink.describe(DESCRIPTION)


@asynccontextmanager
async def supervised(*runs, known: CameraDescription | None = None):
    camera = SupervisedCamera(CONFIG, ScriptedDriver(*runs), known=known, clock=FakeClock())
    events: list[CameraEvent] = []
    camera.on_event(events.append)
    task = asyncio.create_task(camera.run())
    try:
        await asyncio.wait_for(camera.settled.wait(), 5)
        yield camera, events
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_camera_is_online_with_its_first_description():
    async with supervised(connecting) as (camera, events):
        assert camera.state.phase is ConnectionPhase.ONLINE
        assert camera.description == DESCRIPTION
        assert [(event.kind, event.active) for event in events] == [(EventKind.SIGNAL_LOSS, False)]


async def test_what_is_known_is_there_before_any_connection():
    camera = SupervisedCamera(CONFIG, ScriptedDriver(), known=DESCRIPTION, clock=FakeClock())
    assert camera.description == DESCRIPTION
    assert camera.state.phase is ConnectionPhase.CONNECTING


@pytest.mark.parametrize(
    ("error", "phase"),
    [
        (Unreachable("no route"), ConnectionPhase.OFFLINE),
        (TimedOut("no answer"), ConnectionPhase.OFFLINE),
        (Busy("all sessions in use"), ConnectionPhase.OFFLINE),
        (Rejected("internal", native_code=-25), ConnectionPhase.OFFLINE),
        (AuthFailed("wrong password"), ConnectionPhase.AUTH_FAILED),
        (Unsupported("battery model", facet="camera"), ConnectionPhase.UNSUPPORTED),
    ],
)
async def test_each_kind_of_failure_has_its_state_and_says_why(error: CameraError, phase: ConnectionPhase):
    async with supervised(failing(error)) as (camera, events):
        assert camera.state.phase is phase
        assert camera.state.detail == error.detail
        assert camera.state.attempts == 1
        assert [(event.kind, event.active) for event in events] == [(EventKind.SIGNAL_LOSS, True)]


async def test_an_outage_is_told_once_whatever_each_attempt_fails_with():
    attempts = [Busy(f"attempt {number}", wait_s=0) for number in range(3)]
    again = asyncio.Event()

    async def connect(sink: CameraSink) -> None:
        sink.describe(DESCRIPTION)
        again.set()

    with capture_logs() as logs:
        async with supervised(*map(failing, attempts), connect):
            await asyncio.wait_for(again.wait(), 5)
    told = [(entry["state"], entry["detail"]) for entry in logs if entry["log_level"] == "info"]
    assert told == [("offline", "attempt 0"), ("online", "")]


async def test_a_fault_of_ours_is_shown_as_offline_and_ends_nothing():
    async with supervised(failing(KeyError("surprise"))) as (camera, _):
        assert camera.state.phase is ConnectionPhase.OFFLINE
        assert camera.state.detail == "internal error, see the log"


async def test_repeated_levels_are_passed_on_once():
    clock = FakeClock()
    camera = SupervisedCamera(CONFIG, ScriptedDriver(), known=None, clock=clock)
    events: list[CameraEvent] = []
    camera.on_event(events.append)
    for active in (True, True, False, False, True):
        camera.publish(CameraEvent(EventKind.MOTION, active, clock.utc()))
    assert [event.active for event in events] == [True, False, True]
    assert camera.levels == (CameraEvent(EventKind.MOTION, active=True, utc=clock.utc()),)


async def test_an_unchanged_description_is_no_news():
    camera = SupervisedCamera(CONFIG, ScriptedDriver(), known=None, clock=FakeClock())
    told: list[None] = []
    camera.on_description(lambda: told.append(None))
    camera.describe(DESCRIPTION)
    camera.describe(DESCRIPTION)
    assert len(told) == 1
    assert camera.described.is_set()
