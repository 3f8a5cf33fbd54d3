"""ONVIF metadata in RTP (ONVIF Streaming Specification, "RTP for Metadata stream"): XML documents, uncompressed.

A document is cut into packets anywhere; the marker stands on the packet with its end. What documents say is not
decided here.
"""

from __future__ import annotations

from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES, Payload

ENCODING = "vnd.onvif.metadata"
"""Encoding name in session descriptions, as the standard spells it: clients compare the text."""

CLOCK_RATE = 90_000


def split(document: bytes) -> list[Payload]:
    """Return the payloads of a document, which is not empty."""
    return [Payload(document[at : at + MOST_PAYLOAD_BYTES]) for at in range(0, len(document), MOST_PAYLOAD_BYTES)]
