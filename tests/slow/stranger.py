"""A client that sends whatever it is given over connections that it keeps, as fast as the server takes it.

Bare HTTP/1.1 over asyncio streams: a client library would refuse to send some of it, and costs more than the server.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.clients.soap import username_token
from tests.slow.mutator import with_proof

if TYPE_CHECKING:
    from tests.slow.corpus import Seed
    from tests.slow.mutator import Mutator

PER_CONNECTION = 50
"""How many requests go over a connection. Each comes from another address of the loopback: who gives a wrong password
more than ten times gets slow answers, and that is by address."""

ANSWER_S = 3.0
"""A pull may wait for longer; the stranger does not, and hangs up."""

AWAY_S = 10.0
"""How long the device may be away when it begins anew."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_NONCE = re.compile(rb'(?i)\r\nwww-authenticate: digest [^\r]*?realm="([^"]*)"[^\r]*?nonce="([^"]*)"')
_FAULT = re.compile(rb"<\w+:Fault[ >]")


@dataclass
class Account:
    """Proves who one is, by a token in the envelope or by HTTP Digest with a nonce that is used again and again."""

    username: str
    password: str
    realm: str = ""
    nonce: str = ""
    used: int = 0

    def learn(self, head: bytes) -> None:
        """Take the nonce of a challenge."""
        if found := _NONCE.search(head):
            self.realm, self.nonce, self.used = found[1].decode(), found[2].decode(), 0

    def token(self) -> str:
        """Return a fresh UsernameToken."""
        return username_token(self.username, self.password)

    def digest(self, path: str) -> str:
        """Return an Authorization value for a POST (RFC 7616, MD5, qop=auth)."""
        self.used += 1
        count, cnonce = f"{self.used:08x}", "0a4f113b"
        secret, action = _md5(f"{self.username}:{self.realm}:{self.password}"), _md5(f"POST:{path}")
        response = _md5(f"{secret}:{self.nonce}:{count}:{cnonce}:auth:{action}")
        return (
            f'Digest username="{self.username}", realm="{self.realm}", nonce="{self.nonce}", uri="{path}", '
            f'algorithm=MD5, qop=auth, nc={count}, cnonce="{cnonce}", response="{response}"'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Findings:
    """What came back: how often which status, and what must not come back at all."""

    statuses: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def judge(self, request: bytes, head: bytes, body: bytes) -> None:
        """Count an answer; keep it if it is an error that is no fault, or a fault that is ours."""
        status = head.split(b" ", 2)[1]
        self.statuses[status.decode()] += 1
        is_ours = status.startswith(b"5") and not _FAULT.search(body)
        if is_ours or b"internal error" in body or b"Traceback" in body:
            self.problems.append(f"{request[:3000]!r}\n-> {head!r}\n{body[:1000]!r}")


class Stranger:
    """One connection after the other to one address.

    Args:
        host: of the device.
        port: of the device.
        account: that requests are proved with, when they are.
        mutator: makes the requests.
    """

    def __init__(self, host: str, port: int, account: Account, mutator: Mutator) -> None:
        self._address = host, port
        self._account, self._mutator = account, mutator
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.findings = Findings()

    async def send_all(self, count: int) -> None:
        """Send so many requests, one after the other."""
        for number in range(count):
            await self.send(self._request(self._mutator.make()))
            if number % PER_CONNECTION == PER_CONNECTION - 1:
                self.hang_up()
        self.hang_up()

    async def send(self, request: bytes) -> tuple[bytes, bytes]:
        """Send one request; return head and body of the answer, which are empty if none came."""
        reader, writer = await self._connected()
        try:
            async with asyncio.timeout(ANSWER_S):
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            self.findings.statuses[type(error).__name__] += 1
            self.hang_up()
            return b"", b""
        self.findings.judge(request, head, body)
        self._account.learn(head)
        if length is None or head.startswith(b"HTTP/1.0") or b"\r\nConnection: close" in head:
            self.hang_up()
        return head, body

    def hang_up(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            async with asyncio.timeout(AWAY_S):
                while self._streams is None:
                    own = ".".join(("127", *(str(1 + int(250 * self._mutator.chance())) for _ in range(3))))
                    try:
                        self._streams = await asyncio.open_connection(*self._address, local_addr=(own, 0))
                    except ConnectionError:
                        await asyncio.sleep(0.02)  # it begins anew; nothing tells a stranger when that is over
        return self._streams

    def _request(self, made: Seed) -> bytes:
        """Write a request, proved in one of several ways."""
        way = self._mutator.chance()
        body, header = made.body, ""
        if way < 0.45:
            body = with_proof(body, self._account.token())
        elif way < 0.85:
            header = f"Authorization: {self._account.digest(made.path)}\r\n"
        elif way < 0.95:
            header = f"Authorization: {self._mutator.spoil(self._account.digest(made.path))}\r\n"
        return written(made.path, body, made.content_type, header)


def written(path: str, body: bytes, content_type: str, header: str = "") -> bytes:
    """Write an HTTP request; `header` is whole lines."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: device\r\nContent-Type: {content_type}\r\n{header}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body
