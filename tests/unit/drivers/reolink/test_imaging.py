"""Picture controls, on the shapes that the document prints."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.imaging import (
    AutoMode,
    Exposure,
    ExposurePriority,
    ImagingDescription,
    IrCutMode,
    Levelled,
    WhiteBalance,
)
from bridge.core.units import Range
from bridge.drivers.reolink.abilities import Abilities
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.imaging import imaging

IMAGE = {"bright": 128, "channel": 0, "contrast": 150, "hue": 128, "saturation": 200, "sharpen": 0}
ISP = {
    "backLight": "Off",
    "blc": 128,
    "blueGain": 128,
    "dayNight": "Auto",
    "drc": 64,
    "exposure": "Auto",
    "gain": {"max": 62, "min": 1},
    "nr3d": 1,
    "redGain": 255,
    "shutter": {"max": 125, "min": 0},
    "whiteBalance": "Auto",
}
RANGE = {
    "backLight": ["Off", "BackLightControl", "DynamicRangeControl"],
    "dayNight": ["Auto", "Color", "Black&White"],
    "exposure": ["Auto", "LowNoise", "Anti-Smearing", "Manual"],
    "gain": {"max": 100, "min": 1},
    "shutter": {"max": 125, "min": 0},
    "whiteBalance": ["Auto", "Manual"],
}


def abilities(denied: str = "") -> Abilities:
    return Abilities({"Ability": {"abilityChn": [{denied: {"permit": 6, "ver": 0}}]}}, 0)


def described(isp: dict[str, Any] = ISP, ranges: dict[str, Any] = RANGE, *, denied: str = "") -> ImagingDescription:
    found = imaging(
        Answer(0, {"Image": IMAGE}),
        Answer(0, {"Isp": isp}, {"Isp": ranges}),
        Answer(0, {"AutoFocus": {"channel": 0, "disable": 1}}),
        abilities(denied),
    )
    assert found is not None
    return found


def test_levels_are_scaled_to_percent() -> None:
    settings = described().settings
    assert (settings.brightness, settings.contrast, settings.color_saturation, settings.sharpness) == (
        50.2,
        58.82,
        78.43,
        0.0,
    )


def test_modes_are_the_ones_that_the_camera_lists() -> None:
    found = described()
    assert found.ir_cut_modes == (IrCutMode.AUTO, IrCutMode.ON, IrCutMode.OFF)
    assert found.exposure_modes == (AutoMode.AUTO, AutoMode.MANUAL)
    assert found.exposure_priorities == (ExposurePriority.LOW_NOISE, ExposurePriority.FRAME_RATE)
    assert (found.exposure_time_us, found.gain) == (Range(0, 125_000), Range(1, 100))
    assert found.white_balance_modes == (AutoMode.AUTO, AutoMode.MANUAL)
    assert found.auto_focus_modes == (AutoMode.AUTO, AutoMode.MANUAL)


def test_without_a_range_only_the_present_mode_is_certain() -> None:
    found = described(ranges={})
    assert found.ir_cut_modes == (IrCutMode.AUTO,)
    assert found.exposure_modes == (AutoMode.AUTO,)
    assert found.gain is None


@pytest.mark.parametrize(
    ("word", "mode"), [("Auto", IrCutMode.AUTO), ("Color", IrCutMode.ON), ("Black&White", IrCutMode.OFF)]
)
def test_day_and_night_are_the_infrared_filter(word: str, mode: IrCutMode) -> None:
    assert described({**ISP, "dayNight": word}).settings.ir_cut_filter is mode


@pytest.mark.parametrize(
    ("word", "backlight", "wide"),
    [("Off", False, False), ("BackLightControl", True, False), ("DynamicRangeControl", False, True)],
)
def test_backlight_and_wide_dynamic_range_exclude_each_other(word: str, backlight: bool, wide: bool) -> None:
    settings = described({**ISP, "backLight": word}).settings
    assert settings.backlight_compensation == Levelled(backlight, 50.2)
    assert settings.wide_dynamic_range == Levelled(wide, 25.1)


@pytest.mark.parametrize(
    ("word", "mode", "priority"),
    [
        ("Auto", AutoMode.AUTO, None),
        ("LowNoise", AutoMode.AUTO, ExposurePriority.LOW_NOISE),
        ("Anti-Smearing", AutoMode.AUTO, ExposurePriority.FRAME_RATE),
        ("Manual", AutoMode.MANUAL, None),
    ],
)
def test_exposure_words(word: str, mode: AutoMode, priority: ExposurePriority | None) -> None:
    assert described({**ISP, "exposure": word}).settings.exposure == Exposure(mode, priority, 0, 125_000, 1, 62)


def test_exposure_that_cannot_be_set_is_automatic() -> None:
    found = described({**ISP, "exposure": "Manual"}, denied="ispExposureMode")
    assert found.settings.exposure == Exposure(AutoMode.AUTO)
    assert found.exposure_modes == (AutoMode.AUTO,)
    assert (found.exposure_time_us, found.gain) == (None, None)


def test_white_balance_noise_reduction_and_focus() -> None:
    settings = described({**ISP, "whiteBalance": "Manual"}).settings
    assert settings.white_balance == WhiteBalance(AutoMode.MANUAL, cr_gain=100.0, cb_gain=50.2)
    assert settings.noise_reduction == 100.0
    assert settings.auto_focus is AutoMode.MANUAL


@pytest.mark.parametrize(
    ("ability", "control"),
    [
        ("image", "brightness"),
        ("ispBright", "brightness"),
        ("ispContrast", "contrast"),
        ("ispSatruation", "color_saturation"),
        ("ispSharpen", "sharpness"),
        ("ispDayNight", "ir_cut_filter"),
        ("ispBackLight", "backlight_compensation"),
        ("ispBackLight", "wide_dynamic_range"),
        ("ispWhiteBalance", "white_balance"),
        ("isp3Dnr", "noise_reduction"),
        ("isp", "exposure"),
        ("disableAutoFocus", "auto_focus"),
    ],
)
def test_what_the_abilities_deny_is_left_out(ability: str, control: str) -> None:
    assert getattr(described().settings, control) is not None
    assert getattr(described(denied=ability).settings, control) is None


def test_a_camera_without_any_control_has_no_imaging() -> None:
    nothing = Answer(-9)
    assert imaging(nothing, nothing, nothing, abilities()) is None


@pytest.mark.parametrize("isp", [{}, {"exposure": 3, "dayNight": None, "blc": 999, "gain": {"min": 9, "max": 1}}])
def test_odd_values_are_left_out(isp: dict[str, Any]) -> None:
    settings = described(isp, {}).settings
    assert (settings.exposure, settings.ir_cut_filter, settings.backlight_compensation) == (None, None, None)
