from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bridge.core.errors import InvalidValue, Unreachable
from bridge.core.imaging import AutoMode, Exposure, ExposurePriority, ImagingSettings, IrCutMode, Levelled, WhiteBalance
from bridge.onvif.imaging_choice import chosen_settings
from bridge.onvif.imaging_model import imaging_options, imaging_settings
from bridge.onvif.types.imaging import (
    Exposure20,
    FocusConfiguration20,
    GetImagingSettings,
    GetImagingSettingsResponse,
    ImagingSettings20,
    ImagingSettingsExtension20,
    ImagingSettingsExtension202,
    ImagingSettingsExtension203,
    NoiseReduction,
    SetImagingSettings,
    SetImagingSettingsResponse,
    SwitchedLevel,
    WhiteBalance20,
)
from bridge.proto.soap.codec import decode
from bridge.proto.soap.namespaces import TT
from tests.unit.onvif.imaging_bench import EVERYTHING, SOURCE, ImagingBench

SETTINGS_INVALID = ("Sender", ("InvalidArgVal", "SettingsInvalid"))


def noise_reduction(level):
    third = ImagingSettingsExtension203(noise_reduction=NoiseReduction(level=level))
    return ImagingSettingsExtension20(extension=ImagingSettingsExtension202(extension=third))


def unknown(xml):
    """Read settings as a client writes them."""
    return decode(ImagingSettings20, etree.fromstring(f'<ImagingSettings xmlns="{TT}">{xml}</ImagingSettings>'))


async def put(bench, wished, *, force_persistence=None):
    request = SetImagingSettings(
        video_source_token=SOURCE, imaging_settings=wished, force_persistence=force_persistence
    )
    await bench.ask(request, SetImagingSettingsResponse)


async def shown(bench):
    answer = await bench.ask(GetImagingSettings(video_source_token=SOURCE), GetImagingSettingsResponse)
    return answer.imaging_settings


@pytest.mark.parametrize(
    ("wished", "changed"),
    [
        (ImagingSettings20(brightness=51.0), {"brightness": 51.0}),
        (ImagingSettings20(contrast=100.0, sharpness=0.0), {"contrast": 100.0, "sharpness": 0.0}),
        (ImagingSettings20(color_saturation=1.5), {"color_saturation": 1.5}),
        (ImagingSettings20(ir_cut_filter=IrCutMode.OFF), {"ir_cut_filter": IrCutMode.OFF}),
        (
            ImagingSettings20(backlight_compensation=SwitchedLevel(mode="OFF")),
            {"backlight_compensation": Levelled(on=False, level=40.0)},
        ),
        (
            ImagingSettings20(backlight_compensation=SwitchedLevel(mode="ON", level=7.0)),
            {"backlight_compensation": Levelled(on=True, level=7.0)},
        ),
        (
            ImagingSettings20(wide_dynamic_range=SwitchedLevel(mode="ON")),
            {"wide_dynamic_range": Levelled(on=True)},
        ),
        (
            ImagingSettings20(white_balance=WhiteBalance20(mode=AutoMode.MANUAL, cr_gain=1.0)),
            {"white_balance": WhiteBalance(AutoMode.MANUAL, 1.0, 60.0)},
        ),
        (
            ImagingSettings20(focus=FocusConfiguration20(auto_focus_mode=AutoMode.MANUAL)),
            {"auto_focus": AutoMode.MANUAL},
        ),
        (ImagingSettings20(extension=noise_reduction(0.07)), {"noise_reduction": 7.0}),
        (
            ImagingSettings20(exposure=Exposure20(mode=AutoMode.MANUAL, exposure_time=20000.0, gain=1.0)),
            {
                "exposure": Exposure(
                    AutoMode.MANUAL, ExposurePriority.LOW_NOISE, 10.0, 125000.0, 1.0, 62.0, 20000.0, 1.0
                )
            },
        ),
        (
            ImagingSettings20(
                exposure=Exposure20(
                    mode=AutoMode.AUTO,
                    priority=ExposurePriority.FRAME_RATE,
                    min_exposure_time=125000.0,
                    max_exposure_time=500000.0,
                    min_gain=2.0,
                    max_gain=3.0,
                )
            ),
            {
                "exposure": Exposure(
                    AutoMode.AUTO, ExposurePriority.FRAME_RATE, 125000.0, 500000.0, 2.0, 3.0, 4000.0, 7.0
                )
            },
        ),
    ],
)
async def test_what_is_given_is_set_in_one_act_and_the_rest_stays(wished, changed):
    bench = ImagingBench(EVERYTHING)
    await put(bench, wished)
    assert bench.camera.commands == [("set_imaging", replace(EVERYTHING.settings, **changed))]
    assert bench.settings == replace(EVERYTHING.settings, **changed)


@pytest.mark.parametrize("force_persistence", [None, False, True])
async def test_settings_persist_whatever_the_flag_says(force_persistence):
    bench = ImagingBench(EVERYTHING)
    await put(bench, ImagingSettings20(brightness=12.0), force_persistence=force_persistence)
    assert bench.settings.brightness == 12.0


@pytest.mark.parametrize("is_driven", [True, False])
async def test_what_is_shown_can_always_be_set_again_and_does_not_bother_the_camera(is_driven):
    bench = ImagingBench(EVERYTHING, is_driven=is_driven)
    await put(bench, await shown(bench))
    assert bench.camera.commands == []


@pytest.mark.parametrize(
    "wrong",
    [
        ImagingSettings20(brightness=100.1),
        ImagingSettings20(contrast=-1.0),
        ImagingSettings20(sharpness=1e30),
        ImagingSettings20(backlight_compensation=SwitchedLevel(mode="AUTO")),
        ImagingSettings20(backlight_compensation=SwitchedLevel(mode="ON", level=101.0)),
        ImagingSettings20(wide_dynamic_range=SwitchedLevel(mode="ON", level=5.0)),
        ImagingSettings20(exposure=Exposure20(mode=AutoMode.AUTO, max_exposure_time=500001.0)),
        ImagingSettings20(exposure=Exposure20(mode=AutoMode.AUTO, min_exposure_time=9e4, max_exposure_time=8e4)),
        ImagingSettings20(exposure=Exposure20(mode=AutoMode.AUTO, min_gain=5.0, max_gain=4.0)),
        ImagingSettings20(exposure=Exposure20(mode=AutoMode.MANUAL, gain=0.0)),
        ImagingSettings20(white_balance=WhiteBalance20(mode=AutoMode.MANUAL, cb_gain=-0.1)),
        ImagingSettings20(extension=noise_reduction(1.01)),
        unknown('<Exposure><Mode>AUTO</Mode><Window bottom="0" top="1" right="1" left="0"/></Exposure>'),
        unknown("<Exposure><Mode>AUTO</Mode><Iris>3</Iris></Exposure>"),
        unknown("<Focus><AutoFocusMode>AUTO</AutoFocusMode><NearLimit>1</NearLimit></Focus>"),
        unknown("<Extension><ImageStabilization><Mode>ON</Mode></ImageStabilization></Extension>"),
        unknown(
            "<Extension><Extension><IrCutFilterAutoAdjustment><BoundaryType>Common</BoundaryType>"
            "</IrCutFilterAutoAdjustment></Extension></Extension>"
        ),
        unknown(
            "<Extension><Extension><Extension><Defogging><Mode>ON</Mode></Defogging>"
            "</Extension></Extension></Extension>"
        ),
    ],
)
async def test_one_wrong_value_leaves_everything_as_it_is(wrong):
    bench = ImagingBench(EVERYTHING)
    wished = wrong if wrong.brightness is not None else replace(wrong, brightness=10.0)
    fault = await bench.refused(SetImagingSettings(video_source_token=SOURCE, imaging_settings=wished))
    assert (fault.code, fault.subcodes) == SETTINGS_INVALID
    assert bench.camera.commands == []


async def test_empty_elements_and_those_of_a_vendor_want_nothing():
    bench = ImagingBench(EVERYTHING)
    await put(bench, unknown('<Brightness>3</Brightness><Extension><Extension/><x xmlns="urn:x">1</x></Extension>'))
    assert bench.settings.brightness == 3.0


@pytest.mark.parametrize(
    "wished",
    [
        ImagingSettings20(brightness=1.0),
        ImagingSettings20(ir_cut_filter=IrCutMode.ON),
        ImagingSettings20(backlight_compensation=SwitchedLevel(mode="ON")),
        ImagingSettings20(exposure=Exposure20(mode=AutoMode.AUTO)),
        ImagingSettings20(white_balance=WhiteBalance20(mode=AutoMode.AUTO)),
        ImagingSettings20(focus=FocusConfiguration20(auto_focus_mode=AutoMode.AUTO)),
        ImagingSettings20(extension=noise_reduction(0.0)),
    ],
)
async def test_a_control_that_the_camera_does_not_have_cannot_be_set(wished):
    bench = ImagingBench(replace(EVERYTHING, settings=ImagingSettings()))
    fault = await bench.refused(SetImagingSettings(video_source_token=SOURCE, imaging_settings=wished))
    assert (fault.code, fault.subcodes) == SETTINGS_INVALID


@pytest.mark.parametrize("is_driven", [True, False])
async def test_what_cannot_be_set_takes_its_present_value_only(is_driven):
    settable = frozenset({"contrast"}) if is_driven else EVERYTHING.settable
    bench = ImagingBench(replace(EVERYTHING, settable=settable), is_driven=is_driven)
    await put(bench, ImagingSettings20(brightness=50.2))
    for wished in (ImagingSettings20(brightness=50.0), ImagingSettings20(ir_cut_filter=IrCutMode.ON)):
        fault = await bench.refused(SetImagingSettings(video_source_token=SOURCE, imaging_settings=wished))
        assert (fault.code, fault.subcodes) == SETTINGS_INVALID
    assert bench.camera.commands == []


async def test_a_combination_that_the_camera_refuses_is_invalid():
    bench = ImagingBench(EVERYTHING)
    bench.camera.refusals = [InvalidValue("settings", "Only one of the two can be on")]
    request = SetImagingSettings(
        video_source_token=SOURCE, imaging_settings=ImagingSettings20(wide_dynamic_range=SwitchedLevel(mode="ON"))
    )
    fault = await bench.refused(request)
    assert (fault.code, fault.subcodes, fault.reason) == (*SETTINGS_INVALID, "Only one of the two can be on")


async def test_a_camera_that_cannot_be_reached_is_no_fault_of_the_client():
    bench = ImagingBench(EVERYTHING)
    bench.camera.refusals = [Unreachable("No connection")]
    with pytest.raises(Unreachable):
        await put(bench, ImagingSettings20(brightness=1.0))


levels = st.floats(0.0, 100.0)
limits = st.tuples(st.floats(1.0, 100.0), st.floats(1.0, 100.0)).map(sorted)
exposures = st.builds(
    lambda times, gains, **more: Exposure(
        min_exposure_time_us=times[0],
        max_exposure_time_us=times[1],
        min_gain=gains[0],
        max_gain=gains[1],
        **more,
    ),
    limits,
    limits,
    mode=st.sampled_from(AutoMode),
    exposure_time_us=st.floats(0.0, 5e5) | st.none(),
    gain=st.floats(1.0, 100.0) | st.none(),
)
pictures = st.builds(
    ImagingSettings,
    brightness=levels | st.none(),
    ir_cut_filter=st.sampled_from(IrCutMode) | st.none(),
    backlight_compensation=st.builds(Levelled, on=st.booleans(), level=levels | st.none()) | st.none(),
    exposure=exposures | st.none(),
    white_balance=st.builds(WhiteBalance, st.sampled_from(AutoMode), levels | st.none(), levels) | st.none(),
    noise_reduction=levels | st.none(),
    auto_focus=st.sampled_from(AutoMode) | st.none(),
)


@given(now=pictures, settable=st.sets(st.sampled_from(sorted(EVERYTHING.settable))))
def test_showing_a_picture_and_wishing_it_again_changes_nothing(now, settable):
    options = imaging_options(replace(EVERYTHING, settings=now), settable=settable)
    assert chosen_settings(imaging_settings(now, options), now, options) == now
