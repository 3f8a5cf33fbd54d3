"""The Device service about the network: what is the host's is told and stays, names and servers are kept."""

from __future__ import annotations

import asyncio
import sys
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from bridge.onvif.host_network import default_gateways
from bridge.onvif.operation import Call
from bridge.onvif.services import device_network
from bridge.onvif.types.device_network import GetNetworkInterfaces
from bridge.proto.soap.envelope import MessageHeaders
from tests.unit.onvif.device_bench import ask, done, elements, refused
from tests.unit.onvif.served import served

if TYPE_CHECKING:
    from pathlib import Path

HOST_S_AFFAIR = ("Receiver", "Action")


def invalid(subcode: str) -> tuple[str, ...]:
    return ("Sender", "InvalidArgVal", subcode)


def server(tag: str, kind: str, element: str, value: str) -> str:
    return f"<{tag}><tt:Type>{kind}</tt:Type><tt:{element}>{value}</tt:{element}></{tag}>"


STATIC = elements("FromDHCP", "false")
DYNAMIC = elements("FromDHCP", "true")


# -- host name ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Onvif-Test1", "a.example", "1", " gate "])
async def test_DEVICE_2_1_32_a_host_name_is_kept(name):
    async with served() as bench:
        assert (await ask(bench, "GetHostname", user=None)).values("Name") == ["bench"]
        await done(bench, "SetHostname", elements("Name", name))
        reply = await ask(bench, "GetHostname", user=None)
    assert (reply.values("Name"), reply.values("FromDHCP")) == ([name.strip()], ["false"])


@pytest.mark.parametrize("name", ["Onvif_test1", "", "-a", "a-", "a..b", "x" * 64, ".".join(["x" * 63] * 5), "ü"])
async def test_DEVICE_2_1_3_what_is_no_host_name_is_refused(name):
    async with served() as bench:
        assert await refused(bench, "SetHostname", elements("Name", name)) == invalid("InvalidHostname")
        assert (await ask(bench, "GetHostname")).values("Name") == ["bench"]


# -- name servers ------------------------------------------------------------------------------------------------------


async def test_DEVICE_2_1_4_there_are_no_name_servers_at_first():
    async with served() as bench:
        reply = await ask(bench, "GetDNS")
    assert (reply.values("FromDHCP"), reply.values("IPv4Address")) == (["false"], [])


async def test_DEVICE_2_1_5_to_7_name_servers_and_domains_are_kept():
    four = server("DNSManual", "IPv4", "IPv4Address", "10.1.1.1")
    six = server("DNSManual", "IPv6", "IPv6Address", "2001:1:1:1:1:1:1:1")
    async with served() as bench:
        await done(bench, "SetDNS", STATIC + elements("SearchDomain", "domain.name") + four + six)
        reply = await ask(bench, "GetDNS")
    assert reply.values("SearchDomain") == ["domain.name"]
    assert reply.values("IPv4Address") == ["10.1.1.1"]
    assert reply.values("IPv6Address") == ["2001:1:1:1:1:1:1:1"]


async def test_DEVICE_2_1_8_name_servers_may_come_from_dhcp():
    async with served() as bench:
        await done(bench, "SetDNS", DYNAMIC)
        assert (await ask(bench, "GetDNS")).values("FromDHCP") == ["true"]


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        (server("DNSManual", "IPv4", "IPv4Address", "10.1.1"), invalid("InvalidIPv4Address")),
        (server("DNSManual", "IPv4", "IPv6Address", "::1"), invalid("InvalidIPv4Address")),
        (server("DNSManual", "IPv6", "IPv6Address", "FF02:1"), invalid("InvalidIPv6Address")),
        (elements("SearchDomain", "a_b"), ("Sender", "InvalidArgVal")),
        (elements("SearchDomain", *"abcdefghi"), ("Sender", "InvalidArgVal")),
        (9 * server("DNSManual", "IPv4", "IPv4Address", "10.1.1.1"), ("Sender", "InvalidArgVal")),
    ],
)
async def test_DEVICE_2_1_9_and_10_a_bad_name_server_changes_nothing(inner, fault):
    async with served() as bench:
        assert await refused(bench, "SetDNS", DYNAMIC + inner) == fault
        assert (await ask(bench, "GetDNS")).values("FromDHCP") == ["false"]


# -- time servers ------------------------------------------------------------------------------------------------------


async def test_DEVICE_2_1_11_the_time_comes_from_the_network_at_first():
    async with served() as bench:
        reply = await ask(bench, "GetNTP")
    assert (reply.values("FromDHCP"), reply.values("Type")) == (["true"], [])


@pytest.mark.parametrize(
    ("kind", "element", "value"),
    [
        ("IPv4", "IPv4Address", "10.1.1.1"),
        ("IPv6", "IPv6Address", "2001:1:1:1:1:1:1:1"),
        ("DNS", "DNSname", "time.example"),
    ],
)
async def test_DEVICE_2_1_12_and_13_a_time_server_is_kept(kind, element, value):
    async with served() as bench:
        await done(bench, "SetNTP", STATIC + server("NTPManual", kind, element, value))
        reply = await ask(bench, "GetNTP")
    assert (reply.values("FromDHCP"), reply.values("Type"), reply.values(element)) == (["false"], [kind], [value])


async def test_DEVICE_2_1_14_time_servers_may_come_from_dhcp():
    async with served() as bench:
        await done(bench, "SetNTP", STATIC + server("NTPManual", "DNS", "DNSname", "time.example"))
        await done(bench, "SetNTP", DYNAMIC)
        assert (await ask(bench, "GetNTP")).values("FromDHCP") == ["true"]


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        (server("NTPManual", "IPv4", "IPv4Address", "10.1.1"), invalid("InvalidIPv4Address")),
        (server("NTPManual", "IPv6", "IPv6Address", "FF02:1"), invalid("InvalidIPv6Address")),
        (server("NTPManual", "DNS", "DNSname", "a_b"), invalid("InvalidDnsName")),
        (server("NTPManual", "DNS", "IPv4Address", "10.1.1.1"), invalid("InvalidDnsName")),
        (2 * server("NTPManual", "DNS", "DNSname", "time.example"), ("Sender", "InvalidArgVal")),
        ("", invalid("TimeSyncedToNtp")),
    ],
)
async def test_DEVICE_2_1_15_and_16_a_bad_time_server_changes_nothing(inner, fault):
    async with served() as bench:
        assert await refused(bench, "SetNTP", STATIC + inner) == fault
        assert (await ask(bench, "GetNTP")).values("FromDHCP") == ["true"]


# -- interfaces --------------------------------------------------------------------------------------------------------


async def test_DEVICE_2_1_17_the_interface_has_the_address_that_was_used_and_a_hardware_address_of_its_own():
    async with served() as bench:
        direct = await ask(bench, "GetNetworkInterfaces")
        bench.client.headers["Host"] = "192.0.2.77:8000"
        translated = await ask(bench, "GetNetworkInterfaces")
        bench.client.headers["Host"] = "camera.example"
        named = await ask(bench, "GetNetworkInterfaces")
    assert direct.values("HwAddress") == [bench.device.mac]
    assert (direct.values("Address"), direct.values("PrefixLength")) == (["127.0.0.1"], ["8"])
    assert (translated.values("Address"), translated.values("PrefixLength")) == (["192.0.2.77"], ["24"])
    assert named.values("Address") == ["127.0.0.1"]
    assert direct.values("DHCP") == ["false"]


async def test_over_ipv6_alone_there_is_no_ipv4_address_to_tell():
    async with served() as bench:
        call = Call(
            device=bench.device,
            user=None,
            base_url="http://[2001:db8::1]",
            host="[2001:db8::1]",
            path="/",
            headers=MessageHeaders(),
            closed=asyncio.Event(),
            local_address="2001:db8::1",
        )
        response = await device_network.get_network_interfaces(call, GetNetworkInterfaces())
    (interface,) = response.network_interfaces
    assert interface.ipv4 is not None
    assert (interface.ipv4.enabled, interface.ipv4.config.manual) == (False, ())


def interface(inner: str, name: str = "eth0") -> str:
    return f"<InterfaceToken>{name}</InterfaceToken><NetworkInterface>{inner}</NetworkInterface>"


def ipv4(*, address: str = "127.0.0.1", bits: int = 8, dhcp: str = "false") -> str:
    manual = f"<tt:Manual><tt:Address>{address}</tt:Address><tt:PrefixLength>{bits}</tt:PrefixLength></tt:Manual>"
    return f"<tt:IPv4><tt:Enabled>true</tt:Enabled>{manual}<tt:DHCP>{dhcp}</tt:DHCP></tt:IPv4>"


IPV6 = "<tt:IPv6><tt:Manual><tt:Address>{}</tt:Address><tt:PrefixLength>64</tt:PrefixLength></tt:Manual></tt:IPv6>"
LINK = (
    "<tt:Link><tt:AutoNegotiation>true</tt:AutoNegotiation><tt:Speed>9</tt:Speed><tt:Duplex>Full</tt:Duplex></tt:Link>"
)


@pytest.mark.parametrize(
    "inner",
    ["", "<tt:Enabled>true</tt:Enabled>", ipv4(), "<tt:IPv6><tt:Enabled>false</tt:Enabled></tt:IPv6>"],
)
async def test_an_interface_may_be_set_to_what_it_is(inner):
    async with served() as bench:
        reply = await done(bench, "SetNetworkInterfaces", interface(inner))
    assert reply.values("RebootNeeded") == ["false"]


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        ("<tt:Enabled>false</tt:Enabled>", HOST_S_AFFAIR),
        ("<tt:MTU>1280</tt:MTU>", HOST_S_AFFAIR),
        (LINK, HOST_S_AFFAIR),
        (ipv4(address="192.0.2.9"), HOST_S_AFFAIR),
        (ipv4(bits=24), HOST_S_AFFAIR),
        (ipv4(dhcp="true"), HOST_S_AFFAIR),
        (IPV6.format("2001:db8::1"), HOST_S_AFFAIR),
        ("<tt:IPv6><tt:DHCP>Auto</tt:DHCP></tt:IPv6>", HOST_S_AFFAIR),
        (ipv4(address="10.1.1"), invalid("InvalidIPv4Address")),
        (IPV6.format("FF02:1"), invalid("InvalidIPv6Address")),
    ],
)
async def test_DEVICE_2_1_20_and_21_an_interface_is_not_set_to_anything_else(inner, fault):
    async with served() as bench:
        before = await ask(bench, "GetNetworkInterfaces")
        assert await refused(bench, "SetNetworkInterfaces", interface(inner)) == fault
        assert (await ask(bench, "GetNetworkInterfaces")).text == before.text


async def test_there_is_one_interface():
    async with served() as bench:
        fault = await refused(bench, "SetNetworkInterfaces", interface("", name="eth1"))
    assert fault == invalid("InvalidNetworkInterface")


# -- protocols ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("host", "port"), [("camera.example", "80"), ("camera.example:8000", "8000")])
async def test_DEVICE_2_1_33_protocols_are_listed_with_their_ports(host, port):
    async with served() as bench:
        bench.client.headers["Host"] = host
        reply = await ask(bench, "GetNetworkProtocols")
    assert reply.values("Name") == ["HTTP", "RTSP"]
    assert reply.values("Port") == [port, "8554"]


async def test_https_is_listed_with_the_port_that_it_shares_with_http():
    async with served() as bench:
        bench.device.has_tls = True
        bench.client.headers["Host"] = "camera.example"
        reply = await ask(bench, "GetNetworkProtocols")
    assert reply.values("Name") == ["HTTP", "HTTPS", "RTSP"]
    assert reply.values("Port") == ["80", "80", "8554"]


async def test_protocols_that_share_a_port_may_be_set_to_what_they_are():
    async with served() as bench:
        bench.device.has_tls = True
        bench.client.headers["Host"] = "camera.example"
        await done(bench, "SetNetworkProtocols", protocol("HTTP", 80) + protocol("HTTPS", 80) + protocol("RTSP", 8554))
        for taken in (protocol("HTTPS", 8554), protocol("RTSP", 80)):
            assert await refused(bench, "SetNetworkProtocols", taken) == invalid("PortAlreadyInUse")
        assert await refused(bench, "SetNetworkProtocols", protocol("HTTPS", 443)) == HOST_S_AFFAIR


def protocol(name: str, port: int, *, enabled: str = "true") -> str:
    inner = f"<tt:Name>{name}</tt:Name><tt:Enabled>{enabled}</tt:Enabled><tt:Port>{port}</tt:Port>"
    return f"<NetworkProtocols>{inner}</NetworkProtocols>"


async def test_protocols_may_be_set_to_what_they_are():
    async with served() as bench:
        bench.client.headers["Host"] = "camera.example"
        await done(bench, "SetNetworkProtocols", protocol("HTTP", 80) + protocol("RTSP", 8554))


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        (protocol("RTSP", 10554), HOST_S_AFFAIR),
        (protocol("RTSP", 8554, enabled="false"), HOST_S_AFFAIR),
        (protocol("HTTP", 80) + protocol("RTSP", 554), HOST_S_AFFAIR),
        (protocol("RTSP", 80), invalid("PortAlreadyInUse")),
        (protocol("HTTPS", 443), invalid("ServiceNotSupported")),
    ],
)
async def test_DEVICE_2_1_35_protocols_are_not_set_to_anything_else(inner, fault):
    async with served() as bench:
        bench.client.headers["Host"] = "camera.example"
        assert await refused(bench, "SetNetworkProtocols", inner) == fault


# -- gateways ----------------------------------------------------------------------------------------------------------


async def test_DEVICE_2_1_25_gateways_are_the_hosts_and_may_be_set_to_what_they_are():
    async with served() as bench:
        reply = await ask(bench, "GetNetworkDefaultGateway")
        gateways = await asyncio.to_thread(default_gateways)
        assert reply.values("IPv4Address") == [str(gateway) for gateway in gateways]
        await done(bench, "SetNetworkDefaultGateway", elements("IPv4Address", *map(str, gateways)))


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        (elements("IPv4Address", "192.0.2.254"), HOST_S_AFFAIR),
        (elements("IPv6Address", "2001:db8::1"), HOST_S_AFFAIR),
        (elements("IPv4Address", "10.1.1"), invalid("InvalidGatewayAddress")),
        (elements("IPv6Address", "FF02:1"), invalid("InvalidGatewayAddress")),
    ],
)
async def test_DEVICE_2_1_28_and_29_gateways_are_not_set_to_anything_else(inner, fault):
    async with served() as bench:
        assert await refused(bench, "SetNetworkDefaultGateway", inner) == fault


ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t{gateway}\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth1\t00000000\t{gateway}\t0003\t0\t0\t100\t00000000\t0\t0\t0
tun0\t00000000\t{gateway}\t0003\t0\t0\t0\t00000080\t0\t0\t0
eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
eth0\tbroken
"""


def test_gateways_are_read_from_the_kernels_table(tmp_path: Path):
    table = tmp_path / "route"
    in_host_order = f"{int.from_bytes(IPv4Address('192.0.2.254').packed, sys.byteorder):08X}"
    table.write_text(ROUTES.format(gateway=in_host_order), encoding="ascii")
    assert default_gateways(table) == (IPv4Address("192.0.2.254"),)


def test_where_the_kernel_tells_nothing_there_are_no_gateways(tmp_path: Path):
    assert default_gateways(tmp_path / "route") == ()
