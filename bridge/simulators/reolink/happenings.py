"""What `POST /event` and `POST /fault` can do to this family: the words, their fields, and what of it is plain state.

Events are done here. Faults are only understood here: those that touch ports are carried out by the camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.simulators.control import BadRequest, JsonObject, number, one_of
from bridge.simulators.reolink.alarms import MOTION
from bridge.simulators.reolink.head import Pose

if TYPE_CHECKING:
    from bridge.simulators.reolink.channel import Channel
    from bridge.simulators.reolink.device import Device
    from bridge.simulators.reolink.head import Axis

ALARMS = (MOTION, "people", "vehicle", "dog_cat", "face", "visitor", "package")
OTHER_EVENTS = ("disk", "clock", "move")
PLUG = "channel"
"""What only a recorder has: a camera comes or goes."""

_DEFAULT_S = 10.0
REBOOT_S = 20.0
STREAM_RESTART_S = 3.0
_LONGEST_DELAY_MS = 600_000
_LOWEST_CODE = -999

# The fields that each fault has beside `kind` and `seconds`.
_FAULT_FIELDS = {
    "offline": frozenset[str](),
    "slow": frozenset({"ms", "command", "channel", "count"}),
    "drop": frozenset({"where", "command", "channel", "count"}),
    "reboot": frozenset[str](),
    "expire_session": frozenset({"plane"}),
    "max_sessions": frozenset({"code", "count"}),
    "bad_answer": frozenset({"form", "code", "command", "channel", "count"}),
    "stream_stall": frozenset[str](),
    "stream_restart": frozenset({"size", "channel"}),
}
_SECONDS = {"reboot": REBOOT_S, "stream_restart": STREAM_RESTART_S}
_WORDS = {
    "where": ("before", "headers", "middle"),
    "plane": ("api", "rtsp"),
    "form": ("collapse", "rsp_code", "snap_json", "not_json", "truncated", "status", "logout_noise"),
}


@dataclass(frozen=True, slots=True)
class WantedFault:
    """A fault as asked for, checked."""

    kind: str
    seconds: float
    fields: JsonObject


def happen(device: Device, event: JsonObject) -> None:
    """Let something happen.

    Args:
        device: to whom.
        event: `kind`, and its own fields.

    Raises:
        BadRequest: this camera has no such event.
    """
    channel = _channel(device, event)
    recorders = (PLUG,) if device.is_recorder else ()
    kind = one_of(event, "kind", (*channel.alarms.kinds, *OTHER_EVENTS, *recorders))
    if kind == PLUG:
        _plug(channel, event)
    elif kind == "disk":
        _mount(device, event)
    elif kind == "clock":
        device.wall.offset_s = number(event, "offset_s", 0.0, lowest=-1e9, highest=1e9)
    elif not channel.is_online:
        raise BadRequest(f"no camera is online at channel {channel.number}")
    elif kind == "move":
        _move(channel, event, device.clock.now())
    else:
        _alarm(channel, kind, event, device.clock.now())


def wanted_fault(device: Device, fault: JsonObject) -> WantedFault:
    """Read a fault.

    Raises:
        BadRequest: there is no such fault, or its fields are wrong.
    """
    kind = one_of(fault, "kind", tuple(_FAULT_FIELDS))
    fields = {name: value for name, value in fault.items() if name not in ("kind", "seconds")}
    unknown = fields.keys() - _FAULT_FIELDS[kind]
    if unknown:
        known = ", ".join(sorted({"seconds", *_FAULT_FIELDS[kind]}))
        raise BadRequest(f"{kind} has no field {', '.join(sorted(unknown))}; it has {known}")
    for name in fields.keys() & _WORDS.keys():
        one_of(fields, name, _WORDS[name])
    if not isinstance(fields.get("command", ""), str):
        raise BadRequest("command is the name of a command")
    _check_numbers(fields)
    encoder = _channel(device, fields).encoder
    if fields.get("size", encoder.main.size) not in encoder.sizes:
        raise BadRequest(f"size is one of {', '.join(encoder.sizes)}")
    if kind == "bad_answer":
        one_of(fields, "form", _WORDS["form"])
        # A collapse that names no command is one of batches only.
        fields |= {"batch_only": True} if fields["form"] == "collapse" and "command" not in fields else {}
    return WantedFault(kind, number(fault, "seconds", _SECONDS.get(kind, _DEFAULT_S)), fields)


def _check_numbers(fields: JsonObject) -> None:
    number(fields, "ms", 0.0, highest=_LONGEST_DELAY_MS)
    for name, lowest, highest in (("count", 1, 1_000_000), ("code", _LOWEST_CODE, 599)):
        if number(fields, name, 1.0, lowest=lowest, highest=highest) % 1:
            raise BadRequest(f"{name} is a whole number")


def _channel(device: Device, wanted: JsonObject) -> Channel:
    """Return the picture that an event or a fault is about, the first when it names none."""
    number_ = wanted.get("channel", 0)
    if type(number_) is not int or not 0 <= number_ < len(device.channels):
        last = len(device.channels) - 1
        raise BadRequest(f"channel is a number from 0 to {last}" if last else "channel is 0: this is no recorder")
    return device.channels[number_]


def _plug(channel: Channel, event: JsonObject) -> None:
    online = event.get("online")
    if online not in (True, False):
        raise BadRequest("online is true or false")
    channel.plug(is_online=bool(online))


def _alarm(channel: Channel, kind: str, event: JsonObject, now: float) -> None:
    active = event.get("active", True)
    if active not in (True, False):
        raise BadRequest("active is true or false")
    hold_s = number(event, "hold_s", math.inf, highest=math.inf)
    channel.alarms.set(kind, until=now + hold_s if active else -math.inf)


def _mount(device: Device, event: JsonObject) -> None:
    mount = event.get("mount", True)
    if device.disk is None or mount not in (True, False):
        raise BadRequest("mount is true or false, on a model with a disk")
    device.disk.is_mounted = bool(mount)


def _move(channel: Channel, event: JsonObject, now: float) -> None:
    unit = channel.ptz
    if unit is None:
        raise BadRequest("this model has no head to turn")
    here, head = unit.pose_at(now), unit.head

    def aim(name: str, axis: Axis, present: float) -> float:
        return number(event, name, present, lowest=axis.low, highest=axis.high)

    pan, tilt = aim("pan", head.pan, here.pan), aim("tilt", head.tilt, here.tilt)
    unit.place(Pose(pan, tilt, aim("zoom", head.zoom, here.zoom), aim("focus", head.focus, here.focus)), now)
