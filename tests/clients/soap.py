"""A minimal SOAP client over bare HTTP, written from the standards: what it sends and gets is plain text.

It shares nothing with the bridge: envelopes are strings, password digests are made by hand.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from aiohttp import ClientSession, ClientTimeout

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
SECEXT = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
TOKEN_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the headers (names in lower case, several values in order) and the text."""

    status: int
    headers: Mapping[str, list[str]]
    text: str

    @property
    def body(self) -> bytes:
        """The bytes, as the oracle wants them."""
        return self.text.encode()

    @property
    def fault(self) -> tuple[str, ...]:
        """The code and subcodes of a fault, without prefixes; empty for anything else."""
        code = re.search(r"<env:Code>(.*?)</env:Code>", self.text)
        return tuple(re.findall(r"<env:Value>\w+:(\w+)</env:Value>", code[1])) if code else ()

    def values(self, local: str) -> list[str]:
        """Return the text of every element of that local name that holds only text."""
        return re.findall(rf"<(?:\w+:)?{local}(?: [^>]*)?>([^<]*)</", self.text)


def envelope(body: str, header: str = "") -> str:
    """Return an envelope around a body and header blocks."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{ENVELOPE}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def username_token(username: str, password: str, *, created: datetime | None = None, nonce: bytes | None = None) -> str:
    """Return a wsse:Security block with a password digest, of now unless told otherwise."""
    nonce = nonce or os.urandom(16)
    stamp = (created or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    hashed = hashlib.sha1(nonce + stamp.encode() + password.encode(), usedforsecurity=False).digest()
    digest = base64.b64encode(hashed).decode()
    return (
        f'<w:Security xmlns:w="{SECEXT}" xmlns:u="{UTILITY}" s:mustUnderstand="1"><w:UsernameToken>'
        f"<w:Username>{escape(username)}</w:Username>"
        f'<w:Password Type="{TOKEN_PROFILE}#PasswordDigest">{digest}</w:Password>'
        f"<w:Nonce>{base64.b64encode(nonce).decode()}</w:Nonce><u:Created>{stamp}</u:Created>"
        "</w:UsernameToken></w:Security>"
    )


def digest_authorization(challenge: str, *, username: str, password: str, method: str, uri: str) -> str:
    """Answer an HTTP Digest challenge with MD5 and qop=auth (RFC 7616)."""
    realm, nonce = (_parameter(challenge, name) for name in ("realm", "nonce"))
    cnonce = os.urandom(8).hex()
    secret, action = _md5(f"{username}:{realm}:{password}"), _md5(f"{method}:{uri}")
    response = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{action}")
    return (
        f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5, qop=auth, '
        f'nc=00000001, cnonce="{cnonce}", response="{response}"'
    )


def _parameter(challenge: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', challenge)
    assert found is not None, f"no {name} in {challenge}"
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass
class SoapClient:
    """Posts text to one base address, `http://host:port`."""

    base_url: str
    headers: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0
    context: ssl.SSLContext | None = None

    async def post(
        self,
        text: str | bytes,
        *,
        path: str = "/onvif/device_service",
        content_type: str = "application/soap+xml; charset=utf-8",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Post a document as it is."""
        sent = {"Content-Type": content_type, **self.headers, **(headers or {})}
        return await self.request("POST", path, data=text, headers=sent)

    async def ask(
        self, body: str, *, header: str = "", path: str = "/onvif/device_service", authorization: str | None = None
    ) -> Reply:
        """Post a body in an envelope."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return await self.post(envelope(body, header), path=path, headers=headers)

    async def request(
        self, method: str, path: str, *, data: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send any HTTP request."""
        async with (
            ClientSession(timeout=ClientTimeout(total=self.timeout_s)) as session,
            session.request(
                method, self.base_url + path, data=data, headers=headers, ssl=self.context or True
            ) as response,
        ):
            names = {name.lower() for name in response.headers}
            return Reply(
                response.status,
                {name: response.headers.getall(name) for name in names},
                (await response.read()).decode(errors="replace"),
            )
