"""One read's worth of a stream, on its way to every viewer.

The data stays one block of bytes in the interleaved framing of RFC 2326 section 10.12. What a viewer needs beyond
that (other channel numbers, single packets for UDP) is made when the first viewer asks and shared with the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.proto.rtp.packet import FRAME_HEADER, FRAME_HEADER_BYTES, FRAME_MAGIC


@dataclass(slots=True)
class Batch:
    """Whole interleaved frames in canonical channel numbers: track i has RTP on 2i and RTCP on 2i+1.

    Attributes:
        data: the frames; well formed, because the hub has checked them.
        keyframe: offset in `data` from which a viewer can begin to decode, the last one if there are several; None
            if this batch has no such place. What lies there is the first packet of a random access point, or the
            sender reports that go before it.
        channels: those of which there are frames; None if nobody has looked yet.
    """

    data: bytes
    keyframe: int | None
    channels: frozenset[int] | None = field(default=None, compare=False)
    _frames: list[tuple[int, memoryview]] | None = field(default=None, init=False, repr=False, compare=False)
    _mapped: dict[tuple[int | None, ...], bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def frames(self) -> list[tuple[int, memoryview]]:
        """Return (canonical channel, packet) of each frame, packets as views without the framing."""
        if self._frames is None:
            self._frames = split_frames(self.data)
        return self._frames

    def mapped(self, channels: tuple[int | None, ...]) -> bytes:
        """Return the frames in a viewer's own channel numbers.

        Args:
            channels: the viewer's channel (0..255) for each canonical channel of the stream, two per track; None
                for one that the viewer did not set up.
        """
        if self.channels is None:
            self.channels = frozenset(channel for channel, _ in self.frames())
        if all(channels[each] == each for each in self.channels):
            return self.data
        known = self._mapped.get(channels)
        if known is None:
            known = self._mapped[channels] = self._map(channels)
        return known

    def _map(self, channels: tuple[int | None, ...]) -> bytes:
        parts: list[bytes | memoryview] = []
        for canonical, packet in self.frames():
            channel = channels[canonical]
            if channel is not None:
                parts.append(FRAME_HEADER.pack(FRAME_MAGIC, channel, len(packet)))
                parts.append(packet)
        return b"".join(parts)


def split_frames(data: bytes) -> list[tuple[int, memoryview]]:
    """Return (channel, packet view) of each interleaved frame of well-formed `data`."""
    view = memoryview(data)
    frames = []
    at = 0
    while at < len(data):
        _, channel, length = FRAME_HEADER.unpack_from(data, at)
        at += FRAME_HEADER_BYTES
        frames.append((channel, view[at : at + length]))
        at += length
    return frames
