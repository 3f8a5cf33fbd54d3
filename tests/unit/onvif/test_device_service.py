"""The Device service: who the device is, what it serves, where it is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.imaging import ImagingDescription, ImagingSettings
from bridge.onvif.services import SERVICES, device, media
from bridge.onvif.types.device import GetServices
from bridge.proto.soap.namespaces import TAN, TDS, TEV, TIMG, TMD, TPTZ, TR2, TRT
from tests.unit.onvif import device_bench
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.served import ACCOUNTS, Served, served

if TYPE_CHECKING:
    from tests.clients.soap import Reply

OPEN_TO_ALL = [
    "GetServices",
    "GetServiceCapabilities",
    "GetCapabilities",
    "GetWsdlUrl",
    "GetSystemDateAndTime",
    "GetHostname",
    "GetEndpointReference",
]
FOR_USERS = [
    "GetDeviceInformation",
    "GetScopes",
    "GetDiscoveryMode",
    "GetDNS",
    "GetNTP",
    "GetNetworkInterfaces",
    "GetNetworkProtocols",
    "GetNetworkDefaultGateway",
    "GetRelayOutputs",
]
ONE_USER = "<User><tt:Username>{}</tt:Username><tt:Password>p</tt:Password><tt:UserLevel>User</tt:UserLevel></User>"
FOR_ADMINISTRATORS = {
    "GetUsers": "",
    "CreateUsers": ONE_USER.format("u"),
    "SetUser": ONE_USER.format("user"),
    "DeleteUsers": "<Username>user</Username>",
    "SetScopes": "<Scopes>urn:a</Scopes>",
    "AddScopes": "<ScopeItem>urn:b</ScopeItem>",
    "RemoveScopes": "<ScopeItem>urn:b</ScopeItem>",
    "SetDiscoveryMode": "<DiscoveryMode>Discoverable</DiscoveryMode>",
    "SetHostname": "<Name>gate</Name>",
    "SetHostnameFromDHCP": "<FromDHCP>false</FromDHCP>",
    "SetDNS": "<FromDHCP>false</FromDHCP>",
    "SetNTP": "<FromDHCP>true</FromDHCP>",
    "SetNetworkInterfaces": "<InterfaceToken>eth0</InterfaceToken><NetworkInterface/>",
    "SetNetworkProtocols": (
        "<NetworkProtocols><tt:Name>RTSP</tt:Name><tt:Enabled>true</tt:Enabled><tt:Port>8554</tt:Port></NetworkProtocols>"
    ),
    "SetNetworkDefaultGateway": "<IPv4Address>192.0.2.254</IPv4Address>",
    "SetSystemDateAndTime": "<DateTimeType>NTP</DateTimeType><DaylightSavings>true</DaylightSavings>",
    "SetSystemFactoryDefault": "<FactoryDefault>Soft</FactoryDefault>",
    "SystemReboot": "",
    "GetSystemLog": "<LogType>System</LogType>",
    "GetSystemSupportInformation": "",
}
FOR_OPERATORS = {
    "SetRelayOutputSettings": (
        "<RelayOutputToken>r</RelayOutputToken><Properties><tt:Mode>Bistable</tt:Mode>"
        "<tt:DelayTime>PT1S</tt:DelayTime><tt:IdleState>open</tt:IdleState></Properties>"
    ),
    "SetRelayOutputState": "<RelayOutputToken>r</RelayOutputToken><LogicalState>active</LogicalState>",
    "SendAuxiliaryCommand": "<AuxiliaryCommand>tt:IRLamp|On</AuxiliaryCommand>",
}
INNER = {"GetServices": "<IncludeCapability>true</IncludeCapability>"}


async def ask(bench: Served, name: str, inner: str | None = None, *, user: str | None = "user") -> Reply:
    """Ask as one who may only look."""
    return await device_bench.ask(bench, name, INNER.get(name, "") if inner is None else inner, user=user)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("name", OPEN_TO_ALL)
async def test_these_answer_anybody_whether_the_camera_was_ever_reached_or_not(name, is_known):
    async with served(is_known=is_known) as bench:
        assert (await ask(bench, name, user=None)).status == 200


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("name", FOR_USERS)
async def test_these_answer_every_user_and_nobody_else(name, is_known):
    async with served(is_known=is_known) as bench:
        assert (await ask(bench, name)).status == 200
        assert (await ask(bench, name, user=None)).fault == ("Sender", "NotAuthorized")


@pytest.mark.parametrize(("name", "inner"), FOR_ADMINISTRATORS.items(), ids=FOR_ADMINISTRATORS)
async def test_these_are_for_administrators_alone(name, inner):
    async with served() as bench:
        faults = {user: (await ask(bench, name, inner, user=user)).fault for user in (None, *ACCOUNTS)}
    assert faults.pop("administrator") != ("Sender", "NotAuthorized")
    assert set(faults.values()) == {("Sender", "NotAuthorized")}


@pytest.mark.parametrize(("name", "inner"), FOR_OPERATORS.items(), ids=FOR_OPERATORS)
async def test_these_are_for_those_who_may_operate_the_camera(name, inner):
    async with served() as bench:
        faults = {user: (await ask(bench, name, inner, user=user)).fault for user in (None, *ACCOUNTS)}
    assert {user for user, fault in faults.items() if fault == ("Sender", "NotAuthorized")} == {None, "user"}


def test_every_operation_is_tried_here():
    names = {operation.name for service in SERVICES if service.namespace == TDS for operation in service.operations}
    assert names == {*OPEN_TO_ALL, *FOR_USERS, *FOR_OPERATORS, *FOR_ADMINISTRATORS}


@pytest.mark.parametrize("name", ["SetDynamicDNS", "GetStorageConfigurations", "GetZeroConfiguration"])
async def test_what_is_not_served_says_so(name):
    async with served() as bench:
        reply = await ask(bench, name)
    assert (reply.status, reply.fault) == (500, ("Receiver", "ActionNotSupported"))


async def test_what_is_configurable_is_announced():
    async with served() as bench:
        text = (await ask(bench, "GetServiceCapabilities")).text
    wanted = {
        "NTP": "1",
        "HostnameFromDHCP": "false",
        "MaxUsers": "32",
        "MaxUserNameLength": "64",
        "MaxPasswordLength": "64",
        "DiscoveryNotSupported": "false",
        "NetworkConfigNotSupported": "false",
        "UserConfigNotSupported": "false",
    }
    assert flags(text, tuple(wanted)) == wanted


async def test_services_are_listed_at_the_address_that_was_used():
    async with served() as bench:
        bench.client.headers["Host"] = "camera.example:81"
        reply = await ask(bench, "GetServices")
    assert reply.values("Namespace") == [TDS, TRT, TR2, TPTZ, TMD, TAN, TEV]
    assert all(address.startswith("http://camera.example:81/onvif/") for address in reply.values("XAddr"))
    assert reply.values("XAddr")[0] == "http://camera.example:81/onvif/device_service"


async def test_a_service_that_the_camera_cannot_fill_is_not_listed():
    async with served(described(ptz=None)) as bench:
        assert TPTZ not in (await ask(bench, "GetServices")).values("Namespace")
        assert "<tt:PTZ>" not in (await ask(bench, "GetCapabilities")).text
        reply = await ask(bench, "GetCapabilities", "<Category>PTZ</Category>")
    assert reply.fault == ("Receiver", "ActionNotSupported", "NoSuchService")


async def test_capabilities_are_inlined_only_when_asked_for():
    async with served() as bench:
        without = await ask(bench, "GetServices", "<IncludeCapability>false</IncludeCapability>")
        with_them = await ask(bench, "GetServices", "<IncludeCapability>true</IncludeCapability>")
    assert "Capabilities" not in without.text.replace("GetServiceCapabilities", "")
    assert "<tds:Capabilities><tds:Capabilities><tds:Network " in with_them.text
    assert "<tds:Capabilities><trt:Capabilities " in with_them.text


def inner_of(reply: Reply, element: str) -> str:
    found = re.search(rf"<({element})( [^>]*)?>(.*?)</\1>", reply.text)
    assert found is not None
    return found[3]


async def test_inlined_capabilities_are_those_of_the_service_itself():
    async with served() as bench:
        own = await ask(bench, "GetServiceCapabilities")
        listed = await ask(bench, "GetServices")
    assert f"<tds:Capabilities><tds:Capabilities>{inner_of(own, 'tds:Capabilities')}</tds:Capabilities>" in listed.text


def flags(text: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return values of attributes or elements of these names."""
    found = {}
    for name in names:
        match = re.search(rf'[ :]{re.escape(name)}(?:="|>)([^"<]*)', text)
        assert match is not None, f"{name} is not said"
        found[name] = match[1]
    return found


async def test_the_older_tree_agrees_with_the_services():
    device_flags = (
        "IPFilter", "ZeroConfiguration", "IPVersion6", "DynDNS", "Dot11Configuration", "DiscoveryResolve",
        "DiscoveryBye", "RemoteDiscovery", "SystemBackup", "SystemLogging", "FirmwareUpgrade", "HttpFirmwareUpgrade",
        "HttpSystemBackup", "HttpSystemLogging", "HttpSupportInformation", "TLS1.0", "TLS1.1", "TLS1.2",
        "OnboardKeyGeneration", "AccessPolicyConfig", "X.509Token", "SAMLToken", "KerberosToken", "RELToken",
        "Dot1X", "RemoteUserHandling",
    )  # fmt: skip
    media_flags = ("RTPMulticast", "RTP_TCP", "RTP_RTSP_TCP", "MaximumNumberOfProfiles")
    event_flags = ("WSSubscriptionPolicySupport", "WSPausableSubscriptionManagerInterfaceSupport")
    async with served() as bench:
        tree = await ask(bench, "GetCapabilities", "<Category>All</Category>")
        own = inner_of(await ask(bench, "GetServiceCapabilities"), "tds:Capabilities")
        listed = await ask(bench, "GetServices")
    assert flags(inner_of(tree, "tt:Device"), device_flags) == flags(own, device_flags)
    assert flags(inner_of(tree, "tt:Media"), media_flags) == flags(inner_of(listed, "trt:Capabilities"), media_flags)
    event = re.search(r"<tev:Capabilities [^>]*>", listed.text)
    assert event is not None
    assert flags(inner_of(tree, "tt:Events"), event_flags) == flags(event[0], event_flags)
    known_by_both = set(tree.values("XAddr"))
    assert known_by_both <= set(listed.values("XAddr"))


async def test_picture_controls_appear_in_both_lists():
    imaging = ImagingDescription(ImagingSettings(brightness=50.0))
    async with served(described(imaging=imaging)) as bench:
        tree = await ask(bench, "GetCapabilities", "<Category>Imaging</Category>")
        listed = await ask(bench, "GetServices")
    assert tree.values("XAddr") == [f"{bench.client.base_url}/onvif/imaging_service"]
    assert TIMG in listed.values("Namespace")


async def test_a_service_that_describes_itself_in_a_strange_way_is_an_error_of_ours():
    strange = replace(media.SERVICE, capabilities=lambda _call: GetServices(include_capability=True))
    async with served(services=(device.SERVICE, strange)) as bench:
        reply = await ask(bench, "GetCapabilities")
    assert (reply.status, reply.fault) == (500, ("Receiver", "Action"))


async def test_one_category_can_be_asked_for():
    async with served() as bench:
        reply = await ask(bench, "GetCapabilities", "<Category>Media</Category><Category>Events</Category>")
    assert re.findall(r"<tt:(Device|Media|Events|Imaging|PTZ)>", reply.text) == ["Events", "Media"]


async def test_the_device_is_its_camera():
    async with served() as bench:
        reply = await ask(bench, "GetDeviceInformation")
    fields = ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber", "HardwareId")
    assert [reply.values(name) for name in fields] == [["Maker"], ["Model"], ["1.0"], ["S1"], ["HW"]]


async def test_a_camera_never_reached_still_has_a_name_and_a_number_of_its_own():
    async with served(is_known=False) as bench:
        reply = await ask(bench, "GetDeviceInformation")
    assert reply.values("Model") == ["Bench camera"]
    assert reply.values("SerialNumber") == [bench.device.serial]


async def test_blanks_in_a_cameras_identity_are_filled():
    description = described()
    blank = replace(description.info, manufacturer="", model="", firmware="", hardware="", serial="")
    async with served(replace(description, info=blank)) as bench:
        reply = await ask(bench, "GetDeviceInformation")
    assert all(reply.values(name) not in ([], [""]) for name in ("Manufacturer", "Model", "SerialNumber", "HardwareId"))


async def test_the_rest_of_the_identity():
    async with served() as bench:
        assert (await ask(bench, "GetEndpointReference")).values("GUID") == [f"urn:uuid:{bench.device.uuid}"]
        assert (await ask(bench, "GetHostname")).values("Name") == ["bench"]
        assert (await ask(bench, "GetDiscoveryMode")).values("DiscoveryMode") == ["Discoverable"]
        assert (await ask(bench, "GetWsdlUrl")).values("WsdlUrl")[0].startswith("http")
