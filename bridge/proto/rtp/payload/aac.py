"""AAC in RTP (RFC 3640, mode AAC-hbr) and its description, the AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).

One access unit per packet, so that none waits for another; a unit too large for a packet travels in fragments.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.core.errors import WireError
from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES, Payload

ENCODING = "MPEG4-GENERIC"

FRAME_SAMPLES = 1024
"""Of each channel in one access unit."""

MOST_UNIT_BYTES = (1 << 13) - 1
"""What the 13 bits of an AU header can tell."""

_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_EXPLICIT_RATE = 15
_ESCAPED_TYPE = 31
_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
"""By channel configuration; 0 means that the stream itself describes them."""

_HEADERS_BITS = (16).to_bytes(2, "big")
"""The length of all AU headers in a packet: there is one, of 13 bits size and 3 bits index."""


@dataclass(frozen=True, slots=True)
class AacConfig:
    """What a decoder has to know; `config` is the AudioSpecificConfig itself, rate and channels are read from it."""

    config: bytes
    rate_hz: int
    channels: int

    @classmethod
    def parse(cls, config: bytes) -> AacConfig:
        """Read an AudioSpecificConfig.

        Raises:
            WireError: it is too short, of a kind newer than AAC, or its rate or channels are reserved values.
        """
        bits = int.from_bytes(config[:6].ljust(6, b"\0"), "big")
        if bits >> 43 == _ESCAPED_TYPE:
            raise WireError("sound is not AAC but of a later kind")
        rate = bits >> 39 & 0x0F
        is_explicit = rate == _EXPLICIT_RATE
        if len(config) < (5 if is_explicit else 2):
            raise WireError("AAC configuration is too short")
        rate_hz = bits >> 15 & 0xFFFFFF if is_explicit else _RATES_HZ[rate] if rate < len(_RATES_HZ) else 0
        channels = bits >> (11 if is_explicit else 35) & 0x0F
        if rate_hz == 0 or channels >= len(_CHANNELS):
            raise WireError("AAC configuration has a reserved rate or channel configuration")
        # A decoder finds out itself what configuration 0 means; a session description has to say something.
        return cls(bytes(config), rate_hz, _CHANNELS[channels] or 1)

    @property
    def fmtp(self) -> str:
        """The parameters of a session description (section 4.1)."""
        return (
            "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;"
            f"config={self.config.hex().upper()}"
        )


def split(unit: bytes) -> list[Payload]:
    """Return the payloads of one access unit, which is not empty.

    Raises:
        WireError: it is larger than RFC 3640 can tell.
    """
    if len(unit) > MOST_UNIT_BYTES:
        raise WireError(f"AAC access unit has more than {MOST_UNIT_BYTES} bytes")
    # Every fragment carries the size of the whole unit.
    header = _HEADERS_BITS + (len(unit) << 3).to_bytes(2, "big")
    size = MOST_PAYLOAD_BYTES - len(header)
    return [Payload(header + unit[at : at + size]) for at in range(0, len(unit), size)]
