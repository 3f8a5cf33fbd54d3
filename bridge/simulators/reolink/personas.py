"""The cameras that the simulator can be (`--model`): which firmware habits and abilities go together.

They are the models whose answers are printed in the document or recorded in the field; what no source tells is
filled in plausibly. Scenarios change a persona before the camera starts (`scenario.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bridge.simulators.reolink import abilities, services, tables
from bridge.simulators.reolink.abilities import Abilities
from bridge.simulators.reolink.encoder import MAIN_4K, MAIN_1296, MAIN_1440, StreamRange
from bridge.simulators.reolink.ptz import PtzTraits

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.settings import Setting

DETECTION_KINDS = ("dog_cat", "face", "people", "vehicle")
"""The kinds of things that the document knows."""
H265_START = MAIN_4K.size
"""Size of the main stream in scenario `h265`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the camera says that it is: `GetDevInfo`, `GetP2p`, `GetLocalLink`."""

    model: str
    name: str
    firmware: str
    hardware: str
    serial: str
    mac: str
    uid: str
    has_newer_fields: bool = True


@dataclass(frozen=True, slots=True)
class Persona:
    """One kind of camera.

    Attributes:
        identity: who it is.
        abilities: what it says that it can do.
        ptz: its head, or None.
        sizes: what its main stream can be, the factory's choice first.
        start_size: size of the main stream at first.
        shows_codec: `GetEnc` tells `vType`.
        shows_encoder_details: `GetEnc` tells `gop`, `width` and `height`.
        has_port_switches: `GetNetPort` tells `…Enable`.
        ai_kinds: things that it recognises; None when it does not know `GetAiState` at all.
        has_combined_events: it knows the undocumented `GetEvents`.
        has_plain_ai_state: `GetAiState` tells plain numbers.
        grid: columns and rows of motion detection.
        has_schedule_v1: it knows `GetMdAlarm` and `GetRecV20` in place of `GetAlarm` and `GetRec`.
        has_empty_mask_list: no privacy mask is an empty list, not `null`.
        has_disk: there is a memory card, or a hard disk in a recorder.
        has_flat_ai_alarm: `GetAiAlarm` answers as the document prints it, without an object around it.
        has_talk: the RTSP stream has a way back, to the speaker.
        has_wifi: it can do without a cable.
        members: the cameras that can be plugged into a recorder, one for each picture; none make a camera.
        infrared_states: what the infrared lamp can be set to.
        extra_isp: undocumented keys of `Isp`.
        inputs: number of digital inputs.
        outputs: number of relay outputs.
    """

    identity: Identity
    abilities: Abilities
    ptz: PtzTraits | None = None
    sizes: tuple[StreamRange, ...] = (MAIN_1440, MAIN_1296)
    start_size: str = MAIN_1440.size
    shows_codec: bool = True
    shows_encoder_details: bool = True
    has_port_switches: bool = True
    ai_kinds: tuple[str, ...] | None = ("people", "vehicle", "dog_cat")
    has_combined_events: bool = False
    has_plain_ai_state: bool = False
    grid: tuple[int, int] = (80, 60)
    has_schedule_v1: bool = True
    has_empty_mask_list: bool = True
    has_disk: bool = True
    has_flat_ai_alarm: bool = False
    has_talk: bool = False
    has_wifi: bool = False
    infrared_states: tuple[str, ...] = ("Auto", "Off", "On")
    extra_isp: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    inputs: int = 0
    outputs: int = 0
    members: tuple[Persona, ...] = ()

    @property
    def detected_kinds(self) -> tuple[str, ...]:
        """The kinds of things that have settings of their own."""
        return tuple(kind for kind in DETECTION_KINDS if kind in (self.ai_kinds or ()))

    def channel_settings(self) -> dict[str, Setting]:
        """Return the plain Get/Set pairs of its picture, by the name that follows `Get` and `Set`."""
        can = self.abilities
        settings = {
            "Image": tables.image(can),
            "Isp": tables.isp(can, extra=dict(self.extra_isp)),
            "Crop": tables.crop(),
            "Osd": tables.osd(self.identity.name),
            "IrLights": tables.infrared(list(self.infrared_states)),
            **self._scheduled(),
            **services.of_picture(has_schedule_v1=self.has_schedule_v1),
        }
        if can.version("powerLed"):
            settings["PowerLed"] = tables.power_led()
        if can.version("floodLight"):
            settings["WhiteLed"] = tables.white_led()
        if self.ai_kinds is not None:
            settings["AiCfg"] = tables.detection(self.ai_kinds)
        if self.ptz is not None:
            settings |= {
                "AutoFocus": tables.autofocus(),
                "PtzSerial": tables.serial_line(),
                "PtzTattern": tables.tracks(),
            }
        return settings

    def device_settings(self, *, ip: str) -> dict[str, Setting]:
        """Return the Get/Set pairs of the device as a whole, by the name that follows `Get` and `Set`."""
        who = self.identity
        settings = {**tables.of_device(uid=who.uid, mac=who.mac, ip=ip), "Ddns": services.ddns()}
        if self.members:
            settings["BuzzerAlarmV20"] = services.buzzer()
        if self.has_wifi:
            settings |= {"Wifi": services.wifi(), "WifiSignal": services.wifi_signal()}
        return settings

    def device_info(self) -> JsonObject:
        """Return the object `DevInfo`."""
        who = self.identity
        kind = "NVR" if self.members else "IPC"
        info: JsonObject = {
            "B485": 0,
            "IOInputNum": self.inputs,
            "IOOutputNum": self.outputs,
            "audioNum": int(not self.members),
            "buildDay": f"build {who.firmware.rpartition('_')[2]}",
            "cfgVer": "v3.0.0.0",
            "channelNum": len(self.members) or 1,
            "detail": f"{who.hardware}W{len(who.model):02}0000001",
            "diskNum": int(self.has_disk),
            "firmVer": who.firmware,
            "frameworkVer": 1,
            "hardVer": who.hardware,
            "model": who.model,
            "name": who.name,
            "serial": who.serial,
            "type": kind,
            "wifi": int(self.has_wifi),
        }
        return info | ({"exactType": kind, "pakSuffix": "pak,paks"} if who.has_newer_fields else {})

    def _scheduled(self) -> dict[str, Setting]:
        if self.has_schedule_v1:
            return {
                "MdAlarm": tables.motion_alarm(*self.grid),
                "RecV20": tables.recording(),
            }
        return {"Alarm": tables.motion_alarm_v0(*self.grid), "Rec": tables.recording_v0()}


_RLC_823A = Persona(
    Identity(
        model="RLC-823A",
        name="Camera1",
        firmware="v3.1.0.951_22041566",
        hardware="IPC_523128M8MP",
        serial="000000082300001",
        mac="ec:71:db:0f:93:91",
        uid="95270000SIMA823A",
    ),
    abilities.PTZ_CAMERA,
    ptz=PtzTraits(),
    sizes=(MAIN_4K, MAIN_1440, MAIN_1296),
)

_RLC_411WS = Persona(
    Identity(
        model="RLC-411WS",
        name="Camera2",
        firmware="v2.0.0.1055_17110905",
        hardware="IPC_3816M",
        serial="000000000000000",
        mac="EC:71:DB:0F:93:92",
        uid="95270000SIMB411W",
        has_newer_fields=False,
    ),
    abilities.OLD_FIXED_CAMERA.with_device(wifi=(6, 1)),
    shows_codec=False,
    shows_encoder_details=False,
    has_port_switches=False,
    ai_kinds=None,
    grid=(80, 45),
    has_schedule_v1=False,
    has_empty_mask_list=False,
    has_disk=False,
    has_wifi=True,
    infrared_states=("Auto", "Off"),
)

_E1_ZOOM = Persona(
    Identity(
        model="E1-Zoom",
        name="Camera4",
        firmware="v3.1.0.2649_23083101",
        hardware="IPC_566SD85MP",
        serial="000000000100004",
        mac="ec:71:db:0f:93:94",
        uid="95270000SIMDE1ZM",
    ),
    abilities.PTZ_CAMERA.changed(ptzDirection=1, supportAiFace=1).with_device(wifi=(6, 1)),
    ptz=PtzTraits(
        pan_highest=355.0,
        has_eight_directions=False,
        preset_ids=range(64),
        enabled_presets=(0, 1),
        names_every_preset=True,
        shows_preset_image=True,
        shows_empty_patrols=False,
    ),
    shows_codec=False,
    ai_kinds=("people", "vehicle", "dog_cat", "face", "package", "visitor"),
    has_combined_events=True,
    has_wifi=True,
    grid=(120, 67),
    infrared_states=("Auto", "Off"),
    extra_isp=MappingProxyType({"binningMode": 0, "hdr": 0}),
)

_RLC_520 = Persona(
    Identity(
        model="RLC-520",
        name="Camera5",
        firmware="v3.0.0.136_20121100",
        hardware="IPC_51516M5M",
        serial="000000052000005",
        mac="ec:71:db:0f:93:95",
        uid="95270000SIME520D",
    ),
    abilities.FIXED_CAMERA,
    ai_kinds=("people", "vehicle"),
    has_flat_ai_alarm=True,
)

_DOORBELL = Persona(
    Identity(
        model="Video-Doorbell",
        name="Door",
        firmware="v3.0.0.2033_23041302",
        hardware="DB_566128M5MP",
        serial="000000000100006",
        mac="ec:71:db:0f:93:96",
        uid="95270000SIMFDOOR",
    ),
    abilities.DOORBELL,
    shows_codec=False,
    ai_kinds=("people", "vehicle", "package", "visitor"),
    has_combined_events=True,
    has_talk=True,
)

_ARGUS = Persona(
    Identity(
        model="Argus-3-Pro",
        name="Garden",
        firmware="v3.0.0.1388_22100711",
        hardware="BC_566128M4MP",
        serial="000000000100007",
        mac="ec:71:db:0f:93:97",
        uid="95270000SIMGARGU",
    ),
    abilities.BATTERY_CAMERA.with_device(wifi=(6, 1)),
    has_wifi=True,
    ai_kinds=("people", "vehicle"),
)


def _member(number: int) -> Persona:
    """Return the camera that belongs into a place of the recorder; the kinds take turns."""
    persona = (_RLC_823A, _RLC_520, _DOORBELL, _ARGUS)[number % 4]
    identity = replace(persona.identity, name=f"{persona.identity.name} {number + 1}")
    return replace(persona, identity=identity, has_talk=False)


_RECORDER = Persona(
    Identity(
        model="RLN16-410",
        name="Recorder",
        firmware="v3.0.0.148_22060109",
        hardware="H3MB18",
        serial="000000000100003",
        mac="ec:71:db:0f:93:93",
        uid="95270000SIMCRN16",
    ),
    abilities.RECORDER,
    members=tuple(_member(number) for number in range(16)),
)

PERSONAS: Mapping[str, Persona] = MappingProxyType(
    {
        persona.identity.model: persona
        for persona in (_RLC_823A, _RLC_411WS, _E1_ZOOM, _RLC_520, _DOORBELL, _ARGUS, _RECORDER)
    }
)
DEFAULT_MODEL = _RLC_823A.identity.model
