"""The server's side of a WebSocket (RFC 6455): the opening handshake, and frames in both directions.

What is carried is one stream of bytes: where a client begins and ends its messages means nothing, so fragments come
out as they arrive and no message is ever put together. No extensions. Text and binary frames count alike, because
clients that live in a browser send requests as text; what is sent is always binary.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bridge.core.errors import BridgeError, WireError
from bridge.proto.http.head import refusal, response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.proto.http.head import RequestHead

VERSION = "13"

MOST_PAYLOAD_BYTES = 128 * 1024
"""In one frame from a client: half more than the longest RTSP message or interleaved packet."""

MOST_CONTROL_BYTES = 125

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16
_MASK_BYTES = 4
_FIN, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_LENGTH_16, _LENGTH_64 = 126, 127


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA

    @property
    def is_control(self) -> bool:
        """Whether such frames are about the connection, not data."""
        return self >= Opcode.CLOSE


class CloseCode(IntEnum):
    """Why a connection ends, in as far as this side says it."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    TOO_BIG = 1009


class HandshakeRefused(BridgeError):
    """A client cannot have its WebSocket.

    Args:
        response: what to send before the connection ends.
    """

    def __init__(self, response: bytes) -> None:
        self.response = response
        super().__init__("the WebSocket handshake is refused")


class BrokenFrame(WireError):
    """What a client sent is no frame that may be sent.

    Args:
        detail: what is wrong with it.
        code: what to tell the client.
    """

    def __init__(self, detail: str, code: CloseCode = CloseCode.PROTOCOL_ERROR) -> None:
        self.code = code
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Ping:
    """The client wants a `PONG` with the same payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The client ends the connection and wants a `CLOSE` with the same payload."""

    payload: bytes


def is_wanted(head: RequestHead, subprotocol: str) -> bool:
    """Return whether a request asks for a WebSocket with a certain subprotocol."""
    return "websocket" in head.words("upgrade") and subprotocol in head.words("sec-websocket-protocol")


def accept(head: RequestHead, subprotocol: str) -> bytes:
    """Return the answer that turns the connection of a request into a WebSocket.

    Raises:
        HandshakeRefused: it is no handshake of version 13.
    """
    if head.fields.get("sec-websocket-version") != VERSION:
        raise HandshakeRefused(refusal("426 Upgrade Required", ("Sec-WebSocket-Version", VERSION)))
    key = head.fields.get("sec-websocket-key", "")
    if head.method != "GET" or "upgrade" not in head.words("connection") or not _is_key(key):
        raise HandshakeRefused(refusal("400 Bad Request"))
    digest = hashlib.sha1((key + _GUID).encode("ascii"), usedforsecurity=False).digest()
    return response(
        "101 Switching Protocols",
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", base64.b64encode(digest).decode("ascii")),
        ("Sec-WebSocket-Protocol", subprotocol),
    )


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def header(size: int, opcode: Opcode = Opcode.BINARY) -> bytes:
    """Return what stands before the payload of a whole message from the server.

    Args:
        size: of the payload in bytes.
        opcode: what it is.
    """
    first = _FIN | opcode
    if size < _LENGTH_16:
        return bytes((first, size))
    if size < 1 << 16:
        return struct.pack("!BBH", first, _LENGTH_16, size)
    return struct.pack("!BBQ", first, _LENGTH_64, size)


def close_frame(code: CloseCode) -> bytes:
    """Return the frame with which the server begins to end the connection."""
    return header(2, Opcode.CLOSE) + struct.pack("!H", code)


class FrameReader:
    """Takes the bytes of a client and gives what is in its frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._is_fragmented = False
        """Whether a message has begun and not ended."""

    def receive(self, data: bytes) -> Iterator[bytes | Ping | Close]:
        """Take bytes and yield what became complete: data, and what the shell has to answer.

        The iterator must be used up before the next call.

        Raises:
            BrokenFrame: the client breaks the rules; nothing after this makes sense.
        """
        self._buffer += data
        while (frame := self._next()) is not None:
            opcode, payload = frame
            match opcode:
                case Opcode.PING:
                    yield Ping(payload)
                case Opcode.CLOSE:
                    yield Close(_checked_close(payload))
                case Opcode.PONG:
                    pass
                case _ if payload:
                    yield payload

    def _next(self) -> tuple[Opcode, bytes] | None:
        """Cut the first frame off; None while it is not complete."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        opcode = self._checked_opcode(buffer[0])
        if not buffer[1] & _MASKED:
            raise BrokenFrame("a frame of the client is not masked")
        length = buffer[1] & _LENGTH
        if opcode.is_control and length > MOST_CONTROL_BYTES:
            raise BrokenFrame("a control frame is too long")
        at = 2
        if length in (_LENGTH_16, _LENGTH_64):
            at += 2 if length == _LENGTH_16 else 8
            if len(buffer) < at:
                return None
            length = int.from_bytes(buffer[2:at], "big")
        if length > MOST_PAYLOAD_BYTES:
            raise BrokenFrame(f"a frame is longer than {MOST_PAYLOAD_BYTES} bytes", CloseCode.TOO_BIG)
        end = at + _MASK_BYTES + length
        if len(buffer) < end:
            return None
        payload = _unmasked(bytes(buffer[at + _MASK_BYTES : end]), bytes(buffer[at : at + _MASK_BYTES]))
        if not opcode.is_control:
            self._is_fragmented = not buffer[0] & _FIN
        del buffer[:end]
        return opcode, payload

    def _checked_opcode(self, first: int) -> Opcode:
        """Return what a frame is by its first byte; at this place only some kinds may stand."""
        if first & _RESERVED:
            raise BrokenFrame("a frame has reserved bits set")
        try:
            opcode = Opcode(first & _OPCODE)
        except ValueError:
            raise BrokenFrame("a frame is of no known kind") from None
        if opcode.is_control:
            if not first & _FIN:
                raise BrokenFrame("a control frame is fragmented")
        elif (opcode is Opcode.CONTINUATION) is not self._is_fragmented:
            raise BrokenFrame("a message begins or goes on at the wrong place")
        return opcode


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    """Return a payload as it was before the client masked it: as one large number, for speed."""
    size = len(payload)
    stream = (mask * (size // _MASK_BYTES + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def _checked_close(payload: bytes) -> bytes:
    """Return the payload of a close frame: nothing, or a code with a reason, as the RFC's section 7.4 has them."""
    if not payload:
        return payload
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise BrokenFrame("a close frame has no valid code")
    return payload
