"""One virtual device with everything that belongs to it: camera, streams, ONVIF face, HTTP listener, discovery."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bridge.core.model import ConnectionPhase
from bridge.discovery.service import DiscoveredDevice
from bridge.runtime.announcement import Announcement
from bridge.runtime.listeners import http_listener
from bridge.store.state import StateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from bridge.core.timing import Clock
    from bridge.discovery.service import DiscoveryService
    from bridge.media.directory import StreamDirectory
    from bridge.media.hub import StreamHub
    from bridge.onvif.device import VirtualDevice
    from bridge.runtime.reach import Reach
    from bridge.runtime.supervisor import SupervisedCamera
    from bridge.store.memory import StoredMemory
    from bridge.store.state import StateStore

log = structlog.get_logger(__name__)

KEEP_AGAIN_S = 5.0
"""Descriptions are written at most this often: a camera that flaps must not wear out a flash card."""


class DeviceUnit:
    """The parts of one virtual device, made by `factory.Factory`.

    Args:
        camera: the supervised camera.
        device: its ONVIF face.
        memory: what the device keeps over restarts.
        hubs: its streams by name, best first.
        app: the HTTP application of its ONVIF port.
        port: the port to listen on, 0 for any free one.
    """

    def __init__(
        self,
        camera: SupervisedCamera,
        device: VirtualDevice,
        *,
        memory: StoredMemory,
        hubs: Mapping[str, StreamHub],
        app: web.Application,
        port: int,
    ) -> None:
        self.camera = camera
        self.device = device
        self._memory = memory
        self.hubs = hubs
        self.port = port
        self._app = app

    @property
    def is_online(self) -> bool:
        """Whether the bridge is connected to the camera."""
        return self.camera.state.phase is ConnectionPhase.ONLINE

    @property
    def stream_names(self) -> tuple[str, ...]:
        """The streams that the camera has, or is expected to have while it was never reached."""
        description = self.camera.description
        return tuple(stream.name for stream in description.streams) if description else tuple(self.hubs)

    def xaddr(self, host: str) -> str:
        """Return the address of the device service for a client that reaches the bridge as `host`."""
        return f"http://{host}:{self.port}/onvif/device_service"

    @asynccontextmanager
    async def open(
        self, reach: Reach, directory: StreamDirectory, discovery: DiscoveryService | None
    ) -> AsyncIterator[None]:
        """Listen, offer the streams and be discoverable, for as long as the context lasts.

        Raises:
            ListenError: the ONVIF port is not to be had.
        """
        purpose = f"camera {self.camera.id} (cameras[].onvif_port)"
        async with http_listener(self._app, reach.bind, self.port, purpose=purpose) as self.port:
            reach.ports.add(self.port)
            paths = {f"{self.camera.id}/{name}": hub for name, hub in self.hubs.items()}
            for path, hub in paths.items():
                directory.add(path, hub, users=self.device.users)
            announcement = None if discovery is None else self._announce(discovery, reach)
            try:
                yield
            finally:
                for path, hub in paths.items():
                    directory.remove(path)
                    hub.end_readers("the camera was taken out of the configuration, or changed there")
                if announcement is not None:
                    announcement.close()
                reach.ports.discard(self.port)
        # Clients were answered until now; what they have set last is not to be lost.
        await self._memory.save()

    def _announce(self, discovery: DiscoveryService, reach: Reach) -> Announcement:
        """Say Hello, and again whenever the camera tells, or a client sets, something that changes it."""
        described = DiscoveredDevice(
            uuid=self.device.uuid,
            scopes=self.device.scopes,
            xaddrs=lambda local: self.xaddr(reach.host_for(local)),
        )
        announcement = Announcement(self.device, described, discovery)
        self.camera.on_description(announcement.update)
        self.device.on_announcement_changed(announcement.update)
        announcement.update()
        return announcement

    async def run(self, state: StateStore, clock: Clock) -> None:
        """Keep the camera, its streams and its device alive until cancelled."""
        async with asyncio.TaskGroup() as connection:
            connection.create_task(self.camera.run(), name=f"{self.camera.id}: camera")
            # The inner group ends first: the last Stop of a movement still finds a session to the camera.
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.device.run(), name=f"{self.camera.id}: device")
                tasks.create_task(self._keep_descriptions(state, clock), name=f"{self.camera.id}: state")
                tasks.create_task(self._memory.run(), name=f"{self.camera.id}: memory")
                for name, hub in self.hubs.items():
                    tasks.create_task(hub.run(), name=f"{self.camera.id}: {name}")

    async def _keep_descriptions(self, state: StateStore, clock: Clock) -> None:
        kept = self.camera.description

        async def keep() -> None:
            nonlocal kept
            description = self.camera.description
            if description is None or description == kept:
                return
            try:
                await state.keep_description(self.camera.id, description, clock.utc())
                kept = description
            except StateError as error:
                # The camera goes on; the next change, or the next start, finds the file usable again or says more.
                log.warning("state.description_not_kept", camera=self.camera.id, reason=str(error))

        try:
            while True:
                await self.camera.described.wait()
                self.camera.described.clear()
                await keep()
                await asyncio.sleep(KEEP_AGAIN_S)
        finally:
            await keep()
