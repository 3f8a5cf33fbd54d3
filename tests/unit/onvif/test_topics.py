from __future__ import annotations

import pytest

from bridge.core.events import EventKind
from bridge.onvif.eventing.topics import TOPICS, topic_set
from bridge.proto.soap.namespaces import TNS1, TT, WSTOP

PROPERTIES = [topic for topic in TOPICS if topic.kind is not None]


def leaf(tree, expression):
    root, *below = expression.removeprefix("tns1:").split("/")
    return tree.find("/".join((f"{{{TNS1}}}{root}", *below)))


def test_every_event_kind_has_a_topic():
    assert {topic.kind for topic in PROPERTIES} == set(EventKind)


def test_motion_is_told_under_the_names_that_clients_know():
    motion = {topic.expression for topic in TOPICS if topic.kind is EventKind.MOTION}
    assert motion == {"tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"}


@pytest.mark.parametrize("topic", PROPERTIES, ids=lambda topic: topic.expression)
def test_the_topic_set_describes_every_topic_as_a_boolean_property(topic):
    node = leaf(topic_set(TOPICS), topic.expression)
    assert node.get(f"{{{WSTOP}}}topic") == "true"
    description = node.find(f"{{{TT}}}MessageDescription")
    assert description.get("IsProperty") == "true"
    sources = [(item.get("Name"), item.get("Type")) for item in description.find(f"{{{TT}}}Source")]
    assert sources == [(item.name, item.type) for item in topic.source]
    (data,) = description.find(f"{{{TT}}}Data")
    assert (data.get("Name"), data.get("Type")) == (topic.data, "xs:boolean")


def test_topics_share_their_parents():
    tree = topic_set(TOPICS)
    assert [child.tag for child in tree] == [f"{{{TNS1}}}{name}" for name in ("VideoSource", "RuleEngine", "Media")]


@pytest.mark.parametrize(
    ("expression", "items"),
    [
        ("tns1:Media/ProfileChanged", [("Token", "tt:ReferenceToken")]),
        ("tns1:Media/ConfigurationChanged", [("Token", "tt:ReferenceToken"), ("Type", "xs:string")]),
    ],
)
def test_what_happens_to_the_device_is_no_property_and_has_no_data(expression, items):
    description = leaf(topic_set(TOPICS), expression).find(f"{{{TT}}}MessageDescription")
    assert description.get("IsProperty") == "false"
    assert [(item.get("Name"), item.get("Type")) for item in description.find(f"{{{TT}}}Source")] == items
    assert description.find(f"{{{TT}}}Data") is None


def test_only_leaves_are_topics():
    parent = topic_set(TOPICS)[0]
    assert parent.get(f"{{{WSTOP}}}topic") is None


def test_without_topics_the_set_is_empty():
    assert len(topic_set(())) == 0
