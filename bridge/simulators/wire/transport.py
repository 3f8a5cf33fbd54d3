"""The Transport header: what a client offers and what the camera chooses (RFC 2326 section 12.39)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAIR = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_TCP = "RTP/AVP/TCP"
_UDP = ("RTP/AVP", "RTP/AVP/UDP")


@dataclass(frozen=True, slots=True)
class TransportOffer:
    """One acceptable way to deliver a track.

    Attributes:
        is_interleaved: inside the RTSP connection; otherwise by UDP.
        pair: the channels for RTP and RTCP, or the client's ports.
    """

    is_interleaved: bool
    pair: tuple[int, int]


def choose_transport(header: str, *, free_channel: int) -> TransportOffer | None:
    """Return the first offer of a Transport header that the camera can serve, or None.

    Args:
        header: comma-separated offers, best first.
        free_channel: used, with the next one, for an interleaved offer that names no channels.
    """
    for offer in header.split(","):
        protocol, *words = (word.strip() for word in offer.split(";"))
        parameters = {name.lower(): value for name, _, value in (word.partition("=") for word in words)}
        if "multicast" in parameters:
            continue
        if protocol.upper() == _TCP:
            pair = _pair(parameters.get("interleaved", f"{free_channel}-{free_channel + 1}"), most=0xFF)
            if pair is not None:
                return TransportOffer(is_interleaved=True, pair=pair)
        elif protocol.upper() in _UDP:
            pair = _pair(parameters.get("client_port", ""), most=0xFFFF)
            if pair is not None and pair[0] > 0:
                return TransportOffer(is_interleaved=False, pair=pair)
    return None


def _pair(text: str, *, most: int) -> tuple[int, int] | None:
    match = _PAIR.fullmatch(text)
    if match is None:
        return None
    first = int(match[1])
    second = int(match[2]) if match[2] else first + 1
    return (first, second) if first <= most and second <= most else None
