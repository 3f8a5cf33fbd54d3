"""From one law of G.711 to the other (ITU-T G.711): viewers talk in mu-law, some loudspeakers only take A-law.

Both are logarithmic scales of one byte per sample, the top bit of which is the sign; each code becomes the nearest one
of the other law. That is a table of 256 bytes each way. Nothing else of the standard is needed here: nobody encodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGN = 0x80
_PCMU_BIAS = 0x84
_PCMA_INVERTED = 0x55
"""Every other bit is sent upside down, so that silence is not a row of equal bits."""


def pcmu_to_pcma(payload: bytes) -> bytes:
    """Return mu-law samples as A-law."""
    return payload.translate(_PCMU_TO_PCMA)


def pcma_to_pcmu(payload: bytes) -> bytes:
    """Return A-law samples as mu-law."""
    return payload.translate(_PCMA_TO_PCMU)


def pcmu_magnitude(code: int) -> int:
    """Return how loud a mu-law code is, whatever its sign, on the scale of 16-bit samples."""
    inverted = ~code
    segment, step = inverted >> 4 & 7, inverted & 0x0F
    return ((step << 3) + _PCMU_BIAS << segment) - _PCMU_BIAS


def pcma_magnitude(code: int) -> int:
    """Return how loud an A-law code is, whatever its sign, on the scale of 16-bit samples."""
    plain = code ^ _PCMA_INVERTED
    segment, step = plain >> 4 & 7, plain & 0x0F
    linear = (step << 4) + 8
    return linear + 0x100 << segment - 1 if segment else linear


def _table(of: Callable[[int], int], to: Callable[[int], int]) -> bytes:
    """Return the nearest code of one law for each code of the other; signs stay."""
    nearest = bytes(min(range(_SIGN), key=lambda code: abs(to(code) - of(given))) for given in range(_SIGN))
    return nearest + bytes(code | _SIGN for code in nearest)


_PCMU_TO_PCMA = _table(pcmu_magnitude, pcma_magnitude)
_PCMA_TO_PCMU = _table(pcma_magnitude, pcmu_magnitude)
