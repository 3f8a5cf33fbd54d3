"""The head of a HTTP/1.1 request (RFC 9112 sections 3 and 5), read only to tell where its connection belongs.

This is not a HTTP server: a head that is odd in any way is none here, and whoever serves HTTP judges it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

END_OF_HEAD = b"\r\n\r\n"

_REQUEST_LINE = re.compile(r"([A-Z]{1,20}) \S+ HTTP/1\.[01]", re.ASCII)
_BEGUN = re.compile(
    rb"""[A-Z]{0,20}                      # the method
         (?:[ ] \S*                       # the target
         (?:[ ] [HTP/1.0]{0,8}
         (?:\r(?:\n                       # the fields, of which only the ends of the lines are looked at
         (?:[^\r\n\0]++|\r\n)*+ \r? )?)?)?)?
    """,
    re.VERBOSE | re.ASCII,
)
_FIELD = re.compile(r"([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class RequestHead:
    """Method and header fields of a request.

    Names of fields are in lower case; several fields of one name are one value with commas. The repr shows no values:
    they may be credentials.
    """

    method: str
    fields: Mapping[str, str] = field(repr=False)

    def words(self, name: str) -> frozenset[str]:
        """Return the comma-separated words of a field in lower case; none if it is missing."""
        return frozenset(word.strip().lower() for word in self.fields.get(name, "").split(",") if word.strip())


def parse_head(head: bytes) -> RequestHead | None:
    """Return a request's head, None if it is none.

    Args:
        head: the bytes before `END_OF_HEAD`.
    """
    request_line, *lines = head.decode("latin-1").split("\r\n")
    request = _REQUEST_LINE.fullmatch(request_line)
    found = [_FIELD.fullmatch(line) for line in lines]
    if request is None:
        return None
    fields: dict[str, str] = {}
    for match in found:
        if match is None:
            return None
        name = match[1].lower()
        fields[name] = f"{fields[name]}, {match[2]}" if name in fields else match[2]
    return RequestHead(request[1], fields)


def may_become_head(begun: bytes) -> bool:
    """Return whether what a connection began with may be the beginning of a head that `parse_head` can read."""
    return _BEGUN.fullmatch(begun) is not None


def response(status: str, *fields: tuple[str, str]) -> bytes:
    """Return a response without a body, as bytes.

    Args:
        status: code and reason, `200 OK`.
        fields: the header fields in order.
    """
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join(lines).encode("latin-1") + END_OF_HEAD


def refusal(status: str, *fields: tuple[str, str]) -> bytes:
    """Return a response that says no, after which the connection ends."""
    return response(status, *fields, ("Content-Length", "0"), ("Connection", "close"))
