"""Notifications pushed to a consumer: subscriptions whose messages are posted to an address of the client's.

WS-BaseNotification 1.3, "Notify"; Core Specification, "Basic Notification Interface". Each consumer has a task of its
own, so that a slow one holds up no other. What a consumer did not confirm with a 2xx status is posted again, later and
later, and after `Patience.attempts` failures in a row the subscription ends: a client that comes back finds out with
its next Renew. At most `MAX_CONSUMERS` live at once, and a further one is refused: unlike a pull point, a consumer
that lost its place would never be told. Whom the bridge posts to at all is decided by `eventing.guard`.
"""

from __future__ import annotations

import asyncio
import os
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp
import structlog
from lxml import etree
from typing_extensions import override

from bridge.core.errors import BridgeError
from bridge.core.timing import Backoff
from bridge.onvif.eventing.guard import ConsumerGuard, ConsumerRefused, Destination
from bridge.onvif.eventing.subscriptions import Subscription, Subscriptions
from bridge.onvif.types.events import EndpointReference, Notify
from bridge.proto.soap.codec import encode
from bridge.proto.soap.envelope import new_envelope, render
from bridge.proto.soap.namespaces import WSA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bridge.core.timing import Clock
    from bridge.onvif.eventing.filter import EventFilter
    from bridge.onvif.eventing.subscriptions import Notification

MAX_CONSUMERS = 10
"""Consumers of one device at a time, as GetServiceCapabilities says."""

MAX_MESSAGES = 100
"""Most messages in one Notify, some 50 kB; what is more follows at once."""

NOTIFY_ACTION = "http://docs.oasis-open.org/wsn/bw-2/NotificationConsumer/Notify"

_CONTENT_TYPE = f'application/soap+xml; charset=utf-8; action="{NOTIFY_ACTION}"'
"""With the action: that is where SOAP 1.2 over HTTP looks for it, and some servers choose their handler by it."""

log = structlog.get_logger(__name__)


class NoRoom(BridgeError):
    """As many consumers as there may be are being notified."""


class _Undelivered(BridgeError):
    """The consumer answered, but did not accept the message."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the bridge tries to reach a consumer.

    Args:
        answer_s: for one attempt, from resolving its name to its answer.
        first_s: pause after the first failure; each further one is twice as long.
        most_s: longest pause.
        attempts: failures in a row after which it is given up: with these pauses, a minute and a half for a
            client that restarts, three minutes for one that accepts connections and never answers.
    """

    answer_s: float = 10.0
    first_s: float = 1.0
    most_s: float = 30.0
    attempts: int = 8


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a Notify goes, and what it says of its own origin.

    Args:
        destination: where it is posted to.
        reference_parameters: elements that the consumer wants to see among the headers.
        base_url: how the client reached us; the subscription's address follows from it.
    """

    destination: Destination
    reference_parameters: tuple[etree._Element, ...]
    base_url: str


class Consumer(Subscription):
    """One subscription.

    Args:
        wants: its filter.
        span_s: its life in seconds; deliveries do not prolong it.
        clock: tells when the life ends.
        recipient: who is notified.

    Attributes:
        failures: attempts in a row that did not succeed.
        last_error: what was wrong with the last of them, empty if there was none.
    """

    def __init__(self, wants: EventFilter, *, span_s: float, clock: Clock, recipient: Recipient) -> None:
        super().__init__(wants, span_s=span_s, clock=clock)
        self.recipient = recipient
        self.failures = 0
        self.last_error = ""
        self._filled = asyncio.Event()

    async def next_messages(self) -> tuple[Notification, ...]:
        """Return what is queued, at most `MAX_MESSAGES`; wait until there is something."""
        while not self._queue:
            self._filled.clear()
            await self._filled.wait()
        return self._take(MAX_MESSAGES)

    def notify(self, messages: Iterable[Notification]) -> bytes:
        """Return the Notify message that carries these messages."""
        recipient = self.recipient
        reference = EndpointReference(address=self.address(recipient.base_url))
        envelope, body = new_envelope(action=NOTIFY_ACTION)
        header = envelope[0]
        etree.SubElement(header, f"{{{WSA}}}MessageID").text = uuid4().urn
        etree.SubElement(header, f"{{{WSA}}}To").text = str(recipient.destination.url)
        for parameter in recipient.reference_parameters:
            block = deepcopy(parameter)
            block.set(f"{{{WSA}}}IsReferenceParameter", "true")
            header.append(block)
        told = tuple(replace(each.message, subscription_reference=reference) for each in messages)
        encode(Notify(notification_message=told), parent=body)
        return render(envelope)

    @override
    def _wake(self) -> None:
        self._filled.set()


class Consumers(Subscriptions[Consumer]):
    """The consumers of one device, and the work of notifying them.

    Args:
        clock: for their lives.
        current: gives the present state of every property, for a newcomer.
        guard: decides which addresses are posted to.
        patience: how long an unreachable consumer is kept.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        current: Callable[[], Iterable[Notification]],
        guard: ConsumerGuard,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(clock=clock, current=current)
        self._guard = guard
        self._patience = patience or Patience()
        self._random = Random()  # noqa: S311 - spreads retries, protects nothing
        self._added = asyncio.Event()

    async def create(self, wants: EventFilter, *, span_s: float, recipient: Recipient) -> Consumer:
        """Take in a consumer; the present state is the first thing it hears.

        Raises:
            ConsumerRefused: nothing is posted to where it is.
            NoRoom: there are too many.
        """
        await self._guard.address_of(recipient.destination)
        self.expire()
        if len(self) >= MAX_CONSUMERS:
            raise NoRoom(f"{MAX_CONSUMERS} consumers are notified already")
        consumer = Consumer(wants, span_s=span_s, clock=self._clock, recipient=recipient)
        self._add(consumer)
        self._added.set()
        return consumer

    @override
    async def run(self) -> None:
        """Notify consumers and let them expire, until cancelled."""
        served: set[str] = set()
        async with _session() as session, asyncio.TaskGroup() as tasks:
            tasks.create_task(super().run())
            while True:
                self._added.clear()
                for consumer in self:
                    if consumer.id not in served:
                        tasks.create_task(self._serve(consumer, session))
                served = {consumer.id for consumer in self}
                await self._added.wait()

    async def _serve(self, consumer: Consumer, session: aiohttp.ClientSession) -> None:
        """Notify one consumer until its subscription ends."""
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(self._deliver(consumer, session))
            await consumer.ended.wait()
            work.cancel()

    async def _deliver(self, consumer: Consumer, session: aiohttp.ClientSession) -> None:
        """Post whatever comes; end the subscription once the consumer cannot be reached."""
        origin = consumer.recipient.destination.origin
        patience = self._patience
        while True:
            message = consumer.notify(await consumer.next_messages())
            backoff = Backoff(patience.first_s, patience.most_s, self._random)
            while reason := await self._attempt(consumer, session, message):
                consumer.failures += 1
                consumer.last_error = reason
                if consumer.failures >= patience.attempts:
                    log.warning("notify.given_up", consumer=origin, attempts=consumer.failures, reason=reason)
                    consumer.end()
                    self.expire()
                    return
                log.info("notify.failed", consumer=origin, attempt=consumer.failures, reason=reason)
                await asyncio.sleep(backoff.next_delay_s())
            consumer.failures = 0

    async def _attempt(self, consumer: Consumer, session: aiohttp.ClientSession, message: bytes) -> str:
        """Post a message; return why it failed, empty if it did not. Never shows more of the address than its host."""
        try:
            async with asyncio.timeout(self._patience.answer_s):
                await self._post(consumer.recipient.destination, session, message)
        except (ConsumerRefused, _Undelivered) as error:
            return str(error)
        except TimeoutError:
            return f"no answer within {self._patience.answer_s:g} s"
        except aiohttp.ClientSSLError:
            return "TLS failed, or the certificate is not one that this machine trusts"
        except (aiohttp.ClientError, OSError) as error:
            return _words_for(error)
        return ""

    async def _post(self, destination: Destination, session: aiohttp.ClientSession, message: bytes) -> None:
        url = destination.url
        address = await self._guard.address_of(destination)
        async with session.post(
            url.with_host(str(address)),
            data=message,
            headers={"Host": url.raw_authority, "Content-Type": _CONTENT_TYPE},
            # The certificate must be that of the name in the address, although the name is not used to connect.
            server_hostname=url.raw_host if url.scheme == "https" else None,
            allow_redirects=False,
        ) as response:
            if response.status not in range(200, 300):
                raise _Undelivered(f"the consumer answered with status {response.status}")


def _words_for(error: aiohttp.ClientError | OSError) -> str:
    """Return what went wrong; the text of the exception itself could repeat the address."""
    number = error.errno if isinstance(error, OSError) else None
    return type(error).__name__ if number is None else os.strerror(number)


def _session() -> aiohttp.ClientSession:
    """Return an HTTP session that remembers nothing.

    Connections are not kept: a Notify goes out every few minutes, and the next one must go to an address judged anew.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MAX_CONSUMERS, force_close=True),
        timeout=aiohttp.ClientTimeout(total=None),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "onvif-bridge", "Accept-Encoding": "identity"},
        auto_decompress=False,
    )
