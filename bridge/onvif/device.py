"""One camera as one ONVIF device: what every service handler finds behind `call.device`.

A virtual device is always there, whatever the camera does: everything that is read comes from the camera's last
description. It holds the parts that have a state of their own (media model, events, movements) and the identities
that must be unique on the network (UUID, hardware address, serial number). It opens no sockets: the HTTP endpoint,
the RTSP server and discovery are given this object.

What clients have set lies in the device's memory and is read through `settings`. A restart, which a client may ask
for, makes everything anew that has a state and is not in the memory.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.ids import device_mac, device_serial
from bridge.onvif.compatibility import DEFAULTS, Compatibility
from bridge.onvif.eventing.broker import EventBroker
from bridge.onvif.jpeg_stream import JpegStream, takes_pictures
from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.metadata_feed import MetadataFeed
from bridge.onvif.movement import MovementTimer
from bridge.onvif.scopes import configurable_scopes, fixed_scopes
from bridge.onvif.settings.analytics import RegionNames
from bridge.onvif.settings.clock import DeviceClock
from bridge.onvif.settings.device import DeviceSettings
from bridge.onvif.settings.users import DeviceUsers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

    from bridge.core.camera import Camera
    from bridge.core.events import CameraEvent
    from bridge.core.formats import Resolution
    from bridge.core.memory import DeviceMemory
    from bridge.core.timing import Clock
    from bridge.core.users import UserRegister
    from bridge.media.snapshot import SnapshotService
    from bridge.onvif.media_model import MediaProfile

log = structlog.get_logger(__name__)

ANSWER_FIRST_S = 0.2
"""Between the request to restart and the Bye: the answer to the request leaves first."""


class VirtualDevice:
    """The ONVIF face of one camera.

    Args:
        camera: the camera; its description may still be unknown.
        uuid: endpoint reference, the same for ever (`core.ids.device_uuid`).
        users: who may use the device, over SOAP, RTSP and for snapshots, as long as no client has changed that.
        clock: the true time. The device has a `clock` of its own, which clients can set.
        rtsp_port: where the RTSP server is reached; set again once the real port is known.
        snapshots: still pictures of this camera; None if none are served.
        memory: what clients have set, kept over restarts.
        is_announced: whether the bridge answers WS-Discovery at all.
        own_ports: those that the bridge listens on, a collection that follows them: no event is posted there.
        has_tls: whether the device's HTTP port speaks TLS too.
        compatibility: what is done differently for the sake of clients.
    """

    def __init__(  # noqa: PLR0913 - a composition point; every part is named at its one call
        self,
        camera: Camera,
        *,
        uuid: UUID,
        users: UserRegister,
        clock: Clock,
        rtsp_port: int,
        snapshots: SnapshotService | None,
        memory: DeviceMemory,
        is_announced: bool = True,
        own_ports: Collection[int] = (),
        has_tls: bool = False,
        compatibility: Compatibility = DEFAULTS,
    ) -> None:
        self.camera = camera
        self.uuid = uuid
        self.rtsp_port = rtsp_port
        self.snapshots = snapshots
        self.memory = memory
        self.is_announced = is_announced
        self.has_tls = has_tls
        self.compatibility = compatibility
        self._own_ports = own_ports
        self.settings = DeviceSettings(memory)
        self.users = DeviceUsers(users, self.settings.users)
        self.region_names = RegionNames(memory)
        # Held while rules or modules change: the camera is always told all of them.
        self.analytics_change = asyncio.Lock()
        self.clock = DeviceClock(clock, self.settings.time)
        self._announcement_listeners: list[Callable[[], None]] = []
        self._restart_wanted = asyncio.Event()
        self._is_restarting = False
        self.jpeg = JpegStream(camera, memory, is_served=snapshots is not None)
        if snapshots is not None:
            snapshots.on_size(self._picture_taken)
        self.metadata = MetadataFeed(self)
        # Not made anew by a restart: a camera that turns has to be stopped whatever becomes of the rest.
        self.movement = MovementTimer(camera, clock=self.clock)
        self._begin()

    def _begin(self) -> None:
        """Make the parts that a restart makes anew."""
        self.media = MediaModel(self.camera, MediaStore(self.memory), self.jpeg, compatibility=self.compatibility)
        self.broker = EventBroker(
            self.camera,
            self.media,
            clock=self.clock,
            own_ports=self._own_ports,
            region_name=self.region_names.shown,
        )

    @property
    def mac(self) -> str:
        """The device's own hardware address, `02:...`: clients tell devices on one host apart by it."""
        return device_mac(self.uuid)

    @property
    def serial(self) -> str:
        """The camera's serial number, or one of our own as long as the camera has told none."""
        description = self.camera.description
        return (description and description.info.serial) or device_serial(self.uuid)

    @property
    def knowledge(self) -> tuple[object, ...]:
        """All that a lasting answer follows from (`operation.Operation.is_lasting`): equal as long as it holds."""
        return (self.camera.description, self.camera.facets, self.memory.revision, self.rtsp_port)

    @property
    def has_snapshots(self) -> bool:
        """Whether still pictures of this camera can be had."""
        return self.snapshots is not None and takes_pictures(self.camera)

    def pictured_stream(self, profile: MediaProfile) -> str | None:
        """Return which of the camera's streams the still pictures of a media profile show; None if there are none.

        Those of the JPEG stream show the one that it is made of.
        """
        stream = profile.stream
        if stream is None or not self.has_snapshots:
            return None
        choice = self.jpeg.choice() if stream is self.jpeg.stream else None
        return stream.name if choice is None else choice.stream

    @property
    def is_discoverable(self) -> bool:
        """Whether the device is to be announced and found now."""
        return self.is_announced and self.settings.discovery.read().is_discoverable and not self._is_restarting

    def on_announcement_changed(self, listener: Callable[[], None]) -> None:
        """Have a function called whenever a client changes `scopes` or `is_discoverable`."""
        self._announcement_listeners.append(listener)

    def announcement_changed(self) -> None:
        """Tell the listeners; for whoever has changed what is announced."""
        for listener in self._announcement_listeners:
            listener()

    def publish(self, event: CameraEvent) -> None:
        """Take what the camera reports, for whoever subscribed to events."""
        self.broker.publish(replace(event, utc=self.clock.tell(event.utc)))

    def camera_described(self) -> None:
        """Take note that the camera is described anew, for whoever subscribed to events."""
        self.broker.follow_description()

    def _picture_taken(self, stream: str, size: Resolution) -> None:
        if self.jpeg.learn(stream, size):
            self.broker.follow_description()

    async def run(self) -> None:
        """End movements and subscriptions when their time is over, and restart on request, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.movement.run(), name=f"{self.camera.id}: movement")
            while True:
                await self._run_until_restart()

    async def _run_until_restart(self) -> None:
        async with asyncio.TaskGroup() as group:
            events = group.create_task(self.broker.run(), name=f"{self.camera.id}: events")
            await self._restart_wanted.wait()
            await asyncio.sleep(ANSWER_FIRST_S)
            self._is_restarting = True
            self.announcement_changed()
            events.cancel()
        self._restart_wanted.clear()
        self.movement.stop_soon()
        self.broker.end_subscriptions()
        self._begin()
        self._is_restarting = False
        self.announcement_changed()
        log.info("device.restarted", device=self.camera.id)

    def restart(self) -> None:
        """Have `run` begin anew soon: subscriptions and movements end, and listeners see the device go and come."""
        self._restart_wanted.set()

    def scopes(self) -> tuple[str, ...]:
        """Return the discovery scopes, as they are now."""
        return (*self.fixed_scopes(), *self.configurable_scopes())

    def fixed_scopes(self) -> tuple[str, ...]:
        """Return those that say what the device is."""
        return fixed_scopes(self)

    def configurable_scopes(self) -> tuple[str, ...]:
        """Return those that clients have set."""
        return configurable_scopes(self)

    def stream_uri(self, host: str, path: str) -> str:
        """Return where a stream is played from.

        Args:
            host: the address under which the client knows us, IPv6 in brackets.
            path: a stream's name, or whatever else `stream_path.stream_path` returns for a profile.
        """
        return f"rtsp://{host}:{self.rtsp_port}/{self.camera.id}/{path}"

    def tunnelled_uri(self, base_url: str, path: str) -> str:
        """Return where a stream is played from through HTTP: on the very port, and in the scheme, of the services.

        Args:
            base_url: `scheme://host:port` as the client knows us.
            path: as for `stream_uri`.
        """
        return f"{base_url}/{self.camera.id}/{path}"
