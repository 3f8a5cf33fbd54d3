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
                    "enc": 1,
                    "supportGop": 1,
                    "alarmAudio": 1,
                    "scheduleVersion": 1,
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
    "GetImage": {"Image": {"bright": 128, "channel": 0, "contrast": 150, "hue": 90, "saturation": 200, "sharpen": 0}},
    "GetIsp": {
        "Isp": {
            "antiFlicker": "Off",
            "backLight": "Off",
            "blc": 128,
            "blueGain": 128,
            "channel": 0,
            "dayNight": "Auto",
            "drc": 64,
            "exposure": "Auto",
            "gain": {"max": 62, "min": 1},
            "nr3d": 1,
            "redGain": 255,
            "shutter": {"max": 125, "min": 0},
            "whiteBalance": "Auto",
        }
    },
    "GetOsd": {
        "Osd": {
            "bgcolor": 0,
            "channel": 0,
            "osdChannel": {"enable": 1, "name": "Yard", "pos": "Lower Right"},
            "osdTime": {"enable": 1, "pos": "Top Center"},
            "watermark": 1,
        }
    },
    "GetMask": {
        "Mask": {
            "area": [
                {
                    "block": {"height": 163, "width": 121, "x": 192, "y": 143},
                    "screen": {"height": 480, "width": 640},
                }
            ],
            "channel": 0,
            "enable": 1,
        }
    },
    "GetIrLights": {"IrLights": {"channel": 0, "state": "Auto"}},
    "GetWhiteLed": {"WhiteLed": {"bright": 79, "channel": 0, "mode": 1, "state": 0}},
    "GetPowerLed": {"PowerLed": {"channel": 0, "state": "On"}},
    "GetPtzGuard": {"PtzGuard": {"benable": 1, "bexistPos": 0, "channel": 0, "timeout": 60}},
    "GetMdAlarm": {
        "MdAlarm": {
            "channel": 0,
            "newSens": {"sensDef": 25},
            "scope": {"cols": 6, "rows": 4, "table": "000011000011001111001111"},
            "sens": [{"beginHour": 0, "endHour": 6, "id": 0, "sensitivity": 9}],
            "useNewSens": 1,
        }
    },
    "GetHddInfo": {"HddInfo": [{"capacity": 938610, "format": 1, "mount": 1, "number": 1, "size": 549219}]},
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

_RATES = [25, 22, 20, 18, 16, 15, 12, 10, 8, 6, 4, 2]
_LARGE = [4096, 5120, 6144, 7168, 8192]
_SMALL = [1024, 1536, 2048, 3072, 4096, 5120, 6144, 7168, 8192]


def _entry(size: str, codec: str, bitrates: list[int]) -> dict[str, Any]:
    """One of the sizes of the main stream with what goes with it."""
    common = {"gop": {"max": 4, "min": 1}, "profile": ["Base", "Main", "High"]}
    return {
        "audio": "boolean",
        "chnBit": 1,
        "mainStream": {"bitRate": bitrates, "frameRate": _RATES, "size": size, "vType": codec, **common},
        "subStream": {
            "bitRate": [64, 128, 160, 192, 256, 384, 512],
            "frameRate": [15, 10, 7, 4],
            "size": "640*360",
            "vType": "h264",
            **common,
        },
    }


_PLACES = ["Upper Left", "Top Center", "Upper Right", "Lower Left", "Bottom Center", "Lower Right"]
_LEVEL = {"max": 255, "min": 0}

_RANGES: dict[str, dict[str, Any]] = {
    "GetEnc": {
        "Enc": [
            _entry("3840*2160", "h265", _LARGE),
            _entry("2560*1440", "h264", _SMALL),
            _entry("2304*1296", "h264", _SMALL),
        ]
    },
    "GetIsp": {
        "Isp": {
            "backLight": ["Off", "BackLightControl", "DynamicRangeControl"],
            "blc": _LEVEL,
            "dayNight": ["Auto", "Color", "Black&White"],
            "exposure": ["Auto", "LowNoise", "Anti-Smearing", "Manual"],
            "gain": {"max": 100, "min": 1},
            "shutter": {"max": 125, "min": 0},
            "whiteBalance": ["Auto", "Manual"],
        }
    },
    "GetOsd": {
        "Osd": {
            "osdChannel": {"enable": "boolean", "name": {"maxLen": 31}, "pos": [*_PLACES, "Other Configuration"]},
            "osdTime": {"enable": "boolean", "pos": [*_PLACES, "Other Configuration"]},
        }
    },
    "GetMask": {"Mask": {"enable": "boolean", "maxAreas": 4}},
    "GetIrLights": {"IrLights": {"state": ["Auto", "Off"]}},
    "GetPowerLed": {"PowerLed": {"state": ["On", "Off"]}},
    "GetZoomFocus": {"ZoomFocus": {"focus": {"pos": {"max": 223, "min": 0}}, "zoom": {"pos": {"max": 33, "min": 0}}}},
}


def native_answers() -> dict[str, dict[str, Any]]:
    """Answers by command as JSON, a fresh copy."""
    return deepcopy({cmd: good(cmd, value, range=_RANGES.get(cmd, {})) for cmd, value in _VALUES.items()})


def readings() -> dict[str, Answer]:
    """The same, parsed."""
    return {cmd: Answer(0, answer["value"], answer["range"]) for cmd, answer in native_answers().items()}
