"""One camera as one ONVIF device: what every service handler finds behind `call.device`.

A virtual device is always there, whatever the camera does: everything that is read comes from the camera's last
description. It holds the parts that have a state of their own (media model, events, movements) and the identities
that must be unique on the network (UUID, hardware address, serial number). It opens no sockets: the HTTP endpoint,
the RTSP server and discovery are given this object.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.core.ids import device_mac, device_serial
from bridge.onvif.eventing.broker import EventBroker
from bridge.onvif.media_model import MediaModel
from bridge.onvif.movement import MovementTimer
from bridge.onvif.scopes import device_scopes

if TYPE_CHECKING:
    from uuid import UUID

    from bridge.core.camera import Camera
    from bridge.core.events import CameraEvent
    from bridge.core.memory import DeviceMemory
    from bridge.core.timing import Clock
    from bridge.core.users import UserDirectory
    from bridge.media.snapshot import SnapshotService


class VirtualDevice:
    """The ONVIF face of one camera.

    Args:
        camera: the camera; its description may still be unknown.
        uuid: endpoint reference, the same for ever (`core.ids.device_uuid`).
        users: who may use the device, over SOAP, RTSP and for snapshots.
        clock: the time that the device tells and measures with.
        rtsp_port: where the RTSP server is reached; set again once the real port is known.
        snapshots: still pictures of this camera; None if none are served.
        memory: what clients have set, kept over restarts.
    """

    def __init__(  # noqa: PLR0913 - a composition point; every part is named at its one call
        self,
        camera: Camera,
        *,
        uuid: UUID,
        users: UserDirectory,
        clock: Clock,
        rtsp_port: int,
        snapshots: SnapshotService | None,
        memory: DeviceMemory,
    ) -> None:
        self.camera = camera
        self.uuid = uuid
        self.users = users
        self.clock = clock
        self.rtsp_port = rtsp_port
        self.snapshots = snapshots
        self.memory = memory
        self.media = MediaModel(camera)
        self.broker = EventBroker(camera, self.media, clock=clock)
        self.movement = MovementTimer(camera, clock=clock)

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
    def has_snapshots(self) -> bool:
        """Whether still pictures of this camera can be had."""
        description = self.camera.description
        return self.snapshots is not None and description is not None and description.snapshot

    def publish(self, event: CameraEvent) -> None:
        """Take what the camera reports, for whoever subscribed to events."""
        self.broker.publish(event)

    async def run(self) -> None:
        """End movements and subscriptions when their time is over, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.broker.run(), name=f"{self.camera.id}: events")
            tasks.create_task(self.movement.run(), name=f"{self.camera.id}: movement")

    def scopes(self) -> tuple[str, ...]:
        """Return the discovery scopes, as the camera's abilities give them now."""
        return device_scopes(self)

    def stream_uri(self, host: str, stream: str) -> str:
        """Return where a stream is played from.

        Args:
            host: the address under which the client knows us, IPv6 in brackets.
            stream: name of a native stream.
        """
        return f"rtsp://{host}:{self.rtsp_port}/{self.camera.id}/{stream}"
