"""From camera events to ONVIF notifications: the state of every property, and one message per change.

Core Specification, "Properties". The broker remembers the level of every event kind, so that a new subscriber can
be told the present state, and makes each notification once for all subscribers. It also tells that media profiles
and configurations have changed: the services report what clients do, and what the camera does to its encoders by
itself shows in its descriptions. Queues, filters and lifetimes are those of `eventing.subscriptions`;
what the topics are called is in `eventing.topics`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.core.events import EventKind
from bridge.onvif.eventing.guard import ConsumerGuard
from bridge.onvif.eventing.notify import Consumers
from bridge.onvif.eventing.pullpoint import PullPoints
from bridge.onvif.eventing.subscriptions import Notification
from bridge.onvif.eventing.topics import CONFIGURATION_CHANGED, MOTION_RULE, PROFILE_CHANGED, TOPICS, Origin
from bridge.onvif.media_tokens import ConfigurationKind
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

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from bridge.core.camera import Camera
    from bridge.core.events import CameraEvent
    from bridge.core.timing import Clock
    from bridge.onvif.eventing.topics import Topic
    from bridge.onvif.media_model import MediaModel


class EventBroker:
    """The properties of one virtual device and those who listen to them.

    Args:
        camera: whose events are told.
        media: names the sources and configurations in messages.
        clock: for the lives of subscriptions and the time stamps of messages.
        own_ports: those that the bridge listens on, a collection that follows them: no consumer may be there.
    """

    def __init__(self, camera: Camera, media: MediaModel, *, clock: Clock, own_ports: Collection[int] = ()) -> None:
        self._camera = camera
        self._media = media
        self._clock = clock
        self._levels = {event.kind: event.active for event in camera.levels}
        self._announced = self.topics()
        self._encoders = media.encoders
        self.pull_points = PullPoints(clock=clock, current=self.current)
        self.consumers = Consumers(clock=clock, current=self.current, guard=ConsumerGuard(own_ports=own_ports))

    def topics(self) -> tuple[Topic, ...]:
        """The topics that this camera reports now; none as long as it was never reached.

        Loss of signal is always among them, the bridge itself sees whether the camera is there; and so is what
        happens to the device.
        """
        description = self._camera.description
        if description is None:
            return ()
        kinds = {*description.events, EventKind.SIGNAL_LOSS, None}
        return tuple(topic for topic in TOPICS if topic.kind in kinds)

    def publish(self, event: CameraEvent) -> None:
        """Take a level; subscribers hear of it if it differs from the last one. What was never told is inactive."""
        self.follow_description()
        changed = event.active != self._levels.get(event.kind, False)
        self._levels[event.kind] = event.active
        if changed:
            for topic in self._announced:
                if topic.kind is event.kind:
                    self._send(topic, PropertyOperation.CHANGED, event.utc)

    def current(self) -> tuple[Notification, ...]:
        """The state of every property, as messages for one who has just come."""
        self.follow_description()
        utc = self._clock.utc()
        return tuple(
            self._notification(topic, PropertyOperation.INITIALIZED, utc) for topic in _properties(self._announced)
        )

    def profile_changed(self, token: str) -> None:
        """Tell that a media profile has been created, changed or deleted."""
        self._announce(PROFILE_CHANGED, {Origin.SUBJECT: token})

    def configuration_changed(self, token: str, kind: ConfigurationKind) -> None:
        """Tell that a client has changed a configuration in a way that no description will show."""
        self._announce(CONFIGURATION_CHANGED, {Origin.SUBJECT: token, Origin.CONFIGURATION_KIND: kind})

    async def run(self) -> None:
        """Post to consumers and let subscriptions expire, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.pull_points.run())
            tasks.create_task(self.consumers.run())

    def end_subscriptions(self) -> None:
        """Let everybody who listens know that it is over: the device begins anew."""
        for subscription in (*self.pull_points, *self.consumers):
            subscription.end()

    def follow_description(self) -> None:
        """Tell subscribers what is different because the camera is described anew: properties and encoders."""
        topics = self.topics()
        before, self._announced = self._announced, topics
        utc = self._clock.utc()
        for topic in _properties(before):
            if topic not in topics:
                self._send(topic, PropertyOperation.DELETED, utc)
        for topic in _properties(topics):
            if topic not in before:
                self._send(topic, PropertyOperation.INITIALIZED, utc)
        encoders = self._media.encoders
        known, self._encoders = self._encoders, encoders
        for token, settings in encoders.items():
            if token in known and known[token] != settings:
                values = {Origin.SUBJECT: token, Origin.CONFIGURATION_KIND: ConfigurationKind.VIDEO_ENCODER}
                self._announce(CONFIGURATION_CHANGED, values)

    def _send(self, topic: Topic, operation: PropertyOperation, utc: datetime) -> None:
        self._offer(self._notification(topic, operation, utc))

    def _announce(self, topic: Topic, values: Mapping[Origin, str]) -> None:
        """Tell of something that is no property."""
        source = tuple(SimpleItem(name=item.name, value=values[item.origin]) for item in topic.source)
        message = _message(topic, Message(utc_time=self._clock.utc(), source=ItemList(simple_item=source)))
        self._offer(Notification(topic, source, message))

    def _offer(self, notification: Notification) -> None:
        self.pull_points.offer(notification)
        self.consumers.offer(notification)

    def _notification(self, topic: Topic, operation: PropertyOperation, utc: datetime) -> Notification:
        values = {
            Origin.VIDEO_SOURCE: self._media.video_source_token,
            Origin.VIDEO_SOURCE_CONFIGURATION: self._media.video_source_configuration_token,
            Origin.ANALYTICS_CONFIGURATION: self._media.analytics_token,
            Origin.RULE: MOTION_RULE,
        }
        source = tuple(SimpleItem(name=item.name, value=values[item.origin]) for item in topic.source)
        active = topic.kind is not None and self._levels.get(topic.kind, False)
        data = (SimpleItem(name=topic.data or "", value="true" if active else "false"),)
        message = Message(
            utc_time=utc,
            property_operation=operation,
            source=ItemList(simple_item=source),
            data=ItemList(simple_item=data),
        )
        return Notification(topic, source + data, _message(topic, message))


def _properties(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    return tuple(topic for topic in topics if topic.kind is not None)


def _message(topic: Topic, message: Message) -> NotificationMessage:
    return NotificationMessage(
        topic=TopicExpression(dialect=CONCRETE_DIALECT, value=topic.expression),
        message=MessageHolder(message=message),
    )
