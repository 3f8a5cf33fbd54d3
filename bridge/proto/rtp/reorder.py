"""Packets that came by UDP, put in order within a small window.

What is ahead waits until the gap before it is filled, but not long and not for many: then the gap counts as lost. What
comes after that is too late.
"""

from __future__ import annotations

from bridge.proto.rtp.packet import RTP_HEADER, RTP_HEADER_BYTES, RTP_VERSION
from bridge.proto.rtp.rewrite import SEQ_MODULUS

MOST_HELD = 64
"""Packets that wait for an earlier one: a few milliseconds of a busy stream."""

MOST_WAIT_S = 0.05
"""How long they wait; packets that overtake each other on a local network are apart by less than a millisecond."""

MOST_JUMP = 3000
"""Numbers further away than this are not lost or late packets: the sender has begun anew (RFC 3550 appendix A.1)."""


class ReorderWindow:
    """The packets of one track.

    Attributes:
        lost: how many never came, or too late.
        late: how many came too late or twice.
    """

    __slots__ = ("_held", "_next", "_ssrc", "late", "lost")

    def __init__(self) -> None:
        self.lost = 0
        self.late = 0
        self._ssrc: int | None = None
        self._next = 0
        self._held: dict[int, tuple[bytes, float]] = {}
        """By sequence number: packet and time of arrival."""

    def take(self, packet: bytes, now: float) -> list[bytes]:
        """Take a packet; return those whose turn it is, in order. What is no RTP is left out."""
        if len(packet) < RTP_HEADER_BYTES or packet[0] >> 6 != RTP_VERSION:
            return []
        _, _, seq, _, ssrc = RTP_HEADER.unpack_from(packet)
        ahead = _distance(seq, self._next)
        ready: list[bytes] = []
        if ssrc != self._ssrc or abs(ahead) > MOST_JUMP:
            ready += self._release_all()
            self._ssrc, self._next, ahead = ssrc, seq, 0
        if ahead < 0 or seq in self._held:
            self.late += 1
            return ready
        self._held[seq] = (packet, now)
        return ready + self._release() + self.expire(now)

    @property
    def is_waiting(self) -> bool:
        """Whether a packet waits for an earlier one; then `expire` is worth calling after `MOST_WAIT_S`."""
        return bool(self._held)

    def expire(self, now: float) -> list[bytes]:
        """Give up what has been waited for long enough; return the packets whose turn it is then."""
        ready: list[bytes] = []
        while self._held and self._has_waited_enough(now):
            first = min(self._held, key=lambda held: _distance(held, self._next))
            self.lost += _distance(first, self._next)
            self._next = first
            ready += self._release()
        return ready

    def _has_waited_enough(self, now: float) -> bool:
        return len(self._held) > MOST_HELD or now - min(since for _, since in self._held.values()) >= MOST_WAIT_S

    def _release(self) -> list[bytes]:
        """Return the packets up to the next gap."""
        ready = []
        while (held := self._held.pop(self._next, None)) is not None:
            ready.append(held[0])
            self._next = (self._next + 1) % SEQ_MODULUS
        return ready

    def _release_all(self) -> list[bytes]:
        order = sorted(self._held, key=lambda held: _distance(held, self._next))
        ready = [self._held[seq][0] for seq in order]
        self._held.clear()
        return ready


def _distance(later: int, earlier: int) -> int:
    """Return the signed distance of two sequence numbers, across their wrap."""
    distance = (later - earlier) % SEQ_MODULUS
    return distance - SEQ_MODULUS if distance >= SEQ_MODULUS // 2 else distance
