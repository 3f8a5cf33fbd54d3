"""A minimal RTSP client, written from RFC 2326 and RFC 2617: an independent pair of eyes for the bridge's server.

It knows nothing of the bridge. One request at a time; interleaved frames that arrive in between are kept in order.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
from collections import deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Reply:
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name.lower()]

    @property
    def session(self) -> str:
        return self["Session"].partition(";")[0]

    def transport(self, name: str) -> str:
        return next(word.partition("=")[2] for word in self["Transport"].split(";") if word.startswith(name + "="))


class RtspClient:
    def __init__(self, reader, writer, username="", password=""):
        self._reader = reader
        self._writer = writer
        self._username = username
        self._password = password
        self._challenge: dict[str, str] = {}
        self._cseq = 0
        self._frames: deque[tuple[int, bytes]] = deque()

    @property
    def local_port(self) -> int:
        return int(self._writer.get_extra_info("sockname")[1])

    async def request(self, method: str, url: str, **headers: str) -> Reply:
        """Send a request, with credentials as soon as the server has asked for them, and return its reply."""
        reply = await self._exchange(method, url, headers)
        if reply.status == 401 and self._username and not self._challenge:
            self._challenge = dict(re.findall(r'(\w+)="([^"]*)"', reply["WWW-Authenticate"]))
            reply = await self._exchange(method, url, headers)
        return reply

    async def open(self, url: str, *transports: str) -> Reply:
        """Describe, set up a track per transport, and play; return the reply to PLAY."""
        described = await self.request("DESCRIBE", url, Accept="application/sdp")
        assert described.status == 200, described
        session: dict[str, str] = {}
        for number, transport in enumerate(transports, 1):
            reply = await self.request(
                "SETUP", f"{described['Content-Base']}track{number}", Transport=transport, **session
            )
            assert reply.status == 200, reply
            session = {"Session": reply.session}
        return await self.request("PLAY", described["Content-Base"], **session)

    async def say(self, channel: int, packet: bytes) -> None:
        """Send a packet inside of the connection."""
        await self.send(b"$" + bytes([channel]) + len(packet).to_bytes(2, "big") + packet)

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def frame(self) -> tuple[int, bytes]:
        """Return the next interleaved frame: channel and packet."""
        while not self._frames:
            reply = await self._read()
            assert reply is None, f"unexpected {reply}"
        return self._frames.popleft()

    async def reply(self) -> Reply:
        """Return the next reply; frames that come before it are kept for `frame`."""
        while True:
            reply = await self._read()
            if reply is not None:
                return reply

    async def at_end(self) -> bool:
        """Read everything there is; return when the server has closed the connection."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while await self._reader.read(65536):
                    pass
            except ConnectionResetError:
                pass
        return True

    async def close(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _exchange(self, method: str, url: str, headers: dict[str, str]) -> Reply:
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._challenge:
            lines.append(f"Authorization: {self._credentials(method, url)}")
        await self.send("\r\n".join([*lines, "", ""]).encode())
        reply = await self.reply()
        assert reply["CSeq"] == str(self._cseq)
        return reply

    def _credentials(self, method: str, url: str) -> str:
        realm, nonce = self._challenge["realm"], self._challenge["nonce"]
        secret = _md5(f"{self._username}:{realm}:{self._password}")
        response = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{url}')}")
        return (
            f'Digest username="{self._username}", realm="{realm}", nonce="{nonce}", uri="{url}", response="{response}"'
        )

    async def _read(self) -> Reply | None:
        """Read one thing: a reply, or a frame, which is kept."""
        async with asyncio.timeout(PATIENCE_S):
            first = await self._reader.readexactly(1)
            if first == b"$":
                header = await self._reader.readexactly(3)
                packet = await self._reader.readexactly(int.from_bytes(header[1:], "big"))
                self._frames.append((header[0], packet))
                return None
            head = first + await self._reader.readuntil(b"\r\n\r\n")
            status_line, *lines = head.decode().rstrip().split("\r\n")
            _, status, reason = status_line.split(" ", 2)
            headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
            return Reply(int(status), reason, headers, body)


def sound_packet(seq: int, payload: bytes = b"\xff" * 160, *, payload_type: int = 0) -> bytes:
    """An RTP packet (RFC 3550 section 5.1) of sound, by itself 20 ms of silence in mu-law at 8 kHz."""
    head = bytes([0x80, payload_type]) + seq.to_bytes(2, "big") + (seq * 160).to_bytes(4, "big")
    return head + b"talk" + payload


class UdpReceiver:
    """A pair of sockets for one track, on this host."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        while True:
            self.rtp = _bound(host, 0)
            port = self.rtp.getsockname()[1]
            try:
                self.rtcp = _bound(host, port + 1)
            except OSError:
                self.rtp.close()
                continue
            break
        self.transport = f"RTP/AVP;unicast;client_port={port}-{port + 1}"

    async def packet(self) -> bytes:
        return await self._receive(self.rtp)

    async def report(self) -> bytes:
        return await self._receive(self.rtcp)

    def say(self, packet: bytes, reply: Reply) -> None:
        """Send a packet of the track that a SETUP was answered for."""
        port = int(reply.transport("server_port").partition("-")[0])
        self.rtp.sendto(packet, (self.rtp.getsockname()[0], port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.rtp.close()
        self.rtcp.close()

    async def _receive(self, bound: socket.socket) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.get_running_loop().sock_recv(bound, 65536)


@asynccontextmanager
async def rtsp_client(port: int, *, host: str = "127.0.0.1", username: str = "", password: str = "", **options):
    """Connect; `options` go to the socket's opening (e.g. a small read `limit`)."""
    reader, writer = await asyncio.open_connection(host, port, **options)
    client = RtspClient(reader, writer, username, password)
    try:
        yield client
    finally:
        await client.close()


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
