"""Digest access authentication (RFC 7616, RFC 2617, RFC 2069), both roles, for HTTP and RTSP alike.

The server side mints nonces that prove themselves: a time stamp and a serial number under an HMAC, so that none has
to be remembered before it is used. With `qop=auth` each nonce count is taken once; without it (clients of the
RFC 2069 age, most of RTSP) a nonce is good for its whole life. The client side answers Digest with or without `qop`,
and Basic where nothing better is offered. Not here: `auth-int`, the `-sess` variants, user name hashing, and any
decision about what a user may do.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from struct import Struct
from typing import TYPE_CHECKING

from bridge.core.users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bridge.core.model import Secret
    from bridge.core.users import UserDirectory

MOST_HEADER_CHARS = 4096
"""A longer credential or challenge is no credential: real ones stay below 600 characters."""

MOST_TRACKED_NONCES = 4096
"""Nonces whose counts are remembered; 4096 clients with one each, at about 200 bytes."""

COUNT_WINDOW = 64
"""How far nonce counts may arrive out of order, from clients that send over several connections."""

_STAMP = Struct(">QQ")
_MAC_BYTES = 16
_PARTS = re.compile(
    r"""([\w!#$%&'*+.^`|~-]+)                       # a scheme, or the name of a parameter ...
        (?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?  # ... which is followed by a value, quoted or not
    """,
    re.VERBOSE | re.ASCII,
)


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()  # what the protocol prescribes


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


_HASHES: Mapping[str, Callable[[bytes], str]] = {"MD5": _md5, "SHA-256": _sha256}


class DigestOutcome(StrEnum):
    """What a request's credentials are worth."""

    ABSENT = "absent"
    VALID = "valid"
    STALE = "stale"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class DigestVerdict:
    """The outcome, the account when it is `VALID`, and the user name when it is `WRONG`.

    `STALE` means that the password was right and only the nonce is old, foreign or used up: the client may repeat
    with a new one without asking its user.
    """

    user: User | None
    outcome: DigestOutcome
    guessed: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way in that a server offers. `scheme` is in lower case, `algorithm` in upper case."""

    scheme: str
    realm: str
    nonce: str = ""
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False


@dataclass(slots=True)
class _NonceUse:
    """Which counts of one nonce were seen: the highest, and a bit per count below it."""

    highest: int = 0
    seen: int = 0

    def take(self, count: int) -> bool:
        """Return whether `count` is new, and remember it."""
        if count > self.highest:
            self.seen = (self.seen << min(count - self.highest, COUNT_WINDOW) | 1) & ((1 << COUNT_WINDOW) - 1)
            self.highest = count
            return True
        bit = 1 << min(self.highest - count, COUNT_WINDOW)
        if count < 1 or bit >> COUNT_WINDOW or self.seen & bit:
            return False
        self.seen |= bit
        return True


class DigestServer:
    """Challenges clients and judges their answers.

    Args:
        realm: what the passwords are for; part of the hash.
        key: secret of this process that signs nonces.
        nonce_life_s: how long a nonce is good for.
    """

    def __init__(self, realm: str, *, key: bytes, nonce_life_s: float = 300.0) -> None:
        self.realm = realm
        self._key = key
        self._nonce_life_ms = round(nonce_life_s * 1000)
        self._serial = 0
        self._uses: dict[int, _NonceUse] = {}
        self._forgotten = 0
        """Serial below which uses were forgotten: such a nonce cannot be told from a used one."""

    def challenges(
        self, now: float, *, algorithms: tuple[str, ...], stale: bool = False, qop: bool = True
    ) -> tuple[str, ...]:
        """Return the values of the WWW-Authenticate headers, one per algorithm, with one fresh nonce.

        Args:
            now: monotonic seconds.
            algorithms: `MD5` and `SHA-256`, in the order offered; most clients understand only the former.
            stale: tell the client that only its nonce was old.
            qop: offer `auth`. RTSP servers usually do not, and some of its clients have never met it.
        """
        nonce = self._mint(now)
        # Some RTSP clients read the realm and the nonce by position: they come first, in this order.
        return tuple(
            f"Digest realm={_quoted(self.realm)}, nonce={_quoted(nonce)}, algorithm={algorithm}"
            + (', qop="auth"' if qop else "")
            + (", stale=true" if stale else "")
            for algorithm in algorithms
        )

    def verify(
        self,
        authorization: str | None,
        *,
        method: str,
        now: float,
        users: UserDirectory,
        algorithms: tuple[str, ...],
    ) -> DigestVerdict:
        """Judge the value of an Authorization header; never raises, whatever it holds.

        Args:
            authorization: the header's value, None without one.
            method: the request's method, exactly as in its first line.
            now: monotonic seconds.
            users: where accounts are found.
            algorithms: those that were offered.
        """
        fields = _credentials(authorization)
        if fields is None or not fields.get("username"):
            return DigestVerdict(None, DigestOutcome.ABSENT)
        user = users.find(fields["username"])
        # An unknown user costs the same work as a known one.
        password = user.password.reveal() if user else ""
        is_offered = fields.get("algorithm", "MD5").upper() in algorithms
        is_right = is_offered and self._is_right(fields, method, password)
        if user is None or not is_right:
            return DigestVerdict(None, DigestOutcome.WRONG, fields["username"])
        if not self._is_fresh(fields, now):
            return DigestVerdict(None, DigestOutcome.STALE)
        return DigestVerdict(user, DigestOutcome.VALID)

    def _is_right(self, fields: Mapping[str, str], method: str, password: str) -> bool:
        algorithm = fields.get("algorithm", "MD5").upper()
        qop = fields.get("qop")
        if algorithm not in _HASHES or qop not in (None, "auth") or fields.get("realm") != self.realm:
            return False
        expected = _response(
            _HASHES[algorithm],
            secret=f"{fields['username']}:{self.realm}:{password}",
            nonce=fields.get("nonce", ""),
            request=f"{method}:{fields.get('uri', '')}",
            counted=None if qop is None else (fields.get("nc", ""), fields.get("cnonce", "")),
        )
        return hmac.compare_digest(_octets(expected), _octets(fields.get("response", "").lower()))

    def _is_fresh(self, fields: Mapping[str, str], now: float) -> bool:
        stamp = self._read(fields.get("nonce", ""))
        if stamp is None or int(now * 1000) - stamp[0] > self._nonce_life_ms:
            return False
        if "qop" not in fields:
            return True
        nc = fields.get("nc", "")
        return re.fullmatch("[0-9a-fA-F]{1,8}", nc) is not None and self._take(stamp[1], int(nc, 16))

    def _take(self, serial: int, count: int) -> bool:
        use = self._uses.get(serial)
        if use is None:
            if serial <= self._forgotten:
                return False
            if len(self._uses) >= MOST_TRACKED_NONCES:
                oldest = next(iter(self._uses))
                del self._uses[oldest]
                self._forgotten = max(self._forgotten, oldest)
            use = self._uses[serial] = _NonceUse()
        return use.take(count)

    def _mint(self, now: float) -> str:
        self._serial += 1
        stamp = _STAMP.pack(int(now * 1000), self._serial)
        return (stamp + self._mac(stamp)).hex()

    def _read(self, nonce: str) -> tuple[int, int] | None:
        """Return time stamp (ms) and serial of a nonce of ours, None for any other text."""
        try:
            raw = bytes.fromhex(nonce)
        except ValueError:
            return None
        stamp, mac = raw[: _STAMP.size], raw[_STAMP.size :]
        if not hmac.compare_digest(mac, self._mac(stamp)):
            return None
        issued_ms, serial = _STAMP.unpack(stamp)
        return issued_ms, serial

    def _mac(self, stamp: bytes) -> bytes:
        return hmac.digest(self._key, stamp, "sha256")[:_MAC_BYTES]


def parse_challenges(values: Iterable[str]) -> tuple[Challenge, ...]:
    """Read WWW-Authenticate headers; what cannot be read is left out.

    Args:
        values: the values of all such headers; each may hold several challenges, separated by commas.
    """
    found = []
    for value in values:
        for scheme, fields in _schemes(value):
            found.append(
                Challenge(
                    scheme=scheme,
                    realm=fields.get("realm", ""),
                    nonce=fields.get("nonce", ""),
                    algorithm=fields.get("algorithm", "MD5").upper(),
                    qop=tuple(word.strip().lower() for word in fields.get("qop", "").split(",") if word.strip()),
                    opaque=fields.get("opaque"),
                    stale=fields.get("stale", "").lower() == "true",
                )
            )
    return tuple(found)


class Authorizer:
    """Answers a server's challenges for one account, and counts the uses of its nonce.

    Args:
        username: as the server knows it.
        password: may be empty: some cameras have no other.
    """

    def __init__(self, username: str, password: Secret) -> None:
        self._username = username
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0

    def answer(self, challenges: Iterable[Challenge]) -> bool:
        """Choose the challenge that later requests answer: the first good Digest, else Basic.

        Returns:
            Whether there was one that can be answered.
        """
        offered = tuple(challenges)
        digests = (challenge for challenge in offered if _is_answerable_digest(challenge))
        basics = (challenge for challenge in offered if challenge.scheme == "basic")
        self._challenge = next(digests, None) or next(basics, None)
        self._count = 0
        return self._challenge is not None

    def header(self, method: str, uri: str, cnonce: str) -> str | None:
        """Return the Authorization value for a request, None before any challenge.

        Args:
            method: of the request.
            uri: exactly as in the request's first line.
            cnonce: unpredictable text, used with `qop=auth` only.
        """
        challenge = self._challenge
        if challenge is None:
            return None
        password = self._password.reveal()
        if challenge.scheme == "basic":
            return "Basic " + b64encode(_octets(f"{self._username}:{password}")).decode("ascii")
        self._count += 1
        nc = f"{self._count:08x}"
        response = _response(
            _HASHES[challenge.algorithm],
            secret=f"{self._username}:{challenge.realm}:{password}",
            nonce=challenge.nonce,
            request=f"{method}:{uri}",
            counted=(nc, cnonce) if challenge.qop else None,
        )
        parts = [
            f"username={_quoted(self._username)}",
            f"realm={_quoted(challenge.realm)}",
            f"nonce={_quoted(challenge.nonce)}",
            f"uri={_quoted(uri)}",
            f"response={_quoted(response)}",
        ]
        if challenge.algorithm != "MD5":
            parts.append(f"algorithm={challenge.algorithm}")
        if challenge.opaque is not None:
            parts.append(f"opaque={_quoted(challenge.opaque)}")
        if challenge.qop:
            parts += ["qop=auth", f"nc={nc}", f"cnonce={_quoted(cnonce)}"]
        return "Digest " + ", ".join(parts)


def _is_answerable_digest(challenge: Challenge) -> bool:
    return (
        challenge.scheme == "digest"
        and challenge.algorithm in _HASHES
        and bool(challenge.nonce)
        and (not challenge.qop or "auth" in challenge.qop)
    )


def _response(
    digest: Callable[[bytes], str], *, secret: str, nonce: str, request: str, counted: tuple[str, str] | None
) -> str:
    """Return the request digest of RFC 7616 section 3.4.1, or that of RFC 2069 when `counted` (nc, cnonce) is None."""
    middle = nonce if counted is None else f"{nonce}:{counted[0]}:{counted[1]}:auth"
    return digest(_octets(f"{digest(_octets(secret))}:{middle}:{digest(_octets(request))}"))


def _credentials(authorization: str | None) -> dict[str, str] | None:
    """Return the fields of a Digest credential, None when the header is absent, of another scheme or absurd."""
    for scheme, fields in _schemes(authorization or ""):
        return fields if scheme == "digest" else None
    return None


def _schemes(value: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each scheme (lower case) of a header value with its parameters (names in lower case)."""
    if len(value) > MOST_HEADER_CHARS:
        return
    current: tuple[str, dict[str, str]] | None = None
    for part in _PARTS.finditer(value):
        name, quoted, plain = part.group(1).lower(), part.group(2), part.group(3)
        if quoted is None and plain is None:
            if current is not None:
                yield current
            current = (name, {})
        elif current is not None:
            current[1][name] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if current is not None:
        yield current


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
