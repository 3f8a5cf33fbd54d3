"""HTTP Digest authentication as the RTSP servers of cameras do it: MD5, no `qop`, one nonce for each connection.

RFC 2069 section 2.1 (the form without `qop` that RFC 2617 section 3.2.2.1 keeps for compatibility). Without `qop`
there is no nonce counter, so a nonce may be used again as long as its connection lives.
"""

from __future__ import annotations

import hmac
import re
from hashlib import md5
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))')


class DigestGuard:
    """Asks one connection for a user and password, and checks the answers.

    Args:
        realm: what the camera calls itself in challenges.
        password_of: the password of a user, or None if there is no such user.
    """

    def __init__(self, realm: str, password_of: Callable[[str], str | None]) -> None:
        self._realm = realm
        self._password_of = password_of
        self._nonce = ""

    def challenge(self) -> str:
        """Return a `WWW-Authenticate` value with a new nonce; earlier nonces are void."""
        self._nonce = token_hex(16)
        return f'Digest realm="{self._realm}", nonce="{self._nonce}"'

    def accepts(self, authorization: str | None, method: str) -> bool:
        """Tell whether an `Authorization` value answers the last challenge for a request method.

        The request URL is taken from the value: clients differ in which of a stream's URLs they put there, and
        cameras do not compare it.
        """
        scheme, _, rest = (authorization or "").strip().partition(" ")
        if scheme.lower() != "digest" or not self._nonce:
            return False
        fields = parse_parameters(rest)
        username = fields.get("username", "")
        password = self._password_of(username)
        if password is None or fields.get("realm") != self._realm or fields.get("nonce") != self._nonce:
            return False
        expected = digest_response(
            (username, self._realm, password), nonce=self._nonce, method=method, uri=fields.get("uri", "")
        )
        return hmac.compare_digest(expected.encode(), fields.get("response", "").lower().encode())


def digest_response(credentials: tuple[str, str, str], *, nonce: str, method: str, uri: str) -> str:
    """Return the `response` that proves knowledge of a password.

    Args:
        credentials: user, realm and password.
        nonce: from the challenge.
        method: of the request.
        uri: as the client names it in its answer.
    """
    return _md5(f"{_md5(':'.join(credentials))}:{nonce}:{_md5(f'{method}:{uri}')}")


def parse_parameters(text: str) -> dict[str, str]:
    """Return the `name=value` pairs of a challenge or an answer, quotes removed, names in lower case."""
    pairs = _PARAMETER.finditer(text)
    return {pair[1].lower(): re.sub(r"\\(.)", r"\1", pair[2]) if pair[3] is None else pair[3] for pair in pairs}


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
