"""Event Handling Device Test Specification: the basic notification interface."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clients.consumer import listening
from tests.conformance.event_client import (
    ITEM_FILTER,
    content_filter,
    event_properties,
    event_service,
    initial_states,
    pairs,
    refused,
    root_of,
    source_filter,
    topic_filter,
    topics_with_a_state,
    tree,
)
from tests.conformance.event_consumer import notified, subscribe, subscribe_request

NO_ITEM = '//tt:SimpleItem[@Name="xyz" and @Value="xyz"]'


@pytest.fixture
async def found(dut):
    """The topics that an operator could choose: properties, as the topic set says, that are there now."""
    return await topics_with_a_state(dut)


async def refused_subscription(dut, wanted):
    """Subscribe a consumer with a filter that must be refused; return the name of the fault."""
    async with listening() as consumer:
        name = await refused(dut, subscribe_request(consumer.url(), wanted), to=await event_service(dut))
        assert consumer.posts.empty()
    return name


async def test_EVENT_2_1_9(dut):
    """A consumer is subscribed, for as long as was asked for at least."""
    async with listening() as consumer:
        subscription = await subscribe(dut, consumer, life_s=10)
        await subscription.unsubscribe()


async def test_EVENT_2_1_12(dut):
    """A subscription is renewed, for a while and up to a point in time."""
    async with notified(dut, life_s=10) as told:
        subscription = told.subscription
        await subscription.renew("PT10S")
        assert subscription.termination >= subscription.current + timedelta(seconds=10)
        until = (subscription.current + timedelta(seconds=10)).isoformat().replace("+00:00", "Z")
        await subscription.renew(until)
        assert subscription.termination.isoformat().replace("+00:00", "Z") >= until


async def test_EVENT_2_1_17(dut):
    """A consumer is posted valid messages, at the address that it gave, when a synchronization point is set."""
    states = await initial_states(dut)
    async with notified(dut) as told:
        await told.until(lambda messages: len(messages) >= len(states))
        await told.subscription.synchronize()
        again = await told.until(lambda messages: len(messages) >= len(states))
        assert again == states


async def test_EVENT_2_1_18(dut, found):
    """Of each topic, a consumer that is subscribed to that topic is told it and nothing else."""
    for topic in found:
        async with notified(dut, topic_filter(topic)) as told:
            await told.subscription.synchronize()
            messages = await told.until_topics(topic)
            assert {each.operation for each in messages} == {"Initialized"}
            assert {each.topic for each in messages} == {topic}


@pytest.mark.parametrize("expression", [f"boolean ({NO_ITEM})", f"(boolean({NO_ITEM}))", f"boolean(({NO_ITEM})"])
async def test_EVENT_2_1_19(dut, expression):
    """A content filter for an item that no message has, or one that is no expression, is refused."""
    name = await refused_subscription(dut, content_filter(expression))
    assert name in {"InvalidFilterFault", "InvalidMessageContentExpressionFault"}


async def test_EVENT_2_1_21(dut):
    """A subscription that was given back cannot be renewed."""
    async with listening() as consumer:
        subscription = await subscribe(dut, consumer, life_s=10)
        await subscription.unsubscribe()
        assert await refused(dut, "<wsnt:Renew/>", to=subscription.address) == "ResourceUnknownFault"


async def test_EVENT_2_1_22(dut):
    """A subscription that was given back cannot be given back again."""
    async with listening() as consumer:
        subscription = await subscribe(dut, consumer, life_s=10)
        await subscription.unsubscribe()
        assert await refused(dut, "<wsnt:Unsubscribe/>", to=subscription.address) == "ResourceUnknownFault"


async def test_EVENT_2_1_23(dut):
    """A topic expression that is none is refused."""
    name = await refused_subscription(dut, topic_filter(f"boolean({NO_ITEM})"))
    assert name in {"InvalidFilterFault", "TopicNotSupportedFault", "InvalidTopicExpressionFault"}


async def test_EVENT_2_1_24(dut, found):
    """A synchronization point brings the state of every property of a topic again."""
    for topic in found:
        async with notified(dut, topic_filter(topic)) as told:
            first = await told.until_topics(topic)
            assert {(each.topic, each.operation) for each in first} == {(topic, "Initialized")}
            await told.subscription.synchronize()
            again = await told.until_topics(topic)
            assert again == first


async def test_EVENT_2_1_25(dut, found):
    """A filter for one topic or another lets both pass, and no other."""
    for one, other in pairs(found):
        async with notified(dut, topic_filter(f"{one}|{other}")) as told:
            assert {each.topic for each in await told.until_topics(one, other)} == {one, other}


async def test_EVENT_2_1_26(dut, found):
    """A filter for a tree of topics lets all of them pass, and no other."""
    for root in set(map(root_of, found)):
        async with notified(dut, topic_filter(f"{root}//.")) as told:
            below = tree(found, root)
            assert {each.topic for each in await told.until_topics(*below)} == below


async def test_EVENT_2_1_27(dut, found):
    """A filter for a tree of topics or another topic lets these pass, and no other."""
    for one, other in pairs(found):
        root = root_of(one)
        async with notified(dut, topic_filter(f"{root}//.|{other}")) as told:
            wanted = tree(found, root) | {other}
            assert {each.topic for each in await told.until_topics(*wanted)} == wanted


async def test_EVENT_2_1_28(dut):
    """A subscription is given back."""
    async with listening() as consumer:
        subscription = await subscribe(dut, consumer)
        dut.camera.watch.put_forward(1)
        await subscription.unsubscribe()


async def test_EVENT_2_1_29(dut):
    """A filter for the first source item of a message lets only messages with that item pass."""
    properties = await event_properties(dut)
    assert ITEM_FILTER in properties.texts("tev:MessageContentFilterDialect")
    for message in await initial_states(dut):
        if not message.source:
            continue
        wanted, (name, value) = source_filter(message)
        async with notified(dut, wanted) as told:
            messages = await told.until_topics(message.topic)
            assert all((name, value) in {**each.source, **each.data}.items() for each in messages)
            assert {each.operation for each in messages} == {"Initialized"}
