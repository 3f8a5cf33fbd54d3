"""The brake on guessing: what is answered at once, what waits, and what is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.proto.http.guessing import FORGET_S, FREE_GUESSES, MOST_HOLD_S, GuessingBrake


def holds(brake: GuessingBrake, number: int, *, address: str = "192.0.2.7", username: str = "admin") -> list[float]:
    """Return for how long the answers to so many guesses are held back, one a second."""
    return [brake.wrong(address, username, float(second)) for second in range(number)]


def test_the_first_are_free_and_each_further_one_waits_twice_as_long_up_to_a_limit():
    waits = holds(GuessingBrake(free=2), 8)
    assert waits == [0, 0, 0.25, 0.5, 1.0, MOST_HOLD_S, MOST_HOLD_S, MOST_HOLD_S]


@pytest.mark.parametrize("other", [{"address": "192.0.2.8"}, {"username": "viewer"}])
def test_other_addresses_and_other_accounts_do_not_pay_for_it(other):
    brake = GuessingBrake()
    assert holds(brake, FREE_GUESSES + 1)[-1] > 0
    assert set(holds(brake, FREE_GUESSES, **other)) == {0}


def test_after_a_quiet_time_guesses_are_free_again():
    brake = GuessingBrake()
    assert holds(brake, 20)[-1] == MOST_HOLD_S
    assert brake.wrong("192.0.2.7", "admin", 19 + FORGET_S) == MOST_HOLD_S
    assert brake.wrong("192.0.2.7", "admin", 20 + 2 * FORGET_S) == 0


def test_the_memory_is_bounded_and_the_oldest_goes_first():
    brake = GuessingBrake(free=1, capacity=2)
    for username in ("a", "b", "a", "c"):
        brake.wrong("192.0.2.7", username, 0.0)
    assert brake.remembered == 2
    assert brake.wrong("192.0.2.7", "a", 0.0) > 0
    assert brake.wrong("192.0.2.7", "b", 0.0) == 0


def test_a_long_name_is_remembered_by_its_beginning():
    brake = GuessingBrake(free=1)
    brake.wrong("192.0.2.7", "x" * 4000, 0.0)
    assert brake.remembered == 1
    assert brake.wrong("192.0.2.7", "x" * 3000, 0.0) > 0


guesses = st.tuples(st.sampled_from("abc"), st.text(max_size=3), st.floats(0, 1e6))


@given(st.lists(guesses, max_size=60))
def test_nobody_ever_waits_longer_than_the_limit_and_the_memory_stays_small(made):
    brake = GuessingBrake(free=1, capacity=5)
    for address, username, now in sorted(made, key=lambda guess: guess[2]):
        assert 0 <= brake.wrong(address, username, now) <= MOST_HOLD_S
        assert brake.remembered <= 5
