"""RTMP messages and the chunks that they travel in (specification section 5.3).

Messages of several chunk streams are mixed chunk by chunk. Each header tells only what differs from the one before in
its chunk stream, so a reader keeps a little state for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from bridge.core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MESSAGE_BYTES = 8 * 1024 * 1024
"""A key frame of a 4K stream has about 1 MB, and the length could say 16 MB."""

MOST_CHUNK_STREAMS = 64
"""Servers use less than ten; each may hold an unfinished message."""

FIRST_CHUNK_BYTES = 128
"""The most that a chunk carries until its sender says otherwise."""

_EXTENDED_TIME = 0xFFFFFF
"""Stands in the place of a time that needs 32 bits and follows behind the header."""

_EXTENDED_TIME_BYTES = 4

_HEADER_BYTES = (11, 7, 3, 0)
"""By format: everything, without the message stream, only a time, nothing."""

_UINT32 = 1 << 32
_HIGHEST_BIT = 1 << 31


class MessageKind(IntEnum):
    """Kinds of messages; those of media are the kinds of FLV tags."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_SIZE = 5
    PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    COMMAND_AMF3 = 17
    DATA = 18
    COMMAND = 20
    AGGREGATE = 22


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `kind` may be one without a name here, `time_ms` is modulo 2**32."""

    kind: int
    stream_id: int
    time_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    """What the next header of a chunk stream builds upon.

    Attributes:
        told_ms: the time as it was told last: the whole of it, or what to add.
        is_extended: it did not fit into the header; headers without a time repeat it then.
    """

    time_ms: int
    told_ms: int
    is_extended: bool
    length: int
    kind: int
    stream_id: int


_NOTHING = _Header(time_ms=0, told_ms=0, is_extended=False, length=0, kind=0, stream_id=0)


class ChunkReader:
    """Puts messages together. Those about chunks themselves are obeyed and not reported."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._offset = 0
        self._chunk_bytes = FIRST_CHUNK_BYTES
        self._headers: dict[int, _Header] = {}
        self._bodies: dict[int, bytearray] = {}

    def receive(self, data: bytes) -> Iterator[Message]:
        """Take bytes and yield the messages that became complete.

        The iterator must be used up before the next call.

        Raises:
            WireError: these are no chunks; `offset` counts from the first of them.
        """
        self._buffer += data
        at = 0
        # One cut at the end, not one per chunk: the work stays linear in what was read.
        while (chunk := self._chunk(at)) is not None:
            number, header, start, at = chunk
            body = self._bodies.setdefault(number, bytearray())
            body += memoryview(self._buffer)[start:at]
            if len(body) < header.length:
                continue
            del self._bodies[number]
            message = Message(header.kind, header.stream_id, header.time_ms, bytes(body))
            if not self._obey(message):
                yield message
        del self._buffer[:at]
        self._offset += at

    def _chunk(self, at: int) -> tuple[int, _Header, int, int] | None:
        """Return chunk stream, header, and the bounds of the chunk's data; None if it is not all there."""
        buffer = self._buffer
        if at >= len(buffer):
            return None
        form, number = buffer[at] >> 6, buffer[at] & 0x3F
        begin = at + 1
        if number < 2:
            # One or two bytes follow, the lower first.
            begin += number + 1
            number = 64 + int.from_bytes(buffer[at + 1 : begin], "little")
        start = begin + _HEADER_BYTES[form]
        if start > len(buffer):
            return None
        header = self._header(form, number, begin)
        if header.is_extended:
            start += _EXTENDED_TIME_BYTES
        missing = header.length - len(self._bodies.get(number, b""))
        end = start + min(missing, self._chunk_bytes)
        if end > len(buffer):
            return None
        self._headers[number] = header
        return number, header, start, end

    def _header(self, form: int, number: int, at: int) -> _Header:
        """Return the header whose fields begin at `at`, filled up from the one before.

        Raises:
            WireError: there is none before, or it is impossible.
        """
        before = self._headers.get(number)
        is_continued = number in self._bodies
        if before is None and form > 1:
            raise WireError("RTMP chunk does not continue anything", offset=self._offset + at)
        if before is None and len(self._headers) >= MOST_CHUNK_STREAMS:
            raise WireError(f"RTMP has more than {MOST_CHUNK_STREAMS} chunk streams", offset=self._offset + at)
        if form == 3 and before is not None:
            if is_continued:
                return before
            # A new message that is like the last: its time goes on by the same step.
            return replace(before, time_ms=(before.time_ms + before.told_ms) % _UINT32)
        if is_continued:
            raise WireError("RTMP message begins inside another of its chunk stream", offset=self._offset + at)
        return self._new_header(form, before or _NOTHING, at)

    def _new_header(self, form: int, before: _Header, at: int) -> _Header:
        buffer = self._buffer
        told_ms = int.from_bytes(buffer[at : at + 3], "big")
        is_extended = told_ms == _EXTENDED_TIME
        if is_extended:
            after = at + _HEADER_BYTES[form]
            told_ms = int.from_bytes(buffer[after : after + _EXTENDED_TIME_BYTES], "big")
        length, kind, stream_id = before.length, before.kind, before.stream_id
        if form < 2:
            length, kind = int.from_bytes(buffer[at + 3 : at + 6], "big"), buffer[at + 6]
        if form == 0:
            stream_id = int.from_bytes(buffer[at + 7 : at + 11], "little")
        if length > MOST_MESSAGE_BYTES:
            raise WireError(f"RTMP message is larger than {MOST_MESSAGE_BYTES} bytes", offset=self._offset + at)
        time_ms = told_ms if form == 0 else (before.time_ms + told_ms) % _UINT32
        return _Header(time_ms, told_ms, is_extended, length, kind, stream_id)

    def _obey(self, message: Message) -> bool:
        """Do what a message about chunks says; return whether it was one."""
        if message.kind not in {MessageKind.SET_CHUNK_SIZE, MessageKind.ABORT}:
            return False
        value = int.from_bytes(message.body[:4], "big")
        if len(message.body) < 4:
            raise WireError("RTMP message about chunks is too short", offset=self._offset)
        if message.kind == MessageKind.ABORT:
            self._bodies.pop(value, None)
        elif 0 < value < _HIGHEST_BIT:
            self._chunk_bytes = value
        else:
            raise WireError("RTMP chunks cannot have that size", offset=self._offset)
        return True


def render(message: Message, *, chunk_stream: int) -> bytes:
    """Return a message in chunks of `FIRST_CHUNK_BYTES`.

    Args:
        message: its time has at most 24 bits.
        chunk_stream: 2 for control, any other up to 63.
    """
    length = len(message.body)
    head = bytes((chunk_stream,)) + message.time_ms.to_bytes(3, "big") + length.to_bytes(3, "big")
    head += bytes((message.kind,)) + message.stream_id.to_bytes(4, "little")
    again = bytes((3 << 6 | chunk_stream,))
    starts = range(0, length, FIRST_CHUNK_BYTES)
    return head + again.join(message.body[start : start + FIRST_CHUNK_BYTES] for start in starts)
