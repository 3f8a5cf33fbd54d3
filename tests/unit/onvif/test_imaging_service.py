from __future__ import annotations

from dataclasses import replace

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
    FocusMove,
    GetImagingSettings,
    GetImagingSettingsResponse,
    GetMoveOptions,
    GetOptions,
    GetOptionsResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetStatus,
    ImagingOptions20,
    ImagingSettings20,
    Move,
    SetImagingSettings,
    Stop,
)
from bridge.proto.soap.namespaces import TIMG
from tests.unit.onvif.bench_camera import BenchCamera, described
from tests.unit.onvif.imaging_bench import EVERYTHING, EXPOSURE, SOURCE, ImagingBench
from tests.unit.onvif.served import served
from tests.unit.onvif.service_bench import Bench

NOTHING = ImagingDescription(settings=ImagingSettings())
MODES_NOT_TOLD = ImagingDescription(
    settings=ImagingSettings(
        ir_cut_filter=IrCutMode.ON,
        exposure=Exposure(AutoMode.AUTO),
        white_balance=WhiteBalance(AutoMode.AUTO),
        auto_focus=AutoMode.AUTO,
    ),
    settable=EVERYTHING.settable,
)
ALL_OPERATIONS = [
    GetImagingSettings(video_source_token="?"),
    GetOptions(video_source_token="?"),
    GetMoveOptions(video_source_token="?"),
    GetStatus(video_source_token="?"),
    Stop(video_source_token="?"),
    Move(video_source_token="?", focus=FocusMove()),
    SetImagingSettings(video_source_token="?", imaging_settings=ImagingSettings20()),
]


def with_settings(**settings):
    return replace(EVERYTHING, settings=replace(EVERYTHING.settings, **settings))


async def settings_of(imaging, *, is_driven=True):
    bench = ImagingBench(imaging, is_driven=is_driven)
    answer = await bench.ask(GetImagingSettings(video_source_token=SOURCE), GetImagingSettingsResponse)
    return answer.imaging_settings


async def options_of(imaging, *, is_driven=True):
    bench = ImagingBench(imaging, is_driven=is_driven)
    answer = await bench.ask(GetOptions(video_source_token=SOURCE), GetOptionsResponse)
    return answer.imaging_options


def limits(found):
    return None if found is None else (found.min, found.max)


def lies_in(value, found):
    return (value is None and found is None) or found.min <= value <= found.max


def assert_shown_is_offered(told, options):
    """Hold settings against options, as IMAGING-1-1-16 does; what has no value has no options either."""
    for name in ("brightness", "contrast", "color_saturation", "sharpness"):
        assert lies_in(getattr(told, name), getattr(options, name))
    for name in ("backlight_compensation", "wide_dynamic_range"):
        assert getattr(told, name).mode in getattr(options, name).mode
        assert lies_in(getattr(told, name).level, getattr(options, name).level)
    assert told.ir_cut_filter in options.ir_cut_filter_modes
    assert told.exposure.mode in options.exposure.mode
    assert told.exposure.priority in (options.exposure.priority or (None,))
    for name in ("min_exposure_time", "max_exposure_time", "min_gain", "max_gain", "exposure_time", "gain"):
        assert lies_in(getattr(told.exposure, name), getattr(options.exposure, name))
    assert told.white_balance.mode in options.white_balance.mode
    assert lies_in(told.white_balance.cr_gain, options.white_balance.yr_gain)
    assert lies_in(told.white_balance.cb_gain, options.white_balance.yb_gain)
    assert (told.focus is None) == (options.focus is None)
    assert (told.extension is None) == (options.extension is None)


def test_the_service_is_there_with_picture_controls_only():
    assert SERVICE.is_served(ImagingBench(NOTHING).device)
    assert not SERVICE.is_served(ImagingBench(None).device)
    assert not SERVICE.is_served(Bench(BenchCamera(None)).device)


async def test_capabilities_promise_nothing():
    answer = await ImagingBench(NOTHING).ask(GetServiceCapabilities(), GetServiceCapabilitiesResponse)
    told = answer.capabilities
    assert (told.image_stabilization, told.presets, told.adaptable_preset) == (False, False, False)


async def test_settings_tell_every_control_of_the_camera():
    told = await settings_of(EVERYTHING)
    assert (told.brightness, told.contrast, told.color_saturation, told.sharpness) == (50.2, 0.0, 100.0, 25.0)
    assert told.ir_cut_filter is IrCutMode.AUTO
    assert (told.backlight_compensation.mode, told.backlight_compensation.level) == ("ON", 40.0)
    assert (told.wide_dynamic_range.mode, told.wide_dynamic_range.level) == ("OFF", None)
    assert told.exposure.priority is ExposurePriority.LOW_NOISE
    assert (told.exposure.max_exposure_time, told.exposure.exposure_time, told.exposure.gain) == (125000.0, 4000.0, 7.0)
    assert (told.white_balance.mode, told.white_balance.cr_gain) == (AutoMode.MANUAL, 50.0)
    assert told.focus.auto_focus_mode is AutoMode.AUTO
    assert told.extension.extension.extension.noise_reduction.level == pytest.approx(0.3333)


async def test_options_tell_the_limits_of_what_can_be_set():
    options = await options_of(EVERYTHING)
    assert limits(options.brightness) == (0, 100)
    assert options.ir_cut_filter_modes == tuple(IrCutMode)
    assert options.backlight_compensation.mode == ("OFF", "ON")
    assert options.exposure.priority == tuple(ExposurePriority)
    assert limits(options.exposure.exposure_time) == (0, 500000)
    assert limits(options.exposure.gain) == (1, 100)
    assert limits(options.white_balance.yr_gain) == (0, 100)
    assert options.focus.auto_focus_modes == tuple(AutoMode)
    assert options.extension.extension.extension.noise_reduction_options.level


async def test_the_limits_of_automatic_exposure_reach_up_to_each_other():
    exposure = (await options_of(EVERYTHING)).exposure
    assert (limits(exposure.min_exposure_time), limits(exposure.max_exposure_time)) == ((0, 125000), (10, 500000))
    assert (limits(exposure.min_gain), limits(exposure.max_gain)) == ((1, 62), (1, 100))


@pytest.mark.parametrize(
    "imaging",
    [
        EVERYTHING,
        replace(EVERYTHING, settable=frozenset()),
        replace(EVERYTHING, gain=Range(2.0, 3.0), exposure_time_us=None, ir_cut_modes=(IrCutMode.ON,)),
        replace(EVERYTHING, exposure_modes=(AutoMode.AUTO,), exposure_priorities=()),
        with_settings(
            exposure=replace(EXPOSURE, mode=AutoMode.MANUAL),
            backlight_compensation=Levelled(on=False, level=3.0),
            auto_focus=AutoMode.MANUAL,
        ),
        with_settings(brightness=-3.0, sharpness=120.0),
    ],
)
@pytest.mark.parametrize("is_driven", [True, False])
async def test_every_setting_lies_inside_its_option(imaging, is_driven):
    assert_shown_is_offered(
        await settings_of(imaging, is_driven=is_driven), await options_of(imaging, is_driven=is_driven)
    )


@pytest.mark.parametrize(
    ("imaging", "is_driven"), [(replace(EVERYTHING, settable=frozenset()), True), (EVERYTHING, False)]
)
async def test_what_cannot_be_set_has_its_present_value_as_the_only_option(imaging, is_driven):
    options = await options_of(imaging, is_driven=is_driven)
    assert limits(options.brightness) == (50.2, 50.2)
    assert (options.backlight_compensation.mode, limits(options.backlight_compensation.level)) == (("ON",), (40, 40))
    assert (options.exposure.mode, options.exposure.priority) == ((AutoMode.AUTO,), (ExposurePriority.LOW_NOISE,))
    assert limits(options.exposure.max_exposure_time) == (125000, 125000)
    assert options.white_balance.mode == (AutoMode.MANUAL,)
    assert options.focus.auto_focus_modes == (AutoMode.AUTO,)
    assert options.extension is None


async def test_there_are_options_for_the_offered_modes_only():
    fixed = replace(EVERYTHING, exposure_modes=(AutoMode.AUTO,), white_balance_modes=())
    options = await options_of(fixed)
    assert (options.exposure.exposure_time, options.exposure.gain) == (None, None)
    manual = with_settings(exposure=replace(EXPOSURE, mode=AutoMode.MANUAL), white_balance=WhiteBalance(AutoMode.AUTO))
    options = await options_of(replace(manual, exposure_modes=(), white_balance_modes=()))
    assert (options.exposure.mode, options.exposure.priority) == ((AutoMode.MANUAL,), ())
    assert (options.exposure.min_exposure_time, options.exposure.max_gain) == (None, None)
    assert options.white_balance.yr_gain is None
    off = await options_of(with_settings(wide_dynamic_range=Levelled(on=False, level=4.0)), is_driven=False)
    assert (off.wide_dynamic_range.mode, off.wide_dynamic_range.level) == (("OFF",), None)


async def test_a_focus_without_automatic_mode_is_not_shown():
    imaging = replace(with_settings(auto_focus=AutoMode.MANUAL), auto_focus_modes=(AutoMode.MANUAL,))
    assert (await options_of(imaging)).focus is None
    assert (await settings_of(imaging)).focus is None


async def test_a_control_whose_modes_are_not_known_has_its_present_one():
    options = await options_of(MODES_NOT_TOLD)
    assert options.ir_cut_filter_modes == (IrCutMode.ON,)
    assert options.exposure.mode == (AutoMode.AUTO,)
    assert options.exposure.max_gain is None
    assert options.white_balance.mode == (AutoMode.AUTO,)
    assert options.focus.auto_focus_modes == (AutoMode.AUTO,)


async def test_a_camera_without_controls_has_neither_settings_nor_options():
    assert await settings_of(NOTHING) == ImagingSettings20()
    assert await options_of(NOTHING) == ImagingOptions20()


@pytest.mark.parametrize("message", ALL_OPERATIONS, ids=lambda each: type(each).__name__)
async def test_an_unknown_source_is_refused(message):
    fault = await ImagingBench(EVERYTHING).refused(message)
    assert (fault.code, fault.subcodes) == ("Sender", ("InvalidArgVal", "NoSource"))


async def test_a_camera_without_controls_has_no_service_that_could_be_asked():
    async with served(described(imaging=None)) as at:
        body = f'<GetImagingSettings xmlns="{TIMG}"><VideoSourceToken>{SOURCE}</VideoSourceToken></GetImagingSettings>'
        assert (await at.ask(body)).fault == ("Receiver", "ActionNotSupported")
