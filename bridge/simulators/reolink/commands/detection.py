"""Commands about what the camera notices, its spotlight and its siren (sections 3.6, 3.8, 3.10 and 3.11)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bridge.simulators.reolink.alarms import MOTION
from bridge.simulators.reolink.channel import SIREN_S
from bridge.simulators.reolink.messages import DONE, Answer, NativeError, UnknownCommand
from bridge.simulators.reolink.personas import DETECTION_KINDS

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.channel import Channel
    from bridge.simulators.reolink.device import Call
    from bridge.simulators.reolink.settings import Setting

TIMES, MANUAL, DOCUMENTED_MANUAL = "times", "manul", "manu"
"""Ways to sound the siren. Devices want another word for the second than the document prints."""


def get_motion(call: Call) -> Answer:
    """`GetMdState`."""
    return Answer({"state": int(call.channel.alarms.is_active(MOTION, call.now))})


def get_ai_state(call: Call) -> Answer:
    """`GetAiState`: objects, or plain numbers on old firmware; kinds that are not recognised have `support` 0."""
    channel = call.channel
    if channel.persona.ai_kinds is None:
        raise UnknownCommand
    kinds = dict.fromkeys((*DETECTION_KINDS, *channel.persona.ai_kinds))
    if channel.persona.has_plain_ai_state:
        plain = {kind: int(channel.alarms.is_active(kind, call.now)) for kind in kinds}
        return Answer({"channel": channel.number, **plain})
    return Answer({"channel": channel.number, **{kind: _level(channel, kind, call.now) for kind in kinds}})


def get_events(call: Call) -> Answer:
    """`GetEvents`: undocumented, everything at once; only newer firmware has it."""
    channel = call.channel
    if not channel.persona.has_combined_events:
        raise UnknownCommand
    kinds = [kind for kind in (*DETECTION_KINDS, "package") if kind in channel.alarms.kinds]
    ai = {kind: _level(channel, kind, call.now) for kind in kinds}
    return Answer(
        {
            "ai": ai,
            "channel": channel.number,
            "md": _level(channel, MOTION, call.now),
            "visitor": _level(channel, "visitor", call.now),
        }
    )


def play_siren(call: Call) -> Answer:
    """`AudioAlarmPlay`: so many times, or by hand; the document's word for that is not the devices'."""
    channel, param = call.channel, call.command.param
    if not channel.persona.abilities.version("alarmAudio"):
        raise NativeError(-9)
    times, switch = param.get("times", 1), param.get("manual_switch", 0)
    manual = DOCUMENTED_MANUAL if "manu" in call.device.switches else MANUAL
    mode, is_switch = param.get("alarm_mode"), type(switch) is int and switch in (0, 1)
    if mode not in (TIMES, manual) or type(times) is not int or times < 0 or not is_switch:
        raise NativeError(-4)
    if mode == TIMES:
        channel.siren_until = call.now + times * SIREN_S
    else:
        channel.siren_until = math.inf if switch else -math.inf
    return DONE


def get_ai_alarm(call: Call) -> Answer:
    """`GetAiAlarm`: of the kind named, or of the first."""
    channel, kind = call.channel, call.command.param.get("ai_type")
    setting = _ai_alarm(channel, next(iter(channel.ai_alarms), None) if kind is None else kind)
    return Answer(setting.value) if channel.persona.has_flat_ai_alarm else setting.answer(is_full=False)


def set_ai_alarm(call: Call) -> Answer:
    """`SetAiAlarm`: any of its fields."""
    setting = _ai_alarm(call.channel, call.wanted("AiAlarm").get("ai_type"))
    _keep(call, setting, setting.written(call.command.param))
    return DONE


def set_alarm_area(call: Call) -> Answer:
    """`SetAlarmArea`: where a kind of thing counts; the numbers of columns and rows must be the camera's."""
    param = call.command.param
    setting = _ai_alarm(call.channel, param.get("ai_type"))
    if not {"width", "height", "area"} <= param.keys():
        raise NativeError(-4)
    wanted = {"height": param["height"], "scope": {"area": param["area"]}, "width": param["width"]}
    _keep(call, setting, setting.written({"AiAlarm": wanted}))
    return DONE


def get_spotlight(call: Call) -> Answer:
    """`GetWhiteLed`: it may have gone out by itself."""
    setting = _spotlight(call.channel)
    call.channel.settle(call.now)
    return setting.answer(is_full=call.is_full)


def set_spotlight(call: Call) -> Answer:
    """`SetWhiteLed`: switched on by `state` alone it stays on for three minutes."""
    channel, setting = call.channel, _spotlight(call.channel)
    channel.settle(call.now)
    _keep(call, setting, setting.written(call.command.param))
    if "state" in call.wanted("WhiteLed") and not call.is_ignored:
        channel.switch_spotlight(call.now)
    return DONE


def _ai_alarm(channel: Channel, kind: object) -> Setting:
    if not channel.ai_alarms:
        raise UnknownCommand
    setting = channel.ai_alarms.get(kind) if isinstance(kind, str) else None
    if setting is None:
        raise NativeError(-4)
    return setting


def _spotlight(channel: Channel) -> Setting:
    setting = channel.settings.get("WhiteLed")
    if setting is None:
        raise UnknownCommand
    return setting


def _keep(call: Call, setting: Setting, value: JsonObject) -> None:
    if not call.is_ignored:
        setting.value = value


def _level(channel: Channel, kind: str, now: float) -> JsonObject:
    support = int(kind in channel.alarms.kinds)
    return {"alarm_state": int(channel.alarms.is_active(kind, now)), "support": support}


COMMANDS = {
    "GetMdState": get_motion,
    "GetAiState": get_ai_state,
    "GetEvents": get_events,
    "AudioAlarmPlay": play_siren,
    "GetAiAlarm": get_ai_alarm,
    "SetAiAlarm": set_ai_alarm,
    "SetAlarmArea": set_alarm_area,
    "GetWhiteLed": get_spotlight,
    "SetWhiteLed": set_spotlight,
}
