"""What a stream is between the camera and the hub, whatever transport brought it.

A source opens one upstream and hands over *whole reads*: a run of RTP and RTCP packets, each in the interleaved
framing of RFC 2326 section 10.12 (`$`, channel, 16-bit length, packet), with track i's RTP on channel 2i and its
RTCP on channel 2i+1. One read is one call, however many packets it holds: no object is made per packet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class MediaKind(StrEnum):
    """The media type of an SDP `m=` line."""

    VIDEO = "video"
    AUDIO = "audio"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Track:
    """One medium of a stream, as SDP tells it (RFC 8866).

    `encoding` is the rtpmap name in upper case (`H264`, `H265`, `MPEG4-GENERIC`, `PCMU`); `fmtp` the parameters
    behind the payload type, as the source gave them.
    """

    kind: MediaKind
    encoding: str
    payload_type: int
    clock_rate: int
    channels: int = 1
    fmtp: str = ""
    frame_rate: float | None = None

    @property
    def shape(self) -> tuple[object, ...]:
        """What a viewer's session depends on."""
        return (self.kind, self.encoding, self.payload_type, self.clock_rate, self.channels)


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """The tracks of a stream, in order; the position is the track's number everywhere."""

    tracks: tuple[Track, ...]

    def continues(self, other: StreamDescription) -> bool:
        """Whether viewers of the other can go on with this: all is the same but parameters and frame rate."""
        return [track.shape for track in self.tracks] == [track.shape for track in other.tracks]


class StreamSink(Protocol):
    """Takes what a source delivers. Never blocks, never raises."""

    def opened(self, description: StreamDescription, now: float) -> None:
        """The upstream plays; packets follow. Called once per `run` of a source, before `received`."""

    def received(self, frames: bytes, now: float) -> None:
        """Take whole interleaved frames in canonical channel numbers, read at monotonic time `now`."""


class StreamSource(Protocol):
    """One upstream of one camera stream."""

    async def run(self, sink: StreamSink) -> None:
        """Open the upstream and deliver until cancelled (then close it politely).

        Raises:
            CameraError: it could not be opened, broke, stalled or ended. It never returns normally.
        """
