"""The parameter sets of a video track as FLV and MP4 keep them (ISO/IEC 14496-15, sections 5.3.3 and 8.3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.core.errors import WireError

_LENGTH_BITS = 0x03

_AVC_LENGTH_AT, _AVC_SETS_AT = 4, 5
_AVC_COUNT_BITS = 0x1F

_HEVC_LENGTH_AT, _HEVC_ARRAYS_AT = 21, 22
_PARAMETER_SET_TYPES = frozenset({32, 33, 34})
"""VPS, SPS and PPS; the arrays may hold SEI messages as well."""


@dataclass(frozen=True, slots=True)
class DecoderConfiguration:
    """What a decoder has to know before the first picture.

    Attributes:
        parameter_sets: NAL units in decoding order: SPS and PPS, with the VPS in front for H.265.
        length_bytes: how many bytes tell the length of each NAL unit in a picture, 1 to 4.
    """

    parameter_sets: tuple[bytes, ...]
    length_bytes: int

    def units(self, picture: bytes) -> tuple[bytes, ...]:
        """Cut a picture into its NAL units; empty ones are left out.

        Raises:
            WireError: a unit reaches beyond the picture.
        """
        units = []
        reader = _Reader(picture, 0)
        while not reader.is_at_end:
            unit = reader.take(reader.number(self.length_bytes))
            if unit:
                units.append(unit)
        return tuple(units)


def read_avc(record: bytes) -> DecoderConfiguration:
    """Read an AVCDecoderConfigurationRecord.

    Raises:
        WireError: it ends too early or has no parameter sets.
    """
    reader = _Reader(record, _AVC_SETS_AT)
    sets = [reader.take(reader.number(2)) for _ in range(reader.number(1) & _AVC_COUNT_BITS)]
    sets += [reader.take(reader.number(2)) for _ in range(reader.number(1))]
    return _configuration(sets, record[_AVC_LENGTH_AT])


def read_hevc(record: bytes) -> DecoderConfiguration:
    """Read an HEVCDecoderConfigurationRecord.

    Raises:
        WireError: it ends too early or has no parameter sets.
    """
    reader = _Reader(record, _HEVC_ARRAYS_AT)
    sets: dict[int, list[bytes]] = {kind: [] for kind in sorted(_PARAMETER_SET_TYPES)}
    for _ in range(reader.number(1)):
        kind = reader.number(1) & 0x3F
        found = [reader.take(reader.number(2)) for _ in range(reader.number(2))]
        if kind in sets:
            sets[kind] += found
    return _configuration([unit for units in sets.values() for unit in units], record[_HEVC_LENGTH_AT])


def _configuration(sets: list[bytes], length: int) -> DecoderConfiguration:
    kept = tuple(unit for unit in sets if unit)
    if not kept:
        raise WireError("decoder configuration has no parameter sets")
    return DecoderConfiguration(kept, (length & _LENGTH_BITS) + 1)


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._data)

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise WireError("NAL unit or decoder configuration ends too early", offset=self._at)
        taken = self._data[self._at : end]
        self._at = end
        return taken
