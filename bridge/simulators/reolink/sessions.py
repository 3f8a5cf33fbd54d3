"""Accounts and login sessions of the camera (Camera HTTP API v7, section 3.2).

A token lives for its lease and cannot be renewed; there are only so many at once; wrong passwords may lock an address
out. Tokens appear outside only as `#1`, `#2` … in the order of issue.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bridge.simulators.reolink.messages import NativeError

MOST_SESSIONS = 10
MOST_ACCOUNTS = 20
DEFAULT_LEASE_S = 3600
FIRST_SESSION_ID = 1000
TOKEN_LENGTH = 15
LEVELS = ("guest", "admin")
SHORTEST_PASSWORD, LONGEST_NAME = 6, 31
MOST_LABELS = 1000
"""How many issued tokens the journal can still tell apart."""
MOST_FAILURES = 1000
"""How many addresses with failed logins are remembered."""


@dataclass(slots=True)
class Account:
    """Someone who may log in; a guest reads and looks, and changes nothing."""

    name: str
    password: str
    level: str


@dataclass(frozen=True, slots=True)
class Session:
    """A login; `created` and `expires` are seconds of the camera's clock."""

    token: str
    account: Account
    ip: str
    session_id: int
    created: float
    expires: float


@dataclass(slots=True)
class Failures:
    """Wrong passwords from one address since the last right one."""

    count: int = 0
    locked_until: float = 0.0


class Accounts:
    """The users of the camera."""

    def __init__(self, owner: Account) -> None:
        self._by_name = {owner.name: owner}

    def all(self) -> list[Account]:
        """Return every account, the oldest first."""
        return list(self._by_name.values())

    def find(self, name: object) -> Account | None:
        """Return the account of that name, or None."""
        return self._by_name.get(name) if isinstance(name, str) else None

    def verified(self, name: object, password: object) -> Account | None:
        """Return the account if the password is right."""
        account = self.find(name)
        return account if account is not None and account.password == password else None

    def add(self, name: object, password: object, level: object) -> None:
        """Create an account.

        Raises:
            NativeError: -4 for a bad name, password or level, -28 when it exists, -29 when there are too many.
        """
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or level not in LEVELS:
            raise NativeError(-4)
        if name in self._by_name:
            raise NativeError(-28)
        if len(self._by_name) >= MOST_ACCOUNTS:
            raise NativeError(-29)
        self._by_name[name] = Account(name, checked_password(password), str(level))

    def remove(self, name: object) -> Account:
        """Delete an account; the last one that may change anything stays.

        Raises:
            NativeError: -27 when there is none of that name, -4 for the last administrator.
        """
        account = self.find(name)
        if account is None:
            raise NativeError(-27)
        if not any(other.level == "admin" for other in self.all() if other is not account):
            raise NativeError(-4)
        return self._by_name.pop(account.name)


class Sessions:
    """The logins in force."""

    def __init__(self, *, lease_s: float) -> None:
        self.lease_s = lease_s
        self._by_token: dict[str, Session] = {}
        self._labels: OrderedDict[str, str] = OrderedDict()
        self._failures: OrderedDict[str, Failures] = OrderedDict()
        self._issued = 0

    def open(self, account: Account, ip: str, now: float) -> Session:
        """Log an account in.

        Raises:
            NativeError: -5 when there are too many sessions.
        """
        if len(self.in_force(now)) >= MOST_SESSIONS:
            raise NativeError(-5)
        self._issued += 1
        token = secrets.token_hex(8)[:TOKEN_LENGTH]
        session = Session(token, account, ip, FIRST_SESSION_ID + self._issued - 1, now, now + self.lease_s)
        self._by_token[token] = session
        self._labels[token] = f"#{self._issued}"
        if len(self._labels) > MOST_LABELS:
            self._labels.popitem(last=False)
        self._failures.pop(ip, None)
        return session

    def find(self, token: str | None, now: float) -> Session | None:
        """Return the session of a token, unless its lease has ended."""
        session = self._by_token.get(token or "")
        return session if session is not None and session.expires > now else None

    def in_force(self, now: float) -> list[Session]:
        """Return the sessions whose lease has not ended, the oldest first, and forget the others."""
        self._by_token = {token: session for token, session in self._by_token.items() if session.expires > now}
        return list(self._by_token.values())

    def close(self, session: Session) -> None:
        """End one session."""
        self._by_token.pop(session.token, None)

    def close_all(self, account: Account | None = None) -> None:
        """End every session, or every session of one account."""
        for session in list(self._by_token.values()):
            if account is None or session.account is account:
                self.close(session)

    def label(self, token: str) -> str:
        """Return what stands for a token in the journal: `#n`, or `?` for one that was never issued."""
        return self._labels.get(token, "?")

    def check_lock(self, ip: str, now: float) -> None:
        """Refuse an address that is locked out.

        Raises:
            NativeError: -506.
        """
        failures = self._failures.get(ip)
        if failures is not None and failures.locked_until > now:
            raise NativeError(-506)

    def count_failure(self, ip: str, now: float, *, allowed: int, lock_s: float) -> None:
        """Remember a wrong password, and lock the address out after so many."""
        failures = self._failures.setdefault(ip, Failures())
        if 0.0 < failures.locked_until <= now:  # the lock has ended: count anew
            failures.count, failures.locked_until = 0, 0.0
        failures.count += 1
        if failures.count >= allowed:
            failures.locked_until = now + lock_s
        if len(self._failures) > MOST_FAILURES:
            self._failures.popitem(last=False)

    def locks(self) -> dict[str, Failures]:
        """Return the wrong passwords by address."""
        return dict(self._failures)


def checked_password(password: object) -> str:
    """Return a password that an account may have.

    Raises:
        NativeError: -4.
    """
    if not isinstance(password, str) or not SHORTEST_PASSWORD <= len(password) <= LONGEST_NAME:
        raise NativeError(-4)
    return password
