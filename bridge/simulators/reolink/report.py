"""What `GET /state` of the control interface says about the camera: everything but passwords and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.faults import FaultBoard
    from bridge.simulators.reolink.channel import Channel
    from bridge.simulators.reolink.device import Device
    from bridge.simulators.reolink.head import Pose
    from bridge.simulators.reolink.ptz import PtzUnit

_DIGITS = 3
"""Thousandths of a degree or of a lens step; what is beyond is rounding."""
_LIGHTS = {"infrared": "IrLights", "power": "PowerLed", "white": "WhiteLed"}


def report(device: Device, faults: FaultBoard, *, is_online: bool) -> JsonObject:
    """Return the state of the camera at this moment."""
    now = device.clock.now()
    channel = device.channels[0]
    return {
        "model": device.persona.identity.model,
        "name": device.name,
        "online": is_online,
        **_picture(device, channel, now),
        "channels": [
            {
                "channel": member.number,
                "online": member.is_online,
                "name": member.name,
                "model": member.persona.identity.model,
                **_picture(device, member, now),
            }
            for member in device.channels
            if device.is_recorder and member.is_paired
        ],
        "relays": [],
        "inputs": [],
        "sessions": [
            {
                "token": device.sessions.label(session.token),
                "user": session.account.name,
                "ip": session.ip,
                "session_id": session.session_id,
                "created": _utc(device, session.created),
                "expires": _utc(device, session.expires),
            }
            for session in device.sessions.in_force(now)
        ],
        "subscribers": [],
        "users": [{"name": account.name, "level": account.level} for account in device.accounts.all()],
        "failed_logins": {
            ip: {"count": failures.count, "is_locked": failures.locked_until > now}
            for ip, failures in device.sessions.locks().items()
        },
        "clock": {
            "utc": device.wall.utc().isoformat(timespec="seconds"),
            "local": device.wall.local().isoformat(timespec="seconds"),
            "offset_s": device.wall.offset_s,
            "time_zone_s": device.wall.display["timeZone"],
            "dst": device.wall.dst,
            "ntp": device.settings["Ntp"].value,
        },
        "settings": {name: setting.value for name, setting in sorted({**device.settings, **channel.settings}.items())},
        "disk": None
        if device.disk is None
        else {
            "mounted": device.disk.is_mounted,
            "capacity_mb": device.disk.capacity_mb,
            "left_mb": device.disk.left_mb,
        },
        "ports": {"api": device.ports.api, "rtsp": device.ports.rtsp, "rtsp_enabled": device.ports.has_rtsp},
        "scenarios": sorted(device.switches),
        "faults": [
            {"kind": fault.kind, "seconds_left": round(fault.until - now, _DIGITS), **fault.fields}
            for fault in faults.in_force()
        ],
    }


def _picture(device: Device, channel: Channel, now: float) -> JsonObject:
    """Return the state of one picture and of all that belongs to it."""
    channel.settle(now)
    battery, heard = channel.battery, channel.heard
    return {
        **_head(device, channel.ptz, now),
        "imaging": {name.lower(): channel.settings[name].value for name in ("Image", "Isp")},
        "encoders": channel.encoder.answer(channel.number, is_full=False).value["Enc"],
        "lights": {light: _value(channel, name) for light, name in _LIGHTS.items() if name in channel.settings},
        "siren": {"on": channel.is_siren_on(now)},
        "alarms": {kind: channel.alarms.is_active(kind, now) for kind in channel.alarms.kinds},
        "masks": {"areas": channel.mask_areas, "enabled": channel.is_masked},
        "ai_alarms": {kind: setting.value for kind, setting in channel.ai_alarms.items()},
        "talk": {"packets": heard.packets, "octets": heard.octets, "payload_type": heard.payload_type},
        "battery": None
        if battery is None
        else {"percent": battery.percent, "awake": now < battery.awake_until, "wakes": battery.wakes},
    }


def _head(device: Device, unit: PtzUnit | None, now: float) -> JsonObject:
    if unit is None:
        return {"pose": None, "presets": [], "tours": [], "guard": None, "calibration": None}
    operation, running = unit.operation_at(now), unit.running_patrol_at(now)
    return {
        "pose": {
            **_numbers(unit.pose_at(now)),
            "velocity": _numbers(unit.velocity_at(now)),
            "operation": None if operation is None else operation[0],
            "since": None if operation is None else _utc(device, operation[1]),
        },
        "presets": [
            {"id": preset.id, "name": preset.name, "pose": _numbers(preset.pose)}
            for preset in unit.presets.values()
            if preset.pose is not None
        ],
        "tours": [
            {
                "id": patrol.id,
                "name": patrol.name,
                "enabled": patrol.is_enabled,
                "running": patrol.id == running,
                "spots": [
                    {"preset": spot.preset_id, "dwell_s": spot.dwell_s, "speed": spot.speed} for spot in patrol.spots
                ],
            }
            for patrol in unit.patrols.values()
        ],
        "guard": {
            "pose": None if unit.guard.pose is None else _numbers(unit.guard.pose),
            "returns": unit.guard.returns,
        },
        "calibration": ("idle", "doing", "finished")[unit.calibration_at(now)],
    }


def _numbers(pose: Pose) -> JsonObject:
    axes = {"pan": pose.pan, "tilt": pose.tilt, "zoom": pose.zoom, "focus": pose.focus}
    return {name: round(value, _DIGITS) for name, value in axes.items()}


def _value(channel: Channel, name: str) -> JsonObject:
    return channel.settings[name].value


def _utc(device: Device, moment: float) -> str:
    utc = device.clock.utc() + timedelta(seconds=moment - device.clock.now())
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
