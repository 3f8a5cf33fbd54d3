"""NAL units in RTP: how an access unit is cut into payloads, whatever the codec (RFC 6184 and RFC 7798).

Both codecs do the same with headers of different length: small units that follow each other travel together, a large
one in fragments, any other alone. The codec modules (`h264_packets`, `h265_packets`) say how the headers look.
Decoding order is sending order; the interleaved modes are not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES, Payload

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZE_BYTES = 2
"""In front of each unit of an aggregate."""


class NalHeaders(Protocol):
    """The payload headers of one codec."""

    @property
    def unit_header_bytes(self) -> int:
        """Length of a NAL unit's own header, which fragments do without; an aggregate's header is as long."""

    def aggregate(self, units: Sequence[bytes]) -> bytes:
        """Return the header of a payload that holds these units."""

    def fragment(self, unit: bytes, *, is_first: bool, is_last: bool) -> bytes:
        """Return the header of a payload that holds a part of the unit."""


def split(units: Sequence[bytes], headers: NalHeaders) -> list[Payload]:
    """Return the payloads of an access unit.

    Args:
        units: its NAL units in order, without start codes; those shorter than their header are left out.
        headers: of the codec.
    """
    payloads: list[Payload] = []
    together: list[bytes] = []
    room = 0
    for unit in units:
        if len(unit) < headers.unit_header_bytes:
            continue
        size = _SIZE_BYTES + len(unit)
        if together and size > room:
            payloads.append(_joined(together, headers))
            together = []
        if len(unit) > MOST_PAYLOAD_BYTES:
            payloads.extend(_fragments(unit, headers))
            continue
        if not together:
            room = MOST_PAYLOAD_BYTES - headers.unit_header_bytes
        together.append(unit)
        room -= size
    if together:
        payloads.append(_joined(together, headers))
    return payloads


def _joined(units: Sequence[bytes], headers: NalHeaders) -> Payload:
    if len(units) == 1:
        return Payload(units[0])
    parts = (len(unit).to_bytes(_SIZE_BYTES, "big") + unit for unit in units)
    return Payload(headers.aggregate(units) + b"".join(parts))


def _fragments(unit: bytes, headers: NalHeaders) -> list[Payload]:
    size = MOST_PAYLOAD_BYTES - len(headers.fragment(unit, is_first=True, is_last=False))
    starts = range(headers.unit_header_bytes, len(unit), size)
    return [
        Payload(
            headers.fragment(unit, is_first=start == starts[0], is_last=start == starts[-1])
            + unit[start : start + size]
        )
        for start in starts
    ]
