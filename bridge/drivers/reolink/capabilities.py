"""From the answers of the start-up reads to a description of the camera (vendor document, chapter 3).

The rule for every ability: where the camera lists it, its word counts; where it does not, the command itself is
tried, and a good answer is the proof. `understand` is pure: the same answers give the same survey.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bridge.core.errors import Rejected
from bridge.core.events import EventKind
from bridge.core.formats import AudioCodec, AudioFormat
from bridge.core.imaging import FocusDescription, ImagingDescription
from bridge.core.model import CameraDescription, CameraInfo, NativeStream
from bridge.core.ptz import PtzDescription
from bridge.drivers.reolink.abilities import Abilities
from bridge.drivers.reolink.codes import ChannelOffline, error_for
from bridge.drivers.reolink.detection import motion_grid, motion_reads
from bridge.drivers.reolink.encoders import NATIVE_STREAMS
from bridge.drivers.reolink.encoding import encoder_options, encoder_settings
from bridge.drivers.reolink.envelope import NOT_ASKED, WITH_RANGE, Answer, Command, Readings
from bridge.drivers.reolink.events import disks, supported_ai
from bridge.drivers.reolink.imaging import imaging
from bridge.drivers.reolink.mapping import posix_time_zone
from bridge.drivers.reolink.masks import masks
from bridge.drivers.reolink.mechanics import Mechanics, Motor, PresetSlot, lens_steps, preset_slots
from bridge.drivers.reolink.native import Json, flag, number, rows, section, text
from bridge.drivers.reolink.overlays import overlays
from bridge.drivers.reolink.picture import as_wished
from bridge.drivers.reolink.switches import lamp_reads, switches

if TYPE_CHECKING:
    from bridge.core.overlay import Mask
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.profile import PtzType, ReolinkProfile

STREAM_NAMES: Final = tuple(NATIVE_STREAMS)

MANUFACTURER: Final = "Reolink"
RECORDER_TYPES: Final = frozenset({"NVR", "WIFI_NVR", "NVR_WIFI", "HOMEHUB"})

AUDIO: Final = AudioFormat(AudioCodec.AAC, sample_rate_hz=16000, channels=1, bitrate_kbps=32)
"""The only sound there is; its bit rate is told nowhere and is a typical one."""

ORDINARY_PTZ_TYPE: Final = 2
"""What a camera counts as that has presets and does not tell its ptzType, or tells one that is not known."""

CHANNELS: Final = "GetChannelstatus"
"""The only command that tells which channels of a recorder have a camera; its spelling is the devices'."""

SETTINGS: Final = {"GetImage": "image", "GetIsp": "isp", "GetOsd": "osd", "GetMask": "mask"}
"""Reads with their range, and the ability that can deny each."""

MOST_PORT: Final = 65535

MAC: Final = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Survey:
    """A camera understood: the description for all, and what only the driver needs.

    Args:
        description: for the rest of the bridge.
        mechanics: what can be moved, None for a fixed camera.
        ai: keys of GetAiState that it supports, with their kinds.
        rtsp_port: as the camera tells.
        is_rtsp_on: whether its RTSP server runs; true where it does not tell.
        rtmp_port: as the camera tells.
        is_rtmp_on: whether its RTMP server runs; true where it does not tell.
        net_port: the GetNetPort object.
        told_urls: RTSP URLs by stream name, as GetRtspUrl gave them.
        channels: how many channels the device has.
        has_battery: every question wakes it.
        has_speaker: as it tells; only RTSP shows whether sound can be brought there.
    """

    description: CameraDescription
    mechanics: Mechanics | None
    ai: Mapping[str, EventKind]
    rtsp_port: int
    is_rtsp_on: bool
    rtmp_port: int
    is_rtmp_on: bool
    net_port: Json
    told_urls: Mapping[str, str]
    channels: int
    has_battery: bool
    has_speaker: bool


def device_reads(username: str) -> tuple[Command, ...]:
    """Return what is read once per connection: who the camera is and what it can do."""
    return (
        Command("GetDevInfo"),
        Command("GetAbility", {"User": {"userName": username}}),
        Command("GetLocalLink"),
        Command("GetP2p"),
        Command(CHANNELS),
    )


def check_channel(readings: Readings, *, channel: int, camera: str) -> None:
    """See whether a recorder has a camera at this channel now; nothing else need be asked where there is none.

    Raises:
        ChannelOffline: there is none, at the moment.
    """
    status = _channel_status(readings, channel)
    if status is not None and flag(status, "online") is False:
        raise ChannelOffline(f"channel {channel} of the recorder is offline", camera=camera)


def setting_reads(client: ReolinkClient, readings: Readings, channel: int) -> tuple[Command, ...]:
    """Return what is read at the start and again from time to time; nothing that the abilities deny."""
    abilities = Abilities(_value(readings, "GetAbility"), channel)
    reads = [Command("GetNetPort", action=WITH_RANGE), Command("GetTime"), client.read_channel("GetRtspUrl")]
    if _is_recorder(section(_value(readings, "GetDevInfo"), "DevInfo")):
        reads.append(Command(CHANNELS))
    if abilities.allow("disk") or abilities.allow("sdCard"):
        reads.append(Command("GetHddInfo"))
    reads.append(client.read_channel("GetMdState"))
    if abilities.allow("supportAi"):
        reads.append(client.read_channel("GetAiState"))
    settings = ["GetEnc", *(cmd for cmd, ability in SETTINGS.items() if abilities.allow(ability))]
    settings += [*lamp_reads(abilities), *motion_reads(abilities)]
    if abilities.allow("ptzType"):
        settings += ["GetZoomFocus", "GetPtzGuard"]
        settings += ["GetAutoFocus"] if abilities.allow("disableAutoFocus") else []
        settings += ["GetPtzPreset"] if abilities.allow("ptzPreset") else []
    return (*reads, *(client.read_setting(cmd) for cmd in settings))


def understand(
    readings: Readings, *, channel: int, kept: CameraDescription | None, profile: ReolinkProfile, camera: str
) -> Survey:
    """Make the survey of one channel out of what the camera answered; anything may be missing.

    Args:
        readings: the answers.
        channel: from 0.
        kept: as the camera was described before, or as somebody wished it to be: what the camera does not tell, or
            not as exactly, is taken from there.
        profile: the family's table.
        camera: id for errors.

    Raises:
        Unsupported: there is no such channel.
        ChannelOffline: the recorder has no camera there at the moment.
        Rejected: no stream is told, without which there is no camera.
    """
    check_channel(readings, channel=channel, camera=camera)
    encoders = readings.get("GetEnc", NOT_ASKED)
    if not encoders.is_good:
        raise error_for(encoders.code, operation="GetEnc", camera=camera)
    abilities = Abilities(_value(readings, "GetAbility"), channel)
    device = section(_value(readings, "GetDevInfo"), "DevInfo")
    streams = _streams(encoders, abilities, kept, has_sound=number(device, "audioNum") != 0)
    if not streams:
        raise Rejected("the camera tells no video stream", native_code="no stream", camera=camera, operation="GetEnc")
    mechanics = _mechanics(readings, abilities, profile)
    ai = _ai(readings, abilities, profile)
    has_speaker = abilities.affirm("talk")
    net_port = section(_value(readings, "GetNetPort"), "NetPort")
    return Survey(
        description=CameraDescription(
            info=_info(readings, device, _channel_status(readings, channel), channel),
            streams=streams,
            snapshot=abilities.allow("snap"),
            ptz=_ptz(mechanics),
            imaging=_imaging(readings, abilities, mechanics, kept),
            events=frozenset({*ai.values(), *_motion(readings, abilities), *_storage(readings)}),
            time_zone=posix_time_zone(_value(readings, "GetTime")),
            auxiliary=switches(readings, abilities),
            overlays=overlays(readings.get("GetOsd", NOT_ASKED), _value(readings, "GetTime")),
            masks=masks(readings.get("GetMask", NOT_ASKED), _kept_masks(kept)),
            motion_grid=motion_grid(readings, None if kept is None else kept.motion_grid),
            talk=kept.talk if kept is not None and has_speaker else None,
        ),
        mechanics=mechanics,
        ai=ai,
        rtsp_port=number(net_port, "rtspPort", least=1, most=MOST_PORT) or profile.http.rtsp_port,
        is_rtsp_on=flag(net_port, "rtspEnable") is not False,
        rtmp_port=number(net_port, "rtmpPort", least=1, most=MOST_PORT) or profile.http.rtmp_port,
        is_rtmp_on=flag(net_port, "rtmpEnable") is not False,
        net_port=net_port,
        told_urls=_told_urls(readings),
        channels=number(device, "channelNum", least=1) or 1,
        has_battery=abilities.version("battery") == 1,
        has_speaker=has_speaker,
    )


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


def _streams(
    encoders: Answer, abilities: Abilities, kept: CameraDescription | None, *, has_sound: bool
) -> tuple[NativeStream, ...]:
    value = section(encoders.value, "Enc")
    audio = AUDIO if has_sound and flag(value, "audio") else None
    entries = rows(encoders.range.get("Enc")) if abilities.allow("enc") else ()
    streams = []
    for name, native in NATIVE_STREAMS.items():
        settings = encoder_settings(section(value, native))
        before = kept.stream(name) if kept is not None else None
        if settings is not None and before is not None and before.encoder.resolution == settings.resolution:
            settings = encoder_settings(section(value, native), before.encoder.codec)
        if settings is not None:
            ranges = [section(each, native) for each in entries]
            options = encoder_options(ranges, settings, has_gop=abilities.affirm("supportGop"))
            streams.append(NativeStream(name, settings, options, audio))
    return tuple(streams)


def _imaging(
    readings: Readings, abilities: Abilities, mechanics: Mechanics | None, kept: CameraDescription | None
) -> ImagingDescription | None:
    found = imaging(
        readings.get("GetImage", NOT_ASKED),
        readings.get("GetIsp", NOT_ASKED),
        readings.get("GetAutoFocus", NOT_ASKED),
        abilities,
        drives=_focus(readings, mechanics),
    )
    if found is None or kept is None or kept.imaging is None:
        return found
    return replace(found, settings=as_wished(found.settings, kept.imaging.settings))


def _focus(readings: Readings, mechanics: Mechanics | None) -> FocusDescription | None:
    """Return how the focus can be driven: it has a motor where its position or its automatic mode is told."""
    if mechanics is None or not mechanics.type.zoom:
        return None
    has_steps = Motor.FOCUS in mechanics.lens
    if not has_steps and not readings.get("GetAutoFocus", NOT_ASKED).is_good:
        return None
    return FocusDescription(
        continuous=True,
        absolute=has_steps,
        relative=has_steps,
        position=has_steps,
        speed_control=mechanics.type.speed,
    )


def _kept_masks(kept: CameraDescription | None) -> tuple[Mask, ...]:
    return () if kept is None or kept.masks is None else kept.masks.masks


def _mechanics(readings: Readings, abilities: Abilities, profile: ReolinkProfile) -> Mechanics | None:
    presets = readings.get("GetPtzPreset", NOT_ASKED)
    slots = preset_slots(presets) if presets.is_good and abilities.allow("ptzPreset") else ()
    kind = _ptz_type(abilities, slots, profile.ptz.types)
    if kind is None:
        return None
    zooms = kind.zoom or abilities.affirm("ptzCtrl")
    speeds = kind.speed and abilities.allow("supportPtzSpeed")
    guard = readings.get("GetPtzGuard", NOT_ASKED)
    return Mechanics(
        type=kind.model_copy(update={"zoom": zooms, "speed": speeds}),
        diagonal=abilities.version("ptzDirection") != 1,
        slots=slots,
        lens=lens_steps(readings.get("GetZoomFocus", NOT_ASKED)) if zooms else {},
        has_home=flag(section(guard.value, "PtzGuard"), "bexistPos") is True if guard.is_good else None,
    )


def _ptz_type(abilities: Abilities, slots: tuple[PresetSlot, ...], types: Mapping[int, PtzType]) -> PtzType | None:
    version = abilities.version("ptzType")
    if version == 0:
        return None
    known = types.get(version) if version is not None else None
    return known or (types.get(ORDINARY_PTZ_TYPE) if slots else None)


def _ptz(mechanics: Mechanics | None) -> PtzDescription | None:
    if mechanics is None:
        return None
    has_steps = Motor.ZOOM in mechanics.lens
    return PtzDescription(
        pan=mechanics.type.pan,
        tilt=mechanics.type.tilt,
        zoom=mechanics.type.zoom,
        diagonal=mechanics.diagonal,
        speed_control=mechanics.type.speed,
        max_presets=len(mechanics.slots),
        presets=tuple(slot.preset for slot in mechanics.slots if slot.is_used),
        zoom_position=has_steps,
        absolute_zoom=has_steps,
        relative_zoom=has_steps,
        home=mechanics.has_home is not None,
    )


def _storage(readings: Readings) -> frozenset[EventKind]:
    has_disks = bool(disks(_value(readings, "GetHddInfo")))
    return frozenset({EventKind.STORAGE_FAILURE}) if has_disks else frozenset()


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
