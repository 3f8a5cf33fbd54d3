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

from bridge.core.events import EventKind
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


class VideoCodec(StrEnum):
    """Video encodings that a camera may send."""

    H264 = "H264"
    H265 = "H265"
    JPEG = "JPEG"


class AudioCodec(StrEnum):
    """Audio encodings that a camera may send."""

    AAC = "AAC"
    PCMU = "PCMU"
    PCMA = "PCMA"


@dataclass(frozen=True, slots=True, order=True)
class Resolution:
    """A picture size in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """What a stream's audio track carries."""

    codec: AudioCodec
    sample_rate_hz: int
    channels: int = 1
    bitrate_kbps: int = 32


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
class Preset:
    """A stored position. `token` is stable; `name` is what people see."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class PtzDescription:
    """What a camera's mechanics can do, in generic spaces (pan, tilt and zoom speed -1..1).

    `max_presets` 0 means that presets cannot be stored. `zoom_position` says that the zoom position can be
    read (0..1); pan and tilt positions likewise by `pan_tilt_position`.
    """

    pan: bool
    tilt: bool
    zoom: bool
    diagonal: bool = True
    speed_control: bool = True
    max_presets: int = 0
    presets: tuple[Preset, ...] = ()
    pan_tilt_position: bool = False
    zoom_position: bool = False


class IrCutMode(StrEnum):
    """The infrared filter: `ON` blocks infrared (day, colour), `OFF` lets it pass (night)."""

    ON = "ON"
    OFF = "OFF"
    AUTO = "AUTO"


class AutoMode(StrEnum):
    """Who decides: the camera or the user."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class ExposurePriority(StrEnum):
    """What automatic exposure sacrifices last."""

    LOW_NOISE = "LowNoise"
    FRAME_RATE = "FrameRate"


@dataclass(frozen=True, slots=True)
class Levelled:
    """A function that is on or off, with a strength 0..100 where it has one."""

    on: bool
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the exposure is controlled; times in microseconds, gains in the camera's own steps."""

    mode: AutoMode
    priority: ExposurePriority | None = None
    min_exposure_time_us: float | None = None
    max_exposure_time_us: float | None = None
    min_gain: float | None = None
    max_gain: float | None = None


@dataclass(frozen=True, slots=True)
class WhiteBalance:
    """How colours are balanced; gains 0..100, meaningful in manual mode."""

    mode: AutoMode
    cr_gain: float | None = None
    cb_gain: float | None = None


@dataclass(frozen=True, slots=True)
class ImagingSettings:
    """The picture controls as they are set; `None` means that the camera has no such control. Levels 0..100."""

    brightness: float | None = None
    contrast: float | None = None
    color_saturation: float | None = None
    sharpness: float | None = None
    ir_cut_filter: IrCutMode | None = None
    backlight_compensation: Levelled | None = None
    wide_dynamic_range: Levelled | None = None
    exposure: Exposure | None = None
    white_balance: WhiteBalance | None = None
    noise_reduction: float | None = None
    auto_focus: AutoMode | None = None


@dataclass(frozen=True, slots=True)
class ImagingDescription:
    """Picture controls with the modes that this camera knows for each."""

    settings: ImagingSettings
    ir_cut_modes: tuple[IrCutMode, ...] = ()
    exposure_modes: tuple[AutoMode, ...] = ()
    exposure_priorities: tuple[ExposurePriority, ...] = ()
    exposure_time_us: Range | None = None
    gain: Range | None = None
    white_balance_modes: tuple[AutoMode, ...] = ()
    auto_focus_modes: tuple[AutoMode, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraDescription:
    """The whole last-known picture of one camera.

    `streams` is ordered best first and never empty. `events` are the kinds that this camera really reports.
    `time_zone` is a POSIX TZ string.
    """

    info: CameraInfo
    streams: tuple[NativeStream, ...]
    snapshot: bool = False
    ptz: PtzDescription | None = None
    imaging: ImagingDescription | None = None
    events: frozenset[EventKind] = field(default_factory=frozenset)
    time_zone: str = "UTC0"

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
