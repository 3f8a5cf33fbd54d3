"""Event Handling Device Test Specification: the real-time pull-point notification interface."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.conformance.event_client import (
    ITEM_FILTER,
    ask,
    content_filter,
    create_pull_point,
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


def create_request(filters):
    """Return the request for a pull point with filters."""
    return (
        f"<tev:CreatePullPointSubscription><tev:Filter>{filters}</tev:Filter>"
        "<tev:InitialTerminationTime>PT10S</tev:InitialTerminationTime></tev:CreatePullPointSubscription>"
    )


async def test_EVENT_3_1_9(dut):
    """A pull point is made, for as long as it was asked for at least."""
    point = await create_pull_point(dut, life_s=10)
    await point.unsubscribe()


async def test_EVENT_3_1_12(dut):
    """A pull point is renewed."""
    point = await create_pull_point(dut, life_s=10)
    await point.renew("PT10S")
    assert point.termination >= point.current + timedelta(seconds=10)


async def test_EVENT_3_1_15(dut):
    """A pull that waits is answered with properties, two at most, as soon as a synchronization point is set."""
    point = await create_pull_point(dut, life_s=60)
    await point.drain()
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(point.pull(limit=2, wait_s=20))
        tasks.create_task(point.synchronize())
    assert pull.result()
    assert {each.operation for each in pull.result()} == {"Initialized"}


async def test_EVENT_3_1_16(dut):
    """Of each topic, a pull point that is for that topic tells it and nothing else."""
    for topic in await topics_with_a_state(dut):
        point = await create_pull_point(dut, topic_filter(topic), life_s=60)
        async with asyncio.TaskGroup() as tasks:
            pull = tasks.create_task(point.pull(limit=2, wait_s=20))
            tasks.create_task(point.synchronize())
        messages = [*pull.result(), *await point.drain()]
        assert {each.operation for each in messages} == {"Initialized"}
        assert {each.topic for each in messages} == {topic}
        await point.unsubscribe()


@pytest.mark.parametrize("dialect", [ITEM_FILTER, "http://www.w3.org/TR/1999/REC-xpath-19991116"])
async def test_EVENT_3_1_17(dut, dialect):
    """A content filter that is no expression is refused."""
    invalid = content_filter('boolean((//tt:SimpleItem[@Name="xyz" and @Value="xyz"])').replace(ITEM_FILTER, dialect)
    name = await refused(dut, create_request(invalid), to=await event_service(dut))
    assert name in {"InvalidFilterFault", "InvalidMessageContentExpressionFault"}


async def test_EVENT_3_1_19(dut):
    """A pull point that was given back is not there any more."""
    point = await create_pull_point(dut, life_s=10)
    await point.unsubscribe()
    for body in ("<wsnt:Unsubscribe/>", "<wsnt:Renew/>", "<tev:SetSynchronizationPoint/>"):
        assert await refused(dut, body, to=point.address) == "ResourceUnknownFault"


async def test_EVENT_3_1_20(dut):
    """A pull point ends when its time is over, and not before."""
    point = await create_pull_point(dut, life_s=20)
    dut.camera.watch.put_forward(19)
    await point.synchronize()
    dut.camera.watch.put_forward(1)
    assert await refused(dut, "<wsnt:Unsubscribe/>", to=point.address) == "ResourceUnknownFault"


async def test_EVENT_3_1_22(dut):
    """A topic that does not exist is refused."""
    name = await refused(dut, create_request(topic_filter("xyz")), to=await event_service(dut))
    assert name in {"InvalidFilterFault", "TopicNotSupportedFault", "InvalidTopicExpressionFault"}


async def test_EVENT_3_1_24(dut):
    """A pull keeps the pull point alive."""
    await event_properties(dut)
    point = await create_pull_point(dut)
    end = point.termination
    wait_s = (end - point.current).total_seconds() + 20
    dut.camera.watch.put_forward(1)
    await point.pull(wait_s=wait_s)
    assert point.termination > end
    await point.unsubscribe()


async def test_EVENT_3_1_25(dut):
    """A synchronization point brings the state of every property of a topic again."""
    for topic in await topics_with_a_state(dut):
        point = await create_pull_point(dut, topic_filter(topic))
        first = (await point.pull_until(lambda each: each.operation == "Initialized"))[-1]
        assert first.topic == topic
        await point.synchronize()
        again = await point.drain()
        assert (first.source, "Initialized") in [(each.source, each.operation) for each in again]
        assert {each.topic for each in again} == {topic}
        await point.unsubscribe()


async def test_EVENT_3_1_32(dut):
    """A pull may wait for a minute; it is answered as soon as there is something to tell."""
    point = await create_pull_point(dut)
    assert await point.pull(wait_s=60)
    await point.drain()
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(point.pull(wait_s=60))
        tasks.create_task(point.synchronize())
    assert pull.result()
    await point.unsubscribe()


async def test_EVENT_3_1_33(dut):
    """A filter for one topic or another lets both pass, and no other."""
    for one, other in pairs(await topics_with_a_state(dut)):
        point = await create_pull_point(dut, topic_filter(f"{one}|{other}"))
        assert {each.topic for each in await point.drain()} == {one, other}
        await point.unsubscribe()


async def test_EVENT_3_1_34(dut):
    """A filter for a tree of topics lets all of them pass, and no other."""
    found = await topics_with_a_state(dut)
    for root in set(map(root_of, found)):
        point = await create_pull_point(dut, topic_filter(f"{root}//."))
        told = {each.topic for each in await point.drain()}
        assert told == tree(found, root)
        await point.unsubscribe()


async def test_EVENT_3_1_35(dut):
    """A filter for a tree of topics or another topic lets these pass, and no other."""
    found = await topics_with_a_state(dut)
    for one, other in pairs(found):
        root = root_of(one)
        point = await create_pull_point(dut, topic_filter(f"{root}//.|{other}"))
        told = {each.topic for each in await point.drain()}
        assert told == tree(found, root) | {other}
        await point.unsubscribe()


async def test_EVENT_3_1_36(dut):
    """A pull point is given back."""
    point = await create_pull_point(dut)
    dut.camera.watch.put_forward(1)
    await point.unsubscribe()


async def test_EVENT_3_1_37(dut):
    """There can be as many pull points as the capabilities say, and each of them has messages."""
    answer = await ask(dut, "<tev:GetServiceCapabilities/>", to=await event_service(dut))
    most = int(answer.one("tev:Capabilities")["MaxPullPoints"])
    assert most >= 2
    points = []
    for _ in range(most):
        points.append(await create_pull_point(dut))
        assert len({each.address for each in points}) == len(points)
        assert await points[-1].pull()
    for point in points:
        await point.unsubscribe()


async def test_EVENT_3_1_38(dut):
    """A filter for the first source item of a message lets only messages with that item pass."""
    properties = await event_properties(dut)
    assert ITEM_FILTER in properties.texts("tev:MessageContentFilterDialect")
    for message in await initial_states(dut):
        if not message.source:
            continue
        wanted, (name, value) = source_filter(message)
        point = await create_pull_point(dut, wanted)
        told = await point.drain()
        assert all((name, value) in {**each.source, **each.data}.items() for each in told)
        assert (message.topic, "Initialized") in {(each.topic, each.operation) for each in told}
        await point.unsubscribe()
