"""One virtual device with everything that belongs to it: camera, streams, ONVIF face, HTTP listener, discovery."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bridge.core.model import ConnectionPhase
from bridge.discovery.service import DiscoveredDevice
from bridge.onvif import jpeg_stream
from bridge.onvif.stream_path import METADATA_STREAM
from bridge.proto.rtsp.server import Entrance
from bridge.runtime.announcement import Announcement
from bridge.runtime.listeners import http_listener
from bridge.store.state import StateError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from bridge.core.timing import Clock
    from bridge.discovery.service import DiscoveryService
    from bridge.media.backchannel import BackChannel
    from bridge.media.directory import StreamDirectory
    from bridge.media.hub import StreamHub
    from bridge.media.tunnels import Tunnels
    from bridge.onvif.device import VirtualDevice
    from bridge.runtime.reach import Reach
    from bridge.runtime.streams import DeviceStreams
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
        streams: its streams.
        back_channel: to the camera's loudspeaker, from every stream.
        app: the HTTP application of its ONVIF port.
        port: the port to listen on, 0 for any free one.
        tls: what HTTPS is served with on that port, None for HTTP alone.
        tunnels: the ways to RTSP on that port.
    """

    def __init__(  # noqa: PLR0913 - a composition point; every part is named at its one call
        self,
        camera: SupervisedCamera,
        device: VirtualDevice,
        *,
        memory: StoredMemory,
        streams: DeviceStreams,
        back_channel: BackChannel,
        app: web.Application,
        port: int,
        tls: ssl.SSLContext | None,
        tunnels: Tunnels,
    ) -> None:
        self.camera = camera
        self.device = device
        self._memory = memory
        self._streams = streams
        self._back_channel = back_channel
        self.port = port
        self._app = app
        self._tls = tls
        self._tunnels = tunnels

    @property
    def is_online(self) -> bool:
        """Whether the bridge is connected to the camera."""
        return self.camera.state.phase is ConnectionPhase.ONLINE

    @property
    def hubs(self) -> Mapping[str, StreamHub]:
        """The hubs of its streams by name, best first."""
        return self._streams.hubs

    @property
    def stream_names(self) -> tuple[str, ...]:
        """The streams with pictures that the device has, or is expected to have while its camera was never reached."""
        known = tuple(stream.name for stream in self.device.media.streams)
        return known or tuple(name for name in self.hubs if name not in {jpeg_stream.NAME, METADATA_STREAM})

    def xaddr(self, host: str) -> str:
        """Return the address of the device service for a client that reaches the bridge as `host`."""
        return f"http://{host}:{self.port}/onvif/device_service"

    @property
    def _entrance(self) -> Entrance:
        compatibility = self.device.compatibility
        users = None if compatibility.rtsp_anonymous else self.device.users
        return Entrance(users, compatibility.digest_algorithms)

    @asynccontextmanager
    async def open(
        self, reach: Reach, directory: StreamDirectory, discovery: DiscoveryService | None
    ) -> AsyncIterator[None]:
        """Listen, offer the streams and be discoverable, for as long as the context lasts.

        Raises:
            ListenError: the ONVIF port is not to be had.
        """
        purpose = f"camera {self.camera.id} (cameras[].onvif_port)"
        listener = http_listener(
            self._app, reach.bind, self.port, purpose=purpose, tls=self._tls, tunnels=self._tunnels
        )
        async with listener as self.port:
            reach.ports.add(self.port)
            # Whoever may watch without an account may not talk to whoever stands before the camera.
            talk = None if self.device.compatibility.rtsp_anonymous else self._back_channel
            with self._streams.offered(directory, entrance=self._entrance, back_channel=talk):
                announcement = None if discovery is None else self._announce(discovery, reach)
                try:
                    yield
                finally:
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
                tasks.create_task(self._back_channel.run(), name=f"{self.camera.id}: back channel")
                tasks.create_task(self._streams.run(), name=f"{self.camera.id}: streams")

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
