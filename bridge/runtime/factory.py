"""The composition root: from a configuration to the objects that run. Nothing else constructs across layers."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from bridge.config.loader import load_configuration
from bridge.core.ids import device_uuid
from bridge.core.users import User
from bridge.discovery.service import DiscoveryService
from bridge.drivers.base import CameraConfig
from bridge.drivers.registry import FAMILIES
from bridge.media.directory import StreamDirectory
from bridge.media.hub import StreamHub
from bridge.media.rtsp_server import RtspServer
from bridge.media.snapshot import SnapshotService
from bridge.onvif.device import VirtualDevice
from bridge.onvif.endpoint import make_app
from bridge.proto.http.digest import DigestServer
from bridge.proto.soap.wsse import TokenVerifier
from bridge.runtime.accounts import Accounts
from bridge.runtime.clock import SystemClock
from bridge.runtime.listeners import ListenError
from bridge.runtime.reach import Reach
from bridge.runtime.supervisor import SupervisedCamera
from bridge.runtime.unit import DeviceUnit
from bridge.store.memory import StoredMemory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from pathlib import Path

    from bridge.config.models import CameraEntry, Configuration, UserEntry
    from bridge.drivers.base import CameraFamily
    from bridge.store.state import StateStore

REALM = "onvif-bridge"


def read_configuration(path: Path) -> Configuration:
    """Read and check a configuration file against the families of this version.

    Raises:
        ConfigError: with every problem found.
    """
    return load_configuration(path, {name: family.check_options for name, family in FAMILIES.items()})


class Factory:
    """Makes the parts of one bridge and holds what they share.

    Args:
        configuration: what to run.
        families: the camera families that can be driven.
    """

    def __init__(self, configuration: Configuration, *, families: Mapping[str, CameraFamily] = FAMILIES) -> None:
        self._families = families
        section = configuration.bridge
        self.clock = SystemClock()
        self._is_announced = section.discovery
        self.reach = Reach(section.bind, None if section.advertise == "auto" else section.advertise)
        self.directory = StreamDirectory()
        self._accounts = Accounts(map(_user, configuration.users))
        self._random = Random()  # noqa: S311 - for jitter and RTP starting points, not for secrets
        self._digest = DigestServer(REALM, key=secrets.token_bytes(32))
        # One memory of used tokens for all devices: they share their accounts, so a token must not pass twice.
        self._tokens = TokenVerifier()
        self._rtsp_port = 0

    def take_users(self, users: Iterable[UserEntry]) -> None:
        """Replace the accounts, for new requests."""
        self._accounts.replace(map(_user, users))

    def make_discovery(self, starts: int) -> DiscoveryService:
        """Return the responder for all devices; `starts` is the InstanceId, which must grow with every start."""
        return DiscoveryService(self.reach.bind, clock=self.clock, random=self._random, instance_id=starts)

    @asynccontextmanager
    async def rtsp_listener(self, port: int) -> AsyncIterator[None]:
        """Serve the streams of the directory over RTSP.

        Raises:
            ListenError: the port is not to be had.
        """
        server = RtspServer(self.directory, digest=self._digest, users=self._accounts, clock=self.clock)
        try:
            await server.start(self.reach.bind, port)
        except OSError as error:
            reason = f"cannot listen on {self.reach.bind}:{port} for RTSP (bridge.rtsp_port): {error.strerror}"
            raise ListenError(reason) from error
        self._rtsp_port = server.port
        self.reach.ports.add(server.port)
        try:
            yield
        finally:
            await server.close()

    async def build_unit(self, entry: CameraEntry, state: StateStore) -> DeviceUnit:
        """Make everything that one camera of the configuration needs."""
        family = self._families[entry.family]
        known = await state.description(entry.id)
        memory = StoredMemory(entry.id, await state.sections(entry.id), state)
        driver = family.create(_camera_config(entry), known, self.clock)
        camera = SupervisedCamera(_camera_config(entry), driver, known=known, clock=self.clock)
        device = VirtualDevice(
            camera,
            uuid=device_uuid(state.identity, entry.id),
            users=self._accounts,
            clock=self.clock,
            rtsp_port=self._rtsp_port,
            snapshots=SnapshotService(camera, clock=self.clock),
            memory=memory,
            is_announced=self._is_announced,
            own_ports=self.reach.ports,
        )
        camera.on_event(device.publish)
        camera.on_description(device.camera_described)
        names = dict.fromkeys([*(stream.name for stream in (known.streams if known else ())), *family.stream_names])
        return DeviceUnit(
            camera,
            device,
            memory=memory,
            hubs={
                name: StreamHub(f"{entry.id}/{name}", driver.open_stream(name), clock=self.clock, random=self._random)
                for name in names
            },
            app=make_app(device, digest=self._digest, tokens=self._tokens, advertise=self.reach.advertise),
            port=entry.onvif_port,
        )


def _user(entry: UserEntry) -> User:
    return User(entry.username, entry.password, entry.level)


def _camera_config(entry: CameraEntry) -> CameraConfig:
    return CameraConfig(
        id=entry.id,
        name=entry.name or entry.id,
        family=entry.family,
        host=entry.host,
        username=entry.username,
        password=entry.password,
        port=entry.port,
        tls=entry.tls,
        channel=entry.channel,
        rtsp_port=entry.rtsp_port,
        options=entry.options,
    )
