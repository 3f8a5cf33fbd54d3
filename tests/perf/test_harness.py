"""The measuring instruments: the load is what it says, and no gap goes unseen."""

from __future__ import annotations

import pytest

from tests.perf.camera_load import FRAMES_PER_S, _numbered, group_of_pictures
from tests.perf.viewers import Stream, Tally

GOP_S = 2.0


def sent(burst_packets=0, *, rate_mbit_s=4.0, pictures=10):
    """Return what a camera writes for its first pictures."""
    writes, seq = [], 65_500
    for turn, picture in enumerate(group_of_pictures(rate_mbit_s, GOP_S, burst_packets)[:pictures]):
        for burst in picture:
            writes.append(bytes(_numbered(burst, seq, turn * 3600, 1)))
            seq += len(burst.packets)
    return writes


@pytest.mark.parametrize("rate_mbit_s", [1.0, 4.0, 8.0, 24.0])
def test_a_group_of_pictures_makes_the_rate(rate_mbit_s):
    pictures = group_of_pictures(rate_mbit_s, GOP_S, 0)
    octets = sum(len(burst.data) for picture in pictures for burst in picture)

    assert len(pictures) == GOP_S * FRAMES_PER_S
    assert octets * 8 / GOP_S / 1e6 == pytest.approx(rate_mbit_s, rel=0.02)


def test_the_size_of_the_writes_changes_nothing_else():
    whole, small = (
        b"".join(burst.data for picture in group_of_pictures(4.0, GOP_S, most) for burst in picture) for most in (0, 3)
    )
    assert small == whole


@pytest.mark.parametrize("step", [1, 5, 1444, 100_000])
def test_a_whole_stream_has_no_gap_wherever_it_is_cut(step):
    tally = Tally()
    stream = Stream(tally)
    data = b"".join(sent())
    for at in range(0, len(data), step):
        stream.take(data[at : at + step])

    assert tally.octets == len(data)
    assert tally.missing == 0
    assert len(tally.delays_ns) == 10
    assert stream.key_began.is_set()


def test_a_lost_write_is_seen_across_the_wrap_of_the_sequence_numbers():
    tally = Tally()
    stream = Stream(tally)
    writes = sent(4)
    lost = writes.pop(9)
    for data in writes:
        stream.take(data)

    assert tally.missing == len(lost) // 1444
