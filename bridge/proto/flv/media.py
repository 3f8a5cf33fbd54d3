"""What the video and audio tags of FLV carry (annex E.4.2 and E.4.3), as far as RTP can carry it on.

Video is H.264 or H.265: the latter under codec number 12, which cameras use and no standard names, or as `hvc1` of
Enhanced RTMP. Sound is AAC or G.711. Anything else has a name and no content here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bridge.core.errors import WireError
from bridge.proto.flv.configuration import DecoderConfiguration, read_avc, read_hevc
from bridge.proto.rtp.payload.aac import AacConfig


class VideoCodec(StrEnum):
    """Codecs by their names in RTP."""

    H264 = "H264"
    H265 = "H265"


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """A sequence begins: what all pictures from here on need."""

    codec: VideoCodec
    configuration: DecoderConfiguration


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit, shown `composition_ms` after its tag's time; `DecoderConfiguration.units` cuts its data."""

    codec: VideoCodec
    is_key: bool
    composition_ms: int
    data: bytes


@dataclass(frozen=True, slots=True)
class AacUnit:
    """One access unit of AAC."""

    data: bytes


@dataclass(frozen=True, slots=True)
class G711Samples:
    """Samples of 8 kHz, mono, one byte each; `encoding` is `PCMU` or `PCMA`."""

    encoding: str
    data: bytes


@dataclass(frozen=True, slots=True)
class UnknownCodec:
    """Something that RTP cannot carry, or not as it is."""

    name: str


Video = VideoConfig | Picture | UnknownCodec
Audio = AacConfig | AacUnit | G711Samples | UnknownCodec

_CODEC_NUMBERS = {7: VideoCodec.H264, 12: VideoCodec.H265}
_CODEC_FOURCCS = {b"avc1": VideoCodec.H264, b"hvc1": VideoCodec.H265}
_READ_CONFIGURATION = {VideoCodec.H264: read_avc, VideoCodec.H265: read_hevc}

_KEY_FRAME, _COMMAND_FRAME = 1, 5
_CONFIG, _PICTURE = 0, 1
_PICTURE_WITHOUT_COMPOSITION = 3
_EXTENDED = 0x80

_AAC, _PCMA, _PCMU, _EXTENDED_AUDIO = 10, 7, 8, 9
_G711 = {_PCMA: "PCMA", _PCMU: "PCMU"}


def read_video(body: bytes) -> Video | None:
    """Read the body of a video tag; None if it has no content: ends of sequences, commands, empty tags.

    Raises:
        WireError: it ends too early.
    """
    if not body:
        return None
    frame = body[0] >> 4 & 0x07
    if body[0] & _EXTENDED:
        packet, codec, at = body[0] & 0x0F, _CODEC_FOURCCS.get(body[1:5]), 5
        name = body[1:5].decode("ascii", "replace")
    else:
        packet, codec, at = body[1] if len(body) > 1 else -1, _CODEC_NUMBERS.get(body[0] & 0x0F), 2
        name = f"number {body[0] & 0x0F}"
        if packet == _PICTURE_WITHOUT_COMPOSITION:
            return None
    if frame == _COMMAND_FRAME:
        return None
    if codec is None:
        return UnknownCodec(name)
    if packet == _CONFIG:
        # The old form has a composition time here as well, without a meaning.
        record = body[at if body[0] & _EXTENDED else at + 3 :]
        return VideoConfig(codec, _READ_CONFIGURATION[codec](record))
    return _read_picture(codec, packet, is_key=frame == _KEY_FRAME, content=body[at:])


def _read_picture(codec: VideoCodec, packet: int, *, is_key: bool, content: bytes) -> Picture | None:
    if packet == _PICTURE_WITHOUT_COMPOSITION:
        return Picture(codec, is_key, 0, content)
    if packet != _PICTURE:
        return None
    if len(content) < 3:
        raise WireError("FLV video tag ends before its picture")
    return Picture(codec, is_key, int.from_bytes(content[:3], "big", signed=True), content[3:])


def read_audio(body: bytes) -> Audio | None:
    """Read the body of an audio tag; None if it has no content.

    Raises:
        WireError: it describes AAC that cannot be.
    """
    if not body:
        return None
    kind = body[0] >> 4
    if kind in _G711:
        return G711Samples(_G711[kind], body[1:]) if len(body) > 1 else None
    if kind == _AAC:
        return _read_aac(body[1] if len(body) > 1 else -1, body[2:])
    if kind == _EXTENDED_AUDIO:
        name = body[1:5]
        return _read_aac(body[0] & 0x0F, body[5:]) if name == b"mp4a" else UnknownCodec(name.decode("ascii", "replace"))
    return UnknownCodec(f"number {kind}")


def _read_aac(packet: int, content: bytes) -> Audio | None:
    if packet == _CONFIG:
        return AacConfig.parse(content)
    return AacUnit(content) if packet == _PICTURE and content else None
