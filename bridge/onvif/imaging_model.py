"""The picture controls of a camera in the words of the imaging service: options, and settings among them.

ONVIF Imaging Service Specification, "Imaging settings". The options come first: a control is shown exactly if it has
options. What cannot be set has the present value as its only option. What a client wishes is the business of
`imaging_choice`.

Two controls are shown only while they can be set, because the official test specification refuses them otherwise:
noise reduction, whose options cannot name a single value, and the focus mode, which must offer `AUTO`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.core.imaging import AutoMode
from bridge.core.units import Range
from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.imaging import (
    Exposure20,
    ExposureOptions20,
    FocusConfiguration20,
    FocusOptions20,
    ImagingOptions20,
    ImagingOptions20Extension,
    ImagingOptions20Extension2,
    ImagingOptions20Extension3,
    ImagingSettings20,
    ImagingSettingsExtension20,
    ImagingSettingsExtension202,
    ImagingSettingsExtension203,
    NoiseReduction,
    NoiseReductionOptions,
    SwitchedLevel,
    SwitchedLevelOptions,
    WhiteBalance20,
    WhiteBalanceOptions20,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from bridge.core.imaging import Exposure, ImagingDescription, ImagingSettings, Levelled, WhiteBalance
    from bridge.onvif.device import VirtualDevice

_T = TypeVar("_T")

_PERCENT = Range(0.0, 100.0)


def imaging_of(device: VirtualDevice, video_source_token: str) -> ImagingDescription:
    """Return the picture controls of a video source; without any there is no imaging service that could be asked.

    Raises:
        ClientFault: NoSource.
    """
    description = device.camera.description
    imaging = None if description is None else description.imaging
    if imaging is None or video_source_token != device.media.video_source_token:
        raise ClientFault("Sender", ("InvalidArgVal", "NoSource"), f"There is no video source '{video_source_token}'")
    return imaging


def imaging_options(imaging: ImagingDescription, *, settable: Collection[str]) -> ImagingOptions20:
    """Return what every control can be set to, the present value always among it.

    Args:
        imaging: the camera's controls.
        settable: names of the fields of `ImagingSettings` that can be set now.
    """
    now = imaging.settings
    return ImagingOptions20(
        backlight_compensation=_switched_options(
            now.backlight_compensation, is_settable="backlight_compensation" in settable
        ),
        brightness=_percent(now.brightness, is_settable="brightness" in settable),
        color_saturation=_percent(now.color_saturation, is_settable="color_saturation" in settable),
        contrast=_percent(now.contrast, is_settable="contrast" in settable),
        exposure=_exposure_options(imaging, is_settable="exposure" in settable),
        focus=_focus_options(imaging, is_settable="auto_focus" in settable),
        ir_cut_filter_modes=_modes(now.ir_cut_filter, imaging.ir_cut_modes, is_settable="ir_cut_filter" in settable),
        sharpness=_percent(now.sharpness, is_settable="sharpness" in settable),
        wide_dynamic_range=_switched_options(now.wide_dynamic_range, is_settable="wide_dynamic_range" in settable),
        white_balance=_white_balance_options(imaging, is_settable="white_balance" in settable),
        extension=_noise_reduction_options(now, is_settable="noise_reduction" in settable),
    )


def imaging_settings(now: ImagingSettings, options: ImagingOptions20) -> ImagingSettings20:
    """Return how the picture is set, as far as there are options for it."""
    return ImagingSettings20(
        backlight_compensation=_switched(now.backlight_compensation, options.backlight_compensation),
        brightness=now.brightness,
        color_saturation=now.color_saturation,
        contrast=now.contrast,
        exposure=_exposure(now.exposure, options.exposure),
        focus=FocusConfiguration20(auto_focus_mode=now.auto_focus) if options.focus and now.auto_focus else None,
        ir_cut_filter=now.ir_cut_filter,
        sharpness=now.sharpness,
        wide_dynamic_range=_switched(now.wide_dynamic_range, options.wide_dynamic_range),
        white_balance=_white_balance(now.white_balance, options.white_balance),
        extension=_shown(_noise_reduction(now.noise_reduction), options.extension),
    )


def _range(now: float | None, limits: Range | None) -> FloatRange | None:
    """Return the limits of a control that exists; without limits it stays as it is."""
    if now is None:
        return None
    if limits is None:
        return FloatRange(min=now, max=now)
    return FloatRange(min=min(limits.minimum, now), max=max(limits.maximum, now))


def _percent(now: float | None, *, is_settable: bool) -> FloatRange | None:
    return _range(now, _PERCENT if is_settable else None)


def _modes(now: _T | None, offered: tuple[_T, ...], *, is_settable: bool) -> tuple[_T, ...]:
    if now is None:
        return ()
    if not is_settable:
        return (now,)
    return offered if now in offered else (now, *offered)


def _switched_options(now: Levelled | None, *, is_settable: bool) -> SwitchedLevelOptions | None:
    if now is None:
        return None
    mode = ("OFF", "ON") if is_settable else (switch_word(now),)
    level = _percent(now.level, is_settable=is_settable) if "ON" in mode else None
    return SwitchedLevelOptions(mode=mode, level=level)


def _exposure_options(imaging: ImagingDescription, *, is_settable: bool) -> ExposureOptions20 | None:
    """Return the options of the exposure: those for automatic and manual only if there is that mode.

    The lower limit goes up to the present upper limit and the other way round, so that either can be set alone to all
    that its options name.
    """
    now = imaging.settings.exposure
    if now is None:
        return None
    modes = _modes(now.mode, imaging.exposure_modes, is_settable=is_settable)
    times, gains = (imaging.exposure_time_us, imaging.gain) if is_settable else (None, None)
    made = ExposureOptions20(mode=modes)
    if AutoMode.AUTO in modes:
        offered = imaging.exposure_priorities if is_settable else ()
        made = replace(
            made,
            priority=offered if now.priority is None or now.priority in offered else (now.priority, *offered),
            min_exposure_time=_range(now.min_exposure_time_us, _up_to(times, now.max_exposure_time_us)),
            max_exposure_time=_range(now.max_exposure_time_us, _from(times, now.min_exposure_time_us)),
            min_gain=_range(now.min_gain, _up_to(gains, now.max_gain)),
            max_gain=_range(now.max_gain, _from(gains, now.min_gain)),
        )
    if AutoMode.MANUAL in modes:
        made = replace(made, exposure_time=_range(now.exposure_time_us, times), gain=_range(now.gain, gains))
    return made


def _up_to(limits: Range | None, top: float | None) -> Range | None:
    return limits if limits is None or top is None else Range(limits.minimum, limits.clamp(top))


def _from(limits: Range | None, bottom: float | None) -> Range | None:
    return limits if limits is None or bottom is None else Range(limits.clamp(bottom), limits.maximum)


def _white_balance_options(imaging: ImagingDescription, *, is_settable: bool) -> WhiteBalanceOptions20 | None:
    now = imaging.settings.white_balance
    if now is None:
        return None
    modes = _modes(now.mode, imaging.white_balance_modes, is_settable=is_settable)
    if AutoMode.MANUAL not in modes:
        return WhiteBalanceOptions20(mode=modes)
    return WhiteBalanceOptions20(
        mode=modes,
        yr_gain=_percent(now.cr_gain, is_settable=is_settable),
        yb_gain=_percent(now.cb_gain, is_settable=is_settable),
    )


def _focus_options(imaging: ImagingDescription, *, is_settable: bool) -> FocusOptions20 | None:
    modes = _modes(imaging.settings.auto_focus, imaging.auto_focus_modes, is_settable=is_settable)
    return FocusOptions20(auto_focus_modes=modes) if AutoMode.AUTO in modes else None


def _noise_reduction_options(now: ImagingSettings, *, is_settable: bool) -> ImagingOptions20Extension | None:
    if now.noise_reduction is None or not is_settable:
        return None
    options = ImagingOptions20Extension3(noise_reduction_options=NoiseReductionOptions(level=True))
    return ImagingOptions20Extension(extension=ImagingOptions20Extension2(extension=options))


def _shown(value: _T | None, options: object) -> _T | None:
    """Return a value if it has options."""
    return value if options else None


def switch_word(function: Levelled) -> str:
    """Return the mode of a function that is on or off."""
    return "ON" if function.on else "OFF"


def _switched(now: Levelled | None, options: SwitchedLevelOptions | None) -> SwitchedLevel | None:
    if now is None or options is None:
        return None
    return SwitchedLevel(mode=switch_word(now), level=_shown(now.level, options.level))


def _exposure(now: Exposure | None, options: ExposureOptions20 | None) -> Exposure20 | None:
    if now is None or options is None:
        return None
    return Exposure20(
        mode=now.mode,
        priority=_shown(now.priority, options.priority),
        min_exposure_time=_shown(now.min_exposure_time_us, options.min_exposure_time),
        max_exposure_time=_shown(now.max_exposure_time_us, options.max_exposure_time),
        min_gain=_shown(now.min_gain, options.min_gain),
        max_gain=_shown(now.max_gain, options.max_gain),
        exposure_time=_shown(now.exposure_time_us, options.exposure_time),
        gain=_shown(now.gain, options.gain),
    )


def _white_balance(now: WhiteBalance | None, options: WhiteBalanceOptions20 | None) -> WhiteBalance20 | None:
    if now is None or options is None:
        return None
    return WhiteBalance20(
        mode=now.mode, cr_gain=_shown(now.cr_gain, options.yr_gain), cb_gain=_shown(now.cb_gain, options.yb_gain)
    )


def _noise_reduction(percent: float | None) -> ImagingSettingsExtension20 | None:
    if percent is None:
        return None
    reduction = ImagingSettingsExtension203(noise_reduction=NoiseReduction(level=percent / 100))
    return ImagingSettingsExtension20(extension=ImagingSettingsExtension202(extension=reduction))
