"""The tracks of a stream that comes as FLV tags: how each is described, and the packets of one tag."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from bridge.core.errors import Unreachable
from bridge.media.source import MediaKind, Track
from bridge.proto.flv.media import AacUnit, G711Samples, Picture, VideoCodec, VideoConfig, read_audio, read_video
from bridge.proto.rtp.packetizer import Packetizer
from bridge.proto.rtp.payload import aac, g711, h264_packets, h265_packets

if TYPE_CHECKING:
    from bridge.proto.flv.tags import Tag
    from bridge.proto.rtp.payload.aac import AacConfig

VIDEO_PAYLOAD_TYPE = 96
AUDIO_PAYLOAD_TYPE = 97

_MOST_DEVIATION_S = 0.04
"""Times of sound are told in milliseconds; within this, counting the samples is more exact."""

_MS = 1000

_CODECS = {VideoCodec.H264: h264_packets, VideoCodec.H265: h265_packets}


class TagTrack(Protocol):
    """One track."""

    @property
    def description(self) -> Track:
        """The track as viewers see it."""

    def frames(self, tag: Tag) -> bytes:
        """Return the packets of a tag of this track as interleaved frames; none if it has no content.

        Raises:
            WireError: the tag is broken.
            Unreachable: the track is no longer what it was: the stream has to be opened anew.
        """


class VideoTrack:
    """H.264 or H.265; see `TagTrack`.

    The parameter sets that were announced last stand in front of every key picture that lacks them: a change of them
    reaches viewers in time, and a viewer that joins later needs nothing else.

    Args:
        config: what the stream began with.
        number: of the track.

    Raises:
        WireError: its parameter sets are not complete.
    """

    def __init__(self, config: VideoConfig, number: int) -> None:
        self._codec = _CODECS[config.codec]
        self._config = config
        self._packetizer = _packetizer(number, VIDEO_PAYLOAD_TYPE)
        self.description = Track(
            kind=MediaKind.VIDEO,
            encoding=config.codec,
            payload_type=VIDEO_PAYLOAD_TYPE,
            clock_rate=self._codec.CLOCK_RATE,
            fmtp=self._codec.fmtp(config.configuration.parameter_sets),
        )

    def frames(self, tag: Tag) -> bytes:
        """Return the packets of a tag; see `TagTrack`."""
        part = read_video(tag.body)
        if part is None:
            return b""
        if not isinstance(part, VideoConfig | Picture) or part.codec is not self._config.codec:
            raise _changed()
        if isinstance(part, VideoConfig):
            self._config = part
            return b""
        units = self._config.configuration.units(part.data)
        if part.is_key and not any(self._codec.nal_type(unit) == self._codec.SPS for unit in units):
            units = (*self._config.configuration.parameter_sets, *units)
        shown_ms = tag.time_ms + part.composition_ms
        return self._packetizer.frames(self._codec.split(units), rtp_time=shown_ms * self._codec.CLOCK_RATE // _MS)


class AacTrack:
    """AAC; see `TagTrack`.

    Args:
        config: what the stream began with.
        number: of the track.
    """

    def __init__(self, config: AacConfig, number: int) -> None:
        self._config = config
        self._packetizer = _packetizer(number, AUDIO_PAYLOAD_TYPE)
        self._clock = _SampleClock(config.rate_hz)
        self.description = Track(
            kind=MediaKind.AUDIO,
            encoding=aac.ENCODING,
            payload_type=AUDIO_PAYLOAD_TYPE,
            clock_rate=config.rate_hz,
            channels=config.channels,
            fmtp=config.fmtp,
        )

    def frames(self, tag: Tag) -> bytes:
        """Return the packets of a tag; see `TagTrack`."""
        part = read_audio(tag.body)
        if part is None or part == self._config:
            return b""
        if not isinstance(part, AacUnit):
            raise _changed()
        rtp_time = self._clock.take(tag.time_ms, aac.FRAME_SAMPLES)
        return self._packetizer.frames(aac.split(part.data), rtp_time=rtp_time)


class G711Track:
    """G.711; see `TagTrack`.

    Args:
        encoding: `PCMU` or `PCMA`.
        number: of the track.
    """

    def __init__(self, encoding: str, number: int) -> None:
        payload_type = g711.PAYLOAD_TYPES[encoding]
        self._encoding = encoding
        self._packetizer = _packetizer(number, payload_type)
        self._clock = _SampleClock(g711.CLOCK_RATE)
        self.description = Track(
            kind=MediaKind.AUDIO, encoding=encoding, payload_type=payload_type, clock_rate=g711.CLOCK_RATE
        )

    def frames(self, tag: Tag) -> bytes:
        """Return the packets of a tag; see `TagTrack`."""
        part = read_audio(tag.body)
        if part is None:
            return b""
        if not isinstance(part, G711Samples) or part.encoding != self._encoding:
            raise _changed()
        began = self._clock.take(tag.time_ms, len(part.data))
        return b"".join(
            self._packetizer.frames((payload,), rtp_time=began + samples, marks_last=False)
            for samples, payload in g711.split(part.data)
        )


class _SampleClock:
    """RTP times of sound that comes without pauses."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._next: int | None = None

    def take(self, time_ms: int, samples: int) -> int:
        """Return the RTP time of samples whose first is told to be of that time."""
        told = time_ms * self._rate_hz // _MS
        rtp_time = self._next
        if rtp_time is None or abs(told - rtp_time) > self._rate_hz * _MOST_DEVIATION_S:
            rtp_time = told
        self._next = rtp_time + samples
        return rtp_time


def _packetizer(number: int, payload_type: int) -> Packetizer:
    return Packetizer(
        channel=2 * number, payload_type=payload_type, ssrc=secrets.randbits(32), seq=secrets.randbits(16)
    )


def _changed() -> Unreachable:
    return Unreachable("the camera changed the stream's encoding")
