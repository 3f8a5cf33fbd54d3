"""Camera name and clock in the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.errors import InvalidValue, Rejected
from bridge.core.overlay import Overlay, OverlayKind, OverlayPlace, OverlaysDescription
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.overlays import CLOCK, NAME, overlays
from tests.unit.drivers.reolink.native_camera import native_answers
from tests.unit.drivers.reolink.scripted import good

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World

YARD = Overlay(NAME, OverlayKind.PLAIN, OverlayPlace.LOWER_RIGHT, text="Yard")
WATCH = Overlay(
    CLOCK,
    OverlayKind.DATE_AND_TIME,
    OverlayPlace.CUSTOM,
    at=(0.0, 1.0),
    date_format="dd/MM/yyyy",
    time_format="HH:mm:ss",
)


def described(
    time: dict[str, Any] | None = None, ranges: dict[str, Any] | None = None, **texts: dict[str, Any]
) -> OverlaysDescription | None:
    osd = {**native_answers()["GetOsd"]["value"]["Osd"], **texts}
    return overlays(Answer(0, {"Osd": osd}, ranges or {}), {"Time": time or {}})


def shown(world: World) -> tuple[Overlay, ...]:
    assert world.described.overlays is not None
    return world.described.overlays.overlays


def test_both_texts_are_told_with_their_places() -> None:
    found = described()
    assert found is not None
    assert found.overlays == (YARD, WATCH)
    assert (found.most, found.most_characters) == (2, 31)
    assert found.most_of == ((OverlayKind.PLAIN, 1), (OverlayKind.DATE_AND_TIME, 1))


@pytest.mark.parametrize(
    ("time", "formats"),
    [
        ({"timeFmt": "MM/DD/YYYY", "hourFmt": 1}, ("MM/dd/yyyy", "hh:mm:ss tt")),
        ({"timeFmt": "YYYY/MM/DD", "hourFmt": 0}, ("yyyy/MM/dd", "HH:mm:ss")),
        ({"timeFmt": "?", "hourFmt": 9}, ("dd/MM/yyyy", "HH:mm:ss")),
    ],
)
def test_dates_and_times_are_written_as_the_cameras_clock_is_set(
    time: dict[str, Any], formats: tuple[str, str]
) -> None:
    found = described(time)
    assert found is not None
    assert (found.date_formats, found.time_formats) == ((formats[0],), (formats[1],))
    assert (found.overlays[1].date_format, found.overlays[1].time_format) == formats


def test_what_is_hidden_is_not_there_and_has_room() -> None:
    found = described(osdTime={"enable": 0, "pos": "Upper Left"})
    assert found is not None
    assert (found.overlays, found.most) == ((YARD,), 2)


def test_a_place_chosen_elsewhere_is_the_middle() -> None:
    found = described(osdChannel={"enable": 1, "name": "Yard", "pos": "Other Configuration"})
    assert found is not None
    assert (found.overlays[0].place, found.overlays[0].at) == (OverlayPlace.CUSTOM, (0.0, 0.0))


def test_a_camera_with_one_text_or_none() -> None:
    one = described(osdTime={})
    assert one is not None
    assert (one.most, one.kinds) == (1, (OverlayKind.PLAIN,))
    assert described(osdTime={}, osdChannel={}) is None
    assert overlays(Answer(-9), {}) is None


async def test_a_text_is_changed_and_the_rest_stays(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.overlays is not None
        await facets.overlays.set(replace(YARD, text="Gate", place=OverlayPlace.UPPER_LEFT))
        assert shown(world)[0] == replace(YARD, text="Gate", place=OverlayPlace.UPPER_LEFT)
    (sent,) = world.sent("SetOsd")
    assert sent == {
        "Osd": {
            "bgcolor": 0,
            "channel": 0,
            "osdChannel": {"enable": 1, "name": "Gate", "pos": "Upper Left"},
            "osdTime": {"enable": 1, "pos": "Top Center"},
            "watermark": 1,
        }
    }


@pytest.mark.parametrize(
    ("point", "native", "told"),
    [
        ((0.0, 1.0), "Top Center", (0.0, 1.0)),
        ((0.1, -0.8), "Bottom Center", (0.0, -1.0)),
        ((-0.9, 0.7), "Upper Left", None),
        ((0.8, -0.9), "Lower Right", None),
    ],
)
async def test_other_points_become_the_nearest_place(
    world: World, point: tuple[float, float], native: str, told: tuple[float, float] | None
) -> None:
    async with world.obeying() as facets:
        assert facets.overlays is not None
        await facets.overlays.set(replace(YARD, place=OverlayPlace.CUSTOM, at=point))
        assert shown(world)[0].at == told
    assert world.sent("SetOsd")[0]["Osd"]["osdChannel"]["pos"] == native


async def test_a_text_is_deleted_by_hiding_it_and_created_by_showing_it(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.overlays is not None
        await facets.overlays.delete(CLOCK)
        assert shown(world) == (YARD,)
        assert await facets.overlays.create(replace(WATCH, token="whatever")) == CLOCK
        assert shown(world) == (YARD, WATCH)
    assert [each["Osd"]["osdTime"] for each in world.sent("SetOsd")] == [
        {"enable": 0, "pos": "Top Center"},
        {"enable": 1, "pos": "Top Center"},
    ]


async def test_refusals(world: World) -> None:
    async with world.obeying() as facets:
        overlays = facets.overlays
        assert overlays is not None
        refusals = {
            "too_many_overlays": overlays.create(YARD),
            "no_overlay": overlays.delete("logo"),
        }
        for reason, attempt in refusals.items():
            with pytest.raises(InvalidValue) as caught:
                await attempt
            assert caught.value.reason == reason
        for wrong in (
            replace(YARD, text="x" * 32),
            replace(YARD, kind=OverlayKind.DATE_AND_TIME),
            replace(YARD, place=OverlayPlace.CUSTOM, at=(0.0, 0.0)),
        ):
            with pytest.raises(InvalidValue) as caught:
                await overlays.set(wrong)
            assert caught.value.reason == "overlay"
        with pytest.raises(InvalidValue) as caught:
            await overlays.create(replace(YARD, kind=OverlayKind.DATE))
        assert caught.value.reason == "overlay"
    assert not world.sent("SetOsd")


async def test_a_place_chosen_elsewhere_stays_when_only_the_text_changes(world: World) -> None:
    world.change("GetOsd", "Osd", "osdChannel", pos="Other Configuration")
    async with world.obeying() as facets:
        assert facets.overlays is not None
        await facets.overlays.set(replace(shown(world)[0], text="Gate"))
    assert world.sent("SetOsd")[0]["Osd"]["osdChannel"]["pos"] == "Other Configuration"


async def test_a_text_that_the_camera_does_not_show_all_the_same_is_told(world: World) -> None:
    world.change("GetOsd", "Osd", "osdTime", enable=0)
    world.camera.answers["SetOsd"] = good("SetOsd")
    async with world.running():
        facet = world.driver.facets.overlays
        assert facet is not None
        with pytest.raises(Rejected, match="not shown"):
            await facet.create(WATCH)
