"""Commands about what the camera notices, and the siren (sections 3.8 and 3.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.reolink.alarms import MOTION
from bridge.simulators.reolink.messages import DONE, Answer, NativeError, UnknownCommand

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.device import Call, Channel

DOCUMENTED_KINDS = ("dog_cat", "face", "people", "vehicle")
"""Kinds that `GetAiState` always lists, with `support` 0 when the camera does not recognise them."""


def get_motion(call: Call) -> Answer:
    """`GetMdState`."""
    return Answer({"state": int(call.channel.alarms.is_active(MOTION, call.now))})


def get_ai_state(call: Call) -> Answer:
    """`GetAiState`: objects, or plain numbers on old firmware."""
    channel = call.channel
    if channel.persona.ai_kinds is None:
        raise UnknownCommand
    kinds = dict.fromkeys((*DOCUMENTED_KINDS, *channel.persona.ai_kinds))
    if channel.persona.has_plain_ai_state:
        plain = {kind: int(channel.alarms.is_active(kind, call.now)) for kind in kinds}
        return Answer({"channel": channel.number, **plain})
    return Answer({"channel": channel.number, **{kind: _level(channel, kind, call.now) for kind in kinds}})


def get_events(call: Call) -> Answer:
    """`GetEvents`: undocumented, everything at once; only newer firmware has it."""
    channel = call.channel
    if not channel.persona.has_combined_events:
        raise UnknownCommand
    kinds = [kind for kind in (*DOCUMENTED_KINDS, "package") if kind in channel.alarms.kinds]
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
    is_good = param.get("alarm_mode") in ("times", "manul") and type(times) is int and times >= 0 and switch in (0, 1)
    if not is_good:
        raise NativeError(-4)
    return DONE


def _level(channel: Channel, kind: str, now: float) -> JsonObject:
    support = int(kind in channel.alarms.kinds)
    return {"alarm_state": int(channel.alarms.is_active(kind, now)), "support": support}


COMMANDS = {
    "GetMdState": get_motion,
    "GetAiState": get_ai_state,
    "GetEvents": get_events,
    "AudioAlarmPlay": play_siren,
}
