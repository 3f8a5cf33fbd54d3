"""Base Device Test Specification: everything that is seen over WS-Discovery, and resets, which are seen there.

The well-known port is shared with whatever else runs on this machine. So the device has an address of its own on the
loopback network, and only what comes from there counts. It does not spread its answers over time, as it does
elsewhere: when a later question has been answered, an earlier one never will be.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from lxml import etree
from typing_extensions import override

from tests.clients.soap import username_token
from tests.clients.wsd import DISCOVERY, GROUP, Answer, DiscoveryClient, open_client, probe
from tests.conformance.descriptions import EVERYTHING
from tests.conformance.dut import NAMESPACES, PASSWORD, USERNAME, Dut, bridge_of
from tests.conformance.equipped import EquippedCamera
from tests.conformance.event_client import create_pull_point, initial_states, topic_filter
from tests.conformance.namespaces import Spelling, spelled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOST = f"127.3.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
PORT = 3702
ALL, ONE = (GROUP, PORT), (HOST, PORT)

pytestmark = [pytest.mark.multicast, pytest.mark.allow_hosts([HOST])]

ONVIF = "onvif://www.onvif.org"
KINDS = ("type", "location", "hardware", "name")
"""The scopes that every device has."""

DEVICE_TYPES = {
    "{http://www.onvif.org/ver10/network/wsdl}NetworkVideoTransmitter",
    "{http://www.onvif.org/ver10/device/wsdl}Device",
}
RULE = "http://schemas.xmlsoap.org/ws/2005/04/discovery/rfc3986"
NEW_SCOPES = (f"{ONVIF}/conformance/one", f"{ONVIF}/conformance/two")
LAST_REBOOT = "tns1:Monitoring/OperatingTime/LastReboot"


class Prompt(Random):
    """Nobody waits."""

    @override
    def uniform(self, a: float, b: float) -> float:
        return a


@dataclass
class Network:
    """The device, one who listens to the group, and one who asks."""

    dut: Dut
    listener: DiscoveryClient
    asker: DiscoveryClient

    async def heard(self) -> Answer:
        """Return the next news of the device."""
        return await self.listener.answer(_is_the_devices)

    async def hello(self) -> Answer:
        """Return the next news of the device, which must be that it is there."""
        news = await self.heard()
        assert news.action == "Hello"
        assert news.endpoint == self.dut.device["uuid"]
        return news

    async def bye(self) -> None:
        """Wait for the next news of the device, which must be that it goes."""
        news = await self.heard()
        assert news.action == "Bye"
        assert news.endpoint == self.dut.device["uuid"]

    async def answers(self, *questions: bytes, to: tuple[str, int]) -> list[Answer]:
        """Return what the device has answered to questions when it has answered one more."""
        last = str(uuid4())
        for question in (*questions, probe(message_id=f"urn:uuid:{last}")):
            self.asker.send(question, to)
        found: list[Answer] = []
        while True:
            answer = await self.asker.answer(_is_the_devices)
            if answer.text("//a:RelatesTo") == f"urn:uuid:{last}":
                return found
            found.append(answer)

    async def match(self, question: bytes, *, to: tuple[str, int]) -> Answer:
        """Return the answer to a Probe, which must be a whole description."""
        self.asker.send(question, to)
        match = await self.asker.answer(_is_the_devices)
        assert match.action == "ProbeMatches"
        asked = etree.fromstring(question).findtext(".//{http://schemas.xmlsoap.org/ws/2004/08/addressing}MessageID")
        assert match.text("//a:RelatesTo") == asked
        assert set(match.texts("//w:Scopes/@MatchBy")) <= {RULE}  # No rule means this one.
        address = urlsplit(match.text("//w:XAddrs").split()[0])
        assert (address.scheme, address.hostname, address.path) == ("http", HOST, "/onvif/device_service")
        assert_described(match)
        return match

    async def reboot(self) -> None:
        """Have the device start anew."""
        assert (await self.dut.ask("<tds:SystemReboot/>")).text("tds:Message")


def _is_the_devices(answer: Answer) -> bool:
    return answer.peer == ONE


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[Network]:
    async with (
        open_client(HOST, join_port=PORT) as listener,
        open_client(HOST) as asker,
        bridge_of(
            {"equipped": (camera := EquippedCamera(EVERYTHING))}, tmp_path, bind=HOST, discovery=True, random=Prompt()
        ) as bridge,
    ):
        network = Network(Dut(bridge, camera, bridge.devices()[0]), listener, asker)
        # The camera is described while the first Hello goes out; that is news as well.
        while f"{ONVIF}/hardware/{EVERYTHING.info.model}" not in scopes_in(await network.hello()):
            pass
        yield network


def scopes_in(message: Answer) -> list[str]:
    return message.text("//w:Scopes").split()


def assert_described(message: Answer) -> None:
    """See that a Hello or ProbeMatch has all of its mandatory parts."""
    assert message.endpoint.startswith("urn:uuid:")
    (types,) = message.root.iter(f"{{{DISCOVERY}}}Types")
    names = [word.rpartition(":") for word in (types.text or "").split()]
    assert {f"{{{types.nsmap.get(prefix)}}}{local}" for prefix, _, local in names} <= DEVICE_TYPES
    assert names
    assert_mandatory(scopes_in(message))
    assert int(message.text("//w:MetadataVersion")) > 0


def assert_mandatory(scopes: list[str]) -> None:
    for kind in KINDS:
        assert any(scope.startswith(f"{ONVIF}/{kind}/") for scope in scopes), kind


async def scopes_of(dut: Dut) -> list[str]:
    """Return the scopes over HTTP."""
    return (await dut.ask("<tds:GetScopes/>")).texts("tds:Scopes/tt:ScopeItem")


def listed(name: str, scopes: tuple[str, ...]) -> str:
    return "".join(f"<tds:{name}>{scope}</tds:{name}>" for scope in scopes)


# -- what is found -----------------------------------------------------------------------------------------------------


async def test_DISCOVERY_1_1_2(network):
    """After a restart the device says Hello with its types and all mandatory scopes."""
    await network.reboot()
    await network.bye()
    assert_described(await network.hello())


async def found_by_scopes(network: Network, to: tuple[str, int]) -> None:
    assert_mandatory(await scopes_of(network.dut))
    kinds = [f"{ONVIF}/{kind}" for kind in KINDS]
    for scopes in (*kinds, " ".join(kinds)):
        await network.match(probe(types="dn:NetworkVideoTransmitter", scopes=scopes), to=to)
        await network.match(probe(types="tds:Device", scopes=scopes, match_by=RULE), to=to)


async def found_without_naming_anything(network: Network, to: tuple[str, int]) -> None:
    await network.match(probe(), to=to)


async def not_found_by_what_it_is_not(network: Network, to: tuple[str, int]) -> None:
    wrong_type, wrong_scope = "dn:InvalidDevice", "invalid^scope"
    assert not await network.answers(
        probe(types=wrong_type),
        probe(scopes=wrong_scope),
        probe(types=wrong_type, scopes=wrong_scope),
        probe(types="tds:NetworkVideoTransmitter"),
        to=to,
    )


async def test_DISCOVERY_1_1_3(network):
    """The device is found by each kind of mandatory scope, and by all of them."""
    await found_by_scopes(network, ALL)


async def test_DISCOVERY_1_1_4(network):
    """The device is found by a Probe that names no type and no scope."""
    await found_without_naming_anything(network, ALL)


async def test_DISCOVERY_1_1_5(network):
    """A Probe for another type, or for a scope that is none, is not answered."""
    await not_found_by_what_it_is_not(network, ALL)


async def test_DISCOVERY_1_1_6(network):
    """A Probe that is sent to the device alone is treated like one that is sent to everybody."""
    await found_by_scopes(network, ONE)
    await found_without_naming_anything(network, ONE)
    await not_found_by_what_it_is_not(network, ONE)


async def test_DISCOVERY_1_1_8(network):
    """The device says Bye before it starts anew."""
    await network.reboot()
    await network.bye()


async def test_DISCOVERY_1_1_9(network: Network):
    """A device that is not to be found answers no Probe, and says neither Bye nor Hello when it starts anew."""

    async def mode() -> str:
        return (await network.dut.ask("<tds:GetDiscoveryMode/>")).text("tds:DiscoveryMode")

    async def set_mode(wanted: str) -> None:
        wish = f"<tds:DiscoveryMode>{wanted}</tds:DiscoveryMode>"
        await network.dut.ask(f"<tds:SetDiscoveryMode>{wish}</tds:SetDiscoveryMode>")

    assert await mode() == "Discoverable"
    await set_mode("NonDiscoverable")
    await network.bye()
    assert await mode() == "NonDiscoverable"
    question = f"urn:uuid:{uuid4()}"
    network.asker.send(probe(message_id=question), ALL)

    point = await create_pull_point(network.dut, topic_filter(LAST_REBOOT))
    await point.pull()
    await network.reboot()
    await point.pull_refused()  # The subscription ends when the device has restarted.

    await set_mode("Discoverable")
    await network.hello()
    # Were the question of before answered, that would come first.
    assert not await network.answers(to=ALL)


async def test_DISCOVERY_1_1_10(network):
    """A matching rule that nobody knows is a fault for who sends it to the device alone."""
    (fault,) = await network.answers(probe(match_by="urn:example:no-rule"), to=ONE)
    assert fault.text("//a:Action") == f"{DISCOVERY}/fault"
    assert fault.root.tag == f"{{{NAMESPACES['s']}}}Envelope"
    code, subcode = fault.root.iter(f"{{{NAMESPACES['s']}}}Value")
    assert qualified(code) == f"{{{NAMESPACES['s']}}}Sender"
    assert qualified(subcode) == f"{{{DISCOVERY}}}MatchingRuleNotSupported"
    assert fault.text("//s:Reason/s:Text")
    assert RULE in fault.text("//w:SupportedMatchingRules").split()


def qualified(element: etree._Element) -> str:
    prefix, _, local = (element.text or "").rpartition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"


async def test_DISCOVERY_1_1_11(network):
    """Every change of scopes is announced with all scopes, and the device is found by those that it has then."""
    assert_mandatory(await scopes_of(network.dut))
    await network.dut.ask(f"<tds:SetScopes>{listed('Scopes', NEW_SCOPES[:1])}</tds:SetScopes>")
    version = await announced_change(network, since=0)
    await network.dut.ask(f"<tds:AddScopes>{listed('ScopeItem', NEW_SCOPES[1:])}</tds:AddScopes>")
    version = await announced_change(network, since=version)
    match = await network.match(probe(scopes=" ".join(NEW_SCOPES)), to=ALL)
    assert set(NEW_SCOPES) <= set(scopes_in(match))

    await network.dut.ask(f"<tds:RemoveScopes>{listed('ScopeItem', NEW_SCOPES[1:])}</tds:RemoveScopes>")
    await announced_change(network, since=version)
    assert not await network.answers(probe(scopes=NEW_SCOPES[1]), to=ALL)


async def announced_change(network: Network, *, since: int) -> int:
    """Wait for the Hello that tells of a change; return the version of what it tells."""
    hello = await network.hello()
    assert_described(hello)
    assert sorted(scopes_in(hello)) == sorted(await scopes_of(network.dut))
    version = int(hello.text("//w:MetadataVersion"))
    assert version > since
    return version


# -- namespaces --------------------------------------------------------------------------------------------------------


async def test_DISCOVERY_2_1_1(network):
    """Messages with a default namespace in each tag are understood."""
    await found_when_asked_in(network, Spelling.EACH_TAG)


async def test_DISCOVERY_2_1_2(network):
    """Messages with a default namespace in parent tags are understood."""
    await found_when_asked_in(network, Spelling.PARENT_TAG)


async def test_DISCOVERY_2_1_3(network):
    """Messages with unusual prefixes are understood."""
    await found_when_asked_in(network, Spelling.ODD_PREFIXES)


async def test_DISCOVERY_2_1_4(network):
    """Messages with many prefixes for one namespace are understood."""
    await found_when_asked_in(network, Spelling.MANY_PREFIXES)


async def test_DISCOVERY_2_1_5(network):
    """Messages with one prefix for many namespaces are understood."""
    await found_when_asked_in(network, Spelling.ONE_PREFIX)


async def found_when_asked_in(network: Network, spelling: Spelling) -> None:
    security = username_token(USERNAME, PASSWORD).replace(' s:mustUnderstand="1"', "")
    get_scopes = (
        f'<s:Envelope xmlns:s="{NAMESPACES["s"]}" xmlns:tds="{NAMESPACES["tds"]}"><s:Header>{security}</s:Header>'
        "<s:Body><tds:GetScopes/></s:Body></s:Envelope>"
    )
    reply = await network.dut.post(spelled(get_scopes, spelling))
    assert reply.status == 200
    assert_mandatory(reply.values("ScopeItem"))
    kinds = [f"{ONVIF}/{kind}" for kind in KINDS]
    for scopes in (*kinds, " ".join(kinds)):
        for wanted in DEVICE_TYPES:
            question = probe(types=wanted, scopes=scopes).decode()
            await network.match(spelled(question, spelling).encode(), to=ALL)


# -- resets ------------------------------------------------------------------------------------------------------------


async def reset(network: Network, kind: str) -> None:
    wish = f"<tds:FactoryDefault>{kind}</tds:FactoryDefault>"
    await network.dut.ask(f"<tds:SetSystemFactoryDefault>{wish}</tds:SetSystemFactoryDefault>")
    await network.bye()
    await network.hello()


async def test_DEVICE_3_1_6(network):
    """After a hard reset the device says Hello."""
    await reset(network, "Hard")


async def test_DEVICE_3_1_7(network):
    """After a soft reset the device can be used and found."""
    await reset(network, "Soft")
    await network.dut.ask("<tds:GetDeviceInformation/>")
    await network.match(probe(), to=ALL)


async def test_DEVICE_3_1_8(network):
    """A device that starts anew says Bye and Hello, and is found at the address that it told."""
    await network.reboot()
    await network.bye()
    hello = await network.hello()
    assert_described(hello)
    match = await network.match(probe(), to=(hello.peer[0], PORT))
    assert match.text("//w:XAddrs") == hello.text("//w:XAddrs")


async def test_DEVICE_9_1_4(network):
    """After a restart, new subscribers are told a later time of the last start."""
    before = await last_start(network.dut)
    await network.reboot()
    await network.bye()
    hello = await network.hello()
    assert network.dut.xaddr in hello.text("//w:XAddrs").split()
    assert await last_start(network.dut) > before


async def last_start(dut: Dut) -> datetime:
    """Return the time of the last start as a new subscriber is told it."""
    (told,) = await initial_states(dut, topic_filter(LAST_REBOOT))
    return datetime.fromisoformat(told.data["Status"])
