"""RTSP messages and interleaved frames (RFC 2326 section 10.12) out of one stream of bytes.

Frames come out as *runs*: as many whole frames as arrived together, in one slice that is copied once (or not at all,
when a read holds nothing else). No object is made per frame, and the work is linear in the bytes, whatever the size
of the reads. A frame cannot be longer than its 16-bit length says and a message not longer than the limits here, so
that an unfinished tail never holds more than `MOST_HEAD_BYTES + MOST_BODY_BYTES`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.proto.rtsp.message import Request, Response, parse_head

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_HEAD_BYTES = 16 * 1024
"""First line and headers of one message; the largest seen, with long credentials, are about 2 KB."""

_DOLLAR = 0x24
_FRAME_HEADER_BYTES = 4
_LINE_ENDS = b"\r\n"
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_END_OF_HEAD_BYTES = 4


class Deframer:
    """Cuts the bytes of one connection into messages and runs of frames."""

    def __init__(self) -> None:
        self._buffer: bytes | bytearray = b""
        self._offset = 0
        """Position of the buffer's first byte in the stream, for error messages."""
        self._wanted = 1
        """Bytes that the buffer must hold before it is worth looking again."""
        self._searched = 0
        """Bytes of the buffer that are known not to hold the end of a message's head."""
        self._head: tuple[Request | Response, int, int] | None = None
        """A message whose body is still arriving: message, length of its head, length of its body."""

    def receive(self, data: bytes) -> Iterator[bytes | Request | Response]:
        """Take bytes and yield what became complete: runs of whole frames as bytes, and messages.

        The iterator must be used up before the next call. Nothing is lost if it raises: what came before the fault
        has been yielded.

        Raises:
            WireError: the stream is broken for good; `offset` counts from its beginning.
        """
        if not self._buffer:
            self._buffer = data
        else:
            if isinstance(self._buffer, bytes):
                self._buffer = bytearray(self._buffer)
            self._buffer += data
        while len(self._buffer) >= self._wanted:
            event = self._next()
            if event is not None:
                yield event

    def _next(self) -> bytes | Request | Response | None:
        """Return the next event; None if more has to be looked at or, with a higher `_wanted`, to arrive."""
        if self._head is not None:
            return self._finish_message(*self._head)
        first = self._buffer[0]
        if first == _DOLLAR:
            return self._cut_frames()
        if first in _LINE_ENDS:
            # Left over from the message before, or sent to keep the connection alive.
            self._drop(next((at for at, byte in enumerate(self._buffer) if byte not in _LINE_ENDS), len(self._buffer)))
            return None
        if not chr(first).isascii() or not chr(first).isalpha():
            raise WireError("neither a message nor a frame begins here", offset=self._offset)
        return self._begin_message()

    def _cut_frames(self) -> bytes | None:
        buffer, size = self._buffer, len(self._buffer)
        at = 0
        while at + _FRAME_HEADER_BYTES <= size and buffer[at] == _DOLLAR:
            end = at + _FRAME_HEADER_BYTES + (buffer[at + 2] << 8 | buffer[at + 3])
            if end > size:
                break
            at = end
        if at == 0:
            length = buffer[2] << 8 | buffer[3] if size >= _FRAME_HEADER_BYTES else 0
            self._wanted = _FRAME_HEADER_BYTES + length
            return None
        return self._take(at)

    def _begin_message(self) -> Request | Response | None:
        found = _END_OF_HEAD.search(self._buffer, max(0, self._searched - _END_OF_HEAD_BYTES))
        if (found.start() if found else len(self._buffer) - _END_OF_HEAD_BYTES) > MOST_HEAD_BYTES:
            raise WireError(f"message head is larger than {MOST_HEAD_BYTES} bytes", offset=self._offset)
        if found is None:
            self._searched = len(self._buffer)
            self._wanted = len(self._buffer) + 1
            return None
        try:
            message, body_bytes = parse_head(bytes(self._buffer[: found.start()]))
        except WireError as error:
            raise WireError(error.detail, offset=self._offset) from None
        self._head = (message, found.end(), body_bytes)
        return self._finish_message(*self._head)

    def _finish_message(
        self, message: Request | Response, head_bytes: int, body_bytes: int
    ) -> Request | Response | None:
        size = head_bytes + body_bytes
        if len(self._buffer) < size:
            self._wanted = size
            return None
        self._head = None
        raw = self._take(size)
        return replace(message, body=raw[head_bytes:]) if body_bytes else message

    def _take(self, size: int) -> bytes:
        """Return the first `size` bytes and forget them; without a copy if they are all there is."""
        if size == len(self._buffer) and isinstance(self._buffer, bytes):
            taken = self._buffer
        else:
            taken = bytes(memoryview(self._buffer)[:size])
        self._drop(size)
        return taken

    def _drop(self, size: int) -> None:
        self._offset += size
        self._wanted = 1
        self._searched = 0
        if size == len(self._buffer):
            self._buffer = b""
        elif isinstance(self._buffer, bytes):
            self._buffer = bytearray(memoryview(self._buffer)[size:])
        else:
            del self._buffer[:size]
