"""RTSP messages (RFC 2326 sections 4 to 7): requests and responses, read liberally and written strictly.

Liberal: bare line feeds, folded header lines, any case of header names, a status line without a reason phrase, spaces
around everything. Strict: what would let one message pass for two, such as control characters or contradicting
lengths, is refused. Where one message ends in a stream of bytes is `deframe`'s affair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_HEADERS = 100
"""Header lines in one message; real ones have fewer than 20."""

MOST_BODY_BYTES = 64 * 1024
"""Bodies are session descriptions and parameters: the largest seen are a few kilobytes."""

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    451: "Parameter Not Understood",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
    551: "Option Not Supported",
}

CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What may stand in no line of a message: it could end the line early."""

_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,31}", re.ASCII)
_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_STATUS_LINE = re.compile(r"RTSP/(\d+\.\d+) +(\d{3})(?: +(.*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Headers:
    """Header lines in order; names in any case, several lines of one name allowed.

    The repr shows names only: values may be credentials.

    Raises:
        ValueError: a name or value would break out of its line.
    """

    lines: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for name, value in self.lines:
            if not _HEADER_NAME.fullmatch(name) or CONTROL_CHARACTER.search(value):
                raise ValueError(f"{name!r} is not a header that can be sent")

    def get(self, name: str) -> str | None:
        """Return the first value of that name, or None."""
        return next(self._values(name), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of that name, in order."""
        return tuple(self._values(name))

    def _values(self, name: str) -> Iterator[str]:
        wanted = name.lower()
        return (value for key, value in self.lines if key.lower() == wanted)


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `url` is as it stood in the first line, with no claim that it is one."""

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    version: str = "1.0"

    def render(self) -> bytes:
        """Return the bytes of the message."""
        return _render(f"{self.method} {self.url} RTSP/{self.version}", self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """A response; an empty `reason` is rendered as the usual one."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    reason: str = ""
    version: str = "1.0"

    def render(self) -> bytes:
        """Return the bytes of the message."""
        reason = self.reason or REASONS.get(self.status, "Unknown")
        return _render(f"RTSP/{self.version} {self.status} {reason}", self.headers, self.body)


def cseq_of(message: Request | Response) -> int | None:
    """Return the sequence number that pairs requests with responses; None if there is none to read."""
    value = (message.headers.get("CSeq") or "").strip()
    return int(value) if re.fullmatch(r"\d{1,10}", value, re.ASCII) else None


def parse_head(head: bytes) -> tuple[Request | Response, int]:
    """Read the first line and the headers of a message.

    Args:
        head: everything before the empty line, without it.

    Returns:
        The message, still without its body, and the body's length in bytes.

    Raises:
        WireError: it is no RTSP message, or its body is larger than `MOST_BODY_BYTES`.
    """
    first, *rest = (line.removesuffix("\r") for line in head.decode("utf-8", "surrogateescape").split("\n"))
    headers = _parse_headers(rest)
    message = _parse_first_line(first.strip(" \t"), headers)
    return message, _body_length(headers)


def _parse_first_line(line: str, headers: Headers) -> Request | Response:
    if CONTROL_CHARACTER.search(line):
        raise WireError("control character in the first line")
    status = _STATUS_LINE.fullmatch(line)
    if status:
        return Response(int(status[2]), headers, reason=status[3] or "", version=status[1])
    words = line.split()
    if len(words) < 3 or not words[-1].startswith("RTSP/") or not _METHOD.fullmatch(words[0]):
        raise WireError("first line is neither a request nor a response")
    # Camera and stream names with spaces reach us unescaped from some clients.
    return Request(words[0], " ".join(words[1:-1]), headers, version=words[-1].removeprefix("RTSP/"))


def _parse_headers(lines: list[str]) -> Headers:
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and unfolded:
            unfolded[-1] += " " + line.strip(" \t")
        else:
            unfolded.append(line)
    if len(unfolded) > MOST_HEADERS:
        raise WireError(f"more than {MOST_HEADERS} header lines")
    pairs = []
    for line in unfolded:
        name, colon, value = line.partition(":")
        if not colon:
            raise WireError("header line without a colon")
        pairs.append((name.strip(" \t"), value.strip(" \t")))
    try:
        return Headers(tuple(pairs))
    except ValueError:
        raise WireError("broken header line") from None


def _body_length(headers: Headers) -> int:
    lengths = set(headers.all("Content-Length"))
    if not lengths:
        return 0
    value = lengths.pop()
    if lengths or not re.fullmatch(r"\d{1,9}", value, re.ASCII):
        raise WireError("Content-Length is not one number")
    if int(value) > MOST_BODY_BYTES:
        raise WireError(f"body is larger than {MOST_BODY_BYTES} bytes")
    return int(value)


def _render(first_line: str, headers: Headers, body: bytes) -> bytes:
    if CONTROL_CHARACTER.search(first_line):
        raise ValueError("control character in the first line of a message to send")
    lines = [first_line, *(f"{name}: {value}" for name, value in headers.lines if name.lower() != "content-length")]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body
