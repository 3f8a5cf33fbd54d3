"""Counts the packets that a viewer gets, to see that none is missing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.clients.rtsp import RtspClient


async def video_seqs(viewer: RtspClient, count: int) -> list[int]:
    """Return the sequence numbers of the next packets on interleaved channel 0."""
    seqs: list[int] = []
    while len(seqs) < count:
        channel, packet = await viewer.frame()
        if channel == 0:
            seqs.append(int.from_bytes(packet[2:4], "big"))
    return seqs


def is_gapless(seqs: Sequence[int]) -> bool:
    """Tell whether each packet follows the one before."""
    return all((one + 1) % 65536 == other for one, other in pairwise(seqs))
