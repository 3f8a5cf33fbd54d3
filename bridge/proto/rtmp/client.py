"""The client's side of RTMP, without I/O: simple handshake, `connect`, `createStream`, `play` (section 7).

Media messages come out as FLV tags, which they are. Logging in is no part of RTMP: cameras want it in the arguments
of the stream's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.proto.flv import amf0
from bridge.proto.flv.tags import FlvReader, Tag, TagKind
from bridge.proto.rtmp.chunks import ChunkReader, Message, MessageKind, render

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_PORT = 1935

HANDSHAKE_BYTES = 1536
"""Of each of the two blocks that either side sends."""

NONCE_BYTES = HANDSHAKE_BYTES - 8

_VERSION = 3
_WINDOW_BYTES = 2_500_000
_BUFFER_MS = 1000

_CONTROL_CHUNKS, _COMMAND_CHUNKS = 2, 3
_PING, _PONG, _SET_BUFFER = 6, 7, 3
_CONNECT, _CREATE_STREAM, _PLAY = 1.0, 2.0, 3.0
_LIVE_OR_RECORDED = -2000.0
_MEDIA = frozenset(TagKind)
_ENDS = frozenset({"NetStream.Play.Stop", "NetStream.Play.UnpublishNotify", "NetConnection.Connect.Closed"})

_FLV_HEADER = b"FLV\x01\x05\x00\x00\x00\x09"
_URL = re.compile(r"rtmp://((?:[^/?#@:\[\]\s]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?)/([^/?#\s]+)/([^#\s]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class RtmpUrl:
    """`rtmp://host:port/app/stream?arguments`, taken apart.

    Attributes:
        host: name or address, without brackets.
        app: the first part of the path.
        stream: all that follows, with its arguments.
        tc_url: the address of the app.
    """

    host: str
    port: int
    app: str
    stream: str
    tc_url: str

    @classmethod
    def parse(cls, url: str) -> RtmpUrl:
        """Read a URL.

        Raises:
            ValueError: it is not of this form.
        """
        found = _URL.fullmatch(url)
        port = int(found[2] or DEFAULT_PORT) if found else 0
        if found is None or not 0 < port < 1 << 16:
            raise ValueError("the stream needs a URL like rtmp://host:port/app/stream")
        authority, number, app, stream = found.groups()
        host = authority.removesuffix(f":{number}") if number else authority
        return cls(host.strip("[]"), port, app, stream, f"rtmp://{authority}/{app}")


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will not play; `code` is its word (`NetStream.Play.StreamNotFound`), `description` its sentence."""

    code: str
    description: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The server has stopped playing; `code` is its word."""

    code: str


Event = Tag | Refused | Ended


class _Stage(Enum):
    GREETED = auto()
    """Our greeting is out, the server's is awaited."""

    CONFIRMED = auto()
    """Its greeting has been sent back; its copy of ours is awaited."""

    TALKING = auto()


class PlayConnection:
    """One connection that plays one stream.

    Args:
        url: what to play.
        nonce: `NONCE_BYTES` of anything.
    """

    def __init__(self, url: RtmpUrl, nonce: bytes) -> None:
        self._url = url
        self._stage = _Stage.GREETED
        self._greeting = b""
        self._chunks = ChunkReader()
        self._output = [bytes((_VERSION,)), bytes(8), nonce]
        self._stream_id: int | None = None
        self._received = 0
        self._acknowledged = 0
        self._window = _WINDOW_BYTES

    def bytes_to_send(self) -> bytes:
        """Return what has to be sent now, and forget it."""
        data = b"".join(self._output)
        self._output.clear()
        return data

    def receive(self, data: bytes) -> Iterator[Event]:
        """Take bytes and yield what they say; there may be something to send afterwards.

        The iterator must be used up before the next call.

        Raises:
            WireError: this is not RTMP.
        """
        self._received += len(data)
        if self._stage is not _Stage.TALKING:
            data = self._shake_hands(data)
        for message in self._chunks.receive(data):
            yield from self._take(message)
        if self._received - self._acknowledged >= self._window:
            self._acknowledged = self._received
            self._control(MessageKind.ACKNOWLEDGEMENT, (self._received % (1 << 32)).to_bytes(4, "big"))

    def leave(self) -> None:
        """Queue the message that ends the stream, if there is one."""
        if self._stream_id is not None:
            self._command(amf0.encode("deleteStream", 0.0, None, float(self._stream_id)))
            self._stream_id = None

    def _shake_hands(self, data: bytes) -> bytes:
        """Take bytes of the handshake; return those behind it."""
        self._greeting += data
        if self._greeting and self._greeting[0] != _VERSION:
            raise WireError("RTMP version is not 3", offset=0)
        if self._stage is _Stage.GREETED and len(self._greeting) > HANDSHAKE_BYTES:
            self._output.append(self._greeting[1 : 1 + HANDSHAKE_BYTES])
            self._stage = _Stage.CONFIRMED
        end = 1 + 2 * HANDSHAKE_BYTES
        if len(self._greeting) < end:
            return b""
        rest, self._greeting = self._greeting[end:], b""
        self._stage = _Stage.TALKING
        self._connect()
        return rest

    def _connect(self) -> None:
        about = {
            "app": self._url.app,
            "flashVer": "LNX 9,0,124,2",
            "tcUrl": self._url.tc_url,
            "fpad": False,
            "capabilities": 15.0,
            "audioCodecs": 4071.0,
            "videoCodecs": 252.0,
            "videoFunction": 1.0,
            "objectEncoding": 0.0,
            # Of Enhanced RTMP: servers that know it send H.265 only to those who ask.
            "fourCcList": ["hvc1", "avc1", "mp4a"],
        }
        self._command(amf0.encode("connect", _CONNECT, about))

    def _take(self, message: Message) -> Iterator[Event]:
        match message.kind:
            case MessageKind.AUDIO | MessageKind.VIDEO | MessageKind.DATA:
                yield Tag(TagKind(message.kind), message.time_ms, message.body)
            case MessageKind.AGGREGATE:
                yield from _parts(message)
            case MessageKind.COMMAND:
                yield from self._take_command(message.body)
            case MessageKind.COMMAND_AMF3:
                # The first byte chooses the format, and only AMF0 was offered.
                yield from self._take_command(message.body[1:])
            case MessageKind.USER_CONTROL:
                if message.body[:2] == _PING.to_bytes(2, "big"):
                    self._control(MessageKind.USER_CONTROL, _PONG.to_bytes(2, "big") + message.body[2:6])
            case MessageKind.WINDOW_SIZE:
                self._window = int.from_bytes(message.body[:4], "big") or self._window
            case MessageKind.PEER_BANDWIDTH:
                self._control(MessageKind.WINDOW_SIZE, _WINDOW_BYTES.to_bytes(4, "big"))

    def _take_command(self, body: bytes) -> Iterator[Event]:
        values = [*amf0.decode(body), None, None]
        name, transaction, values = values[0], values[1], values[2:]
        if name == "_result" and transaction == _CONNECT:
            self._command(amf0.encode("createStream", _CREATE_STREAM, None))
        elif name == "_result" and transaction == _CREATE_STREAM:
            self._play(values[1] if len(values) > 1 else None)
        elif name == "_error" and transaction in {_CONNECT, _CREATE_STREAM, _PLAY}:
            yield Refused(*_status(values))
        elif name == "onStatus":
            yield from self._take_status(values)
        elif name == "close":
            yield Ended("close")

    def _play(self, number: amf0.Value) -> None:
        if not isinstance(number, float) or not 0 <= number < 1 << 32:
            raise WireError("RTMP stream has no number")
        self._stream_id = int(number)
        self._command(amf0.encode("play", _PLAY, None, self._url.stream, _LIVE_OR_RECORDED), self._stream_id)
        wanted = self._stream_id.to_bytes(4, "big") + _BUFFER_MS.to_bytes(4, "big")
        self._control(MessageKind.USER_CONTROL, _SET_BUFFER.to_bytes(2, "big") + wanted)

    def _take_status(self, values: list[amf0.Value]) -> Iterator[Event]:
        code, description = _status(values)
        if code in _ENDS:
            yield Ended(code)
        elif any(isinstance(value, Mapping) and value.get("level") == "error" for value in values):
            yield Refused(code, description)

    def _command(self, body: bytes, stream_id: int = 0) -> None:
        self._output.append(render(Message(MessageKind.COMMAND, stream_id, 0, body), chunk_stream=_COMMAND_CHUNKS))

    def _control(self, kind: MessageKind, body: bytes) -> None:
        self._output.append(render(Message(kind, 0, 0, body), chunk_stream=_CONTROL_CHUNKS))


def _status(values: list[amf0.Value]) -> tuple[str, str]:
    """Return code and description of the information object among the values; empty if there is none."""
    found = next((value for value in values if isinstance(value, Mapping) and "code" in value), {})
    return str(found.get("code", "")), str(found.get("description", ""))


def _parts(message: Message) -> Iterator[Tag]:
    """Yield the tags of an aggregate: a piece of a FLV file whose times are moved to that of the message."""
    first_ms: int | None = None
    # Every tag is followed by its size, as in a file, where the first has an empty one in front.
    for item in FlvReader().receive(_FLV_HEADER + bytes(4) + message.body):
        if isinstance(item, Tag):
            first_ms = item.time_ms if first_ms is None else first_ms
            yield Tag(item.kind, (item.time_ms - first_ms + message.time_ms) % (1 << 32), item.body)
