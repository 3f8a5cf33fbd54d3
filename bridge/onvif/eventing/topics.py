"""The topics that the bridge speaks: which event kind appears under which names, with which items.

The names are those that real clients parse (Core Specification, topic namespace `tns1`; the rule `MyRuleDetector`
is a vendor convention that Home Assistant and Scrypted know). Most topics are properties: they have a state at all
times, and messages tell its changes. The others tell that something has happened (Media2 Service Specification,
"Service specific events"; Analytics Service Specification, line detector). The table also gives the topic set of
GetEventProperties. It does not know which of these a camera reports: that is `EventBroker.topics`.
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

AUDIO_ANALYTICS = "AudioAnalytics_0"
"""Stands in messages for the analysis of sound, which has no configuration that could be read."""


class Origin(StrEnum):
    """What the value of a source item is."""

    VIDEO_SOURCE = "video_source"
    VIDEO_SOURCE_CONFIGURATION = "video_source_configuration"
    ANALYTICS_CONFIGURATION = "analytics_configuration"
    AUDIO_SOURCE_CONFIGURATION = "audio_source_configuration"
    AUDIO_ANALYTICS_CONFIGURATION = "audio_analytics_configuration"
    RULE = "rule"
    """The one motion rule."""
    PART = "part"
    """What the camera has several of: the token of a relay, the name of a region."""
    SUBJECT = "subject"
    """The token of what the message is about."""
    CONFIGURATION_KIND = "configuration_kind"


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A named item that says where an event comes from.

    `otherwise` is the name of the one part of a camera that does not tell parts apart.
    """

    name: str
    origin: Origin
    type: str = "tt:ReferenceToken"
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class DataItem:
    """A named item that says what is the case; `words` are those of a level that is inactive, and of an active one."""

    name: str
    type: str = "xs:boolean"
    words: tuple[str, str] = ("false", "true")


@dataclass(frozen=True, slots=True)
class Topic:
    """What messages are about: `path` below `tns1`, the items that name the source, and the item with the state.

    `kind` is the event kind that feeds it; what the bridge itself knows has none.
    """

    path: tuple[str, ...]
    kind: EventKind | None
    source: tuple[SourceItem, ...]
    data: DataItem | None = None
    is_property: bool = True

    @property
    def expression(self) -> str:
        """The concrete topic expression as it stands in messages."""
        return f"tns1:{'/'.join(self.path)}"

    @property
    def has_parts(self) -> bool:
        """Whether there is a property for each of the parts that a camera has several of."""
        return any(item.origin is Origin.PART for item in self.source)


_STATE = DataItem("State")
_SOURCE = (SourceItem("Source", Origin.VIDEO_SOURCE),)
_CONFIGURATIONS = (
    SourceItem("VideoSourceConfigurationToken", Origin.VIDEO_SOURCE_CONFIGURATION),
    SourceItem("VideoAnalyticsConfigurationToken", Origin.ANALYTICS_CONFIGURATION),
)
_AUDIO_CONFIGURATIONS = (
    SourceItem("AudioSourceConfigurationToken", Origin.AUDIO_SOURCE_CONFIGURATION),
    SourceItem("AudioAnalyticsConfigurationToken", Origin.AUDIO_ANALYTICS_CONFIGURATION),
)
_REGION_MOTION = ("RuleEngine", "MotionRegionDetector", "Motion")


def _rule(name: str) -> SourceItem:
    """Return the item that names one of several rules; `name` is that of a rule that the camera gives no name."""
    return SourceItem("Rule", Origin.PART, "xs:string", name)


def _picture(name: str, kind: EventKind) -> Topic:
    """Return the topic of something wrong with the picture as a whole (Imaging Service Specification, "Events")."""
    return Topic(("VideoSource", name, "ImagingService"), kind, _SOURCE, _STATE)


def _detected(kind: EventKind, name: str) -> Topic:
    return Topic(("RuleEngine", "MyRuleDetector", name), kind, _SOURCE, _STATE)


CELL_MOTION = Topic(
    ("RuleEngine", "CellMotionDetector", "Motion"),
    EventKind.MOTION,
    (*_CONFIGURATIONS, SourceItem("Rule", Origin.RULE, "xs:string")),
    DataItem("IsMotion"),
)
REGION_MOTION = Topic(
    _REGION_MOTION,
    EventKind.MOTION_REGION,
    (SourceItem("VideoSource", Origin.VIDEO_SOURCE), SourceItem("RuleName", Origin.PART, "xs:string", MOTION_RULE)),
    _STATE,
)
ANY_REGION_MOTION = Topic(_REGION_MOTION, EventKind.MOTION, (SourceItem("VideoSource", Origin.VIDEO_SOURCE),), _STATE)
"""For cameras that look at regions but do not say in which of them something moves."""

LINE_CROSSED = Topic(
    ("RuleEngine", "LineDetector", "Crossed"),
    EventKind.LINE_CROSSED,
    (*_CONFIGURATIONS, _rule("MyLineDetectorRule")),
    DataItem("ObjectId", "xs:integer"),
    is_property=False,
)
LAST_REBOOT = Topic(("Monitoring", "OperatingTime", "LastReboot"), None, (), DataItem("Status", "xs:dateTime"))
PROFILE_CHANGED = Topic(("Media", "ProfileChanged"), None, (SourceItem("Token", Origin.SUBJECT),), is_property=False)
CONFIGURATION_CHANGED = Topic(
    ("Media", "ConfigurationChanged"),
    None,
    (SourceItem("Token", Origin.SUBJECT), SourceItem("Type", Origin.CONFIGURATION_KIND, "xs:string")),
    is_property=False,
)

TOPICS = (
    Topic(("VideoSource", "MotionAlarm"), EventKind.MOTION, _SOURCE, _STATE),
    Topic(("VideoSource", "SignalLoss"), EventKind.SIGNAL_LOSS, _SOURCE, _STATE),
    _picture("ImageTooDark", EventKind.TOO_DARK),
    _picture("ImageTooBright", EventKind.TOO_BRIGHT),
    _picture("ImageTooBlurry", EventKind.TOO_BLURRY),
    _picture("GlobalSceneChange", EventKind.TAMPER),
    CELL_MOTION,
    REGION_MOTION,
    ANY_REGION_MOTION,
    LINE_CROSSED,
    Topic(
        ("RuleEngine", "FieldDetector", "ObjectsInside"),
        EventKind.INTRUSION,
        (*_CONFIGURATIONS, _rule("MyFieldDetectorRule")),
        DataItem("IsInside"),
    ),
    _detected(EventKind.PERSON, "PeopleDetect"),
    _detected(EventKind.VEHICLE, "VehicleDetect"),
    _detected(EventKind.ANIMAL, "DogCatDetect"),
    _detected(EventKind.FACE, "FaceDetect"),
    _detected(EventKind.VISITOR, "Visitor"),
    _detected(EventKind.PACKAGE, "Package"),
    Topic(
        ("AudioAnalytics", "Audio", "DetectedSound"),
        EventKind.SOUND,
        (*_AUDIO_CONFIGURATIONS, _rule("MySoundDetectorRule")),
        DataItem("isSoundDetected"),
    ),
    Topic(
        ("Device", "Trigger", "DigitalInput"),
        EventKind.DIGITAL_INPUT,
        (SourceItem("InputToken", Origin.PART),),
        DataItem("LogicalState"),
    ),
    Topic(
        ("Device", "Trigger", "Relay"),
        EventKind.RELAY,
        (SourceItem("RelayToken", Origin.PART),),
        DataItem("LogicalState", "tt:RelayLogicalState", ("inactive", "active")),
    ),
    Topic(
        ("Device", "HardwareFailure", "StorageFailure"),
        EventKind.STORAGE_FAILURE,
        (SourceItem("Token", Origin.PART, otherwise="Storage_0"),),
        DataItem("Failed"),
    ),
    LAST_REBOOT,
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
    is_property = "true" if topic.is_property else "false"
    description = etree.SubElement(node, f"{{{TT}}}MessageDescription", IsProperty=is_property)
    _describe_items(description, "Source", topic.source)
    _describe_items(description, "Data", () if topic.data is None else (topic.data,))


def _describe_items(description: etree._Element, group: str, items: tuple[SourceItem | DataItem, ...]) -> None:
    """Add a group of items, unless it is empty."""
    if items:
        described = etree.SubElement(description, f"{{{TT}}}{group}")
        for item in items:
            etree.SubElement(described, f"{{{TT}}}SimpleItemDescription", Name=item.name, Type=item.type)
