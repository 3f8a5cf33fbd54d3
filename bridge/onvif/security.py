"""Who is calling, and may they: the two authentications of ONVIF Core and its default access policy.

A client proves itself with HTTP Digest (RFC 7616), with a WS-Security UsernameToken, or with both, and then both
must be right. Operations that anybody may call never look at credentials, so that a client with a wrong clock can
learn the time. Snapshots are fetched with HTTP Digest or, for old viewers, HTTP Basic. The accounts are the same
everywhere. Wrong passwords are answered more and more slowly (`proto.http.guessing`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.core.users import User, UserLevel
from bridge.onvif.operation import Access
from bridge.proto.http.digest import DigestOutcome, DigestServer
from bridge.proto.http.guessing import GuessingBrake
from bridge.proto.soap.wsse import TokenOutcome, TokenVerifier

if TYPE_CHECKING:
    from lxml import etree

    from bridge.core.timing import Clock
    from bridge.core.users import UserDirectory
    from bridge.onvif.compatibility import Compatibility

BASIC_CHALLENGE = 'Basic realm="onvif-bridge", charset="UTF-8"'
"""Offered for snapshots after Digest: several recorders cannot do more."""

MAY_CALL: dict[Access, frozenset[UserLevel]] = {
    Access.PRE_AUTH: frozenset(UserLevel),
    Access.READ_SYSTEM: frozenset(UserLevel),
    Access.READ_SYSTEM_SECRET: frozenset({UserLevel.ADMINISTRATOR}),
    Access.WRITE_SYSTEM: frozenset({UserLevel.ADMINISTRATOR}),
    Access.UNRECOVERABLE: frozenset({UserLevel.ADMINISTRATOR}),
    Access.READ_MEDIA: frozenset(UserLevel),
    Access.ACTUATE: frozenset({UserLevel.ADMINISTRATOR, UserLevel.OPERATOR}),
}
"""The default access policy: which levels may call which class of operations."""


class Denied(ClientFault):
    """The caller did not prove who they are, or may not do it.

    Args:
        reason: one English sentence.
        challenges: values for WWW-Authenticate. Empty means that other credentials than these would not help, and
            the answer is a plain fault.
        hold_s: seconds for which the answer is to be held back, because somebody may be guessing.
    """

    def __init__(self, reason: str, challenges: tuple[str, ...] = (), *, hold_s: float = 0.0) -> None:
        self.challenges = challenges
        self.hold_s = hold_s
        super().__init__("Sender", ("NotAuthorized",), f"Not authorized: {reason}")


class CredentialsMissing(Denied):
    """The caller has not tried to prove anything."""


@dataclass(frozen=True, slots=True)
class Verifiers:
    """What judges credentials: one set for all devices of a bridge, because they share their accounts.

    Args:
        digest: HTTP Digest, shared with the RTSP side.
        tokens: UsernameTokens; one memory of those that were used, so that none passes twice.
        brake: slows guessing down, shared with the RTSP side.
    """

    digest: DigestServer
    tokens: TokenVerifier = field(default_factory=TokenVerifier)
    brake: GuessingBrake = field(default_factory=GuessingBrake)


class Gatekeeper:
    """Admits the callers of one virtual device.

    Args:
        verifiers: judge the credentials.
        users: the accounts.
        clock: for nonces and for tokens' times.
        compatibility: what else than the usual is taken.
    """

    def __init__(
        self, verifiers: Verifiers, *, users: UserDirectory, clock: Clock, compatibility: Compatibility
    ) -> None:
        self._digest = verifiers.digest
        self._tokens = verifiers.tokens
        self._brake = verifiers.brake
        self._users = users
        self._clock = clock
        self._algorithms = compatibility.digest_algorithms
        self._takes_text = compatibility.allow_password_text
        self._takes_basic = compatibility.snapshot_basic_auth

    def admit(
        self, access: Access, *, authorization: str | None, security: etree._Element | None, address: str
    ) -> User | None:
        """Return the account behind a SOAP request, None for operations that need none.

        Args:
            access: class of the operation.
            authorization: the HTTP header, None if absent.
            security: the wsse:Security block, None if absent.
            address: of the client.

        Raises:
            CredentialsMissing: there are none.
            Denied: they are wrong, used up or too weak.
        """
        if access is Access.PRE_AUTH:
            return None
        http_user = None if authorization is None else self._http_user(authorization, "POST", address)
        token = self._tokens.verify(security, users=self._users, utc=self._clock.utc(), takes_text=self._takes_text)
        if token.outcome is TokenOutcome.WRONG:
            hold_s = self._guessed(token.guessed, address) if token.guessed else 0.0
            raise Denied(token.reason, self._challenges(), hold_s=hold_s)
        user = http_user or token.user
        if user is None:
            raise CredentialsMissing("credentials are required", self._challenges())
        if http_user is not None and token.user is not None and http_user.username != token.user.username:
            raise Denied("the two credentials name different users", self._challenges())
        if user.level not in MAY_CALL[access]:
            raise Denied(f"a user of level {user.level} may not do this")
        return user

    def admit_http(self, authorization: str | None, *, method: str, address: str) -> User:
        """Return the account behind a plain HTTP request for a picture, which every level may see.

        Args:
            authorization: the HTTP header, None if absent.
            method: of the request.
            address: of the client.

        Raises:
            Denied: with challenges for Digest and, if that is taken, Basic.
        """
        offered = (BASIC_CHALLENGE,) if self._takes_basic else ()
        scheme, _, rest = (authorization or "").partition(" ")
        user = (
            self._basic_user(rest.strip(), address)
            if scheme.lower() == "basic" and self._takes_basic
            else self._http_user(authorization, method, address, also=offered)
        )
        if user is None:
            raise CredentialsMissing("a user name and a password are required", (*self._challenges(), *offered))
        return user

    def _http_user(
        self, authorization: str | None, method: str, address: str, *, also: tuple[str, ...] = ()
    ) -> User | None:
        """Return the account proven by HTTP Digest, None if none was tried."""
        verdict = self._digest.verify(
            authorization, method=method, now=self._clock.now(), users=self._users, algorithms=self._algorithms
        )
        if verdict.outcome is DigestOutcome.STALE:
            raise Denied("the nonce is too old", (*self._challenges(stale=True), *also))
        if verdict.outcome is DigestOutcome.WRONG:
            raise self._wrong(verdict.guessed, address, also=also)
        return verdict.user

    def _basic_user(self, encoded: str, address: str) -> User | None:
        """Return the account proven by HTTP Basic, None for what is no credential at all."""
        try:
            username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        user = self._users.find(username)
        known = "" if user is None else user.password.reveal()
        matches = hmac.compare_digest(known.encode(), password.encode())
        if user is None or not matches:
            raise self._wrong(username, address, also=(BASIC_CHALLENGE,))
        return user

    def _wrong(self, username: str, address: str, *, also: tuple[str, ...]) -> Denied:
        """Take note of a wrong password, and return its answer."""
        hold_s = self._guessed(username, address)
        return Denied("the user name or the password is wrong", (*self._challenges(), *also), hold_s=hold_s)

    def _guessed(self, username: str, address: str) -> float:
        return self._brake.wrong(address, username, self._clock.now())

    def _challenges(self, *, stale: bool = False) -> tuple[str, ...]:
        return self._digest.challenges(self._clock.now(), stale=stale, algorithms=self._algorithms)
