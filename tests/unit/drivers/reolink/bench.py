"""A driver with a scripted camera, and a notebook for what it tells."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.errors import CameraError
from bridge.core.events import EventKind
from bridge.core.model import Secret
from bridge.drivers.base import CameraConfig
from bridge.drivers.reolink.driver import ReolinkDriver
from tests.unit.drivers.reolink.native_camera import native_answers
from tests.unit.drivers.reolink.scripted import PASSWORD, QUICK, obey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bridge.core.camera import Facets
    from bridge.core.events import CameraEvent
    from bridge.core.model import CameraDescription
    from bridge.drivers.reolink.profile import ReolinkProfile
    from tests.unit.clock import FakeClock
    from tests.unit.drivers.reolink.scripted import ScriptedCamera


class Notebook:
    """A sink that can be waited on."""

    def __init__(self) -> None:
        self.descriptions: list[CameraDescription] = []
        self.events: list[CameraEvent] = []
        self._news = asyncio.Event()

    def describe(self, description: CameraDescription) -> None:
        self.descriptions.append(description)
        self._news.set()

    def publish(self, event: CameraEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def described(self, times: int = 1) -> CameraDescription:
        await self.until(lambda: len(self.descriptions) >= times)
        return self.descriptions[-1]

    async def rounds(self, count: int) -> None:
        """Wait until that many more polls have brought motion levels."""
        goal = len(self.motions) + count
        await self.until(lambda: len(self.motions) >= goal)

    @property
    def motions(self) -> list[bool]:
        return [event.active for event in self.events if event.kind is EventKind.MOTION]


class World:
    """A driver for a scripted camera."""

    def __init__(self, camera: ScriptedCamera, clock: FakeClock) -> None:
        self.camera = camera
        self.clock = clock
        self.notes = Notebook()
        camera.answers = native_answers()
        self.driver = self.make()

    def make(
        self, known: CameraDescription | None = None, profile: ReolinkProfile = QUICK, **options: object
    ) -> ReolinkDriver:
        self.driver = ReolinkDriver(self.config(**options), known, self.clock, profile)
        return self.driver

    def config(self, **options: object) -> CameraConfig:
        return CameraConfig(
            id="cam",
            name="Camera",
            family="reolink",
            host="127.0.0.1",
            username="admin",
            password=Secret(PASSWORD),
            port=self.camera.port,
            tls=False,
            options=options,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[CameraDescription]:
        task = asyncio.create_task(self.driver.run(self.notes))
        try:
            yield await self.notes.described()
        finally:
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()

    async def failure(self) -> CameraError:
        with pytest.raises(CameraError) as caught:
            await self.driver.run(self.notes)
        return caught.value

    def change(self, cmd: str, *path: str, **fields: Any) -> None:
        holder = self.camera.answers[cmd]["value"]
        for key in path:
            holder = holder[key]
        holder.update(fields)

    @asynccontextmanager
    async def obeying(self) -> AsyncIterator[Facets]:
        """Run with a camera that takes over what is set; return what it can be told to do."""
        obey(self.camera)
        async with self.running():
            yield self.driver.facets

    @property
    def described(self) -> CameraDescription:
        return self.notes.descriptions[-1]

    def sent(self, cmd: str) -> list[dict[str, Any]]:
        """The parameters of every such command so far."""
        return [
            command["param"]
            for request in self.camera.requests(cmd)
            for command in request.commands
            if command["cmd"] == cmd
        ]
