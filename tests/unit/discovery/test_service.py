import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid5

import pytest
from structlog.testing import capture_logs
from typing_extensions import override

from bridge.discovery.service import DiscoveredDevice, DiscoveryService
from tests.clients.wsd import GROUP, DiscoveryClient, open_client, probe, resolve

pytestmark = pytest.mark.multicast

LOOPBACK = "127.0.0.1"
ROOT = UUID("7d9f3f0a-8d1c-4d35-9a43-0f6b2a3c4d5e")


class RealClock:
    def now(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


class Prompt(Random):
    """Nobody waits."""

    @override
    def uniform(self, a: float, b: float) -> float:
        return a


def device(name: str, scopes: list[str] | None = None) -> DiscoveredDevice:
    present = scopes if scopes is not None else [f"onvif://www.onvif.org/name/{name}"]
    return DiscoveredDevice(
        uuid5(ROOT, name), scopes=lambda: tuple(present), xaddrs=lambda ip: f"http://{ip}:8000/onvif/device_service"
    )


def urn(name: str) -> str:
    return f"urn:uuid:{uuid5(ROOT, name)}"


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((LOOPBACK, 0))
        number: int = one.getsockname()[1]
    return number


@pytest.fixture
def service(port: int) -> DiscoveryService:
    return DiscoveryService(LOOPBACK, clock=RealClock(), random=Prompt(1), instance_id=5, port=port)


@pytest.fixture
async def client() -> AsyncIterator[DiscoveryClient]:
    async with open_client(LOOPBACK) as one:
        yield one


@asynccontextmanager
async def running(service: DiscoveryService, port: int) -> AsyncIterator[DiscoveryClient]:
    """Run it, and give a listener to the group that hears everything from the first Hello to the last Bye."""
    async with open_client(LOOPBACK, join_port=port) as listener, asyncio.TaskGroup() as group:
        task = group.create_task(service.run())
        yield listener
        task.cancel()


async def test_device_says_hello_and_is_found_by_multicast(
    service: DiscoveryService, client: DiscoveryClient, port: int
) -> None:
    service.add(device("front"))
    async with running(service, port) as listener:
        (hello,) = await listener.answers(1, "Hello")
        client.send(probe(types="dn:NetworkVideoTransmitter"), (GROUP, port))
        (match,) = await client.answers(1, "ProbeMatches")

    assert hello.endpoint == match.endpoint == urn("front")
    assert match.text("//w:XAddrs") == f"http://{LOOPBACK}:8000/onvif/device_service"
    assert match.peer == (LOOPBACK, port)


async def test_each_of_many_devices_answers_for_itself(
    service: DiscoveryService, client: DiscoveryClient, port: int
) -> None:
    names = [f"camera{number}" for number in range(20)]
    for name in names:
        service.add(device(name))
    async with running(service, port) as listener:
        await listener.answers(20, "Hello")
        client.send(probe(), (GROUP, port))
        matches = await client.answers(20, "ProbeMatches")

    assert {match.endpoint for match in matches} == {urn(name) for name in names}


async def test_unicast_probe_and_resolve_are_answered_and_a_bad_rule_is_a_fault(
    service: DiscoveryService, client: DiscoveryClient, port: int
) -> None:
    service.add(device("front"))
    async with running(service, port) as listener:
        await listener.answers(1, "Hello")
        client.send(probe(), (LOOPBACK, port))
        await client.answers(1, "ProbeMatches")
        client.send(resolve(urn("front")), (LOOPBACK, port))
        await client.answers(1, "ResolveMatches")
        client.send(probe(match_by="urn:example:rule"), (LOOPBACK, port))
        (fault,) = await client.answers(1, "fault")

    assert "d:MatchingRuleNotSupported" in fault.texts("//s:Value")


async def test_change_and_removal_are_announced(service: DiscoveryService, port: int) -> None:
    scopes = ["onvif://www.onvif.org/name/old"]
    service.add(device("front", scopes))
    async with running(service, port) as listener:
        await listener.answers(1, "Hello")
        scopes[:] = ["onvif://www.onvif.org/name/new"]
        service.changed(uuid5(ROOT, "front"))
        (hello,) = await listener.answers(1, "Hello")
        service.remove(uuid5(ROOT, "front"))
        (bye,) = await listener.answers(1, "Bye")

    assert (hello.text("//w:Scopes"), hello.text("//w:MetadataVersion")) == ("onvif://www.onvif.org/name/new", "2")
    assert bye.endpoint == urn("front")


async def test_all_devices_say_bye_when_the_service_stops(service: DiscoveryService, port: int) -> None:
    service.add(device("front"))
    service.add(device("yard"))
    async with open_client(LOOPBACK, join_port=port) as outside:
        async with running(service, port) as listener:
            await listener.answers(2, "Hello")
        byes = await outside.answers(2, "Bye")

    assert {bye.endpoint for bye in byes} == {urn("front"), urn("yard")}
    assert service.interfaces == ()


async def test_bad_datagrams_are_logged_once_and_the_service_goes_on(
    service: DiscoveryService, client: DiscoveryClient, port: int
) -> None:
    service.add(device("front"))
    with capture_logs() as logs:
        async with running(service, port) as listener:
            await listener.answers(1, "Hello")
            for junk in (b"", b"\x00" * 9000, b"<not xml"):
                client.send(junk, (LOOPBACK, port))
            client.send(probe(), (LOOPBACK, port))
            await client.answers(1, "ProbeMatches")

    assert [log["event"] for log in logs].count("discovery.bad_message") == 1


async def test_port_is_shared_with_other_programs_that_share_it(
    service: DiscoveryService, client: DiscoveryClient, port: int
) -> None:
    other = DiscoveryService(LOOPBACK, clock=RealClock(), random=Prompt(2), instance_id=6, port=port)
    service.add(device("front"))
    other.add(device("yard"))
    async with running(service, port) as listener, running(other, port):
        await listener.answers(2, "Hello")
        client.send(probe(), (GROUP, port))
        matches = await client.answers(2, "ProbeMatches")

    assert {match.endpoint for match in matches} == {urn("front"), urn("yard")}


async def test_port_that_cannot_be_had_is_a_warning_and_no_failure(service: DiscoveryService, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken, capture_logs() as logs:
        taken.bind((LOOPBACK, port))
        service.add(device("front"))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(service.run())
            await asyncio.sleep(0)
            assert service.interfaces == ()
            task.cancel()

    assert [log["event"] for log in logs] == ["discovery.unavailable"]


async def test_ipv6_address_is_a_warning_and_no_failure(port: int) -> None:
    service = DiscoveryService("::1", clock=RealClock(), random=Prompt(1), instance_id=5, port=port)
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(service.run())
            await asyncio.sleep(0)
            task.cancel()

    assert [log["event"] for log in logs] == ["discovery.unavailable"]


async def test_answer_that_cannot_be_sent_is_logged_and_forgotten(
    service: DiscoveryService, client: DiscoveryClient, port: int
) -> None:
    service.add(device("x" * 70_000, scopes=["onvif://www.onvif.org/" + "x" * 70_000]))  # no datagram is that long
    service.add(device("front"))
    with capture_logs() as logs:
        async with running(service, port) as listener:
            await listener.answers(1, "Hello")
            client.send(probe(), (LOOPBACK, port))
            (match,) = await client.answers(1, "ProbeMatches")

    assert match.endpoint == urn("front")
    assert [log["event"] for log in logs].count("discovery.send_failed") == 1
