"""Which moment an RTP time stands for (RFC 3550 sections 5.1 and 6.4.1).

A `Timeline` belongs to one track. It learns from arrivals (a packet cannot have been captured after it arrived, so
the least delayed one is the best witness) until the source's own sender reports say it better; `SenderClock` turns
the source's wall clock, whatever year it thinks it is, into our monotonic seconds, the same way for every track, so
that audio and video keep the relation the camera gave them.
"""

from __future__ import annotations

RTP_TIME_MODULUS = 1 << 32

JUMP_S = 5.0
"""A difference between prediction and arrival beyond this is a jump of the source's clock, not delay."""

WINDOW_S = 10.0
"""Arrivals are weighed over this long before the reference is renewed: it lets the timeline follow clock drift, and
keeps every comparison far inside the 32-bit range."""

SENDER_CLOCK_TOLERANCE_S = 0.5
"""How far a sender report may be off the source clock as it was first seen before that clock counts as set anew."""


def ticks_between(later: int, earlier: int) -> int:
    """Return the signed distance of two RTP times, across the 32-bit wrap."""
    distance = (later - earlier) % RTP_TIME_MODULUS
    return distance - RTP_TIME_MODULUS if distance >= RTP_TIME_MODULUS // 2 else distance


class Timeline:
    """Maps monotonic time to the RTP time of one track.

    Args:
        clock_rate: ticks per second.
        rtp_time: a first pair, for instance of a promise made before any packet.
        now: monotonic time that belongs to `rtp_time`.
    """

    __slots__ = ("_best", "_clock_rate", "_has_reports", "_now", "_rtp_time", "_window_ends")

    def __init__(self, clock_rate: int, *, rtp_time: int, now: float) -> None:
        self._clock_rate = clock_rate
        self._rtp_time = rtp_time
        self._now = now
        self._has_reports = False
        self._best: tuple[float, int, float] | None = None
        self._window_ends = now + WINDOW_S

    def restart(self, rtp_time: int, now: float) -> None:
        """Forget what was learnt: from here on, `rtp_time` stands for `now`."""
        self._rtp_time = rtp_time
        self._now = now
        self._has_reports = False
        self._begin_window(now)

    def rtp_time_at(self, now: float) -> int:
        """Return the RTP time of a moment."""
        return (self._rtp_time + round((now - self._now) * self._clock_rate)) % RTP_TIME_MODULUS

    def arrived(self, rtp_time: int, now: float) -> None:
        """Learn from a packet."""
        delay = now - self._moment(rtp_time)
        if abs(delay) > JUMP_S:
            self.restart(rtp_time, now)
        elif not self._has_reports:
            self._weigh(rtp_time, now, delay)

    def reported(self, rtp_time: int, moment: float) -> None:
        """Learn from a sender report that `rtp_time` was at `moment`; one that contradicts the packets is ignored."""
        if abs(moment - self._moment(rtp_time)) <= JUMP_S:
            self._rtp_time = rtp_time
            self._now = moment
            self._has_reports = True

    def _moment(self, rtp_time: int) -> float:
        return self._now + ticks_between(rtp_time, self._rtp_time) / self._clock_rate

    def _weigh(self, rtp_time: int, now: float, delay: float) -> None:
        if self._best is None or delay < self._best[0]:
            self._best = (delay, rtp_time, now)
        if delay < 0 or now >= self._window_ends:
            _, self._rtp_time, self._now = self._best
            self._begin_window(now)

    def _begin_window(self, now: float) -> None:
        self._best = None
        self._window_ends = now + WINDOW_S


class SenderClock:
    """The wall clock of a source, as its sender reports show it, in our monotonic seconds."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset: float | None = None

    def moment(self, ntp_s: float, now: float) -> float | None:
        """Return the monotonic time of a report that arrived at `now`; None for a source without a wall clock.

        Args:
            ntp_s: the report's NTP time in seconds; 0 means "no wall clock" (RFC 3550 section 6.4.1).
            now: monotonic time of its arrival.
        """
        if ntp_s == 0:
            return None
        if self._offset is None or abs(now - ntp_s - self._offset) > SENDER_CLOCK_TOLERANCE_S:
            self._offset = now - ntp_s
        return ntp_s + self._offset
