"""Session descriptions (RFC 8866) as far as RTSP uses them: read from cameras, written for viewers.

Reading keeps every rtpmap and fmtp of every medium and ignores what it does not know. What the parameters of an
encoding mean is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

from bridge.core.errors import WireError
from bridge.proto.rtsp.message import CONTROL_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MEDIA = 16
"""Media of one description; cameras have up to four (video, audio, metadata, talk-back)."""


class Direction(StrEnum):
    """Who sends a medium, seen from the camera's description: `SENDONLY` marks a talk-back channel in ONVIF."""

    SENDRECV = "sendrecv"
    RECVONLY = "recvonly"
    SENDONLY = "sendonly"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class RtpMap:
    """What a payload type means; `encoding` as the sender wrote it."""

    encoding: str
    clock_rate: int
    channels: int = 1

    def render(self) -> str:
        """Return the attribute's text after the payload type."""
        return f"{self.encoding}/{self.clock_rate}" + (f"/{self.channels}" if self.channels > 1 else "")


STATIC_MAPS = {
    0: RtpMap("PCMU", 8000),
    3: RtpMap("GSM", 8000),
    8: RtpMap("PCMA", 8000),
    9: RtpMap("G722", 8000),
    10: RtpMap("L16", 44100, 2),
    11: RtpMap("L16", 44100),
    14: RtpMap("MPA", 90000),
    26: RtpMap("JPEG", 90000),
    33: RtpMap("MP2T", 90000),
}
"""Payload types that need no rtpmap (RFC 3551 section 6)."""


@dataclass(frozen=True, slots=True)
class Media:
    """One `m=` section.

    `rtpmaps` and `fmtps` are by payload type, with the static types filled in; `bandwidth_bps` is from `b=TIAS`,
    else from `b=AS`.
    """

    kind: str
    payload_types: tuple[int, ...]
    protocol: str = "RTP/AVP"
    control: str = ""
    rtpmaps: dict[int, RtpMap] = field(default_factory=dict)
    fmtps: dict[int, str] = field(default_factory=dict)
    frame_rate: float | None = None
    bandwidth_bps: int | None = None
    direction: Direction = Direction.SENDRECV


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """The whole description; `control` is the aggregate's URL, empty if there is none."""

    media: tuple[Media, ...]
    control: str = ""


def parse(data: bytes) -> SessionDescription:
    """Read a description.

    Raises:
        WireError: it has no media or too many, or an `m=` line cannot be read.
    """
    sections: list[list[tuple[str, str]]] = [[]]
    for kind, value in _lines(data):
        if kind == "m":
            sections.append([])
        sections[-1].append((kind, value))
    if not 1 <= len(sections) - 1 <= MOST_MEDIA:
        raise WireError(f"session description has {len(sections) - 1} media")
    session, *media = sections
    direction = _direction(session, Direction.SENDRECV)
    return SessionDescription(tuple(_parse_media(lines, direction) for lines in media), _attribute(session, "control"))


def build(description: SessionDescription, *, name: str, address: str) -> bytes:
    """Write a description for viewers, for delivery by RTSP: no ports, the media's own control URLs relative.

    Args:
        description: `rtpmaps` and `fmtps` are written as they are, `direction` only where it is not the default.
        name: the session's name; one line.
        address: the server's own address, which decides the address family.
    """
    family, anywhere = ("IP6", IPv6Address(0)) if ":" in address else ("IP4", IPv4Address(0))
    media = [line for medium in description.media for line in _build_media(medium)]
    # The version has to change when the content does, and only then.
    version = crc32("\n".join(media).encode("utf-8", "surrogateescape"))
    lines = [
        "v=0",
        f"o=- {crc32(name.encode())} {version} IN {family} {address}",
        f"s={name}",
        f"c=IN {family} {anywhere}",
        "t=0 0",
        *([f"a=control:{description.control}"] if description.control else []),
        *media,
        "",
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def resolve(base: str, control: str) -> str:
    """Return the absolute URL of a control attribute.

    Args:
        base: Content-Base, Content-Location or the URL of the request.
        control: absolute, relative, `*` or empty (both mean `base`).
    """
    if control in {"", "*"}:
        return base
    if re.match(r"rtsps?://", control, re.IGNORECASE):
        return control
    if control.startswith("/"):
        try:
            parts = urlsplit(base)
        except ValueError:
            raise WireError("base URL of the session description is broken") from None
        return urlunsplit((parts.scheme, parts.netloc, "", "", "")) + control
    # Cameras mean "append", also when the base has a query or no slash at its end; RFC 3986 would replace.
    return base.removesuffix("/") + "/" + control


def _lines(data: bytes) -> Iterator[tuple[str, str]]:
    for line in data.decode("utf-8", "surrogateescape").replace("\r", "\n").split("\n"):
        kind, equals, value = line.strip().partition("=")
        # Values end up in requests: what could not be sent is not taken in.
        if equals and len(kind) == 1 and not CONTROL_CHARACTER.search(value):
            yield kind, value.strip()


def _parse_media(lines: list[tuple[str, str]], direction: Direction) -> Media:
    words = lines[0][1].split()
    if len(words) < 4:
        raise WireError("session description has a broken m= line")
    payload_types = tuple(int(word) for word in words[3:] if re.fullmatch(r"\d{1,3}", word, re.ASCII))
    rtpmaps = {number: STATIC_MAPS[number] for number in payload_types if number in STATIC_MAPS}
    rtpmaps |= dict(_rtpmaps(lines))
    return Media(
        kind=words[0].lower(),
        payload_types=payload_types,
        protocol=words[2].upper(),
        control=_attribute(lines, "control"),
        rtpmaps=rtpmaps,
        fmtps=dict(_numbered(lines, "fmtp")),
        frame_rate=_frame_rate(_attribute(lines, "framerate")),
        bandwidth_bps=_bandwidth(lines),
        direction=_direction(lines, direction),
    )


def _attributes(lines: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for kind, value in lines:
        if kind == "a":
            name, _, content = value.partition(":")
            yield name.strip().lower(), content.strip()


def _attribute(lines: list[tuple[str, str]], name: str) -> str:
    return next((content for key, content in _attributes(lines) if key == name), "")


def _numbered(lines: list[tuple[str, str]], name: str) -> Iterator[tuple[int, str]]:
    """Yield payload type and text of each attribute of that name; broken ones are left out."""
    for key, content in _attributes(lines):
        found = re.fullmatch(r"(\d{1,3})\s+(.+)", content, re.ASCII) if key == name else None
        if found:
            yield int(found[1]), found[2]


def _rtpmaps(lines: list[tuple[str, str]]) -> Iterator[tuple[int, RtpMap]]:
    for payload_type, text in _numbered(lines, "rtpmap"):
        found = re.fullmatch(r"([^/\s]+)\s*/\s*(\d{1,9})(?:\s*/\s*(\d{1,2}))?", text, re.ASCII)
        if found and int(found[2]):
            yield payload_type, RtpMap(found[1], int(found[2]), max(1, int(found[3] or 1)))


def _frame_rate(text: str) -> float | None:
    found = re.match(r"\d{1,4}(\.\d{1,6})?", text, re.ASCII)
    return float(found[0]) if found else None


def _bandwidth(lines: list[tuple[str, str]]) -> int | None:
    """Return `b=TIAS` (bit/s), else `b=AS` (kbit/s)."""
    found = {}
    for kind, value in lines:
        number = re.fullmatch(r"(TIAS|AS)\s*:\s*(\d{1,12})", value, re.ASCII | re.IGNORECASE) if kind == "b" else None
        if number:
            found[number[1].upper()] = int(number[2]) * (1 if number[1].upper() == "TIAS" else 1000)
    return found.get("TIAS", found.get("AS"))


def _direction(lines: list[tuple[str, str]], default: Direction) -> Direction:
    known = {direction.value: direction for direction in Direction}
    return next((known[key] for key, _ in _attributes(lines) if key in known), default)


def _build_media(media: Media) -> Iterator[str]:
    yield f"m={media.kind} 0 {media.protocol} {' '.join(map(str, media.payload_types))}"
    if media.bandwidth_bps is not None:
        yield f"b=AS:{-(-media.bandwidth_bps // 1000)}"
        yield f"b=TIAS:{media.bandwidth_bps}"
    for payload_type, rtpmap in media.rtpmaps.items():
        yield f"a=rtpmap:{payload_type} {rtpmap.render()}"
    for payload_type, fmtp in media.fmtps.items():
        yield f"a=fmtp:{payload_type} {fmtp}"
    if media.frame_rate is not None:
        yield f"a=framerate:{media.frame_rate:g}"
    if media.control:
        yield f"a=control:{media.control}"
    if media.direction is not Direction.SENDRECV:
        yield f"a={media.direction.value}"
