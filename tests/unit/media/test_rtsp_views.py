"""Viewers that see only some of a stream's tracks, over RTSP."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bridge.media.source import MediaKind, StreamDescription, Track
from tests.clients.rtsp import RtspClient, UdpReceiver, rtsp_client
from tests.unit.media.rtsp_world import (
    AUDIO,
    PARAMETERS,
    VIDEO,
    ScriptedSource,
    World,
    frame,
    key_picture,
    rtp,
    rtsp_world,
    sound,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

METADATA = Track(MediaKind.APPLICATION, "vnd.onvif.metadata", 107, 90_000)
WHOLE = StreamDescription((VIDEO, AUDIO, METADATA))
DOCUMENT = b"<tt:MetadataStream/>"


def document(seq: int) -> bytes:
    return bytes(frame(4, rtp(seq, DOCUMENT, payload_type=107, ssrc=0xD0C)))


@asynccontextmanager
async def world_and_client() -> AsyncIterator[tuple[World, RtspClient]]:
    async with rtsp_world(ScriptedSource(WHOLE)) as world:
        await world.begin()
        async with rtsp_client(world.port, **world.account) as client:
            yield world, client


@pytest.mark.parametrize(
    ("view", "media"),
    [
        ("", ["video", "audio", "application"]),
        ("/video", ["video"]),
        ("/video+audio", ["video", "audio"]),
        ("/audio+metadata", ["audio", "application"]),
    ],
)
async def test_only_what_is_shown_is_described(view: str, media: list[str]) -> None:
    async with world_and_client() as (world, client):
        reply = await client.request("DESCRIBE", world.url + view)

    text = reply.body.decode()
    assert re.findall(r"^m=(\w+)", text, re.MULTILINE) == media
    assert re.findall(r"^a=control:(track\d)", text, re.MULTILINE) == [f"track{i + 1}" for i in range(len(media))]


async def test_metadata_is_described_as_the_standard_says() -> None:
    async with world_and_client() as (world, client):
        reply = await client.request("DESCRIBE", f"{world.url}/metadata")

    assert "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n" in reply.body.decode()


async def test_tracks_of_a_view_are_counted_from_one() -> None:
    async with world_and_client() as (world, client):
        played = await client.open(
            f"{world.url}/video+metadata", "RTP/AVP/TCP;interleaved=0-1", "RTP/AVP/TCP;interleaved=2-3"
        )
        world.source.play(key_picture(3, rtp_time=18000) + sound(2) + document(1))
        seen = [await client.frame()]
        while seen[-1][0] != 2:
            seen.append(await client.frame())

    assert played["RTP-Info"].count("url=") == 2
    assert seen[-1][1][12:] == DOCUMENT
    assert {channel for channel, _ in seen} <= {0, 1, 2, 3}
    assert PARAMETERS in [packet[12:] for channel, packet in seen if channel == 0]


async def test_a_view_without_pictures_gets_none() -> None:
    async with world_and_client() as (world, client):
        await client.open(f"{world.url}/metadata", "RTP/AVP/TCP;interleaved=0-1")
        world.source.play(key_picture(3) + sound(2))
        world.source.play(document(1))
        seen = [await client.frame() for _ in range(2)]

    assert [(channel, packet[12:]) for channel, packet in seen if channel == 0] == [(0, DOCUMENT)]


async def test_a_view_works_over_udp() -> None:
    async with world_and_client() as (world, client):
        with UdpReceiver() as receiver:
            await client.open(f"{world.url}/metadata", receiver.transport)
            world.source.play(key_picture(3) + document(1))
            assert (await receiver.packet())[12:] == DOCUMENT


@pytest.mark.parametrize("path", ["/sound", "/video/audio", "/video+video"])
async def test_there_is_no_other_view(path: str) -> None:
    async with world_and_client() as (world, client):
        assert (await client.request("DESCRIBE", world.url + path)).status == 404


async def test_a_view_of_nothing_is_not_there() -> None:
    source = ScriptedSource(StreamDescription((VIDEO,)))
    async with rtsp_world(source) as world, rtsp_client(world.port, **world.account) as client:
        assert (await client.request("DESCRIBE", f"{world.url}/audio")).status == 404
