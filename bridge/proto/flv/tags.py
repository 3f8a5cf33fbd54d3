"""The FLV container (specification annex E.2 to E.4.1) as a stream of bytes that never ends: header, then tags."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bridge.core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TAG_BYTES = 8 * 1024 * 1024
"""Of one tag: a key frame of a 4K stream has about 1 MB, and the length could say 16 MB."""

_SIGNATURE = b"FLV"
_HEADER_BYTES = 9
_MOST_HEADER_BYTES = 1024
_TAG_HEADER_BYTES = 11
_SIZE_BYTES = 4
"""The previous tag's size stands in front of every tag, and nobody needs it."""

_KIND_BITS = 0x1F
_ENCRYPTED = 0x20


class TagKind(IntEnum):
    """What a tag carries; RTMP messages have the same numbers."""

    AUDIO = 8
    VIDEO = 9
    SCRIPT = 18


_KINDS = frozenset(TagKind)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag; `time_ms` is the decoding time, modulo 2**32, on a scale that all tags of a stream share."""

    kind: TagKind
    time_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class FlvHeader:
    """What the file says it holds; some cameras promise sound that never comes."""

    has_audio: bool
    has_video: bool


class FlvReader:
    """Cuts a stream of bytes into its header and its tags. Tags of unknown kinds are left out."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._offset = 0
        self._has_header = False

    def receive(self, data: bytes) -> Iterator[FlvHeader | Tag]:
        """Take bytes and yield what became complete.

        The iterator must be used up before the next call.

        Raises:
            WireError: this is not FLV; `offset` counts from the beginning of the stream.
        """
        self._buffer += data
        if not self._has_header:
            header = self._read_header()
            if header is None:
                return
            yield header
        at = 0
        # One cut at the end, not one per tag: the work stays linear in what was read.
        while (end := self._tag_end(at)) is not None:
            tag = self._tag(at + _SIZE_BYTES, end)
            at = end
            if tag is not None:
                yield tag
        del self._buffer[:at]
        self._offset += at

    def _read_header(self) -> FlvHeader | None:
        buffer = self._buffer
        if not buffer.startswith(_SIGNATURE[: len(buffer)]):
            raise WireError("not FLV", offset=0)
        if len(buffer) < _HEADER_BYTES:
            return None
        size = int.from_bytes(buffer[5:_HEADER_BYTES], "big")
        if not _HEADER_BYTES <= size <= _MOST_HEADER_BYTES:
            raise WireError("FLV header has an impossible length", offset=5)
        if len(buffer) < size:
            return None
        header = FlvHeader(has_audio=bool(buffer[4] & 4), has_video=bool(buffer[4] & 1))
        self._has_header = True
        del buffer[:size]
        self._offset = size
        return header

    def _tag_end(self, at: int) -> int | None:
        """Return where the tag behind the size at `at` ends, None if it is not all there."""
        body = at + _SIZE_BYTES + _TAG_HEADER_BYTES
        if body > len(self._buffer):
            return None
        size = int.from_bytes(self._buffer[at + 5 : at + 8], "big")
        if size > MOST_TAG_BYTES:
            raise WireError(f"FLV tag is larger than {MOST_TAG_BYTES} bytes", offset=self._offset + at)
        return body + size if body + size <= len(self._buffer) else None

    def _tag(self, at: int, end: int) -> Tag | None:
        buffer = self._buffer
        kind = buffer[at] & _KIND_BITS
        if kind not in _KINDS or buffer[at] & _ENCRYPTED:
            return None
        # The highest byte of the time stands behind the others.
        time_ms = buffer[at + 7] << 24 | int.from_bytes(buffer[at + 4 : at + 7], "big")
        return Tag(TagKind(kind), time_ms, bytes(memoryview(buffer)[at + _TAG_HEADER_BYTES : end]))
