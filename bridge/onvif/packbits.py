"""PackBits, the run-length code of bit masks (TIFF 6.0, section 9).

ONVIF packs the active cells of a motion detector this way (Analytics Service Specification, annex on cell motion
detection). A header byte n of 0..127 is followed by n + 1 bytes as they are, one of 129..255 by a byte that stands
for 257 - n of it; 128 means nothing. Only the bytes: what their bits stand for is the caller's business.
"""

from __future__ import annotations

from itertools import groupby

from bridge.core.errors import WireError

LONGEST_RUN = 128
_NOTHING = 128


def pack(data: bytes) -> bytes:
    """Return `data` packed."""
    packed = bytearray()
    literal = bytearray()
    for byte, group in groupby(data):
        count = len(list(group))
        # A run of two saves nothing in the middle of bytes that stand as they are.
        if count == 1 or (count == 2 and literal):
            literal += bytes((byte,) * count)
            continue
        _end_literal(packed, literal)
        for start in range(0, count, LONGEST_RUN):
            length = min(LONGEST_RUN, count - start)
            # A run of one, left over from a longer one, is written like any other bytes.
            packed += bytes((257 - length if length > 1 else 0, byte))
    _end_literal(packed, literal)
    return bytes(packed)


def unpack(packed: bytes, *, limit: int) -> bytes:
    """Return what was packed.

    Args:
        packed: the code.
        limit: most bytes that it may stand for.

    Raises:
        WireError: the code ends in the middle, or stands for more.
    """
    data = bytearray()
    position = 0
    while position < len(packed):
        header = packed[position]
        start = position + 1
        if header == _NOTHING:
            position = start
            continue
        position = start + (header + 1 if header < _NOTHING else 1)
        if position > len(packed):
            raise WireError("packed bits end in the middle", offset=start)
        data += packed[start:position] if header < _NOTHING else packed[start:position] * (257 - header)
        if len(data) > limit:
            raise WireError(f"packed bits stand for more than {limit} bytes", offset=start)
    return bytes(data)


def _end_literal(packed: bytearray, literal: bytearray) -> None:
    """Write the bytes that stand as they are, and forget them."""
    for start in range(0, len(literal), LONGEST_RUN):
        part = literal[start : start + LONGEST_RUN]
        packed.append(len(part) - 1)
        packed += part
    literal.clear()
