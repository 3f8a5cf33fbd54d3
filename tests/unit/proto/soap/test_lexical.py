"""Simple types as text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bridge.proto.soap import lexical


@pytest.mark.parametrize(("literal", "value"), [("0", 0), (" -12\n", -12), ("+7", 7), ("007", 7)])
def test_whole_numbers_are_read(literal, value):
    assert lexical.parse_integer(literal) == value


@pytest.mark.parametrize("literal", ["", "1.0", "1_000", "٣", "0x10", "9" * 20, "one", "- 1"])
def test_what_is_no_whole_number_is_refused(literal):
    with pytest.raises(ValueError, match="whole number"):
        lexical.parse_integer(literal)


@pytest.mark.parametrize(
    ("literal", "value"), [("1", 1.0), ("-0.5", -0.5), (".25", 0.25), ("2.", 2.0), ("1e3", 1000.0), (" 1E-2 ", 0.01)]
)
def test_numbers_are_read(literal, value):
    assert lexical.parse_float(literal) == value


@pytest.mark.parametrize("literal", ["", ".", "NaN", "INF", "-INF", "infinity", "1e999", "1_0.0", "1,5"])
def test_what_is_no_finite_number_is_refused(literal):
    with pytest.raises(ValueError, match="number"):
        lexical.parse_float(literal)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_only_finite_numbers_are_written(value):
    with pytest.raises(ValueError, match="finite"):
        lexical.format_float(value)


def test_booleans_are_read_in_both_forms_and_written_in_one():
    assert [lexical.parse_boolean(literal) for literal in ("true", "1", " false", "0")] == [True, True, False, False]
    assert [lexical.format_boolean(value) for value in (True, False)] == ["true", "false"]
    with pytest.raises(ValueError, match="boolean"):
        lexical.parse_boolean("True")


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("2024-01-31T12:00:00Z", datetime(2024, 1, 31, 12, tzinfo=UTC)),
        ("2024-01-31T12:00:00", datetime(2024, 1, 31, 12, tzinfo=UTC)),
        ("2024-01-31T12:00:00.5Z", datetime(2024, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-01-31T12:00:00.1234567Z", datetime(2024, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-01-31T12:00:00+02:00", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31T12:00:00-05:30", datetime(2024, 1, 31, 17, 30, tzinfo=UTC)),
        ("2024-12-31T24:00:00Z", datetime(2025, 1, 1, tzinfo=UTC)),
        (" 2024-01-31T12:00:00Z ", datetime(2024, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_moments_are_read_as_utc(literal, value):
    assert lexical.parse_date_time(literal) == value
    assert lexical.parse_date_time(literal).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "literal",
    [
        "",
        "2024-01-31",
        "2024-01-31 12:00:00Z",
        "2024-02-30T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "12024-01-01T00:00:00Z",
        "2024-01-31T25:00:00Z",
        "2024-01-31T24:00:01Z",
        "2024-01-31T12:00:00+15:00",
        "2024-01-31T12:00:00+02:75",
        "9999-12-31T24:00:00Z",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_what_is_no_moment_is_refused(literal):
    with pytest.raises(ValueError, match=r"."):
        lexical.parse_date_time(literal)


def test_moments_are_written_in_utc():
    noon = datetime(2024, 1, 31, 12, tzinfo=timezone(timedelta(hours=2)))
    assert lexical.format_date_time(noon) == "2024-01-31T10:00:00Z"
    assert lexical.format_date_time(noon.replace(microsecond=5)) == "2024-01-31T10:00:00.000005Z"
    with pytest.raises(ValueError, match="aware"):
        lexical.format_date_time(noon.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("PT10S", timedelta(seconds=10)),
        ("PT0.25S", timedelta(milliseconds=250)),
        ("PT1H2M3S", timedelta(hours=1, minutes=2, seconds=3)),
        ("P1DT1S", timedelta(days=1, seconds=1)),
        ("P1Y2M", timedelta(days=365 + 60)),
        ("-PT5S", timedelta(seconds=-5)),
        ("PT600S", timedelta(minutes=10)),
    ],
)
def test_durations_are_read(literal, value):
    assert lexical.parse_duration(literal) == value


@pytest.mark.parametrize("literal", ["", "P", "PT", "10", "PT10", "10S", "PT1.S", "P1S", "PT-1S", "P999999999Y"])
def test_what_is_no_duration_is_refused(literal):
    with pytest.raises(ValueError, match="duration"):
        lexical.parse_duration(literal)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=10), "PT600S"),
        (timedelta(days=2, seconds=1), "PT172801S"),
        (timedelta(milliseconds=500), "PT0.5S"),
        (timedelta(milliseconds=-500), "-PT0.5S"),
    ],
)
def test_durations_are_written_in_seconds(value, literal):
    assert lexical.format_duration(value) == literal
