"""One track that goes on while its sources come and go.

Viewers see one RTP session: the same SSRC, sequence numbers without a gap, time that advances as time does
(RFC 3550 section 5.1), although every new upstream begins with numbers of its own. The first upstream is passed on
as it is; later ones are shifted in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from bridge.proto.rtp.timeline import RTP_TIME_MODULUS

SEQ_MODULUS = 1 << 16

_SEQ_TIME_SSRC = Struct(">HII")
_SEQ_OFFSET = 2


@dataclass(frozen=True, slots=True)
class TrackPosition:
    """Sequence number, RTP time and SSRC of the next packet of a track."""

    seq: int
    rtp_time: int
    ssrc: int


class Rewriter:
    """Shifts the packets of one source so that the first of them stands at a given position.

    Args:
        source: where the source begins.
        target: where viewers must see it begin.
    """

    __slots__ = ("_seq_shift", "_ssrc", "_time_shift", "is_identity")

    def __init__(self, source: TrackPosition, target: TrackPosition) -> None:
        self._seq_shift = target.seq - source.seq
        self._time_shift = target.rtp_time - source.rtp_time
        self._ssrc = target.ssrc
        self.is_identity = source == target

    def seq(self, seq: int) -> int:
        """Return what viewers see for the source's sequence number."""
        return (seq + self._seq_shift) % SEQ_MODULUS

    def rtp_time(self, rtp_time: int) -> int:
        """Return what viewers see for the source's RTP time."""
        return (rtp_time + self._time_shift) % RTP_TIME_MODULUS

    def patch(self, data: bytearray, start: int, *, seq: int, rtp_time: int) -> None:
        """Write viewers' numbers (as `seq` and `rtp_time` return them) into the packet that begins at `start`."""
        _SEQ_TIME_SSRC.pack_into(data, start + _SEQ_OFFSET, seq, rtp_time, self._ssrc)
