"""Looking for ONVIF devices: questions and answers over the loopback interface."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, cast
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import pytest
from typing_extensions import override

from bridge.discovery.interfaces import broadcast_addresses
from bridge.discovery.search import FoundDevice, search
from bridge.proto.wsd import message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LOOPBACK = "127.0.0.1"
DOOR = uuid5(NAMESPACE_DNS, "door.example")


@dataclass
class Responder(asyncio.DatagramProtocol):
    """Something that answers Probes for a device, after whatever else it has to say."""

    scopes: tuple[str, ...] = ("onvif://www.onvif.org/name/Door%20%1b%5B1mbell", "onvif://www.onvif.org/hardware/X1")
    xaddrs: str = f"http://192.0.2.7/onvif http://{LOOPBACK}:80/onvif"
    noise: tuple[bytes, ...] = ()
    uuid: UUID = DOOR
    types: list[str] = field(default_factory=list)
    transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        probe = message.parse(data)
        assert isinstance(probe, message.Probe)
        assert self.transport is not None
        self.types += [name for _, name in probe.types]
        header = message.Header(uuid4(), 1, 1, probe.message_id)
        answer = message.render_probe_match(header, message.Target(self.uuid, self.scopes, self.xaddrs, 1))
        for datagram in (*self.noise, answer):
            self.transport.sendto(datagram, addr)


@asynccontextmanager
async def answering(responder: Responder) -> AsyncIterator[int]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: responder, local_addr=(LOOPBACK, 0)
    )
    yield transport.get_extra_info("sockname")[1]
    transport.close()


async def test_a_device_is_found_once_with_the_address_at_which_it_answers() -> None:
    responder = Responder(noise=(b"noise",))
    async with answering(responder) as port:
        (found,) = await search([LOOPBACK], timeout_s=0.2, port=port)
    assert found == FoundDevice(LOOPBACK, f"urn:uuid:{responder.uuid}", f"http://{LOOPBACK}:80/onvif", responder.scopes)
    assert sorted(responder.types) == ["Device", "NetworkVideoTransmitter"]


async def test_facts_come_from_the_scopes_and_are_printable() -> None:
    async with answering(Responder()) as port:
        (found,) = await search([LOOPBACK], timeout_s=0.2, port=port)
    assert (found.fact("name"), found.fact("hardware"), found.fact("location")) == ("Door [1mbell", "X1", "")


async def test_an_address_elsewhere_is_better_than_none() -> None:
    async with answering(Responder(xaddrs="http://[broken http://192.0.2.7/onvif")) as port:
        (found,) = await search([LOOPBACK], timeout_s=0.2, port=port)
    assert found.xaddr == "http://192.0.2.7/onvif"


@pytest.mark.parametrize("other", [Responder(scopes=("ldap:///printer",)), Responder(xaddrs=""), Responder(scopes=())])
async def test_what_is_no_onvif_device_is_passed_over(other: Responder) -> None:
    async with answering(other) as port:
        assert await search([LOOPBACK], timeout_s=0.2, port=port) == ()
    assert other.types


async def test_when_nobody_can_be_asked_it_says_so() -> None:
    with pytest.raises(OSError, match=r".+"):
        await search([LOOPBACK], timeout_s=0.0, port=0)


def test_everybody_is_reached_by_broadcast() -> None:
    addresses = broadcast_addresses()
    assert addresses[-1] == "255.255.255.255"
    assert not any(IPv4Address(address).is_loopback for address in addresses)
