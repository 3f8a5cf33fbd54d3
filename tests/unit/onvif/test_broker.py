from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bridge.core.events import CameraEvent, EventKind
from bridge.onvif.eventing.broker import EventBroker
from bridge.onvif.eventing.filter import EventFilter
from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.types.events import PropertyOperation
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import NOON, BenchCamera, HandClock, described

MOTION_ALARM = "tns1:VideoSource/MotionAlarm"
CELL_MOTION = "tns1:RuleEngine/CellMotionDetector/Motion"
SIGNAL_LOSS = "tns1:VideoSource/SignalLoss"
PROFILE_CHANGED = "tns1:Media/ProfileChanged"
CONFIGURATION_CHANGED = "tns1:Media/ConfigurationChanged"
PEOPLE = "tns1:RuleEngine/MyRuleDetector/PeopleDetect"


class Listener:
    """A broker with one pull point on it, whose messages are read as (topic, operation, value)."""

    def __init__(self, camera):
        self.camera = camera
        self.broker = EventBroker(camera, MediaModel(camera, MediaStore(VolatileMemory())), clock=HandClock())
        self.point = self.broker.pull_points.create(EventFilter(), span_s=60)

    def publish(self, kind, *, active):
        self.broker.publish(CameraEvent(kind, active, NOON))

    async def notifications(self):
        return await self.point.pull(timeout_s=0, limit=100, closed=asyncio.Event())

    async def heard(self):
        return [
            (each.topic.expression, message.property_operation.value, message.data.simple_item[0].value)
            for each in await self.notifications()
            for message in [each.message.message.message]
        ]


@pytest.fixture
def listener():
    return Listener(BenchCamera(described()))


async def test_a_newcomer_is_told_the_state_of_every_announced_property(listener):
    assert await listener.heard() == [
        (MOTION_ALARM, "Initialized", "false"),
        (SIGNAL_LOSS, "Initialized", "false"),
        (CELL_MOTION, "Initialized", "false"),
        (PEOPLE, "Initialized", "false"),
    ]


async def test_what_the_camera_already_knew_is_the_state():
    camera = BenchCamera(described())
    camera.levels = (CameraEvent(EventKind.PERSON, active=True, utc=NOON),)
    assert (PEOPLE, "Initialized", "true") in await Listener(camera).heard()


async def test_motion_is_told_under_both_names(listener):
    await listener.heard()
    listener.publish(EventKind.MOTION, active=True)
    assert await listener.heard() == [(MOTION_ALARM, "Changed", "true"), (CELL_MOTION, "Changed", "true")]


async def test_an_unchanged_level_is_not_told(listener):
    await listener.heard()
    listener.publish(EventKind.PERSON, active=False)
    listener.publish(EventKind.PERSON, active=True)
    listener.publish(EventKind.PERSON, active=True)
    listener.publish(EventKind.PERSON, active=False)
    assert await listener.heard() == [(PEOPLE, "Changed", "true"), (PEOPLE, "Changed", "false")]


async def test_what_is_not_announced_is_not_told(listener):
    await listener.heard()
    listener.publish(EventKind.PACKAGE, active=True)
    assert await listener.heard() == []


async def test_a_message_says_when_and_where_with_one_boolean(listener):
    await listener.heard()
    listener.publish(EventKind.MOTION, active=True)
    alarm, cell = (each.message.message.message for each in await listener.notifications())
    assert alarm.utc_time == NOON
    assert [(item.name, item.value) for item in alarm.source.simple_item] == [("Source", "VideoSource_0")]
    assert [(item.name, item.value) for item in cell.source.simple_item] == [
        ("VideoSourceConfigurationToken", "VideoSourceConfig_0"),
        ("VideoAnalyticsConfigurationToken", "VideoAnalytics_0"),
        ("Rule", "MyMotionDetectorRule"),
    ]
    assert [item.name for item in cell.data.simple_item] == ["IsMotion"]


async def test_subscribers_share_one_message(listener):
    await listener.heard()
    other = listener.broker.pull_points.create(EventFilter(), span_s=60)
    await other.pull(timeout_s=0, limit=100, closed=asyncio.Event())
    listener.publish(EventKind.PERSON, active=True)
    (mine,) = await listener.notifications()
    (theirs,) = await other.pull(timeout_s=0, limit=100, closed=asyncio.Event())
    assert mine.message is theirs.message


async def test_a_camera_that_was_never_reached_has_no_topics_until_it_is_described():
    listener = Listener(BenchCamera(None))
    assert listener.broker.topics() == ()
    assert await listener.heard() == []
    listener.camera.description = described(kinds=frozenset())
    listener.publish(EventKind.SIGNAL_LOSS, active=False)
    assert await listener.heard() == [(SIGNAL_LOSS, "Initialized", "false")]


async def test_a_property_that_goes_is_deleted(listener):
    await listener.heard()
    listener.camera.description = replace(listener.camera.description, events=frozenset({EventKind.MOTION}))
    listener.publish(EventKind.MOTION, active=False)
    assert await listener.heard() == [(PEOPLE, PropertyOperation.DELETED, "false")]


def changes(notifications):
    return [
        (each.topic.expression, *(item.value for item in each.message.message.message.source.simple_item))
        for each in notifications
    ]


async def test_what_happens_to_profiles_and_configurations_is_told_once_and_never_as_a_state(listener):
    await listener.heard()
    listener.broker.profile_changed("Profile_main")
    listener.broker.configuration_changed("Metadata_0", ConfigurationKind.METADATA)
    heard = await listener.notifications()
    assert changes(heard) == [(PROFILE_CHANGED, "Profile_main"), (CONFIGURATION_CHANGED, "Metadata_0", "Metadata")]
    for each in heard:
        message = each.message.message.message
        assert (message.property_operation, message.data) == (None, None)
    listener.point.synchronize(listener.broker.current())
    assert not {PROFILE_CHANGED, CONFIGURATION_CHANGED} & {topic for topic, *_ in await listener.heard()}


async def test_an_encoder_that_the_camera_changes_by_itself_is_a_changed_configuration(listener):
    await listener.heard()
    main, sub = listener.camera.description.streams
    slower = replace(sub, encoder=replace(sub.encoder, frame_rate=10.0))
    listener.camera.description = replace(listener.camera.description, streams=(main, slower))
    listener.broker.follow_description()
    listener.broker.follow_description()
    heard = await listener.notifications()
    assert changes(heard) == [(CONFIGURATION_CHANGED, "VideoEncoder_sub", "VideoEncoder")]


async def test_a_camera_that_is_described_for_the_first_time_has_changed_nothing():
    listener = Listener(BenchCamera(None))
    listener.camera.description = described(kinds=frozenset())
    listener.broker.follow_description()
    assert [topic for topic, *_ in await listener.heard()] == [SIGNAL_LOSS]


async def test_the_broker_runs_until_it_is_cancelled(listener):
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(listener.broker.run())
        await asyncio.sleep(0)
        running.cancel()
    assert running.cancelled()
