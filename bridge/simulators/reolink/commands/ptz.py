"""Commands of the head (section 3.7). A camera without one answers that it could not get or set them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import DONE, Answer, NativeError
from bridge.simulators.reolink.ptz import DWELL_S, GUARD_RETURN_S, PATROL_IDS, SPEEDS, Patrol, PtzUnit, Spot

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.device import Call

GET_FAILED, SET_FAILED, RECEIVE_FAILED = -12, -13, -17
PRESET_RANGE: JsonObject = {"enable": "boolean", "id": {"max": 64, "min": 1}, "name": {"maxLen": 31}}
"""The range says 1 to 64 whatever ids the list has."""


def control(call: Call) -> Answer:
    """`PtzCtrl`."""
    param = call.command.param
    unit = _unit(call, RECEIVE_FAILED)
    unit.control(param.get("op"), call.now, speed=param.get("speed"), target=param.get("id"))
    return DONE


def get_presets(call: Call) -> Answer:
    """`GetPtzPreset`."""
    unit = _unit(call, GET_FAILED)
    value = {"PtzPreset": [_shown_preset(unit, id_, call.channel.number) for id_ in unit.presets]}
    if not call.is_full:
        return Answer(value)
    empty = [{"channel": call.channel.number, "enable": 0, "id": id_, "name": ""} for id_ in unit.presets]
    return Answer(value, {"PtzPreset": empty}, {"PtzPreset": {"channel": call.channel.number, **PRESET_RANGE}})


def set_preset(call: Call) -> Answer:
    """`SetPtzPreset`: without `enable` only the name changes."""
    unit, wanted = _unit(call, SET_FAILED), call.wanted("PtzPreset")
    unit.store_preset(
        wanted.get("id"), wanted.get("name"), is_enabled=wanted.get("enable"), now=call.now, is_dry=call.is_ignored
    )
    return DONE


def get_patrols(call: Call) -> Answer:
    """`GetPtzPatrol`."""
    unit = _unit(call, GET_FAILED)
    running = unit.running_patrol_at(call.now)
    number = call.channel.number
    value = {
        "PtzPatrol": [{"channel": number, **_shown_patrol(unit, patrol, running)} for patrol in unit.patrols.values()]
    }
    if not call.is_full:
        return Answer(value)
    spot = {"dwellTime": _limits(DWELL_S), "id": PRESET_RANGE["id"], "speed": _limits(SPEEDS)}
    limits = {"enable": "boolean", "id": {"max": 1, "min": 1}, "name": {"maxLen": 31}, "preset": spot}
    return Answer(value, range={"PtzPatrol": {**limits, "running": "boolean"}})


def set_patrol(call: Call) -> Answer:
    """`SetPtzPatrol`: the whole patrol; `running` is only reported, starting is another command."""
    unit, wanted = _unit(call, SET_FAILED), call.wanted("PtzPatrol")
    id_, name, enable = wanted.get("id"), wanted.get("name", ""), wanted.get("enable")
    if id_ not in PATROL_IDS or type(id_) is not int or not isinstance(name, str) or enable not in (0, 1):
        raise NativeError(-4)
    spots = unit.patrols[id_].spots if "preset" not in wanted else _spots(wanted["preset"])
    unit.store_patrol(Patrol(id_, name, is_enabled=enable == 1, spots=spots), call.now, is_dry=call.is_ignored)
    return DONE


def get_guard(call: Call) -> Answer:
    """`GetPtzGuard`."""
    guard = _unit(call, GET_FAILED).guard
    fields = {"benable": int(guard.returns), "bexistPos": int(guard.pose is not None)}
    return Answer({"PtzGuard": {**fields, "channel": call.channel.number, "timeout": GUARD_RETURN_S}})


def set_guard(call: Call) -> Answer:
    """`SetPtzGuard`: make this the guard position, go there, or only set whether the head returns by itself."""
    unit, wanted = _unit(call, SET_FAILED), call.wanted("PtzGuard")
    returns, order = wanted.get("benable", int(unit.guard.returns)), wanted.get("cmdStr", "")
    is_bad = returns not in (0, 1) or order not in ("", "setPos", "toPos")
    if is_bad or wanted.get("timeout", GUARD_RETURN_S) != GUARD_RETURN_S:
        raise NativeError(-4)
    if order == "toPos":
        unit.go_to_guard(call.now)
    elif call.is_ignored:
        return DONE
    elif order == "setPos" or wanted.get("bSaveCurrentPos") == 1:
        unit.set_guard(call.now)
    unit.guard.returns = returns == 1
    return DONE


def calibrate(call: Call) -> Answer:
    """`PtzCheck`."""
    _unit(call, SET_FAILED).calibrate(call.now)
    return DONE


def get_calibration(call: Call) -> Answer:
    """`GetPtzCheckState`: 0 idle, 1 doing, 2 finished."""
    return Answer({"PtzCheckState": _unit(call, GET_FAILED).calibration_at(call.now)})


def get_lens(call: Call) -> Answer:
    """`GetZoomFocus`: whole lens steps."""
    unit = _unit(call, RECEIVE_FAILED)
    pose, number = unit.pose_at(call.now), call.channel.number
    value = _lens(number, round(pose.focus), round(pose.zoom))
    if not call.is_full:
        return Answer(value)
    focus, zoom = unit.traits.focus_highest, unit.traits.zoom_highest
    return Answer(value, _lens(number, 0, 0), _lens(number, {"max": focus, "min": 0}, {"max": zoom, "min": 0}))


def start_lens(call: Call) -> Answer:
    """`StartZoomFocus`: drive the lens to a position."""
    unit, wanted = _unit(call, RECEIVE_FAILED), call.wanted("ZoomFocus")
    unit.drive_lens(str(wanted.get("op")), wanted.get("pos"), call.now)
    return DONE


def get_autofocus(call: Call) -> Answer:
    """`GetAutoFocus` of a camera without a head; the others have a plain setting."""
    del call
    raise NativeError(GET_FAILED)


def set_autofocus(call: Call) -> Answer:
    """`SetAutoFocus` of a camera without a head."""
    del call
    raise NativeError(SET_FAILED)


def _unit(call: Call, code: int) -> PtzUnit:
    unit = call.channel.ptz
    if unit is None:
        raise NativeError(code)
    return unit


def _lens(channel: int, focus: object, zoom: object) -> JsonObject:
    return {"ZoomFocus": {"channel": channel, "focus": {"pos": focus}, "zoom": {"pos": zoom}}}


def _shown_preset(unit: PtzUnit, id_: int, channel: int) -> JsonObject:
    preset = unit.presets[id_]
    shown: JsonObject = {"channel": channel, "enable": int(preset.pose is not None), "id": id_, "name": preset.name}
    return shown | ({"imgName": f"preset_{id_:02}"} if unit.traits.shows_preset_image else {})


def _shown_patrol(unit: PtzUnit, patrol: Patrol, running: int | None) -> JsonObject:
    shown: JsonObject = {
        "enable": int(patrol.is_enabled),
        "id": patrol.id,
        "name": patrol.name,
        "running": int(patrol.id == running),
    }
    spots = [{"dwellTime": spot.dwell_s, "id": spot.preset_id, "speed": spot.speed} for spot in patrol.spots]
    return shown | ({"preset": spots} if spots or unit.traits.shows_empty_patrols else {})


def _spots(wanted: object) -> tuple[Spot, ...]:
    if not isinstance(wanted, list) or not all(isinstance(spot, dict) for spot in wanted):
        raise NativeError(-4)
    spots = []
    for spot in wanted:
        numbers = spot.get("id"), spot.get("dwellTime"), spot.get("speed")
        if not all(type(number) is int for number in numbers):
            raise NativeError(-4)
        spots.append(Spot(*numbers))
    return tuple(spots)


def _limits(allowed: range) -> JsonObject:
    return {"max": allowed[-1], "min": allowed[0]}


COMMANDS = {
    "PtzCtrl": control,
    "GetPtzPreset": get_presets,
    "SetPtzPreset": set_preset,
    "GetPtzPatrol": get_patrols,
    "SetPtzPatrol": set_patrol,
    "GetPtzGuard": get_guard,
    "SetPtzGuard": set_guard,
    "GetZoomFocus": get_lens,
    "StartZoomFocus": start_lens,
    "PtzCheck": calibrate,
    "GetPtzCheckState": get_calibration,
}
HEADLESS_COMMANDS = {"GetAutoFocus": get_autofocus, "SetAutoFocus": set_autofocus}
"""What takes the place of settings that only a head brings with it."""
