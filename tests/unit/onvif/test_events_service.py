from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from typing_extensions import override

from bridge.core.events import EventKind
from bridge.onvif.eventing.faults import EventFault
from bridge.onvif.eventing.notify import MAX_CONSUMERS
from bridge.onvif.eventing.pullpoint import MAX_PULL_POINTS
from bridge.onvif.services.events import MAX_MESSAGE_LIMIT, MAX_REFERENCE_BYTES, SERVICE
from bridge.onvif.types.events import (
    CONCRETE_DIALECT,
    CONCRETE_SET_DIALECT,
    ITEM_FILTER_DIALECT,
    CreatePullPointSubscription,
    CreatePullPointSubscriptionResponse,
    EndpointReference,
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
from bridge.proto.soap.namespaces import TEV, TNS1, WSA, WSNT, WSTOP
from tests.unit.onvif.bench_camera import NOON, BenchCamera, described
from tests.unit.onvif.service_bench import Bench

BASE = "http://192.0.2.1:8000"
HOOK = "http://192.168.7.9:8123/api/webhook/1"


def pull_messages(timeout_s=0.0, limit=100):
    return PullMessages(timeout=timedelta(seconds=timeout_s), message_limit=limit)


def topic_filter(expression, namespace=TEV):
    made = etree.Element(f"{{{namespace}}}Filter", nsmap={"tns1": TNS1})
    child = etree.SubElement(made, f"{{{WSNT}}}TopicExpression", Dialect=CONCRETE_SET_DIALECT)
    child.text = expression
    return made


class Subscriber:
    """A client with one subscription on a bench."""

    def __init__(self, bench, created):
        self.bench = bench
        self.created = created
        self.path = created.subscription_reference.address.removeprefix(BASE)

    async def pull(self, timeout_s=0.0, limit=100, closed=None):
        return await self.bench.ask(
            pull_messages(timeout_s, limit), PullMessagesResponse, path=self.path, closed=closed
        )

    async def heard(self, **how):
        """Pull, and return (topic, operation, value) of each message."""
        return [
            (each.topic.value, message.property_operation.value, message.data.simple_item[0].value)
            for each in (await self.pull(**how)).notification_message
            for message in [each.message.message]
        ]


@pytest.fixture
def bench():
    return Bench(BenchCamera(described(kinds=frozenset({EventKind.MOTION}))))


async def subscribe(bench, **what):
    request = CreatePullPointSubscription(**what)
    return Subscriber(bench, await bench.ask(request, CreatePullPointSubscriptionResponse))


async def test_capabilities_promise_pull_points_and_consumers_and_nothing_else(bench):
    answer = await bench.ask(GetServiceCapabilities(), GetServiceCapabilitiesResponse)
    told = answer.capabilities
    assert told.max_pull_points == MAX_PULL_POINTS
    assert told.max_notification_producers == MAX_CONSUMERS
    assert not told.ws_pausable_subscription_manager_interface_support
    assert not told.persistent_notification_storage
    assert told.max_event_brokers == 0


async def test_event_properties_list_topics_and_dialects(bench):
    answer = await bench.ask(GetEventProperties(), GetEventPropertiesResponse)
    assert not answer.fixed_topic_set
    assert answer.topic_expression_dialect == (CONCRETE_DIALECT, CONCRETE_SET_DIALECT)
    assert answer.message_content_filter_dialect == (ITEM_FILTER_DIALECT,)
    leaves = {node.tag for node in answer.topic_set.iter() if node.get(f"{{{WSTOP}}}topic") == "true"}
    assert leaves == {"MotionAlarm", "SignalLoss", "Motion", "LastReboot", "ProfileChanged", "ConfigurationChanged"}


async def test_the_device_has_events_even_before_its_camera_was_reached():
    bench = Bench(BenchCamera(None))
    assert SERVICE.is_served(bench.device)
    answer = await bench.ask(GetEventProperties(), GetEventPropertiesResponse)
    assert len(answer.topic_set) == 0
    subscriber = await subscribe(bench, filter=topic_filter("tns1:VideoSource//."))
    assert await subscriber.heard() == []


async def test_a_subscription_lives_a_minute_by_default(bench):
    created = (await subscribe(bench)).created
    assert created.current_time == NOON
    assert created.termination_time == NOON + timedelta(seconds=60)


@pytest.mark.parametrize("asked", ["PT600S", "PT10M", "2030-05-01T12:10:00Z", "2030-05-01T14:10:00+02:00"])
async def test_its_life_may_be_asked_for_as_a_duration_or_a_time(bench, asked):
    created = (await subscribe(bench, initial_termination_time=asked)).created
    assert created.termination_time == NOON + timedelta(seconds=600)


async def test_a_fraction_of_a_second_is_rounded_in_the_client_s_favour(bench):
    bench.clock.advance(0.4)
    created = (await subscribe(bench, initial_termination_time="PT10.5S")).created
    assert created.current_time == NOON
    assert created.termination_time == NOON + timedelta(seconds=11)


@pytest.mark.parametrize("asked", ["PT0S", "-PT1M", "2030-05-01T11:00:00Z", "P2Y", "soon", "Perhaps"])
async def test_an_impossible_life_is_refused(bench, asked):
    fault = await bench.refused(CreatePullPointSubscription(initial_termination_time=asked))
    assert fault.name == "UnacceptableInitialTerminationTimeFault"


async def test_every_subscription_has_its_own_address_on_the_caller_s_host(bench):
    addresses = {(await subscribe(bench)).created.subscription_reference.address for _ in range(3)}
    assert len(addresses) == 3
    assert all(address.startswith(f"{BASE}/onvif/subscription/") for address in addresses)


async def test_the_first_pull_tells_the_present_state(bench):
    bench.publish(EventKind.MOTION, active=True)
    assert await (await subscribe(bench)).heard() == [
        ("tns1:VideoSource/MotionAlarm", "Initialized", "true"),
        ("tns1:VideoSource/SignalLoss", "Initialized", "false"),
        ("tns1:RuleEngine/CellMotionDetector/Motion", "Initialized", "true"),
        ("tns1:Monitoring/OperatingTime/LastReboot", "Initialized", "2030-05-01T12:00:00Z"),
    ]


async def test_a_waiting_pull_is_answered_as_soon_as_something_happens(bench):
    subscriber = await subscribe(bench)
    await subscriber.pull()
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(subscriber.heard(timeout_s=20))
        await asyncio.sleep(0)
        bench.publish(EventKind.SIGNAL_LOSS, active=True)
    assert pull.result() == [("tns1:VideoSource/SignalLoss", "Changed", "true")]


async def test_a_pull_prolongs_the_subscription(bench):
    subscriber = await subscribe(bench, initial_termination_time="PT20S")
    bench.clock.advance(15)
    answer = await subscriber.pull()
    assert answer.termination_time == answer.current_time + timedelta(seconds=20)


async def test_an_answer_holds_no_more_than_the_limit(bench):
    subscriber = await subscribe(bench)
    assert len(await subscriber.heard(limit=3)) == 3
    assert len(await subscriber.heard(limit=3)) == 1


async def test_an_answer_is_never_endless(bench):
    subscriber = await subscribe(bench)
    for level in [True, False] * MAX_MESSAGE_LIMIT:
        bench.publish(EventKind.SIGNAL_LOSS, active=level)
    assert len(await subscriber.heard(limit=1_000_000)) == MAX_MESSAGE_LIMIT


async def test_only_what_the_filter_lets_pass_is_told(bench):
    subscriber = await subscribe(bench, filter=topic_filter("tns1:VideoSource/SignalLoss"))
    bench.publish(EventKind.MOTION, active=True)
    assert await subscriber.heard() == [("tns1:VideoSource/SignalLoss", "Initialized", "false")]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("tns1:RuleEngine/MyRuleDetector/PeopleDetect", "TopicNotSupportedFault"),
        ("not a topic", "InvalidTopicExpressionFault"),
    ],
)
async def test_a_bad_filter_is_refused(bench, expression, name):
    fault = await bench.refused(CreatePullPointSubscription(filter=topic_filter(expression)))
    assert fault.name == name


async def test_a_strange_filter_is_refused_by_its_name(bench):
    made = etree.Element(f"{{{TEV}}}Filter")
    etree.SubElement(made, "{urn:acme}Strange")
    fault = await bench.refused(CreatePullPointSubscription(filter=made))
    assert fault.name == "InvalidFilterFault"
    assert fault.detail.findtext(f"{{{WSNT}}}UnknownFilter") == "Strange"


async def test_an_empty_policy_is_accepted_and_a_demanding_one_is_not(bench):
    policy = etree.Element(f"{{{TEV}}}SubscriptionPolicy")
    await subscribe(bench, subscription_policy=policy)
    etree.SubElement(policy, f"{{{TEV}}}ChangedOnly")
    fault = await bench.refused(CreatePullPointSubscription(subscription_policy=policy))
    assert fault.name == "UnrecognizedPolicyRequestFault"


@pytest.mark.parametrize("request_", [pull_messages(-1.0), pull_messages(0.0, 0)])
async def test_a_senseless_pull_is_refused(bench, request_):
    subscriber = await subscribe(bench)
    assert (await bench.refused(request_, path=subscriber.path)).subcodes == ("InvalidArgVal",)


async def test_a_pull_that_wants_to_wait_too_long_is_told_the_limits(bench):
    subscriber = await subscribe(bench)
    fault = await bench.refused(pull_messages(3600.0), path=subscriber.path)
    assert fault.name == "PullMessagesFaultResponse"


async def test_a_client_that_went_away_is_not_waited_for(bench):
    subscriber = await subscribe(bench)
    await subscriber.pull()
    gone = asyncio.Event()
    gone.set()
    async with asyncio.timeout(5):
        assert await subscriber.heard(timeout_s=60, closed=gone) == []


async def test_a_synchronization_point_tells_every_state_again(bench):
    subscriber = await subscribe(bench)
    await subscriber.pull()
    await bench.ask(SetSynchronizationPoint(), SetSynchronizationPointResponse, path=subscriber.path)
    assert {operation for _, operation, _ in await subscriber.heard()} == {"Initialized"}


async def test_renew_gives_a_new_life(bench):
    subscriber = await subscribe(bench)
    bench.clock.advance(50)
    answer = await bench.ask(Renew(termination_time="PT600S"), RenewResponse, path=subscriber.path)
    assert answer.termination_time == NOON + timedelta(seconds=650)
    bench.clock.advance(500)
    await subscriber.pull()


async def test_renew_without_a_time_gives_the_default(bench):
    subscriber = await subscribe(bench, initial_termination_time="PT600S")
    answer = await bench.ask(Renew(), RenewResponse, path=subscriber.path)
    assert answer.termination_time == NOON + timedelta(seconds=60)


async def test_renew_into_the_past_is_refused(bench):
    subscriber = await subscribe(bench)
    fault = await bench.refused(Renew(termination_time="2020-01-01T00:00:00Z"), path=subscriber.path)
    assert fault.name == "UnacceptableTerminationTimeFault"


async def test_after_unsubscribe_the_subscription_is_unknown(bench):
    subscriber = await subscribe(bench)
    await bench.ask(Unsubscribe(), UnsubscribeResponse, path=subscriber.path)
    for request in (pull_messages(), Renew(), Unsubscribe(), SetSynchronizationPoint()):
        assert (await bench.refused(request, path=subscriber.path)).name == "ResourceUnknownFault"


async def test_after_its_end_the_subscription_is_unknown(bench):
    subscriber = await subscribe(bench)
    bench.clock.advance(60)
    assert (await bench.refused(pull_messages(), path=subscriber.path)).name == "ResourceUnknownFault"


@pytest.mark.parametrize("path", ["/onvif/event_service", "/onvif/subscription/", "/onvif/subscription/beef"])
async def test_an_address_without_subscription_is_unknown(bench, path):
    await subscribe(bench)
    assert (await bench.refused(pull_messages(), path=path)).name == "ResourceUnknownFault"


class LocalBench(Bench):
    """A bench whose client is on the same machine, and says so."""

    def __init__(self, base_url="http://127.0.0.1:8000", host="127.0.0.1"):
        super().__init__(BenchCamera(described()))
        self.base_url = base_url
        self.host = host

    @override
    def call(self, path, closed=None):
        call = super().call(path, closed)
        return replace(call, local_address="127.0.0.1", base_url=self.base_url, host=self.host)

    async def refusal_of(self, consumer):
        """Return the name of the fault for a consumer that must be refused."""
        fault = await self.refused(subscription(consumer))
        assert isinstance(fault, EventFault)
        return fault.name


def subscription(address=HOOK, **more):
    return Subscribe(consumer_reference=EndpointReference(address=address), **more)


async def push(bench, **what):
    """Subscribe a consumer; returns the answer and the path of the subscription."""
    created = await bench.ask(subscription(**what), SubscribeResponse)
    return created, created.subscription_reference.address.removeprefix(BASE)


async def queued(bench):
    """Return (topic, operation) of what waits to be posted to the one consumer."""
    (consumer,) = bench.device.broker.consumers
    return [
        (each.topic.expression, each.message.message.message.property_operation.value)
        for each in await consumer.next_messages()
    ]


async def test_EVENT_2_1_9_a_consumer_is_subscribed(bench):
    created, path = await push(bench, initial_termination_time="PT10S")
    assert created.current_time == NOON
    assert created.termination_time == NOON + timedelta(seconds=10)
    assert path.startswith("/onvif/subscription/")


async def test_EVENT_2_1_12_its_subscription_is_renewed_by_a_duration_or_a_time(bench):
    _, path = await push(bench, initial_termination_time="PT10S")
    for asked in ("PT10S", "2030-05-01T12:00:10Z"):
        answer = await bench.ask(Renew(termination_time=asked), RenewResponse, path=path)
        assert answer.termination_time == NOON + timedelta(seconds=10)
    bench.clock.advance(10)
    assert (await bench.refused(Renew(), path=path)).name == "ResourceUnknownFault"


async def test_EVENT_2_1_17_a_consumer_is_told_the_present_state_and_every_change(bench):
    await push(bench)
    bench.publish(EventKind.SIGNAL_LOSS, active=True)
    assert await queued(bench) == [
        ("tns1:VideoSource/MotionAlarm", "Initialized"),
        ("tns1:VideoSource/SignalLoss", "Initialized"),
        ("tns1:RuleEngine/CellMotionDetector/Motion", "Initialized"),
        ("tns1:Monitoring/OperatingTime/LastReboot", "Initialized"),
        ("tns1:VideoSource/SignalLoss", "Changed"),
    ]


@pytest.mark.parametrize(
    ("expression", "topics"),
    [
        ("tns1:VideoSource/SignalLoss", {"tns1:VideoSource/SignalLoss"}),
        (
            "tns1:VideoSource/SignalLoss|tns1:RuleEngine//.",
            {"tns1:VideoSource/SignalLoss", "tns1:RuleEngine/CellMotionDetector/Motion"},
        ),
        ("tns1:VideoSource//.", {"tns1:VideoSource/SignalLoss", "tns1:VideoSource/MotionAlarm"}),
    ],
)
async def test_EVENT_2_1_18_and_25_to_27_only_what_the_filter_lets_pass_is_posted(bench, expression, topics):
    await push(bench, filter=topic_filter(expression, WSNT))
    assert {topic for topic, _ in await queued(bench)} == topics


async def test_EVENT_2_1_29_only_items_that_the_filter_names_are_posted(bench):
    made = etree.Element(f"{{{WSNT}}}Filter")
    content = etree.SubElement(made, f"{{{WSNT}}}MessageContent", Dialect=ITEM_FILTER_DIALECT)
    content.text = 'boolean(//tt:SimpleItem[@Name="State" and @Value="true"])'
    await push(bench, filter=made)
    bench.publish(EventKind.MOTION, active=True)
    assert await queued(bench) == [("tns1:VideoSource/MotionAlarm", "Changed")]


INVALID = '(boolean(//tt:SimpleItem[@Name="xyz" and @Value="xyz"])'


async def test_EVENT_2_1_19_an_invalid_content_filter_is_refused(bench):
    made = etree.Element(f"{{{WSNT}}}Filter")
    etree.SubElement(made, f"{{{WSNT}}}MessageContent", Dialect=ITEM_FILTER_DIALECT).text = INVALID
    assert (await bench.refused(subscription(filter=made))).name == "InvalidMessageContentExpressionFault"


async def test_EVENT_2_1_23_an_invalid_topic_expression_is_refused(bench):
    fault = await bench.refused(subscription(filter=topic_filter(INVALID, WSNT)))
    assert fault.name == "InvalidTopicExpressionFault"


async def test_EVENT_2_1_21_and_22_after_unsubscribe_the_consumer_is_unknown(bench):
    _, path = await push(bench)
    await bench.ask(Unsubscribe(), UnsubscribeResponse, path=path)
    for request in (Renew(), Unsubscribe(), SetSynchronizationPoint()):
        assert (await bench.refused(request, path=path)).name == "ResourceUnknownFault"


async def test_EVENT_2_1_24_a_synchronization_point_tells_a_consumer_every_state_again(bench):
    _, path = await push(bench)
    await queued(bench)
    await bench.ask(SetSynchronizationPoint(), SetSynchronizationPointResponse, path=path)
    assert {operation for _, operation in await queued(bench)} == {"Initialized"}


async def test_what_is_posted_cannot_be_pulled(bench):
    _, path = await push(bench)
    assert (await bench.refused(pull_messages(), path=path)).name == "UnableToGetMessagesFault"


async def test_a_consumer_s_life_and_policy_are_judged_like_a_pull_point_s(bench):
    fault = await bench.refused(subscription(initial_termination_time="soon"))
    assert fault.name == "UnacceptableInitialTerminationTimeFault"
    policy = etree.Element(f"{{{WSNT}}}SubscriptionPolicy")
    etree.SubElement(policy, f"{{{WSNT}}}UseRaw")
    assert (await bench.refused(subscription(subscription_policy=policy))).name == "UnrecognizedPolicyRequestFault"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hook",
        "ftp://192.168.7.9/",
        "http://user:pw@192.168.7.9/",
        "http://127.0.0.1:9000/",
        "http://169.254.169.254/",
    ],
)
async def test_a_consumer_that_must_not_be_posted_to_is_refused(bench, address):
    fault = await bench.refused(subscription(address))
    assert fault.name == "SubscribeCreationFailedFault"
    assert fault.code == "Sender"


async def test_a_client_on_this_machine_may_subscribe_a_consumer_here_but_not_the_bridge_itself():
    bench = LocalBench()
    await push(bench, address="http://127.0.0.1:9000/")
    for port in (8000, bench.device.rtsp_port):
        assert await bench.refusal_of(f"http://127.0.0.1:{port}/") == "SubscribeCreationFailedFault"


async def test_a_client_behind_a_proxy_on_this_machine_is_no_client_on_this_machine():
    bench = LocalBench("http://cam.example", "cam.example")
    assert await bench.refusal_of("http://127.0.0.1:9000/") == "SubscribeCreationFailedFault"


@pytest.mark.parametrize(
    ("base_url", "port"), [("http://localhost", 80), ("https://localhost", 443), ("http://[::1]", 80)]
)
async def test_the_bridge_knows_its_port_also_if_the_client_leaves_it_out(base_url, port):
    assert await LocalBench(base_url).refusal_of(f"http://127.0.0.1:{port}/") == "SubscribeCreationFailedFault"


async def test_no_more_consumers_are_taken_than_are_announced(bench):
    for _ in range(MAX_CONSUMERS):
        await push(bench)
    fault = await bench.refused(subscription())
    assert fault.name == "SubscribeCreationFailedFault"
    assert fault.code == "Receiver"


async def test_reference_parameters_are_kept_unless_they_are_long(bench):
    parameters = etree.Element(f"{{{WSA}}}ReferenceParameters")
    etree.SubElement(parameters, "{urn:acme}Id").text = "17"
    reference = EndpointReference(address=HOOK, reference_parameters=parameters)
    await bench.ask(Subscribe(consumer_reference=reference), SubscribeResponse)
    (consumer,) = bench.device.broker.consumers
    assert [each.tag for each in consumer.recipient.reference_parameters] == ["{urn:acme}Id"]
    parameters[0].text = "x" * MAX_REFERENCE_BYTES
    fault = await bench.refused(Subscribe(consumer_reference=reference))
    assert fault.name == "SubscribeCreationFailedFault"


def test_actions_are_those_of_the_standard():
    actions = {operation.name: operation.action for operation in SERVICE.operations}
    assert actions["PullMessages"] == f"{TEV}/PullPointSubscription/PullMessagesRequest"
    assert actions["CreatePullPointSubscription"] == f"{TEV}/EventPortType/CreatePullPointSubscriptionRequest"
    assert actions["Subscribe"] == "http://docs.oasis-open.org/wsn/bw-2/NotificationProducer/SubscribeRequest"
    assert actions["Unsubscribe"] == "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest"
    assert all(operation.response_action.endswith("Response") for operation in SERVICE.operations)
