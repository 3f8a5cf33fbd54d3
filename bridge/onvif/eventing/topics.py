"""The topics that the bridge speaks: which event kind appears under which names, with which items.

The names are those that real clients parse (Core Specification, topic namespace `tns1`; the rule `MyRuleDetector`
is a vendor convention that Home Assistant and Scrypted know). A topic with an event kind is a property: it has a
state at all times, and messages tell its changes. The others tell that something has happened to the device itself
(Media2 Service Specification, "Service specific events"). The table also gives the topic set of GetEventProperties.
It does not know which of these a camera reports: that is `EventBroker.topics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lxml import etree

from bridge.core.events import EventKind
from bridge.proto.soap.namespaces import TNS1, TT, WSTOP, XS

if TYPE_CHECKING:
    from collections.abc import Iterable

MOTION_RULE = "MyMotionDetectorRule"
"""Name of the one motion rule that stands for the camera's own motion detection."""


class Origin(StrEnum):
    """What the value of a source item is."""

    VIDEO_SOURCE = "video_source"
    VIDEO_SOURCE_CONFIGURATION = "video_source_configuration"
    ANALYTICS_CONFIGURATION = "analytics_configuration"
    RULE = "rule"
    SUBJECT = "subject"
    """The token of what the message is about."""
    CONFIGURATION_KIND = "configuration_kind"


_WORDS = (Origin.RULE, Origin.CONFIGURATION_KIND)


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A named item that says where an event comes from."""

    name: str
    origin: Origin

    @property
    def type(self) -> str:
        """The schema type as a prefixed name."""
        return "xs:string" if self.origin in _WORDS else "tt:ReferenceToken"


@dataclass(frozen=True, slots=True)
class Topic:
    """What messages are about: `path` below `tns1`, and the items that name the source.

    A boolean property has the event kind that feeds it and one data item with its state. What only happens has
    neither.
    """

    path: tuple[str, ...]
    kind: EventKind | None
    source: tuple[SourceItem, ...]
    data: str | None = None

    @property
    def expression(self) -> str:
        """The concrete topic expression as it stands in messages."""
        return f"tns1:{'/'.join(self.path)}"


_SOURCE = (SourceItem("Source", Origin.VIDEO_SOURCE),)
_RULE_SOURCE = (
    SourceItem("VideoSourceConfigurationToken", Origin.VIDEO_SOURCE_CONFIGURATION),
    SourceItem("VideoAnalyticsConfigurationToken", Origin.ANALYTICS_CONFIGURATION),
    SourceItem("Rule", Origin.RULE),
)


def _detected(kind: EventKind, name: str) -> Topic:
    return Topic(("RuleEngine", "MyRuleDetector", name), kind, _SOURCE, "State")


PROFILE_CHANGED = Topic(("Media", "ProfileChanged"), None, (SourceItem("Token", Origin.SUBJECT),))
CONFIGURATION_CHANGED = Topic(
    ("Media", "ConfigurationChanged"),
    None,
    (SourceItem("Token", Origin.SUBJECT), SourceItem("Type", Origin.CONFIGURATION_KIND)),
)

TOPICS = (
    Topic(("VideoSource", "MotionAlarm"), EventKind.MOTION, _SOURCE, "State"),
    Topic(("VideoSource", "SignalLoss"), EventKind.SIGNAL_LOSS, _SOURCE, "State"),
    Topic(("RuleEngine", "CellMotionDetector", "Motion"), EventKind.MOTION, _RULE_SOURCE, "IsMotion"),
    _detected(EventKind.PERSON, "PeopleDetect"),
    _detected(EventKind.VEHICLE, "VehicleDetect"),
    _detected(EventKind.ANIMAL, "DogCatDetect"),
    _detected(EventKind.FACE, "FaceDetect"),
    _detected(EventKind.VISITOR, "Visitor"),
    _detected(EventKind.PACKAGE, "Package"),
    PROFILE_CHANGED,
    CONFIGURATION_CHANGED,
)
"""Every topic, in the order in which initial states are sent."""


def topic_set(topics: Iterable[Topic]) -> etree._Element:
    """Return the `wstop:TopicSet` tree that describes `topics` (Core Specification, GetEventProperties).

    Root topics are in the namespace `tns1`; what is below them has no namespace.
    """
    root = etree.Element(f"{{{WSTOP}}}TopicSet", nsmap={"wstop": WSTOP, "tns1": TNS1, "tt": TT, "xs": XS})
    for topic in topics:
        node = root
        for depth, name in enumerate(topic.path):
            tag = name if depth else f"{{{TNS1}}}{name}"
            found = node.find(tag)
            node = etree.SubElement(node, tag) if found is None else found
        node.set(f"{{{WSTOP}}}topic", "true")
        _describe(node, topic)
    return root


def _describe(node: etree._Element, topic: Topic) -> None:
    is_property = "true" if topic.kind is not None else "false"
    description = etree.SubElement(node, f"{{{TT}}}MessageDescription", IsProperty=is_property)
    source = etree.SubElement(description, f"{{{TT}}}Source")
    for item in topic.source:
        etree.SubElement(source, f"{{{TT}}}SimpleItemDescription", Name=item.name, Type=item.type)
    if topic.data is not None:
        data = etree.SubElement(description, f"{{{TT}}}Data")
        etree.SubElement(data, f"{{{TT}}}SimpleItemDescription", Name=topic.data, Type="xs:boolean")
