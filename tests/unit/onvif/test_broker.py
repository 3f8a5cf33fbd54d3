from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bridge.core.detection import MotionRegion, MotionRegionsDescription
from bridge.core.events import CameraEvent, EventKind
from bridge.core.ports import DigitalInput, IdleState, RelayMode, RelayOutput, RelaySettings
from bridge.core.units import Range
from bridge.onvif.eventing.broker import EventBroker
from bridge.onvif.eventing.filter import EventFilter
from bridge.onvif.eventing.subscriptions import QUEUE_LIMIT
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
LAST_REBOOT = "tns1:Monitoring/OperatingTime/LastReboot"
RELAY = "tns1:Device/Trigger/Relay"
INPUT = "tns1:Device/Trigger/DigitalInput"
REGION = "tns1:RuleEngine/MotionRegionDetector/Motion"
FIELD = "tns1:RuleEngine/FieldDetector/ObjectsInside"
LINE = "tns1:RuleEngine/LineDetector/Crossed"
SOUND = "tns1:AudioAnalytics/Audio/DetectedSound"

TRIANGLE = ((-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0))
DOOR, GATE = (MotionRegion(name, TRIANGLE) for name in ("Door", "Gate"))
SETTINGS = RelaySettings(RelayMode.BISTABLE, 1.0, IdleState.OPEN)


class Listener:
    """A broker with one pull point on it, whose messages are read as (topic, operation, value)."""

    def __init__(self, camera):
        self.camera = camera
        self.broker = EventBroker(camera, MediaModel(camera, MediaStore(VolatileMemory())), clock=HandClock())
        self.point = self.broker.pull_points.create(EventFilter(), span_s=60)

    def publish(self, kind, *, active, source=""):
        self.broker.publish(CameraEvent(kind, active, NOON, source))

    def describe(self, **what):
        """Describe the camera anew, and let the broker know."""
        self.camera.description = replace(self.camera.description, **what)
        self.broker.follow_description()

    async def parts(self):
        """Return (topic, operation, last source item, value) of each message that came, but for those of the device."""
        return [
            (each.topic.expression, operation and operation.value, source.simple_item[-1].value, value)
            for each in await self.notifications()
            for message in [each.message.message.message]
            for operation, source in [(message.property_operation, message.source)]
            for value in [message.data.simple_item[0].value]
            if source is not None
        ]

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
        (LAST_REBOOT, "Initialized", "2030-05-01T12:00:00Z"),
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
    assert await listener.heard() == [
        (SIGNAL_LOSS, "Initialized", "false"),
        (LAST_REBOOT, "Initialized", "2030-05-01T12:00:00Z"),
    ]


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
    assert [topic for topic, *_ in await listener.heard()] == [SIGNAL_LOSS, LAST_REBOOT]


def relay(token):
    return RelayOutput(token, SETTINGS, (RelayMode.BISTABLE,), Range(1.0, 1.0), (IdleState.OPEN,))


def listener_to(*kinds, **what):
    return Listener(BenchCamera(described(kinds=frozenset(kinds), **what)))


async def test_every_relay_and_every_input_is_a_property_of_its_own():
    ports = {
        "relays": (relay("Relay_0"), relay("Relay_1")),
        "inputs": (DigitalInput("Input_0", IdleState.OPEN),),
    }
    listener = listener_to(**ports)
    listener.publish(EventKind.RELAY, active=True, source="Relay_1")
    listener.publish(EventKind.DIGITAL_INPUT, active=True, source="Input_0")
    listener.publish(EventKind.RELAY, active=True, source="Relay_9")
    assert await listener.parts() == [
        (SIGNAL_LOSS, "Initialized", "VideoSource_0", "false"),
        (INPUT, "Initialized", "Input_0", "false"),
        (RELAY, "Initialized", "Relay_0", "inactive"),
        (RELAY, "Initialized", "Relay_1", "inactive"),
        (RELAY, "Changed", "Relay_1", "active"),
        (INPUT, "Changed", "Input_0", "true"),
    ]


async def test_a_camera_without_ports_has_no_topics_for_them():
    listener = listener_to(EventKind.RELAY, EventKind.DIGITAL_INPUT)
    assert {topic.expression for topic in listener.broker.topics()} & {RELAY, INPUT} == set()


async def test_a_region_s_property_comes_and_goes_with_the_region():
    listener = listener_to(EventKind.MOTION_REGION, motion_regions=MotionRegionsDescription((DOOR,), most=4))
    await listener.parts()
    listener.describe(motion_regions=MotionRegionsDescription((GATE,), most=4))
    listener.publish(EventKind.MOTION_REGION, active=True, source="Gate")
    listener.publish(EventKind.MOTION_REGION, active=True, source="Door")
    assert await listener.parts() == [
        (REGION, "Deleted", "Door", "false"),
        (REGION, "Initialized", "Gate", "false"),
        (REGION, "Changed", "Gate", "true"),
    ]


async def test_a_client_that_makes_region_after_region_does_not_break_the_queue_of_one_that_is_away():
    listener = listener_to(EventKind.MOTION_REGION)
    for number in range(2 * QUEUE_LIMIT):
        region = MotionRegion(f"Region {number}", TRIANGLE)
        listener.describe(motion_regions=MotionRegionsDescription((region,), most=4))
    assert len(await listener.point.pull(timeout_s=0, limit=1000, closed=asyncio.Event())) == QUEUE_LIMIT


async def test_a_camera_that_does_not_tell_regions_apart_tells_motion_in_any_of_them():
    listener = listener_to(EventKind.MOTION, motion_regions=MotionRegionsDescription((DOOR, GATE), most=4))
    await listener.parts()
    listener.publish(EventKind.MOTION, active=True)
    assert [(topic, source) for topic, _, source, _ in await listener.parts()] == [
        (MOTION_ALARM, "VideoSource_0"),
        (CELL_MOTION, "MyMotionDetectorRule"),
        (REGION, "VideoSource_0"),
    ]


async def test_parts_that_nothing_lists_are_known_once_they_were_heard_of():
    listener = listener_to(EventKind.INTRUSION)
    listener.publish(EventKind.INTRUSION, active=True, source="Lawn")
    listener.publish(EventKind.INTRUSION, active=False, source="Yard")
    assert [each for each in await listener.parts() if each[0] == FIELD] == [
        (FIELD, "Initialized", "MyFieldDetectorRule", "false"),
        (FIELD, "Deleted", "MyFieldDetectorRule", "false"),
        (FIELD, "Initialized", "Lawn", "false"),
        (FIELD, "Changed", "Lawn", "true"),
        (FIELD, "Initialized", "Yard", "false"),
    ]


async def test_where_a_topic_knows_no_parts_any_of_them_counts():
    listener = listener_to(EventKind.PERSON)
    await listener.heard()
    for source, active in (("left", True), ("right", True), ("left", False), ("right", False)):
        listener.publish(EventKind.PERSON, active=active, source=source)
    assert await listener.heard() == [(PEOPLE, "Changed", "true"), (PEOPLE, "Changed", "false")]


async def test_every_crossing_of_a_line_is_told_as_another_object_and_never_as_a_state():
    listener = listener_to(EventKind.LINE_CROSSED)
    assert LINE not in {topic for topic, *_ in await listener.parts()}
    for active in (True, True, False, True):
        listener.publish(EventKind.LINE_CROSSED, active=active, source="Fence")
    assert await listener.parts() == [(LINE, None, "Fence", "1"), (LINE, None, "Fence", "2")]


async def test_a_line_that_the_camera_does_not_watch_is_never_crossed(listener):
    await listener.heard()
    listener.publish(EventKind.LINE_CROSSED, active=True)
    assert await listener.heard() == []


async def test_sound_is_told_with_the_source_that_hears_it():
    listener = listener_to(EventKind.SOUND)
    await listener.heard()
    listener.publish(EventKind.SOUND, active=True)
    (heard,) = await listener.notifications()
    assert heard.topic.expression == SOUND
    assert [item.value for item in heard.items] == [
        "AudioSourceConfig_0",
        "AudioAnalytics_0",
        "MySoundDetectorRule",
        "true",
    ]


async def test_the_broker_runs_until_it_is_cancelled(listener):
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(listener.broker.run())
        await asyncio.sleep(0)
        running.cancel()
    assert running.cancelled()
