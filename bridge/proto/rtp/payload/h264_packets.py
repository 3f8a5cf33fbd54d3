"""H.264 made into RTP (RFC 6184, packetization mode 1): single NAL units, STAP-A and FU-A.

What a payload of somebody else holds is read in `payload.h264`.
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

SPS = 7
_STAP_A = 24
_FU_A = 28
_FORBIDDEN = 0x80
_IMPORTANCE = 0x60
_FIRST = 0x80
_LAST = 0x40


class _Headers:
    unit_header_bytes = 1

    def aggregate(self, units: Sequence[bytes]) -> bytes:
        forbidden = max(unit[0] & _FORBIDDEN for unit in units)
        return bytes((forbidden | max(unit[0] & _IMPORTANCE for unit in units) | _STAP_A,))

    def fragment(self, unit: bytes, *, is_first: bool, is_last: bool) -> bytes:
        position = (_FIRST if is_first else 0) | (_LAST if is_last else 0)
        return bytes((unit[0] & (_FORBIDDEN | _IMPORTANCE) | _FU_A, position | nal_type(unit)))


_HEADERS = _Headers()


def nal_type(unit: bytes) -> int:
    """Return the type of a NAL unit, which is not empty."""
    return unit[0] & 0x1F


def split(units: Sequence[bytes]) -> list[Payload]:
    """Return the payloads of an access unit; see `nal_packets.split`."""
    return nal_packets.split(units, _HEADERS)


def fmtp(parameter_sets: Iterable[bytes]) -> str:
    """Return the parameters of a session description (section 8.1).

    Args:
        parameter_sets: SPS and PPS as NAL units, the SPS first.

    Raises:
        WireError: there is no SPS, or it is too short to tell the profile.
    """
    sets = tuple(parameter_sets)
    sps = next((unit for unit in sets if unit and nal_type(unit) == SPS), b"")
    if len(sps) < 4:
        raise WireError("H.264 sequence parameter set is missing or too short")
    sprop = ",".join(b64encode(unit).decode() for unit in sets)
    return f"packetization-mode=1;profile-level-id={sps[1:4].hex().upper()};sprop-parameter-sets={sprop}"
