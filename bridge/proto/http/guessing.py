"""A brake on guessing passwords, for HTTP and RTSP alike: wrong answers get slower, right ones never.

What it protects against: programs that try a list of passwords for one account from one place, which is what most of
them do. After a few wrong ones each further guess waits for its answer and, if the listener does as it is told,
costs a new connection. What it does not: guessing from many addresses, over many connections at once, or for many
accounts; and somebody who hangs up on slow answers, because only a right one is quick. Good passwords are the real
protection. Nobody can be locked out by it: the right password is not even asked about here.
"""

from __future__ import annotations

from collections import OrderedDict

FREE_GUESSES = 10
"""Wrong passwords that are answered at once: typing errors, and a client with an old password that tries a few ways."""

FIRST_HOLD_S = 0.25
MOST_HOLD_S = 2.0
"""How long the answers after them are held back; each twice as long as the one before. The most is below the 3 s after
which the least patient clients give up: they are to learn that the password is wrong."""

FORGET_S = 900.0
"""After this time without a wrong password the next one counts as the first."""

MOST_REMEMBERED = 4096
"""Accounts and addresses that are remembered, at about 300 bytes; the oldest goes first."""

_MOST_DOUBLINGS = 16
"""More than lead to the longest time."""

_MOST_NAME_CHARS = 64
"""Of a user name that is remembered: as many as an account's can have."""


class GuessingBrake:
    """Counts wrong passwords by address and account. One for all listeners that share accounts.

    Args:
        free: how many are answered at once.
        capacity: how many pairs of address and account are remembered.
    """

    def __init__(self, *, free: int = FREE_GUESSES, capacity: int = MOST_REMEMBERED) -> None:
        self._free = free
        self._capacity = capacity
        self._guesses: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    @property
    def remembered(self) -> int:
        """How many pairs of address and account are remembered."""
        return len(self._guesses)

    def wrong(self, address: str, username: str, now: float) -> float:
        """Take note of a wrong password, and return for how many seconds the answer is to be held back.

        Args:
            address: where it came from.
            username: of the account, whether or not there is one.
            now: monotonic seconds.
        """
        key = (address, username[:_MOST_NAME_CHARS])
        count, last = self._guesses.pop(key, (0, now))
        count = 1 if now - last > FORGET_S else count + 1
        if len(self._guesses) >= self._capacity:
            self._guesses.popitem(last=False)
        self._guesses[key] = (count, now)
        return _hold_s(count - self._free)


def _hold_s(beyond: int) -> float:
    """Return the seconds for the guess of that number, counted from 1 after the free ones."""
    if beyond < 1:
        return 0.0
    return min(MOST_HOLD_S, FIRST_HOLD_S * (1 << min(beyond - 1, _MOST_DOUBLINGS)))
