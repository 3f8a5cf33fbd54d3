"""A consumer that a test has subscribed: everything that is posted to it is judged (WS-BaseNotification, "Notify")."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from lxml import etree

from tests.clients.consumer import NotificationConsumer, listening
from tests.conformance.dut import Element
from tests.conformance.event_client import (
    PATIENCE_S,
    Subscription,
    ask,
    event_service,
    read_message,
    read_subscription,
)
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from tests.clients.consumer import Post
    from tests.conformance.dut import Dut
    from tests.conformance.event_client import Message

NOTIFY_ACTION = "http://docs.oasis-open.org/wsn/bw-2/NotificationConsumer/Notify"


async def subscribe(dut: Dut, consumer: NotificationConsumer, *filters: str, life_s: int = 60) -> Subscription:
    """Have messages posted to a consumer."""
    answer = await ask(dut, subscribe_request(consumer.url(), *filters, life_s=life_s), to=await event_service(dut))
    return read_subscription(dut, answer, "wsnt", timedelta(seconds=life_s))


def subscribe_request(address: str, *filters: str, life_s: int = 10) -> str:
    """Return the request to have messages posted to an address."""
    wants = f"<wsnt:Filter>{''.join(filters)}</wsnt:Filter>" if filters else ""
    return (
        f"<wsnt:Subscribe><wsnt:ConsumerReference><wsa:Address>{address}</wsa:Address></wsnt:ConsumerReference>"
        f"{wants}<wsnt:InitialTerminationTime>PT{life_s}S</wsnt:InitialTerminationTime></wsnt:Subscribe>"
    )


@asynccontextmanager
async def notified(dut: Dut, *filters: str, life_s: int = 60) -> AsyncIterator[Notified]:
    """Have messages posted to a consumer for as long as the context lasts."""
    async with listening() as consumer:
        told = Notified(consumer, await subscribe(dut, consumer, *filters, life_s=life_s))
        yield told
        await told.subscription.unsubscribe()


@dataclass
class Notified:
    """A consumer and its subscription."""

    consumer: NotificationConsumer
    subscription: Subscription

    async def notify(self) -> list[Message]:
        """Return what the next Notify says."""
        post = await self.consumer.post()
        self._judge(post)
        return [read_message(Element(each)) for each in the_oracle().check(post.body)]

    async def until(self, is_enough: Callable[[Sequence[Message]], bool]) -> list[Message]:
        """Take one Notify after the other, until there is enough; return every message."""
        found: list[Message] = []
        async with asyncio.timeout(PATIENCE_S):
            while not is_enough(found):
                found += await self.notify()
        return found

    async def until_topics(self, *wanted: str) -> list[Message]:
        """Take one Notify after the other, until each of the topics has come; return every message."""
        return await self.until(lambda found: {each.topic for each in found} >= set(wanted))

    def _judge(self, post: Post) -> None:
        """Hold everything but the messages against WS-Addressing, SOAP 1.2 over HTTP and WS-BaseNotification."""
        wanted = urlsplit(self.consumer.url())
        assert post.method == "POST"
        assert (post.headers["Host"], post.path) == (wanted.netloc, f"{wanted.path}?{wanted.query}")
        assert post.headers["Content-Type"].startswith("application/soap+xml")
        envelope = Element(etree.fromstring(post.body))
        assert envelope.text("s:Header/wsa:Action") == NOTIFY_ACTION
        assert envelope.text("s:Header/wsa:To") == self.consumer.url()
        UUID(envelope.text("s:Header/wsa:MessageID").removeprefix("urn:uuid:"))
        references = envelope.all(".//wsnt:SubscriptionReference")
        assert {each.text("wsa:Address") for each in references} <= {self.subscription.address}
