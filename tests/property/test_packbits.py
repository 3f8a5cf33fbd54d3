"""PackBits: what is packed comes out again, and no bytes do anything else than that or raise a WireError."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.onvif.packbits import pack, unpack

RUNS = st.lists(st.tuples(st.integers(0, 255), st.integers(1, 300)), max_size=8).map(
    lambda runs: b"".join(bytes((byte,)) * count for byte, count in runs)
)


@given(st.one_of(RUNS, st.binary(max_size=400)))
def test_what_is_packed_comes_out_again(data):
    assert unpack(pack(data), limit=len(data)) == data


@given(st.binary(max_size=400))
def test_packing_costs_at_most_one_byte_in_128(data):
    assert len(pack(data)) <= len(data) + (len(data) + 127) // 128


@given(st.binary(max_size=200), st.integers(0, 1000))
def test_anything_is_unpacked_within_the_limit_or_refused(packed, limit):
    try:
        data = unpack(packed, limit=limit)
    except WireError:
        return
    assert len(data) <= limit


def test_the_example_of_tiff_is_unpacked():
    packed = bytes.fromhex("fe aa 02 80 00 2a fd aa 03 80 00 2a 22 f7 aa")
    data = bytes.fromhex("aa aa aa 80 00 2a aa aa aa aa 80 00 2a 22 aa aa aa aa aa aa aa aa aa aa")
    assert unpack(packed, limit=len(data)) == data
    assert pack(data) == packed


def test_the_byte_that_means_nothing_is_skipped():
    assert unpack(b"\x80\x00A\x80", limit=1) == b"A"


@pytest.mark.parametrize("packed", [b"\x00", b"\x02AB", b"\xff"])
def test_a_code_that_ends_in_the_middle_is_refused(packed):
    with pytest.raises(WireError, match="end in the middle"):
        unpack(packed, limit=100)


def test_a_code_for_more_than_the_limit_is_refused():
    with pytest.raises(WireError, match="more than 127 bytes"):
        unpack(b"\x81A", limit=127)
