"""Changing settings: read, change, write, read back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.auxiliary import AuxiliaryFunction, SwitchState
from bridge.core.errors import Rejected, Unreachable, Unsupported
from tests.unit.drivers.reolink.scripted import good, refused

if TYPE_CHECKING:
    from bridge.core.imaging import ImagingSettings
    from tests.unit.drivers.reolink.bench import World


def picture(world: World) -> ImagingSettings:
    assert world.described.imaging is not None
    return world.described.imaging.settings


async def test_a_setting_is_read_just_before_and_after_it_is_written(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        world.camera.received.clear()
        await facets.imaging.set(replace(picture(world), brightness=10.0))
        names = [names for request in world.camera.received if (names := request.names) != ["GetMdState", "GetAiState"]]
    assert names[:3] == [["GetImage"], ["SetImage"], ["GetImage"]]


async def test_what_others_have_set_meanwhile_is_kept_and_told(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        world.change("GetImage", "Image", hue=7, contrast=255)
        await facets.imaging.set(replace(picture(world), brightness=10.0))
    (sent,) = world.sent("SetImage")
    assert (sent["Image"]["hue"], sent["Image"]["contrast"], sent["Image"]["bright"]) == (7, 255, 26)
    assert picture(world).contrast == 100.0


async def test_changes_wait_for_each_other(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        assert facets.auxiliary is not None
        await asyncio.gather(
            facets.imaging.set(replace(picture(world), brightness=10.0)),
            facets.imaging.set(replace(picture(world), sharpness=10.0)),
            facets.auxiliary.switch(AuxiliaryFunction.WHITE_LIGHT, SwitchState.ON),
        )
        assert (picture(world).brightness, picture(world).sharpness) == (10.0, 10.0)


async def test_a_camera_that_says_yes_and_does_nothing_is_described_as_it_is(world: World) -> None:
    async with world.running():
        facet = world.driver.facets.imaging
        assert facet is not None
        await facet.set(replace(picture(world), brightness=10.0))
        assert world.sent("SetImage")
        assert picture(world).brightness == 50.2


async def test_a_refused_change_is_told_and_changes_nothing(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        world.camera.on.pop("SetImage")
        world.camera.answers["SetImage"] = refused("SetImage", -4)
        with pytest.raises(Rejected):
            await facets.imaging.set(replace(picture(world), brightness=10.0))
        assert picture(world).brightness == 50.2
        assert world.driver.facets.imaging is not None


async def test_what_the_account_may_not_is_offered_no_longer_until_the_next_login(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        world.camera.answers["SetImage"] = refused("SetImage", -26)
        with pytest.raises(Unsupported):
            await facets.imaging.set(replace(picture(world), brightness=10.0))
        assert world.driver.facets.imaging is None
        assert world.driver.facets.overlays is not None
        assert world.described.imaging is not None, "it can still be seen"
    world.camera.answers["SetImage"] = good("SetImage")
    world.notes.descriptions.clear()
    async with world.running():
        assert world.driver.facets.imaging is not None


async def test_a_setting_that_cannot_be_read_now_is_not_written(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        world.camera.answers["GetImage"] = refused("GetImage", -12)
        with pytest.raises(Rejected):
            await facets.imaging.set(replace(picture(world), brightness=10.0))
    assert not world.sent("SetImage")


async def test_a_camera_that_restarts_after_a_change_counts_as_changed(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        world.camera.on["SetImage"] = lambda _: world.camera.answers.update({"GetImage": refused("GetImage", -12)})
        await facets.imaging.set(replace(picture(world), brightness=10.0))
        assert picture(world).brightness == 10.0
        assert picture(world).contrast == 58.82


async def test_facets_of_a_camera_that_is_gone_say_so(world: World) -> None:
    async with world.running() as description:
        pass
    facets = world.make(known=description).facets
    assert description.imaging is not None
    assert facets.imaging is not None
    with pytest.raises(Unreachable):
        await facets.imaging.set(replace(description.imaging.settings, brightness=1.0))
