"""Event Handling Device Test Specification: event properties, namespaces and capabilities."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from lxml import etree

from tests.clients.consumer import listening
from tests.clients.soap import SoapClient, username_token
from tests.conformance.dut import NAMESPACES, PASSWORD, USERNAME, Element
from tests.conformance.event_client import (
    ACTIONS,
    CONCRETE,
    CONCRETE_SET,
    ITEM_FILTER,
    ask,
    event_properties,
    event_service,
    read_subscription,
    topics,
)
from tests.conformance.event_consumer import subscribe, subscribe_request
from tests.conformance.namespaces import Spelling, spelled
from tests.contract.oracle import the_oracle

SUBSCRIBE = f"{ACTIONS['Subscribe']}/Subscribe"
LIFE = timedelta(seconds=10)
COMPARED = (
    "WSSubscriptionPolicySupport",
    "WSPullPointSupport",
    "WSPausableSubscriptionManagerInterfaceSupport",
    "MaxNotificationProducers",
    "MaxPullPoints",
    "PersistentNotificationStorage",
    "EventBrokerProtocols",
    "MaxEventBrokers",
)


def envelope(body, to):
    """Return a request with the headers that the examples of the specification have, in our usual prefixes."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    # What must be understood is not marked: the attribute has a namespace of its own.
    security = username_token(USERNAME, PASSWORD).replace(' s:mustUnderstand="1"', "")
    return (
        f"<s:Envelope {declared}><s:Header><wsa:Action>{SUBSCRIBE}Request</wsa:Action>"
        f"<wsa:MessageID>{uuid4().urn}</wsa:MessageID><wsa:ReplyTo><wsa:Address>"
        f"http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>{security}"
        f"<wsa:To>{to}</wsa:To></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


async def check_spelling(dut, spelling):
    """Subscribe a consumer in the usual way and in an unusual spelling: it makes no difference."""
    to = await event_service(dut)
    parts = urlsplit(to)
    client = SoapClient(f"{parts.scheme}://{parts.netloc}")
    async with listening() as consumer:
        usual = await subscribe(dut, consumer, life_s=10)
        await usual.unsubscribe()
        message = spelled(envelope(subscribe_request(consumer.url()), to), spelling)
        reply = await client.post(message, path=parts.path)
        assert reply.status == 200, reply.text
        the_oracle().check(reply.body)
        root = Element(etree.fromstring(reply.body))
        assert root.text("s:Header/wsa:Action") == f"{SUBSCRIBE}Response"
        subscription = read_subscription(dut, root.one("s:Body/wsnt:SubscribeResponse"), "wsnt", LIFE)
        await subscription.unsubscribe()


async def test_EVENT_1_1_2(dut):
    """GetEventProperties names the dialects that every device knows, a topic namespace, and well-formed topics."""
    properties = await event_properties(dut)
    assert {CONCRETE, CONCRETE_SET} <= set(properties.texts("wsnt:TopicExpressionDialect"))
    assert ITEM_FILTER in properties.texts("tev:MessageContentFilterDialect")
    locations = properties.texts("tev:TopicNamespaceLocation")
    assert locations
    assert all(urlsplit(each).scheme in {"http", "https"} for each in locations)
    found = topics(properties)
    assert found
    for description in found.values():
        assert description.get("IsProperty", "false") in {"true", "false", "1", "0"}
        for item in description.all(".//tt:SimpleItemDescription"):
            prefix, _, local = item["Type"].partition(":")
            assert item["Name"]
            assert item.raw.nsmap[prefix] in {NAMESPACES["tt"], NAMESPACES["xs"]}
            assert local


async def test_EVENT_4_1_6(dut):
    """A default namespace may be declared in each tag."""
    await check_spelling(dut, Spelling.EACH_TAG)


async def test_EVENT_4_1_7(dut):
    """A default namespace may be declared in the parent's tag."""
    await check_spelling(dut, Spelling.PARENT_TAG)


async def test_EVENT_4_1_8(dut):
    """Prefixes may be unusual."""
    await check_spelling(dut, Spelling.ODD_PREFIXES)


async def test_EVENT_4_1_9(dut):
    """One namespace may have many prefixes."""
    await check_spelling(dut, Spelling.MANY_PREFIXES)


async def test_EVENT_4_1_10(dut):
    """One prefix may stand for many namespaces, one after the other."""
    await check_spelling(dut, Spelling.ONE_PREFIX)


async def test_EVENT_5_1_1(dut):
    """What is said of event brokers agrees with itself."""
    answer = await ask(dut, "<tev:GetServiceCapabilities/>", to=await event_service(dut))
    capabilities = answer.one("tev:Capabilities")
    protocols = capabilities.get("EventBrokerProtocols").split()
    assert set(protocols) <= {"mqtt", "mqtts", "ws", "wss"}
    assert bool(protocols) == (int(capabilities.get("MaxEventBrokers", "0")) > 0)


async def test_EVENT_5_1_2(dut):
    """GetServices tells the same capabilities as the service itself."""
    listed = await dut.ask("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>")
    (service,) = (
        each
        for each in listed.all("tds:Service")
        if each.text("tds:Namespace") == "http://www.onvif.org/ver10/events/wsdl"
    )
    inlined = service.one("tds:Capabilities/tev:Capabilities")
    answer = await ask(dut, "<tev:GetServiceCapabilities/>", to=service.text("tds:XAddr"))
    told = answer.one("tev:Capabilities")
    assert [inlined.get(name) for name in COMPARED] == [told.get(name) for name in COMPARED]
    assert sorted(inlined.raw.items()) == sorted(told.raw.items())
