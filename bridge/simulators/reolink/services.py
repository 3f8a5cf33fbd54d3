"""The Get/Set pairs of what a camera does towards the network: mail, file transfer, push, Wi-Fi (section 3.3 and 3.8).

Nothing is ever sent: they are settings that are kept, and tests of them that succeed. Passwords are taken and shown as
the cameras show them, not at all.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from bridge.simulators.reolink.settings import Setting

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject

_WEEK_HOURS = 7 * 24
_WEEK: JsonObject = {"chars": "01", "maxLen": _WEEK_HOURS, "minLen": _WEEK_HOURS}
_TEXT: JsonObject = {"maxLen": 127}
_PORT: JsonObject = {"max": 65535, "min": 1}
_INTERVALS = ["30 Seconds", "1 Minute", "5 Minutes", "10 Minutes", "30 Minutes"]
_TRIGGERS = ("AI_PEOPLE", "AI_VEHICLE", "MD")
_PASSWORD = frozenset({"password"})

TESTS = {
    "TestEmail": ("Email", frozenset({"smtpServer", "smtpPort", "userName", "ssl"})),
    "TestFtp": ("Ftp", frozenset({"server", "port", "anonymous", "remoteDir"})),
    "TestWifi": ("Wifi", frozenset({"ssid"})),
}
"""Commands that try settings out: the object that they carry, and what must stand in it."""


def of_picture(*, has_schedule_v1: bool) -> dict[str, Setting]:
    """Return the services that each picture of a device has, by the name that follows `Get` and `Set`."""
    if has_schedule_v1:
        mail_triggers, file_triggers = (*_TRIGGERS, "VL"), (*_TRIGGERS, "AI_DOG_CAT", "TIMING")
        return {
            "AudioAlarmV20": _plan("Audio", _TRIGGERS),
            "EmailV20": _mail(_table(mail_triggers), newer=True),
            "FtpV20": _files(_table(file_triggers), newer=True),
            "PushV20": _plan("Push", _TRIGGERS),
        }
    return {
        "AudioAlarm": _old_plan("Audio"),
        "Email": _mail(_old_table(), newer=False),
        "Ftp": _files(_old_table(), newer=False),
        "Push": _old_plan("Push"),
    }


def buzzer() -> Setting:
    """`GetBuzzerAlarmV20`, `SetBuzzerAlarmV20` of a recorder."""
    setting = _plan("Buzzer", (*_TRIGGERS, "VL"))
    alerts = ("diskErrorAlert", "diskFullAlert", "ipConflictAlert", "nvrDisconnectAlert")
    return _extended(setting, dict.fromkeys(alerts, 0), dict.fromkeys(alerts, "boolean"))


def ddns() -> Setting:
    """`GetDdns`, `SetDdns`."""
    value: JsonObject = {"domain": "", "enable": 0, "password": "", "type": "no-ip", "userName": ""}
    limits: JsonObject = {"domain": _TEXT, "enable": "boolean", "type": ["no-ip", "Dyndns"], "userName": _TEXT}
    return Setting(
        key="Ddns",
        value=dict(value),
        initial=value,
        range={**limits, "password": _TEXT},
        fixed=_PASSWORD,
        has_channel=False,
    )


def wifi() -> Setting:
    """`GetWifi`, `SetWifi`."""
    return Setting(
        key="Wifi",
        value={"password": "*****", "ssid": "simulated"},
        initial={"password": "", "ssid": ""},
        range={"password": _TEXT, "ssid": _TEXT},
        fixed=_PASSWORD,
        has_channel=False,
    )


def wifi_signal() -> Setting:
    """`GetWifiSignal`: 0 to 4, as devices count."""
    return Setting(
        value={"wifiSignal": 4},
        initial={"wifiSignal": 4},
        range={"wifiSignal": {"max": 255, "min": 0}},
        fixed=frozenset({"wifiSignal"}),
        has_channel=False,
    )


def _mail(schedule: tuple[JsonObject, JsonObject], *, newer: bool) -> Setting:
    addresses = ("addr1", "addr2", "addr3", "nickName", "smtpServer", "userName")
    value: JsonObject = {**dict.fromkeys(addresses, ""), "interval": "5 Minutes", "password": ""}
    value |= {"schedule": schedule[0], "smtpPort": 465, "ssl": 1}
    limits: JsonObject = {**dict.fromkeys(addresses, _TEXT), "interval": _INTERVALS, "password": {"maxLen": 31}}
    limits |= {"schedule": schedule[1], "smtpPort": _PORT, "ssl": "boolean"}
    setting = Setting(key="Email", value=deepcopy(value), initial=value, range=limits, fixed=_PASSWORD)
    if not newer:
        kinds = ["no", "picture", "video", "onlyPicture"]
        return _extended(setting, {"attachment": "picture"}, {"attachment": kinds})
    types = ("attachmentType", "textType")
    more = {**dict.fromkeys(types, 1), "diskErrorAlert": 0, "diskFullAlert": 0, "enable": 0}
    range_ = {**{name: {"max": 3, "min": 0} for name in types}, **dict.fromkeys(more.keys() - set(types), "boolean")}
    setting = _extended(setting, {**more, "supportTextType": 1, "supportVideo": 1}, range_)
    setting.fixed |= {"supportTextType", "supportVideo"}
    return setting


def _files(schedule: tuple[JsonObject, JsonObject], *, newer: bool) -> Setting:
    texts = ("remoteDir", "server", "userName")
    value: JsonObject = {**dict.fromkeys(texts, ""), "anonymous": 0, "interval": 30, "maxSize": 100, "mode": 0}
    value |= {"password": "", "port": 21, "schedule": schedule[0], "streamType": 0}
    limits: JsonObject = {**dict.fromkeys(texts, _TEXT), "anonymous": "boolean", "password": {"maxLen": 31}}
    limits |= {"interval": {"max": 3600, "min": 1}, "maxSize": {"max": 1024, "min": 10}, "mode": {"max": 2, "min": 0}}
    limits |= {"port": _PORT, "schedule": schedule[1], "streamType": {"max": 6 if newer else 2, "min": 0}}
    setting = Setting(key="Ftp", value=deepcopy(value), initial=value, range=limits, fixed=_PASSWORD)
    if not newer:
        return setting
    more: JsonObject = {"bpicSingle": 0, "bvideoSingle": 0, "enable": 0, "onlyFtps": 0}
    names: JsonObject = {"picName": "", "videoName": ""}
    pictures: JsonObject = {"picCaptureMode": 3, "picHeight": 1440, "picInterval": 60, "picWidth": 2560}
    range_ = {**dict.fromkeys(more, "boolean"), **dict.fromkeys(names, _TEXT)}
    sizes = {"picHeight": {"max": 2160, "min": 0}, "picWidth": {"max": 3840, "min": 0}}
    range_ |= {"picCaptureMode": {"max": 3, "min": 0}, "picInterval": {"max": 3600, "min": 1}, **sizes}
    return _extended(setting, {**more, **names, **pictures}, range_)


def _plan(key: str, triggers: tuple[str, ...]) -> Setting:
    """Return when which trigger counts."""
    schedule, limits = _table(triggers)
    value: JsonObject = {"enable": 0, "schedule": schedule}
    return Setting(key=key, value=deepcopy(value), initial=value, range={"enable": "boolean", "schedule": limits})


def _old_plan(key: str) -> Setting:
    schedule, limits = _old_table()
    value: JsonObject = {"schedule": schedule}
    return Setting(key=key, value=deepcopy(value), initial=value, range={"schedule": limits})


def _table(triggers: tuple[str, ...]) -> tuple[JsonObject, JsonObject]:
    """Return a plan of a week for each trigger, and its range."""
    table = dict.fromkeys(triggers, "1" * _WEEK_HOURS)
    return {"channel": 0, "table": table}, {"channel": 0, "table": dict.fromkeys(triggers, _WEEK)}


def _old_table() -> tuple[JsonObject, JsonObject]:
    return {"enable": 0, "table": "1" * _WEEK_HOURS}, {"enable": "boolean", "table": _WEEK}


def _extended(setting: Setting, value: JsonObject, limits: JsonObject) -> Setting:
    """Return a setting with more fields."""
    return Setting(
        key=setting.key,
        value={**setting.value, **value},
        initial={**(setting.initial or {}), **value},
        range={**(setting.range or {}), **limits},
        fixed=setting.fixed,
    )
