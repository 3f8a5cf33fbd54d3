"""Writing the picture controls: `SetImage`, `SetIsp`, `SetAutoFocus`, always whole objects (3.4.2, 3.4.6, 3.7.11).

The camera's steps are coarser than what clients set. What was wished for is kept, and shown for as long as the camera
has the step that it stands for: whoever sets 50 reads 50. Backlight compensation and wide dynamic range are one field
of the camera: switching one on switches the other off.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bridge.core.errors import InvalidValue
from bridge.core.imaging import AutoMode, Exposure, ImagingSettings, Levelled, WhiteBalance
from bridge.core.units import percent_to_steps, round_half_up
from bridge.drivers.reolink.imaging import (
    BACKLIGHT,
    EXPOSURE,
    IR_CUT,
    LEVEL_STEPS,
    US_PER_MS,
    WHITE_BALANCE,
    WIDE_DYNAMIC_RANGE,
)
from bridge.drivers.reolink.native import section

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.model import CameraDescription
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Command, Readings
    from bridge.drivers.reolink.settings import SettingsDesk

IMAGE_LEVELS: Final = {
    "brightness": "bright",
    "contrast": "contrast",
    "color_saturation": "saturation",
    "sharpness": "sharpen",
}

NATIVE_IR_CUT: Final = {mode: word for word, mode in IR_CUT.items()}
NATIVE_WHITE_BALANCE: Final = {mode: word for word, mode in WHITE_BALANCE.items()}
NATIVE_EXPOSURE: Final = {meant: word for word, meant in EXPOSURE.items()}

WRITES: Final = {
    "SetImage": ("GetImage", "Image"),
    "SetIsp": ("GetIsp", "Isp"),
    "SetAutoFocus": ("GetAutoFocus", "AutoFocus"),
}
"""What sets the picture, with the command that reads it and the key of its object."""


def level_step(percent: float) -> int:
    """Return the camera's step 0..255 of a level."""
    return percent_to_steps(percent, LEVEL_STEPS)


def switch_step(percent: float) -> int:
    """Return 0 or 1 for a level that the camera only switches."""
    return percent_to_steps(percent, 1)


def milliseconds(time_us: float) -> int:
    """Return the camera's unit of exposure times."""
    return round_half_up(time_us / US_PER_MS)


def as_wished(now: ImagingSettings, wished: ImagingSettings | None) -> ImagingSettings:
    """Return settings that were read, with every value that stands for the same step as one that was wished for."""
    if wished is None:
        return now
    return replace(
        now,
        brightness=_kept(now.brightness, wished.brightness),
        contrast=_kept(now.contrast, wished.contrast),
        color_saturation=_kept(now.color_saturation, wished.color_saturation),
        sharpness=_kept(now.sharpness, wished.sharpness),
        noise_reduction=_kept(now.noise_reduction, wished.noise_reduction, switch_step),
        backlight_compensation=_kept_level(now.backlight_compensation, wished.backlight_compensation),
        wide_dynamic_range=_kept_level(now.wide_dynamic_range, wished.wide_dynamic_range),
        exposure=_kept_exposure(now.exposure, wished.exposure),
        white_balance=_kept_balance(now.white_balance, wished.white_balance),
    )


def _kept(now: float | None, wished: float | None, step: Callable[[float], int] = level_step) -> float | None:
    return wished if now is not None and wished is not None and step(now) == step(wished) else now


def _kept_level(now: Levelled | None, wished: Levelled | None) -> Levelled | None:
    return replace(now, level=_kept(now.level, wished.level)) if now is not None and wished is not None else now


def _kept_exposure(now: Exposure | None, wished: Exposure | None) -> Exposure | None:
    if now is None or wished is None:
        return now
    return replace(
        now,
        min_exposure_time_us=_kept(now.min_exposure_time_us, wished.min_exposure_time_us, milliseconds),
        max_exposure_time_us=_kept(now.max_exposure_time_us, wished.max_exposure_time_us, milliseconds),
        min_gain=_kept(now.min_gain, wished.min_gain, round_half_up),
        max_gain=_kept(now.max_gain, wished.max_gain, round_half_up),
    )


def _kept_balance(now: WhiteBalance | None, wished: WhiteBalance | None) -> WhiteBalance | None:
    if now is None or wished is None:
        return now
    return replace(now, cr_gain=_kept(now.cr_gain, wished.cr_gain), cb_gain=_kept(now.cb_gain, wished.cb_gain))


def native_changes(wished: ImagingSettings, now: ImagingSettings) -> dict[str, dict[str, object]]:
    """Return the native fields to change, by the command that sets them.

    Args:
        wished: the whole picture.
        now: as it is described.

    Raises:
        InvalidValue: `settings`, the camera cannot do both at once.
    """
    image: dict[str, object] = {
        native: level_step(level)
        for ours, native in IMAGE_LEVELS.items()
        if (level := getattr(wished, ours)) is not None and level != getattr(now, ours)
    }
    isp: dict[str, object] = {}
    if wished.ir_cut_filter is not None and wished.ir_cut_filter is not now.ir_cut_filter:
        isp["dayNight"] = NATIVE_IR_CUT[wished.ir_cut_filter]
    if wished.noise_reduction is not None and wished.noise_reduction != now.noise_reduction:
        isp["nr3d"] = switch_step(wished.noise_reduction)
    if wished.exposure is not None and wished.exposure != now.exposure:
        isp |= _native_exposure(wished.exposure)
    if wished.white_balance is not None and wished.white_balance != now.white_balance:
        isp |= _native_balance(wished.white_balance)
    isp |= _native_backlight(wished, now)
    changes = {"SetImage": image, "SetIsp": isp}
    if wished.auto_focus is not None and wished.auto_focus is not now.auto_focus:
        changes["SetAutoFocus"] = {"disable": int(wished.auto_focus is AutoMode.MANUAL)}
    return {cmd: native for cmd, native in changes.items() if native}


def _native_exposure(exposure: Exposure) -> dict[str, object]:
    priority = exposure.priority if exposure.mode is AutoMode.AUTO else None
    limits = {
        "shutter": (exposure.min_exposure_time_us, exposure.max_exposure_time_us, milliseconds),
        "gain": (exposure.min_gain, exposure.max_gain, round_half_up),
    }
    return {
        "exposure": NATIVE_EXPOSURE[exposure.mode, priority],
        **{
            key: {"min": step(least), "max": step(most)}
            for key, (least, most, step) in limits.items()
            if least is not None and most is not None
        },
    }


def _native_balance(balance: WhiteBalance) -> dict[str, object]:
    gains = {"redGain": balance.cr_gain, "blueGain": balance.cb_gain}
    levels = {key: level_step(gain) for key, gain in gains.items() if gain is not None}
    return {"whiteBalance": NATIVE_WHITE_BALANCE[balance.mode], **levels}


def _native_backlight(wished: ImagingSettings, now: ImagingSettings) -> dict[str, object]:
    """Return what sets the two controls that share a field: of two that are on, the new one wins."""
    pairs = {
        BACKLIGHT: ("blc", wished.backlight_compensation, now.backlight_compensation),
        WIDE_DYNAMIC_RANGE: ("drc", wished.wide_dynamic_range, now.wide_dynamic_range),
    }
    if all(control == before for _, control, before in pairs.values()):
        return {}
    on = [word for word, (_, control, _) in pairs.items() if control is not None and control.on]
    if len(on) > 1:
        on = [word for word in on if not ((before := pairs[word][2]) is not None and before.on)]
    if len(on) > 1:
        raise InvalidValue("settings", "backlight compensation and wide dynamic range exclude each other")
    levels = {
        key: level_step(control.level)
        for key, control, _ in pairs.values()
        if control is not None and control.level is not None
    }
    return {"backLight": on[0] if on else "Off", **levels}


class ReolinkImaging:
    """`core.imaging.Imaging` for one channel.

    Args:
        desk: changes the settings.
        description: returns what is known of the camera.
    """

    def __init__(self, desk: SettingsDesk, description: Callable[[], CameraDescription | None]) -> None:
        self._desk = desk
        self._description = description

    async def set(self, settings: ImagingSettings) -> None:
        """Set all controls; see `core.imaging.Imaging`."""
        description = self._description()
        if description is None or description.imaging is None:
            raise InvalidValue("settings", "the camera has no picture controls")
        now = description.imaging.settings
        wished, changes = _differing(settings, now), native_changes(settings, now)

        def plan(client: ReolinkClient, readings: Readings) -> tuple[Command, ...]:
            return tuple(
                client.write(cmd, key, {**section(readings[read].value, key), **changes[cmd]})
                for cmd, (read, key) in WRITES.items()
                if cmd in changes
            )

        if changes:
            reads = [WRITES[cmd][0] for cmd in changes]
            await self._desk.change(reads, plan, wish=partial(_wish, wished))


def _differing(wished: ImagingSettings, now: ImagingSettings) -> dict[str, object]:
    names = (each.name for each in fields(wished))
    return {name: value for name in names if (value := getattr(wished, name)) != getattr(now, name)}


def _wish(wished: dict[str, Any], description: CameraDescription) -> CameraDescription:
    imaging = description.imaging
    if imaging is None:
        return description
    return replace(description, imaging=replace(imaging, settings=replace(imaging.settings, **wished)))
