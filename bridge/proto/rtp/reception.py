"""What a receiver has to tell its source (RFC 3550 sections 6.4.1 and A.3, A.8): cameras end sessions without it."""

from __future__ import annotations

from bridge.proto.rtp.packet import RTP_HEADER
from bridge.proto.rtp.rewrite import SEQ_MODULUS
from bridge.proto.rtp.rtcp import ReportBlock, SenderReport
from bridge.proto.rtp.timeline import RTP_TIME_MODULUS, ticks_between

_FRACTION = 256
_MIDDLE_BITS = 1 << 16


class Reception:
    """Counts the packets of one track as they arrive, whatever their order.

    Args:
        clock_rate: ticks per second.
    """

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._begin(None, 0)

    def _begin(self, ssrc: int | None, seq: int) -> None:
        self._ssrc = ssrc
        self._first = self._highest = seq
        self._received = 0
        self._expected_before = self._received_before = 0
        self._transit: int | None = None
        self._jitter = 0.0
        self._report: tuple[int, float] | None = None

    def arrived(self, packet: bytes, now: float) -> None:
        """Count an RTP packet, which has a whole header."""
        _, _, seq, rtp_time, ssrc = RTP_HEADER.unpack_from(packet)
        if ssrc != self._ssrc:
            self._begin(ssrc, seq)
        ahead = (seq - self._highest) % SEQ_MODULUS
        if ahead < SEQ_MODULUS // 2:
            self._highest += ahead
        self._received += 1
        transit = (round(now * self._clock_rate) - rtp_time) % RTP_TIME_MODULUS
        if self._transit is not None:
            self._jitter += (abs(ticks_between(transit, self._transit)) - self._jitter) / 16
        self._transit = transit

    def reported(self, report: SenderReport, now: float) -> None:
        """Note a sender report."""
        if report.ssrc == self._ssrc:
            self._report = (int(report.ntp_s * _MIDDLE_BITS) % RTP_TIME_MODULUS, now)

    def block(self, now: float) -> ReportBlock | None:
        """Return the report that is due now, None if there was no packet; the next tells what came in between."""
        if self._ssrc is None:
            return None
        expected = self._highest - self._first + 1
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        last, arrived = self._report or (0, now)
        return ReportBlock(
            ssrc=self._ssrc,
            fraction_lost=min(_FRACTION - 1, lost_now * _FRACTION // expected_now) if lost_now > 0 else 0,
            lost=expected - self._received,
            highest_seq=self._highest,
            jitter=int(self._jitter),
            last_report=last,
            since_last_report=int((now - arrived) * _MIDDLE_BITS),
        )
