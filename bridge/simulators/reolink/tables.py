"""The plain Get/Set pairs as tables: value, factory value and range of each (Camera HTTP API v7, chapter 3).

Shapes and ranges are those of the document's samples. The functions take what differs between personas and return
settings that one camera may change.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from bridge.simulators.reolink.settings import Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.abilities import Abilities

BYTE: JsonObject = {"max": 255, "min": 0}
_PORT: JsonObject = {"max": 65535, "min": 1}
_HOUR: JsonObject = {"max": 23, "min": 0}
_SIXTY: JsonObject = {"max": 59, "min": 0}
_POSITIONS = [
    "Upper Left",
    "Top Center",
    "Upper Right",
    "Lower Left",
    "Bottom Center",
    "Lower Right",
    "Other Configuration",
]
_IMAGE_FIELDS = ("bright", "contrast", "hue", "saturation", "sharpen")
_WEEK_HOURS = 7 * 24
_WEEK: JsonObject = {"maxLen": _WEEK_HOURS, "minLen": _WEEK_HOURS}
HIGHEST_SENSITIVITY = 50
AI_GRID = (80, 60)
"""Columns and rows of the area in which a kind of thing is recognised."""

# Fields of `Isp` that mean nothing to a camera whose ability is 0, by ability.
_ISP_ABILITIES = {
    "ispAntiFlick": ("antiFlicker",),
    "ispBackLight": ("backLight", "blc", "drc"),
    "ispDayNight": ("dayNight",),
    "ispExposureMode": ("exposure", "gain", "shutter"),
    "ispFlip": ("rotation",),
    "ispMirror": ("mirroring",),
    "ispWhiteBalance": ("whiteBalance", "redGain", "blueGain"),
    "isp3Dnr": ("nr3d",),
}
_IMAGE_ABILITIES = {
    "ispBright": ("bright",),
    "ispContrast": ("contrast",),
    "ispHue": ("hue",),
    "ispSatruation": ("saturation",),
    "ispSharpen": ("sharpen",),
}


def image(abilities: Abilities) -> Setting:
    """`GetImage`, `SetImage`: all five levels are wanted at once."""
    levels: JsonObject = {"channel": 0, **dict.fromkeys(_IMAGE_FIELDS, 128)}
    return Setting(
        key="Image",
        value=dict(levels),
        initial=levels,
        range={"channel": 0, **dict.fromkeys(_IMAGE_FIELDS, BYTE)},
        required=frozenset(_IMAGE_FIELDS),
        fixed=_without_ability(_IMAGE_ABILITIES, abilities),
    )


def isp(abilities: Abilities, *, extra: JsonObject | None = None) -> Setting:
    """`GetIsp`, `SetIsp`: the sensor and its signal processor; `extra` are keys of newer firmware."""
    balance: JsonObject = {"bright": 128, "dark": 128, "mode": "Auto"}
    balance_range: JsonObject = {"bright": BYTE, "dark": BYTE, "mode": ["Auto", "Manual"]}
    value: JsonObject = {
        "antiFlicker": "Off",
        "backLight": "Off",
        "bd_day": balance,
        "bd_led_color": {**balance, "bright": 0, "dark": 0},
        "bd_night": balance,
        "blc": 128,
        "blueGain": 128,
        "cdsType": 0,
        "channel": 0,
        "constantFrameRate": 1,
        "dayNight": "Auto",
        "dayNightThreshold": 73,
        "drc": 128,
        "exposure": "Auto",
        "gain": {"max": 62, "min": 1},
        "mirroring": 0,
        "nr3d": 1,
        "redGain": 128,
        "rotation": 0,
        "shutter": {"max": 125, "min": 0},
        "whiteBalance": "Auto",
        **(extra or {}),
    }
    limits: JsonObject = {
        "antiFlicker": ["Other", "50HZ", "60HZ", "Off"],
        "backLight": ["Off", "BackLightControl", "DynamicRangeControl"],
        "bd_day": balance_range,
        "bd_led_color": balance_range,
        "bd_night": balance_range,
        "blc": BYTE,
        "blueGain": BYTE,
        "cdsType": "boolean",
        "channel": 0,
        "constantFrameRate": [0, 1],
        "dayNight": ["Auto", "Color", "Black&White"],
        "dayNightThreshold": {"max": 0, "min": 0},
        "drc": BYTE,
        "exposure": ["Auto", "LowNoise", "Anti-Smearing", "Manual"],
        "gain": {"max": 100, "min": 1},
        "mirroring": "boolean",
        "nr3d": "boolean",
        "redGain": BYTE,
        "rotation": "boolean",
        "shutter": {"max": 125, "min": 0},
        "whiteBalance": ["Auto", "Manual"],
    }
    wanted = (
        value.keys() - {"bd_day", "bd_led_color", "bd_night", "channel", "dayNightThreshold"} - (extra or {}).keys()
    )
    setting = Setting(
        key="Isp",
        value=deepcopy(value),
        initial={**value, "bd_led_color": balance, "cdsType": 1, "constantFrameRate": 0, "dayNightThreshold": 0},
        range=limits,
        required=frozenset(wanted),
        fixed=_without_ability(_ISP_ABILITIES, abilities),
    )
    # The range that the document prints, 0..0 beside a value of 73, cannot be what the camera enforces.
    setting.limits = {**limits, "dayNightThreshold": {"max": 100, "min": 0}}
    return setting


def osd(name: str) -> Setting:
    """`GetOsd`, `SetOsd`: name and time on the picture."""
    value: JsonObject = {
        "bgcolor": 0,
        "channel": 0,
        "osdChannel": {"enable": 1, "name": name, "pos": "Lower Right"},
        "osdTime": {"enable": 1, "pos": "Top Center"},
        "watermark": 1,
    }
    return Setting(
        key="Osd",
        value=deepcopy(value),
        initial=value,
        range={
            "bgcolor": "boolean",
            "channel": 0,
            "osdChannel": {"enable": "boolean", "name": {"maxLen": 31}, "pos": _POSITIONS},
            "osdTime": {"enable": "boolean", "pos": _POSITIONS},
            "watermark": "boolean",
        },
        required=frozenset({"osdChannel", "osdTime"}),
    )


def infrared(states: list[str]) -> Setting:
    """`GetIrLights`, `SetIrLights`."""
    return Setting(
        key="IrLights",
        value={"state": "Auto"},
        initial={"state": "Auto"},
        range={"state": states},
        required=frozenset({"state"}),
        is_always_full=True,
    )


def power_led() -> Setting:
    """`GetPowerLed`, `SetPowerLed`: the lamp that says that the camera is on."""
    return Setting(
        key="PowerLed",
        value={"channel": 0, "state": "On"},
        range={"state": ["On", "Off"]},
        required=frozenset({"state"}),
        is_always_full=True,
    )


def white_led() -> Setting:
    """`GetWhiteLed`, `SetWhiteLed`: the spotlight. The modes are those of devices, not of the document."""
    types = {"dog_cat": 1, "face": 0, "people": 1, "vehicle": 0}
    return Setting(
        key="WhiteLed",
        value={
            "LightingSchedule": {"EndHour": 6, "EndMin": 0, "StartHour": 18, "StartMin": 0},
            "bright": 79,
            "channel": 0,
            "mode": 1,
            "state": 0,
            "wlAiDetectType": types,
        },
        initial={"wlAiDetectType": dict.fromkeys(types, 0)},
        range={
            "LightingSchedule": {"EndHour": _HOUR, "EndMin": _SIXTY, "StartHour": _HOUR, "StartMin": _SIXTY},
            "bright": {"max": 100, "min": 1},
            "mode": [0, 1, 2, 3, 4, 5],
            "state": "boolean",
            "wlAiDetectType": dict.fromkeys(types, "boolean"),
        },
    )


def motion_alarm(columns: int, rows: int) -> Setting:
    """`GetMdAlarm`, `SetMdAlarm`: motion detection of firmware with schedules of version 1."""
    new_sensitivities = [_section(index, 0, 0, 0) | {"enable": 0, "priority": 0} for index in range(4)]
    section_range = _section_range() | {"enable": "boolean", "priority": {"max": 0, "min": 0}}
    value: JsonObject = {
        "channel": 0,
        "newSens": {"sens": new_sensitivities, "sensDef": 25},
        "scope": {"cols": columns, "rows": rows, "table": "1" * columns * rows},
        "sens": _sections(),
        "useNewSens": 1,
    }
    limits: JsonObject = {
        "channel": 0,
        # The sections of the sample hold 0, which is below the range that it prints beside them.
        "newSens": {"sens": [section_range | {"sensitivity": _sensitivity(0)}], "sensDef": _sensitivity(1)},
        "scope": _scope_range(columns, rows),
        "sens": [_section_range()],
        "useNewSens": {"max": 1, "min": 0},
    }
    setting = Setting(key="MdAlarm", value=deepcopy(value), initial=value, range=limits)
    setting.limits = {**limits, "scope": _scope_limits(columns, rows)}
    return setting


def motion_alarm_v0(columns: int, rows: int) -> Setting:
    """`GetAlarm`, `SetAlarm`: motion detection of older firmware."""
    value: JsonObject = {
        "channel": 0,
        "scope": {"cols": columns, "rows": rows, "table": "1" * columns * rows},
        "sens": _sections(),
        "type": "md",
    }
    limits: JsonObject = {
        "channel": 0,
        "scope": _scope_range(columns, rows),
        "sens": [_section_range()],
        "type": ["md"],
    }
    setting = Setting(
        key="Alarm", value=deepcopy(value), initial=value, range=limits, required=frozenset({"type", "channel"})
    )
    setting.limits = {**limits, "scope": _scope_limits(columns, rows)}
    return setting


def detection(kinds: Iterable[str]) -> Setting:
    """`GetAiCfg`, `SetAiCfg`: which things are recognised and followed."""
    types = dict.fromkeys(("dog_cat", "face", "people", "vehicle"), 0)
    return Setting(
        value={
            "AiDetectType": {**types, **dict.fromkeys(set(types) & set(kinds), 1)},
            "aiTrack": 0,
            "channel": 0,
            "trackType": {**types, "people": 1},
        },
        range={
            "AiDetectType": dict.fromkeys(types, "boolean"),
            "aiTrack": "boolean",
            "trackType": dict.fromkeys(types, "boolean"),
        },
    )


def ai_alarm(kind: str, *, is_flat: bool) -> Setting:
    """`GetAiAlarm`, `SetAiAlarm` of one kind of thing; shown flat as the document prints it, or as devices nest it."""
    width, height = AI_GRID
    cells = width * height
    share: JsonObject = {"max": 1.0, "min": 0.0}
    targets = ("max_target_height", "max_target_width", "min_target_height", "min_target_width")
    value: JsonObject = {
        "ai_detect_type" if is_flat else "ai_type": kind,
        "channel": 0,
        "height": height,
        "scope": {"area": "1" * cells},
        "sensitivity": 10,
        "stay_time": 0,
        "width": width,
        **{name: float(name.startswith("max")) for name in targets},
    }
    setting = Setting(key="AiAlarm", value=value, fixed=frozenset({"ai_type", "ai_detect_type"}))
    setting.limits = {
        "height": {"max": height, "min": height},
        "scope": {"area": {"chars": "01", "maxLen": cells, "minLen": cells}},
        "sensitivity": {"max": 100, "min": 0},
        "stay_time": {"max": 8, "min": 0},
        "width": {"max": width, "min": width},
        **dict.fromkeys(targets, share),
    }
    return setting


def crop() -> Setting:
    """`GetCrop`, `SetCrop`: the part of the picture that a stream is cut out of."""
    value: JsonObject = {
        "cropHeight": 480,
        "cropWidth": 640,
        "mainHeight": 1920,
        "mainWidth": 2560,
        "minHeight": 480,
        "minWidth": 640,
        "topLeftX": 960,
        "topLeftY": 720,
    }
    return Setting(
        key="Crop",
        value={"channel": 0, **value},
        initial=value,
        range={"topLeftX": {"max": 1920, "min": 0}, "topLeftY": {"max": 1440, "min": 0}},
        fixed=frozenset(value.keys() - {"topLeftX", "topLeftY"}),
    )


def recording() -> Setting:
    """`GetRecV20`, `SetRecV20`: the plan of recordings."""
    on, off = "1" * _WEEK_HOURS, "0" * _WEEK_HOURS
    table = {"AI_PEOPLE": on, "AI_VEHICLE": on, "MD": on, "TIMING": off}
    value: JsonObject = {
        "enable": 1,
        "overwrite": 1,
        "packTime": "60 Minutes",
        "postRec": "1 Minute",
        "preRec": 1,
        "saveDay": 7,
        "schedule": {"channel": 0, "table": table},
    }
    return Setting(
        key="Rec",
        value=deepcopy(value),
        initial=value,
        range={
            "enable": "boolean",
            "overwrite": "boolean",
            "packTime": ["30 Minutes", "45 Minutes", "60 Minutes"],
            "postRec": ["1 Minute", "2 Minutes", "5 Minutes", "10 Minutes"],
            "preRec": "boolean",
            "saveDay": {"max": 365, "min": 1},
            "schedule": {
                "channel": 0,
                "table": dict.fromkeys(table, _WEEK),
            },
        },
    )


def recording_v0() -> Setting:
    """`GetRec`, `SetRec`: the plan of recordings of older firmware."""
    value: JsonObject = {
        "channel": 0,
        "overwrite": 1,
        "postRec": "1 Minute",
        "preRec": 1,
        "schedule": {"enable": 1, "table": "1" * _WEEK_HOURS},
    }
    return Setting(
        key="Rec",
        value=deepcopy(value),
        initial=value,
        range={
            "overwrite": "boolean",
            "postRec": ["15 Seconds", "30 Seconds", "1 Minute", "10 Minutes"],
            "preRec": "boolean",
            "schedule": {"enable": "boolean", "table": _WEEK},
        },
    )


def autofocus() -> Setting:
    """`GetAutoFocus`, `SetAutoFocus`; `disable` 1 turns it off."""
    return Setting(
        key="AutoFocus",
        value={"disable": 0},
        initial={"channel": 0, "disable": 0},
        range={"disable": "boolean"},
        required=frozenset({"disable"}),
    )


def serial_line() -> Setting:
    """`GetPtzSerial`, `SetPtzSerial`."""
    value: JsonObject = {
        "baudRate": 1200,
        "channel": 0,
        "ctrlAddr": 1,
        "ctrlProtocol": "PELCO_D",
        "dataBit": "CS8",
        "flowCtrl": "none",
        "parity": "none",
        "stopBit": 1,
    }
    return Setting(
        key="PtzSerial",
        value=dict(value),
        initial=value,
        range={
            "baudRate": [1200, 2400, 4800, 9600],
            "channel": 0,
            "ctrlAddr": {"max": 64, "min": 1},
            "ctrlProtocol": ["PELCO_D", "PELCO_P"],
            "dataBit": ["CS8", "CS7", "CS6", "CS5"],
            "flowCtrl": ["none", "hard", "xon", "xoff"],
            "parity": ["none", "odd", "even"],
            "stopBit": [1, 2],
        },
    )


def tracks() -> Setting:
    """`GetPtzTattern`, `SetPtzTattern`: recorded paths of the head."""
    track: JsonObject = {"enable": 0, "name": "", "running": 0}
    value: JsonObject = {"channel": 0, "track": [{"id": index, **track} for index in range(1, 7)]}
    limits = {"enable": "boolean", "id": {"max": 6, "min": 1}, "name": {"maxLen": 191}, "running": "boolean"}
    return Setting(key="PtzTattern", value=deepcopy(value), initial=value, range={"track": [limits]})


def of_device(*, uid: str, mac: str, ip: str) -> dict[str, Setting]:
    """Return the settings of the device as a whole, by the name that follows `Get` and `Set`."""
    switch: JsonObject = {"enable": "boolean"}
    ntp: JsonObject = {"enable": 0, "interval": 1440, "port": 123, "server": "pool.ntp.org"}
    maintenance: JsonObject = {"enable": 1, "hour": 2, "min": 0, "sec": 0, "weekDay": "Sunday"}
    days = ["Everyday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    lock: JsonObject = {"LockTime": 300, "allowedTimes": 5, "loginLock": 0}
    address: JsonObject = {"maxLen": 15}
    settings = {
        "AutoMaint": Setting(
            key="AutoMaint",
            value=maintenance,
            initial={**maintenance, "enable": 0, "hour": 0},
            range={**switch, "hour": _HOUR, "min": _SIXTY, "sec": _SIXTY, "weekDay": days},
        ),
        "AutoUpgrade": Setting(
            key="AutoUpgrade", value={"enable": 1}, initial={"enable": 1}, range=switch, is_always_full=True
        ),
        "LocalLink": Setting(
            key="LocalLink",
            value={
                "activeLink": "LAN",
                "dns": {"auto": 1, "dns1": "192.168.2.1", "dns2": "192.168.2.1"},
                "mac": mac,
                "static": {"gateway": "192.168.2.1", "ip": ip, "mask": "255.255.255.0"},
                "type": "DHCP",
            },
            range={
                "dns": {"auto": "boolean", "dns1": address, "dns2": address},
                "static": {"gateway": address, "ip": address, "mask": address},
                "type": ["DHCP", "Static"],
            },
            fixed=frozenset({"activeLink", "mac"}),
        ),
        "Ntp": Setting(
            key="Ntp",
            value=dict(ntp),
            initial=ntp,
            range={**switch, "interval": {"max": 65535, "min": 60}, "port": _PORT, "server": {"maxLen": 127}},
        ),
        "P2p": Setting(
            key="P2p", value={"enable": 1, "uid": uid}, initial={"enable": 1}, range=switch, fixed=frozenset({"uid"})
        ),
        "PushCfg": Setting(
            key="PushCfg",
            value={"pushInterval": 30},
            initial={"pushInterval": 0},
            range={"pushInterval": [20, 30, 60, 120]},
        ),
        "SysCfg": Setting(
            key="SysCfg",
            value=dict(lock),
            initial=lock,
            range={"LockTime": {"max": 300, "min": 0}, "allowedTimes": {"max": 5, "min": 0}, "loginLock": "boolean"},
            fixed=frozenset({"LockTime", "allowedTimes"}),
        ),
        "Upnp": Setting(key="Upnp", value={"enable": 0}, initial={"enable": 0}, range=switch),
    }
    for setting in settings.values():
        setting.has_channel = False
    return settings


def _without_ability(fields: Mapping[str, tuple[str, ...]], abilities: Abilities) -> frozenset[str]:
    return frozenset(name for key, names in fields.items() if not abilities.version(key) for name in names)


def _section(index: int, begin: int, end: int, sensitivity: int) -> JsonObject:
    end_hour, end_minute = (end, 0) if end < 24 else (23, 59)
    return {
        "beginHour": begin,
        "beginMin": 0,
        "endHour": end_hour,
        "endMin": end_minute,
        "id": index,
        "sensitivity": sensitivity,
    }


def _sections() -> list[JsonObject]:
    return [_section(index, 6 * index, 6 * index + 6, 9) for index in range(4)]


def _section_range() -> JsonObject:
    return {
        "beginHour": _HOUR,
        "beginMin": _SIXTY,
        "endHour": _HOUR,
        "endMin": _SIXTY,
        "id": {"max": 3, "min": 0},
        "sensitivity": _sensitivity(1),
    }


def _sensitivity(lowest: int) -> JsonObject:
    return {"max": HIGHEST_SENSITIVITY, "min": lowest}


def _scope_range(columns: int, rows: int) -> JsonObject:
    """Return the range that is shown; its length of the table is the document's, which fits no grid."""
    sides: JsonObject = {"cols": {"max": columns, "min": columns}, "rows": {"max": rows, "min": rows}}
    return {**sides, "table": {"maxLen": 8159 if columns > 80 else 6399}}


def _scope_limits(columns: int, rows: int) -> JsonObject:
    """Return the range that is enforced: a letter for each cell."""
    cells = columns * rows
    return {**_scope_range(columns, rows), "table": {"chars": "01", "maxLen": cells, "minLen": cells}}
