"""Notifications pushed to a consumer, by a bridge that runs as a user starts it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from tests.clients.consumer import listening
from tests.clients.soap import SoapClient, username_token
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from tests.clients.consumer import NotificationConsumer
    from tests.clients.soap import Reply
    from tests.demo import Demo

WSA = "http://www.w3.org/2005/08/addressing"
WSNT = "http://docs.oasis-open.org/wsn/b-2"
SUBSCRIBE_RESPONSE = "http://docs.oasis-open.org/wsn/bw-2/NotificationProducer/SubscribeResponse"
TEV = "http://www.onvif.org/ver10/events/wsdl"
CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
MOTION = "tns1:VideoSource/MotionAlarm"


async def ask(demo: Demo, body: str, *, path: str = "/onvif/event_service") -> Reply:
    """Post a body as the demo's user; the answer must please the official schemas."""
    client = SoapClient(demo.xaddr.removesuffix("/onvif/device_service"))
    reply = await client.ask(body, header=username_token(demo.username, demo.password), path=path)
    the_oracle().check(reply.body)
    return reply


async def subscribe(demo: Demo, address: str) -> Reply:
    """Subscribe a consumer to motion for a minute."""
    return await ask(
        demo,
        f'<n:Subscribe xmlns:n="{WSNT}"><n:ConsumerReference><a:Address xmlns:a="{WSA}">{address}</a:Address>'
        f'</n:ConsumerReference><n:Filter><n:TopicExpression xmlns:tns1="http://www.onvif.org/ver10/topics" '
        f'Dialect="{CONCRETE_SET}">{MOTION}</n:TopicExpression></n:Filter>'
        "<n:InitialTerminationTime>PT60S</n:InitialTerminationTime></n:Subscribe>",
    )


async def trigger(demo: Demo, *, active: bool) -> None:
    """Make something move in front of the camera, or not."""
    body = {"kind": "motion", "active": active}
    async with ClientSession() as session, session.post(f"{demo.control}/event", json=body) as response:
        response.raise_for_status()


async def told(consumer: NotificationConsumer, operation: str, value: str) -> None:
    """Wait for a Notify about motion; every one on the way must please the official schemas."""
    async with asyncio.timeout(10):
        while True:
            post = await consumer.post()
            the_oracle().check(post.body)
            assert set(post.topics) == {MOTION}
            if post.operations == {operation} and f'Value="{value}"' in post.text:
                return


async def test_EVENT_2_1_17_a_consumer_is_told_of_motion_until_it_unsubscribes(demo: Demo):
    async with listening() as consumer:
        created = await subscribe(demo, consumer.url())
        assert created.values("Action") == [SUBSCRIBE_RESPONSE]
        (address,) = created.values("Address")
        path = address.removeprefix(demo.xaddr.removesuffix("/onvif/device_service"))
        await told(consumer, "Initialized", "false")
        try:
            await trigger(demo, active=True)
            await told(consumer, "Changed", "true")
            assert (await ask(demo, f'<SetSynchronizationPoint xmlns="{TEV}"/>', path=path)).status == 200
            await told(consumer, "Initialized", "true")
        finally:
            await trigger(demo, active=False)
        await told(consumer, "Changed", "false")
        assert (await ask(demo, f'<n:Renew xmlns:n="{WSNT}"/>', path=path)).status == 200
        assert (await ask(demo, f'<n:Unsubscribe xmlns:n="{WSNT}"/>', path=path)).status == 200
        assert "ResourceUnknownFault" in (await ask(demo, f'<n:Renew xmlns:n="{WSNT}"/>', path=path)).text


async def test_the_bridge_does_not_post_to_itself_nor_to_what_is_no_host(demo: Demo):
    for address in (demo.xaddr, demo.device["streams"]["main"], "http://169.254.169.254/latest/meta-data/"):
        refused = await subscribe(demo, address)
        assert refused.status == 500
        assert "SubscribeCreationFailedFault" in refused.text
