"""JPEG pictures in RTP (RFC 2435), with the header extension of the ONVIF Streaming Specification ("JPEG over RTP").

RFC 2435 sends a picture without its headers: a receiver makes them anew from a type, the size in blocks of 8 pixels
(at most 2040 pixels) and the quantisation tables, and takes the usual Huffman tables (ITU-T T.81 annex K.3) for
granted. A picture that this describes exactly travels like that. For any other the headers of the picture itself go
into the extension of the first packet, where ONVIF clients find them; clients that know only the RFC still see
pictures whose size is no multiple of 8, and none of the others.

Only what cameras take snapshots in can be sent: baseline, 8 bits, colour in 4:2:0 or 4:2:2, or grey. Nothing is
encoded anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES, Payload

if TYPE_CHECKING:
    from collections.abc import Iterator

PAYLOAD_TYPE = 26
"""The static payload type of JPEG (RFC 3551 section 6)."""

CLOCK_RATE = 90_000

MOST_PLAIN_PX = 2040
"""Width and height that RFC 2435 can tell: 255 blocks of 8."""

_JFIF = 0xE0
_BASELINE = 0xC0
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HUFFMAN = 0xC4
_QUANTISATION = 0xDB
_RESTART_INTERVAL = 0xDD
_SCAN = 0xDA
_END_OF_IMAGE = 0xD9

_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
"""Behind a scan: within it, 0xFF stands only before 0 (stuffing) and the restart markers."""

_TYPES = {b"\x21\x11\x11": 0, b"\x22\x11\x11": 1}
"""Type of RFC 2435 by the sampling factors of Y, Cb and Cr: 4:2:2 and 4:2:0."""

_GREY = 1
"""Components of a grey picture. RFC 2435 has no type for it; the frame header in the extension says what it is."""

_WITH_RESTARTS = 64
"""Added to the type when restart markers are used (section 3.1.3)."""

_TABLES_IN_BAND = 255
"""The Q value for tables that come with each picture (section 3.1.8)."""

_TABLE_BYTES = 64

_MOST_SCAN_BYTES = 0xFFFFFF
"""What the fragment offset can tell (section 3.1.2)."""

_WHOLE_FRAME = 0xFFFF
"""First, last and count of a restart header whose packets are not aligned to restart intervals (section 3.1.7)."""

_START_OF_IMAGE = b"\xff\xd8"
"""Begins a picture, and marks the header extension of the first packet of one."""

_STANDARD_HUFFMAN = {
    0x00: bytes.fromhex("00010501010101010100000000000000000102030405060708090a0b"),
    0x10: bytes.fromhex(
        "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a"
        "161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a8384858687"
        "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7"
        "e8e9eaf1f2f3f4f5f6f7f8f9fa"
    ),
    0x01: bytes.fromhex("00030101010101010101010000000000000102030405060708090a0b"),
    0x11: bytes.fromhex(
        "00020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a1624"
        "34e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485"
        "868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6"
        "e7e8e9eaf2f3f4f5f6f7f8f9fa"
    ),
}
"""The tables that receivers take for granted, as counts and symbols, by class (0 DC, 1 AC) and number."""

_MOST_SYMBOLS = 162
"""Of a Huffman table in baseline pictures."""


@dataclass(frozen=True, slots=True)
class _Component:
    """One component as the frame header tells it."""

    sampling: int
    table: int


@dataclass(slots=True)
class _Headers:
    """What stands before the scan, as far as it has been read."""

    quantisation: dict[int, bytes] = field(default_factory=dict)
    huffman: dict[int, bytes] = field(default_factory=lambda: dict(_STANDARD_HUFFMAN))
    restart_interval: int = 0
    jfif: bytes = b""
    frame: bytes = b""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int.from_bytes(self.frame[3:5], "big"), int.from_bytes(self.frame[1:3], "big")

    @property
    def components(self) -> tuple[_Component, ...]:
        return tuple(_Component(self.frame[at + 1], self.frame[at + 2]) for at in range(6, len(self.frame), 3))


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """A picture in the parts that RTP wants.

    `kind` is the type of RFC 2435 without restart markers; `tables` are the quantisation tables of brightness and, if
    there is any, colour; `headers` are those of the picture itself, if they must be sent for it to be right.
    """

    width: int
    height: int
    kind: int
    tables: bytes
    restart_interval: int
    headers: bytes
    scan: bytes


def read(data: bytes) -> JpegPicture:
    """Take a JPEG file apart.

    Raises:
        WireError: it is none, or not of a kind that RTP can carry.
    """
    headers, scan_header, at = _read_headers(data)
    end = _NEXT_MARKER.search(data, at)
    if end is None or end[1][0] != _END_OF_IMAGE:
        raise WireError("JPEG picture does not end behind its first scan", offset=at)
    scan = data[at : end.start()]
    if not 0 < len(scan) <= _MOST_SCAN_BYTES:
        raise WireError("JPEG picture is empty, or too large for RTP")
    width, height = headers.size
    components = headers.components
    kind = _TYPES.get(bytes(component.sampling for component in components))
    if kind is None and len(components) != _GREY:
        raise WireError("JPEG picture is neither grey nor in 4:2:0 or 4:2:2")
    used = [component.table for component in components]
    if any(table not in headers.quantisation for table in used):
        raise WireError("JPEG picture lacks a quantisation table")
    tables = b"".join(headers.quantisation[table] for table in used[:2])
    is_plain = (
        kind is not None
        and max(width, height) <= MOST_PLAIN_PX
        and width % 8 == height % 8 == 0
        and used[1] == used[2]
        and headers.huffman == _STANDARD_HUFFMAN
        and scan_header[2::2][:3] == b"\x00\x11\x11"
    )
    return JpegPicture(
        width=width,
        height=height,
        kind=kind or 0,
        tables=tables,
        restart_interval=headers.restart_interval,
        headers=b"" if is_plain else _write_headers(headers, scan_header),
        scan=scan,
    )


def read_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG file in pixels.

    Raises:
        WireError: it is none, or not of a kind that RTP can carry.
    """
    return _read_headers(data)[0].size


def split(picture: JpegPicture) -> list[Payload]:
    """Return the payloads of a picture."""
    restart = b""
    kind = picture.kind
    if picture.restart_interval:
        kind += _WITH_RESTARTS
        restart = picture.restart_interval.to_bytes(2, "big") + _WHOLE_FRAME.to_bytes(2, "big")
    is_small = max(picture.width, picture.height) <= MOST_PLAIN_PX
    blocks = bytes((-(-picture.width // 8), -(-picture.height // 8))) if is_small else bytes(2)
    described = bytes((kind, _TABLES_IN_BAND)) + blocks + restart
    extension = _extension(picture.headers) if picture.headers else b""
    tables = bytes(2) + len(picture.tables).to_bytes(2, "big") + picture.tables
    payloads = []
    at = 0
    while at < len(picture.scan):
        head = bytes(1) + at.to_bytes(3, "big") + described + tables
        end = at + MOST_PAYLOAD_BYTES - len(head) - len(extension)
        payloads.append(Payload(head + picture.scan[at:end], extension))
        extension = tables = b""
        at = end
    return payloads


def _read_headers(data: bytes) -> tuple[_Headers, bytes, int]:
    """Return the headers, the scan header's content and where the scan begins."""
    headers = _Headers()
    for marker, content, end in _segments(data):
        if marker == _SCAN:
            if not headers.frame:
                raise WireError("JPEG picture has a scan without a frame header")
            count = len(headers.components)
            if len(content) != 4 + 2 * count or content[0] != count:
                raise WireError("JPEG picture has more than one scan")
            return headers, content, end
        _take_segment(headers, marker, content)
    raise WireError("JPEG picture has no scan")


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield marker, content and end of each segment up to the first scan header."""
    if not data.startswith(_START_OF_IMAGE):
        raise WireError("not a JPEG picture", offset=0)
    at = len(_START_OF_IMAGE)
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xFF:
            at += 1  # any number of fill bytes may stand before a marker
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            raise WireError("JPEG segment reaches beyond the picture", offset=at)
        yield data[at + 1], data[at + 4 : end], end
        at = end
    raise WireError("JPEG picture has something else where a segment should begin", offset=at)


def _take_segment(headers: _Headers, marker: int, content: bytes) -> None:
    if marker == _QUANTISATION:
        _take_quantisation(headers, content)
    elif marker == _HUFFMAN:
        _take_huffman(headers, content)
    elif marker == _BASELINE:
        _take_frame(headers, content)
    elif marker in _FRAME_HEADERS:
        raise WireError("JPEG picture is not baseline: RTP cannot carry it")
    elif marker == _RESTART_INTERVAL:
        headers.restart_interval = int.from_bytes(content[:2], "big")
    elif marker == _JFIF and not headers.jfif:
        # Its first 14 bytes tell the shape of the pixels; a thumbnail may follow.
        headers.jfif = content[:12] + bytes(2) if content.startswith(b"JFIF\0") and len(content) >= 14 else b""


def _take_quantisation(headers: _Headers, content: bytes) -> None:
    size = 1 + _TABLE_BYTES
    for at in range(0, len(content), size):
        table = content[at : at + size]
        if table[0] > 3 or len(table) != size:
            raise WireError("JPEG quantisation table is not one of 8 bits")
        headers.quantisation[table[0]] = table[1:]


def _take_huffman(headers: _Headers, content: bytes) -> None:
    at = 0
    while at < len(content):
        counts = content[at + 1 : at + 17]
        end = at + 17 + sum(counts)
        if content[at] not in _STANDARD_HUFFMAN or sum(counts) > _MOST_SYMBOLS or end > len(content):
            raise WireError("JPEG Huffman table is not one of a baseline picture")
        headers.huffman[content[at]] = content[at + 1 : end]
        at = end


def _take_frame(headers: _Headers, content: bytes) -> None:
    if headers.frame or len(content) < 9 or content[0] != 8 or len(content) != 6 + 3 * content[5]:
        raise WireError("JPEG frame header is broken")
    headers.frame = content
    if 0 in headers.size or len(headers.components) > 3:
        raise WireError("JPEG picture has no size, or more than three components")


def _write_headers(headers: _Headers, scan_header: bytes) -> bytes:
    """Return the segments that describe the picture, filled up in front of the last to whole words of 32 bits."""
    segments = [
        *([_segment(_JFIF, headers.jfif)] if headers.jfif else []),
        *(_segment(_QUANTISATION, bytes((number,)) + table) for number, table in headers.quantisation.items()),
        _segment(_BASELINE, headers.frame),
        *(_segment(_HUFFMAN, bytes((number,)) + table) for number, table in headers.huffman.items()),
    ]
    if headers.restart_interval:
        segments.append(_segment(_RESTART_INTERVAL, headers.restart_interval.to_bytes(2, "big")))
    written, last = b"".join(segments), _segment(_SCAN, scan_header)
    return written + b"\xff" * (-len(written + last) % 4) + last


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def _extension(headers: bytes) -> bytes:
    return _START_OF_IMAGE + (len(headers) // 4).to_bytes(2, "big") + headers
