import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bridge.core.camera import Facets
from bridge.core.errors import CameraError, Rejected, TimedOut, Unreachable, Unsupported
from bridge.core.events import CameraEvent
from bridge.core.model import CameraDescription, ConnectionPhase, ConnectionState
from bridge.media import snapshot as snapshot_module
from bridge.media.snapshot import SnapshotService
from tests.unit.media.streams import ManualClock

JPEG = b"\xff\xd8 a picture"


@dataclass
class Shutter:
    """A camera that makes pictures when the test lets it."""

    answer: bytes | CameraError = JPEG
    asked: list[str] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    pressed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, stream: str) -> bytes:
        self.asked.append(stream)
        self.pressed.set()
        await self.released.wait()
        if isinstance(self.answer, CameraError):
            raise self.answer
        return self.answer


@dataclass
class SnapshotCamera:
    """The least camera there can be, with a shutter or without."""

    facets: Facets
    id: str = "front"
    name: str = "Front"
    description: CameraDescription | None = None
    state: ConnectionState = field(
        default_factory=lambda: ConnectionState(ConnectionPhase.ONLINE, datetime(2026, 1, 1, tzinfo=UTC))
    )
    levels: tuple[CameraEvent, ...] = ()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def shutter() -> Shutter:
    shutter = Shutter()
    shutter.released.set()
    return shutter


@pytest.fixture
def service(shutter: Shutter, clock: ManualClock) -> SnapshotService:
    return SnapshotService(SnapshotCamera(Facets(snapshots=shutter)), clock=clock)


async def outcome(service: SnapshotService, stream: str = "main") -> bytes | CameraError:
    try:
        return await service.take(stream)
    except CameraError as error:
        return error


async def test_fresh_picture_serves_the_next_asker_and_an_old_one_does_not(
    service: SnapshotService, shutter: Shutter, clock: ManualClock
) -> None:
    assert await service.take("main") == JPEG
    clock.seconds += 0.9
    await service.take("main")
    assert shutter.asked == ["main"]
    clock.seconds += 0.2
    await service.take("main")
    assert shutter.asked == ["main", "main"]


async def test_streams_have_pictures_of_their_own(service: SnapshotService, shutter: Shutter) -> None:
    await service.take("main")
    await service.take("sub")

    assert shutter.asked == ["main", "sub"]


@pytest.mark.parametrize("answer", [JPEG, Unreachable("gone")], ids=["picture", "refusal"])
async def test_askers_at_the_same_time_share_one_question(
    service: SnapshotService, shutter: Shutter, answer: bytes | CameraError
) -> None:
    shutter.released.clear()
    shutter.answer = answer
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(outcome(service)) for _ in range(5)]
        await shutter.pressed.wait()
        shutter.released.set()

    assert [task.result() for task in tasks] == [answer] * 5
    assert len(shutter.asked) == 1


async def test_asker_who_gives_up_takes_nobody_along(service: SnapshotService, shutter: Shutter) -> None:
    shutter.released.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(outcome(service))
        second = group.create_task(outcome(service))
        await shutter.pressed.wait()
        first.cancel()
        shutter.released.set()

    assert second.result() == JPEG


@pytest.mark.parametrize("picture", [b"", b"<html>busy</html>"])
async def test_what_is_no_jpeg_is_refused(service: SnapshotService, shutter: Shutter, picture: bytes) -> None:
    shutter.answer = picture

    assert isinstance(await outcome(service), Rejected)


async def test_camera_without_snapshots_says_so(clock: ManualClock) -> None:
    assert isinstance(await outcome(SnapshotService(SnapshotCamera(Facets()), clock=clock)), Unsupported)


async def test_camera_that_hangs_is_given_up(
    service: SnapshotService, shutter: Shutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_module, "TAKE_TIMEOUT_S", 0.01)
    shutter.released.clear()

    assert isinstance(await outcome(service), TimedOut)
