"""Multipart bodies that never end (`multipart/x-mixed-replace`; RFC 2046 section 5.1), as cameras write them.

A part is reported as soon as the bytes that its Content-Length promises are there, not when the next one begins: that
would be a whole picture later. Once a length has turned out to be wrong, parts are taken from delimiter to delimiter.
Lines may end with a bare LF, and the boundary may have been announced with the dashes that belong to the delimiter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PART_BYTES = 8 * 1024 * 1024
"""A JPEG picture of 4K in the best quality has about 4 MB."""

MOST_HEADER_BYTES = 8 * 1024

_MOST_BOUNDARY_CHARS = 200
"""RFC 2046 allows 70; some cameras have not read it."""

_MOST_LINE_BYTES = 16
"""What may stand in a delimiter's line behind the boundary: dashes and blanks."""

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"(?:\A|\r?\n)\r?\n")
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK = b" \t\r\n"


class MultipartReader:
    """Cuts a body into the contents of its parts.

    Args:
        content_type: the header that announces it.

    Raises:
        WireError: it announces something else, or a boundary that cannot be one.
    """

    def __init__(self, content_type: str) -> None:
        is_multipart = content_type.strip().lower().startswith("multipart/")
        found = _BOUNDARY.search(content_type) if is_multipart else None
        name = (found[1] or found[2]).lstrip("-") if found else ""
        if not name.isascii() or not 0 < len(name) <= _MOST_BOUNDARY_CHARS:
            raise WireError("no multipart body with a usable boundary is announced")
        # The line end in front belongs to the delimiter; where a camera forgets it, the dashes still do.
        self._delimiter = re.compile(
            rb"(?:\r?\n)?-{2,8}" + re.escape(name.encode()) + rb"[- \t]{0,%d}\r?\n" % _MOST_LINE_BYTES
        )
        self._longest_delimiter = len(name) + 2 + 8 + _MOST_LINE_BYTES + 2
        self._buffer = bytearray()
        self._offset = 0
        self._searched = 0
        """Bytes of the buffer that are known not to hold the beginning of a delimiter."""
        self._trusts_lengths = True
        self._is_in_part = False
        self._header: bytes | None = None
        self._is_behind_length = False
        """A part was cut at its promised length, and nothing but a delimiter may follow."""

    def receive(self, data: bytes) -> Iterator[bytes]:
        """Take bytes and yield the contents of the parts that became complete; empty ones are left out.

        The iterator must be used up before the next call.

        Raises:
            WireError: something is larger than it may be.
        """
        self._buffer += data
        while True:
            if not self._is_in_part:
                if not self._skip_to_part():
                    return
            elif self._header is None:
                if not self._read_header():
                    return
            else:
                content = self._read_content(self._header)
                if content is None:
                    return
                if content:
                    yield content

    def _skip_to_part(self) -> bool:
        """Drop everything up to the next delimiter and the delimiter; return whether it is there."""
        found = self._find_delimiter()
        if found is None:
            return False
        if self._is_behind_length and self._buffer[: found.start()].strip(_BLANK):
            self._trusts_lengths = False
        self._is_behind_length = False
        self._is_in_part = True
        self._drop(found.end())
        return True

    def _read_header(self) -> bool:
        """Take the part's header; return whether it is there."""
        found = _END_OF_HEADER.search(self._buffer)
        if (found.end() if found else len(self._buffer)) > MOST_HEADER_BYTES:
            raise WireError(f"multipart header is larger than {MOST_HEADER_BYTES} bytes", offset=self._offset)
        if found is None:
            return False
        self._header = bytes(self._buffer[: found.end()])
        self._drop(found.end())
        return True

    def _read_content(self, header: bytes) -> bytes | None:
        """Take the part's content; None if it is not all there."""
        length = _LENGTH.search(header)
        size = int(length[1]) if length and self._trusts_lengths else 0
        if 0 < size <= MOST_PART_BYTES:
            return self._take_promised(size) if len(self._buffer) >= size else None
        found = self._find_delimiter()
        if found is None:
            return None
        content = bytes(self._buffer[: found.start()])
        self._finish_part(found.start())
        return content

    def _take_promised(self, size: int) -> bytes:
        """Take that many bytes, or fewer if the next part has begun before."""
        found = self._delimiter.search(self._buffer, 0, size)
        if found is not None:
            self._trusts_lengths = False
            size = found.start()
        content = bytes(self._buffer[:size])
        self._finish_part(size)
        self._is_behind_length = found is None
        return content

    def _finish_part(self, size: int) -> None:
        self._drop(size)
        self._is_in_part = False
        self._header = None

    def _find_delimiter(self) -> re.Match[bytes] | None:
        found = self._delimiter.search(self._buffer, self._searched)
        if found is None:
            self._searched = max(0, len(self._buffer) - self._longest_delimiter)
        if (found.start() if found else self._searched) > MOST_PART_BYTES:
            raise WireError(f"multipart has no delimiter within {MOST_PART_BYTES} bytes", offset=self._offset)
        return found

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._offset += size
        self._searched = 0
