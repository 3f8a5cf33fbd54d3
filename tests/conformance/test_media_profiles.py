"""Media Configuration Device Test Specification: profiles, PTZ, metadata, pictures, faults and capabilities."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import aiohttp
from lxml import etree
from PIL import Image

from tests.conformance.dut import NAMESPACES, PASSWORD, USERNAME
from tests.conformance.media_client import (
    CONFIG_MODIFY,
    NO_PROFILE,
    Media,
    changed,
    contents,
    held,
    held_token,
    profile_token,
    tokens,
)

if TYPE_CHECKING:
    from tests.conformance.dut import Dut, Element

INVALID_PROFILES = ("xyz", "not a host name_", "x" * 65)
"""Tokens of no profile: a plain one, one against RFC 952, and one that is too long."""


async def test_MEDIA_1_1_1(dut):
    """A device has a profile with picture source and encoder from the start; every profile says whether it is fixed."""
    profiles = await (await Media.of(dut)).profiles()
    assert any(held(each, "VideoSource") is not None and held(each, "VideoEncoder") is not None for each in profiles)
    assert {each.get("fixed") for each in profiles} <= {"true", "false"}


async def test_MEDIA_1_1_3(dut):
    """A profile asked for alone is the same as among all, and no two have one token."""
    media = await Media.of(dut)
    profiles = await media.profiles()
    assert tokens(profiles)
    for profile in profiles:
        assert contents(await media.profile(profile["token"])) == contents(profile)


async def test_MEDIA_1_1_5(dut):
    """A new profile takes and gives back every configuration of every kind, and can be deleted."""
    media = await Media.of(dut)
    profile = await media.create_profile()
    for token in tokens(await media.every("VideoSource")):
        await _put_in(media, profile, "VideoSource", token)
        await _try_encoder(media, profile, "VideoSource", "VideoEncoder")
        await _try_movement(media, profile, "VideoSource")
        await _take_out(media, profile, "VideoSource")
    for token in tokens(await media.every("Metadata")):
        await _put_in(media, profile, "Metadata", token)
        await _take_out(media, profile, "Metadata")
    for source, encoder in (("AudioSource", "AudioEncoder"), ("AudioOutput", "AudioDecoder")):
        sources = tokens(await media.every(source))
        assert sources
        for token in sources:
            await _put_in(media, profile, source, token)
            await _try_encoder(media, profile, source, encoder)
            await _take_out(media, profile, source)
    await media.delete_profile(profile)
    assert await media.refused("GetProfile", profile_token(profile)) == NO_PROFILE


async def _put_in(media: Media, profile: str, kind: str, token: str) -> None:
    await media.add(kind, profile, token)
    assert held_token(await media.profile(profile), kind) == token


async def _take_out(media: Media, profile: str, kind: str) -> None:
    await media.remove(kind, profile)
    assert held_token(await media.profile(profile), kind) is None


async def _try_encoder(media: Media, profile: str, source: str, kind: str) -> None:
    """Put what codes the source into a profile and take it out; the source stays."""
    before = held_token(await media.profile(profile), source)
    fitting = tokens(await media.compatible(kind, profile))
    assert fitting
    await _put_in(media, profile, kind, fitting[0])
    assert held_token(await media.profile(profile), source) == before
    await _take_out(media, profile, kind)
    assert held_token(await media.profile(profile), source) == before


async def _try_movement(media: Media, profile: str, source: str) -> None:
    before = held_token(await media.profile(profile), source)
    asked = f"<tptz:GetCompatibleConfigurations><tptz:ProfileToken>{profile}</tptz:ProfileToken>"
    fitting = (await media.dut.ask(asked + "</tptz:GetCompatibleConfigurations>")).all("tptz:PTZConfiguration")
    await _put_in(media, profile, "PTZ", tokens(fitting)[0])
    assert held_token(await media.profile(profile), source) == before
    await _take_out(media, profile, "PTZ")
    assert held_token(await media.profile(profile), source) == before


async def test_MEDIA_4_1_2(dut):
    """The PTZ configurations in profiles are those of the PTZ service, said in the same words."""
    profiles = await (await Media.of(dut)).profiles()
    every = (await dut.ask("<tptz:GetConfigurations/>")).all("tptz:PTZConfiguration")
    listed = dict(zip(tokens(every), every, strict=True))
    found = [each for profile in profiles if (each := held(profile, "PTZ")) is not None]
    assert found
    for configuration in found:
        assert contents(configuration) == contents(listed[configuration["token"]])


async def test_MEDIA_5_1_3(dut, plain):
    """Metadata configurations take what their options offer, refuse what they do not, and fit into a new profile.

    One camera offers everything about movement, the other one nothing.
    """
    for device in (dut, plain):
        media = await Media.of(device)
        profile = await media.create_profile()
        fitting = tokens(await media.compatible("Metadata", profile))
        assert fitting
        assert set(fitting) <= set(tokens(await media.every("Metadata")))
        for token in fitting:
            await _put_in(media, profile, "Metadata", token)
            await _metadata_takes_its_options(media, token)
            await _take_out(media, profile, "Metadata")
        await media.delete_profile(profile)


async def _metadata_takes_its_options(media: Media, token: str) -> None:
    offered = (await media.options("Metadata", configuration=token)).one("tt:PTZStatusFilterOptions")
    is_offered = {
        word: "true" in offered.texts(f"tt:PanTilt{word}Supported") + offered.texts(f"tt:Zoom{word}Supported")
        for word in ("Status", "Position")
    }
    before = await media.one("Metadata", token)
    impossible = [changed(before, {"tt:Multicast/tt:Port": "65536"})]
    impossible += [
        _with_movement(before, {word: word == each for word in is_offered})
        for each in is_offered
        if not is_offered[each]
    ]
    for wish in impossible:
        assert await media.set_refused("Metadata", wish) == CONFIG_MODIFY
    assert contents(await media.one("Metadata", token)) == contents(before)
    wish = _with_movement(changed(before, {"tt:Name": "Renamed", "tt:SessionTimeout": "PT30S"}), is_offered)
    await media.set("Metadata", wish)
    assert contents(await media.one("Metadata", token)) == contents(wish)


def _with_movement(configuration: Element, wanted: dict[str, bool]) -> Element:
    """Return a metadata configuration that wants these facts about movement."""
    copy = changed(configuration, {})
    for present in copy.all("tt:PTZStatus"):
        copy.raw.remove(present.raw)
    status = etree.Element(f"{{{NAMESPACES['tt']}}}PTZStatus")
    for word, is_wanted in wanted.items():
        etree.SubElement(status, f"{{{NAMESPACES['tt']}}}{word}").text = str(is_wanted).lower()
    copy.one("tt:UseCount").raw.addnext(status)
    return copy


async def test_MEDIA_6_1_1(dut):
    """Every profile that plays has an address of still pictures, and there is one in JPEG."""
    media = await Media.of(dut)
    playing = [each for each in await media.profiles() if held(each, "VideoEncoder") is not None]
    assert playing
    for profile in playing:
        address = (await media.ask("GetSnapshotUri", profile_token(profile["token"]))).one("trt:MediaUri")
        for name in ("InvalidAfterConnect", "InvalidAfterReboot", "Timeout"):
            assert address.text(f"tt:{name}")
        login = {"Authorization": aiohttp.encode_basic_auth(USERNAME, PASSWORD)}
        async with aiohttp.request("GET", address.text("tt:Uri"), headers=login) as picture:
            assert picture.status == 200
            assert picture.content_type == "image/jpeg"
            with Image.open(BytesIO(await picture.read())) as image:
                image.load()
                assert image.format == "JPEG"


async def test_MEDIA_7_1_2(dut):
    """GetStreamUri refuses a transport that there is not: a value that the schema does not know."""
    media = await Media.of(dut)
    for profile in tokens(await media.profiles()):
        fault = await _stream_refused(dut, profile, transport="RTP")
        assert fault[0] == "Sender"
        assert fault[1:] in {("InvalidArgs",), ("InvalidArgVal", "InvalidStreamSetup")}


async def test_MEDIA_7_1_4(dut):
    """GetStreamUri refuses a token that is no profile's."""
    for token in INVALID_PROFILES:
        assert await _stream_refused(dut, token) == NO_PROFILE


async def _stream_refused(dut: Dut, profile: str, *, transport: str = "UDP") -> tuple[str, ...]:
    setup = f"<tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>{transport}</tt:Protocol></tt:Transport>"
    media = await Media.of(dut)
    return await media.refused("GetStreamUri", f"<trt:StreamSetup>{setup}</trt:StreamSetup>{profile_token(profile)}")


async def test_MEDIA_7_1_5(dut):
    """StartMulticastStreaming for a token that is no profile's is refused: nothing is multicast here."""
    media = await Media.of(dut)
    for token in INVALID_PROFILES:
        assert await media.refused("StartMulticastStreaming", profile_token(token)) == (
            "Receiver",
            "ActionNotSupported",
        )


async def test_MEDIA_8_1_1(dut):
    """The service tells what it can, every attribute of it."""
    capabilities = (await (await Media.of(dut)).ask("GetServiceCapabilities")).one("trt:Capabilities")
    assert capabilities.has("trt:ProfileCapabilities")
    assert capabilities.has("trt:StreamingCapabilities")


async def test_MEDIA_8_1_2(dut):
    """GetServices tells the same capabilities as the service itself."""
    own = (await (await Media.of(dut)).ask("GetServiceCapabilities")).one("trt:Capabilities")
    services = await dut.ask("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>")
    found = [each for each in services.all("tds:Service") if each.text("tds:Namespace") == NAMESPACES["trt"]]
    assert [contents(each.one("tds:Capabilities/trt:Capabilities")) for each in found] == [contents(own)]
