"""H.265 made into RTP (RFC 7798): single NAL units, aggregation packets and fragmentation units.

Without decoding order numbers: units are sent in the order in which they are decoded. What a payload of somebody else
holds is read in `payload.h265`.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.proto.rtp.payload import nal_packets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.proto.rtp.packetizer import Payload

CLOCK_RATE = 90_000

VPS = 32
SPS = 33
PPS = 34
_AGGREGATION = 48
_FRAGMENTATION = 49
_NAL_HEADER_BYTES = 2
_FIRST = 0x80
_LAST = 0x40
_SPROP = {VPS: "sprop-vps", SPS: "sprop-sps", PPS: "sprop-pps"}


class _Headers:
    unit_header_bytes = _NAL_HEADER_BYTES

    def aggregate(self, units: Sequence[bytes]) -> bytes:
        # Layer and temporal level are the lowest of the units inside (section 4.4.2); F is set if one has it.
        forbidden = max(unit[0] & 0x80 for unit in units) << 8
        layer = min(_word(unit) & 0x01F8 for unit in units)
        level = min(_word(unit) & 0x0007 for unit in units)
        return (forbidden | _AGGREGATION << 9 | layer | level).to_bytes(2, "big")

    def fragment(self, unit: bytes, *, is_first: bool, is_last: bool) -> bytes:
        position = (_FIRST if is_first else 0) | (_LAST if is_last else 0)
        return bytes((unit[0] & 0x81 | _FRAGMENTATION << 1, unit[1], position | nal_type(unit)))


_HEADERS = _Headers()


def nal_type(unit: bytes) -> int:
    """Return the type of a NAL unit, which is not empty."""
    return unit[0] >> 1 & 0x3F


def split(units: Sequence[bytes]) -> list[Payload]:
    """Return the payloads of an access unit; see `nal_packets.split`."""
    return nal_packets.split(units, _HEADERS)


def fmtp(parameter_sets: Iterable[bytes]) -> str:
    """Return the parameters of a session description (section 7.1).

    Args:
        parameter_sets: VPS, SPS and PPS as NAL units, in any order.

    Raises:
        WireError: one of the three is missing.
    """
    found: dict[str, list[str]] = {name: [] for name in _SPROP.values()}
    for unit in parameter_sets:
        name = _SPROP.get(nal_type(unit)) if unit else None
        if name is not None:
            found[name].append(b64encode(unit).decode())
    if not all(found.values()):
        raise WireError("H.265 parameter sets are not complete")
    return ";".join(f"{name}={','.join(values)}" for name, values in found.items())


def _word(unit: bytes) -> int:
    return unit[0] << 8 | unit[1]
