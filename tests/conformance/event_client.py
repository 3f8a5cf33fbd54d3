"""A client of the event service, as the Event Handling Device Test Specification describes it, and all cases on events.

It sends WS-Addressing headers with every request and insists on the right ones in every answer and every
fault. Messages are taken apart here, and judged by what the Core specification says of any message. Where the
specifications let the operator choose a topic, the tests take every topic that has a state.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4
from xml.sax.saxutils import escape

from lxml import etree

from tests.conformance.dut import NAMESPACES, Dut, Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
ITEM_FILTER = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"

_PORT = "http://www.onvif.org/ver10/events/wsdl/EventPortType"
_PULL_POINT = "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription"
_MANAGER = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"
ACTIONS = {
    "GetServiceCapabilities": _PORT,
    "GetEventProperties": _PORT,
    "CreatePullPointSubscription": _PORT,
    "PullMessages": _PULL_POINT,
    "SetSynchronizationPoint": _PULL_POINT,
    "Subscribe": "http://docs.oasis-open.org/wsn/bw-2/NotificationProducer",
    "Renew": _MANAGER,
    "Unsubscribe": _MANAGER,
}
"""Where the action of each operation begins; its name and `Request` or `Response` follow."""

FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"
_ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"

RELAY_TOPIC = "tns1:Device/Trigger/Relay"
INPUT_TOPIC = "tns1:Device/Trigger/DigitalInput"

PATIENCE_S = 5.0
"""Longest wait for a message: what a test tool calls its operation delay."""

_DRIFT = timedelta(seconds=30)
"""How far a time of the device may be from ours, which a test may have left behind."""


@dataclass(frozen=True)
class Message:
    """A notification, taken apart."""

    topic: str
    operation: str
    source: dict[str, str]
    data: dict[str, str]


@dataclass
class Subscription:
    """A subscription of either kind, and the last that the device has said of its times."""

    dut: Dut
    address: str
    current: datetime
    termination: datetime

    async def renew(self, until: str) -> None:
        """Ask for another end, a duration or a point in time."""
        answer = await ask(
            self.dut, f"<wsnt:Renew><wsnt:TerminationTime>{until}</wsnt:TerminationTime></wsnt:Renew>", to=self.address
        )
        self.current, self.termination = times(answer, "wsnt")

    async def synchronize(self) -> None:
        """Ask for the state of every property."""
        await ask(self.dut, "<tev:SetSynchronizationPoint/>", to=self.address)

    async def unsubscribe(self) -> None:
        """Give it back."""
        await ask(self.dut, "<wsnt:Unsubscribe/>", to=self.address)

    async def pull(self, *, limit: int = 1, wait_s: float = 60) -> list[Message]:
        """Return the next messages: no more than asked for."""
        async with asyncio.timeout(PATIENCE_S):
            answer = await ask(self.dut, _pull_request(limit, wait_s), to=self.address)
        self.current, self.termination = times(answer, "tev")
        messages = [read_message(each) for each in answer.all("wsnt:NotificationMessage")]
        assert len(messages) <= limit
        return messages

    async def pull_until(self, is_wanted: Callable[[Message], bool]) -> list[Message]:
        """Pull one message after the other, up to one that is wanted; return them all."""
        found: list[Message] = []
        while not any(map(is_wanted, found[-1:])):
            pulled = await self.pull()
            assert pulled, "the time of the pull cannot be over yet"
            found += pulled
        return found

    async def pull_refused(self) -> str:
        """Wait for a message until that is refused; return the fault's name."""
        async with asyncio.timeout(PATIENCE_S):
            return await refused(self.dut, _pull_request(1, 60), to=self.address)

    async def drain(self) -> list[Message]:
        """Return everything that waits."""
        return await self.pull(limit=100, wait_s=0)


async def ask(dut: Dut, body: str, *, to: str) -> Element:
    """Post a body that must be answered, and answered with the right headers."""
    name, message_id, header = _addressed(body, to)
    reply = await dut.send(body, header=header, to=to)
    assert reply.status == 200, reply.text
    answer = _content(reply.body, f"{ACTIONS[name]}/{name}Response", message_id)
    assert etree.QName(answer.raw).localname == f"{name}Response"
    return answer


async def refused(dut: Dut, body: str, *, to: str) -> str:
    """Post a body that must be refused with a fault of WS-BaseFaults; return its name."""
    _, message_id, header = _addressed(body, to)
    reply = await dut.send(body, header=header, to=to)
    assert reply.fault, reply.text
    assert reply.status == 500
    detail = _content(reply.body, FAULT_ACTION, message_id).one("s:Detail")
    (told,) = detail.raw
    facts = {etree.QName(each).localname: (each.text or "").strip() for each in told}
    _now(facts["Timestamp"])
    assert facts["Description"]
    return str(etree.QName(told).localname)


async def event_service(dut: Dut) -> str:
    """Return where the event service is."""
    listed = await dut.ask("<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>")
    services = {each.text("tds:Namespace"): each.text("tds:XAddr") for each in listed.all("tds:Service")}
    return services[NAMESPACES["tev"]]


async def event_properties(dut: Dut) -> Element:
    """Return what the device says about its topics and filters."""
    return await ask(dut, "<tev:GetEventProperties/>", to=await event_service(dut))


def topics(properties: Element) -> dict[str, Element]:
    """Return the description of every topic of the topic set, by the topic's expression."""
    found: dict[str, Element] = {}

    def walk(node: etree._Element, path: str) -> None:
        if node.get(f"{{{NAMESPACES['wstop']}}}topic") in ("true", "1"):
            found[path] = Element(node).one("tt:MessageDescription")
        for child in node:
            name = etree.QName(child)
            if not name.namespace:
                walk(child, f"{path}/{name.localname}")

    for root in properties.one("wstop:TopicSet").raw:
        assert etree.QName(root).namespace == NAMESPACES["tns1"]
        walk(root, f"tns1:{etree.QName(root).localname}")
    return found


def described_items(description: Element, part: str) -> dict[str, str]:
    """Return the types of the simple items of a topic's part, `Source` or `Data`, by name."""
    return {each["Name"]: each["Type"] for each in description.all(f"tt:{part}/tt:SimpleItemDescription")}


async def topics_with_a_state(dut: Dut) -> list[str]:
    """Return the topics that an operator could choose: properties, as the topic set says, that are there now."""
    found = list(dict.fromkeys(each.topic for each in await initial_states(dut)))
    described = topics(await event_properties(dut))
    assert all(described[topic].get("IsProperty") in {"true", "1"} for topic in found)
    assert len(found) > 1
    return found


def pairs(found: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Return each topic with the next one, the last with the first."""
    return zip(found, [*found[1:], found[0]], strict=True)


def tree(found: Iterable[str], root: str) -> set[str]:
    """Return the topics below a root."""
    return {topic for topic in found if root_of(topic) == root}


def root_of(topic: str) -> str:
    """Return the root of a topic, `tns1:VideoSource`."""
    return topic.partition("/")[0]


async def create_pull_point(dut: Dut, *filters: str, life_s: int | None = None) -> Subscription:
    """Open a pull point."""
    wants = f"<tev:Filter>{''.join(filters)}</tev:Filter>" if filters else ""
    life = "" if life_s is None else f"<tev:InitialTerminationTime>PT{life_s}S</tev:InitialTerminationTime>"
    body = f"<tev:CreatePullPointSubscription>{wants}{life}</tev:CreatePullPointSubscription>"
    answer = await ask(dut, body, to=await event_service(dut))
    return read_subscription(dut, answer, "tev", timedelta(seconds=life_s or 0))


def topic_filter(expression: str) -> str:
    """Return a filter of the ConcreteSet dialect."""
    return f'<wsnt:TopicExpression Dialect="{CONCRETE_SET}">{escape(expression)}</wsnt:TopicExpression>'


def content_filter(expression: str) -> str:
    """Return a filter of the ItemFilter dialect."""
    return f'<wsnt:MessageContent Dialect="{ITEM_FILTER}">{escape(expression)}</wsnt:MessageContent>'


def source_filter(message: Message) -> tuple[str, tuple[str, str]]:
    """Return the content filter for the first source item of a message, and that item."""
    name, value = next(iter(message.source.items()))
    return content_filter(f'boolean(//tt:SimpleItem[@Name="{name}"and @Value="{value}"])'), (name, value)


async def initial_states(dut: Dut, *filters: str) -> list[Message]:
    """Return the state of every property that passes the filters, of which there must be some."""
    point = await create_pull_point(dut, *filters)
    states = await point.drain()
    assert {each.operation for each in states} == {"Initialized"}
    await point.unsubscribe()
    return states


def read_subscription(dut: Dut, answer: Element, prefix: str, life: timedelta) -> Subscription:
    """Return the subscription that an answer tells of: at an address of the device, with at least the life wanted."""
    address = answer.text(f"{prefix}:SubscriptionReference/wsa:Address")
    assert address.startswith("http://")
    assert urlsplit(address).netloc == urlsplit(dut.xaddr).netloc
    current, termination = times(answer, "wsnt")
    assert termination >= current + life
    return Subscription(dut, address, current, termination)


def times(answer: Element, prefix: str) -> tuple[datetime, datetime]:
    """Return now and the end of life, as an answer tells them."""
    current = _now(answer.text(f"{prefix}:CurrentTime"))
    termination = datetime.fromisoformat(answer.text(f"{prefix}:TerminationTime"))
    assert termination > current
    return current, termination


def read_message(notification: Element) -> Message:
    """Take a message apart, and hold it against what is demanded of all."""
    topic = notification.one("wsnt:Topic")
    assert topic["Dialect"] == CONCRETE
    prefix, _, path = topic.text().strip().partition(":")
    assert topic.raw.nsmap[prefix] == NAMESPACES["tns1"]
    message = notification.one("wsnt:Message/tt:Message")
    _now(message["UtcTime"])
    operation = message.get("PropertyOperation")
    assert operation in {"", "Initialized", "Changed", "Deleted"}
    source, data = (
        {each["Name"]: each["Value"] for each in message.all(f"tt:{part}/tt:SimpleItem")} for part in ("Source", "Data")
    )
    return Message(f"tns1:{path}", operation, source, data)


def _pull_request(limit: int, wait_s: float) -> str:
    wants = f"<tev:Timeout>PT{wait_s:g}S</tev:Timeout><tev:MessageLimit>{limit}</tev:MessageLimit>"
    return f"<tev:PullMessages>{wants}</tev:PullMessages>"


def _now(text: str) -> datetime:
    """Return a point in time that must be about now, in UTC."""
    told = datetime.fromisoformat(text)
    assert told.utcoffset() == timedelta(0)
    assert abs(told - datetime.now(UTC)) < _DRIFT
    return told


def _addressed(body: str, to: str) -> tuple[str, str, str]:
    """Return the name of a request, its id and its headers."""
    match = re.match(r"<\w+:(\w+)", body)
    assert match is not None
    name, message_id = match[1], uuid4().urn
    header = (
        f"<wsa:Action>{ACTIONS[name]}/{name}Request</wsa:Action><wsa:MessageID>{message_id}</wsa:MessageID>"
        f"<wsa:ReplyTo><wsa:Address>{_ANONYMOUS}</wsa:Address></wsa:ReplyTo><wsa:To>{to}</wsa:To>"
    )
    return name, message_id, header


def _content(envelope: bytes, action: str, message_id: str) -> Element:
    """Return what is in the Body of a reply whose headers must be these."""
    root = Element(etree.fromstring(envelope))
    assert root.text("s:Header/wsa:Action") == action
    assert root.text("s:Header/wsa:RelatesTo") == message_id
    return Element(root.one("s:Body").raw[0])
