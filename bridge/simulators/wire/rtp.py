"""RTP and RTCP as a camera sends them: packets from access units, and sender reports.

RTP and RTCP: RFC 3550 sections 5.1, 6.4.1 and 6.5. Payloads: H.264 single NAL units and FU-A (RFC 6184 sections 5.6
and 5.8), H.265 single NAL units and FU (RFC 7798 sections 4.4.1 and 4.4.3), AAC-hbr (RFC 3640 section 3.3.6).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from secrets import randbits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAYLOAD_LIMIT_BYTES = 1400
"""Keeps a packet with all its headers below the 1500 bytes of an Ethernet frame."""

_NTP_OFFSET_S = 2_208_988_800
"""Seconds from the NTP epoch (1900) to the Unix epoch (1970)."""
_U16, _U32 = 0xFFFF, 0xFFFFFFFF


@dataclass(slots=True)
class RtpStream:
    """What one track of one session counts. Sequence number, time and SSRC begin at random, as RFC 3550 asks."""

    payload_type: int
    clock_rate: int
    ssrc: int = field(default_factory=lambda: randbits(32))
    seq: int = field(default_factory=lambda: randbits(16))
    rtp_time_at_zero: int = field(default_factory=lambda: randbits(32))
    packets: int = 0
    octets: int = 0

    def rtp_time(self, elapsed_s: float) -> int:
        """Return the RTP time of a camera time."""
        return (self.rtp_time_at_zero + round(elapsed_s * self.clock_rate)) & _U32

    def packetize(self, payloads: Sequence[bytes], elapsed_s: float) -> list[bytes]:
        """Make the packets of one access unit that belongs to a camera time; the last carries the marker."""
        rtp_time = self.rtp_time(elapsed_s)
        last = len(payloads) - 1
        made = []
        for index, payload in enumerate(payloads):
            marked = self.payload_type | (0x80 if index == last else 0)
            made.append(struct.pack("!BBHII", 0x80, marked, self.seq, rtp_time, self.ssrc) + payload)
            self.seq = (self.seq + 1) & _U16
            self.octets += len(payload)
        self.packets += len(made)
        return made

    def sender_report(self, elapsed_s: float, unix_s: float, cname: str) -> bytes:
        """Make a compound SR + SDES packet that ties the RTP time of a camera time to the wall clock."""
        ntp = round((unix_s + _NTP_OFFSET_S) * 2**32) & (2**64 - 1)
        rtp_time = self.rtp_time(elapsed_s)
        report = struct.pack(
            "!BBHIQIII", 0x80, 200, 6, self.ssrc, ntp, rtp_time, self.packets & _U32, self.octets & _U32
        )
        item = bytes((1, len(cname))) + cname.encode("ascii")
        # The list of items ends with a null byte, and the chunk with a whole 32-bit word (6.5).
        item += bytes(4 - len(item) % 4)
        return report + struct.pack("!BBHI", 0x81, 202, 1 + len(item) // 4, self.ssrc) + item


def h264_payloads(nals: Iterable[bytes]) -> list[bytes]:
    """Return the payloads that carry the NAL units of one H.264 access unit."""
    payloads: list[bytes] = []
    for nal in nals:
        indicator = bytes((nal[0] & 0xE0 | 28,))
        payloads += _fragments(nal, indicator, header_bytes=1, nal_type=nal[0] & 0x1F)
    return payloads


def h265_payloads(nals: Iterable[bytes]) -> list[bytes]:
    """Return the payloads that carry the NAL units of one H.265 access unit."""
    payloads: list[bytes] = []
    for nal in nals:
        payload_header = bytes((nal[0] & 0x81 | 49 << 1, nal[1]))
        payloads += _fragments(nal, payload_header, header_bytes=2, nal_type=nal[0] >> 1 & 0x3F)
    return payloads


def aac_payload(frame: bytes) -> bytes:
    """Return the payload that carries one AAC frame: one AU header of 13 bits size and 3 bits index 0."""
    return struct.pack("!HH", 16, len(frame) << 3) + frame


def _fragments(nal: bytes, unit_header: bytes, *, header_bytes: int, nal_type: int) -> list[bytes]:
    """Cut a NAL unit into fragmentation units, or leave it whole if it fits into one packet."""
    if len(nal) <= PAYLOAD_LIMIT_BYTES:
        return [nal]
    room = PAYLOAD_LIMIT_BYTES - len(unit_header) - 1
    starts = range(header_bytes, len(nal), room)
    fragments = []
    for start in starts:
        is_first, is_last = start == starts[0], start == starts[-1]
        flags = (0x80 if is_first else 0) | (0x40 if is_last else 0)
        fragments.append(unit_header + bytes((flags | nal_type,)) + nal[start : start + room])
    return fragments
