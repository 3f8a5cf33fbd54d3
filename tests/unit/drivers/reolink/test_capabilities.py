"""From answers to a description: what the abilities say, what the answers prove, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.errors import CameraError, Rejected, Unreachable, Unsupported
from bridge.core.events import EventKind
from bridge.core.formats import AudioFormat, Resolution, VideoCodec
from bridge.core.imaging import FocusDescription
from bridge.core.model import CameraDescription, CameraInfo
from bridge.core.ptz import Preset
from bridge.core.units import Range
from bridge.drivers.reolink.capabilities import Survey, understand
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.mechanics import Motor
from bridge.drivers.reolink.profile import PROFILE
from tests.unit.drivers.reolink.native_camera import STREAM, readings

REFUSED = Answer(-9)


def survey(
    changes: dict[str, Answer | None] | None = None, channel: int = 0, kept: CameraDescription | None = None
) -> Survey:
    """Understand the ordinary camera with some answers replaced, or (None) never given."""
    found = readings()
    for cmd, answer in (changes or {}).items():
        if answer is None:
            del found[cmd]
        else:
            found[cmd] = answer
    return understand(found, channel=channel, kept=kept, profile=PROFILE, camera="cam")


def with_abilities(**versions: int | None) -> dict[str, Answer | None]:
    value: Any = readings()["GetAbility"].value
    channel = value["Ability"]["abilityChn"][0]
    for key, version in versions.items():
        if version is None:
            del channel[key]
        else:
            channel[key] = {"permit": 6, "ver": version}
    return {"GetAbility": Answer(0, value)}


def with_device(**fields: object) -> dict[str, Answer | None]:
    device: Any = readings()["GetDevInfo"].value["DevInfo"]
    return {"GetDevInfo": Answer(0, {"DevInfo": {**device, **fields}})}


def test_identity() -> None:
    assert survey().description.info == CameraInfo(
        manufacturer="Reolink",
        model="RLC-823A",
        firmware="v3.1.0.951_22041566",
        hardware="IPC_X",
        serial="00000000000042",
        name="Yard",
        mac="ec:71:db:36:8e:c7",
    )


def test_a_serial_of_zeros_is_replaced_by_the_uid_and_that_by_the_mac() -> None:
    zeros = with_device(serial="000000000000000")
    assert survey(zeros).description.info.serial == "95270000ABCDEFGH"
    assert survey({**zeros, "GetP2p": REFUSED}).description.info.serial == "ec71db368ec7"
    assert survey({**zeros, "GetP2p": None, "GetLocalLink": None}).description.info.serial == ""


@pytest.mark.parametrize("mac", ["", "EC:71:DB", "not a mac at all!"])
def test_a_mac_that_is_none_is_left_out(mac: str) -> None:
    assert survey({"GetLocalLink": Answer(0, {"LocalLink": {"mac": mac}})}).description.info.mac is None


def test_a_recorders_channel_has_its_own_name_model_and_serial() -> None:
    changes = with_device(exactType="NVR", channelNum=16)
    changes["GetChannelstatus"] = Answer(
        0, {"count": 2, "status": [{"channel": 3, "name": "Door", "online": 1, "typeInfo": "E1 X"}]}
    )
    info = survey(changes, channel=3).description.info
    assert (info.model, info.name, info.serial) == ("E1 X", "Door", "00000000000042-3")


def test_a_recorders_channel_that_is_offline_is_unreachable() -> None:
    changes: dict[str, Answer | None] = {"GetChannelstatus": Answer(0, {"status": [{"channel": 0, "online": 0}]})}
    with pytest.raises(Unreachable, match="channel 0"):
        survey(changes)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(-49), Unsupported),
        (Answer(-99), Unreachable),
        (Answer(-12), Rejected),
        (Answer(0, {"Enc": {}}), Rejected),
        (None, Unsupported),
    ],
)
def test_without_streams_there_is_no_camera(answer: Answer | None, kind: type[CameraError]) -> None:
    with pytest.raises(kind):
        survey({"GetEnc": answer})


def test_streams_come_best_first_with_sound() -> None:
    main, sub = survey().description.streams
    assert (main.name, main.encoder.resolution, sub.name) == ("main", Resolution(2560, 1440), "sub")
    assert isinstance(main.audio, AudioFormat)
    assert main.audio.sample_rate_hz == 16000


def test_sound_needs_a_microphone_that_is_switched_on() -> None:
    silent = Answer(0, {"Enc": {"audio": 0, "mainStream": STREAM}})
    assert [stream.audio for stream in survey({"GetEnc": silent}).description.streams] == [None]
    assert survey(with_device(audioNum=0)).description.streams[0].audio is None


def test_a_codec_seen_in_the_stream_is_believed_at_that_size_only() -> None:
    untold = Answer(0, {"Enc": {"mainStream": {**STREAM, "vType": None}}})
    seen = survey({"GetEnc": Answer(0, {"Enc": {"mainStream": {**STREAM, "vType": "h265"}}})}).description
    old = survey({"GetEnc": Answer(0, {"Enc": {"mainStream": {**STREAM, "size": "3840*2160"}}})}).description
    assert survey({"GetEnc": untold}).description.streams[0].encoder.codec is VideoCodec.H264
    assert survey({"GetEnc": untold}, kept=seen).description.streams[0].encoder.codec is VideoCodec.H265
    assert survey({"GetEnc": untold}, kept=old).description.streams[0].encoder.codec is VideoCodec.H264


@pytest.mark.parametrize(
    ("kind", "moves"),
    [
        (1, (False, False, True, True)),
        (2, (True, True, True, True)),
        (3, (True, True, False, True)),
        (4, (True, True, True, True)),
        (5, (True, True, True, False)),
        (6, (True, True, False, False)),
        (7, (True, False, False, False)),
    ],
)
def test_mechanics_follow_the_type(kind: int, moves: tuple[bool, bool, bool, bool]) -> None:
    ptz = survey(with_abilities(ptzType=kind, ptzCtrl=0)).description.ptz
    assert ptz is not None
    assert (ptz.pan, ptz.tilt, ptz.zoom, ptz.speed_control) == moves


def test_a_fixed_camera_has_no_ptz_whatever_else_it_answers() -> None:
    found = survey(with_abilities(ptzType=0))
    assert (found.description.ptz, found.mechanics) == (None, None)


def test_a_camera_that_does_not_tell_its_type_is_judged_by_its_presets() -> None:
    assert survey(with_abilities(ptzType=None)).description.ptz is not None
    assert survey({**with_abilities(ptzType=None), "GetPtzPreset": Answer(-12)}).description.ptz is None


def test_zoom_speed_and_direction_abilities() -> None:
    ptz = survey(with_abilities(ptzType=3, ptzCtrl=1, ptzDirection=1, supportPtzSpeed=0)).description.ptz
    assert ptz is not None
    assert (ptz.zoom, ptz.diagonal, ptz.speed_control) == (True, False, False)


def test_presets_are_the_used_places_of_the_list() -> None:
    ptz = survey().description.ptz
    assert ptz is not None
    assert ptz.presets == (Preset("1", "gate"), Preset("2", "Preset 2"))
    assert ptz.max_presets == 4
    none = survey(with_abilities(ptzPreset=0)).description.ptz
    assert none is not None
    assert none.max_presets == 0


def test_a_position_of_the_lens_needs_a_range() -> None:
    mechanics = survey().mechanics
    assert mechanics is not None
    assert mechanics.lens == {Motor.ZOOM: Range(0, 33), Motor.FOCUS: Range(0, 223)}
    without = survey({"GetZoomFocus": Answer(0, {"ZoomFocus": {"zoom": {"pos": 3}}})}).description
    assert without.ptz is not None
    assert (without.ptz.zoom_position, without.ptz.absolute_zoom, without.ptz.relative_zoom) == (False, False, False)
    assert without.imaging is not None
    assert without.imaging.focus == FocusDescription(continuous=True)


def test_events_are_those_that_are_supported_and_answered() -> None:
    disks = {EventKind.STORAGE_FAILURE}
    assert survey().description.events == {EventKind.MOTION, EventKind.PERSON} | disks
    assert survey({"GetMdState": Answer(-12)}).description.events == {EventKind.PERSON} | disks
    assert survey({"GetAiState": REFUSED}).description.events == {EventKind.MOTION} | disks
    assert survey(with_abilities(supportAi=0, supportMd=0)).description.events == disks
    assert survey({"GetHddInfo": Answer(0, {})}).description.events == {EventKind.MOTION, EventKind.PERSON}
    assert EventKind.MOTION in survey(with_abilities(supportMd=0, alarmMd=1)).description.events
    assert EventKind.MOTION in survey(with_abilities(supportMd=None)).description.events


def test_snapshots_and_battery_follow_the_abilities() -> None:
    assert survey().description.snapshot
    assert not survey().has_battery
    found = survey(with_abilities(snap=0, battery=1))
    assert not found.description.snapshot
    assert found.has_battery


def test_ports_and_addresses_are_for_the_driver() -> None:
    found = survey()
    assert (found.rtsp_port, found.is_rtsp_on) == (8554, True)
    assert (found.rtmp_port, found.is_rtmp_on) == (1935, True)
    assert found.told_urls == {"main": "rtsp://10.0.0.9:554/Told_main"}


@pytest.mark.parametrize(
    ("net_port", "port", "is_on"), [({}, 554, True), ({"rtspEnable": 0, "rtspPort": 99999}, 554, False)]
)
def test_old_firmware_without_switches_counts_as_switched_on(net_port: dict[str, int], port: int, is_on: bool) -> None:
    found = survey({"GetNetPort": Answer(0, {"NetPort": net_port})})
    assert (found.rtsp_port, found.is_rtsp_on) == (port, is_on)
    assert (found.rtmp_port, found.is_rtmp_on) == (1935, True)


def test_a_camera_that_answers_nothing_but_its_encoder_is_described() -> None:
    only = {"GetEnc": readings()["GetEnc"]}
    found = understand(only, channel=0, kept=None, profile=PROFILE, camera="cam").description
    assert found.info == CameraInfo("Reolink", "IP camera", "", "", "", "", None)
    assert (found.ptz, found.imaging, found.events, found.time_zone) == (None, None, frozenset(), "UTC0")


def test_the_time_zone_is_told() -> None:
    assert survey().description.time_zone == "STD8"
