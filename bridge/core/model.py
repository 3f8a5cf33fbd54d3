"""What the bridge knows about a camera, as plain data.

A `CameraDescription` is the whole last-known picture of one camera. Drivers fill it, replace it as a whole when
they read something again, and the store keeps it, so that a camera that is offline is still described. It holds
facts in the field's common units and words; nothing of a vendor's wire format and nothing of ONVIF's tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from typing_extensions import override

from bridge.core.auxiliary import AuxiliarySwitch
from bridge.core.detection import MotionGrid, MotionRegionsDescription
from bridge.core.events import EventKind
from bridge.core.formats import AudioFormat, Resolution, VideoCodec
from bridge.core.imaging import ImagingDescription
from bridge.core.overlay import MasksDescription, OverlaysDescription
from bridge.core.ports import DigitalInput, RelayOutput
from bridge.core.ptz import PtzDescription
from bridge.core.sensor import SensorMode
from bridge.core.talk import TalkDescription
from bridge.core.units import Range


class Secret:
    """A value that no log, repr, format or traceback shows. Read it with `reveal()` where it is sent."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value; only the code that puts it on the wire or compares it may call this."""
        return self._value

    @override
    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    @override
    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How a video encoder is set now. `gov_length` counts frames from key frame to key frame."""

    codec: VideoCodec
    resolution: Resolution
    frame_rate: float
    bitrate_kbps: int
    gov_length: int
    codec_profile: str = "Main"


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """What a video encoder can be set to under one codec. Empty lists and point ranges mean "as it is now"."""

    codec: VideoCodec
    resolutions: tuple[Resolution, ...]
    frame_rates: tuple[float, ...]
    bitrate_kbps: Range
    gov_length: Range
    codec_profiles: tuple[str, ...] = ("Main",)


@dataclass(frozen=True, slots=True)
class NativeStream:
    """One stream of the camera. `name` (`main`, `sub`) is the last part of the bridge's RTSP path."""

    name: str
    encoder: EncoderSettings
    options: tuple[EncoderOptions, ...]
    audio: AudioFormat | None = None


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """Who the camera is. `serial` is unique per virtual device: a recorder's driver adds the channel."""

    manufacturer: str
    model: str
    firmware: str
    hardware: str
    serial: str
    name: str
    mac: str | None = None


@dataclass(frozen=True, slots=True)
class CameraDescription:
    """The whole last-known picture of one camera.

    `streams` is ordered best first and never empty. `events` are the kinds that this camera really reports.
    `time_zone` is a POSIX TZ string. `talk` is the loudspeaker; `motion_regions` and `motion_grid` say where motion
    is looked for. `sensor_mode` is the token of the one of `sensor_modes` that is in force.
    """

    info: CameraInfo
    streams: tuple[NativeStream, ...]
    snapshot: bool = False
    ptz: PtzDescription | None = None
    imaging: ImagingDescription | None = None
    events: frozenset[EventKind] = field(default_factory=frozenset)
    time_zone: str = "UTC0"
    auxiliary: tuple[AuxiliarySwitch, ...] = ()
    relays: tuple[RelayOutput, ...] = ()
    inputs: tuple[DigitalInput, ...] = ()
    overlays: OverlaysDescription | None = None
    masks: MasksDescription | None = None
    motion_regions: MotionRegionsDescription | None = None
    motion_grid: MotionGrid | None = None
    sensor_modes: tuple[SensorMode, ...] = ()
    sensor_mode: str = ""
    talk: TalkDescription | None = None

    def stream(self, name: str) -> NativeStream | None:
        """Return the stream of that name, or None."""
        return next((stream for stream in self.streams if stream.name == name), None)


class ConnectionPhase(StrEnum):
    """The `state` of a device in the ready line and the REST API (`product.md` 5)."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    AUTH_FAILED = "auth_failed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """How the bridge stands with a camera: phase, since when, after how many attempts, and why."""

    phase: ConnectionPhase
    since: datetime
    attempts: int = 0
    detail: str = ""
