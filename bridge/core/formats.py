"""What pictures and sound are made of: encodings, sizes, rates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    bitrate_kbps: int
    channels: int = 1
