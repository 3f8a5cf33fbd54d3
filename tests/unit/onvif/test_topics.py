from __future__ import annotations

import pytest

from bridge.core.events import EventKind
from bridge.onvif.eventing.topics import ANY_REGION_MOTION, TOPICS, topic_set
from bridge.proto.soap.namespaces import TNS1, TT, WSTOP

PROPERTIES = [topic for topic in TOPICS if topic.is_property]


def leaf(tree, expression):
    root, *below = expression.removeprefix("tns1:").split("/")
    return tree.find("/".join((f"{{{TNS1}}}{root}", *below)))


def items(description, group):
    """Return name and type of the items of a group."""
    return [(item.get("Name"), item.get("Type")) for item in description.iterfind(f"{{{TT}}}{group}/*")]


def test_every_event_kind_has_a_topic():
    assert {topic.kind for topic in TOPICS} == {None, *EventKind}


def test_motion_is_told_under_the_names_that_clients_know():
    motion = {topic.expression for topic in TOPICS if topic.kind is EventKind.MOTION and topic is not ANY_REGION_MOTION}
    assert motion == {"tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"}


@pytest.mark.parametrize("topic", PROPERTIES, ids=lambda topic: topic.expression)
def test_the_topic_set_describes_every_property_with_one_item_of_data(topic):
    node = leaf(topic_set((topic,)), topic.expression)
    assert node.get(f"{{{WSTOP}}}topic") == "true"
    description = node.find(f"{{{TT}}}MessageDescription")
    assert description.get("IsProperty") == "true"
    assert items(description, "Source") == [(item.name, item.type) for item in topic.source]
    assert items(description, "Data") == [(topic.data.name, topic.data.type)]


@pytest.mark.parametrize(
    ("expression", "source", "data"),
    [
        pytest.param(
            "tns1:Device/Trigger/DigitalInput",
            [("InputToken", "tt:ReferenceToken")],
            ("LogicalState", "xs:boolean"),
            id="DEVICEIO-2-1-1",
        ),
        pytest.param(
            "tns1:Device/Trigger/Relay",
            [("RelayToken", "tt:ReferenceToken")],
            ("LogicalState", "tt:RelayLogicalState"),
            id="DEVICEIO-2-1-2",
        ),
        pytest.param(
            "tns1:VideoSource/GlobalSceneChange/ImagingService",
            [("Source", "tt:ReferenceToken")],
            ("State", "xs:boolean"),
            id="IMAGING-4-1-4",
        ),
        pytest.param(
            "tns1:RuleEngine/MotionRegionDetector/Motion",
            [("VideoSource", "tt:ReferenceToken"), ("RuleName", "xs:string")],
            ("State", "xs:boolean"),
            id="ANALYTICS-2-1-1",
        ),
        pytest.param(
            "tns1:Device/HardwareFailure/StorageFailure",
            [("Token", "tt:ReferenceToken")],
            ("Failed", "xs:boolean"),
            id="DEVICE-9-1-11",
        ),
        pytest.param("tns1:Monitoring/OperatingTime/LastReboot", [], ("Status", "xs:dateTime"), id="DEVICE-9-1-3"),
    ],
)
def test_the_items_are_those_that_the_test_specifications_look_for(expression, source, data):
    topic = next(topic for topic in TOPICS if topic.expression == expression)
    description = leaf(topic_set((topic,)), expression).find(f"{{{TT}}}MessageDescription")
    assert (items(description, "Source"), items(description, "Data")) == (source, [data])


def test_topics_share_their_parents():
    tree = topic_set(TOPICS)
    roots = ("VideoSource", "RuleEngine", "AudioAnalytics", "Device", "Monitoring", "Media")
    assert [child.tag for child in tree] == [f"{{{TNS1}}}{name}" for name in roots]


@pytest.mark.parametrize(
    ("expression", "sources"),
    [
        ("tns1:Media/ProfileChanged", [("Token", "tt:ReferenceToken")]),
        ("tns1:Media/ConfigurationChanged", [("Token", "tt:ReferenceToken"), ("Type", "xs:string")]),
    ],
)
def test_what_happens_to_the_device_is_no_property_and_has_no_data(expression, sources):
    description = leaf(topic_set(TOPICS), expression).find(f"{{{TT}}}MessageDescription")
    assert description.get("IsProperty") == "false"
    assert items(description, "Source") == sources
    assert items(description, "Data") == []


def test_only_leaves_are_topics():
    parent = topic_set(TOPICS)[0]
    assert parent.get(f"{{{WSTOP}}}topic") is None


def test_without_topics_the_set_is_empty():
    assert len(topic_set(())) == 0
