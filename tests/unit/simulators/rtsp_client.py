"""An RTSP client for tests of the simulators: requests by hand, packets as they come, pictures decoded."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import av

from bridge.simulators.clips import Moment, read_moment
from bridge.simulators.wire.digest import digest_response, parse_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

USERNAME, PASSWORD = "admin", "S1m-pass"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """An RTP packet that came on a channel."""

    channel: int
    marker: bool
    payload_type: int
    seq: int
    rtp_time: int
    ssrc: int
    payload: bytes


class Client:
    """One RTSP connection with Digest; interleaved packets that come between are kept in `packets`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, base: str) -> None:
        self.base = base
        self.password = PASSWORD
        self.packets: list[tuple[int, bytes]] = []
        self.session = ""
        self.reader = reader
        self.writer = writer
        self._challenge: dict[str, str] = {}
        self._cseq = 0

    @classmethod
    async def connect(cls, port: int, path: str) -> Self:
        """Open a connection for one stream."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(reader, writer, f"rtsp://127.0.0.1:{port}/{path}")

    async def close(self) -> None:
        """Close the connection."""
        self.writer.transport.abort()

    async def request(self, method: str, path: str = "", *, authorize: bool = True, **headers: str) -> Answer:
        """Send a request on the stream's URL with `path` added, and await its response."""
        url = self.base + path
        self._cseq += 1
        headers = {"CSeq": str(self._cseq), **headers}
        if self.session:
            headers.setdefault("Session", self.session)
        if self._challenge and authorize:
            realm, nonce = self._challenge["realm"], self._challenge["nonce"]
            proof = digest_response((USERNAME, realm, self.password), nonce=nonce, method=method, uri=url)
            headers["Authorization"] = (
                f'Digest username="{USERNAME}", realm="{realm}", nonce="{nonce}", uri="{url}", response="{proof}"'
            )
        lines = [f"{method} {url} RTSP/1.0", *(f"{name}: {value}" for name, value in headers.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        answer = await self.answer()
        assert answer.headers["cseq"] == str(self._cseq)
        if "www-authenticate" in answer.headers:
            self._challenge = parse_parameters(answer.headers["www-authenticate"].removeprefix("Digest "))
        return answer

    async def answer(self) -> Answer:
        """Await the next response; keep the packets before it."""
        while (first := await self.reader.readexactly(1)) == b"$":
            self.packets.append(await self._frame())
        head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(status.split(" ")[1]), headers, body)

    async def packet(self) -> tuple[int, bytes]:
        """Return the next interleaved packet and its channel."""
        if self.packets:
            return self.packets.pop(0)
        assert await self.reader.readexactly(1) == b"$"
        return await self._frame()

    async def rtp(self, channel: int = 0) -> RtpPacket:
        """Return the next RTP packet of a channel; others are dropped."""
        while True:
            came_on, packet = await self.packet()
            if came_on == channel:
                return parse_rtp(channel, packet)

    async def access_unit(self) -> list[RtpPacket]:
        """Return the packets of the next access unit of channel 0."""
        unit = [await self.rtp()]
        while not unit[-1].marker:
            unit.append(await self.rtp())
        return unit

    async def authorized(self) -> Self:
        """Get a challenge, so that the next requests are answered."""
        await self.request("DESCRIBE")
        return self

    async def set_up(self, track: int = 1, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> Answer:
        """Set up a track and remember the session."""
        answer = await self.request("SETUP", f"/track{track}", Transport=transport)
        self.session = answer.headers.get("session", self.session).partition(";")[0]
        return answer

    async def _frame(self) -> tuple[int, bytes]:
        channel, size = struct.unpack("!BH", await self.reader.readexactly(3))
        return channel, await self.reader.readexactly(size)


def parse_rtp(channel: int, packet: bytes) -> RtpPacket:
    """Take a packet without extensions apart."""
    first, second, seq, rtp_time, ssrc = struct.unpack_from("!BBHII", packet)
    assert first == 0x80
    return RtpPacket(channel, bool(second & 0x80), second & 0x7F, seq, rtp_time, ssrc, packet[12:])


def h264_nals(packets: Iterable[RtpPacket]) -> list[bytes]:
    """Put the NAL units of single-NAL and FU-A packets together."""
    nals: list[bytearray] = []
    for payload in (packet.payload for packet in packets):
        if payload[0] & 0x1F != 28:
            nals.append(bytearray(payload))
        elif payload[1] & 0x80:
            nals.append(bytearray((payload[0] & 0xE0 | payload[1] & 0x1F,)) + payload[2:])
        else:
            nals[-1] += payload[2:]
    return [bytes(nal) for nal in nals]


def moments_of(units: Iterable[list[RtpPacket]]) -> list[Moment | None]:
    """Decode H.264 access units and read the time code of each picture."""
    codec = av.CodecContext.create("h264", "r")
    pictures = []
    for unit in units:
        pictures += codec.decode(av.Packet(b"".join(b"\x00\x00\x00\x01" + nal for nal in h264_nals(unit))))
    pictures += codec.decode(None)
    return [read_moment(picture.to_image()) for picture in pictures]
