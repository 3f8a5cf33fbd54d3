"""Base Device Test Specification: what the device says it can, in both ways to say it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lxml import etree

from tests.clients.soap import SoapClient, envelope
from tests.conformance.dut import NAMESPACES, Element
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from tests.conformance.dut import Dut

CATEGORIES = {"Analytics": "tan", "Device": "tds", "Events": "tev", "Imaging": "timg", "Media": "trt", "PTZ": "tptz"}
"""The parts of the older tree, and the service that each one tells of."""

NO_SUCH_SERVICE = ("Receiver", "ActionNotSupported", "NoSuchService")


async def services(dut: Dut, *, with_capabilities: bool) -> dict[str, Element]:
    """Return the list of services, by their usual prefix."""
    flag = str(with_capabilities).lower()
    answer = await dut.ask(
        f"<tds:GetServices><tds:IncludeCapability>{flag}</tds:IncludeCapability></tds:GetServices>", user=None
    )
    prefixes = {uri: prefix for prefix, uri in NAMESPACES.items()}
    listed = answer.all("tds:Service")
    found = {prefixes[each.text("tds:Namespace")]: each for each in listed}
    assert len(found) == len(listed)
    return found


async def tree(dut: Dut, *categories: str) -> Element:
    """Return the older tree."""
    wanted = "".join(f"<tds:Category>{each}</tds:Category>" for each in categories)
    answer = await dut.ask(f"<tds:GetCapabilities>{wanted}</tds:GetCapabilities>", user=None)
    return answer.one("tds:Capabilities")


# -- the older tree ----------------------------------------------------------------------------------------------------


async def test_DEVICE_1_1_2(dut, plain):
    """The whole tree, asked for in either way, has a part for every service that is there."""
    for device in (dut, plain):
        served = await services(device, with_capabilities=False)
        for capabilities in (await tree(device, "All"), await tree(device)):
            for category, prefix in CATEGORIES.items():
                assert capabilities.has(f"tt:{category}") == (prefix in served), category
            assert capabilities.has("tt:Extension/tt:DeviceIO") == ("tmd" in served)
            assert capabilities.has("tt:Device")
            assert capabilities.has("tt:Events")


async def one_category(dut: Dut, category: str) -> bool:
    """Ask for one part of the tree; return whether there is such a service."""
    if CATEGORIES[category] not in await services(dut, with_capabilities=False):
        wish = f"<tds:Category>{category}</tds:Category>"
        fault = await dut.refused(f"<tds:GetCapabilities>{wish}</tds:GetCapabilities>", user=None)
        assert fault == NO_SUCH_SERVICE
        return False
    capabilities = await tree(dut, category)
    assert [each for each in CATEGORIES if capabilities.has(f"tt:{each}")] == [category]
    address = urlsplit(capabilities.text(f"tt:{category}/tt:XAddr"))
    assert address.scheme in {"http", "https"}
    assert address.hostname
    return True


async def test_DEVICE_1_1_3(dut):
    """The part of the device service comes alone."""
    assert await one_category(dut, "Device")


async def test_DEVICE_1_1_4(dut):
    """The part of the media service comes alone."""
    assert await one_category(dut, "Media")


async def test_DEVICE_1_1_5(dut):
    """The part of the event service comes alone."""
    assert await one_category(dut, "Events")


async def test_DEVICE_1_1_6(dut, plain):
    """The part of the PTZ service comes alone; there is none without a camera that moves."""
    assert await one_category(dut, "PTZ")
    assert not await one_category(plain, "PTZ")


async def test_DEVICE_1_1_9(dut):
    """A category that does not exist is a fault."""
    await dut.refused("<tds:GetCapabilities><tds:Category>XYZ</tds:Category></tds:GetCapabilities>", user=None)


async def test_DEVICE_1_1_10(dut, plain):
    """The part of the imaging service comes alone, if there is such a service."""
    assert await one_category(dut, "Imaging")
    await one_category(plain, "Imaging")


async def test_DEVICE_1_1_11(dut, plain):
    """The part of the analytics service comes alone, if there is such a service."""
    assert await one_category(dut, "Analytics")
    await one_category(plain, "Analytics")


# -- the list of services ----------------------------------------------------------------------------------------------


async def listed_with_and_without_capabilities(dut: Dut, prefix: str) -> None:
    assert not (await services(dut, with_capabilities=False))[prefix].has("tds:Capabilities")
    (capabilities,) = (await services(dut, with_capabilities=True))[prefix].one("tds:Capabilities").raw
    assert capabilities.tag == f"{{{NAMESPACES[prefix]}}}Capabilities"


async def test_DEVICE_1_1_13(dut):
    """The device service is listed, with its capabilities only when they are wanted."""
    await listed_with_and_without_capabilities(dut, "tds")


async def test_DEVICE_1_1_14(dut):
    """The media service is listed, with its capabilities only when they are wanted."""
    await listed_with_and_without_capabilities(dut, "trt")


async def test_DEVICE_1_1_15(dut):
    """The PTZ service is listed, with its capabilities only when they are wanted."""
    await listed_with_and_without_capabilities(dut, "tptz")


async def test_DEVICE_1_1_16(dut):
    """The event service is listed, with its capabilities only when they are wanted."""
    await listed_with_and_without_capabilities(dut, "tev")


async def test_DEVICE_1_1_17(dut):
    """The imaging service is listed, with its capabilities only when they are wanted."""
    await listed_with_and_without_capabilities(dut, "timg")


async def own_capabilities(dut: Dut) -> Element:
    answer = await dut.ask("<tds:GetServiceCapabilities/>", user=None)
    return answer.one("tds:Capabilities")


async def test_DEVICE_1_1_18(dut):
    """A device without discovery does not say that it says Bye."""
    system = (await own_capabilities(dut)).one("tds:System")
    assert system["DiscoveryNotSupported"] == "true"
    assert system.get("DiscoveryBye", "false") == "false"


async def test_DEVICE_1_1_19(dut):
    """The device service describes itself in the same way when it is asked as in the list of services."""
    asked = await own_capabilities(dut)
    listed = (await services(dut, with_capabilities=True))["tds"].one("tds:Capabilities/tds:Capabilities")
    for group in ("Network", "Security", "System", "Misc"):
        assert sorted(asked.one(f"tds:{group}").raw.items()) == sorted(listed.one(f"tds:{group}").raw.items())


# -- the tree and the list agree ---------------------------------------------------------------------------------------

_FLAGS = {
    ("tds", "tt:Device/tt:Network/tt:", "tds:Network"): ("IPFilter", "ZeroConfiguration", "IPVersion6", "DynDNS"),
    ("tds", "tt:Device/tt:Network/tt:Extension/tt:", "tds:Network"): ("Dot11Configuration",),
    ("tds", "tt:Device/tt:System/tt:", "tds:System"): (
        "DiscoveryResolve",
        "DiscoveryBye",
        "RemoteDiscovery",
        "SystemBackup",
        "SystemLogging",
        "FirmwareUpgrade",
    ),
    ("tds", "tt:Device/tt:System/tt:Extension/tt:", "tds:System"): (
        "HttpFirmwareUpgrade",
        "HttpSystemBackup",
        "HttpSystemLogging",
        "HttpSupportInformation",
    ),
    ("tds", "tt:Device/tt:Security/tt:", "tds:Security"): (
        "TLS1.1",
        "TLS1.2",
        "OnboardKeyGeneration",
        "AccessPolicyConfig",
        "X.509Token",
        "SAMLToken",
        "KerberosToken",
        "RELToken",
    ),
    ("tds", "tt:Device/tt:Security/tt:Extension/tt:", "tds:Security"): ("TLS1.0",),
    ("tds", "tt:Device/tt:Security/tt:Extension/tt:Extension/tt:", "tds:Security"): ("Dot1X", "RemoteUserHandling"),
    ("tev", "tt:Events/tt:", "."): (
        "WSSubscriptionPolicySupport",
        "WSPullPointSupport",
        "WSPausableSubscriptionManagerInterfaceSupport",
    ),
    ("tan", "tt:Analytics/tt:", "."): ("RuleSupport", "AnalyticsModuleSupport"),
    ("trt", "tt:Media/tt:StreamingCapabilities/tt:", "trt:StreamingCapabilities"): (
        "RTPMulticast",
        "RTP_TCP",
        "RTP_RTSP_TCP",
    ),
}
"""Flags of both: service, path in the tree, place among the service's own capabilities."""

_NUMBERS = {
    ("tmd", "tt:Extension/tt:DeviceIO/tt:", "."): (
        "VideoSources",
        "VideoOutputs",
        "AudioSources",
        "AudioOutputs",
        "RelayOutputs",
    ),
    ("trt", "tt:Media/tt:Extension/tt:ProfileCapabilities/tt:", "trt:ProfileCapabilities"): (
        "MaximumNumberOfProfiles",
    ),
}
"""Numbers of both."""


def told_twice(capabilities: Element, own: dict[str, Element], table: dict[Any, tuple[str, ...]], default: str) -> Any:
    """Return each value of a table as a name with what the tree and what the service says."""
    for (prefix, path, place), names in table.items():
        said = own[prefix] if place == "." else own[prefix].one(place)
        for name in names:
            in_tree = capabilities.text(path + name) if capabilities.has(path + name) else default
            yield name, in_tree, said.get(name, default)


async def test_DEVICE_1_1_30(dut):
    """The older tree agrees with the list of services, service by service and value by value.

    The pull point flag is no longer in the newest event service; it is told all the same, for who compares.
    """
    listed = await services(dut, with_capabilities=True)
    own = {prefix: Element(each.one("tds:Capabilities").raw[0]) for prefix, each in listed.items()}
    capabilities = await tree(dut, "All")
    for category, prefix in CATEGORIES.items():
        assert capabilities.has(f"tt:{category}") == (prefix in own), category
    assert capabilities.has("tt:Extension/tt:DeviceIO") == ("tmd" in own)
    for name in ("Recording", "Search", "Replay", "Receiver"):
        assert not capabilities.has(f"tt:Extension/tt:{name}")
    for name, in_tree, said in told_twice(capabilities, own, _FLAGS, "false"):
        assert in_tree == said, name
    for name, in_tree, said in told_twice(capabilities, own, _NUMBERS, "0"):
        assert in_tree == said, name
    methods = capabilities.texts("tt:Device/tt:Security/tt:Extension/tt:Extension/tt:SupportedEAPMethod")
    assert methods == own["tds"].one("tds:Security").get("SupportedEAPMethods").split()


# -- addresses ---------------------------------------------------------------------------------------------------------


async def test_DEVICE_1_1_31(dut):
    """The addresses of the services have the scheme, host and port that the client has used."""
    protocols = (await dut.ask("<tds:GetNetworkProtocols/>")).all("tds:NetworkProtocols")
    https = [each for each in protocols if (each.text("tt:Name"), each.text("tt:Enabled")) == ("HTTPS", "true")]
    assert https
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    by_http = urlsplit(dut.xaddr)
    for base in (f"http://{by_http.netloc}", f"https://{by_http.hostname}:{https[0].text('tt:Port')}"):
        wish = f'<GetServices xmlns="{NAMESPACES["tds"]}"><IncludeCapability>false</IncludeCapability></GetServices>'
        reply = await SoapClient(base, context=unverified).post(envelope(wish))
        assert reply.status == 200
        the_oracle().check(reply.body)
        addresses = [each.text or "" for each in etree.fromstring(reply.body).iter(f"{{{NAMESPACES['tds']}}}XAddr")]
        assert addresses
        assert {f"{urlsplit(each).scheme}://{urlsplit(each).netloc}" for each in addresses} == {base}
