"""Privacy masks: rectangles without names in the camera, masks with names and a switch each here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import InvalidValue, Rejected
from bridge.core.overlay import Mask, MasksDescription
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.masks import Area, area_of, masks, read_area
from tests.unit.drivers.reolink.native_camera import native_answers

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World

LEFT_HALF = ((-1.0, -1.0), (-1.0, 1.0), (0.0, 1.0), (0.0, -1.0))
QUARTER = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))


def described(kept: tuple[Mask, ...] = (), **fields: Any) -> MasksDescription | None:
    value = {**native_answers()["GetMask"]["value"]["Mask"], **fields}
    return masks(Answer(0, {"Mask": value}, {"Mask": {"maxAreas": 4}}), kept)


def shown(world: World) -> tuple[Mask, ...]:
    assert world.described.masks is not None
    return world.described.masks.masks


def test_a_rectangle_is_told_in_the_normalised_picture() -> None:
    found = described()
    assert found is not None
    (mask,) = found.masks
    assert mask.polygon == ((-0.4, -0.275), (-0.4, 0.4042), (-0.0219, 0.4042), (-0.0219, -0.275))
    assert (mask.token, mask.enabled) == ("Mask_1", True)
    assert (found.most, found.most_points, found.rectangle_only) == (4, 4, True)


@pytest.mark.parametrize("area", [None, [], [{"block": {"width": 0, "height": 0, "x": 0, "y": 0}, "screen": {}}], "x"])
def test_a_camera_without_any_mask_has_room_for_some(area: object) -> None:
    found = described(area=area)
    assert found is not None
    assert (found.masks, found.most) == ((), 4)


def test_a_camera_that_knows_no_masks() -> None:
    assert masks(Answer(-9), ()) is None
    assert masks(Answer(0, {"Mask": {}}), ()) is None


def test_with_the_common_switch_off_all_masks_are_off() -> None:
    found = described(enable=0)
    assert found is not None
    assert [mask.enabled for mask in found.masks] == [False]


SIDES = st.integers(1, 4000)


@given(st.tuples(SIDES, SIDES), st.data())
def test_a_rectangle_survives_the_way_through_the_normalised_picture(screen: tuple[int, int], data: Any) -> None:
    x, y = data.draw(st.integers(0, screen[0] - 1)), data.draw(st.integers(0, screen[1] - 1))
    width, height = data.draw(st.integers(1, screen[0] - x)), data.draw(st.integers(1, screen[1] - y))
    area = Area(x, y, width, height, screen)
    assert area_of(area.polygon, screen) == area
    assert read_area(area.native) == area


async def test_a_mask_is_made_in_pixels_of_the_main_stream_and_reads_back_as_it_was_wished(world: World) -> None:
    wished = ((-0.3337, -0.5), (-0.3337, 0.123), (0.5, 0.123), (0.5, -0.5))
    async with world.obeying() as facets:
        assert facets.masks is not None
        token = await facets.masks.create(Mask("", wished))
        assert shown(world)[-1] == Mask(token, wished)
    (sent,) = world.sent("SetMask")
    assert sent["Mask"]["enable"] == 1
    assert sent["Mask"]["area"] == [
        {"block": {"height": 163, "width": 121, "x": 192, "y": 143}, "screen": {"height": 480, "width": 640}},
        {"block": {"height": 449, "width": 1067, "x": 853, "y": 631}, "screen": {"height": 1440, "width": 2560}},
    ]


async def test_a_mask_is_moved_and_deleted(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.masks is not None
        await facets.masks.set(Mask("Mask_1", QUARTER))
        assert shown(world) == (Mask("Mask_1", QUARTER),)
        await facets.masks.delete("Mask_1")
        assert shown(world) == ()
    assert world.sent("SetMask")[-1]["Mask"] == {"area": [], "channel": 0, "enable": 0}


async def test_a_mask_that_is_switched_off_is_kept_here_and_not_in_the_camera(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.masks is not None
        second = await facets.masks.create(Mask("", QUARTER))
        await facets.masks.set(replace(shown(world)[0], enabled=False))
        assert [(mask.token, mask.enabled) for mask in shown(world)] == [(second, True), ("Mask_1", False)]
        assert len(world.sent("SetMask")[-1]["Mask"]["area"]) == 1
        await facets.masks.set(replace(shown(world)[1], enabled=True))
        assert {mask.token for mask in shown(world) if mask.enabled} == {"Mask_1", second}
    assert len(world.sent("SetMask")[-1]["Mask"]["area"]) == 2


async def test_masks_keep_their_names_over_a_restart(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.masks is not None
        await facets.masks.create(Mask("", LEFT_HALF))
        await facets.masks.delete("Mask_1")
        await facets.masks.create(Mask("", QUARTER, enabled=False))
        before = shown(world)
    world.make(known=world.described)
    world.notes.descriptions.clear()
    async with world.running():
        assert shown(world) == before
        assert [mask.token for mask in before] == ["Mask_2", "Mask_1"]


def test_a_mask_that_others_have_drawn_gets_a_name_of_its_own() -> None:
    first = described()
    assert first is not None
    other = {"block": {"height": 10, "width": 10, "x": 0, "y": 0}, "screen": {"height": 100, "width": 100}}
    present = native_answers()["GetMask"]["value"]["Mask"]["area"]
    second = described(first.masks, area=[other, *present])
    assert second is not None
    assert [mask.token for mask in second.masks] == ["Mask_1", "Mask_2"]
    assert second.masks[0] == first.masks[0]


async def test_two_masks_may_be_alike(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.masks is not None
        first = await facets.masks.create(Mask("", QUARTER))
        second = await facets.masks.create(Mask("", QUARTER))
        assert [mask.token for mask in shown(world)] == ["Mask_1", first, second]
        await facets.masks.delete(first)
        assert [mask.token for mask in shown(world)] == ["Mask_1", second]


async def test_refusals(world: World) -> None:
    async with world.obeying() as facets:
        found = facets.masks
        assert found is not None
        thin = ((0.0, 0.0), (0.0, 1.0), (0.0001, 1.0), (0.0001, 0.0))
        for reason, attempt in {
            "no_mask": found.delete("Mask_9"),
            "polygon": found.create(Mask("", thin)),
        }.items():
            with pytest.raises(InvalidValue) as caught:
                await attempt
            assert caught.value.reason == reason
        assert not world.sent("SetMask")
        for _ in range(3):
            await found.create(Mask("", LEFT_HALF, enabled=False))
        with pytest.raises(InvalidValue) as caught:
            await found.create(Mask("", QUARTER))
        assert caught.value.reason == "too_many_masks"


async def test_a_mask_that_the_camera_does_not_make_all_the_same_is_told(world: World) -> None:
    async with world.running():
        facet = world.driver.facets.masks
        assert facet is not None
        with pytest.raises(Rejected, match="not made it"):
            await facet.create(Mask("", QUARTER))
        assert len(shown(world)) == 1
