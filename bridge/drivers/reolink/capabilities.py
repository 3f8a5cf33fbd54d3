"""From the answers of the start-up reads to a description of the camera (vendor document, chapter 3).

The rule for every ability: where the camera lists it, its word counts; where it does not, the command itself is
tried, and a good answer is the proof. `understand` is pure: the same answers give the same survey.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.core.errors import Rejected, Unreachable
from bridge.core.events import EventKind
from bridge.core.formats import AudioCodec, AudioFormat, Resolution, VideoCodec
from bridge.core.model import CameraDescription, CameraInfo, NativeStream
from bridge.core.ptz import PtzDescription
from bridge.core.units import Range
from bridge.drivers.reolink.abilities import Abilities
from bridge.drivers.reolink.codes import error_for
from bridge.drivers.reolink.encoding import encoder_options, encoder_settings
from bridge.drivers.reolink.envelope import WITH_RANGE, Answer, Command
from bridge.drivers.reolink.events import supported_ai
from bridge.drivers.reolink.imaging import imaging
from bridge.drivers.reolink.mapping import posix_time_zone
from bridge.drivers.reolink.native import Json, flag, number, rows, section, text
from bridge.drivers.reolink.ptz import Mechanics, PresetSlot, preset_slots

if TYPE_CHECKING:
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.profile import PtzType, ReolinkProfile

Readings = dict[str, Answer]
"""Answers by native command; what was never asked is missing."""

NOT_ASKED: Final = Answer(code=-9)

NATIVE_STREAMS: Final = {"main": "mainStream", "sub": "subStream"}
STREAM_NAMES: Final = tuple(NATIVE_STREAMS)

MANUFACTURER: Final = "Reolink"
RECORDER_TYPES: Final = frozenset({"NVR", "WIFI_NVR", "NVR_WIFI", "HOMEHUB"})

AUDIO: Final = AudioFormat(AudioCodec.AAC, sample_rate_hz=16000, channels=1, bitrate_kbps=32)
"""The only sound there is; its bit rate is told nowhere and is a typical one."""

ORDINARY_PTZ_TYPE: Final = 2
"""What a camera counts as that has presets and does not tell its ptzType, or tells one that is not known."""

MAC: Final = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Belief:
    """The codec that a stream was last seen to carry, at the size that it had then."""

    resolution: Resolution
    codec: VideoCodec


@dataclass(frozen=True, slots=True)
class Survey:
    """A camera understood: the description for all, and what only the driver needs.

    Args:
        description: for the rest of the bridge.
        mechanics: what can be moved, None for a fixed camera.
        zoom: the camera's zoom steps, None when the position cannot be read.
        ai: keys of GetAiState that it supports, with their kinds.
        rtsp_port: as the camera tells.
        is_rtsp_on: whether its RTSP server runs; true where it does not tell.
        net_port: the GetNetPort object.
        told_urls: RTSP URLs by stream name, as GetRtspUrl gave them.
        channels: how many channels the device has.
        has_battery: every question wakes it.
    """

    description: CameraDescription
    mechanics: Mechanics | None
    zoom: Range | None
    ai: Mapping[str, EventKind]
    rtsp_port: int
    is_rtsp_on: bool
    net_port: Json
    told_urls: Mapping[str, str]
    channels: int
    has_battery: bool


def device_reads(username: str) -> tuple[Command, ...]:
    """Return what is read once per connection: who the camera is and what it can do."""
    return (
        Command("GetDevInfo"),
        Command("GetAbility", {"User": {"userName": username}}),
        Command("GetLocalLink"),
        Command("GetP2p"),
    )


def setting_reads(client: ReolinkClient, readings: Readings, channel: int) -> tuple[Command, ...]:
    """Return what is read at the start and again from time to time; nothing that the abilities deny."""
    abilities = Abilities(readings.get("GetAbility", NOT_ASKED).value, channel)
    reads = [
        Command("GetNetPort", action=WITH_RANGE),
        Command("GetTime"),
        client.read_channel("GetEnc", with_range=True),
        client.read_channel("GetRtspUrl"),
        client.read_channel("GetMdState"),
    ]
    if _is_recorder(section(readings.get("GetDevInfo", NOT_ASKED).value, "DevInfo")):
        reads.append(Command("GetChannelstatus"))
    if abilities.allow("image"):
        reads.append(client.read_channel("GetImage", with_range=True))
    if abilities.allow("isp"):
        reads.append(client.read_channel("GetIsp", with_range=True))
    if abilities.allow("supportAi"):
        reads.append(client.read_channel("GetAiState"))
    if abilities.allow("ptzType"):
        reads.append(client.read_channel("GetZoomFocus", with_range=True))
        if abilities.allow("disableAutoFocus"):
            reads.append(client.read_channel("GetAutoFocus", with_range=True))
        if abilities.allow("ptzPreset"):
            reads.append(client.read_channel("GetPtzPreset", with_range=True))
    return tuple(reads)


def understand(
    readings: Readings, *, channel: int, beliefs: Mapping[str, Belief], profile: ReolinkProfile, camera: str
) -> Survey:
    """Make the survey of one channel out of what the camera answered; anything may be missing.

    Args:
        readings: the answers.
        channel: from 0.
        beliefs: codecs learnt from the streams themselves, for firmwares that do not tell them.
        profile: the family's table.
        camera: id for errors.

    Raises:
        Unsupported: there is no such channel.
        Unreachable: the recorder's channel is offline.
        Rejected: no stream is told, without which there is no camera.
    """
    encoders = readings.get("GetEnc", NOT_ASKED)
    status = _channel_status(readings, channel)
    if status is not None and flag(status, "online") is False:
        raise Unreachable(f"channel {channel} of the recorder is offline", camera=camera)
    if not encoders.is_good:
        raise error_for(encoders.code, operation="GetEnc", camera=camera)
    abilities = Abilities(_value(readings, "GetAbility"), channel)
    device = section(_value(readings, "GetDevInfo"), "DevInfo")
    streams = _streams(encoders, beliefs, has_sound=number(device, "audioNum") != 0)
    if not streams:
        raise Rejected("the camera tells no video stream", native_code="no stream", camera=camera, operation="GetEnc")
    mechanics = _mechanics(readings, abilities, profile)
    zoom = _zoom_steps(readings) if mechanics is not None and mechanics.type.zoom else None
    ai = _ai(readings, abilities, profile)
    net_port = section(_value(readings, "GetNetPort"), "NetPort")
    return Survey(
        description=CameraDescription(
            info=_info(readings, device, status, channel),
            streams=streams,
            snapshot=abilities.allow("snap"),
            ptz=_ptz(mechanics, zoom),
            imaging=imaging(
                readings.get("GetImage", NOT_ASKED),
                readings.get("GetIsp", NOT_ASKED),
                readings.get("GetAutoFocus", NOT_ASKED),
                abilities,
            ),
            events=frozenset({*ai.values(), *_motion(readings, abilities)}),
            time_zone=posix_time_zone(_value(readings, "GetTime")),
        ),
        mechanics=mechanics,
        zoom=zoom,
        ai=ai,
        rtsp_port=number(net_port, "rtspPort", least=1, most=65535) or profile.http.rtsp_port,
        is_rtsp_on=flag(net_port, "rtspEnable") is not False,
        net_port=net_port,
        told_urls=_told_urls(readings),
        channels=number(device, "channelNum", least=1) or 1,
        has_battery=abilities.version("battery") == 1,
    )


def zoom_position(answer: Answer, steps: Range) -> float | None:
    """Return the zoom position of a GetZoomFocus answer, 0.0..1.0; None when it tells none."""
    position = number(section(answer.value, "ZoomFocus", "zoom"), "pos")
    return None if position is None else steps.fraction(steps.clamp(position))


def _value(readings: Readings, cmd: str) -> Json:
    return readings.get(cmd, NOT_ASKED).value


def _is_recorder(device: Json) -> bool:
    kind = text(device, "exactType") or text(device, "type")
    return kind in RECORDER_TYPES or (number(device, "channelNum") or 1) > 1


def _channel_status(readings: Readings, channel: int) -> Json | None:
    for status in rows(_value(readings, "GetChannelstatus").get("status")):
        if number(status, "channel") == channel:
            return status
    return None


def _info(readings: Readings, device: Json, status: Json | None, channel: int) -> CameraInfo:
    mac = _mac(text(section(_value(readings, "GetLocalLink"), "LocalLink"), "mac"))
    serial = text(device, "serial")
    if not serial.strip("0"):
        serial = text(section(_value(readings, "GetP2p"), "P2p"), "uid") or (mac or "").replace(":", "")
    if _is_recorder(device) and serial:
        serial = f"{serial}-{channel}"
    own = status or {}
    return CameraInfo(
        manufacturer=MANUFACTURER,
        model=text(own, "typeInfo") or text(device, "model") or "IP camera",
        firmware=text(device, "firmVer"),
        hardware=text(device, "hardVer"),
        serial=serial,
        name=text(own, "name") or text(device, "name"),
        mac=mac,
    )


def _mac(told: str) -> str | None:
    if not MAC.fullmatch(told.lower()):
        return None
    digits = re.sub("[:-]", "", told.lower())
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _streams(encoders: Answer, beliefs: Mapping[str, Belief], *, has_sound: bool) -> tuple[NativeStream, ...]:
    value = section(encoders.value, "Enc")
    audio = AUDIO if has_sound and flag(value, "audio") else None
    streams = []
    for name, native in NATIVE_STREAMS.items():
        settings = encoder_settings(section(value, native))
        belief = beliefs.get(name)
        if settings is not None and belief is not None and belief.resolution == settings.resolution:
            settings = encoder_settings(section(value, native), belief.codec)
        if settings is not None:
            ranges = [section(each, native) for each in rows(encoders.range.get("Enc"))]
            streams.append(NativeStream(name, settings, encoder_options(ranges, settings), audio))
    return tuple(streams)


def _mechanics(readings: Readings, abilities: Abilities, profile: ReolinkProfile) -> Mechanics | None:
    presets = readings.get("GetPtzPreset", NOT_ASKED)
    slots = preset_slots(presets) if presets.is_good and abilities.allow("ptzPreset") else ()
    kind = _ptz_type(abilities, slots, profile.ptz.types)
    if kind is None:
        return None
    zooms = kind.zoom or abilities.affirm("ptzCtrl")
    speeds = kind.speed and abilities.allow("supportPtzSpeed")
    return Mechanics(
        type=kind.model_copy(update={"zoom": zooms, "speed": speeds}),
        diagonal=abilities.version("ptzDirection") != 1,
        slots=slots,
    )


def _ptz_type(abilities: Abilities, slots: tuple[PresetSlot, ...], types: Mapping[int, PtzType]) -> PtzType | None:
    version = abilities.version("ptzType")
    if version == 0:
        return None
    known = types.get(version) if version is not None else None
    return known or (types.get(ORDINARY_PTZ_TYPE) if slots else None)


def _ptz(mechanics: Mechanics | None, zoom: Range | None) -> PtzDescription | None:
    if mechanics is None:
        return None
    return PtzDescription(
        pan=mechanics.type.pan,
        tilt=mechanics.type.tilt,
        zoom=mechanics.type.zoom,
        diagonal=mechanics.diagonal,
        speed_control=mechanics.type.speed,
        max_presets=len(mechanics.slots),
        presets=tuple(slot.preset for slot in mechanics.slots if slot.is_used),
        zoom_position=zoom is not None,
    )


def _zoom_steps(readings: Readings) -> Range | None:
    answer = readings.get("GetZoomFocus", NOT_ASKED)
    limits = section(answer.range, "ZoomFocus", "zoom", "pos")
    least, most = number(limits, "min"), number(limits, "max")
    return None if least is None or most is None or least >= most else Range(least, most)


def _motion(readings: Readings, abilities: Abilities) -> frozenset[EventKind]:
    told = [version for key in ("supportMd", "alarmMd") if (version := abilities.version(key)) is not None]
    is_there = readings.get("GetMdState", NOT_ASKED).is_good and (any(told) or not told)
    return frozenset({EventKind.MOTION}) if is_there else frozenset()


def _ai(readings: Readings, abilities: Abilities, profile: ReolinkProfile) -> dict[str, EventKind]:
    answer = readings.get("GetAiState", NOT_ASKED)
    if not answer.is_good or not abilities.allow("supportAi"):
        return {}
    return {key: profile.ai[key] for key in supported_ai(answer.value, profile.ai)}


def _told_urls(readings: Readings) -> dict[str, str]:
    told = section(_value(readings, "GetRtspUrl"), "rtspUrl")
    urls = {name: told.get(native) for name, native in NATIVE_STREAMS.items()}
    return {name: url for name, url in urls.items() if isinstance(url, str)}
