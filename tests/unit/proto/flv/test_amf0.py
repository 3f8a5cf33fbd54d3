"""AMF0: what is written can be read, what others write too, and nonsense is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.flv import amf0

NAMES = st.text(min_size=1, max_size=10)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=20)),
    lambda values: st.one_of(st.lists(values, max_size=4), st.dictionaries(NAMES, values, max_size=4)),
    max_leaves=10,
)


@given(st.lists(VALUES, max_size=4))
def test_what_is_written_can_be_read(values):
    assert list(amf0.decode(amf0.encode(*values))) == values


@given(st.binary(max_size=60))
def test_anything_is_read_or_refused(data):
    try:
        amf0.decode(data)
    except WireError:
        return


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00 3ff0000000000000", 1.0),
        ("0c 00000002 6869", "hi"),
        ("0f 00000002 6869", "hi"),
        ("0b 3ff0000000000000 0000", 1.0),
        ("06", None),
        ("08 00000009 0001 61 0101 000009", {"a": True}),
        ("10 0003 666f6f 0001 61 05 000009", {"a": None}),
        ("0a 00000002 0100 05", [False, None]),
    ],
)
def test_values_that_others_write(data, value):
    assert amf0.decode(bytes.fromhex(data)) == (value,)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ("02 0005 68", "too early"),
        ("07 0000", "kind 7"),
        ("11", "kind 17"),
        ("03 0001 61", "too early"),
        ("0a00000001" * 20, "deeper"),
    ],
)
def test_nonsense_is_refused(data, detail):
    with pytest.raises(WireError, match=detail):
        amf0.decode(bytes.fromhex(data))


def test_text_that_is_too_long_is_not_written():
    with pytest.raises(ValueError, match="65535"):
        amf0.encode("x" * 65536)
