"""Real Time Streaming Device Test Specification: video over unicast, control, notifications."""

from __future__ import annotations

import base64

import pytest
from lxml import etree

from tests.clients import decoding
from tests.conformance.dut import Element
from tests.conformance.media_client import Media, changed, profile_token
from tests.conformance.rtsp_session import Way, connected, playing
from tests.conformance.streaming_steps import (
    JPEG_FRAME_RATE,
    largest_smallest_middle,
    plays_every_size,
    plays_guaranteed_number,
    plays_video,
    profile_for_video,
    set_video,
    sizes,
    stream_uri,
)


@pytest.fixture
def dut(streaming_dut):
    return streaming_dut


async def jpeg_uri(media):
    """Return the address of a profile that was set to JPEG."""
    profile = await profile_for_video(media, "JPEG")
    await set_video(media, profile, "JPEG", frame_rate=JPEG_FRAME_RATE)
    return await stream_uri(media, profile, Way.UDP)


async def stays_alive_by(dut, method):
    """A session says how long it lives, grants what keeps it alive, and pictures go on."""
    async with playing(await jpeg_uri(await Media.of(dut)), Way.UDP, video="JPEG") as session:
        assert session.timeout_s > 0
        for _ in range(2):
            await session.request(method)
            await session.moment("video")


async def test_RTSS_1_1_24(dut):
    """JPEG plays in every size of every encoder that knows it."""
    await plays_every_size(dut, "JPEG", list)


async def test_RTSS_1_1_26(dut):
    """H.264 plays in every size of every encoder that knows it."""
    await plays_every_size(dut, "H264", list)


async def test_RTSS_1_1_27(dut):
    """As many streams as are guaranteed play at once over UDP."""
    await plays_guaranteed_number(dut, Way.UDP)


async def test_RTSS_1_1_28(dut):
    """As many streams as are guaranteed play at once inside of HTTP."""
    await plays_guaranteed_number(dut, Way.HTTP)


async def test_RTSS_1_1_29(dut):
    """As many streams as are guaranteed play at once inside of RTSP."""
    await plays_guaranteed_number(dut, Way.RTSP)


async def test_RTSS_1_1_30(dut):
    """As many streams as are guaranteed play at once, each in another way."""
    await plays_guaranteed_number(dut, Way.UDP, Way.HTTP, Way.RTSP)


async def test_RTSS_1_1_31(dut):
    """OPTIONS names the methods of RTSP, and DESCRIBE to TEARDOWN carry the headers that they owe."""
    uri = await jpeg_uri(await Media.of(dut))
    async with connected(uri, Way.UDP) as client:
        options = await client.request("OPTIONS", uri)
        assert options.status == 200
        methods = {method.strip() for method in options["Public"].split(",")}
        assert {"OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN", "SET_PARAMETER"} <= methods
    async with playing(uri, Way.UDP, video="JPEG") as session:
        assert session.timeout_s > 0
        await session.shows_pictures()


async def test_RTSS_1_1_32(dut):
    """SET_PARAMETER keeps a session alive."""
    await stays_alive_by(dut, "SET_PARAMETER")


async def test_RTSS_1_1_33(dut):
    """OPTIONS keeps a session alive."""
    await stays_alive_by(dut, "OPTIONS")


async def test_RTSS_1_1_34(dut):
    """JPEG plays over UDP."""
    await plays_video(dut, "JPEG", Way.UDP)


async def test_RTSS_1_1_35(dut):
    """JPEG plays inside of HTTP."""
    await plays_video(dut, "JPEG", Way.HTTP)


async def test_RTSS_1_1_36(dut):
    """JPEG plays inside of RTSP."""
    await plays_video(dut, "JPEG", Way.RTSP)


async def test_RTSS_1_1_41(dut):
    """H.264 plays over UDP."""
    await plays_video(dut, "H264", Way.UDP)


async def test_RTSS_1_1_42(dut):
    """H.264 plays inside of HTTP."""
    await plays_video(dut, "H264", Way.HTTP)


async def test_RTSS_1_1_43(dut):
    """H.264 plays inside of RTSP."""
    await plays_video(dut, "H264", Way.RTSP)


async def test_RTSS_1_1_44(dut):
    """A synchronization point brings a key picture long before one is due."""
    media = await Media.of(dut)
    profile = await profile_for_video(media, "H264")
    await set_video(media, profile, "H264")
    group = int((await media.profile(profile)).text("tt:VideoEncoderConfiguration/tt:H264/tt:GovLength"))
    async with playing(await stream_uri(media, profile, Way.UDP), Way.UDP, video="H264") as session:
        await session.key_picture()
        await media.ask("SetSynchronizationPoint", profile_token(profile))
        pictures = [await session.moment("video")]
        while not decoding.is_key_picture("H264", pictures[-1]):
            pictures.append(await session.moment("video"))
        assert len(pictures) < group / 2


async def test_RTSS_1_1_45(dut):
    """Line breaks in the base64 of RTSP requests inside of HTTP do not matter."""
    await plays_video(dut, "JPEG", Way.HTTP, encode=base64.encodebytes)


async def test_RTSS_1_1_46(dut):
    """JPEG plays in the largest, smallest and middle size of every encoder that knows it."""
    await plays_every_size(dut, "JPEG", largest_smallest_middle)


async def test_RTSS_1_1_48(dut):
    """H.264 plays in the largest, smallest and middle size of every encoder that knows it."""
    await plays_every_size(dut, "H264", largest_smallest_middle)


async def test_RTSS_1_1_49(dut):
    """For every video source as many streams as are guaranteed play at once over UDP."""
    await plays_guaranteed_number(dut, Way.UDP)


async def test_RTSS_1_1_50(dut):
    """For every video source as many streams as are guaranteed play at once inside of HTTP."""
    await plays_guaranteed_number(dut, Way.HTTP)


async def test_RTSS_1_1_51(dut):
    """For every video source as many streams as are guaranteed play at once inside of RTSP."""
    await plays_guaranteed_number(dut, Way.RTSP)


async def test_RTSS_1_1_52(dut):
    """For every video source as many streams as are guaranteed play at once, each in another way."""
    await plays_guaranteed_number(dut, Way.UDP, Way.HTTP, Way.RTSP)


async def test_RTSS_1_1_53(dut):
    """A JPEG picture too large for RFC 2435 comes with its headers in an RTP header extension; others need none."""
    media = await Media.of(dut)
    profile = await profile_for_video(media, "JPEG")
    offered = sizes((await media.options("VideoEncoder", profile=profile)).one("tt:JPEG"))
    largest = max(offered)
    assert largest[0] > 2040
    for size in (largest, min(offered)):
        await set_video(media, profile, "JPEG", size=size, frame_rate=JPEG_FRAME_RATE)
        async with playing(await stream_uri(media, profile, Way.UDP), Way.UDP, video="JPEG") as session:
            packets = await session.moment("video")
            assert any(packet[0] & 0x10 for packet in packets) is (size == largest)
            assert decoding.picture_size("JPEG", packets) == size
            await session.report("video")


async def test_RTSS_4_1_3(dut):
    """A profile with nothing but metadata plays notifications of properties, at once after a synchronization point."""
    media = await Media.of(dut)
    profile = await media.create_profile("Test")
    (metadata, *_) = await media.every("Metadata")
    (source, *_) = await media.every("VideoSource")
    await media.add("VideoSource", profile, source["token"])
    await media.add("Metadata", profile, metadata["token"])
    wished = changed(metadata, {"tt:Analytics": "false"})
    assert wished.has("tt:Events")
    await media.set("Metadata", wished)
    uri = await stream_uri(media, profile, Way.UDP)
    async with playing(uri, Way.UDP, application="VND.ONVIF.METADATA") as session:
        assert len(session.description.media) == 1
        await media.ask("SetSynchronizationPoint", profile_token(profile))
        found: list[Element] = []
        while not found:
            text = b"".join(map(decoding.payload, await session.moment("application")))
            found = Element(etree.fromstring(text)).all("tt:Event/wsnt:NotificationMessage/wsnt:Message/tt:Message")
        assert {each["PropertyOperation"] for each in found} <= {"Initialized", "Changed"}
    await media.delete_profile(profile)
