"""The streams of a device follow what its camera tells."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from random import Random

import pytest

from bridge.core.errors import AuthFailed, Unsupported
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import CameraDescription, CameraInfo, EncoderSettings, NativeStream
from bridge.media.directory import StreamDirectory
from bridge.media.hub import StreamHub
from bridge.proto.rtsp.server import Entrance
from bridge.runtime.streams import DeviceStreams
from bridge.runtime.supervisor import SupervisedCamera
from tests.unit.media.streams import VIDEO_ONLY, HandSource, ManualClock, Viewer
from tests.unit.runtime.test_supervisor import CONFIG, ScriptedDriver

ENTRANCE = Entrance(None)
ENCODER = EncoderSettings(VideoCodec.H264, Resolution(640, 360), 25.0, 1024, 50)


def told(*names: str) -> CameraDescription:
    info = CameraInfo("Maker", "Model", "1", "hw", "s", "Gate")
    return CameraDescription(info, tuple(NativeStream(name, ENCODER, ()) for name in names))


class World:
    """A camera that was never reached and is expected to have a main stream."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.sources: dict[str, HandSource] = {}
        self.camera = SupervisedCamera(CONFIG, ScriptedDriver(), known=None, clock=self.clock)
        self.streams = DeviceStreams(self.camera, {"main": self.make_hub("main")}, make_hub=self.make_hub)
        self.directory = StreamDirectory()

    def make_hub(self, name: str) -> StreamHub:
        source = self.sources[name] = HandSource(self.clock)
        return StreamHub(f"gate/{name}", source, clock=self.clock, random=Random(1))

    def offered(self):
        return self.streams.offered(self.directory, entrance=ENTRANCE, back_channel=None)

    @asynccontextmanager
    async def running(self):
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self.streams.run())
            yield
            task.cancel()

    async def plays(self, name: str) -> None:
        """Ask the hub for its tracks, which it learns by opening the stream: it does so only while it runs."""
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(self.streams.hubs[name].description(timeout_s=5))
            await self.sources[name].begun(1)
            self.sources[name].open()
        assert asking.result() == VIDEO_ONLY


@pytest.fixture
async def world():
    return World()


async def test_a_stream_that_the_camera_tells_later_has_an_address_and_plays(world):
    with world.offered():
        async with world.running():
            await world.plays("main")
            assert world.directory.find("gate/sub") is None
            world.camera.describe(told("main", "sub"))
            assert world.directory.find("gate/sub").hub is world.streams.hubs["sub"]
            assert world.directory.entrance_of("gate/sub") is ENTRANCE
            await world.plays("sub")
    assert world.directory.hubs == ()


async def test_streams_that_there_are_stay_whatever_is_told(world):
    main = world.streams.hubs["main"]
    with world.offered():
        world.camera.describe(told("main", "sub"))
        sub = world.streams.hubs["sub"]
        world.camera.describe(told("third"))
        assert world.directory.hubs == (main, sub, world.streams.hubs["third"])


async def test_what_is_told_before_the_device_is_open_is_offered_and_runs_once_it_is(world):
    world.camera.describe(told("sub"))
    assert world.directory.hubs == ()
    with world.offered():
        assert world.directory.find("gate/sub") is not None
        async with world.running():
            await world.plays("sub")


async def test_a_camera_that_comes_online_is_asked_again_for_what_it_refused(world):
    world.camera.describe(told("main"))
    async with world.running(), asyncio.timeout(5):
        world.streams.hubs["main"].attach(Viewer())
        await world.sources["main"].begun(1)
        world.sources["main"].fail(AuthFailed("wrong password"))
        await world.sources["main"].ended(1)
        world.camera.fail_inside()
        world.camera.describe(told("main"))
        await world.sources["main"].begun(2)


async def test_a_camera_that_has_become_another_is_asked_again_for_what_it_could_not_do(world):
    world.camera.describe(told("main"))
    async with world.running(), asyncio.timeout(5):
        world.streams.hubs["main"].attach(Viewer())
        await world.sources["main"].begun(1)
        world.sources["main"].fail(Unsupported("no such stream", facet="main"))
        await world.sources["main"].ended(1)
        world.camera.describe(told("main", "sub"))
        await world.sources["main"].begun(2)


async def test_runs_that_begin_anew_run_all_streams(world):
    async with world.running():
        world.camera.describe(told("sub"))
    async with world.running():
        await world.plays("main")
        await world.plays("sub")
