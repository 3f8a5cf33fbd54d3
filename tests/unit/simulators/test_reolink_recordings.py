"""Recordings of a camera: searched by month and by time, fetched as files that play."""

from __future__ import annotations

import io
import json

import av
import pytest

from tests.unit.simulators.reolink_client import playing

NOON = {"hour": 12, "min": 0, "sec": 0}
# The clock of these tests stands at noon of 1 March 2024.
FEBRUARY_29 = {"year": 2024, "mon": 2, "day": 29}
MARCH_1 = {"year": 2024, "mon": 3, "day": 1}


def day(date: dict[str, int], stream: str = "main", **more: object) -> dict[str, object]:
    """Return the search for the files of a day."""
    start, end = {**date, "hour": 0, "min": 0, "sec": 0}, {**date, "hour": 23, "min": 59, "sec": 59}
    return {"channel": 0, "onlyStatus": 0, "streamType": stream, "StartTime": start, "EndTime": end, **more}


async def files(client, search: dict[str, object]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await client.value("Search", {"Search": search}))["SearchResult"].get("File", [])
    return found


async def test_the_months_tell_which_days_have_recordings():
    search = day(FEBRUARY_29, onlyStatus=1, EndTime={**MARCH_1, **NOON})
    async with playing() as client:
        result = (await client.value("Search", {"Search": search}))["SearchResult"]
    february = "".join("1" if number in (25, 28, 29) else "0" for number in range(1, 30))
    assert result == {
        "Status": [
            {"mon": 2, "table": february, "year": 2024},
            {"mon": 3, "table": "1" + "0" * 30, "year": 2024},
        ],
        "channel": 0,
    }


async def test_names_tell_stream_times_and_size():
    async with playing() as client:
        listed = await files(client, day(FEBRUARY_29))
        assert len(listed) == 6
        assert len(await files(client, day(MARCH_1))) == 2
        first = listed[0]
        assert str(first["name"]).startswith("Mp4Record/2024-02-29/RecM01_20240229_001000_001020_6D28C18_")
        assert str(first["name"]).endswith(f"_{first['size']:X}.mp4")
        assert first["StartTime"] == {**FEBRUARY_29, "hour": 0, "min": 10, "sec": 0}
        assert (first["type"], first["frameRate"], first["width"]) == ("main", 0, 0)
        sub = await files(client, day(FEBRUARY_29, "sub"))
        assert "/RecS01_" in str(sub[0]["name"])


async def test_one_file_claims_to_end_hours_later_than_the_next_begins():
    async with playing() as client:
        wrong, after = (await files(client, day(FEBRUARY_29)))[2:4]
    assert wrong["EndTime"] == {**FEBRUARY_29, "hour": 20, "min": 21, "sec": 23}
    assert after["StartTime"] == {**FEBRUARY_29, "hour": 12, "min": 33, "sec": 39}


@pytest.mark.parametrize(
    ("scenario", "stream", "codec", "size", "pictures"),
    [
        (None, "main", "h264", (2560, 1440), 75),
        ("h265", "main", "hevc", (3840, 2160), 75),
        (None, "sub", "h264", (640, 360), 30),
    ],
)
async def test_a_file_plays_in_any_player(scenario, stream, codec, size, pictures):
    async with playing(*([scenario] if scenario else [])) as client:
        file = (await files(client, day(FEBRUARY_29, stream)))[3]
        kind, body = await client.get(cmd="Playback", source=str(file["name"]), output="any.mp4")
    assert kind == "apolication/octet-stream"
    assert len(body) == file["size"]
    with av.open(io.BytesIO(body), mode="r") as movie:
        video, sound = movie.streams.video[0], movie.streams.audio[0]
        assert (video.codec_context.name, sound.codec_context.name) == (codec, "aac")
        assert (video.codec_context.width, video.codec_context.height) == size
        assert len(list(movie.decode(video=0))) == pictures
    with av.open(io.BytesIO(body), mode="r") as movie:
        assert len(list(movie.decode(audio=0))) == 46


async def test_a_part_of_a_file_can_be_asked_for():
    async with playing() as client:
        file = (await files(client, day(FEBRUARY_29)))[3]
        query = {"cmd": "Download", "source": str(file["name"]), "output": "any.mp4", "token": str(client.token)}
        parts = {}
        for span in ("bytes=0-3", "bytes=-4", "bytes=8-", "bytes=99999999-", "bytes=x"):
            async with client.http.get(client.url, params=query, headers={"Range": span}) as response:
                parts[span] = (response.status, response.headers, await response.read())
    whole = parts["bytes=x"][2]
    assert parts["bytes=x"][0] == 200
    assert parts["bytes=0-3"][::2] == (206, whole[:4])
    assert parts["bytes=-4"][2] == whole[-4:]
    assert parts["bytes=8-"][2] == whole[8:]
    assert parts["bytes=8-"][1]["Content-Range"] == f"bytes 8-{len(whole) - 1}/{len(whole)}"
    assert parts["bytes=99999999-"][0] == 416
    headers = parts["bytes=x"][1]
    assert headers["Content-Disposition"] == "attachment;filename=any.mp4"
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["ETag"].strip('"').partition("-")[2] == f"{len(whole):x}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"source": "Mp4Record/none.mp4", "output": "x"}, -222),
        ({"source": "Mp4Record/none.mp4"}, -4),
        ({"output": "x"}, -4),
        ({"source": "x", "output": "x", "token": "gone"}, -6),
    ],
)
async def test_a_file_that_cannot_be_had_is_an_error_in_json(query, code):
    async with playing() as client:
        kind, body = await client.get(cmd="Download", **query)
        [*_, entry] = await client.journal()
    assert kind == "text/html"
    assert json.loads(body)[0]["error"]["rspCode"] == code
    assert entry["command"] == "Download"


@pytest.mark.parametrize(
    "change",
    [
        {"onlyStatus": 2},
        {"streamType": "ext"},
        {"StartTime": {**FEBRUARY_29, "hour": 24, "min": 0, "sec": 0}},
        {"StartTime": {**FEBRUARY_29, "hour": "0", "min": 0, "sec": 0}},
        {"StartTime": {**MARCH_1, **NOON}},
        {"EndTime": None},
    ],
)
async def test_a_search_that_makes_no_sense_is_refused(change):
    async with playing() as client:
        assert await client.refused("Search", {"Search": {**day(FEBRUARY_29), **change}}) == -4


async def test_who_searches_too_much_at_once_waits_in_vain():
    async with playing() as client:
        year = day(FEBRUARY_29, StartTime={**FEBRUARY_29, "mon": 1, **NOON}, EndTime={**MARCH_1, **NOON})
        assert await client.refused("Search", {"Search": year}) == -8


async def test_without_a_card_there_is_nothing_to_find():
    async with playing() as client:
        [file, *_] = await files(client, day(FEBRUARY_29))
        query = {"cmd": "Download", "source": str(file["name"]), "output": "x"}
        await client.event("disk", mount=False)
        assert await files(client, day(FEBRUARY_29)) == []
        assert (await client.get(**query))[0] == "text/html"
        await client.event("disk", mount=True)
        await client.done("Format", {"HddInfo": {"id": [0]}})
        assert await files(client, day(FEBRUARY_29)) == []
        assert (await client.get(**query))[0] == "text/html"
        months = await client.value("Search", {"Search": day(FEBRUARY_29, onlyStatus=1)})
        assert months == {"SearchResult": {"channel": 0}}
    async with playing(model="RLC-411WS") as client:
        assert await files(client, day(FEBRUARY_29)) == []
