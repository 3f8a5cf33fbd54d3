"""WS-Security UsernameToken with a password digest (OASIS UsernameToken Profile 1.0), the server's side.

The digest is base64(SHA-1(nonce + created + password)). A token is good once, and only near the device's own time.
Passwords sent as text are refused, unless the caller takes them: they are readable by everyone on the way, and whoever
reads one needs no replay, so neither a nonce nor a time is asked of them.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.users import User
from bridge.proto.soap import lexical
from bridge.proto.soap.namespaces import WSSE, WSU

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml import etree

    from bridge.core.users import UserDirectory

SKEW_S = 300.0
"""How far a token's time of creation may be from ours, either way."""

MAX_REMEMBERED = 16_384
"""Tokens kept to recognise a replay: twice the skew window at 27 requests a second. Only tokens with the right
password get in, so nobody else can push one out."""

MAX_NONCE_BYTES = 1024
"""A nonce of 16 bytes is usual; this bounds what a remembered token costs."""

_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
PASSWORD_DIGEST = f"{_PROFILE}#PasswordDigest"
PASSWORD_TEXT = f"{_PROFILE}#PasswordText"


class TokenOutcome(StrEnum):
    """What a Security block turned out to be."""

    ABSENT = "absent"
    VALID = "valid"
    WRONG = "wrong"


@dataclass(slots=True)
class TokenVerdict:
    """What a token is worth.

    Args:
        outcome: in a word.
        user: the account, if it is `VALID`.
        reason: for the log and the person who reads the fault.
        guessed: the user name, if the password was wrong; empty if something else was.
    """

    outcome: TokenOutcome
    user: User | None = None
    reason: str = ""
    guessed: str = ""


class _WrongPassword(ValueError):
    """There is no such account, or it has another password."""

    def __init__(self) -> None:
        super().__init__("the user name or the password is wrong")


_TOKEN, _USERNAME, _PASSWORD, _NONCE = (
    f"{{{WSSE}}}{name}" for name in ("UsernameToken", "Username", "Password", "Nonce")
)
_CREATED = f"{{{WSU}}}Created"


class TokenVerifier:
    """Checks UsernameTokens and remembers those that were used.

    Args:
        skew_s: allowed difference between the token's time and the device's; None allows any.
        capacity: how many used tokens are remembered; this alone limits for how long a replay is recognised.
    """

    def __init__(self, *, skew_s: float | None = SKEW_S, capacity: int = MAX_REMEMBERED) -> None:
        self._capacity = capacity
        self._skew = None if skew_s is None else timedelta(seconds=skew_s)
        self._used: OrderedDict[tuple[str, bytes, str], None] = OrderedDict()

    def verify(
        self, security: etree._Element | None, *, users: UserDirectory, utc: datetime, takes_text: bool = False
    ) -> TokenVerdict:
        """Judge the wsse:Security block of a request; a token with an empty user name counts as absent.

        Args:
            security: the block, None if the request has none.
            users: the accounts.
            utc: the time that the device tells, by which clients date their tokens.
            takes_text: a password as text will do.
        """
        token = None if security is None else next(security.iterchildren(_TOKEN), None)
        if token is None:
            return TokenVerdict(TokenOutcome.ABSENT)
        parts = {part.tag: part for part in reversed(token)}
        username = _text(parts, _USERNAME)
        if not username:
            return TokenVerdict(TokenOutcome.ABSENT)
        try:
            if takes_text and _is_text(parts):
                user = _check_text(parts, username, users=users)
            else:
                user = self._check(parts, username, users=users, utc=utc)
        except _WrongPassword as error:
            return TokenVerdict(TokenOutcome.WRONG, reason=str(error), guessed=username)
        except ValueError as error:
            return TokenVerdict(TokenOutcome.WRONG, reason=str(error))
        return TokenVerdict(TokenOutcome.VALID, user)

    def _check(
        self, parts: Mapping[str, etree._Element], username: str, *, users: UserDirectory, utc: datetime
    ) -> User:
        """Return the account.

        Raises:
            ValueError: with the reason.
        """
        password = parts.get(_PASSWORD)
        if password is None or password.get("Type") != PASSWORD_DIGEST:
            raise ValueError("the UsernameToken has no password digest")
        nonce = _decode(_text(parts, _NONCE), "Nonce")
        created = _text(parts, _CREATED)
        if not nonce or not created:
            raise ValueError("the UsernameToken has no Nonce or no Created")
        if len(nonce) > MAX_NONCE_BYTES:
            raise ValueError("the UsernameToken has an overlong Nonce")
        user = users.find(username)
        secret = "" if user is None else user.password.reveal()
        digest = hashlib.sha1(nonce + created.encode() + secret.encode(), usedforsecurity=False).digest()
        matches = hmac.compare_digest(digest, _decode((password.text or "").strip(), "Password"))
        if user is None or not matches:
            raise _WrongPassword
        if self._skew is not None and abs(lexical.parse_date_time(created) - utc) > self._skew:
            raise ValueError("the UsernameToken was created at another time than now: check the clocks")
        self._use_up((username, nonce, created))
        return user

    def _use_up(self, key: tuple[str, bytes, str]) -> None:
        """Remember a token, so that it is good for one request only.

        No token is forgotten for its age: devices share accounts and have clocks of their own, which clients set.

        Raises:
            ValueError: it was used before.
        """
        if key in self._used:
            raise ValueError("the UsernameToken was used before")
        if len(self._used) >= self._capacity:
            self._used.popitem(last=False)
        self._used[key] = None


def _is_text(parts: Mapping[str, etree._Element]) -> bool:
    password = parts.get(_PASSWORD)
    # The profile has text as the type of a password that names none.
    return password is not None and password.get("Type", PASSWORD_TEXT) == PASSWORD_TEXT


def _check_text(parts: Mapping[str, etree._Element], username: str, *, users: UserDirectory) -> User:
    """Return the account.

    Raises:
        _WrongPassword: the text is not its password.
    """
    user = users.find(username)
    secret = "" if user is None else user.password.reveal()
    matches = hmac.compare_digest(secret.encode(), (parts[_PASSWORD].text or "").encode())
    if user is None or not matches:
        raise _WrongPassword
    return user


def _text(parts: Mapping[str, etree._Element], tag: str) -> str:
    part = parts.get(tag)
    return "" if part is None else (part.text or "").strip()


def _decode(literal: str, name: str) -> bytes:
    try:
        return binascii.a2b_base64(literal, strict_mode=True)
    except ValueError:
        raise ValueError(f"the UsernameToken's {name} is not base64") from None
