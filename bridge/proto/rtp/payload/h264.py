"""H.264 in RTP (RFC 6184): what a payload holds, as far as random access needs it.

Single NAL units, STAP-A and FU-A; the interleaved modes (STAP-B, MTAP, FU-B) are not used by cameras and read as
nothing. Parameter sets: SPS; a PPS alone does not begin a sequence.
"""

from __future__ import annotations

from bridge.proto.rtp.payload.nal import Glance, NalContent, aggregated, glances, most_telling

_NON_IDR_SLICE = 1
_IDR_SLICE = 5
_SPS = 7
_STAP_A = 24
_FU_A = 28

_CONTENT = {
    _NON_IDR_SLICE: NalContent.PICTURE,
    _IDR_SLICE: NalContent.RANDOM_ACCESS,
    _SPS: NalContent.PARAMETERS,
}

GLANCES = glances(lambda first: first & 0x1F, fragment=_FU_A, as_=Glance.FRAGMENT)
"""What `read_content` can say, by the first byte of a payload of three bytes or more."""


def read_content(data: bytes | bytearray | memoryview, start: int, end: int) -> NalContent:
    """Say what the RTP payload `data[start:end]` holds."""
    if start >= end:
        return NalContent.OTHER
    kind = data[start] & 0x1F
    if kind == _FU_A:
        return _fragment(data, start, end)
    if kind == _STAP_A:
        units = aggregated(data, start + 1, end)
        return most_telling([_CONTENT.get(data[unit] & 0x1F, NalContent.OTHER) for unit in units])
    return _CONTENT.get(kind, NalContent.OTHER)


def _fragment(data: bytes | bytearray | memoryview, start: int, end: int) -> NalContent:
    if start + 1 >= end or not data[start + 1] & 0x80:
        return NalContent.OTHER
    return _CONTENT.get(data[start + 1] & 0x1F, NalContent.OTHER)
