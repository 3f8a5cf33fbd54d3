"""Picture controls as they are set, and read back as they were wished for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import InvalidValue
from bridge.core.imaging import (
    AutoMode,
    Exposure,
    ExposurePriority,
    ImagingSettings,
    IrCutMode,
    Levelled,
    WhiteBalance,
)
from bridge.core.units import steps_to_percent
from bridge.drivers.reolink.picture import as_wished, level_step, native_changes

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World


def settings(world: World) -> ImagingSettings:
    assert world.described.imaging is not None
    return world.described.imaging.settings


async def put(world: World, **fields: Any) -> ImagingSettings:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        await facets.imaging.set(replace(settings(world), **fields))
        return settings(world)


AUTO = Exposure(AutoMode.AUTO, None, 0.0, 125_000.0, 1.0, 62.0)


@pytest.mark.parametrize(
    ("fields", "cmd", "native"),
    [
        ({"brightness": 50.0}, "SetImage", {"bright": 128}),
        ({"contrast": 0.0}, "SetImage", {"contrast": 0}),
        ({"color_saturation": 100.0}, "SetImage", {"saturation": 255}),
        ({"sharpness": 33.0}, "SetImage", {"sharpen": 84}),
        ({"ir_cut_filter": IrCutMode.ON}, "SetIsp", {"dayNight": "Color"}),
        ({"ir_cut_filter": IrCutMode.OFF}, "SetIsp", {"dayNight": "Black&White"}),
        ({"noise_reduction": 0.0}, "SetIsp", {"nr3d": 0}),
        (
            {"backlight_compensation": Levelled(on=True, level=20.0)},
            "SetIsp",
            {"backLight": "BackLightControl", "blc": 51},
        ),
        ({"wide_dynamic_range": Levelled(on=True, level=80.0)}, "SetIsp", {"backLight": "DynamicRangeControl"}),
        (
            {"white_balance": WhiteBalance(AutoMode.MANUAL, 10.0, 90.0)},
            "SetIsp",
            {"whiteBalance": "Manual", "redGain": 26, "blueGain": 230},
        ),
        ({"exposure": replace(AUTO, priority=ExposurePriority.LOW_NOISE)}, "SetIsp", {"exposure": "LowNoise"}),
        ({"exposure": replace(AUTO, priority=ExposurePriority.FRAME_RATE)}, "SetIsp", {"exposure": "Anti-Smearing"}),
        (
            {"exposure": Exposure(AutoMode.MANUAL, None, 4000.0, 20_400.0, 5.0, 40.0)},
            "SetIsp",
            {"exposure": "Manual", "shutter": {"min": 4, "max": 20}, "gain": {"min": 5, "max": 40}},
        ),
        ({"auto_focus": AutoMode.MANUAL}, "SetAutoFocus", {"disable": 1}),
    ],
)
async def test_what_is_set_is_sent_in_the_cameras_words_and_reads_back_exactly(
    world: World, fields: dict[str, Any], cmd: str, native: dict[str, Any]
) -> None:
    found = await put(world, **fields)
    (sent,) = world.sent(cmd)
    (told,) = sent.values()
    assert {key: told[key] for key in native} == native
    assert {name: getattr(found, name) for name in fields} == fields


async def test_whole_objects_are_sent_with_everything_that_has_no_word_here(world: World) -> None:
    await put(world, brightness=1.0, ir_cut_filter=IrCutMode.ON)
    ((image,), (isp,)) = (world.sent("SetImage"), world.sent("SetIsp"))
    assert image == {"Image": {"bright": 3, "channel": 0, "contrast": 150, "hue": 90, "saturation": 200, "sharpen": 0}}
    assert (isp["Isp"]["antiFlicker"], isp["Isp"]["channel"], len(isp["Isp"])) == ("Off", 0, 13)


async def test_only_what_differs_is_sent(world: World) -> None:
    await put(world)
    assert not {"SetImage", "SetIsp", "SetAutoFocus"} & set(world.camera.asked)


async def test_switching_one_of_backlight_and_wide_dynamic_range_on_switches_the_other_off(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        await facets.imaging.set(replace(settings(world), backlight_compensation=Levelled(on=True, level=20.0)))
        await facets.imaging.set(replace(settings(world), wide_dynamic_range=Levelled(on=True, level=30.0)))
        found = settings(world)
        assert found.backlight_compensation == Levelled(on=False, level=20.0)
        assert found.wide_dynamic_range == Levelled(on=True, level=30.0)
        await facets.imaging.set(replace(found, wide_dynamic_range=Levelled(on=False, level=30.0)))
        assert settings(world).wide_dynamic_range == Levelled(on=False, level=30.0)
    assert world.sent("SetIsp")[-1]["Isp"]["backLight"] == "Off"


async def test_both_at_once_are_refused_and_nothing_is_sent(world: World) -> None:
    on = Levelled(on=True, level=50.0)
    with pytest.raises(InvalidValue) as caught:
        await put(world, backlight_compensation=on, wide_dynamic_range=on, brightness=1.0)
    assert caught.value.reason == "settings"
    assert not {"SetImage", "SetIsp"} & set(world.camera.asked)


async def test_a_wish_is_forgotten_when_somebody_sets_another_step(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.imaging is not None
        await facets.imaging.set(replace(settings(world), brightness=50.0))
        world.clock.advance(61)
        await world.notes.rounds(2)
        assert settings(world).brightness == 50.0
        world.change("GetImage", "Image", bright=129)
        world.clock.advance(61)
        await world.notes.until(lambda: settings(world).brightness == 50.59)


async def test_a_wish_outlives_the_driver_in_the_description_that_is_kept(world: World) -> None:
    await put(world, brightness=50.0)
    world.make(known=world.described)
    world.notes.descriptions.clear()
    async with world.running() as description:
        assert description.imaging is not None
        assert description.imaging.settings.brightness == 50.0


async def test_every_control_that_is_told_can_be_set_and_only_those(world: World) -> None:
    world.change("GetAbility", "Ability", abilityChn=[{"ispExposureMode": {"ver": 0}, "ispBright": {"ver": 0}}])
    async with world.running() as description:
        assert description.imaging is not None
        assert description.imaging.settable == {
            "contrast",
            "color_saturation",
            "sharpness",
            "ir_cut_filter",
            "backlight_compensation",
            "wide_dynamic_range",
            "white_balance",
            "noise_reduction",
            "auto_focus",
        }


PERCENT = st.floats(0, 100, allow_nan=False)


@given(PERCENT, PERCENT)
def test_a_wish_is_shown_exactly_as_long_as_the_camera_has_its_step(wished: float, other: float) -> None:
    step = level_step(other)
    now = ImagingSettings(brightness=steps_to_percent(step, 255))
    shown = as_wished(now, ImagingSettings(brightness=wished))
    assert shown.brightness is not None
    assert level_step(shown.brightness) == step
    assert (shown.brightness == wished) or (level_step(wished) != step)


@given(PERCENT)
def test_a_level_that_was_read_is_sent_back_as_the_same_step(percent: float) -> None:
    step = level_step(percent)
    changes = native_changes(ImagingSettings(contrast=steps_to_percent(step, 255)), ImagingSettings(contrast=-1.0))
    assert changes == {"SetImage": {"contrast": step}}


def test_nothing_known_is_nothing_wished() -> None:
    now = ImagingSettings(brightness=1.0, exposure=AUTO)
    assert as_wished(now, None) is now
    assert as_wished(now, ImagingSettings()) == now
