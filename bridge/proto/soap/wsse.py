"""WS-Security UsernameToken with a password digest (OASIS UsernameToken Profile 1.0), the server's side.

The digest is base64(SHA-1(nonce + created + password)). A token is good once, and only near the device's own time.
Passwords sent as text are refused: they would be readable by everyone on the way.
"""

from __future__ import annotations

import base64
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

PASSWORD_DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"  # noqa: S105 (the URI of a token type)


class TokenOutcome(StrEnum):
    """What a Security block turned out to be."""

    ABSENT = "absent"
    VALID = "valid"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """The outcome, the account if it is `VALID`, and a reason for the log and the person who reads the fault."""

    outcome: TokenOutcome
    user: User | None = None
    reason: str = ""


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

    def verify(self, security: etree._Element | None, *, users: UserDirectory, utc: datetime) -> TokenVerdict:
        """Judge the wsse:Security block of a request; a token with an empty user name counts as absent.

        Args:
            security: the block, None if the request has none.
            users: the accounts.
            utc: the time that the device tells, by which clients date their tokens.
        """
        token = None if security is None else security.find(f"{{{WSSE}}}UsernameToken")
        if token is None:
            return TokenVerdict(TokenOutcome.ABSENT)
        username = _text(token, f"{{{WSSE}}}Username")
        if not username:
            return TokenVerdict(TokenOutcome.ABSENT)
        try:
            user = self._check(token, username, users=users, utc=utc)
        except ValueError as error:
            return TokenVerdict(TokenOutcome.WRONG, reason=str(error))
        return TokenVerdict(TokenOutcome.VALID, user)

    def _check(self, token: etree._Element, username: str, *, users: UserDirectory, utc: datetime) -> User:
        """Return the account.

        Raises:
            ValueError: with the reason.
        """
        password = token.find(f"{{{WSSE}}}Password")
        if password is None or password.get("Type") != PASSWORD_DIGEST:
            raise ValueError("the UsernameToken has no password digest")
        nonce = _decode(_text(token, f"{{{WSSE}}}Nonce"), "Nonce")
        created = _text(token, f"{{{WSU}}}Created")
        if not nonce or not created:
            raise ValueError("the UsernameToken has no Nonce or no Created")
        if len(nonce) > MAX_NONCE_BYTES:
            raise ValueError("the UsernameToken has an overlong Nonce")
        user = users.find(username)
        secret = "" if user is None else user.password.reveal()
        digest = hashlib.sha1(nonce + created.encode() + secret.encode(), usedforsecurity=False).digest()
        matches = hmac.compare_digest(digest, _decode((password.text or "").strip(), "Password"))
        if user is None or not matches:
            raise ValueError("the user name or the password is wrong")
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


def _text(parent: etree._Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def _decode(literal: str, name: str) -> bytes:
    try:
        return base64.b64decode(literal, validate=True)
    except binascii.Error:
        raise ValueError(f"the UsernameToken's {name} is not base64") from None
