"""Picture controls from `GetImage`, `GetIsp` and `GetAutoFocus` (vendor document, 3.4.3 to 3.4.6, 3.7.9).

Levels are 0..255 in the camera and 0..100 here. A control exists when the camera sends it and its ability does not
deny it: what ability 0 denies is silently ignored when written. `picture` writes them.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from bridge.core.imaging import (
    AutoMode,
    Exposure,
    ExposurePriority,
    FocusDescription,
    ImagingDescription,
    ImagingSettings,
    IrCutMode,
    Levelled,
    WhiteBalance,
)
from bridge.core.units import Range, steps_to_percent
from bridge.drivers.reolink.native import flag, number, section, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from bridge.drivers.reolink.abilities import Abilities
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.native import Json

    Mode = TypeVar("Mode")

LEVEL_STEPS: Final = 255
MOST_GAIN: Final = 1000
MOST_SHUTTER_MS: Final = 10_000
US_PER_MS: Final = 1000

IR_CUT: Final = {"Auto": IrCutMode.AUTO, "Color": IrCutMode.ON, "Black&White": IrCutMode.OFF}
EXPOSURE: Final[dict[str, tuple[AutoMode, ExposurePriority | None]]] = {
    "Auto": (AutoMode.AUTO, None),
    "LowNoise": (AutoMode.AUTO, ExposurePriority.LOW_NOISE),
    "Anti-Smearing": (AutoMode.AUTO, ExposurePriority.FRAME_RATE),
    "Manual": (AutoMode.MANUAL, None),
}
WHITE_BALANCE: Final = {"Auto": AutoMode.AUTO, "Manual": AutoMode.MANUAL}
BACKLIGHT: Final = "BackLightControl"
WIDE_DYNAMIC_RANGE: Final = "DynamicRangeControl"


def imaging(
    image: Answer, isp: Answer, focus: Answer, abilities: Abilities, *, drives: FocusDescription | None = None
) -> ImagingDescription | None:
    """Return the picture controls that a camera has, None when it has none.

    Args:
        image: of GetImage.
        isp: of GetIsp.
        focus: of GetAutoFocus.
        abilities: of the channel.
        drives: how the focus can be driven.
    """
    levels = section(image.value, "Image") if abilities.allow("image") else {}
    picture = section(isp.value, "Isp") if abilities.allow("isp") else {}
    ranges = section(isp.range, "Isp")
    focusing = section(focus.value, "AutoFocus") if abilities.allow("disableAutoFocus") else {}
    manual_focus = flag(focusing, "disable")
    exposure_words = _offered(picture, ranges, "exposure", EXPOSURE) if abilities.allow("ispExposureMode") else ()
    exposure = _exposure(picture, is_settable=bool(exposure_words))
    settings = ImagingSettings(
        brightness=_level(levels, "bright") if abilities.allow("ispBright") else None,
        contrast=_level(levels, "contrast") if abilities.allow("ispContrast") else None,
        color_saturation=_level(levels, "saturation") if abilities.allow("ispSatruation") else None,
        sharpness=_level(levels, "sharpen") if abilities.allow("ispSharpen") else None,
        ir_cut_filter=IR_CUT.get(text(picture, "dayNight")) if abilities.allow("ispDayNight") else None,
        backlight_compensation=_backlight(picture, ranges, BACKLIGHT, "blc")
        if abilities.allow("ispBackLight")
        else None,
        wide_dynamic_range=_backlight(picture, ranges, WIDE_DYNAMIC_RANGE, "drc")
        if abilities.allow("ispBackLight")
        else None,
        exposure=exposure,
        white_balance=_white_balance(picture) if abilities.allow("ispWhiteBalance") else None,
        noise_reduction=_noise_reduction(picture) if abilities.allow("isp3Dnr") else None,
        auto_focus=None if manual_focus is None else (AutoMode.MANUAL if manual_focus else AutoMode.AUTO),
    )
    if settings == ImagingSettings() and drives is None:
        return None
    offered = [EXPOSURE[word] for word in exposure_words]
    return ImagingDescription(
        settings=settings,
        ir_cut_modes=_modes(picture, ranges, "dayNight", IR_CUT) if settings.ir_cut_filter else (),
        exposure_modes=tuple(dict.fromkeys(mode for mode, _ in offered)) or ((exposure.mode,) if exposure else ()),
        exposure_priorities=tuple(priority for _, priority in offered if priority is not None),
        exposure_time_us=_range(ranges, "shutter", most=MOST_SHUTTER_MS, scale=US_PER_MS) if offered else None,
        gain=_range(ranges, "gain", most=MOST_GAIN) if offered else None,
        white_balance_modes=_modes(picture, ranges, "whiteBalance", WHITE_BALANCE) if settings.white_balance else (),
        auto_focus_modes=() if settings.auto_focus is None else (AutoMode.AUTO, AutoMode.MANUAL),
        settable=frozenset(_told(settings)) - (set() if offered else {"exposure"}),
        focus=drives,
    )


def _told(settings: ImagingSettings) -> list[str]:
    return [each.name for each in fields(settings) if getattr(settings, each.name) is not None]


def _level(holder: Json, key: str) -> float | None:
    value = number(holder, key, least=0, most=LEVEL_STEPS)
    return None if value is None else steps_to_percent(value, LEVEL_STEPS)


def _backlight(picture: Json, ranges: Json, word: str, level: str) -> Levelled | None:
    """Read one of the two that share the field `backLight`: only one of them can be on."""
    now = text(picture, "backLight")
    if now != word and word not in texts(ranges, "backLight"):
        return None
    return Levelled(on=now == word, level=_level(picture, level))


def _exposure(picture: Json, *, is_settable: bool) -> Exposure | None:
    """Read the exposure; the camera tells its limits in all modes and minds them in some."""
    native = text(picture, "exposure")
    if native not in EXPOSURE:
        return None
    if not is_settable:
        return Exposure(AutoMode.AUTO)
    mode, priority = EXPOSURE[native]
    shutter = _range(picture, "shutter", most=MOST_SHUTTER_MS, scale=US_PER_MS)
    gain = _range(picture, "gain", most=MOST_GAIN)
    return Exposure(
        mode=mode,
        priority=priority,
        min_exposure_time_us=shutter.minimum if shutter else None,
        max_exposure_time_us=shutter.maximum if shutter else None,
        min_gain=gain.minimum if gain else None,
        max_gain=gain.maximum if gain else None,
    )


def _white_balance(picture: Json) -> WhiteBalance | None:
    mode = WHITE_BALANCE.get(text(picture, "whiteBalance"))
    return None if mode is None else WhiteBalance(mode, _level(picture, "redGain"), _level(picture, "blueGain"))


def _noise_reduction(picture: Json) -> float | None:
    is_on = flag(picture, "nr3d")
    return None if is_on is None else steps_to_percent(int(is_on), 1)


def _range(holder: Json, key: str, *, most: int, scale: int = 1) -> Range | None:
    limits = section(holder, key)
    least = number(limits, "min", least=0, most=most)
    top = number(limits, "max", least=0, most=most)
    return None if least is None or top is None or least > top else Range(least * scale, top * scale)


def _offered(picture: Json, ranges: Json, key: str, table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the native words that can be set; without a range only the present one is certain."""
    return tuple(word for word in texts(ranges, key) or (text(picture, key),) if word in table)


def _modes(picture: Json, ranges: Json, key: str, table: Mapping[str, Mode]) -> tuple[Mode, ...]:
    return tuple(dict.fromkeys(table[word] for word in _offered(picture, ranges, key, table)))
