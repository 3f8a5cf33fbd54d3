"""A receiver of JPEG over RTP, written from RFC 2435 and the ONVIF Streaming Specification: it knows nothing of the
bridge. It makes a JPEG file of the packets of one picture."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

SAMPLING = {0: 0x21, 1: 0x22}


def picture_of(packets: list[bytes]) -> bytes:
    """Return the JPEG file that the RTP packets of one picture carry."""
    extension = _extension(packets[0])
    headers = b"\xff\xd8" + extension if extension else b""
    scan = b""
    for packet in packets:
        payload = _payload(packet)
        offset, kind, quality = int.from_bytes(payload[1:4], "big"), payload[4], payload[5]
        width, height = payload[6] * 8, payload[7] * 8
        rest, interval = payload[8:], 0
        if kind >= 64:
            interval, rest = int.from_bytes(rest[:2], "big"), rest[4:]
        if offset == 0 and quality >= 128:
            length = int.from_bytes(rest[2:4], "big")
            tables, rest = rest[4 : 4 + length], rest[4 + length :]
            headers = headers or _made_headers(kind % 64, width, height, tables, interval)
        assert offset == len(scan)
        scan += rest
    return headers + scan + b"\xff\xd9"


def has_extension(packet: bytes) -> bool:
    return bool(packet[0] & 0x10)


def _extension(packet: bytes) -> bytes:
    if not has_extension(packet):
        return b""
    assert packet[12:14] == b"\xff\xd8"
    return packet[16 : 16 + 4 * int.from_bytes(packet[14:16], "big")]


def _payload(packet: bytes) -> bytes:
    start = 12
    if has_extension(packet):
        start = 16 + 4 * int.from_bytes(packet[14:16], "big")
    return packet[start:]


def _made_headers(kind: int, width: int, height: int, tables: bytes, interval: int) -> bytes:
    """Make the headers that RFC 2435 leaves out; the Huffman tables are those of any file of libjpeg's."""
    quantisation = [_segment(0xDB, bytes((i,)) + tables[64 * i : 64 * i + 64]) for i in range(2)]
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    frame = _segment(0xC0, b"\x08" + size + bytes((3, 1, SAMPLING[kind], 0, 2, 0x11, 1, 3, 0x11, 1)))
    restart = _segment(0xDD, interval.to_bytes(2, "big")) if interval else b""
    scan = _segment(0xDA, bytes((3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0)))
    return b"\xff\xd8" + b"".join(quantisation) + frame + _usual_huffman() + restart + scan


def _usual_huffman() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    data = file.getvalue()
    at, found = 2, b""
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found += data[at:end] if data[at + 1] == 0xC4 else b""
        at = end
    return found


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content
