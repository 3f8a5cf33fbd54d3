"""A camera for the tests of services: it is what its description says, and writes down what it is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bridge.core.camera import Facets
from bridge.core.events import CameraEvent, EventKind
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import (
    CameraDescription,
    CameraInfo,
    ConnectionPhase,
    ConnectionState,
    EncoderSettings,
    NativeStream,
)
from bridge.core.ptz import Preset, PtzDescription, PtzStatus, Velocity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.core.users import User

NOON = datetime(2030, 5, 1, 12, 0, 0, tzinfo=UTC)

HEAD = PtzDescription(
    pan=True,
    tilt=True,
    zoom=True,
    max_presets=8,
    presets=(Preset("1", "Door"), Preset("2", "Gate")),
    zoom_position=True,
)


class HandClock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0

    def now(self) -> float:
        return 1000.0 + self.elapsed_s

    def utc(self) -> datetime:
        return NOON + timedelta(seconds=self.elapsed_s)

    def advance(self, seconds: float) -> None:
        self.elapsed_s += seconds


class Accounts:
    """A directory of the accounts it is given."""

    def __init__(self, *users: User) -> None:
        self._users = {user.username: user for user in users}

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def find(self, username: str) -> User | None:
        return self._users.get(username)


class BenchEncoders:
    """Encoders that take every setting at once, write it down, and show it in the camera's description."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def set(self, stream: str, settings: EncoderSettings) -> EncoderSettings:
        await self._camera.obey("set_encoder", stream, settings)
        description = self._camera.description
        assert description is not None
        streams = tuple(
            replace(each, encoder=settings) if each.name == stream else each for each in description.streams
        )
        self._camera.description = replace(description, streams=streams)
        return settings


class BenchCamera:
    """A camera with mechanics that writes down every command, and refuses those it is given errors for."""

    id = "bench"
    name = "Bench camera"

    def __init__(self, description: CameraDescription | None) -> None:
        self.given = Facets()
        self.description = description
        self.is_driven = True
        self.state = ConnectionState(ConnectionPhase.ONLINE, NOON)
        self.levels: tuple[CameraEvent, ...] = ()
        self.status = PtzStatus(None, 0.25, pan_tilt_moving=True, zoom_moving=False, utc=NOON)
        self.commands: list[tuple[object, ...]] = []
        self.refusals: list[Exception] = []
        self._description_listeners: list[Callable[[], None]] = []
        self.has_stopped = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    @property
    def facets(self) -> Facets:
        """Those it is given, and PTZ if it has mechanics that are driven."""
        has_mechanics = self.description is not None and self.description.ptz is not None
        ptz = self if has_mechanics and self.is_driven else None
        return self.given if self.given.ptz is ptz else replace(self.given, ptz=ptz)

    def on_description(self, listener: Callable[[], None]) -> None:
        """Have a function called whenever the camera tells that it is described anew."""
        self._description_listeners.append(listener)

    def describe(self, description: CameraDescription) -> None:
        """Be what a new description says, and tell so at once, as a supervised camera does."""
        self.description = description
        for listener in self._description_listeners:
            listener()

    async def move(self, velocity: Velocity) -> None:
        await self.obey("move", velocity.pan_tilt, velocity.zoom)

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        await self.obey("stop", pan_tilt, zoom)
        self.has_stopped.set()

    async def set_preset(self, *, token: str | None, name: str | None) -> str:
        await self.obey("set_preset", token, name)
        return token or "3"

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        await self.obey("go_to_preset", token, speed)

    async def remove_preset(self, token: str) -> None:
        await self.obey("remove_preset", token)

    async def obey(self, *command: object) -> None:
        self.commands.append(command)
        await self.go_on.wait()
        if self.refusals:
            raise self.refusals.pop(0)


def described(
    *,
    ptz: PtzDescription | None = HEAD,
    kinds: frozenset[EventKind] = frozenset({EventKind.MOTION, EventKind.PERSON}),
    **more: Any,
) -> CameraDescription:
    """A description with two streams."""
    encoders = (
        EncoderSettings(VideoCodec.H264, Resolution(*size), 25.0, bitrate_kbps=1024, gov_length=50)
        for size in ((1920, 1080), (640, 360))
    )
    streams = tuple(NativeStream(name, encoder, ()) for name, encoder in zip(("main", "sub"), encoders, strict=True))
    info = CameraInfo("Maker", "Model", "1.0", "HW", "S1", "Bench camera")
    return CameraDescription(info, streams, ptz=ptz, events=kinds, **more)
