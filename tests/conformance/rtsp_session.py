"""Watching a stream as the official procedures want it: every answer, address, packet and report is checked.

The same for Media and Media2: what they differ in is how a client learns the address. "Start media stream using ..." is
`playing`; whoever is in it asks the session for what the streams bring, and leaving it tears the session down.
"""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import ssl
from collections import defaultdict, deque
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.clients import decoding, sdp
from tests.clients.rtsp import PATIENCE_S, Reply, RtspClient, UdpReceiver, rtsp_client
from tests.clients.tunnel import HttpTunnel, http_tunnel, socket_client, web_socket
from tests.conformance.dut import PASSWORD, USERNAME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    Encode = Callable[[bytes], bytes]

SIZE_TOLERANCE_PX = 8
"""How far a picture may be from the size that was set."""

BACK_CHANNEL = "www.onvif.org/ver20/backchannel"
"""What requests about a back channel require (ONVIF Streaming Specification, "RTSP Require- Tag")."""

_SENDER_REPORT, _RECEIVER_REPORT, _SOURCE_DESCRIPTION, _CNAME = 200, 201, 202, 1
_SPEECH_SSRC = 0x0F1E2D3C


class Way(Enum):
    """How RTP reaches the client."""

    UDP = "UDP"
    RTSP = "inside of the RTSP connection"
    HTTP = "inside of an RTSP connection inside of HTTP"
    HTTPS = "inside of an RTSP connection inside of HTTP inside of TLS"
    WEB_SOCKET = "inside of an RTSP connection inside of a WebSocket"


_INSIDE_OF_RTSP, _INSIDE_OF_HTTP = "RTP/AVP/TCP;unicast;interleaved=0-1", "RTP/AVP/TCP;unicast;client_port=50000-50001"
_TRANSPORTS = {
    Way.RTSP: _INSIDE_OF_RTSP,
    Way.HTTP: _INSIDE_OF_HTTP,
    Way.HTTPS: _INSIDE_OF_HTTP,
    Way.WEB_SOCKET: _INSIDE_OF_RTSP,
}
"""What test tools ask for: the same channels for every medium, and ports where there are none. The answer counts."""


def rtsp_uri(uri: str) -> str:
    """Return what RTSP requests name for an address that may be one of HTTP."""
    return re.sub("^https?:", "rtsp:", uri)


def host_of(uri: str) -> tuple[str, int]:
    """Return host and port of an address, which must be of IPv4."""
    parts = urlsplit(uri)
    assert parts.hostname is not None
    assert parts.port is not None
    IPv4Address(parts.hostname)
    return parts.hostname, parts.port


@asynccontextmanager
async def connected(
    uri: str,
    way: Way,
    *,
    user: tuple[str, str] = (USERNAME, PASSWORD),
    encode: Encode = base64.b64encode,
    through: str = "",
) -> AsyncIterator[RtspClient]:
    """Connect to where an address leads.

    Args:
        uri: the address of a stream.
        way: how the packets shall come.
        user: whose requests these are; without a name nobody's.
        encode: makes the base64 of what goes up inside of HTTP.
        through: the address of the WebSocket, if the way is one.
    """
    host, port = host_of(through or uri)
    if way is Way.WEB_SOCKET:
        async with web_socket(port, path=urlsplit(through).path) as socket:
            yield socket_client(socket, *user)
    elif way in {Way.HTTP, Way.HTTPS}:
        context = trusting_anyone() if way is Way.HTTPS else None
        path = urlsplit(uri).path
        async with http_tunnel(port, context=context, cookie=secrets.token_hex(8), path=path) as tunnel:
            await _open_down(tunnel)
            yield tunnel.client(await tunnel.post(encode), *user)
    else:
        async with rtsp_client(port, host=host, username=user[0], password=user[1]) as client:
            yield client


def trusting_anyone() -> ssl.SSLContext:
    """Return the side of TLS of a client that takes every certificate, as test tools do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _open_down(tunnel: HttpTunnel) -> None:
    await tunnel.get()
    status, _, fields = tunnel.answer.decode().partition("\r\n")
    assert status.split()[1] == "200", status
    assert "content-type: application/x-rtsp-tunnelled" in fields.lower()


@dataclass
class Flow:
    """What has come of one medium so far; of a back channel only reports come, and the rest goes."""

    medium: sdp.Medium
    receiver: UdpReceiver | None
    channel: int = 0
    server_port: int = 0
    ssrc: int | None = None
    next_seq: int | None = None
    told_rtp_time: int | None = None

    def check(self, packet: bytes) -> None:
        """Check an RTP header (RFC 3550 section 5.1), and that no packet is missing before it."""
        assert len(packet) > 12
        assert packet[0] >> 6 == 2, "version"
        assert packet[1] & 0x7F == self.medium.payload_type
        seq, ssrc = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[8:12], "big")
        assert self.ssrc in {None, ssrc}
        assert self.next_seq in {None, seq}
        if self.told_rtp_time is not None:
            ahead = (rtp_time_of(packet) - self.told_rtp_time + 2**31) % 2**32 - 2**31
            assert abs(ahead) < PATIENCE_S * self.medium.clock_rate
            self.told_rtp_time = None
        self.ssrc, self.next_seq = ssrc, (seq + 1) % 65536

    @property
    def is_back(self) -> bool:
        """Whether this is a back channel."""
        return "sendonly" in self.medium.attributes

    def check_report(self, compound: bytes) -> None:
        """Check that a compound RTCP packet has a report and a name of the same source (RFC 3550 section 6).

        It has to be a sender report of this flow; on a back channel of the device, with a block about the speech.
        """
        kinds: dict[int, bytes] = {}
        at = 0
        while at < len(compound):
            assert compound[at] >> 6 == 2, "version"
            end = at + 4 + 4 * int.from_bytes(compound[at + 2 : at + 4], "big")
            kinds[compound[at + 1]] = compound[at:end]
            at = end
        assert at == len(compound)
        first, report = next(iter(kinds.items()))
        assert first == _SENDER_REPORT
        assert len(report) >= 28
        assert any(report[8:16]), "no wall-clock time"
        if self.is_back:
            assert report[0] & 0x1F == 1, "blocks"
            assert int.from_bytes(report[28:32], "big") == _SPEECH_SSRC
        else:
            assert int.from_bytes(report[4:8], "big") == self.ssrc
        description = kinds[_SOURCE_DESCRIPTION]
        assert description[4:8] == report[4:8]
        assert description[8] == _CNAME


def rtp_time_of(packet: bytes) -> int:
    """Return the RTP time of a packet."""
    return int.from_bytes(packet[4:8], "big")


class Session:
    """A session that plays.

    Attributes:
        description: what DESCRIBE told.
        timeout_s: how long it lives without a sign of life.
    """

    def __init__(
        self, client: RtspClient, uri: str, description: sdp.Description, base: str, requires: dict[str, str]
    ) -> None:
        self.description = description
        self.timeout_s = 0
        self._requires = requires
        self._client = client
        self._uri = uri
        self._base = base
        self._id = ""
        self._flows: dict[str, Flow] = {}
        self._frames: defaultdict[int, deque[bytes]] = defaultdict(deque)

    async def request(self, method: str, **headers: str) -> Reply:
        """Send a request about the session, which must be granted."""
        reply = await self._client.request(method, self._base, Session=self._id, **self._requires, **headers)
        assert reply.status == 200, reply
        return reply

    async def set_up(self, medium: sdp.Medium, transport: str, receiver: UdpReceiver | None) -> None:
        """Set up a medium: over UDP if there is a receiver, otherwise inside of the connection."""
        flow = Flow(medium, receiver)
        headers = {"Session": self._id} if self._id else {}
        headers |= self._requires if flow.is_back else {}
        reply = await self._client.request("SETUP", medium.control(self._base), Transport=transport, **headers)
        assert reply.status == 200, reply
        if receiver is None:
            flow.channel = int(reply.transport("interleaved").partition("-")[0])
        else:
            assert f"client_port={reply.transport('client_port')}" in transport
            ports = re.fullmatch(r"(\d+)-\d+", reply.transport("server_port"))
            assert ports is not None
            flow.server_port = int(ports[1])
        found = re.fullmatch(r"(\S+?);timeout=(\d+)", reply["Session"])
        assert found is not None, reply["Session"]
        assert self._id in {"", found[1]}
        self._id, self.timeout_s = found[1], int(found[2])
        self._flows["speech" if flow.is_back else medium.kind] = flow

    async def play(self) -> None:
        """Have it play; the answer tells the first packet of every medium."""
        reply = await self.request("PLAY", Range="npt=0.000-")
        assert reply.session == self._id
        told = {}
        for entry in reply["RTP-Info"].split(","):
            fields = dict(word.strip().partition("=")[::2] for word in entry.split(";"))
            told[fields["url"]] = fields
        for flow in self._flows.values():
            if not flow.is_back:
                fields = told[flow.medium.control(self._base)]
                flow.next_seq, flow.told_rtp_time = int(fields["seq"]), int(fields["rtptime"])

    async def speak(self, payloads: Sequence[bytes], *, samples: int) -> None:
        """Send packets of so many samples each on the back channel."""
        flow = self._flows["speech"]
        for seq, payload in enumerate(payloads):
            times = seq.to_bytes(2, "big") + (seq * samples).to_bytes(4, "big")
            packet = bytes((0x80, flow.medium.payload_type)) + times + _SPEECH_SSRC.to_bytes(4, "big") + payload
            if flow.receiver is None:
                await self._client.send(b"$" + bytes((flow.channel,)) + len(packet).to_bytes(2, "big") + packet)
            else:
                flow.receiver.rtp.sendto(packet, (host_of(self._uri)[0], flow.server_port))

    async def packet(self, kind: str) -> bytes:
        """Return the next RTP packet of a medium."""
        flow = self._flows[kind]
        packet = await (self._next(flow.channel) if flow.receiver is None else flow.receiver.packet())
        flow.check(packet)
        return packet

    async def moment(self, kind: str) -> list[bytes]:
        """Return the packets of a medium up to the next one with a marker: a picture, or a document."""
        packets = [await self.packet(kind)]
        while not packets[-1][1] & 0x80:
            packets.append(await self.packet(kind))
        assert {rtp_time_of(packet) for packet in packets} == {rtp_time_of(packets[0])}
        return packets

    async def report(self, kind: str) -> None:
        """Wait for a sender report of a medium of which something has come already, and check it."""
        flow = self._flows[kind]
        async with asyncio.timeout(PATIENCE_S):
            compound = await (self._next(flow.channel + 1) if flow.receiver is None else flow.receiver.report())
        flow.check_report(compound)

    async def key_picture(self) -> list[bytes]:
        """Return the packets of the next picture that needs no other."""
        encoding = self._flows["video"].medium.encoding
        packets = await self.moment("video")
        while not decoding.is_key_picture(encoding, packets):
            packets = await self.moment("video")
        return packets

    async def shows_pictures(self, size: tuple[int, int] | None = None) -> None:
        """Check that pictures come, that one can be decoded and is of that size, and that they are reported."""
        encoding = self._flows["video"].medium.encoding
        seen = decoding.picture_size(encoding, await self.key_picture())
        if size is not None:
            assert all(abs(one - other) <= SIZE_TOLERANCE_PX for one, other in zip(seen, size, strict=True)), seen
        await self.report("video")

    async def plays_sound(self) -> None:
        """Check that sound comes, that it can be decoded, and that it is reported."""
        medium = self._flows["audio"].medium
        config = bytes.fromhex(medium.format.get("config", ""))
        for _ in range(2):
            assert decoding.samples(medium.encoding, config, [await self.packet("audio")]) > 0
        await self.report("audio")

    async def _next(self, channel: int) -> bytes:
        while not self._frames[channel]:
            number, packet = await self._client.frame()
            self._frames[number].append(packet)
        return self._frames[channel].popleft()


@asynccontextmanager
async def playing(
    uri: str, way: Way, *, encode: Encode = base64.b64encode, through: str = "", speech: str = "", **wanted: str
) -> AsyncIterator[Session]:
    """Play the wanted media of a stream, kind=encoding; on leaving, the session is torn down.

    Args:
        uri: the address that GetStreamUri told.
        way: how the packets shall come.
        encode: makes the base64 of what goes up inside of HTTP.
        through: the address of the WebSocket, if the way is one.
        speech: the encoding of a back channel, if there is to be one.
        wanted: e.g. `video="H264"`; `MPEG4-GENERIC` is the AAC that the standard recommends.
    """
    address = rtsp_uri(uri)
    requires = {"Require": BACK_CHANNEL} if speech else {}
    async with connected(uri, way, user=("", ""), encode=encode, through=through) as stranger:
        refusal = await stranger.request("DESCRIBE", address, Accept="application/sdp", **requires)
        assert refusal.status == 401
        assert refusal["WWW-Authenticate"].startswith("Digest ")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(connected(uri, way, encode=encode, through=through))
        described = await client.request("DESCRIBE", address, Accept="application/sdp", **requires)
        assert described.status == 200, described
        assert described["Content-Type"] == "application/sdp"
        description = sdp.read(described.body.decode())
        _is_ipv4(described, description)
        session = Session(client, address, description, described["Content-Base"], requires)
        media = [back_channel_of(description, speech)] if speech else []
        for medium in [*media, *(medium_of(description, kind, encoding) for kind, encoding in wanted.items())]:
            receiver = stack.enter_context(UdpReceiver()) if way is Way.UDP else None
            transport = _TRANSPORTS[way] if receiver is None else receiver.transport
            await session.set_up(medium, transport, receiver)
        await session.play()
        yield session
        await session.request("TEARDOWN")


def back_channel_of(description: sdp.Description, encoding: str) -> sdp.Medium:
    """Return the back channel, which must take an encoding."""
    found = [each for each in description.of_kind("audio") if "sendonly" in each.attributes]
    (medium,) = [each for each in found if each.encoding == encoding]
    return medium


def medium_of(description: sdp.Description, kind: str, encoding: str) -> sdp.Medium:
    """Return the medium of a kind and an encoding that comes to the client, of which there must be one."""
    found = [each for each in description.of_kind(kind) if "sendonly" not in each.attributes]
    assert [each.encoding for each in found] == [encoding]
    return found[0]


def _is_ipv4(described: Reply, description: sdp.Description) -> None:
    """Check that every address in the answer to DESCRIBE is of IPv4."""
    controls = [medium.attributes["control"] for medium in description.media]
    controls += [
        value.partition(":")[2] for letter, value in description.session if letter == "a" and "control" in value
    ]
    for uri in [described["Content-Base"], described.headers.get("content-location", ""), *controls]:
        host = urlsplit(uri).hostname
        assert host is None or ip_address(host).version == 4
    (origin,) = [value for letter, value in description.session if letter == "o"]
    assert origin.split()[3:5] == ["IN", "IP4"]
    IPv4Address(origin.split()[5])
    for connection in description.connections:
        network, family, address = connection.split()
        assert (network, family) == ("IN", "IP4")
        IPv4Address(address.partition("/")[0])
