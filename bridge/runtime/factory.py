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
from bridge.media.backchannel import BackChannel
from bridge.media.directory import StreamDirectory
from bridge.media.hub import StreamHub
from bridge.media.rtsp_server import RtspServer
from bridge.media.snapshot import SnapshotService
from bridge.media.sources.metadata import MetadataSource, WithMetadata
from bridge.media.sources.snapshots import SnapshotSource
from bridge.media.tunnels import Tunnels
from bridge.onvif import compatibility, jpeg_stream
from bridge.onvif.device import VirtualDevice
from bridge.onvif.endpoint import make_app
from bridge.onvif.security import Verifiers
from bridge.onvif.stream_path import METADATA_STREAM
from bridge.proto.http.digest import DigestServer
from bridge.runtime.accounts import Accounts
from bridge.runtime.certificate import renew, server_context
from bridge.runtime.clock import SystemClock
from bridge.runtime.listeners import ListenError
from bridge.runtime.reach import Reach
from bridge.runtime.streams import DeviceStreams
from bridge.runtime.supervisor import SupervisedCamera
from bridge.runtime.unit import DeviceUnit
from bridge.store.memory import StoredMemory

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterable, Mapping
    from pathlib import Path

    from bridge.config.models import CameraEntry, Configuration, UserEntry
    from bridge.core.timing import Clock
    from bridge.drivers.base import CameraFamily, Driver
    from bridge.media.source import StreamSource
    from bridge.store.state import StateStore

REALM = "onvif-bridge"


def read_configuration(path: Path) -> Configuration:
    """Read and check a configuration file against the families of this version.

    Raises:
        ConfigError: with every problem found.
    """
    checks = {name: family.check_options for name, family in FAMILIES.items()}
    return load_configuration(path, checks, switches=[switch.name for switch in compatibility.SWITCHES])


class Factory:
    """Makes the parts of one bridge and holds what they share.

    Args:
        configuration: what to run.
        families: the camera families that can be driven.
        random: for jitter and RTP starting points, not for secrets; one of its own unless given.
        clock: what everything goes by; the machine's unless given.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        families: Mapping[str, CameraFamily] = FAMILIES,
        random: Random | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._families = families
        section = configuration.bridge
        self.clock: Clock = clock or SystemClock()
        self._is_announced = section.discovery
        self.reach = Reach(section.bind, None if section.advertise == "auto" else section.advertise)
        self.directory = StreamDirectory()
        self._accounts = Accounts(map(_user, configuration.users))
        self._random = random or Random()  # noqa: S311 - not for secrets
        self._verifiers = Verifiers(DigestServer(REALM, key=secrets.token_bytes(32)))
        self._rtsp = RtspServer(
            self.directory,
            digest=self._verifiers.digest,
            users=self._accounts,
            clock=self.clock,
            brake=self._verifiers.brake,
        )
        self._compatibility = compatibility.DEFAULTS.but(section.compatibility)
        self._section = section
        self._tls: ssl.SSLContext | None = None

    def take_users(self, users: Iterable[UserEntry]) -> None:
        """Replace the accounts, for new requests and for the streams that play."""
        self._accounts.replace(map(_user, users))
        self._rtsp.cut_strangers()

    def make_discovery(self, starts: int) -> DiscoveryService:
        """Return the responder for all devices; `starts` is the InstanceId, which must grow with every start."""
        return DiscoveryService(self.reach.bind, clock=self.clock, random=self._random, instance_id=starts)

    @asynccontextmanager
    async def rtsp_listener(self, port: int) -> AsyncIterator[None]:
        """Serve the streams of the directory over RTSP.

        Raises:
            ListenError: the port is not to be had.
        """
        try:
            await self._rtsp.start(self.reach.bind, port)
        except OSError as error:
            reason = f"cannot listen on {self.reach.bind}:{port} for RTSP (bridge.rtsp_port): {error.strerror}"
            raise ListenError(reason) from error
        self.reach.ports.add(self._rtsp.port)
        try:
            yield
        finally:
            await self._rtsp.close()

    async def prepare_tls(self, state: StateStore) -> None:
        """Have a certificate for the devices that are built from now on.

        Raises:
            CertificateError: the one that the configuration names cannot be used.
            StateError: the state file cannot be used.
        """
        self._tls = await server_context(
            self._section.tls,
            state,
            hosts=self.reach.names,
            utc=self.clock.utc(),
            folder=self._section.state.parent,
        )

    async def renew_tls(self) -> None:
        """Show the certificate that is now in the operator's files, if there are such files.

        Raises:
            CertificateError: it cannot be used; that from before is still shown.
        """
        if self._tls is not None and self._section.tls is not None:
            await renew(self._tls, self._section.tls)

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
            rtsp_port=self._rtsp.port,
            snapshots=SnapshotService(camera, clock=self.clock),
            memory=memory,
            is_announced=self._is_announced,
            own_ports=self.reach.ports,
            has_tls=self._tls is not None,
            compatibility=self._compatibility.but(entry.compatibility),
        )
        device.users.on_changed(self._rtsp.cut_strangers)
        camera.on_event(device.publish)
        camera.on_description(device.camera_described)
        expected = dict.fromkeys([*(stream.name for stream in (known.streams if known else ())), *family.stream_names])
        return DeviceUnit(
            camera,
            device,
            memory=memory,
            streams=self._streams(camera, driver, device, expected),
            back_channel=BackChannel(camera, clock=self.clock),
            app=make_app(device, verifiers=self._verifiers, advertise=self.reach.advertise),
            port=entry.onvif_port,
            tls=self._tls,
            tunnels=Tunnels(self._rtsp.protocol, stage_of=self._rtsp.stage_of),
        )

    def _streams(
        self, camera: SupervisedCamera, driver: Driver, device: VirtualDevice, expected: Iterable[str]
    ) -> DeviceStreams:
        """Return all streams, best first: the camera's own, JPEG made of snapshots, and metadata."""

        def hub(name: str, source: StreamSource) -> StreamHub:
            return StreamHub(f"{camera.id}/{name}", source, clock=self.clock, random=self._random)

        def with_metadata(source: StreamSource) -> StreamSource:
            return WithMetadata(source, device.metadata, clock=self.clock)

        def native(name: str) -> StreamHub:
            return hub(name, with_metadata(driver.open_stream(name)))

        hubs = {name: native(name) for name in expected}
        if device.snapshots is not None:
            jpeg = SnapshotSource(device.snapshots, device.jpeg.choice, clock=self.clock)
            hubs.setdefault(jpeg_stream.NAME, hub(jpeg_stream.NAME, with_metadata(jpeg)))
        hubs[METADATA_STREAM] = hub(METADATA_STREAM, MetadataSource(device.metadata, clock=self.clock))
        return DeviceStreams(camera, hubs, make_hub=native)


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
