"""The event service: topics, pull points and their lives.

Core Specification, chapter "Event handling", with Renew and Unsubscribe from WS-BaseNotification. A subscription is
addressed by the path that its creation answered with. Notifications pushed to a consumer, seeking and brokers are
not offered, and the capabilities say so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif.eventing.faults import (
    pull_too_long,
    resource_unknown,
    unacceptable_time,
    unrecognized_policy,
)
from bridge.onvif.eventing.filter import parse_filter
from bridge.onvif.eventing.pullpoint import MAX_PULL_POINTS
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
    Unsubscribe,
    UnsubscribeResponse,
)
from bridge.proto.soap.lexical import parse_date_time, parse_duration
from bridge.proto.soap.namespaces import TEV

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.eventing.pullpoint import PullPoint

SUBSCRIPTION_PATH = "/onvif/subscription/"
"""Every subscription has an address of its own below this path."""

DEFAULT_LIFE = timedelta(seconds=60)
MIN_LIFE = timedelta(seconds=1)
MAX_LIFE = timedelta(days=366)
"""Longest life between two signs of the client. Forgotten subscriptions are evicted, so it need not be short."""

MAX_TIMEOUT = timedelta(minutes=10)
"""Longest wait for messages: ten times what the standard demands; routers forget connections that rest longer."""

MAX_MESSAGE_LIMIT = 100
"""Most messages in one answer, some 50 kB; who asks for more gets the rest with the next pull."""

_PORT = f"{TEV}/EventPortType"
_PULL_POINT = f"{TEV}/PullPointSubscription"
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
    broker, utc = call.device.broker, call.device.clock.utc()
    if request.subscription_policy is not None and len(request.subscription_policy):
        raise unrecognized_policy(str(request.subscription_policy[0].tag), utc=utc)
    life = _life(request.initial_termination_time, utc=utc, fault="UnacceptableInitialTerminationTimeFault")
    # A camera that was never reached has no topics yet: whoever waits for them may ask for any.
    wants = parse_filter(request.filter, offered=broker.topics() or TOPICS, utc=utc)
    point = broker.pull_points.create(wants, span_s=life.total_seconds())
    current, termination = _times(call, point)
    return CreatePullPointSubscriptionResponse(
        subscription_reference=EndpointReference(address=f"{call.base_url}{SUBSCRIPTION_PATH}{point.id}"),
        current_time=current,
        termination_time=termination,
    )


@operation(access=Access.READ_MEDIA, action=f"{_PULL_POINT}/PullMessagesRequest")
async def pull_messages(call: Call, request: PullMessages) -> PullMessagesResponse:
    """Return what is queued, or wait for the first message."""
    point = _point(call)
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
    call.device.broker.pull_points.synchronize(_point(call))
    return SetSynchronizationPointResponse()


@operation(access=Access.READ_MEDIA, action=f"{_MANAGER}/RenewRequest")
async def renew(call: Call, request: Renew) -> RenewResponse:
    """Give a subscription a new life."""
    point = _point(call)
    life = _life(request.termination_time, utc=call.device.clock.utc(), fault="UnacceptableTerminationTimeFault")
    point.renew(life.total_seconds())
    current, termination = _times(call, point)
    return RenewResponse(termination_time=termination, current_time=current)


@operation(access=Access.READ_MEDIA, action=f"{_MANAGER}/UnsubscribeRequest")
async def unsubscribe(call: Call, _request: Unsubscribe) -> UnsubscribeResponse:
    """End a subscription."""
    call.device.broker.pull_points.remove(_point(call))
    return UnsubscribeResponse()


def _point(call: Call) -> PullPoint:
    """Return the pull point that the request's path addresses.

    Raises:
        EventFault: there is none.
    """
    prefix, _, point_id = call.path.rpartition("/")
    point = call.device.broker.pull_points.find(point_id) if f"{prefix}/" == SUBSCRIPTION_PATH else None
    if point is None:
        raise resource_unknown(utc=call.device.clock.utc())
    return point


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


def _times(call: Call, point: PullPoint) -> tuple[datetime, datetime]:
    """Return now and the end of life in whole seconds, rounded so that no promised fraction is lost.

    Simple clients cannot read fractions of a second.
    """
    utc = call.device.clock.utc()
    end = utc + timedelta(seconds=point.remaining_s(), microseconds=999_999)
    return utc.replace(microsecond=0), end.replace(microsecond=0)


def _capabilities(_call: Call) -> EventCapabilities:
    return EventCapabilities(
        ws_subscription_policy_support=False,
        ws_pausable_subscription_manager_interface_support=False,
        max_notification_producers=0,
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
