"""A scripted camera and a session with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.clock import FakeClock
from tests.unit.drivers.reolink.bench import World
from tests.unit.drivers.reolink.scripted import scripted_camera, session_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.drivers.reolink.session import NativeSession
    from tests.unit.drivers.reolink.scripted import ScriptedCamera


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def camera() -> AsyncIterator[ScriptedCamera]:
    async with scripted_camera() as scripted:
        yield scripted


@pytest.fixture
async def session(camera: ScriptedCamera, clock: FakeClock) -> AsyncIterator[NativeSession]:
    async with session_with(camera, clock) as opened:
        yield opened


@pytest.fixture
def world(camera: ScriptedCamera, clock: FakeClock) -> World:
    return World(camera, clock)
