"""The event service: topics, subscriptions of both kinds and their lives.

Core Specification, chapter "Event handling", and WS-BaseNotification. A subscription, whether its messages are
fetched from a pull point or posted to a consumer, is addressed by the path that its creation answered with. Pausing,
seeking and brokers are not offered, and the capabilities say so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lxml import etree

from bridge.core.errors import ClientFault
from bridge.onvif.eventing.faults import (
    base_fault,
    pull_too_long,
    resource_unknown,
    unable_to_get_messages,
    unacceptable_time,
    unrecognized_policy,
)
from bridge.onvif.eventing.filter import parse_filter
from bridge.onvif.eventing.guard import ConsumerRefused, Destination, is_loopback, read_address
from bridge.onvif.eventing.notify import MAX_CONSUMERS, NoRoom, Recipient
from bridge.onvif.eventing.pullpoint import MAX_PULL_POINTS, PullPoint
from bridge.onvif.eventing.subscriptions import SUBSCRIPTION_PATH
from bridge.onvif.eventing.topics import TOPICS, topic_set
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.types.events import (
    CONCRETE_DIALECT,
    CONCRETE_SET_DIALECT,
    ITEM_FILTER_DIALECT,
    CreatePullPointSubscription,
    CreatePullPointSubscriptionResponse,
    EndpointReference,
    EventCapabilities,
    GetEventProperties,
    GetEventPropertiesResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    PullMessages,
    PullMessagesResponse,
    Renew,
    RenewResponse,
    SetSynchronizationPoint,
    SetSynchronizationPointResponse,
    Subscribe,
    SubscribeResponse,
    Unsubscribe,
    UnsubscribeResponse,
)
from bridge.proto.soap.lexical import parse_date_time, parse_duration
from bridge.proto.soap.namespaces import TEV

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.eventing.filter import EventFilter
    from bridge.onvif.eventing.subscriptions import Subscription

DEFAULT_LIFE = timedelta(seconds=60)
MIN_LIFE = timedelta(seconds=1)
MAX_LIFE = timedelta(days=366)
"""Longest life between two signs of the client. Forgotten subscriptions are evicted, so it need not be short."""

MAX_TIMEOUT = timedelta(minutes=10)
"""Longest wait for messages: ten times what the standard demands; routers forget connections that rest longer."""

MAX_MESSAGE_LIMIT = 100
"""Most messages in one answer, some 50 kB; who asks for more gets the rest with the next pull."""

MAX_REFERENCE_BYTES = 4096
"""Most that a consumer may have repeated in the headers of every Notify: whoever uses that at all sends an id."""

_PORT = f"{TEV}/EventPortType"
_PULL_POINT = f"{TEV}/PullPointSubscription"
_PRODUCER = "http://docs.oasis-open.org/wsn/bw-2/NotificationProducer"
_MANAGER = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"
_TOPIC_NAMESPACE_LOCATION = "http://www.onvif.org/onvif/ver10/topics/topicns.xml"
_SCHEMA_LOCATION = "http://www.onvif.org/onvif/ver10/schema/onvif.xsd"


@operation(access=Access.PRE_AUTH, action=f"{_PORT}/GetServiceCapabilitiesRequest")
async def get_service_capabilities(call: Call, _request: GetServiceCapabilities) -> GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA, action=f"{_PORT}/GetEventPropertiesRequest")
async def get_event_properties(call: Call, _request: GetEventProperties) -> GetEventPropertiesResponse:
    """Tell which topics there are, and in which dialects filters can be written."""
    return GetEventPropertiesResponse(
        topic_namespace_location=(_TOPIC_NAMESPACE_LOCATION,),
        # It follows the camera: a firmware may bring new detections.
        fixed_topic_set=False,
        topic_set=topic_set(call.device.broker.topics()),
        topic_expression_dialect=(CONCRETE_DIALECT, CONCRETE_SET_DIALECT),
        message_content_filter_dialect=(ITEM_FILTER_DIALECT,),
        message_content_schema_location=(_SCHEMA_LOCATION,),
    )


@operation(access=Access.READ_MEDIA, action=f"{_PORT}/CreatePullPointSubscriptionRequest")
async def create_pull_point_subscription(
    call: Call, request: CreatePullPointSubscription
) -> CreatePullPointSubscriptionResponse:
    """Open a pull point that already holds the state of every property that passes the filter."""
    wants, span_s = _wish(call, request)
    point = call.device.broker.pull_points.create(wants, span_s=span_s)
    current, termination = _times(call, point)
    return CreatePullPointSubscriptionResponse(
        subscription_reference=EndpointReference(address=point.address(call.base_url)),
        current_time=current,
        termination_time=termination,
    )


@operation(access=Access.READ_MEDIA, action=f"{_PRODUCER}/SubscribeRequest")
async def subscribe(call: Call, request: Subscribe) -> SubscribeResponse:
    """Have notifications posted to a consumer, beginning with the state of every property that passes the filter."""
    wants, span_s = _wish(call, request)
    try:
        recipient = _recipient(call, request.consumer_reference)
        consumer = await call.device.broker.consumers.create(wants, span_s=span_s, recipient=recipient)
    except (ConsumerRefused, NoRoom) as error:
        code = "Sender" if isinstance(error, ConsumerRefused) else "Receiver"
        raise base_fault("SubscribeCreationFailedFault", str(error), utc=call.device.clock.utc(), code=code) from error
    current, termination = _times(call, consumer)
    return SubscribeResponse(
        subscription_reference=EndpointReference(address=consumer.address(call.base_url)),
        current_time=current,
        termination_time=termination,
    )


@operation(access=Access.READ_MEDIA, action=f"{_PULL_POINT}/PullMessagesRequest")
async def pull_messages(call: Call, request: PullMessages) -> PullMessagesResponse:
    """Return what is queued, or wait for the first message."""
    point = _addressed(call)
    if not isinstance(point, PullPoint):
        raise unable_to_get_messages("The messages of this subscription are posted", utc=call.device.clock.utc())
    if request.timeout < timedelta(0) or request.message_limit < 1:
        raise ClientFault("Sender", ("InvalidArgVal",), "Timeout or MessageLimit is too small")
    if request.timeout > MAX_TIMEOUT:
        raise pull_too_long(max_timeout=MAX_TIMEOUT, max_message_limit=MAX_MESSAGE_LIMIT)
    pulled = await point.pull(
        timeout_s=request.timeout.total_seconds(),
        limit=min(request.message_limit, MAX_MESSAGE_LIMIT),
        closed=call.closed,
    )
    current, termination = _times(call, point)
    return PullMessagesResponse(
        current_time=current,
        termination_time=termination,
        notification_message=tuple(notification.message for notification in pulled),
    )


@operation(access=Access.READ_MEDIA, action=f"{_PULL_POINT}/SetSynchronizationPointRequest")
async def set_synchronization_point(call: Call, _request: SetSynchronizationPoint) -> SetSynchronizationPointResponse:
    """Queue the state of every property again."""
    _addressed(call).synchronize(call.device.broker.current())
    return SetSynchronizationPointResponse()


@operation(access=Access.READ_MEDIA, action=f"{_MANAGER}/RenewRequest")
async def renew(call: Call, request: Renew) -> RenewResponse:
    """Give a subscription a new life."""
    subscription = _addressed(call)
    life = _life(request.termination_time, utc=call.device.clock.utc(), fault="UnacceptableTerminationTimeFault")
    subscription.renew(life.total_seconds())
    current, termination = _times(call, subscription)
    return RenewResponse(termination_time=termination, current_time=current)


@operation(access=Access.READ_MEDIA, action=f"{_MANAGER}/UnsubscribeRequest")
async def unsubscribe(call: Call, _request: Unsubscribe) -> UnsubscribeResponse:
    """End a subscription."""
    _addressed(call).end()
    return UnsubscribeResponse()


def _wish(call: Call, request: CreatePullPointSubscription | Subscribe) -> tuple[EventFilter, float]:
    """Return what a new subscription wants to hear of, and for how many seconds.

    Raises:
        EventFault: one of them is not to be had, or a policy is demanded.
    """
    utc = call.device.clock.utc()
    if request.subscription_policy is not None and len(request.subscription_policy):
        raise unrecognized_policy(str(request.subscription_policy[0].tag), utc=utc)
    life = _life(request.initial_termination_time, utc=utc, fault="UnacceptableInitialTerminationTimeFault")
    # A camera that was never reached has no topics yet: whoever waits for them may ask for any.
    wants = parse_filter(request.filter, offered=call.device.broker.topics() or TOPICS, utc=utc)
    return wants, life.total_seconds()


def _recipient(call: Call, reference: EndpointReference) -> Recipient:
    """Return to whom notifications go.

    Raises:
        ConsumerRefused: the reference cannot be used.
    """
    parameters = () if reference.reference_parameters is None else tuple(reference.reference_parameters)
    if sum(len(etree.tostring(each)) for each in parameters) > MAX_REFERENCE_BYTES:
        raise ConsumerRefused(f"The consumer's reference parameters are longer than {MAX_REFERENCE_BYTES} bytes")
    destination = Destination(
        read_address(reference.address),
        # A proxy on this machine connects from here too; but it was asked for another host.
        from_loopback=is_loopback(call.local_address)
        and (is_loopback(call.host.strip("[]")) or call.host == "localhost"),
        our_ports=frozenset({_port_asked(call), call.device.rtsp_port}),
    )
    return Recipient(destination, parameters, call.base_url)


def _port_asked(call: Call) -> int:
    """Return the port at which the client has reached us."""
    scheme, _, authority = call.base_url.partition("://")
    port = authority.rpartition(":")[2]
    return int(port) if port.isdecimal() else 443 if scheme == "https" else 80


def _addressed(call: Call) -> Subscription:
    """Return the subscription that the request's path addresses.

    Raises:
        EventFault: there is none.
    """
    prefix, _, subscription_id = call.path.rpartition("/")
    if f"{prefix}/" == SUBSCRIPTION_PATH:
        broker = call.device.broker
        found = broker.pull_points.find(subscription_id) or broker.consumers.find(subscription_id)
        if found is not None:
            return found
    raise resource_unknown(utc=call.device.clock.utc())


def _life(asked: str | None, *, utc: datetime, fault: str) -> timedelta:
    """Return how long a subscription shall live; `asked` is a duration or a point in time.

    Raises:
        EventFault: it is neither, or out of limits.
    """
    if asked is None:
        return DEFAULT_LIFE
    unacceptable = unacceptable_time(fault, utc=utc, minimum=utc + MIN_LIFE, maximum=utc + MAX_LIFE)
    try:
        life = parse_duration(asked) if "P" in asked else parse_date_time(asked) - utc
    except ValueError as error:
        raise unacceptable from error
    if not MIN_LIFE <= life <= MAX_LIFE:
        raise unacceptable
    return life


def _times(call: Call, subscription: Subscription) -> tuple[datetime, datetime]:
    """Return now and the end of life in whole seconds, rounded so that no promised fraction is lost.

    Simple clients cannot read fractions of a second.
    """
    utc = call.device.clock.utc()
    end = utc + timedelta(seconds=subscription.remaining_s(), microseconds=999_999)
    return utc.replace(microsecond=0), end.replace(microsecond=0)


def _capabilities(_call: Call) -> EventCapabilities:
    return EventCapabilities(
        ws_subscription_policy_support=False,
        ws_pull_point_support=True,
        ws_pausable_subscription_manager_interface_support=False,
        max_notification_producers=MAX_CONSUMERS,
        max_pull_points=MAX_PULL_POINTS,
        persistent_notification_storage=False,
        event_broker_protocols="",
        max_event_brokers=0,
        metadata_over_mqtt=False,
    )


def _is_served(_device: VirtualDevice) -> bool:
    return True


SERVICE = Service(
    prefix="tev",
    namespace=TEV,
    path="/onvif/event_service",
    version=(24, 12),
    operations=operations_of(__name__),
    is_served=_is_served,
    capabilities=_capabilities,
)
