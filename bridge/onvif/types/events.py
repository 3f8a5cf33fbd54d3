"""Messages of the event service: Core Specification chapter "Event handling", WS-BaseNotification 1.3.

The topic set of GetEventProperties is a tree that no schema type describes, so it travels as an element
(`eventing.topics.topic_set`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from lxml import etree

from bridge.proto.soap.codec import attribute, element, text, xml_message, xml_type
from bridge.proto.soap.namespaces import TEV, TT, WSA, WSNT, WSTOP

CONCRETE_DIALECT = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
CONCRETE_SET_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
ITEM_FILTER_DIALECT = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"


class PropertyOperation(StrEnum):
    """Why a property's message is sent."""

    INITIALIZED = "Initialized"
    DELETED = "Deleted"
    CHANGED = "Changed"


@xml_type(TT)
class SimpleItem:
    """A name with a value."""

    name: str = attribute(name="Name")
    value: str = attribute(name="Value")


@xml_type(TT)
class ElementItem:
    """A name with an element of any kind."""

    name: str = attribute(name="Name")
    content: etree._Element | None = element(name="*", default=None)


@xml_type(TT)
class ItemList:
    """The items of one part of a message, or the parameters of a rule or an analytics module."""

    simple_item: tuple[SimpleItem, ...] = ()
    element_item: tuple[ElementItem, ...] = ()


@xml_type(TT)
class Message:
    """What happened, where and when."""

    utc_time: datetime = attribute(name="UtcTime")
    property_operation: PropertyOperation | None = attribute(name="PropertyOperation", default=None)
    source: ItemList | None = None
    data: ItemList | None = None


@xml_type(WSNT)
class TopicExpression:
    """A topic, in the dialect named."""

    dialect: str = attribute(name="Dialect")
    value: str = text()


@xml_type(WSNT)
class MessageHolder:
    """The wrapper that WS-BaseNotification puts around any message."""

    message: Message = element(namespace=TT)


@xml_type(WSA)
class EndpointReference:
    """Where something can be addressed; `reference_parameters` are repeated among the headers of what is sent there."""

    address: str
    reference_parameters: etree._Element | None = None


@xml_type(WSNT)
class NotificationMessage:
    """One message with its topic; one that is pushed also names the subscription it belongs to."""

    subscription_reference: EndpointReference | None = None
    topic: TopicExpression
    message: MessageHolder


@xml_type(TEV)
class EventCapabilities:
    """What the event service can do.

    `ws_pull_point_support` was taken out of the standard in 2024, but GetCapabilities still has it, and clients and
    test tools of before compare the two.
    """

    ws_subscription_policy_support: bool = attribute(name="WSSubscriptionPolicySupport")
    ws_pull_point_support: bool = attribute(name="WSPullPointSupport")
    ws_pausable_subscription_manager_interface_support: bool = attribute(
        name="WSPausableSubscriptionManagerInterfaceSupport"
    )
    max_notification_producers: int = attribute(name="MaxNotificationProducers")
    max_pull_points: int = attribute(name="MaxPullPoints")
    persistent_notification_storage: bool = attribute(name="PersistentNotificationStorage")
    event_broker_protocols: str = attribute(name="EventBrokerProtocols")
    max_event_brokers: int = attribute(name="MaxEventBrokers")
    metadata_over_mqtt: bool = attribute(name="MetadataOverMQTT")


@xml_message(TEV)
class GetServiceCapabilities:
    """Ask for the abilities of the event service."""


@xml_message(TEV)
class GetServiceCapabilitiesResponse:
    """The abilities of the event service."""

    capabilities: EventCapabilities


@xml_message(TEV)
class GetEventProperties:
    """Ask for topics and filter dialects."""


@xml_message(TEV)
class GetEventPropertiesResponse:
    """Topics and filter dialects."""

    topic_namespace_location: tuple[str, ...]
    fixed_topic_set: bool = element(namespace=WSNT)
    topic_set: etree._Element = element(namespace=WSTOP)
    topic_expression_dialect: tuple[str, ...] = element(namespace=WSNT)
    message_content_filter_dialect: tuple[str, ...]
    message_content_schema_location: tuple[str, ...]


@xml_message(TEV)
class CreatePullPointSubscription:
    """Ask for a new pull point; the time is an xs:duration or an xs:dateTime."""

    filter: etree._Element | None = None
    initial_termination_time: str | None = None
    subscription_policy: etree._Element | None = None


@xml_message(TEV)
class CreatePullPointSubscriptionResponse:
    """Where to pull, and until when."""

    subscription_reference: EndpointReference
    current_time: datetime = element(namespace=WSNT)
    termination_time: datetime = element(namespace=WSNT)


@xml_message(TEV)
class PullMessages:
    """Wait for messages."""

    timeout: timedelta
    message_limit: int


@xml_message(TEV)
class PullMessagesResponse:
    """The messages that were there."""

    current_time: datetime
    termination_time: datetime
    notification_message: tuple[NotificationMessage, ...] = element(namespace=WSNT, default=())


@xml_message(TEV)
class SetSynchronizationPoint:
    """Ask for the present state of every property."""


@xml_message(TEV)
class SetSynchronizationPointResponse:
    """The states are queued."""


@xml_message(WSNT)
class Subscribe:
    """Ask for notifications to be posted to a consumer; the time is an xs:duration or an xs:dateTime."""

    consumer_reference: EndpointReference
    filter: etree._Element | None = None
    initial_termination_time: str | None = None
    subscription_policy: etree._Element | None = None


@xml_message(WSNT)
class SubscribeResponse:
    """Where the subscription is renewed and given back, and until when it lives."""

    subscription_reference: EndpointReference
    current_time: datetime
    termination_time: datetime


@xml_message(WSNT)
class Notify:
    """Messages for a consumer. It answers with a status alone."""

    notification_message: tuple[NotificationMessage, ...]


@xml_message(WSNT)
class Renew:
    """Ask for a longer life; the time is an xs:duration or an xs:dateTime."""

    termination_time: str | None = None


@xml_message(WSNT)
class RenewResponse:
    """The new end of life."""

    termination_time: datetime
    current_time: datetime


@xml_message(WSNT)
class Unsubscribe:
    """Give a subscription back."""


@xml_message(WSNT)
class UnsubscribeResponse:
    """It is gone."""
