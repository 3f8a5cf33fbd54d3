"""The RTSP headers that have a structure (RFC 2326 section 12): read liberally, rendered strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bridge.core.errors import WireError

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_SESSION_TIMEOUT_S = 60
"""What a session lives without a sign of life when the server does not say (RFC 2326 section 12.37)."""

BACK_CHANNEL_FEATURE = "www.onvif.org/ver20/backchannel"
"""The feature tag of those who want to send as well (ONVIF Streaming Specification, "RTSP Require tag")."""

_NUMBER_PAIR = re.compile(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", re.ASCII)
_SSRC = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{1,8})")
_MOST_CHANNEL = 255
_MOST_PORT = 65535


class Lower(StrEnum):
    """What carries the packets."""

    UDP = "UDP"
    TCP = "TCP"


@dataclass(frozen=True, slots=True)
class Transport:
    """One alternative of a Transport header, of the RTP/AVP family.

    Pairs are (RTP, RTCP). `interleaved` are channels 0..255 of the connection, `client_port` and `server_port`
    UDP ports.
    """

    lower: Lower
    is_multicast: bool = False
    interleaved: tuple[int, int] | None = None
    client_port: tuple[int, int] | None = None
    server_port: tuple[int, int] | None = None
    ssrc: int | None = None
    mode: str = "PLAY"

    def render(self) -> str:
        """Return the header's value."""
        parts = ["RTP/AVP/TCP" if self.lower is Lower.TCP else "RTP/AVP"]
        parts.append("multicast" if self.is_multicast else "unicast")
        for name, pair in (
            ("interleaved", self.interleaved),
            ("client_port", self.client_port),
            ("server_port", self.server_port),
        ):
            if pair is not None:
                parts.append(f"{name}={pair[0]}-{pair[1]}")
        if self.ssrc is not None:
            parts.append(f"ssrc={self.ssrc:08X}")
        if self.mode != "PLAY":
            parts.append(f'mode="{self.mode}"')
        return ";".join(parts)


def parse_transports(value: str) -> tuple[Transport, ...]:
    """Read a Transport header; alternatives of other families than RTP/AVP are left out.

    Without `unicast` or `multicast` the transport counts as unicast: that is what clients which leave it out mean,
    whatever the standard's default.

    Raises:
        WireError: ports or channels are not what they must be.
    """
    alternatives = (_parse_transport(alternative) for alternative in value.split(","))
    return tuple(transport for transport in alternatives if transport is not None)


def _parse_transport(value: str) -> Transport | None:
    protocol, *words = (word.strip() for word in value.split(";"))
    match protocol.upper():
        case "RTP/AVP" | "RTP/AVP/UDP":
            lower = Lower.UDP
        case "RTP/AVP/TCP":
            lower = Lower.TCP
        case _:
            return None
    fields = {}
    for word in words:
        name, _, content = word.partition("=")
        fields[name.strip().lower()] = content.strip().strip('"')
    ssrc = _SSRC.fullmatch(fields.get("ssrc", ""))
    return Transport(
        lower,
        is_multicast="multicast" in fields,
        interleaved=_parse_pair(fields.get("interleaved"), _MOST_CHANNEL),
        client_port=_parse_pair(fields.get("client_port"), _MOST_PORT),
        server_port=_parse_pair(fields.get("server_port"), _MOST_PORT),
        ssrc=int(ssrc[1], 16) if ssrc else None,
        mode=fields.get("mode", "PLAY").upper(),
    )


def _parse_pair(value: str | None, most: int) -> tuple[int, int] | None:
    """Read `a-b`; a lone `a` means `a` and the number after it."""
    if value is None:
        return None
    found = _NUMBER_PAIR.fullmatch(value)
    if not found:
        raise WireError("Transport has a broken pair of numbers")
    first = int(found[1])
    second = first + 1 if found[2] is None else int(found[2])
    if max(first, second) > most:
        raise WireError(f"Transport has a number above {most}")
    return first, second


@dataclass(frozen=True, slots=True)
class SessionHeader:
    """The Session header: its id and, from the server, how long the session lives without a sign of life."""

    id: str
    timeout_s: int | None = None

    @classmethod
    def parse(cls, value: str) -> SessionHeader:
        """Read the header; a broken time-out counts as none.

        Raises:
            WireError: there is no id.
        """
        session_id, *words = (word.strip() for word in value.split(";"))
        if not session_id or re.search(r"\s", session_id):
            raise WireError("Session has no id")
        timeouts = (re.fullmatch(r"timeout\s*=\s*(\d{1,6})", word, re.ASCII | re.IGNORECASE) for word in words)
        return cls(session_id, next((int(found[1]) for found in timeouts if found and int(found[1])), None))

    def render(self) -> str:
        """Return the header's value."""
        return self.id if self.timeout_s is None else f"{self.id};timeout={self.timeout_s}"


@dataclass(frozen=True, slots=True)
class RtpInfo:
    """Where one track of a PLAY response begins: its control URL, first sequence number and RTP time."""

    url: str
    seq: int
    rtp_time: int

    def render(self) -> str:
        """Return this track's part of the RTP-Info header; parts are joined by commas."""
        return f"url={self.url};seq={self.seq};rtptime={self.rtp_time}"


def live_range(asked: str | None, utc: datetime) -> str:
    """Return the Range of a PLAY response for a live stream, in the units that the client asked in.

    Args:
        asked: the request's Range header; without one the answer is the absolute time, as ONVIF wants it.
        utc: the time of the first picture.
    """
    if asked is not None and asked.strip().lower().startswith("npt"):
        return "npt=0.000-"
    return f"clock={utc:%Y%m%dT%H%M%S}.{utc.microsecond // 1000:03d}Z-"


def parse_tokens(value: str) -> frozenset[str]:
    """Read a comma-separated list of names (Public, Allow, Require)."""
    return frozenset(word.strip() for word in value.split(",") if word.strip())


_SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
"""Through a tunnel some clients keep the scheme of the stream's address, which is HTTP's then."""


@dataclass(frozen=True, slots=True)
class RtspUrl:
    """An RTSP URL taken apart as far as a server needs it.

    Attributes:
        base: `rtsp://host:port/path/` with a slash at the end, without credentials and query; what a client
            resolves the tracks' relative control URLs against.
        path: without slashes around it.
    """

    base: str
    path: str

    @classmethod
    def parse(cls, url: str) -> RtspUrl:
        """Read a request's URL.

        Raises:
            WireError: it is not an absolute RTSP URL.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise WireError("request URL is broken") from None
        authority = parts.netloc.rpartition("@")[2]
        if parts.scheme not in _SCHEMES or not authority or re.search(r"\s", parts.netloc):
            raise WireError("request URL is not an absolute RTSP URL")
        path = parts.path.strip("/")
        return cls(f"{parts.scheme}://{authority}/{path}/" if path else f"{parts.scheme}://{authority}/", path)
