"""RTSP 1.0 messages as a camera reads and writes them (RFC 2326 sections 4, 6, 7 and 12).

Only what a server needs: requests in, responses out. Interleaved frames that a client sends (its RTCP, and what it
says to the camera) are cut out of the byte stream and handed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import formatdate
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_LIMIT_BYTES = 16 * 1024
"""A request's first line and headers; real ones stay below 1 KiB."""
BODY_LIMIT_BYTES = 64 * 1024
"""Far above any parameter list."""

_INTERLEAVED_HEADER_BYTES = 4
_METHOD_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_")


class Status(IntEnum):
    """The answers that a camera gives (RFC 2326 section 7.1.1)."""

    OK = 200
    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    NOT_FOUND = 404
    METHOD_NOT_ALLOWED = 405
    NOT_ENOUGH_BANDWIDTH = 453
    SESSION_NOT_FOUND = 454
    METHOD_NOT_VALID_IN_THIS_STATE = 455
    UNSUPPORTED_TRANSPORT = 461

    @property
    def phrase(self) -> str:
        """The reason phrase."""
        return "OK" if self is Status.OK else self.name.replace("_", " ").title()


class BadRequest(Exception):
    """The client sent bytes that are not an RTSP request; nothing after them can be trusted."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are in lower case."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path of the URL without slashes at its ends: `Preview_01_main/track1`; empty for `*` as well."""
        _, separator, rest = self.url.partition("://")
        path = rest.partition("/")[2] if separator else self.url.removeprefix("*")
        return path.partition("?")[0].strip("/")


@dataclass(frozen=True, slots=True)
class Response:
    """One response, without the headers that belong to the connection."""

    status: Status
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def render(self, cseq: str | None) -> bytes:
        """Return the bytes, with the request's CSeq."""
        headers = {} if cseq is None else {"CSeq": cseq}
        headers |= {"Date": formatdate(usegmt=True)} | self.headers
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"RTSP/1.0 {self.status:d} {self.status.phrase}", *(f"{name}: {headers[name]}" for name in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class RequestReader:
    """Cuts the bytes of one connection into requests.

    Args:
        on_frame: told channel and content of each interleaved frame; without it they are dropped.
    """

    def __init__(self, on_frame: Callable[[int, bytes], None] = lambda _channel, _content: None) -> None:
        self._buffer = bytearray()
        self._on_frame = on_frame

    def feed(self, data: bytes) -> None:
        """Take what was received."""
        self._buffer += data

    def next_request(self) -> Request | None:
        """Return the next whole request, or None until more bytes come.

        Raises:
            BadRequest: the bytes are not RTSP, or too many.
        """
        if not self._skip_between_requests():
            return None
        end = self._buffer.find(b"\r\n\r\n", 0, HEAD_LIMIT_BYTES)
        if end < 0:
            if len(self._buffer) >= HEAD_LIMIT_BYTES:
                raise BadRequest("the headers are too long")
            return None
        method, url, headers = parse_head(bytes(self._buffer[:end]))
        start, size = end + 4, _content_length(headers)
        if len(self._buffer) < start + size:
            return None
        body = bytes(self._buffer[start : start + size])
        del self._buffer[: start + size]
        return Request(method, url, headers, body)

    def _skip_between_requests(self) -> bool:
        """Cut out interleaved frames and blank lines; False if the buffer ends within one of them."""
        buffer = self._buffer
        while buffer[:1] == b"$" or buffer[:2] == b"\r\n":
            size = 2
            if buffer[:1] == b"$":
                if len(buffer) < _INTERLEAVED_HEADER_BYTES:
                    return False
                size = _INTERLEAVED_HEADER_BYTES + int.from_bytes(buffer[2:4])
            if len(buffer) < size:
                return False
            if buffer[:1] == b"$":
                self._on_frame(buffer[1], bytes(buffer[_INTERLEAVED_HEADER_BYTES:size]))
            del buffer[:size]
        return True


def parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Return method, URL and headers of a request's first lines.

    Raises:
        BadRequest: they are not RTSP.
    """
    try:
        first, *lines = head.decode().split("\r\n")
    except UnicodeDecodeError as error:
        raise BadRequest("the headers are not text") from error
    words = first.split(" ")
    if len(words) != 3 or not words[1] or not words[2].startswith("RTSP/1."):
        raise BadRequest("no RTSP request line")
    if not words[0] or not _METHOD_LETTERS.issuperset(words[0]):
        raise BadRequest("no method")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest("a header without a colon")
        headers[name.strip().lower()] = value.strip()
    return words[0], words[1], headers


def _content_length(headers: dict[str, str]) -> int:
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > BODY_LIMIT_BYTES:
        raise BadRequest("no acceptable Content-Length")
    return int(text)
