"""The answers of an ordinary camera, in the shapes of the vendor document, to be changed by each test."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from bridge.drivers.reolink.envelope import Answer
from tests.unit.drivers.reolink.scripted import good

STREAM = {"bitRate": 4096, "frameRate": 25, "gop": 2, "profile": "High", "size": "2560*1440", "vType": "h264"}
SUB_STREAM = {"bitRate": 256, "frameRate": 10, "gop": 4, "profile": "High", "size": "640*360", "vType": "h264"}

_ABILITY: dict[str, Any] = {
    "Ability": {
        "abilityChn": [
            {
                key: {"permit": 6, "ver": version}
                for key, version in {
                    "ptzType": 2,
                    "ptzDirection": 0,
                    "ptzCtrl": 2,
                    "ptzPreset": 1,
                    "snap": 1,
                    "supportAi": 1,
                    "supportMd": 1,
                    "battery": 0,
                }.items()
            }
        ]
    }
}

_VALUES: dict[str, dict[str, Any]] = {
    "GetDevInfo": {
        "DevInfo": {
            "audioNum": 1,
            "channelNum": 1,
            "exactType": "IPC",
            "firmVer": "v3.1.0.951_22041566",
            "hardVer": "IPC_X",
            "model": "RLC-823A",
            "name": "Yard",
            "serial": "00000000000042",
            "type": "IPC",
        }
    },
    "GetAbility": _ABILITY,
    "GetLocalLink": {"LocalLink": {"mac": "EC:71:DB:36:8E:C7"}},
    "GetP2p": {"P2p": {"enable": 1, "uid": "95270000ABCDEFGH"}},
    "GetNetPort": {"NetPort": {"rtspEnable": 1, "rtspPort": 8554, "onvifPort": 8000}},
    "GetTime": {"Time": {"timeZone": 28800}, "Dst": {"enable": 0}},
    "GetEnc": {"Enc": {"audio": 1, "channel": 0, "mainStream": STREAM, "subStream": SUB_STREAM}},
    "GetRtspUrl": {"rtspUrl": {"mainStream": "rtsp://10.0.0.9:554/Told_main", "subStream": 5}},
    "GetMdState": {"state": 0},
    "GetAiState": {"people": {"alarm_state": 0, "support": 1}, "face": {"alarm_state": 0, "support": 0}},
    "GetImage": {"Image": {"bright": 128}},
    "GetIsp": {"Isp": {"dayNight": "Auto"}},
    "GetAutoFocus": {"AutoFocus": {"disable": 0}},
    "GetZoomFocus": {"ZoomFocus": {"channel": 0, "focus": {"pos": 23}, "zoom": {"pos": 11}}},
    "GetPtzPreset": {
        "PtzPreset": [
            {"channel": 0, "enable": 1, "id": 1, "name": "gate"},
            {"channel": 0, "enable": 1, "id": 2, "name": ""},
            {"channel": 0, "enable": 0, "id": 3, "name": "pos3"},
            {"channel": 0, "enable": 0, "id": 4, "name": ""},
        ]
    },
}

_RANGES: dict[str, dict[str, Any]] = {
    "GetZoomFocus": {"ZoomFocus": {"zoom": {"pos": {"max": 33, "min": 0}}}},
}


def native_answers() -> dict[str, dict[str, Any]]:
    """Answers by command as JSON, a fresh copy."""
    return deepcopy({cmd: good(cmd, value, range=_RANGES.get(cmd, {})) for cmd, value in _VALUES.items()})


def readings() -> dict[str, Answer]:
    """The same, parsed."""
    return {cmd: Answer(0, answer["value"], answer["range"]) for cmd, answer in native_answers().items()}
