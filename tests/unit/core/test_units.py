"""Ranges and scales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.units import Range, percent_to_steps, round_half_up, steps_to_percent

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def test_a_range_that_is_upside_down_is_refused():
    with pytest.raises(ValueError, match="upside down"):
        Range(2, 1)


@given(numbers, numbers, numbers)
def test_clamping_ends_inside_the_range(a, b, value):
    limits = Range(min(a, b), max(a, b))
    assert limits.clamp(value) in limits


@given(st.integers(0, 255))
def test_every_native_step_survives_the_way_to_percent_and_back(step):
    assert percent_to_steps(steps_to_percent(step, 255), 255) == step


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_percent_never_give_fewer_steps(a, b):
    assert percent_to_steps(min(a, b), 255) <= percent_to_steps(max(a, b), 255)


@pytest.mark.parametrize(("value", "expected"), [(0.5, 1), (1.5, 2), (2.5, 3), (-0.5, 0), (0.49, 0)])
def test_halves_are_rounded_upwards(value, expected):
    assert round_half_up(value) == expected


def test_fraction_and_at_are_inverse():
    zoom = Range(0, 33)
    assert [round_half_up(zoom.at(zoom.fraction(step))) for step in range(34)] == list(range(34))
    assert Range(5, 5).fraction(5) == 0.0
