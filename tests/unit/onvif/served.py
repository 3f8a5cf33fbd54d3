"""A virtual device on a real port of the loopback, with a client that knows its accounts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from bridge.core.camera import Facets
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.media.snapshot import SnapshotService
from bridge.onvif.compatibility import DEFAULTS
from bridge.onvif.device import VirtualDevice
from bridge.onvif.endpoint import BODY_TIMEOUT_S, make_app
from bridge.onvif.security import Verifiers
from bridge.onvif.services import SERVICES
from bridge.proto.http.digest import DigestServer
from bridge.proto.http.guessing import GuessingBrake
from bridge.runtime.listeners import http_listener
from tests.clients.soap import Reply, SoapClient, digest_authorization, username_token
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import BenchCamera, HandClock, described

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from bridge.core.model import CameraDescription
    from bridge.onvif.operation import Service

PASSWORD = "open sesame"
ACCOUNTS = {level.lower(): User(level.lower(), Secret(PASSWORD), level) for level in UserLevel}
JPEG = b"\xff\xd8 a picture \xff\xd9"


class ThreeUsers:
    """One account of each level, named after it."""

    def __iter__(self) -> Iterator[User]:
        return iter(ACCOUNTS.values())

    def find(self, username: str) -> User | None:
        return ACCOUNTS.get(username)


class PictureCamera(BenchCamera):
    """A bench camera that makes snapshots, unless it is told to refuse."""

    def __init__(self, description: CameraDescription | None) -> None:
        super().__init__(description)
        self.given = Facets(snapshots=self)

    async def take(self, stream: str) -> bytes:
        await self.obey("take", stream)
        return JPEG


@dataclass
class Served:
    """The device, its clock, and a way to ask it."""

    device: VirtualDevice
    camera: PictureCamera
    clock: HandClock
    client: SoapClient
    digest: DigestServer = field(repr=False)

    async def ask(self, body: str, *, user: str | None = "administrator", **more: str) -> Reply:
        """Post a body, signed with a UsernameToken of the device's own time."""
        header = "" if user is None else username_token(user, PASSWORD, created=self.clock.utc())
        return await self.client.ask(body, header=header, **more)

    def authorization(self, *, user: str = "administrator", method: str = "POST", uri: str) -> str:
        """Return an answer to a fresh HTTP Digest challenge."""
        challenge = self.digest.challenges(self.clock.now(), algorithms=("MD5",))[0]
        return digest_authorization(challenge, username=user, password=PASSWORD, method=method, uri=uri)


@asynccontextmanager
async def served(
    description: CameraDescription | None = None,
    *,
    advertise: str | None = None,
    services: Iterable[Service] = SERVICES,
    is_known: bool = True,
    is_announced: bool = True,
    body_timeout_s: float = BODY_TIMEOUT_S,
    tls: ssl.SSLContext | None = None,
    switches: Mapping[str, bool] | None = None,
    brake: GuessingBrake | None = None,
) -> AsyncIterator[Served]:
    """Serve a device; by default its camera has everything and makes snapshots."""
    clock = HandClock()
    camera = PictureCamera((description or described(snapshot=True)) if is_known else None)
    device = VirtualDevice(
        camera,
        uuid=UUID(int=7),
        users=ThreeUsers(),
        clock=clock,
        rtsp_port=8554,
        snapshots=SnapshotService(camera, clock=clock),
        memory=VolatileMemory(),
        is_announced=is_announced,
        has_tls=tls is not None,
        compatibility=DEFAULTS.but(switches or {}),
    )
    camera.on_description(device.camera_described)
    digest = DigestServer("test", key=b"k" * 32)
    app = make_app(
        device,
        verifiers=Verifiers(digest, brake=brake or GuessingBrake()),
        advertise=advertise,
        services=services,
        body_timeout_s=body_timeout_s,
    )
    async with http_listener(app, "127.0.0.1", 0, purpose="a test", tls=tls) as port:
        yield Served(device, camera, clock, SoapClient(f"http://127.0.0.1:{port}"), digest)
