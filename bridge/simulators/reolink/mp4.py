"""Writes recordings as MP4 files (ISO/IEC 14496-12; 14496-14 for AAC, 14496-15 for H.264 and H.265).

A file is what the camera showed for so many seconds, made from the clips: one video and one audio track, in chunks of
a second that alternate. It is complete and plays in any player; fragments, edits and everything else that these
standards know is not written.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from bridge.simulators.clips import Cadence, VideoClip, audio_frames, video_clip
from bridge.simulators.clips.cadence import CLIP_SECONDS
from bridge.simulators.clips.library import AUDIO_CONFIG, AUDIO_FRAME_SAMPLES, AUDIO_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FILES = 32
"""How many files are kept in memory; the largest is half a megabyte."""

_VIDEO_HZ, _MOVIE_HZ = 90_000, 1000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_SELF_CONTAINED = 1
_PROFILE_BYTES = 12
"""Profile, tier and level at the beginning of an H.265 sequence parameter set (H.265, 7.3.3)."""


@lru_cache(maxsize=MOST_FILES)
def movie(video: str, seconds: int, frame_rate: float) -> bytes:
    """Return a file.

    Args:
        video: name of a clip, which must be loaded.
        seconds: how long it is.
        frame_rate: frames in a second, a whole number that the clip has.
    """
    clip, frames = video_clip(video), Cadence(frame_rate).frames
    pictures = [[picture(clip, second, frame) for frame in range(frames)] for second in range(seconds)]
    sounds = _sounds(seconds)
    chunks = [chunk for pair in zip(pictures, sounds, strict=True) for chunk in pair]
    head = _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isom", b"mp41")
    # The offsets of the chunks are as long as they are whatever they say: the size of the index is known beforehand.
    size = len(head) + len(_index(clip, seconds, frame_rate, pictures, sounds, first_chunk=0))
    index = _index(clip, seconds, frame_rate, pictures, sounds, first_chunk=size + 8)
    return head + index + _box(b"mdat", *(sample for chunk in chunks for sample in chunk))


def picture(clip: VideoClip, second: int, frame: int) -> bytes:
    """Return one picture as units with their lengths; the parameter sets stand in the index."""
    units = clip.groups[second % CLIP_SECONDS][frame]
    return b"".join(struct.pack(">I", len(nal)) + nal for nal in units if nal not in clip.parameter_sets)


def _sounds(seconds: int) -> list[list[bytes]]:
    """Return the frames of sound that begin in each second."""
    frames = audio_frames()
    sounds: list[list[bytes]] = [[] for _ in range(seconds)]
    for index in range(seconds * AUDIO_RATE_HZ // AUDIO_FRAME_SAMPLES):
        sounds[index * AUDIO_FRAME_SAMPLES // AUDIO_RATE_HZ].append(frames[index % len(frames)])
    return sounds


def _index(
    clip: VideoClip,
    seconds: int,
    frame_rate: float,
    pictures: Sequence[Sequence[bytes]],
    sounds: Sequence[Sequence[bytes]],
    *,
    first_chunk: int,
) -> bytes:
    """Return the box `moov`; the first chunk of video stands at `first_chunk` in the file."""
    video_at, audio_at, here = [], [], first_chunk
    for picture_chunk, sound_chunk in zip(pictures, sounds, strict=True):
        video_at.append(here)
        here += sum(map(len, picture_chunk))
        audio_at.append(here)
        here += sum(map(len, sound_chunk))
    duration = seconds * _MOVIE_HZ
    header = struct.pack(">4I", 0, 0, _MOVIE_HZ, duration) + struct.pack(">IHH8x", 0x10000, 0x100, 0)
    video = _Track(1, b"vide", _VIDEO_HZ, round(_VIDEO_HZ / frame_rate), pictures, video_at)
    audio = _Track(2, b"soun", AUDIO_RATE_HZ, AUDIO_FRAME_SAMPLES, sounds, audio_at)
    keys = [second * len(pictures[0]) + 1 for second in range(seconds)]
    return _box(
        b"moov",
        _full(b"mvhd", 0, header, _MATRIX, bytes(24), struct.pack(">I", 3)),
        video.box(duration, _full(b"vmhd", 1, bytes(8)), _video_entry(clip), (clip.width, clip.height), keys=keys),
        audio.box(duration, _full(b"smhd", 0, bytes(4)), _audio_entry(), (0, 0)),
    )


class _Track:
    """One track: its samples by chunks, and where the chunks stand."""

    def __init__(
        self, number: int, kind: bytes, hz: int, sample_ticks: int, chunks: Sequence[Sequence[bytes]], at: list[int]
    ) -> None:
        self._number, self._kind, self._hz, self._ticks = number, kind, hz, sample_ticks
        self._chunks, self._at = chunks, at

    def box(
        self, duration: int, media_header: bytes, entry: bytes, size: tuple[int, int], *, keys: list[int] | None = None
    ) -> bytes:
        """Return the box `trak`; without `keys` every sample is one."""
        sizes = [len(sample) for chunk in self._chunks for sample in chunk]
        tables = [
            _full(b"stsd", 0, struct.pack(">I", 1), entry),
            _full(b"stts", 0, struct.pack(">3I", 1, len(sizes), self._ticks)),
            *([] if keys is None else [_full(b"stss", 0, _numbers(keys))]),
            _full(b"stsc", 0, self._runs()),
            _full(b"stsz", 0, struct.pack(">I", 0), _numbers(sizes)),
            _full(b"stco", 0, _numbers(self._at)),
        ]
        volume = 0x100 if self._kind == b"soun" else 0
        track_header = struct.pack(">5I8xHHHH", 0, 0, self._number, 0, duration, 0, 0, volume, 0)
        reference = _full(b"dref", 0, struct.pack(">I", 1), _full(b"url ", _SELF_CONTAINED))
        ticks = len(sizes) * self._ticks
        media = _box(
            b"mdia",
            _full(b"mdhd", 0, struct.pack(">4IHH", 0, 0, self._hz, ticks, 0x55C4, 0)),
            _full(b"hdlr", 0, bytes(4), self._kind, bytes(12), b"camera\0"),
            _box(b"minf", media_header, _box(b"dinf", reference), _box(b"stbl", *tables)),
        )
        return _box(
            b"trak",
            _full(b"tkhd", 3, track_header, _MATRIX, struct.pack(">II", size[0] << 16, size[1] << 16)),
            media,
        )

    def _runs(self) -> bytes:
        """Return which chunks have how many samples, a run of equal ones at a time."""
        runs: list[tuple[int, int]] = []
        for number, chunk in enumerate(self._chunks, start=1):
            if not runs or runs[-1][1] != len(chunk):
                runs.append((number, len(chunk)))
        return struct.pack(">I", len(runs)) + b"".join(struct.pack(">3I", *run, 1) for run in runs)


def _video_entry(clip: VideoClip) -> bytes:
    kind, config = (
        (b"avc1", _box(b"avcC", avc_configuration(clip))) if clip.codec == "h264" else (b"hvc1", _hevc_config(clip))
    )
    sizes = struct.pack(">HHII4xH", clip.width, clip.height, 0x480000, 0x480000, 1)
    return _box(kind, bytes(6), struct.pack(">H", 1), bytes(16), sizes, bytes(32), struct.pack(">Hh", 24, -1), config)


def avc_configuration(clip: VideoClip) -> bytes:
    """Return the AVCDecoderConfigurationRecord of an H.264 clip (ISO/IEC 14496-15, 5.3.3.1)."""
    sps, pps = clip.parameter_sets
    first, second = struct.pack(">H", len(sps)) + sps, struct.pack(">H", len(pps)) + pps
    return b"\x01" + sps[1:4] + b"\xff\xe1" + first + b"\x01" + second


def _hevc_config(clip: VideoClip) -> bytes:
    # Behind the two bytes of the unit's header and one of the parameter set; 00 00 03 stands for 00 00 in units.
    profile = clip.parameter_sets[1].replace(b"\0\0\x03", b"\0\0")[3 : 3 + _PROFILE_BYTES]
    arrays = [struct.pack(">BHH", 0x80 | (nal[0] >> 1 & 0x3F), 1, len(nal)) + nal for nal in clip.parameter_sets]
    return _box(b"hvcC", b"\x01", profile, bytes.fromhex("f000fcfdf8f800000f"), bytes([len(arrays)]), *arrays)


def _audio_entry() -> bytes:
    decoder = b"\x40\x15" + bytes(11) + b"\x05" + bytes([len(AUDIO_CONFIG)]) + AUDIO_CONFIG
    stream = struct.pack(">HB", 2, 0) + b"\x04" + bytes([len(decoder)]) + decoder + b"\x06\x01\x02"
    descriptor = _full(b"esds", 0, b"\x03", bytes([len(stream)]), stream)
    sound = struct.pack(">8xHH4xI", 1, 16, AUDIO_RATE_HZ << 16)
    return _box(b"mp4a", bytes(6), struct.pack(">H", 1), sound, descriptor)


def _numbers(numbers: Sequence[int]) -> bytes:
    return struct.pack(f">{len(numbers) + 1}I", len(numbers), *numbers)


def _full(kind: bytes, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", flags), *parts)


def _box(kind: bytes, *parts: bytes) -> bytes:
    return b"".join((struct.pack(">I4s", 8 + sum(map(len, parts)), kind), *parts))
