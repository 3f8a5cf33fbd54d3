"""From camera events to ONVIF notifications: the state of every property, and one message per change.

Core Specification, "Properties". The broker remembers every level, so that a new subscriber can be told the present
state, and makes each notification once for all subscribers. A camera can have several of a thing, such as relays or
motion regions: then each of them is a property of its own, which comes and goes with the camera's description. The
broker also tells that media profiles and configurations have changed: the services report what clients do, and what
the camera does to its encoders by itself shows in its descriptions. Queues, filters and lifetimes are those of
`eventing.subscriptions`; what the topics are called is in `eventing.topics`.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.events import EventKind
from bridge.onvif.eventing.guard import ConsumerGuard
from bridge.onvif.eventing.metadata import MetadataListeners
from bridge.onvif.eventing.notify import Consumers
from bridge.onvif.eventing.pullpoint import PullPoints
from bridge.onvif.eventing.subscriptions import Notification
from bridge.onvif.eventing.topics import (
    ANY_REGION_MOTION,
    AUDIO_ANALYTICS,
    CONFIGURATION_CHANGED,
    LAST_REBOOT,
    LINE_CROSSED,
    MOTION_RULE,
    PROFILE_CHANGED,
    TOPICS,
    Origin,
    Topic,
)
from bridge.onvif.media_tokens import AUDIO_SOURCE_CONFIGURATION, ConfigurationKind
from bridge.onvif.types.events import (
    CONCRETE_DIALECT,
    ItemList,
    Message,
    MessageHolder,
    NotificationMessage,
    PropertyOperation,
    SimpleItem,
    TopicExpression,
)
from bridge.proto.soap.lexical import format_date_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from bridge.core.camera import Camera
    from bridge.core.events import CameraEvent
    from bridge.core.model import CameraDescription
    from bridge.core.timing import Clock
    from bridge.onvif.media_model import MediaModel


@dataclass(frozen=True, slots=True)
class _Property:
    """A property: its topic and, if there is one for each part of the camera, which part.

    `part` is the camera's word for it, `name` what clients know it as.
    """

    topic: Topic
    part: str = ""
    name: str = ""

    @property
    def told_as(self) -> tuple[Topic, str]:
        """What makes it the same property to clients: the camera may call its part something else now."""
        return self.topic, self.name


class EventBroker:
    """The properties of one virtual device and those who listen to them.

    Args:
        camera: whose events are told.
        media: names the sources and configurations in messages.
        clock: for the lives of subscriptions and the time stamps of messages.
        own_ports: those that the bridge listens on, a collection that follows them: no consumer may be there.
        region_name: gives the name under which clients know a motion region of the camera.
    """

    def __init__(
        self,
        camera: Camera,
        media: MediaModel,
        *,
        clock: Clock,
        own_ports: Collection[int] = (),
        region_name: Callable[[str], str] = str,
    ) -> None:
        self._camera = camera
        self._media = media
        self._clock = clock
        self._region_name = region_name
        self._begun = clock.utc()
        self._levels = {(event.kind, event.source): event.active for event in camera.levels}
        self._crossings = 0
        self._follows_later = False
        self._announced = self._properties()
        self._encoders = media.encoders
        self.pull_points = PullPoints(clock=clock, current=self.current)
        self.metadata = MetadataListeners(clock=clock, current=self.current)
        self.consumers = Consumers(clock=clock, current=self.current, guard=ConsumerGuard(own_ports=own_ports))

    def topics(self) -> tuple[Topic, ...]:
        """The topics that this camera feeds now; none as long as it was never reached.

        Loss of signal is always among them, the bridge itself sees whether the camera is there; and so is what
        happens to the device.
        """
        description = self._camera.description
        if description is None:
            return ()
        return tuple(topic for topic in TOPICS if _is_fed(topic, description))

    def publish(self, event: CameraEvent) -> None:
        """Take a level; subscribers hear of it if it differs from the last one. What was never told is inactive."""
        level = event.kind, event.source
        was_active = self._levels.setdefault(level, False)
        self.follow_description()
        before = {each: self._is_active(each) for each in self._announced if each.topic.kind is event.kind}
        self._levels[level] = event.active
        for each, state in before.items():
            if self._is_active(each) != state:
                self._send(each, PropertyOperation.CHANGED, event.utc)
        if event.active and not was_active and event.kind is EventKind.LINE_CROSSED and LINE_CROSSED in self.topics():
            self._tell_crossing(event)

    def current(self) -> tuple[Notification, ...]:
        """The state of every property, as messages for one who has just come."""
        self.follow_description()
        utc = self._clock.utc()
        return tuple(self._notification(each, PropertyOperation.INITIALIZED, utc) for each in self._announced)

    def profile_changed(self, token: str) -> None:
        """Tell that a media profile has been created, changed or deleted."""
        self._offer(_notification(PROFILE_CHANGED, {Origin.SUBJECT: token}, utc=self._clock.utc()))

    def configuration_changed(self, token: str, kind: ConfigurationKind) -> None:
        """Tell that a client has changed a configuration in a way that no description will show."""
        values = {Origin.SUBJECT: token, Origin.CONFIGURATION_KIND: kind}
        self._offer(_notification(CONFIGURATION_CHANGED, values, utc=self._clock.utc()))

    async def run(self) -> None:
        """Post to consumers and let subscriptions expire, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.pull_points.run())
            tasks.create_task(self.consumers.run())

    def end_subscriptions(self) -> None:
        """Let everybody who listens know that it is over: the device begins anew."""
        for subscription in (*self.pull_points, *self.consumers, *self.metadata):
            subscription.end()

    @contextmanager
    def following_later(self) -> Iterator[None]:
        """Follow no description until the context ends: what lies between is only half of a change. Not nested."""
        self._follows_later = True
        try:
            yield
        finally:
            self._follows_later = False
            self.follow_description()

    def follow_description(self) -> None:
        """Tell subscribers what is different because the camera is described anew: properties and encoders."""
        if not self._follows_later:
            self._follow_properties()
            self._follow_encoders()

    def _follow_properties(self) -> None:
        present = self._properties()
        before, self._announced = self._announced, present
        states = {each.told_as: self._is_active(each) for each in before}
        remaining = {each.told_as for each in present}
        utc = self._clock.utc()
        for each in before:
            if each.told_as not in remaining:
                self._send(each, PropertyOperation.DELETED, utc)
        for each in before:
            if each not in present and each.topic.kind is EventKind.MOTION_REGION:
                # The camera may give the name to another region, which has not moved because this one has.
                self._levels.pop((each.topic.kind, each.part), None)
        for each in present:
            if each.told_as not in states:
                self._send(each, PropertyOperation.INITIALIZED, utc)
            elif each not in before and self._is_active(each) != states[each.told_as]:
                self._send(each, PropertyOperation.CHANGED, utc)

    def _follow_encoders(self) -> None:
        encoders = self._media.encoders
        known, self._encoders = self._encoders, encoders
        for token, settings in encoders.items():
            if token in known and known[token] != settings:
                self.configuration_changed(token, ConfigurationKind.VIDEO_ENCODER)

    def _properties(self) -> tuple[_Property, ...]:
        """Return every property that there is now, in the order of the topics."""
        description = self._camera.description
        if description is None:
            return ()
        found: list[_Property] = []
        for topic in self.topics():
            if topic.is_property and topic.has_parts:
                found.extend(_Property(topic, part, name) for part, name in self._parts(topic, description))
            elif topic.is_property:
                found.append(_Property(topic))
        return tuple(found)

    def _parts(self, topic: Topic, description: CameraDescription) -> Iterable[tuple[str, str]]:
        """Return the parts of the camera that a topic tells apart: the camera's word, and the name for clients."""
        if topic.kind is EventKind.RELAY:
            return ((relay.token, relay.token) for relay in description.relays)
        if topic.kind is EventKind.DIGITAL_INPUT:
            return ((port.token, port.token) for port in description.inputs)
        if topic.kind is EventKind.MOTION_REGION and description.motion_regions is not None:
            return ((each.name, self._region_name(each.name)) for each in description.motion_regions.regions)
        # Nothing lists these: they are known once they were heard of, and before that there is one without a name.
        heard_of = tuple((part, part) for kind, part in self._levels if kind is topic.kind)
        return heard_of or (("", ""),)

    def _is_active(self, each: _Property) -> bool:
        """Return a property's level; where parts are not told apart, any active one counts."""
        if each.topic.kind is None:
            return False
        if each.topic.has_parts:
            return self._levels.get((each.topic.kind, each.part), False)
        return any(active for (kind, _), active in self._levels.items() if kind is each.topic.kind)

    def _send(self, each: _Property, operation: PropertyOperation, utc: datetime) -> None:
        self._offer(self._notification(each, operation, utc))

    def _tell_crossing(self, event: CameraEvent) -> None:
        """Tell that a line was crossed. No camera says by what: every crossing counts as a new object."""
        self._crossings += 1
        values = self._sources(event.source)
        self._offer(_notification(LINE_CROSSED, values, state=str(self._crossings), utc=event.utc))

    def _offer(self, notification: Notification) -> None:
        self.pull_points.offer(notification)
        self.metadata.offer(notification)
        self.consumers.offer(notification)

    def _notification(self, each: _Property, operation: PropertyOperation, utc: datetime) -> Notification:
        if each.topic is LAST_REBOOT:
            state = format_date_time(self._begun)
        else:
            state = each.topic.data.words[self._is_active(each)] if each.topic.data is not None else ""
        return _notification(each.topic, self._sources(each.name), state=state, utc=utc, operation=operation)

    def _sources(self, part: str) -> dict[Origin, str]:
        """Return the values of source items, in messages about a part of the camera or about all of it."""
        return {
            Origin.VIDEO_SOURCE: self._media.video_source_token,
            Origin.VIDEO_SOURCE_CONFIGURATION: self._media.video_source_configuration_token,
            Origin.ANALYTICS_CONFIGURATION: self._media.analytics_token,
            Origin.AUDIO_SOURCE_CONFIGURATION: AUDIO_SOURCE_CONFIGURATION,
            Origin.AUDIO_ANALYTICS_CONFIGURATION: AUDIO_ANALYTICS,
            Origin.RULE: MOTION_RULE,
            Origin.PART: part,
        }


def _is_fed(topic: Topic, description: CameraDescription) -> bool:
    """Say whether a camera of that description tells what a topic is about."""
    if topic.kind is None or topic.kind is EventKind.SIGNAL_LOSS:
        return True
    if topic.kind is EventKind.RELAY:
        return bool(description.relays)
    if topic.kind is EventKind.DIGITAL_INPUT:
        return bool(description.inputs)
    if topic is ANY_REGION_MOTION and (
        description.motion_regions is None or EventKind.MOTION_REGION in description.events
    ):
        return False
    return topic.kind in description.events


def _notification(
    topic: Topic,
    values: dict[Origin, str],
    *,
    utc: datetime,
    state: str = "",
    operation: PropertyOperation | None = None,
) -> Notification:
    """Return a message.

    Args:
        topic: what it is about.
        values: of its source items, by their origin.
        utc: when it happened.
        state: value of the data item, if the topic has one.
        operation: why a property's message is sent.
    """
    source = tuple(SimpleItem(name=item.name, value=values[item.origin] or item.otherwise) for item in topic.source)
    data = () if topic.data is None else (SimpleItem(name=topic.data.name, value=state),)
    message = Message(
        utc_time=utc,
        property_operation=operation,
        source=ItemList(simple_item=source) if source else None,
        data=ItemList(simple_item=data) if data else None,
    )
    told = NotificationMessage(
        topic=TopicExpression(dialect=CONCRETE_DIALECT, value=topic.expression), message=MessageHolder(message=message)
    )
    return Notification(topic, source + data, told)
