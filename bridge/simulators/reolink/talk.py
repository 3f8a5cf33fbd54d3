"""What people say to the camera: the ear behind its speaker, which only counts (RTSP back channel)."""

from __future__ import annotations

from dataclasses import dataclass

RTP_HEADER_BYTES = 12
PACKETS_PER_ENTRY = 50
"""How many packets the journal sums up in one entry: a second of most senders."""


@dataclass(slots=True)
class Ear:
    """The packets heard so far.

    Attributes:
        packets: number of RTP packets.
        octets: bytes of sound in them.
        payload_type: of the last packet, None before the first.
    """

    packets: int = 0
    octets: int = 0
    payload_type: int | None = None

    def hear(self, packet: bytes) -> bool:
        """Take an RTP packet and tell whether the journal should have an entry: for the first, and once in a while."""
        if len(packet) < RTP_HEADER_BYTES or packet[0] >> 6 != 2:
            return False
        self.packets += 1
        self.octets += len(packet) - RTP_HEADER_BYTES - 4 * (packet[0] & 0x0F)
        self.payload_type = packet[1] & 0x7F
        return self.packets % PACKETS_PER_ENTRY == 1
