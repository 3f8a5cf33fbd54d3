"""Real Time Streaming using Media2 Device Test Specification: metadata over unicast."""

from __future__ import annotations

import asyncio

import pytest
from lxml import etree

from tests.clients import decoding
from tests.conformance.changes import CONFIGURATION_CHANGED
from tests.conformance.dut import NAMESPACES, Element
from tests.conformance.event_client import PATIENCE_S, topic_filter
from tests.conformance.media2_client import Media2, metadata_wish, profile_token
from tests.conformance.rtsp_session import Way
from tests.conformance.streaming2_steps import media_for, playing_profile

CHANGES = f"<tt:Events><tt:Filter>{topic_filter(CONFIGURATION_CHANGED)}</tt:Filter></tt:Events>"


@pytest.fixture
def dut(streaming_dut):
    return streaming_dut


async def profile_for_metadata(media):
    """Return a profile with metadata and all that they can tell of, and what makes the wish for all but the events."""
    token = await media.profile_with("VideoSource", "Metadata", "PTZ", "Analytics")
    present = (await media.profile(token, "Metadata")).one("tr2:Configurations/tr2:Metadata")
    (options,) = await media.options("Metadata", configuration=present["token"], profile=token)
    assert not options.has("tt:Extension/tt:CompressionType")
    offered = options.one("tt:PTZStatusFilterOptions")
    status, position = (
        any(offered.texts(f"tt:{axes}{fact}Supported") == ["true"] for axes in ("PanTilt", "Zoom"))
        for fact in ("Status", "Position")
    )

    def wish(events):
        return metadata_wish(
            present, present.text("tt:Name"), ptz_status=(status, position), events=events, analytics=True
        )

    return token, wish


def playing_metadata(media, profile, way):
    """Play the metadata of a profile, and nothing else of it."""
    return playing_profile(media, profile, way, application="VND.ONVIF.METADATA")


async def document(session):
    """Return the next document of a metadata stream."""
    root = etree.fromstring(b"".join(map(decoding.payload, await session.moment("application"))))
    assert root.tag == f"{{{NAMESPACES['tt']}}}MetadataStream"
    return Element(root)


def told_in(found):
    """Return the events in a document: topic and why it is told."""
    return [
        (each.text("wsnt:Topic").strip(), each.one("wsnt:Message/tt:Message").get("PropertyOperation"))
        for each in found.all("tt:Event/wsnt:NotificationMessage")
    ]


async def document_where(session, fits):
    """Return the next document whose events fit, which has to come in time."""
    async with asyncio.timeout(PATIENCE_S):
        found = await document(session)
        while not fits(told_in(found)):
            found = await document(session)
        return found


async def plays_metadata(dut, way):
    """Metadata play, and follow what is wanted of them while they do: PTZ status, and the change of the wish itself."""
    media = await media_for(dut, way)
    profile, wish = await profile_for_metadata(media)
    await media.set("Metadata", wish("<tt:Events/>"))
    async with playing_metadata(media, profile, way) as session:
        await media.set("Metadata", wish(CHANGES))
        found = await document_where(session, lambda told: (CONFIGURATION_CHANGED, "") in told)
        assert found.has("tt:PTZ/tt:PTZStatus")
        await session.report("application")


async def test_MEDIA2_RTSS_4_1_1(dut):
    """Metadata play over UDP."""
    await plays_metadata(dut, Way.UDP)


async def test_MEDIA2_RTSS_4_1_2(dut):
    """Metadata play inside of HTTP."""
    await plays_metadata(dut, Way.HTTP)


async def test_MEDIA2_RTSS_4_1_3(dut):
    """Metadata play inside of RTSP."""
    await plays_metadata(dut, Way.RTSP)


async def test_MEDIA2_RTSS_4_1_4(dut):
    """A synchronization point brings a new document with the present state of every property."""
    media = await Media2.of(dut)
    profile, wish = await profile_for_metadata(media)
    await media.set("Metadata", wish("<tt:Events/>"))
    async with playing_metadata(media, profile, Way.UDP) as session:
        initial = told_in(await document(session))
        assert {operation for _, operation in initial} == {"Initialized"}
        await session.report("application")
        await media.ask("SetSynchronizationPoint", profile_token(profile))
        assert sorted(told_in(await document_where(session, bool))) == sorted(initial)


async def test_MEDIA2_RTSS_4_1_8(dut):
    """Metadata play inside of HTTPS."""
    await plays_metadata(dut, Way.HTTPS)


async def test_MEDIA2_RTSS_4_1_10(dut):
    """Metadata play inside of a WebSocket.

    The procedure asks for UDP here, which is a slip: the standard has the packets come inside of the WebSocket.
    """
    await plays_metadata(dut, Way.WEB_SOCKET)
