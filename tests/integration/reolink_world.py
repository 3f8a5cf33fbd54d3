"""A simulated Reolink camera, its control interface, and drivers for it, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bridge.core.errors import CameraError
from bridge.core.events import CameraEvent, EventKind
from bridge.core.model import CameraDescription, Secret
from bridge.drivers.base import CameraConfig, Driver
from bridge.drivers.registry import FAMILIES
from bridge.media.source import StreamDescription
from bridge.runtime.clock import SystemClock
from bridge.simulators.reolink import SimulatorOptions, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bridge.core.ptz import Ptz

PASSWORD = "S1m-pass"  # made up


@dataclass
class Watcher:
    """Takes what the driver and its streams tell, and lets a test wait for it."""

    descriptions: list[CameraDescription] = field(default_factory=list)
    events: list[CameraEvent] = field(default_factory=list)
    tracks: StreamDescription | None = None
    stream_bytes: int = 0
    last_at: float = 0.0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def describe(self, description: CameraDescription) -> None:
        self.descriptions.append(description)
        self._news.set()

    def publish(self, event: CameraEvent) -> None:
        self.events.append(event)
        self._news.set()

    def opened(self, description: StreamDescription, now: float) -> None:
        self.tracks = description
        self.last_at = now
        self._news.set()

    def received(self, frames: bytes, now: float) -> None:
        self.stream_bytes += len(frames)
        self.last_at = now
        self._news.set()

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = 5.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def level(self, kind: EventKind, *, active: bool) -> None:
        """Wait until the newest level of that kind is so."""
        await self.until(
            lambda: next((each.active for each in reversed(self.events) if each.kind is kind), None) is active
        )


@dataclass
class World:
    """A simulated camera, its control interface, and a driver for it."""

    lines: dict[str, Any]
    control: aiohttp.ClientSession
    config: CameraConfig
    driver: Driver
    watcher: Watcher
    clock: SystemClock

    @property
    def ptz(self) -> Ptz:
        assert self.driver.facets.ptz is not None
        return self.driver.facets.ptz

    async def state(self) -> dict[str, Any]:
        async with self.control.get("/state") as response:
            found: dict[str, Any] = await response.json()
            return found

    async def journal(self, *commands: str) -> list[dict[str, Any]]:
        """What the camera was asked, of these commands only when any are named."""
        async with self.control.get("/journal", params={"since": "0"}) as response:
            entries: list[dict[str, Any]] = await response.json()
        return [entry for entry in entries if not commands or entry["command"] in commands]

    async def event(self, kind: str, **fields: object) -> None:
        async with self.control.post("/event", json={"kind": kind, **fields}) as response:
            assert response.status == 200, await response.text()

    async def fault(self, kind: str, **fields: object) -> None:
        async with self.control.post("/fault", json={"kind": kind, **fields}) as response:
            assert response.status == 200, await response.text()

    @asynccontextmanager
    async def online(self) -> AsyncIterator[CameraDescription]:
        """Run the driver until the camera is described, and stop it afterwards."""
        seen = len(self.watcher.descriptions)
        task = asyncio.create_task(self.driver.run(self.watcher))
        try:
            await self.watcher.until(lambda: len(self.watcher.descriptions) > seen)
            yield self.watcher.descriptions[-1]
        finally:
            task.cancel()
            await asyncio.wait([task])

    @asynccontextmanager
    async def playing(self, stream: str) -> AsyncIterator[None]:
        """Have a stream delivered to the watcher."""
        task = asyncio.create_task(self.driver.open_stream(stream).run(self.watcher))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def listening(self) -> None:
        """Wait until the camera takes connections again."""
        api = urlsplit(self.lines["api"])
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection(api.hostname, api.port)
                    writer.close()
                    return await writer.wait_closed()

    async def failure(self) -> CameraError:
        with pytest.raises(CameraError) as caught:
            await self.driver.run(self.watcher)
        return caught.value


@asynccontextmanager
async def world(
    model: str = "RLC-823A", scenarios: Sequence[str] = (), *, password: str = PASSWORD, **options: object
) -> AsyncIterator[World]:
    simulated = SimulatorOptions(password=PASSWORD, model=model, scenarios=tuple(scenarios))
    async with running(simulated) as camera:
        api = urlsplit(camera.ready_line["api"])
        config = CameraConfig(
            id="cam",
            name="Camera",
            family="reolink",
            host="127.0.0.1",
            username="admin",
            password=Secret(password),
            port=api.port,
            tls=api.scheme == "https",
            options=options,
        )
        clock = SystemClock()
        driver = FAMILIES["reolink"].create(config, None, clock)
        async with aiohttp.ClientSession(camera.ready_line["control"]) as control:
            yield World(camera.ready_line, control, config, driver, Watcher(), clock)
