"""Reading fields that may be anything."""

from __future__ import annotations

import pytest

from bridge.drivers.reolink.native import flag, number, numbers, rows, section, text, texts


@pytest.mark.parametrize(
    ("value", "found"),
    [(5, 5), ("5", 5), ("-5", -5), (5.0, 5), (True, 1), (5.5, None), ("", None), ("--5", None), ("5x", None)],
)
def test_numbers_come_in_many_forms(value: object, found: int | None) -> None:
    assert number({"key": value}, "key") == found


@pytest.mark.parametrize("value", [None, [], {}, 2**31, "9" * 50, float("inf"), float("nan"), "\u00b2"])
def test_what_is_no_sane_number_is_none(value: object) -> None:
    assert number({"key": value}, "key") is None


def test_ranges_are_kept() -> None:
    assert number({"key": 11}, "key", least=0, most=10) is None
    assert numbers({"key": [1, "2", 11, None]}, "key", least=0, most=10) == (1, 2)
    assert numbers({"key": 1}, "key", least=0, most=10) == ()


def test_flags_are_only_0_and_1() -> None:
    assert [flag({"key": value}, "key") for value in (0, 1, "1", 2, None)] == [False, True, True, None, None]


def test_sections_and_rows_survive_anything() -> None:
    assert section({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert section({"a": [1]}, "a", "b") == {}
    assert section(None, "a") == {}
    assert rows([{"a": 1}, None, 3]) == ({"a": 1},)
    assert rows({"a": 1}) == ({"a": 1},)
    assert rows("text") == ()


def test_texts_are_printable_and_short() -> None:
    assert text({"key": " gate\x00\n "}, "key") == "gate"
    assert len(text({"key": "x" * 5000}, "key")) == 128
    assert text({"key": 5}, "key") == ""
    assert texts({"key": ["a", 1, "b"]}, "key") == ("a", "b")
    assert texts({"key": "a"}, "key") == ()
