"""G.711 in RTP (RFC 3551 section 4.5.14): a byte per sample, 8000 in a second, mono.

The payload types are static, so nothing has to be described.
"""

from __future__ import annotations

from bridge.proto.rtp.packetizer import Payload

CLOCK_RATE = 8000

PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8}

MOST_SAMPLES = 400
"""Of one packet: 50 ms; what many receivers expect is 20, what some cannot take is more than 60."""


def split(samples: bytes) -> list[tuple[int, Payload]]:
    """Return payloads, each with the number of samples before it."""
    return [(at, Payload(samples[at : at + MOST_SAMPLES])) for at in range(0, len(samples), MOST_SAMPLES)]
