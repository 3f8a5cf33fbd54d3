"""The RTP packet (RFC 3550 section 5.1) as a view over the buffer it arrived in, and its interleaved framing.

Two ways to look at a packet: `payload_bounds` for the hot path (no object), `RtpHeader` for everybody else. Nothing
is copied. Packets are built only for what the bridge makes itself, in `packetizer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from bridge.core.errors import WireError

FRAME_MAGIC = 0x24
"""The `$` that begins an interleaved frame (RFC 2326 section 10.12)."""

FRAME_HEADER = Struct(">BBH")
"""`$`, channel, length of the packet that follows."""

FRAME_HEADER_BYTES = FRAME_HEADER.size

RTP_VERSION = 2

RTP_HEADER = Struct(">BBHII")
"""Version and flags, marker and payload type, sequence number, RTP time, SSRC."""

RTP_HEADER_BYTES = RTP_HEADER.size

_PLAIN_FLAGS = 0x3F
"""Padding, extension and CSRC count: when none of these bits is set, the payload is all that follows the header."""

_PADDING = 0x20
_EXTENSION = 0x10


def payload_bounds(data: bytes | bytearray | memoryview, start: int, end: int) -> tuple[int, int]:
    """Return where the payload of the RTP packet `data[start:end]` begins and ends in `data`.

    Raises:
        WireError: it is not an RTP packet, or its own lengths reach beyond it.
    """
    if end - start < RTP_HEADER_BYTES:
        raise WireError("RTP packet is shorter than its header", offset=start)
    flags = data[start]
    if flags >> 6 != RTP_VERSION:
        raise WireError("RTP version is not 2", offset=start)
    first = start + RTP_HEADER_BYTES
    if not flags & _PLAIN_FLAGS:
        return first, end
    first += 4 * (flags & 0x0F)
    if flags & _EXTENSION:
        if first + 4 > end:
            raise WireError("RTP header extension reaches beyond the packet", offset=start)
        first += 4 + 4 * int.from_bytes(data[first + 2 : first + 4], "big")
    last = end - (data[end - 1] if flags & _PADDING else 0)
    if first > last:
        raise WireError("RTP header lengths reach beyond the packet", offset=start)
    return first, last


@dataclass(frozen=True, slots=True)
class RtpHeader:
    """What an RTP header says; `payload` is a view over the packet."""

    marker: bool
    payload_type: int
    seq: int
    rtp_time: int
    ssrc: int
    payload: memoryview

    @classmethod
    def parse(cls, packet: bytes | bytearray | memoryview) -> RtpHeader:
        """Read one packet.

        Raises:
            WireError: see `payload_bounds`.
        """
        first, last = payload_bounds(packet, 0, len(packet))
        _, second, seq, rtp_time, ssrc = RTP_HEADER.unpack_from(packet)
        return cls(
            marker=bool(second & 0x80),
            payload_type=second & 0x7F,
            seq=seq,
            rtp_time=rtp_time,
            ssrc=ssrc,
            payload=memoryview(packet)[first:last],
        )
