"""The streams that the bridge makes itself, seen through an RTSP client that knows nothing of it."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from lxml import etree
from PIL import Image

from bridge.simulators.clips.picture import read_moment
from tests.clients.jpeg import has_extension, picture_of
from tests.clients.official import service
from tests.clients.rtsp import RtspClient, UdpReceiver, rtsp_client

if TYPE_CHECKING:
    from tests.demo import Demo

TCP = "RTP/AVP/TCP;interleaved=0-1"
MOTION = "tns1:VideoSource/MotionAlarm"
NAMES = {"tt": "http://www.onvif.org/ver10/schema", "wsnt": "http://docs.oasis-open.org/wsn/b-2"}


def watching(demo: Demo):
    port = urlsplit(demo.device["streams"]["main"]).port
    assert port is not None
    return rtsp_client(port, username=demo.username, password=demo.password)


def is_marked(packet: bytes) -> bool:
    return bool(packet[1] & 0x80)


async def whole(client: RtspClient) -> list[bytes]:
    """Return the packets up to the next one that is marked: a picture or a document."""
    packets: list[bytes] = []
    while not packets or not is_marked(packets[-1]):
        channel, packet = await client.frame()
        if channel == 0:
            packets.append(packet)
    return packets


async def happenings(client: RtspClient) -> set[tuple[str, str, str]]:
    """Return topic, operation and value of what the next document tells."""
    document = etree.fromstring(b"".join(packet[12:] for packet in await whole(client)))
    messages = document.findall("tt:Event/wsnt:NotificationMessage", NAMES)
    return {
        (
            each.findtext("wsnt:Topic", "", NAMES),
            str(each.xpath("string(wsnt:Message/tt:Message/@PropertyOperation)", namespaces=NAMES)),
            str(each.xpath("string(wsnt:Message/tt:Message/tt:Data/tt:SimpleItem/@Value)", namespaces=NAMES)),
        )
        for each in messages
    }


async def test_pictures_follow_each_other(demo: Demo):
    async with watching(demo) as client:
        await client.open(f"{demo.device['streams']['jpeg']}/video", TCP)
        pictures = [Image.open(BytesIO(picture_of(await whole(client)))).convert("RGB") for _ in range(2)]

    assert [picture.size for picture in pictures] == [(640, 360)] * 2
    first, second = map(read_moment, pictures)
    assert first is not None
    assert second is not None
    assert first != second


async def test_RTSS_1_1_53_large_pictures_come_with_their_headers(demo: Demo):
    media = service("media", demo.xaddr, username=demo.username, password=demo.password)
    present = await asyncio.to_thread(media.GetVideoEncoderConfiguration, "VideoEncoder_jpeg")
    before = (present.Resolution.Width, present.Resolution.Height)
    try:
        present.Resolution.Width, present.Resolution.Height = 2560, 1440
        await asyncio.to_thread(media.SetVideoEncoderConfiguration, present, ForcePersistence=True)
        async with watching(demo) as client:
            await client.open(f"{demo.device['streams']['jpeg']}/video", TCP)
            packets = await whole(client)
            while not has_extension(packets[0]):
                packets = await whole(client)
    finally:
        present.Resolution.Width, present.Resolution.Height = before
        await asyncio.to_thread(media.SetVideoEncoderConfiguration, present, ForcePersistence=True)

    assert Image.open(BytesIO(picture_of(packets))).size == (2560, 1440)


async def test_RTSS_4_1_3_events_are_streamed(demo: Demo):
    media = service("media", demo.xaddr, username=demo.username, password=demo.password)

    def make_profile() -> str:
        token: str = media.CreateProfile("Test").token
        media.AddVideoSourceConfiguration(token, "VideoSourceConfig_0")
        media.AddMetadataConfiguration(token, "Metadata_0")
        return token

    token = await asyncio.to_thread(make_profile)
    try:
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "UDP"}}
        uri = (await asyncio.to_thread(media.GetStreamUri, setup, token)).Uri
        async with watching(demo) as client:
            described = await client.request("DESCRIBE", uri, Accept="application/sdp")
            assert described.body.count(b"m=") == 1
            assert b"vnd.onvif.metadata/90000" in described.body
            await client.open(uri, TCP)
            await asyncio.to_thread(media.SetSynchronizationPoint, token)
            while (MOTION, "Initialized", "false") not in await happenings(client):
                pass
            await asyncio.to_thread(trigger_motion, demo, active=True)
            while (MOTION, "Changed", "true") not in await happenings(client):
                pass
    finally:
        await asyncio.to_thread(trigger_motion, demo, active=False)
        await asyncio.to_thread(media.DeleteProfile, token)


def trigger_motion(demo: Demo, *, active: bool) -> None:
    requests.post(f"{demo.control}/event", json={"kind": "motion", "active": active}, timeout=5).raise_for_status()


@pytest.mark.parametrize("stream", ["main", "sub", "jpeg"])
async def test_every_stream_carries_metadata_over_udp_too(demo: Demo, stream: str):
    async with watching(demo) as client:
        with UdpReceiver() as receiver:
            await client.open(f"{demo.device['streams'][stream]}/metadata", receiver.transport)
            assert b"MetadataStream" in await receiver.packet()
