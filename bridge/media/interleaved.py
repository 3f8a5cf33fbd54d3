"""A viewer that gets its packets over the RTSP connection itself (RFC 2326 section 10.12).

One write per batch, whatever number of packets it holds. The connection's write buffer is the viewer's queue: when
it is full, the viewer loses everything up to a key frame for which there is room again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.media.batch import Batch
from bridge.proto.rtp.packet import FRAME_HEADER_BYTES

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

MOST_QUEUED_BYTES = 4 * 1024 * 1024
"""What may wait for one viewer: 2 s of a 16 Mbit/s stream. A single batch (the key-frame cache of a new viewer) may
be larger, but only as the first."""

RESUME_BYTES = MOST_QUEUED_BYTES // 2
"""A viewer that fell behind goes on when its queue has shrunk to this: it must not fall behind again at once."""


class InterleavedViewer:
    """Writes batches to a connection; see `media.hub.Reader`.

    Args:
        transport: of the viewer's connection.
        channels: the viewer's channel for each canonical channel of the stream, None for tracks not set up.
        on_ended: called with the reason when the stream cannot go on for this viewer.

    Attributes:
        dropped: batches that the viewer was too slow for.
    """

    def __init__(
        self, transport: asyncio.WriteTransport, channels: tuple[int | None, ...], on_ended: Callable[[str], None]
    ) -> None:
        self.dropped = 0
        self._transport = transport
        self._channels = channels
        self._on_ended = on_ended
        self._is_behind = False

    def deliver(self, batch: Batch) -> None:
        """Send a batch, or drop it."""
        if self._transport.is_closing():
            return
        queued = self._transport.get_write_buffer_size()
        if self._is_behind and (batch.keyframe is None or queued > RESUME_BYTES):
            self.dropped += 1
            return
        data = (from_keyframe(batch) if self._is_behind else batch).mapped(self._channels)
        self._is_behind = queued > 0 and queued + len(data) > MOST_QUEUED_BYTES
        if self._is_behind:
            self.dropped += 1
            return
        if data:
            self._transport.write(data)

    def ended(self, reason: str) -> None:
        """Report the end to whoever owns the session."""
        self._on_ended(reason)


def from_keyframe(batch: Batch) -> Batch:
    """Return the decodable rest of a batch that has a key frame, for a viewer that lost what was before."""
    return Batch(batch.data[batch.keyframe :], 0) if batch.keyframe else batch


def renumber(frames: bytes, channels: Mapping[int, int]) -> bytes:
    """Return a source's frames under other channel numbers; frames of channels that are not in `channels` are left out.

    Args:
        frames: whole interleaved frames.
        channels: new number for each number in use.
    """
    renumbered = bytearray(frames)
    kept = []
    at = start = 0
    while at < len(frames):
        end = at + FRAME_HEADER_BYTES + (frames[at + 2] << 8 | frames[at + 3])
        channel = channels.get(frames[at + 1])
        if channel is None:
            kept.append(renumbered[start:at])
            start = end
        else:
            renumbered[at + 1] = channel
        at = end
    return b"".join((*kept, renumbered[start:]))
