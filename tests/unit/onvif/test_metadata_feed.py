"""What the metadata stream says; every document is held against the official schemas."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from bridge.core.events import EventKind
from bridge.onvif.metadata_feed import MetadataFeed
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media_changes as trt_changes
from bridge.onvif.types.configurations import EventSubscription, PTZFilter
from bridge.proto.soap.namespaces import ENV, TT, WSNT
from tests.contract.oracle import the_oracle
from tests.unit.onvif.media_bench import MAIN, MediaBench, camera_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NAMES = {"tt": TT, "wsnt": WSNT}
MOTION = "tns1:VideoSource/MotionAlarm"
SOON_S = 0.01
FAR_S = 60.0
CONFIG_MODIFY = ("Sender", "InvalidArgVal", "ConfigModify")


class Told:
    """The documents of one stream, as they come."""

    def __init__(self) -> None:
        self._documents: asyncio.Queue[bytes] = asyncio.Queue()
        self.write = self._documents.put_nowait

    async def document(self) -> etree._Element:
        """Return the next document, which the schemas accept."""
        root = etree.fromstring(await self._documents.get())
        envelope = etree.Element(f"{{{ENV}}}Envelope")
        etree.SubElement(envelope, f"{{{ENV}}}Body").append(root)
        return the_oracle().check(etree.tostring(envelope))

    async def events(self) -> list[tuple[str, str]]:
        """Return topic and property operation of each event in the next document."""
        return [
            (
                each.findtext("wsnt:Topic", "", NAMES),
                str(each.xpath("string(wsnt:Message/tt:Message/@PropertyOperation)", namespaces=NAMES)),
            )
            for each in (await self.document()).findall("tt:Event/wsnt:NotificationMessage", NAMES)
        ]


@asynccontextmanager
async def watched(bench: MediaBench, *, interval_s: float = FAR_S) -> AsyncIterator[Told]:
    """Watch the device's metadata."""
    told = Told()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(MetadataFeed(bench.device, interval_s=interval_s).run(told.write))
        yield told
        running.cancel()


async def configure(bench, *, events=None, ptz=None):
    present = (await bench.answer(tr2.GetMetadataConfigurations())).configurations[0]
    wished = replace(present, events=events, ptz_status=ptz, analytics=False)
    return trt_changes.SetMetadataConfiguration(configuration=wished, force_persistence=False)


def everything():
    return EventSubscription()


def only(topic):
    text = (
        f'<tt:Filter xmlns:tt="{TT}" xmlns:wsnt="{WSNT}" xmlns:tns1="http://www.onvif.org/ver10/topics">'
        '<wsnt:TopicExpression Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
        f"{topic}</wsnt:TopicExpression></tt:Filter>"
    )
    return EventSubscription(filter=etree.fromstring(text))


@pytest.fixture
def bench():
    return MediaBench(camera_of(MAIN))


async def test_it_begins_with_the_state_of_every_property(bench):
    async with watched(bench) as told:
        events = await told.events()
    assert (MOTION, "Initialized") in events
    assert {operation for _, operation in events} == {"Initialized"}


async def test_what_happens_is_told_at_once(bench):
    async with watched(bench) as told:
        await told.document()
        bench.publish(EventKind.MOTION, active=True)
        assert (MOTION, "Changed") in await told.events()


@pytest.mark.parametrize("service", [trt, tr2], ids=["media", "media2"])
async def test_RTSS_4_1_3_a_synchronization_point_tells_the_present_state(bench, service):
    await bench.answer(await configure(bench, events=everything()))
    async with watched(bench) as told:
        await told.document()
        await bench.answer(service.SetSynchronizationPoint(profile_token="Profile_main"))
        assert (MOTION, "Initialized") in await told.events()


async def test_documents_go_on_while_nothing_happens(bench):
    async with watched(bench, interval_s=SOON_S) as told:
        await told.document()
        for _ in range(3):
            assert len(await told.document()) == 0


async def test_only_what_passes_the_filter_is_told(bench):
    await bench.answer(await configure(bench, events=only("tns1:VideoSource//.")))
    async with watched(bench) as told:
        topics = {topic for topic, _ in await told.events()}
    assert MOTION in topics
    assert all(topic.startswith("tns1:VideoSource/") for topic in topics)


async def test_a_running_stream_follows_its_configuration(bench):
    async with watched(bench) as told:
        await told.document()
        await bench.answer(await configure(bench, events=only(MOTION)))
        assert await told.events() == []
        bench.device.metadata.synchronize()
        assert await told.events() == [(MOTION, "Initialized")]


@pytest.mark.parametrize("events", [None, only("tns1:Nothing/Here"), only("not a topic")])
async def test_nothing_is_told_if_nothing_is_wanted_or_known(bench, events):
    await bench.answer(await configure(bench, events=events))
    async with watched(bench) as told:
        assert await told.events() == []


async def test_a_filter_passes_what_the_camera_learns_to_report_after_it_was_set():
    bench = MediaBench(camera_of(MAIN, kinds=frozenset()))
    await bench.answer(await configure(bench, events=only(MOTION)))
    async with watched(bench) as told:
        assert await told.events() == []
        bench.camera.describe(camera_of(MAIN))
        assert await told.events() == [(MOTION, "Initialized")]


async def test_ptz_status_is_told_if_it_is_wanted(bench):
    await bench.answer(await configure(bench, ptz=PTZFilter(status=True, position=True)))
    async with watched(bench) as told:
        status = (await told.document()).find("tt:PTZ/tt:PTZStatus", NAMES)
    assert status is not None
    assert status.findtext("tt:MoveStatus/tt:PanTilt", None, NAMES) == "MOVING"
    assert status.xpath("string(tt:Position/tt:Zoom/@x)", namespaces=NAMES) == "0.25"


async def test_only_the_wanted_half_of_ptz_status_is_told(bench):
    await bench.answer(await configure(bench, ptz=PTZFilter(status=True, position=False)))
    async with watched(bench) as told:
        status = (await told.document()).find("tt:PTZ/tt:PTZStatus", NAMES)
    assert status is not None
    assert status.find("tt:Position", NAMES) is None


async def test_a_fixed_camera_has_no_ptz_status():
    bench = MediaBench(camera_of(MAIN, ptz=None))
    answer = await bench.answer(tr2.GetMetadataConfigurationOptions())
    offered = answer.options.ptz_status_filter_options
    assert not offered.has_status
    assert not offered.has_position
    assert await bench.fault(await configure(bench, ptz=PTZFilter(status=True, position=False))) == CONFIG_MODIFY
    async with watched(bench) as told:
        assert (await told.document()).find("tt:PTZ", NAMES) is None


async def test_a_position_that_the_camera_does_not_tell_cannot_be_wanted(bench):
    ptz = replace(bench.camera.description.ptz, zoom_position=False)
    bench.camera.description = replace(bench.camera.description, ptz=ptz)
    assert await bench.fault(await configure(bench, ptz=PTZFilter(status=False, position=True))) == CONFIG_MODIFY


async def test_every_event_is_wanted_until_a_client_says_otherwise(bench):
    configuration = (await bench.answer(tr2.GetMetadataConfigurations())).configurations[0]
    assert configuration.events == EventSubscription()
    assert not configuration.ptz_status.status


async def test_streams_go_on_over_a_restart_of_the_device(bench):
    async with asyncio.TaskGroup() as group:
        running = group.create_task(bench.device.run())
        async with watched(bench) as told:
            await told.document()
            bench.device.restart()
            while (MOTION, "Initialized") not in await told.events():
                pass
        running.cancel()


async def test_nobody_listens_once_nobody_watches(bench):
    async with watched(bench) as told:
        await told.document()
        assert len(bench.device.broker.metadata) == 1
    assert len(bench.device.broker.metadata) == 0


class Shutter:
    """Asked for key frames, writes down for which stream."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def request(self, stream: str) -> None:
        self.asked.append(stream)


async def test_a_synchronization_point_asks_the_camera_for_a_key_frame():
    bench = MediaBench(camera_of(MAIN), has_jpeg=True)
    shutter = Shutter()
    bench.camera.given = replace(bench.camera.given, key_frames=shutter)
    for token in ("Profile_main", "Profile_jpeg"):
        await bench.answer(tr2.SetSynchronizationPoint(profile_token=token))
    assert shutter.asked == ["main"]
