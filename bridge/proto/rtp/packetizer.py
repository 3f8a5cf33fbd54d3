"""RTP packets (RFC 3550 section 5.1) of a medium that the bridge makes itself, in interleaved framing.

What a camera sends is forwarded as it came and never passes here. How a picture or a document is cut into payloads is
the business of the modules in `payload`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.proto.rtp.packet import FRAME_HEADER, FRAME_MAGIC, RTP_HEADER
from bridge.proto.rtp.rewrite import SEQ_MODULUS
from bridge.proto.rtp.timeline import RTP_TIME_MODULUS

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PAYLOAD_BYTES = 1400
"""With all headers below the 1500 bytes of an Ethernet frame, with room for a tunnel around it."""

_PLAIN = 0x80
_WITH_EXTENSION = 0x90
_MARKER = 0x80


@dataclass(frozen=True, slots=True)
class Payload:
    """What one packet carries; `extension` is a whole RTP header extension (section 5.3.1), empty for none."""

    data: bytes
    extension: bytes = b""


class Packetizer:
    """One track of the bridge's own.

    Args:
        channel: interleaved channel of its packets.
        payload_type: as in the session description.
        ssrc: of this source.
        seq: of the first packet.
    """

    __slots__ = ("_channel", "_payload_type", "_seq", "_ssrc")

    def __init__(self, *, channel: int, payload_type: int, ssrc: int, seq: int) -> None:
        self._channel = channel
        self._payload_type = payload_type
        self._ssrc = ssrc
        self._seq = seq

    def frames(self, payloads: Sequence[Payload], *, rtp_time: int, marks_last: bool = True) -> bytes:
        """Return one packet per payload, all of one moment, as interleaved frames.

        Args:
            payloads: at least one; those of one picture or document.
            rtp_time: in ticks; only the lowest 32 bits count.
            marks_last: the last one has the marker; False for plain sound, where it means the end of a silence.
        """
        last = len(payloads) - 1
        return b"".join(
            self._frame(payload, rtp_time % RTP_TIME_MODULUS, is_marked=marks_last and number == last)
            for number, payload in enumerate(payloads)
        )

    def _frame(self, payload: Payload, rtp_time: int, *, is_marked: bool) -> bytes:
        flags = _WITH_EXTENSION if payload.extension else _PLAIN
        kind = self._payload_type | (_MARKER if is_marked else 0)
        packet = RTP_HEADER.pack(flags, kind, self._seq, rtp_time, self._ssrc) + payload.extension + payload.data
        self._seq = (self._seq + 1) % SEQ_MODULUS
        return FRAME_HEADER.pack(FRAME_MAGIC, self._channel, len(packet)) + packet
