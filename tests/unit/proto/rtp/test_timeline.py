import pytest

from bridge.proto.rtp.timeline import JUMP_S, WINDOW_S, SenderClock, Timeline, ticks_between

RATE = 90_000


@pytest.mark.parametrize(
    ("later", "earlier", "ticks"), [(5, 3, 2), (3, 5, -2), (1, 2**32 - 1, 2), (2**32 - 1, 1, -2), (2**31, 0, -(2**31))]
)
def test_ticks_are_signed_across_the_wrap(later: int, earlier: int, ticks: int) -> None:
    assert ticks_between(later, earlier) == ticks


def test_time_runs_at_the_clock_rate_and_wraps() -> None:
    timeline = Timeline(RATE, rtp_time=2**32 - RATE, now=10.0)

    assert timeline.rtp_time_at(10.5) == 2**32 - RATE // 2
    assert timeline.rtp_time_at(12.0) == RATE


def test_least_delayed_packet_is_believed() -> None:
    timeline = Timeline(RATE, rtp_time=0, now=0.3)  # arrived 0.3 s late
    timeline.arrived(RATE, 1.05)
    timeline.arrived(2 * RATE, 2.4)

    assert timeline.rtp_time_at(3.05) == 3 * RATE


def test_slow_source_clock_is_followed() -> None:
    timeline = Timeline(RATE, rtp_time=0, now=0.0)
    for second in range(1, 601):
        timeline.arrived(second * RATE, second * 1.0001)

    lag_s = 600 - timeline.rtp_time_at(600 * 1.0001) / RATE
    assert abs(lag_s) < 2 * WINDOW_S * 0.0001


def test_jump_of_the_source_clock_begins_anew() -> None:
    timeline = Timeline(RATE, rtp_time=0, now=0.0)
    timeline.arrived(RATE * 3600, 1.0)

    assert timeline.rtp_time_at(1.0) == RATE * 3600


def test_reports_are_believed_more_than_arrivals() -> None:
    timeline = Timeline(RATE, rtp_time=0, now=0.0)
    timeline.reported(RATE, 0.5)
    timeline.arrived(2 * RATE, 1.9)

    assert timeline.rtp_time_at(2.5) == 3 * RATE


def test_report_that_contradicts_the_packets_is_ignored() -> None:
    timeline = Timeline(RATE, rtp_time=0, now=0.0)
    timeline.reported(RATE, 1.0 + JUMP_S + 1)

    assert timeline.rtp_time_at(1.0) == RATE


def test_sender_clock_of_any_year_becomes_ours() -> None:
    clock = SenderClock()

    assert clock.moment(123.0, now=50.0) == 50.0
    assert clock.moment(124.0, now=51.2) == 51.0


def test_sender_clock_that_is_set_is_taken_anew() -> None:
    clock = SenderClock()
    clock.moment(123.0, now=50.0)

    assert clock.moment(9_000.0, now=51.0) == 51.0


def test_zero_is_no_wall_clock() -> None:
    assert SenderClock().moment(0.0, now=50.0) is None
