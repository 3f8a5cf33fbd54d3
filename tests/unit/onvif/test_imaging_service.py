from __future__ import annotations

import pytest

from bridge.core.imaging import (
    AutoMode,
    Exposure,
    ExposurePriority,
    ImagingDescription,
    ImagingSettings,
    IrCutMode,
    Levelled,
    WhiteBalance,
)
from bridge.core.units import Range
from bridge.onvif.services.imaging import SERVICE
from bridge.onvif.types.imaging import (
    GetImagingSettings,
    GetImagingSettingsResponse,
    GetMoveOptions,
    GetMoveOptionsResponse,
    GetOptions,
    GetOptionsResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetStatus,
    GetStatusResponse,
    ImagingOptions20,
    ImagingSettings20,
)
from tests.unit.onvif.bench_camera import BenchCamera, described
from tests.unit.onvif.service_bench import Bench

SOURCE = "VideoSource_0"

EVERYTHING = ImagingDescription(
    settings=ImagingSettings(
        brightness=50.2,
        contrast=0.0,
        color_saturation=100.0,
        sharpness=25.0,
        ir_cut_filter=IrCutMode.AUTO,
        backlight_compensation=Levelled(on=True, level=40.0),
        wide_dynamic_range=Levelled(on=False),
        exposure=Exposure(AutoMode.AUTO, ExposurePriority.LOW_NOISE, 0.0, 125000.0, 1.0, 62.0),
        white_balance=WhiteBalance(AutoMode.MANUAL, 50.0, 60.0),
        noise_reduction=50.0,
        auto_focus=AutoMode.AUTO,
    ),
    ir_cut_modes=tuple(IrCutMode),
    exposure_modes=tuple(AutoMode),
    exposure_priorities=tuple(ExposurePriority),
    exposure_time_us=Range(0.0, 125000.0),
    gain=Range(1.0, 100.0),
    white_balance_modes=tuple(AutoMode),
    auto_focus_modes=tuple(AutoMode),
)
MODES_NOT_TOLD = ImagingDescription(
    settings=ImagingSettings(
        ir_cut_filter=IrCutMode.ON,
        exposure=Exposure(AutoMode.AUTO),
        white_balance=WhiteBalance(AutoMode.AUTO),
        auto_focus=AutoMode.MANUAL,
    )
)
NOTHING = ImagingDescription(settings=ImagingSettings())


def bench_of(imaging):
    return Bench(BenchCamera(described(imaging=imaging)))


async def settings_of(imaging):
    answer = await bench_of(imaging).ask(GetImagingSettings(video_source_token=SOURCE), GetImagingSettingsResponse)
    return answer.imaging_settings


async def options_of(imaging):
    answer = await bench_of(imaging).ask(GetOptions(video_source_token=SOURCE), GetOptionsResponse)
    return answer.imaging_options


def lies_in(value, limits):
    return value is None or limits.min <= value <= limits.max


def test_the_service_is_there_with_picture_controls_only():
    assert SERVICE.is_served(bench_of(NOTHING).device)
    assert not SERVICE.is_served(bench_of(None).device)
    assert not SERVICE.is_served(Bench(BenchCamera(None)).device)


async def test_capabilities_promise_nothing():
    answer = await bench_of(NOTHING).ask(GetServiceCapabilities(), GetServiceCapabilitiesResponse)
    told = answer.capabilities
    assert (told.image_stabilization, told.presets, told.adaptable_preset) == (False, False, False)


async def test_settings_tell_every_control_of_the_camera():
    told = await settings_of(EVERYTHING)
    assert (told.brightness, told.contrast, told.color_saturation, told.sharpness) == (50.2, 0.0, 100.0, 25.0)
    assert told.ir_cut_filter is IrCutMode.AUTO
    assert (told.backlight_compensation.mode, told.backlight_compensation.level) == ("ON", 40.0)
    assert (told.wide_dynamic_range.mode, told.wide_dynamic_range.level) == ("OFF", None)
    assert told.exposure.priority is ExposurePriority.LOW_NOISE
    assert told.exposure.max_exposure_time == 125000.0
    assert (told.white_balance.mode, told.white_balance.cr_gain) == (AutoMode.MANUAL, 50.0)
    assert told.focus.auto_focus_mode is AutoMode.AUTO
    assert told.extension.extension.extension.noise_reduction.level == 0.5


async def test_every_setting_lies_inside_its_option():
    told, options = await settings_of(EVERYTHING), await options_of(EVERYTHING)
    for name in ("brightness", "contrast", "color_saturation", "sharpness"):
        assert lies_in(getattr(told, name), getattr(options, name))
    for name in ("backlight_compensation", "wide_dynamic_range"):
        assert getattr(told, name).mode in getattr(options, name).mode
        assert lies_in(getattr(told, name).level, getattr(options, name).level)
    assert told.ir_cut_filter in options.ir_cut_filter_modes
    assert told.exposure.mode in options.exposure.mode
    assert told.exposure.priority in options.exposure.priority
    for name in ("min_exposure_time", "max_exposure_time", "min_gain", "max_gain"):
        assert lies_in(getattr(told.exposure, name), getattr(options.exposure, name))
    assert told.white_balance.mode in options.white_balance.mode
    assert lies_in(told.white_balance.cr_gain, options.white_balance.yr_gain)
    assert told.focus.auto_focus_mode in options.focus.auto_focus_modes
    assert options.extension.extension.extension.noise_reduction_options.level


async def test_a_control_whose_modes_are_not_known_has_its_present_one():
    options = await options_of(MODES_NOT_TOLD)
    assert options.ir_cut_filter_modes == (IrCutMode.ON,)
    assert options.exposure.mode == (AutoMode.AUTO,)
    assert options.exposure.max_gain is None
    assert options.white_balance.mode == (AutoMode.AUTO,)
    assert options.focus.auto_focus_modes == (AutoMode.MANUAL,)


async def test_a_camera_without_controls_has_neither_settings_nor_options():
    assert await settings_of(NOTHING) == ImagingSettings20()
    assert await options_of(NOTHING) == ImagingOptions20()


async def test_the_focus_cannot_be_moved():
    bench = bench_of(EVERYTHING)
    await bench.ask(GetMoveOptions(video_source_token=SOURCE), GetMoveOptionsResponse)
    await bench.ask(GetStatus(video_source_token=SOURCE), GetStatusResponse)


@pytest.mark.parametrize("message", [GetImagingSettings, GetOptions, GetMoveOptions, GetStatus])
async def test_an_unknown_source_is_refused(message):
    fault = await bench_of(EVERYTHING).refused(message(video_source_token="x"))
    assert (fault.code, fault.subcodes) == ("Sender", ("InvalidArgVal", "NoSource"))


@pytest.mark.parametrize("message", [GetImagingSettings, GetOptions, GetMoveOptions, GetStatus])
async def test_a_source_without_controls_is_refused(message):
    fault = await bench_of(None).refused(message(video_source_token=SOURCE))
    assert (fault.code, fault.subcodes) == ("Receiver", ("ActionNotSupported", "NoImagingForSource"))
