"""Base Device Test Specification: names, servers and the host's network, and namespaces, which are tried on them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.clients.soap import username_token
from tests.conformance.descriptions import PLAIN
from tests.conformance.dut import NAMESPACES, PASSWORD, USERNAME, Dut, Element, bridge_of
from tests.conformance.equipped import EquippedCamera
from tests.conformance.namespaces import Spelling, spelled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

STATIC = "<tds:FromDHCP>false</tds:FromDHCP>"
SERVER = "10.1.1.1"
INVALID_IPV4, INVALID_IPV6 = "10.1.1", "FF02:1"


@pytest.fixture
async def open_dut(tmp_path: Path) -> AsyncIterator[Dut]:
    """A device that speaks no TLS."""
    camera = EquippedCamera(PLAIN)
    async with bridge_of({"open": camera}, tmp_path, tls=False) as bridge:
        yield Dut(bridge, camera, bridge.devices()[0])


def invalid(subcode: str) -> tuple[str, ...]:
    return ("Sender", "InvalidArgVal", subcode)


def server(tag: str, kind: str, address: str) -> str:
    """Return a name or time server in the words of a request."""
    return f"<tds:{tag}><tt:Type>{kind}</tt:Type><tt:{kind}Address>{address}</tt:{kind}Address></tds:{tag}>"


def addresses(servers: list[Element]) -> list[str]:
    """Return the addresses of servers, each of which must be one of its kind, or empty."""
    found = []
    for each in servers:
        kind = each.text("tt:Type")
        if kind != "DNS" and each.has(f"tt:{kind}Address") and each.text(f"tt:{kind}Address"):
            found.append(each.text(f"tt:{kind}Address"))
            assert isinstance(ip_address(found[-1]), IPv4Address if kind == "IPv4" else IPv6Address)
    return found


# -- host name ---------------------------------------------------------------------------------------------------------


async def hostname(dut: Dut) -> str:
    told = (await dut.ask("<tds:GetHostname/>")).one("tds:HostnameInformation")
    assert told.text("tt:FromDHCP") in {"true", "false"}
    return told.text("tt:Name")


async def test_DEVICE_2_1_1(dut):
    """The device tells its host name."""
    assert await hostname(dut)


async def test_DEVICE_2_1_3(dut):
    """A name that is no host name is refused, and not taken."""
    before = await hostname(dut)
    wish = "<tds:SetHostname><tds:Name>Onvif_test1</tds:Name></tds:SetHostname>"
    assert await dut.refused(wish) == invalid("InvalidHostname")
    assert await hostname(dut) == before != "Onvif_test1"


async def test_DEVICE_2_1_32(dut):
    """A host name is kept, letter by letter."""
    name = "Onvif-Test0-oNvif-Onv12"
    await dut.ask(f"<tds:SetHostname><tds:Name>{name}</tds:Name></tds:SetHostname>")
    assert await hostname(dut) == name


# -- name servers ------------------------------------------------------------------------------------------------------


async def dns(dut: Dut) -> tuple[str, list[str], list[str]]:
    """Return whether DHCP is asked, the domains and the manual servers; every address must be one."""
    told = (await dut.ask("<tds:GetDNS/>")).one("tds:DNSInformation")
    assert told.text("tt:FromDHCP") in {"true", "false"}
    addresses(told.all("tt:DNSFromDHCP"))
    return told.text("tt:FromDHCP"), told.texts("tt:SearchDomain"), addresses(told.all("tt:DNSManual"))


async def without_dhcp(dut: Dut) -> None:
    """See that no address comes from DHCP, as these cases suppose."""
    interfaces = (await dut.ask("<tds:GetNetworkInterfaces/>")).all("tds:NetworkInterfaces")
    assert [each.text("tt:IPv4/tt:Config/tt:DHCP") for each in interfaces] == ["false"]


async def test_DEVICE_2_1_4(dut):
    """The device tells its name servers and domains."""
    await dns(dut)


async def test_DEVICE_2_1_5(dut):
    """A search domain is kept."""
    await dut.ask(f"<tds:SetDNS>{STATIC}<tds:SearchDomain>domain.name</tds:SearchDomain></tds:SetDNS>")
    from_dhcp, domains, _ = await dns(dut)
    assert (from_dhcp, domains) == ("false", ["domain.name"])


async def test_DEVICE_2_1_6(dut):
    """A name server is kept."""
    await without_dhcp(dut)
    await dut.ask(f"<tds:SetDNS>{STATIC}{server('DNSManual', 'IPv4', SERVER)}</tds:SetDNS>")
    from_dhcp, _, servers = await dns(dut)
    assert (from_dhcp, servers) == ("false", [SERVER])


async def test_DEVICE_2_1_9(dut):
    """A name server without a valid address is refused, and not taken."""
    await without_dhcp(dut)
    before = await dns(dut)
    fault = await dut.refused(f"<tds:SetDNS>{STATIC}{server('DNSManual', 'IPv4', INVALID_IPV4)}</tds:SetDNS>")
    assert fault == invalid("InvalidIPv4Address")
    assert await dns(dut) == before


# -- time servers ------------------------------------------------------------------------------------------------------


async def ntp(dut: Dut) -> tuple[str, list[str]]:
    """Return whether DHCP is asked, and the manual servers; every address must be one."""
    told = (await dut.ask("<tds:GetNTP/>")).one("tds:NTPInformation")
    assert told.text("tt:FromDHCP") in {"true", "false"}
    addresses(told.all("tt:NTPFromDHCP"))
    return told.text("tt:FromDHCP"), addresses(told.all("tt:NTPManual"))


async def test_DEVICE_2_1_11(dut):
    """The device tells its time servers."""
    await ntp(dut)


async def test_DEVICE_2_1_12(dut):
    """A time server is kept."""
    await without_dhcp(dut)
    await dut.ask(f"<tds:SetNTP>{STATIC}{server('NTPManual', 'IPv4', SERVER)}</tds:SetNTP>")
    assert await ntp(dut) == ("false", [SERVER])


async def test_DEVICE_2_1_15(dut):
    """A time server without a valid address is refused, and not taken."""
    await without_dhcp(dut)
    before = await ntp(dut)
    fault = await dut.refused(f"<tds:SetNTP>{STATIC}{server('NTPManual', 'IPv4', INVALID_IPV4)}</tds:SetNTP>")
    assert fault == invalid("InvalidIPv4Address")
    assert await ntp(dut) == before


# -- the interface -----------------------------------------------------------------------------------------------------


async def interfaces(dut: Dut) -> list[Element]:
    """Return the interfaces; there is at least one, every one has a token, and every address is one."""
    found = (await dut.ask("<tds:GetNetworkInterfaces/>")).all("tds:NetworkInterfaces")
    assert found
    assert len({each["token"] for each in found}) == len(found)
    for each in found:
        for address in each.texts("tt:IPv4/tt:Config/tt:Manual/tt:Address"):
            IPv4Address(address)
        for address in each.texts("tt:IPv6/tt:Config/tt:Manual/tt:Address"):
            IPv6Address(address)
    return found


async def invalid_address_is_refused(dut: Dut, family: str, address: str) -> None:
    before = await interfaces(dut)
    manual = f"<tt:Manual><tt:Address>{address}</tt:Address><tt:PrefixLength>24</tt:PrefixLength></tt:Manual>"
    wish = f"<tt:{family}><tt:Enabled>true</tt:Enabled>{manual}</tt:{family}>"
    fault = await dut.refused(
        f"<tds:SetNetworkInterfaces><tds:InterfaceToken>{before[0]['token']}</tds:InterfaceToken>"
        f"<tds:NetworkInterface>{wish}</tds:NetworkInterface></tds:SetNetworkInterfaces>"
    )
    assert fault == invalid(f"Invalid{family}Address")
    assert [each.xml for each in await interfaces(dut)] == [each.xml for each in before]


async def test_DEVICE_2_1_17(dut):
    """The device tells its network interface."""
    (interface,) = await interfaces(dut)
    assert interface.text("tt:Enabled") == "true"
    assert interface.text("tt:IPv4/tt:Enabled") == "true"
    assert interface.texts("tt:IPv4/tt:Config/tt:Manual/tt:Address") == ["127.0.0.1"]


async def test_DEVICE_2_1_20(dut):
    """An interface cannot have an IPv4 address that is none."""
    await invalid_address_is_refused(dut, "IPv4", INVALID_IPV4)


async def test_DEVICE_2_1_21(dut):
    """An interface cannot have an IPv6 address that is none."""
    await invalid_address_is_refused(dut, "IPv6", INVALID_IPV6)


# -- protocols ---------------------------------------------------------------------------------------------------------


async def protocols(dut: Dut) -> dict[str, tuple[str, list[str]]]:
    """Return whether each protocol is on, and its ports."""
    told = (await dut.ask("<tds:GetNetworkProtocols/>")).all("tds:NetworkProtocols")
    found = {each.text("tt:Name"): (each.text("tt:Enabled"), each.texts("tt:Port")) for each in told}
    assert len(found) == len(told)
    assert all(ports and all(0 < int(port) < 65536 for port in ports) for _, ports in found.values())
    return found


async def test_DEVICE_2_1_33(dut):
    """HTTP and RTSP are among the protocols."""
    assert {"HTTP", "RTSP"} <= set(await protocols(dut))


async def test_DEVICE_2_1_35(open_dut):
    """A protocol that the device does not speak cannot be switched on."""
    before = await protocols(open_dut)
    assert set(before) == {"HTTP", "RTSP"}
    wish = "<tt:Name>HTTPS</tt:Name><tt:Enabled>true</tt:Enabled><tt:Port>10554</tt:Port>"
    fault = await open_dut.refused(
        f"<tds:SetNetworkProtocols><tds:NetworkProtocols>{wish}</tds:NetworkProtocols></tds:SetNetworkProtocols>"
    )
    assert fault == invalid("ServiceNotSupported")
    assert await protocols(open_dut) == before


# -- gateways ----------------------------------------------------------------------------------------------------------


async def gateways(dut: Dut) -> list[str]:
    """Return the gateways, every one of them an address or empty."""
    told = (await dut.ask("<tds:GetNetworkDefaultGateway/>")).one("tds:NetworkGateway")
    ipv4, ipv6 = told.texts("tt:IPv4Address"), told.texts("tt:IPv6Address")
    for address in filter(None, ipv4):
        IPv4Address(address)
    for address in filter(None, ipv6):
        IPv6Address(address)
    return ipv4 + ipv6


async def test_DEVICE_2_1_25(dut):
    """The device tells its gateways."""
    await gateways(dut)


async def test_DEVICE_2_1_28(dut):
    """A gateway without a valid address is refused, and not taken."""
    before = await gateways(dut)
    wish = f"<tds:IPv4Address>{INVALID_IPV4}</tds:IPv4Address>"
    fault = await dut.refused(f"<tds:SetNetworkDefaultGateway>{wish}</tds:SetNetworkDefaultGateway>")
    assert fault == invalid("InvalidGatewayAddress")
    assert await gateways(dut) == before


# -- namespaces --------------------------------------------------------------------------------------------------------


async def ask_spelled(dut: Dut, body: str, spelling: Spelling) -> Element:
    """Ask in a spelling; return what is in the Body of the answer."""
    declared = " ".join(f'xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in ("s", "tds", "tt"))
    security = username_token(USERNAME, PASSWORD).replace(' s:mustUnderstand="1"', "")
    template = f"<s:Envelope {declared}><s:Header>{security}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    reply = await dut.post(spelled(template, spelling))
    assert reply.status == 200, reply.text
    return Element(etree.fromstring(reply.body)).one("s:Body")


async def name_server_is_kept(dut: Dut, spelling: Spelling) -> None:
    assert (await ask_spelled(dut, "<tds:GetDNS/>", spelling)).has("tds:GetDNSResponse/tds:DNSInformation")
    wish = f"<tds:SetDNS>{STATIC}{server('DNSManual', 'IPv4', SERVER)}</tds:SetDNS>"
    assert (await ask_spelled(dut, wish, spelling)).has("tds:SetDNSResponse")
    told = (await ask_spelled(dut, "<tds:GetDNS/>", spelling)).one("tds:GetDNSResponse/tds:DNSInformation")
    assert told.text("tt:FromDHCP") == "false"
    assert addresses(told.all("tt:DNSManual")) == [SERVER]


async def test_DEVICE_6_1_1(dut):
    """Requests with a default namespace in each tag are understood."""
    await name_server_is_kept(dut, Spelling.EACH_TAG)


async def test_DEVICE_6_1_2(dut):
    """Requests with a default namespace in parent tags are understood."""
    await name_server_is_kept(dut, Spelling.PARENT_TAG)


async def test_DEVICE_6_1_3(dut):
    """Requests with unusual prefixes are understood."""
    await name_server_is_kept(dut, Spelling.ODD_PREFIXES)


async def test_DEVICE_6_1_4(dut):
    """Requests with many prefixes for one namespace are understood."""
    await name_server_is_kept(dut, Spelling.MANY_PREFIXES)


async def test_DEVICE_6_1_5(dut):
    """Requests with one prefix for many namespaces are understood."""
    await name_server_is_kept(dut, Spelling.ONE_PREFIX)
