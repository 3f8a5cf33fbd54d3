"""H.265 in RTP (RFC 7798): what a payload holds, as far as random access needs it.

Single NAL units, aggregation packets and fragmentation units, without decoding order numbers (cameras send
`sprop-max-don-diff=0`). Random access pictures are the IRAP types: BLA, IDR and CRA. Parameter sets: VPS and SPS; a
PPS alone does not begin a sequence.
"""

from __future__ import annotations

from bridge.proto.rtp.payload.nal import Glance, NalContent, aggregated, glances, most_telling

_FIRST_IRAP = 16
_LAST_IRAP = 21
_LAST_VCL = 31
_VPS = 32
_SPS = 33
_AGGREGATION = 48
_FRAGMENTATION = 49
_NAL_HEADER_BYTES = 2

GLANCES = glances(lambda first: first >> 1 & 0x3F, fragment=_FRAGMENTATION, as_=Glance.FRAGMENT_LONG)
"""What `read_content` can say, by the first byte of a payload of three bytes or more."""


def read_content(data: bytes | bytearray | memoryview, start: int, end: int) -> NalContent:
    """Say what the RTP payload `data[start:end]` holds."""
    if end - start < _NAL_HEADER_BYTES:
        return NalContent.OTHER
    kind = _nal_type(data[start])
    if kind == _FRAGMENTATION:
        return _fragment(data, start + _NAL_HEADER_BYTES, end)
    if kind == _AGGREGATION:
        units = aggregated(data, start + _NAL_HEADER_BYTES, end)
        return most_telling([_content(_nal_type(data[unit])) for unit in units])
    return _content(kind)


def _fragment(data: bytes | bytearray | memoryview, at: int, end: int) -> NalContent:
    if at >= end or not data[at] & 0x80:
        return NalContent.OTHER
    return _content(data[at] & 0x3F)


def _nal_type(first_byte: int) -> int:
    return first_byte >> 1 & 0x3F


def _content(kind: int) -> NalContent:
    if kind in (_VPS, _SPS):
        return NalContent.PARAMETERS
    if _FIRST_IRAP <= kind <= _LAST_IRAP:
        return NalContent.RANDOM_ACCESS
    return NalContent.PICTURE if kind <= _LAST_VCL else NalContent.OTHER
