"""A stream made of snapshots, from the camera's answer to what a hub is given."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from PIL import Image

from bridge.core.camera import Facets
from bridge.core.errors import CameraError, Rejected, Unreachable, Unsupported
from bridge.core.formats import Resolution
from bridge.core.model import CameraDescription, CameraInfo
from bridge.media.batch import split_frames
from bridge.media.snapshot import SnapshotService
from bridge.media.source import MediaKind, StreamDescription
from bridge.media.sources.snapshots import SnapshotChoice, SnapshotSource
from tests.clients.jpeg import picture_of
from tests.unit.media.streams import ManualClock
from tests.unit.media.test_snapshot import Shutter, SnapshotCamera

FAST = 1000.0
"""Pictures per second: no test waits for the next one."""


def file_of(width: int, height: int, **how: bool) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "JPEG", **how)
    return file.getvalue()


class Pictures:
    """A sink that puts the pictures together again, and lets time pass with each."""

    def __init__(self, clock: ManualClock) -> None:
        self.descriptions: list[StreamDescription] = []
        self.sizes: list[tuple[int, int]] = []
        self.times: list[int] = []
        self._clock = clock
        self._changed = asyncio.Event()

    def opened(self, description: StreamDescription, now: float) -> None:
        assert now == self._clock.now()
        self.descriptions.append(description)

    def received(self, frames: bytes, now: float) -> None:
        packets = [bytes(packet) for _, packet in split_frames(frames)]
        with Image.open(BytesIO(picture_of(packets))) as image:
            self.sizes.append(image.size)
        self.times.append(int.from_bytes(packets[0][4:8], "big"))
        assert now == self._clock.now()
        self._clock.seconds += 1.0
        self._changed.set()

    async def have(self, number: int) -> None:
        while len(self.sizes) < number:
            self._changed.clear()
            await self._changed.wait()


class Bench:
    """A source with its camera, and what it is set to."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.shutter = Shutter(file_of(320, 240))
        self.shutter.released.set()
        self.choice: SnapshotChoice | None = SnapshotChoice("sub", FAST)
        self.camera = SnapshotCamera(Facets(snapshots=self.shutter))
        self.service = SnapshotService(self.camera, clock=self.clock)
        self.source = SnapshotSource(self.service, lambda: self.choice, clock=self.clock)
        self.pictures = Pictures(self.clock)

    async def failure(self) -> CameraError:
        with pytest.raises(CameraError) as caught:
            await self.source.run(self.pictures)
        return caught.value


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_pictures_become_a_stream(bench: Bench) -> None:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(bench.source.run(bench.pictures))
        await bench.pictures.have(3)
        running.cancel()

    ((track,),) = [each.tracks for each in bench.pictures.descriptions]
    assert (track.kind, track.encoding, track.payload_type, track.clock_rate) == (MediaKind.VIDEO, "JPEG", 26, 90_000)
    assert bench.pictures.sizes[:3] == [(320, 240)] * 3
    assert bench.pictures.times[1] - bench.pictures.times[0] == 90_000
    assert set(bench.shutter.asked) == {"sub"}


async def test_a_running_stream_follows_what_it_is_set_to(bench: Bench) -> None:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(bench.source.run(bench.pictures))
        await bench.pictures.have(1)
        bench.choice = SnapshotChoice("main", FAST)
        bench.shutter.answer = file_of(2560, 1440)
        seen = len(bench.pictures.sizes)
        await bench.pictures.have(seen + 2)
        running.cancel()

    assert bench.pictures.sizes[-1] == (2560, 1440)
    assert bench.shutter.asked[-1] == "main"
    assert len(bench.pictures.descriptions) == 1


async def test_a_picture_that_somebody_has_just_taken_is_sent_too(bench: Bench) -> None:
    await bench.service.take("sub")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(bench.source.run(bench.pictures))
        await bench.pictures.have(1)
        running.cancel()

    assert bench.shutter.asked == ["sub"]


async def test_a_camera_that_does_not_answer_ends_the_run(bench: Bench) -> None:
    bench.shutter.answer = Unreachable("gone")

    assert isinstance(await bench.failure(), Unreachable)
    assert bench.pictures.descriptions == []


async def test_a_picture_that_rtp_cannot_carry_is_told(bench: Bench) -> None:
    bench.shutter.answer = file_of(64, 64, progressive=True)
    error = await bench.failure()

    assert isinstance(error, Rejected)
    assert "not baseline" in error.detail


async def test_a_camera_that_needs_no_such_stream_has_none(bench: Bench) -> None:
    bench.choice = None
    bench.camera.description = CameraDescription(CameraInfo("Maker", "Model", "1", "hw", "s", "Front"), ())

    assert isinstance(await bench.failure(), Unsupported)


async def test_a_camera_that_is_not_known_yet_may_have_such_a_stream_later(bench: Bench) -> None:
    bench.choice = None

    assert isinstance(await bench.failure(), Unreachable)


async def test_the_service_tells_how_large_every_new_picture_is(bench: Bench) -> None:
    told: list[tuple[str, Resolution]] = []
    bench.service.on_size(lambda stream, size: told.append((stream, size)))
    await bench.service.take("sub")
    await bench.service.take("sub")
    assert told == [("sub", Resolution(320, 240))]

    bench.clock.seconds += 10
    bench.shutter.answer = b"\xff\xd8 nothing that can be read"
    await bench.service.take("sub")
    bench.clock.seconds += 10
    bench.shutter.answer = Unreachable("gone")
    with pytest.raises(Unreachable):
        await bench.service.take("sub")
    assert told == [("sub", Resolution(320, 240))]


async def test_an_asker_may_want_a_fresher_picture_than_others(bench: Bench) -> None:
    await bench.service.take("sub")
    bench.clock.seconds += 0.5
    await bench.service.take("sub")
    await bench.service.take("sub", fresh_s=0.2)

    assert len(bench.shutter.asked) == 2
