"""Who is calling, and may they: the two authentications of ONVIF Core and its default access policy.

A client proves itself with HTTP Digest (RFC 7616), with a WS-Security UsernameToken, or with both, and then both
must be right. Operations that anybody may call never look at credentials, so that a client with a wrong clock can
learn the time. Snapshots are fetched with HTTP Digest or, for old viewers, HTTP Basic. The accounts are the same
everywhere.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.core.users import User, UserLevel
from bridge.onvif.operation import Access
from bridge.proto.http.digest import DigestOutcome
from bridge.proto.soap.wsse import TokenOutcome, TokenVerifier

if TYPE_CHECKING:
    from lxml import etree

    from bridge.core.timing import Clock
    from bridge.core.users import UserDirectory
    from bridge.proto.http.digest import DigestServer

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
    """

    def __init__(self, reason: str, challenges: tuple[str, ...] = ()) -> None:
        self.challenges = challenges
        super().__init__("Sender", ("NotAuthorized",), f"Not authorized: {reason}")


class Gatekeeper:
    """Admits the callers of one virtual device.

    Args:
        digest: the HTTP Digest verifier, shared with the device's RTSP side.
        tokens: the UsernameToken verifier.
        users: the accounts.
        clock: for nonces and for tokens' times.
    """

    def __init__(self, *, digest: DigestServer, tokens: TokenVerifier, users: UserDirectory, clock: Clock) -> None:
        self._digest = digest
        self._tokens = tokens
        self._users = users
        self._clock = clock

    def admit(self, access: Access, *, authorization: str | None, security: etree._Element | None) -> User | None:
        """Return the account behind a SOAP request, None for operations that need none.

        Args:
            access: class of the operation.
            authorization: the HTTP header, None if absent.
            security: the wsse:Security block, None if absent.

        Raises:
            Denied: credentials missing, wrong, used up or too weak.
        """
        if access is Access.PRE_AUTH:
            return None
        http_user = self._http_user(authorization, "POST")
        token = self._tokens.verify(security, users=self._users, utc=self._clock.utc())
        if token.outcome is TokenOutcome.WRONG:
            raise Denied(token.reason, self._challenges())
        user = http_user or token.user
        if user is None:
            raise Denied("credentials are required", self._challenges())
        if http_user is not None and token.user is not None and http_user.username != token.user.username:
            raise Denied("the two credentials name different users", self._challenges())
        if user.level not in MAY_CALL[access]:
            raise Denied(f"a user of level {user.level} may not do this")
        return user

    def admit_http(self, authorization: str | None, *, method: str) -> User:
        """Return the account behind a plain HTTP request for a picture, which every level may see.

        Raises:
            Denied: with challenges for Digest and Basic.
        """
        offered = (BASIC_CHALLENGE,)
        scheme, _, rest = (authorization or "").partition(" ")
        user = (
            self._basic_user(rest.strip())
            if scheme.lower() == "basic"
            else self._http_user(authorization, method, also=offered)
        )
        if user is None:
            raise Denied("a user name and a password are required", (*self._challenges(), *offered))
        return user

    def _http_user(self, authorization: str | None, method: str, *, also: tuple[str, ...] = ()) -> User | None:
        """Return the account proven by HTTP Digest, None if none was tried."""
        verdict = self._digest.verify(authorization, method=method, now=self._clock.now(), users=self._users)
        if verdict.outcome is DigestOutcome.STALE:
            raise Denied("the nonce is too old", (*self._challenges(stale=True), *also))
        if verdict.outcome is DigestOutcome.WRONG:
            raise Denied("the user name or the password is wrong", (*self._challenges(), *also))
        return verdict.user

    def _basic_user(self, encoded: str) -> User | None:
        try:
            username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        user = self._users.find(username)
        known = "" if user is None else user.password.reveal()
        return user if hmac.compare_digest(known.encode(), password.encode()) else None

    def _challenges(self, *, stale: bool = False) -> tuple[str, ...]:
        return self._digest.challenges(self._clock.now(), stale=stale)
