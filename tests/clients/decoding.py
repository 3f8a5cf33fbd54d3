"""Makes pictures and sound of RTP packets, written from RFC 6184, 7798, 2435, 3640 and 3551; FFmpeg and Pillow decode.

It knows nothing of the bridge. What it is given are the packets of one moment: up to the next one with a marker.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import av
from PIL import Image

from tests.clients.jpeg import picture_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_START = b"\0\0\0\1"


def is_key_picture(encoding: str, packets: Sequence[bytes]) -> bool:
    """Whether a picture can be decoded without any other."""
    if encoding == "JPEG":
        return True
    kinds = {_kind(encoding, nal) for nal in nal_units(encoding, packets)}
    return bool(kinds & ({5} if encoding == "H264" else set(range(16, 22))))


def picture_size(encoding: str, packets: Sequence[bytes]) -> tuple[int, int]:
    """Decode a key picture and return its width and height; it must be no other encoding."""
    if encoding == "JPEG":
        with Image.open(BytesIO(picture_of(list(packets)))) as picture:
            picture.load()
            return picture.size
    decoder = av.VideoCodecContext.create("h264" if encoding == "H264" else "hevc", "r")
    decoder.thread_count = 1
    data = b"".join(_START + nal for nal in nal_units(encoding, packets))
    (frame,) = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    return frame.width, frame.height


def samples(encoding: str, config: bytes, packets: Sequence[bytes]) -> int:
    """Decode sound and return how many samples it has."""
    if encoding in {"PCMU", "PCMA"}:
        return sum(len(payload(packet)) for packet in packets)
    assert encoding == "MPEG4-GENERIC"
    decoder = av.AudioCodecContext.create("aac", "r")
    decoder.extradata = config
    units = b"".join(payload(packet) for packet in packets)
    assert int.from_bytes(units[:2], "big") == 16, "one unit, 13 bits of size and 3 of index"
    size = int.from_bytes(units[2:4], "big") >> 3
    assert size == len(units) - 4
    return sum(each.samples for each in decoder.decode(av.Packet(units[4:])))


def payload(packet: bytes) -> bytes:
    """Return what an RTP packet carries, behind its extension."""
    start = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    return packet[start:]


def nal_units(encoding: str, packets: Sequence[bytes]) -> list[bytes]:
    """Return the NAL units of one picture."""
    header = 1 if encoding == "H264" else 2
    single_at_most, aggregate, fragment = (23, 24, 28) if encoding == "H264" else (47, 48, 49)
    found: list[bytes] = []
    for packet in packets:
        data = payload(packet)
        kind = _kind(encoding, data)
        if kind <= single_at_most:
            found.append(data)
        elif kind == aggregate:
            found += _aggregated(data[header:])
        else:
            assert kind == fragment, f"payload of kind {kind}"
            flags = data[header]
            if flags & 0x80:
                found.append(_whole_header(encoding, data))
            found[-1] += data[header + 1 :]
    return found


def _whole_header(encoding: str, data: bytes) -> bytes:
    """Return the header that a NAL unit had before it was cut up."""
    if encoding == "H264":
        return bytes((data[0] & 0xE0 | data[1] & 0x1F,))
    return bytes((data[0] & 0x81 | (data[2] & 0x3F) << 1, data[1]))


def _aggregated(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def _kind(encoding: str, nal: bytes) -> int:
    return nal[0] & 0x1F if encoding == "H264" else nal[0] >> 1 & 0x3F
