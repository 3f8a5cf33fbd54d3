"""Packets by UDP: put in order, or given up; and what the camera hears of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.proto.rtp import rtcp
from bridge.proto.rtp.reception import Reception
from bridge.proto.rtp.reorder import MOST_HELD, MOST_JUMP, MOST_WAIT_S, ReorderWindow
from tests.unit.media.streams import rtp


def packet(seq, *, ssrc=7, rtp_time=0):
    return rtp(b"x", seq=seq % 65536, rtp_time=rtp_time, ssrc=ssrc)


class Line:
    """A window with what came out of it, as sequence numbers."""

    def __init__(self):
        self.window = ReorderWindow()
        self.out = []

    def take(self, *seqs, now=0.0, ssrc=7):
        for seq in seqs:
            ready = self.window.take(packet(seq, ssrc=ssrc), now)
            self.out += [int.from_bytes(each[2:4], "big") for each in ready]
        return self.out


def test_packets_in_order_pass_at_once_over_the_end_of_the_numbers():
    assert Line().take(65534, 65535, 0, 1) == [65534, 65535, 0, 1]


def test_overtaken_packet_is_waited_for():
    line = Line()
    assert line.take(1, 3, 4) == [1]
    assert line.take(2) == [1, 2, 3, 4]
    assert (line.window.lost, line.window.late) == (0, 0)


def test_gap_is_given_up_after_a_while_and_counted():
    line = Line()
    line.take(1, 4)
    assert line.take(5, now=MOST_WAIT_S) == [1, 4, 5]
    assert line.window.lost == 2
    assert line.take(2) == [1, 4, 5]
    assert line.window.late == 1


def test_gap_is_given_up_when_too_many_wait():
    line = Line()
    line.take(0, *range(2, MOST_HELD + 2))
    assert line.out == [0]
    assert line.take(MOST_HELD + 2) == [0, *range(2, MOST_HELD + 3)]
    assert line.window.lost == 1


def test_second_gap_is_waited_for_on_its_own():
    line = Line()
    line.take(1, 3)
    line.take(5, now=MOST_WAIT_S / 2)
    assert line.take(6, now=MOST_WAIT_S) == [1, 3]
    assert line.take(4, now=MOST_WAIT_S) == [1, 3, 4, 5, 6]


def test_waiting_ends_without_another_packet_too():
    line = Line()
    line.take(1, 3)
    assert line.window.is_waiting
    assert line.window.expire(MOST_WAIT_S / 2) == []
    assert line.window.expire(MOST_WAIT_S) == [packet(3)]
    assert not line.window.is_waiting


def test_packet_that_comes_twice_goes_on_once():
    assert Line().take(1, 1, 3, 3, 2, 4) == [1, 2, 3, 4]


@pytest.mark.parametrize("jump", [MOST_JUMP + 2, -MOST_JUMP - 2])
def test_sender_that_begins_anew_is_followed(jump):
    start = 10_000
    assert Line().take(start, start + 2, start + jump, start + jump + 1) == [
        *(start, start + 2),
        *(start + jump, start + jump + 1),
    ]


def test_other_source_is_followed():
    line = Line()
    line.take(10, 12)
    assert line.take(11, ssrc=8) == [10, 12, 11]


@pytest.mark.parametrize("data", [b"", b"\x80" * 11, bytes(20)])
def test_what_is_no_rtp_is_left_out(data):
    assert ReorderWindow().take(data, 0.0) == []


@given(st.permutations(range(20)), st.integers(0, 65535))
def test_any_order_comes_out_right(order, first):
    line = Line()
    line.take(first - 1)
    line.take(*(first + number for number in order))
    assert line.out == [(first - 1 + number) % 65536 for number in range(21)]


@given(st.lists(st.tuples(st.integers(0, 65535), st.sampled_from([0.0, 0.01, 0.1]), st.integers(1, 2))))
def test_nothing_is_made_up_and_nothing_piles_up(arrivals):
    window, now, out = ReorderWindow(), 0.0, []
    for seq, later, ssrc in arrivals:
        now += later
        out += window.take(packet(seq, ssrc=ssrc), now)
    assert len(out) <= len(arrivals)
    assert set(out) <= {packet(seq, ssrc=ssrc) for seq, _, ssrc in arrivals}


def test_before_any_packet_there_is_nothing_to_report():
    assert Reception(90000).block(0.0) is None


def test_report_tells_loss_and_the_highest_number():
    reception = Reception(90000)
    for seq in (65534, 65535, 1, 2):
        reception.arrived(packet(seq), 0.0)
    block = reception.block(0.0)
    assert block is not None
    assert (block.ssrc, block.lost, block.fraction_lost, block.highest_seq) == (7, 1, 256 // 5, 65538)
    reception.arrived(packet(3), 0.0)
    later = reception.block(0.0)
    assert later is not None
    assert (later.lost, later.fraction_lost) == (1, 0)


def test_packets_that_come_twice_make_no_fraction():
    reception = Reception(90000)
    for seq in (5, 5, 4):
        reception.arrived(packet(seq), 0.0)
    block = reception.block(0.0)
    assert block is not None
    assert (block.lost, block.fraction_lost, block.highest_seq) == (-2, 0, 5)


def test_uneven_arrival_is_jitter():
    even, uneven = Reception(1000), Reception(1000)
    for number in range(10):
        even.arrived(packet(number, rtp_time=number * 100), number * 0.1)
        uneven.arrived(packet(number, rtp_time=number * 100), number * 0.1 + number % 2 * 0.032)
    for reception, is_even in ((even, True), (uneven, False)):
        block = reception.block(1.0)
        assert block is not None
        assert (block.jitter == 0) is is_even


def test_report_tells_when_the_last_of_the_source_came():
    reception = Reception(90000)
    reception.arrived(packet(1), 10.0)
    reception.reported(rtcp.SenderReport(8, 1.0, 0, 0, 0), 10.0)
    before = reception.block(10.0)
    assert before is not None
    assert before.last_report == 0
    reception.reported(rtcp.SenderReport(7, 0x12345678 + 0.5, 0, 0, 0), 10.0)
    block = reception.block(12.0)
    assert block is not None
    assert (block.last_report, block.since_last_report) == (0x56788000, 2 * 65536)


def test_new_source_begins_new_counts():
    reception = Reception(90000)
    reception.arrived(packet(1), 0.0)
    reception.arrived(packet(100, ssrc=8), 0.0)
    block = reception.block(0.0)
    assert block is not None
    assert (block.ssrc, block.lost, block.highest_seq) == (8, 0, 100)


def test_receiver_report_is_laid_out_as_the_standard_draws_it():
    block = rtcp.ReportBlock(7, 51, -1, 65538, 3, 0x11223344, 0x00020000)
    packet = rtcp.build_receiver_report(0x01020304, block, "cam")
    assert packet.hex(" ", 4) == (
        "81c90007 01020304 00000007 33ffffff 00010002 00000003 11223344 00020000 81ca0003 01020304 01036361 6d000000"
    )
    empty = rtcp.build_receiver_report(5, None, "x")
    assert rtcp.parse(empty) == (rtcp.ReceiverReport(5), rtcp.SourceDescription(5, "x"))
