"""Which picture settings a client's wish comes to.

ONVIF Imaging Service Specification, "SetImagingSettings": all or nothing. Every value is held against the options that
the client can ask for, and against nothing else; what the camera shows already can always be set again.
"""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.core.imaging import Exposure, ImagingSettings, Levelled, WhiteBalance
from bridge.onvif.imaging_model import switch_word
from bridge.onvif.types.common import FloatRange
from bridge.proto.soap.namespaces import TT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from bridge.onvif.types.imaging import (
        Exposure20,
        ExposureOptions20,
        ImagingOptions20,
        ImagingSettings20,
        ImagingSettingsExtension20,
        ImagingSettingsExtension202,
        ImagingSettingsExtension203,
        SwitchedLevel,
        SwitchedLevelOptions,
        WhiteBalance20,
        WhiteBalanceOptions20,
    )

_T = TypeVar("_T")

_SAME = 1e-6
"""Difference, relative or absolute, that does not count: clients give numbers back in single precision."""


def settings_invalid(reason: str) -> ClientFault:
    """Return the fault SettingsInvalid: the picture cannot be set like that."""
    return ClientFault("Sender", ("InvalidArgVal", "SettingsInvalid"), reason)


def chosen_settings(wished: ImagingSettings20, now: ImagingSettings, options: ImagingOptions20) -> ImagingSettings:
    """Return the settings that a wish comes to; what it does not mention stays.

    Raises:
        ClientFault: SettingsInvalid, if anything wished is not among the options.
    """
    if any(_is_control(other) for other in _others(wished)):
        raise settings_invalid("The camera does not have all of these controls")
    focus = wished.focus
    extension = _extensions(wished)[-1]
    reduction = None if extension is None else extension.noise_reduction
    return replace(
        now,
        brightness=_level("brightness", wished.brightness, now.brightness, options.brightness),
        contrast=_level("contrast", wished.contrast, now.contrast, options.contrast),
        color_saturation=_level("saturation", wished.color_saturation, now.color_saturation, options.color_saturation),
        sharpness=_level("sharpness", wished.sharpness, now.sharpness, options.sharpness),
        ir_cut_filter=_choice("infrared filter", wished.ir_cut_filter, now.ir_cut_filter, options.ir_cut_filter_modes),
        backlight_compensation=_switched(
            "backlight compensation",
            wished.backlight_compensation,
            now.backlight_compensation,
            options.backlight_compensation,
        ),
        wide_dynamic_range=_switched(
            "wide dynamic range", wished.wide_dynamic_range, now.wide_dynamic_range, options.wide_dynamic_range
        ),
        exposure=_exposure(wished.exposure, now.exposure, options.exposure),
        white_balance=_white_balance(wished.white_balance, now.white_balance, options.white_balance),
        noise_reduction=_level(
            "noise reduction",
            None if reduction is None else round(reduction.level * 100, 6),
            now.noise_reduction,
            FloatRange(min=0.0, max=100.0) if options.extension else None,
        ),
        auto_focus=_choice(
            "focus",
            None if focus is None else focus.auto_focus_mode,
            now.auto_focus,
            options.focus.auto_focus_modes if options.focus else (),
        ),
    )


def _extensions(
    wished: ImagingSettings20,
) -> tuple[ImagingSettingsExtension20 | None, ImagingSettingsExtension202 | None, ImagingSettingsExtension203 | None]:
    first = wished.extension
    second = None if first is None else first.extension
    return first, second, None if second is None else second.extension


def _others(wished: ImagingSettings20) -> Iterator[etree._Element]:
    """Return what the client has sent beside the controls that are known here."""
    for part in (wished.exposure, wished.focus, *_extensions(wished)):
        if part is not None:
            yield from part.others


def _is_control(other: etree._Element) -> bool:
    """Return whether an element wants something: empty ones and those of vendors do not."""
    return str(other.tag).startswith(f"{{{TT}}}") and bool(len(other) or other.attrib or (other.text or "").strip())


def _level(control: str, wished: float | None, now: float | None, offered: FloatRange | None) -> float | None:
    """Return the value to set: the present one if the client has only repeated it."""
    if wished is None:
        return now
    if offered is None:
        raise settings_invalid(f"The camera has no {control}")
    if now is not None and isclose(wished, now, rel_tol=_SAME, abs_tol=_SAME):
        return now
    if not offered.min <= wished <= offered.max:
        raise settings_invalid(f"The {control} lies between {offered.min:g} and {offered.max:g}")
    return wished


def _choice(control: str, wished: _T | None, now: _T, offered: tuple[_T, ...]) -> _T:
    if wished is None:
        return now
    if wished not in offered:
        raise settings_invalid(f"The camera has no such mode of the {control}")
    return wished


def _switched(
    control: str, wished: SwitchedLevel | None, now: Levelled | None, options: SwitchedLevelOptions | None
) -> Levelled | None:
    if wished is None:
        return now
    if now is None or options is None:
        raise settings_invalid(f"The camera has no {control}")
    mode = _choice(control, wished.mode, switch_word(now), options.mode)
    return Levelled(on=mode == "ON", level=_level(f"level of {control}", wished.level, now.level, options.level))


def _exposure(wished: Exposure20 | None, now: Exposure | None, options: ExposureOptions20 | None) -> Exposure | None:
    if wished is None:
        return now
    if now is None or options is None:
        raise settings_invalid("The camera has no exposure control")
    made = Exposure(
        mode=_choice("exposure", wished.mode, now.mode, options.mode),
        priority=_choice("exposure", wished.priority, now.priority, options.priority),
        min_exposure_time_us=_level(
            "shortest exposure time", wished.min_exposure_time, now.min_exposure_time_us, options.min_exposure_time
        ),
        max_exposure_time_us=_level(
            "longest exposure time", wished.max_exposure_time, now.max_exposure_time_us, options.max_exposure_time
        ),
        min_gain=_level("lowest gain", wished.min_gain, now.min_gain, options.min_gain),
        max_gain=_level("highest gain", wished.max_gain, now.max_gain, options.max_gain),
        exposure_time_us=_level("exposure time", wished.exposure_time, now.exposure_time_us, options.exposure_time),
        gain=_level("gain", wished.gain, now.gain, options.gain),
    )
    limits = ((made.min_exposure_time_us, made.max_exposure_time_us), (made.min_gain, made.max_gain))
    if made != now and any(low is not None and high is not None and low > high for low, high in limits):
        raise settings_invalid("A lower limit of the exposure lies above the upper one")
    return made


def _white_balance(
    wished: WhiteBalance20 | None, now: WhiteBalance | None, options: WhiteBalanceOptions20 | None
) -> WhiteBalance | None:
    if wished is None:
        return now
    if now is None or options is None:
        raise settings_invalid("The camera has no white balance")
    return WhiteBalance(
        mode=_choice("white balance", wished.mode, now.mode, options.mode),
        cr_gain=_level("red gain", wished.cr_gain, now.cr_gain, options.yr_gain),
        cb_gain=_level("blue gain", wished.cb_gain, now.cb_gain, options.yb_gain),
    )
