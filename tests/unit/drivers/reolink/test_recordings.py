"""Looking up recordings, on the shapes that the document prints and that recorders send."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import Rejected, Unreachable, Unsupported
from bridge.drivers.reolink.recordings import Recording, _days, _recording
from tests.unit.drivers.reolink.scripted import good, refused

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World

DAY = date(2020, 12, 21)


def moment(hour: int, minute: int, second: int = 0, *, day: int = 21) -> dict[str, int]:
    return {"year": 2020, "mon": 12, "day": day, "hour": hour, "min": minute, "sec": second}


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute, second))


def result(**fields: Any) -> dict[str, Any]:
    return good("Search", {"SearchResult": {"channel": 0, **fields}})


async def test_the_files_of_a_day_come_in_the_order_of_time_and_end_before_the_next(world: World) -> None:
    later = {"StartTime": moment(12, 33, 39), "EndTime": moment(12, 33, 42), "name": "b.mp4", "size": 2988789}
    early = {"StartTime": moment(12, 20, 57), "EndTime": moment(20, 21, 23), "name": "a.mp4", "size": 14987438}
    world.camera.answers["Search"] = result(File=[later, early])
    async with world.running():
        found = await world.driver.recordings.files(DAY)
    assert found == (
        Recording(at(12, 20, 57), at(12, 33, 39), "a.mp4", 14987438),
        Recording(at(12, 33, 39), at(12, 33, 42), "b.mp4", 2988789),
    )
    assert world.sent("Search") == [
        {
            "Search": {
                "channel": 0,
                "onlyStatus": 0,
                "streamType": "main",
                "StartTime": moment(0, 0),
                "EndTime": moment(23, 59, 59),
            }
        }
    ]


async def test_a_recorder_gives_no_names_and_sizes_as_text(world: World) -> None:
    world.camera.answers["Search"] = result(
        File=[{"StartTime": moment(1, 0), "EndTime": moment(2, 0), "size": "5000000000"}]
    )
    async with world.running():
        found = await world.driver.recordings.files(DAY, stream="sub")
    assert found == (Recording(at(1, 0), at(2, 0), "", 5_000_000_000),)


def test_an_impossible_time_is_no_recording() -> None:
    assert _recording({"StartTime": moment(1, 0, day=32), "EndTime": moment(2, 0)}) is None
    assert _recording({"StartTime": moment(3, 0), "EndTime": moment(2, 0)}) is None


async def test_a_day_without_files(world: World) -> None:
    world.camera.answers["Search"] = result()
    async with world.running():
        assert await world.driver.recordings.files(DAY) == ()
        assert await world.driver.recordings.days(2020, 12) == frozenset()


async def test_the_days_of_a_month(world: World) -> None:
    world.camera.answers["Search"] = result(
        Status=[
            {"mon": 12, "year": 2020, "table": "1000000000000000000010000000001"},
            {"mon": 11, "year": 2020, "table": "1"},
        ]
    )
    async with world.running():
        found = await world.driver.recordings.days(2020, 12)
    assert sorted(day.day for day in found) == [1, 21, 31]
    assert world.sent("Search")[0]["Search"]["EndTime"] == moment(23, 59, 59, day=31)


def test_a_table_that_is_longer_than_its_month_is_read_as_the_days_that_follow() -> None:
    assert _days({"mon": 2, "year": 2021, "table": "0" * 27 + "11"}) == [date(2021, 2, 28), date(2021, 3, 1)]


async def test_refusals(world: World) -> None:
    with pytest.raises(Unreachable):
        await world.driver.recordings.files(DAY)
    world.camera.answers["Search"] = refused("Search", -12)
    async with world.running():
        with pytest.raises(Rejected):
            await world.driver.recordings.files(DAY)
        with pytest.raises(Unsupported):
            await world.driver.recordings.files(DAY, stream="third")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.dictionaries(
        st.sampled_from(["StartTime", "EndTime", "year", "mon", "day", "size", "name"]), inner
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["StartTime", "EndTime", "size", "name", "year", "mon", "table"]), JSON))
def test_any_entry_is_a_recording_or_none(native: dict[str, Any]) -> None:
    found = _recording(native)
    assert found is None or found.begin <= found.end
    assert isinstance(_days(native), list)
