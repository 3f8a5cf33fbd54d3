"""RTSP through HTTP (ONVIF Streaming, "RTP/RTSP/HTTP/TCP"; Apple, "Tunneling QuickTime RTSP and RTP over HTTP").

Two connections of one client make a tunnel, held together by a cookie: the response to a GET that never ends is the
way down, the body of a POST, in base64, is the way up. Here are the words of it, for both sides, and the decoding;
what joins the two connections is `media.tunnels` for our viewers, and `media.sources.rtsp_tunnel` towards cameras.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from bridge.core.errors import WireError
from bridge.proto.http.head import END_OF_HEAD, response

COOKIE = "x-sessioncookie"
"""The header field that makes a GET or a POST part of a tunnel."""

_TUNNELLED = "application/x-rtsp-tunnelled"

DOWN_RESPONSE = response(
    "200 OK",
    ("Connection", "close"),
    ("Cache-Control", "no-store"),
    ("Pragma", "no-cache"),
    ("Content-Type", _TUNNELLED),
)
"""The answer to the GET: its body has no length and ends with the connection."""

_WHITE_SPACE = b" \t\r\n"
_QUAD = 4
_PADDED_RUN = re.compile(rb"[^=]*=+|[^=]+")


class Base64Stream:
    """Decodes what a client posts, cut anywhere.

    Clients encode message by message, so padding stands in the middle too; and they break lines, or do not.
    """

    def __init__(self) -> None:
        self._rest = b""

    def receive(self, data: bytes) -> bytes:
        """Take characters and return the bytes that became complete.

        Raises:
            WireError: it is no base64.
        """
        text = self._rest + data.translate(None, _WHITE_SPACE)
        whole = len(text) - len(text) % _QUAD
        self._rest = text[whole:]
        try:
            return b"".join(binascii.a2b_base64(run, strict_mode=True) for run in _PADDED_RUN.findall(text[:whole]))
        except binascii.Error as error:
            raise WireError("what was posted into the tunnel is no base64") from error


# -- the client's side ---------------------------------------------------------------------------------------------

MOST_HEAD_BYTES = 16 * 1024
"""Of the answer to the GET."""

_STATUS_LINE = re.compile(r"HTTP/1\.[01] (\d{3})(?: .*)?", re.ASCII)
_CHALLENGE = re.compile(r"www-authenticate:[ \t]*(.*?)[ \t]*", re.ASCII | re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(r"\r?\n")

UP_BYTES = 32767
"""The length that a POST promises, as Apple's own client does: every camera knows it, and none has to make room for
more. It lasts for half an hour of keep-alives and some seconds of speech; then there has to be another POST."""


@dataclass(frozen=True, slots=True)
class TunnelEnd:
    """Where a tunnel leads to.

    Attributes:
        host: with the port, as in a Host header.
        target: path and query.
        cookie: what holds the two connections together: unpredictable, other for every tunnel.
    """

    host: str
    target: str
    cookie: str

    def down_request(self, credentials: str | None) -> bytes:
        """Return the head of the GET, with an Authorization header if there are credentials."""
        return self._request("GET", (("Accept", _TUNNELLED), *_authorization(credentials)))

    def up_request(self, credentials: str | None) -> bytes:
        """Return the head of the POST, whose answer nobody waits for."""
        length = ("Content-Length", str(UP_BYTES))
        return self._request("POST", (("Content-Type", _TUNNELLED), length, *_authorization(credentials)))

    def _request(self, method: str, fields: tuple[tuple[str, str], ...]) -> bytes:
        lines = [
            f"{method} {self.target} HTTP/1.0",
            f"Host: {self.host}",
            f"{COOKIE}: {self.cookie}",
            "Pragma: no-cache",
            "Cache-Control: no-cache",
            *(f"{name}: {value}" for name, value in fields),
        ]
        return "\r\n".join(lines).encode() + END_OF_HEAD


@dataclass(frozen=True, slots=True)
class DownAnswer:
    """The answer to the GET; `challenges` are the values of its WWW-Authenticate headers, `rest` what came behind."""

    status: int
    challenges: tuple[str, ...]
    rest: bytes


class DownReader:
    """Reads the head of the answer to the GET."""

    def __init__(self) -> None:
        self._buffer = b""

    def receive(self, data: bytes) -> DownAnswer | None:
        """Take bytes; return the answer once its head is there. Not to be called after that.

        Raises:
            WireError: it is not HTTP.
        """
        self._buffer += data
        found = _END_OF_HEAD.search(self._buffer)
        if (found.start() if found else len(self._buffer)) > MOST_HEAD_BYTES:
            raise WireError(f"the answer's head is larger than {MOST_HEAD_BYTES} bytes")
        if found is None:
            return None
        status_line, *lines = _LINE_END.split(self._buffer[: found.start()].decode("latin-1"))
        status = _STATUS_LINE.fullmatch(status_line)
        if status is None:
            raise WireError("the answer is not HTTP")
        challenges = (_CHALLENGE.fullmatch(line) for line in lines)
        return DownAnswer(int(status[1]), tuple(each[1] for each in challenges if each), self._buffer[found.end() :])


def _authorization(credentials: str | None) -> tuple[tuple[str, str], ...]:
    return () if credentials is None else (("Authorization", credentials),)
