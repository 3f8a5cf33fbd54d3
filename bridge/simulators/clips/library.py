"""The committed clips, cut into access units that a stream can send.

Video is read as H.264 or H.265 byte streams (Annex B of ITU-T H.264 and H.265), sound as ADTS (ISO/IEC 14496-3,
1.A.2.2). The cutting relies on how `make` encodes: one slice for each picture, each group beginning with its
parameter sets. It is no general demultiplexer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bridge.simulators.clips.cadence import CLIP_SECONDS, FRAMES_PER_GROUP

VIDEO_NAMES = ("h265-3840x2160", "h264-2560x1440", "h264-2304x1296", "h264-640x360")
AUDIO_NAME = "aac-16000"
AUDIO_RATE_HZ = 16000
AUDIO_FRAME_SAMPLES = 1024
AUDIO_CONFIG = bytes.fromhex("1408")
"""AudioSpecificConfig of the audio clip: AAC-LC, 16 kHz, mono."""

_ADTS_HEADER_BYTES = 7
_START_CODE = re.compile(rb"\x00\x00\x00?\x01")


@dataclass(frozen=True, slots=True)
class VideoClip:
    """A video clip.

    Attributes:
        codec: `h264` or `h265`.
        width: in pixels.
        height: in pixels.
        parameter_sets: SPS and PPS (H.264) or VPS, SPS and PPS (H.265), as NAL units.
        groups: groups of access units of NAL units. The first access unit of each group is a key frame and begins
            with the parameter sets.
    """

    codec: str
    width: int
    height: int
    parameter_sets: tuple[bytes, ...]
    groups: tuple[tuple[tuple[bytes, ...], ...], ...]


@cache
def video_clip(name: str) -> VideoClip:
    """Load a clip of `VIDEO_NAMES`; blocks on the file the first time.

    Raises:
        ValueError: there is no clip of that name, or its file was not made by `make`.
    """
    if name not in VIDEO_NAMES:
        raise ValueError(f"no clip {name!r}; there are {', '.join(VIDEO_NAMES)}")
    codec, _, size = name.partition("-")
    width, height = (int(part) for part in size.split("x"))
    units = split_annex_b(_read(f"{name}.{codec}"), codec)
    groups = tuple(units[start : start + FRAMES_PER_GROUP] for start in range(0, len(units), FRAMES_PER_GROUP))
    if len(units) != CLIP_SECONDS * FRAMES_PER_GROUP or any(len(group[0]) != len(groups[0][0]) for group in groups):
        raise ValueError(f"clip {name} is not cut into {CLIP_SECONDS} groups of {FRAMES_PER_GROUP}: make it again")
    return VideoClip(codec, width, height, units[0][:-1], groups)


@cache
def audio_frames() -> tuple[bytes, ...]:
    """Load the audio clip: raw AAC frames of `AUDIO_FRAME_SAMPLES` samples; blocks on the file the first time."""
    return tuple(split_adts(_read(f"{AUDIO_NAME}.aac")))


def load_all() -> None:
    """Read every clip into memory, so that no event loop has to wait for a file."""
    for name in VIDEO_NAMES:
        video_clip(name)
    audio_frames()


def split_annex_b(stream: bytes, codec: str) -> tuple[tuple[bytes, ...], ...]:
    """Cut a byte stream into access units of NAL units: what stands before a slice belongs to it."""
    units: list[tuple[bytes, ...]] = []
    pending: list[bytes] = []
    for nal in _START_CODE.split(stream)[1:]:
        pending.append(nal)
        if is_slice(nal, codec):
            units.append(tuple(pending))
            pending = []
    return tuple(units)


def is_slice(nal: bytes, codec: str) -> bool:
    """Tell whether a NAL unit carries picture data (H.264 table 7-1, H.265 table 7-1)."""
    if codec == "h264":
        return 1 <= (nal[0] & 0x1F) <= 5
    return (nal[0] >> 1) & 0x3F < 32


def split_adts(stream: bytes, *, keep_headers: bool = False) -> list[bytes]:
    """Cut an ADTS stream into AAC frames, without their headers unless asked for."""
    frames: list[bytes] = []
    offset = 0
    while offset + _ADTS_HEADER_BYTES <= len(stream):
        size = (int.from_bytes(stream[offset + 3 : offset + 6]) >> 5) & 0x1FFF
        frames.append(stream[offset + (0 if keep_headers else _ADTS_HEADER_BYTES) : offset + size])
        offset += size
    return frames


def _read(file_name: str) -> bytes:
    return (resources.files("bridge.simulators.clips") / file_name).read_bytes()
