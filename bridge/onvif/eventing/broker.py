"""From camera events to ONVIF notifications: the state of every property, and one message per change.

Core Specification, "Properties". The broker remembers the level of every event kind, so that a new subscriber can
be told the present state, and makes each notification once for all subscribers. Queues, filters and lifetimes are
those of the pull points (`eventing.pullpoint`); what the topics are called is in `eventing.topics`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.events import EventKind
from bridge.onvif.eventing.pullpoint import Notification, PullPoints
from bridge.onvif.eventing.topics import MOTION_RULE, TOPICS, Origin
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
    from datetime import datetime

    from bridge.core.camera import Camera
    from bridge.core.events import CameraEvent
    from bridge.core.timing import Clock
    from bridge.onvif.eventing.topics import Topic
    from bridge.onvif.media_model import MediaModel


class EventBroker:
    """The properties of one virtual device and those who listen to them."""

    def __init__(self, camera: Camera, media: MediaModel, *, clock: Clock) -> None:
        self._camera = camera
        self._media = media
        self._clock = clock
        self._levels = {event.kind: event.active for event in camera.levels}
        self._announced = self.topics()
        self.pull_points = PullPoints(clock=clock, current=self.current)

    def topics(self) -> tuple[Topic, ...]:
        """The topics that this camera reports now; none as long as it was never reached.

        Loss of signal is always among them: the bridge itself sees whether the camera is there.
        """
        description = self._camera.description
        if description is None:
            return ()
        kinds = description.events | {EventKind.SIGNAL_LOSS}
        return tuple(topic for topic in TOPICS if topic.kind in kinds)

    def publish(self, event: CameraEvent) -> None:
        """Take a level; subscribers hear of it if it differs from the last one. What was never told is inactive."""
        self.refresh()
        changed = event.active != self._levels.get(event.kind, False)
        self._levels[event.kind] = event.active
        if changed:
            for topic in self._announced:
                if topic.kind is event.kind:
                    self._send(topic, PropertyOperation.CHANGED, event.utc)

    def current(self) -> tuple[Notification, ...]:
        """The state of every property, as messages for one who has just come."""
        self.refresh()
        utc = self._clock.utc()
        return tuple(self._notification(topic, PropertyOperation.INITIALIZED, utc) for topic in self._announced)

    async def run(self) -> None:
        """Let subscriptions expire, until cancelled."""
        await self.pull_points.run()

    def refresh(self) -> None:
        """Tell subscribers of properties that came or went because the camera is described anew."""
        topics = self.topics()
        before, self._announced = self._announced, topics
        if topics == before:
            return
        utc = self._clock.utc()
        for topic in before:
            if topic not in topics:
                self._send(topic, PropertyOperation.DELETED, utc)
        for topic in topics:
            if topic not in before:
                self._send(topic, PropertyOperation.INITIALIZED, utc)

    def _send(self, topic: Topic, operation: PropertyOperation, utc: datetime) -> None:
        self.pull_points.offer(self._notification(topic, operation, utc))

    def _notification(self, topic: Topic, operation: PropertyOperation, utc: datetime) -> Notification:
        values = {
            Origin.VIDEO_SOURCE: self._media.video_source_token,
            Origin.VIDEO_SOURCE_CONFIGURATION: self._media.video_source_configuration_token,
            Origin.ANALYTICS_CONFIGURATION: self._media.analytics_token,
            Origin.RULE: MOTION_RULE,
        }
        source = tuple(SimpleItem(name=item.name, value=values[item.origin]) for item in topic.source)
        active = self._levels.get(topic.kind, False)
        data = (SimpleItem(name=topic.data, value="true" if active else "false"),)
        message = NotificationMessage(
            topic=TopicExpression(dialect=CONCRETE_DIALECT, value=topic.expression),
            message=MessageHolder(
                message=Message(
                    utc_time=utc,
                    property_operation=operation,
                    source=ItemList(simple_item=source),
                    data=ItemList(simple_item=data),
                )
            ),
        )
        return Notification(topic, source + data, message)
