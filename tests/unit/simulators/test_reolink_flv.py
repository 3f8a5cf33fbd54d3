"""Live pictures over HTTP-FLV: what the file holds, who gets it, and when it ends."""

from __future__ import annotations

import asyncio
import io
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import av
import pytest

from bridge.simulators.clips import read_moment
from tests.unit.simulators.reolink_client import PASSWORD, Client, playing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GOOD = {"port": "1935", "app": "bcs", "stream": "channel0_sub.bcs", "user": "admin", "password": PASSWORD}


@asynccontextmanager
async def watching(client: Client, **changes: str) -> AsyncIterator[aiohttp.StreamReader]:
    """Open a stream."""
    url = f"{client.camera.ready_line['api']}/flv"
    async with client.http.get(url, params={**GOOD, **changes}) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "video/x-flv"
        yield response.content


async def read_tag(stream: aiohttp.StreamReader) -> tuple[int, int, bytes]:
    """Return kind, time in milliseconds and data of the next tag."""
    head = await stream.readexactly(11)
    size = int.from_bytes(head[1:4])
    data = await stream.readexactly(size)
    assert int.from_bytes(await stream.readexactly(4)) == 11 + size
    return head[0], int.from_bytes(head[4:7]) | head[7] << 24, data


async def test_the_file_says_how_to_decode_it_and_follows_the_clock():
    async with playing() as client, asyncio.timeout(10), watching(client) as stream:
        assert (await stream.readexactly(13)).hex() == "464c5601050000000900000000"
        assert (await read_tag(stream))[2][:6].hex() == "170000000001"
        assert (await read_tag(stream))[2].hex() == "af001408"
        kind, at_ms, data = await read_tag(stream)
        assert (kind, at_ms, data[:5].hex()) == (9, 0, "1701000000")
        client.clock.advance(0.3)
        tags = [await read_tag(stream) for _ in range(8)]
    assert [at_ms for kind, at_ms, _ in tags if kind == 9] == [100, 200, 300]
    assert {data[0] for kind, _, data in tags if kind == 9} == {0x27}
    assert [at_ms for kind, at_ms, _ in tags if kind == 8] == [0, 64, 128, 192, 256]


@pytest.mark.parametrize(("stream", "size"), [("main", (2560, 1440)), ("sub", (640, 360))])
async def test_players_decode_it(stream, size):
    async with playing() as client, asyncio.timeout(10), watching(client, stream=f"channel0_{stream}.bcs") as flow:
        client.clock.advance(6)
        body = b""
        while len(body) < 20_000:
            body += await flow.readany()
    with av.open(io.BytesIO(body), mode="r", format="flv") as movie:
        picture = next(movie.decode(video=0))
        assert (picture.width, picture.height) == size
        moment = read_moment(picture.to_image())
        assert moment is not None
        assert (moment.second, moment.frame) == (1000 % 16, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"user": "nobody"},
        {"app": "live"},
        {"stream": "channel1_main.bcs"},
        {"stream": "channel0_ext.bcs"},
        {"stream": "x"},
    ],
)
async def test_whoever_asks_for_the_wrong_thing_gets_nothing_at_all(changes):
    async with playing() as client:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            async with watching(client, **changes):
                pass
        [*_, entry] = await client.journal()
    assert (entry["command"], entry["answer"]) == ("FLV", {"video": None})
    assert PASSWORD not in str(entry)


async def test_h265_does_not_go_into_this_file():
    async with playing("h265") as client:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            async with watching(client, stream="channel0_main.bcs"):
                pass


async def test_without_sound_there_is_none_in_the_file():
    async with playing() as client:
        enc = (await client.value("GetEnc"))["Enc"]
        await client.done("SetEnc", {"Enc": {**enc, "audio": 0}})
        client.clock.advance(2)
        async with asyncio.timeout(10), watching(client) as stream:
            assert (await stream.readexactly(13))[4] == 1
            client.clock.advance(1)
            assert {(await read_tag(stream))[0] for _ in range(5)} == {9}


async def test_a_stall_loses_pictures_and_goes_on_with_a_key_frame():
    async with playing() as client, asyncio.timeout(10), watching(client) as stream:
        await stream.readexactly(13)
        assert [(await read_tag(stream))[1] for _ in range(4)] == [0, 0, 0, 0]
        await client.fault("stream_stall", seconds=5)
        client.clock.advance(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await read_tag(stream)
        client.clock.advance(6)
        kind, at_ms, data = await read_tag(stream)
    assert kind == 9
    assert (at_ms, data[0]) == (6000, 0x17)


async def test_new_settings_end_the_stream_and_refuse_it_for_a_while():
    async with playing() as client, asyncio.timeout(10), watching(client) as stream:
        await stream.readexactly(13)
        await client.fault("stream_restart", seconds=3)
        with pytest.raises(aiohttp.ClientPayloadError):
            await stream.read()
        with pytest.raises(aiohttp.ServerDisconnectedError):
            async with watching(client):
                pass
        client.clock.advance(3)
        async with watching(client) as again:
            assert (await again.readexactly(3)) == b"FLV"


async def test_the_stream_of_a_recorders_camera_ends_when_it_goes():
    async with playing(model="RLN16-410") as client, asyncio.timeout(10), watching(client) as stream:
        await stream.readexactly(13)
        await client.event("channel", channel=0, online=False)
        with pytest.raises(aiohttp.ClientPayloadError):
            await stream.read()
