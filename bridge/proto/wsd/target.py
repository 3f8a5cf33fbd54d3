"""Many devices as WS-Discovery target services (April 2005, sections 4 to 6), in one state machine.

Decides who answers what and when; knows neither sockets nor clocks. Every interface of the host has its own address
in the answers, so the machine is told on which interface a datagram came in, and says on which one each goes out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING
from uuid import UUID

from bridge.proto.wsd import message
from bridge.proto.wsd.matching import RULES, matches
from bridge.proto.wsd.message import DEVICE_TYPES, Probe, Resolve

if TYPE_CHECKING:
    from random import Random

MAX_DELAY_S = 0.5
"""Answers to multicast and Hellos are spread over this time (APP_MAX_DELAY, section 2.4)."""

REPEAT_WINDOW_S = 5.0
"""A message with the same id from the same sender within this time is the repetition that SOAP-over-UDP prescribes.
Later it is a new question: some clients never change the id."""

MAX_REMEMBERED = 1024
"""Message ids kept against repetitions, oldest forgotten first: far more than arrive in `REPEAT_WINDOW_S`."""

MAX_PENDING = 4096
"""Datagrams that may wait to be sent; in a flood of Probes, the rest go unanswered."""

Address = tuple[str, int]
"""Host and port."""


@dataclass(frozen=True, slots=True)
class DiscoveredDevice:
    """A device as discovery needs it.

    Args:
        uuid: its endpoint address for ever.
        scopes: returns the present scopes.
        xaddrs: returns the service address, or several with spaces between them, for a local IP address.
    """

    uuid: UUID
    scopes: Callable[[], tuple[str, ...]]
    xaddrs: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Received:
    """A datagram that came in: on which of our addresses, and whether it was for the whole group."""

    data: bytes
    peer: Address
    interface: str
    is_multicast: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A datagram to send from one of our addresses; no destination means the whole group."""

    data: bytes
    destination: Address | None
    interface: str


@dataclass(order=True, slots=True)
class _Pending:
    """A datagram that is rendered when it is due, with what is true then; None then if it is no longer wanted."""

    due: float
    number: int
    render: Callable[[], bytes | None] = field(compare=False)
    destination: Address | None = field(compare=False)
    interface: str = field(compare=False)


@dataclass(slots=True)
class _Endpoint:
    device: DiscoveredDevice
    metadata_version: int


class DiscoveryTarget:
    """The target side for any number of devices.

    Args:
        instance_id: greater at each start of the process, so that clients can tell old news from new.
        random: message ids and delays.
    """

    def __init__(self, *, instance_id: int, random: Random) -> None:
        self._instance_id = instance_id
        self._random = random
        self._endpoints: dict[UUID, _Endpoint] = {}
        self._last_versions: dict[UUID, int] = {}
        self._interfaces: tuple[str, ...] = ()
        self._pending: list[_Pending] = []
        self._pending_number = 0
        self._message_number = 0
        self._seen: OrderedDict[tuple[str, Address, str], float] = OrderedDict()

    # -- what there is ---------------------------------------------------------------------------------------------

    @property
    def uuids(self) -> tuple[UUID, ...]:
        """The devices that are served."""
        return tuple(self._endpoints)

    def set_interfaces(self, addresses: tuple[str, ...], now: float) -> None:
        """Serve these local addresses; every device says Hello on the new ones."""
        new = [address for address in addresses if address not in self._interfaces]
        self._interfaces = addresses
        for uuid in self._endpoints:
            self._say_hello(uuid, new, now)

    def add(self, device: DiscoveredDevice, now: float) -> None:
        """Serve a device from now on, and say Hello; one that was removed comes back with newer metadata."""
        self._endpoints[device.uuid] = _Endpoint(device, self._last_versions.get(device.uuid, 0) + 1)
        self._say_hello(device.uuid, self._interfaces, now)

    def changed(self, uuid: UUID, now: float) -> None:
        """Say Hello again, because the scopes or addresses of a device are others now."""
        self._endpoints[uuid].metadata_version += 1
        self._say_hello(uuid, self._interfaces, now)

    def remove(self, uuid: UUID, now: float) -> None:
        """Serve a device no longer, and say Bye; an unknown one is no error."""
        endpoint = self._endpoints.pop(uuid, None)
        if endpoint is None:
            return
        self._last_versions[uuid] = endpoint.metadata_version
        for interface in self._interfaces:
            self._send(partial(self._bye, uuid), None, interface, due=now)

    # -- datagrams -------------------------------------------------------------------------------------------------

    def receive(self, datagram: Received, now: float) -> None:
        """Take a datagram.

        Raises:
            WireError: it is not a WS-Discovery message.
        """
        request = message.parse(datagram.data)
        if request is None or self._is_repeated(request.message_id, datagram, now):
            return
        if isinstance(request, Resolve):
            self._answer_resolve(request, datagram, now)
        else:
            self._answer_probe(request, datagram, now)

    def next_deadline(self) -> float | None:
        """Return when `datagrams_to_send` has something next; None if nothing waits."""
        return self._pending[0].due if self._pending else None

    def datagrams_to_send(self, now: float) -> list[Outgoing]:
        """Return what is due, in order."""
        due = []
        while self._pending and self._pending[0].due <= now:
            pending = heappop(self._pending)
            data = pending.render()
            if data is not None and pending.interface in self._interfaces:
                due.append(Outgoing(data, pending.destination, pending.interface))
        return due

    # -- answers ---------------------------------------------------------------------------------------------------

    def _answer_probe(self, probe: Probe, datagram: Received, now: float) -> None:
        if probe.match_by not in RULES:
            if not datagram.is_multicast:
                fault = partial(self._matching_rule_fault, probe.message_id)
                self._send(fault, datagram.peer, datagram.interface, due=now)
            return
        for uuid, endpoint in self._endpoints.items():
            if _is_wanted(probe, endpoint.device.scopes()):
                render = partial(
                    self._describe, message.render_probe_match, uuid, datagram.interface, relates_to=probe.message_id
                )
                due = now + self._delay_s() if datagram.is_multicast else now
                self._send(render, datagram.peer, datagram.interface, due=due)

    def _answer_resolve(self, resolve: Resolve, datagram: Received, now: float) -> None:
        uuid = _endpoint_uuid(resolve.endpoint)
        if uuid in self._endpoints:
            render = partial(
                self._describe, message.render_resolve_match, uuid, datagram.interface, relates_to=resolve.message_id
            )
            self._send(render, datagram.peer, datagram.interface, due=now)

    def _is_repeated(self, message_id: str, datagram: Received, now: float) -> bool:
        key = (message_id, datagram.peer, datagram.interface)
        seen_at = self._seen.get(key)
        if seen_at is not None and now - seen_at < REPEAT_WINDOW_S:
            return True
        self._seen[key] = now
        self._seen.move_to_end(key)
        if len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)
        return False

    # -- sending ---------------------------------------------------------------------------------------------------

    def _say_hello(self, uuid: UUID, interfaces: tuple[str, ...] | list[str], now: float) -> None:
        due = now + self._delay_s()
        for interface in interfaces:
            render = partial(self._describe, message.render_hello, uuid, interface)
            self._send(render, None, interface, due=due)

    def _send(
        self, render: Callable[[], bytes | None], destination: Address | None, interface: str, *, due: float
    ) -> None:
        if len(self._pending) < MAX_PENDING:
            self._pending_number += 1
            heappush(self._pending, _Pending(due, self._pending_number, render, destination, interface))

    def _delay_s(self) -> float:
        return self._random.uniform(0.0, MAX_DELAY_S)

    def _header(self, relates_to: str | None = None) -> message.Header:
        self._message_number += 1
        message_id = UUID(int=self._random.getrandbits(128), version=4)
        return message.Header(message_id, self._instance_id, self._message_number, relates_to)

    def _describe(
        self,
        render: Callable[[message.Header, message.Target], bytes],
        uuid: UUID,
        interface: str,
        *,
        relates_to: str | None = None,
    ) -> bytes | None:
        endpoint = self._endpoints.get(uuid)
        if endpoint is None:
            return None
        device = endpoint.device
        target = message.Target(uuid, device.scopes(), device.xaddrs(interface), endpoint.metadata_version)
        return render(self._header(relates_to), target)

    def _bye(self, uuid: UUID) -> bytes:
        return message.render_bye(self._header(), uuid)

    def _matching_rule_fault(self, relates_to: str) -> bytes:
        return message.render_matching_rule_fault(self._header(relates_to))


def _is_wanted(probe: Probe, scopes: tuple[str, ...]) -> bool:
    return set(probe.types) <= set(DEVICE_TYPES) and matches(probe.match_by, probe.scopes, scopes)


def _endpoint_uuid(address: str) -> UUID | None:
    try:
        return UUID(address)
    except ValueError:
        return None
