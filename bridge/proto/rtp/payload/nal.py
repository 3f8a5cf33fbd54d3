"""Where a decoder can begin: random access points in a stream of NAL units, whatever the codec.

The codec modules (`h264`, `h265`) say what one RTP payload holds; `RandomAccess` turns the sequence of these
answers into "a viewer can begin here".
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum


class NalContent(Enum):
    """The most telling thing that an RTP payload holds."""

    OTHER = 0
    """Continuations of fragments, delimiters, SEI: nothing that decides."""

    PARAMETERS = 1
    """Parameter sets that a sequence begins with (perhaps with a picture behind them in the same payload)."""

    RANDOM_ACCESS = 2
    """The start of a slice of a picture that needs no other."""

    PICTURE = 3
    """The start of a slice of any other picture."""


NalReader = Callable[[bytes | bytearray | memoryview, int, int], NalContent]
"""Says what the payload `data[start:end]` holds. Never raises: nonsense is OTHER."""


class Glance(IntEnum):
    """What the first byte of a payload tells at once, for whoever has no time to read each."""

    READ = 0
    """It has to be read."""

    FRAGMENT = 1
    """Part of a NAL unit, OTHER unless the highest bit of the payload's second byte is set."""

    FRAGMENT_LONG = 2
    """The same with the third byte."""

    OTHER = 3
    """Nothing that decides, whatever follows."""


def glances(kind_of: Callable[[int], int], *, fragment: int, as_: Glance) -> bytes:
    """Return what to make of each of the 256 first bytes that a payload can have.

    Args:
        kind_of: returns the NAL unit type that stands in a first byte.
        fragment: the type of fragments.
        as_: how to see whether a fragment is the first.
    """
    return bytes(as_ if kind_of(first) == fragment else Glance.READ for first in range(256))


class RandomAccess:
    """Finds the packet with which each random access point begins.

    That is the first parameter set before the picture, or the picture itself when the sets are only in the session
    description. Parameter sets alone count too: streams with gradual refresh have nothing else.
    """

    __slots__ = ("_read", "_rtp_time", "_waits_for_picture")

    def __init__(self, read: NalReader) -> None:
        self._read = read
        self._waits_for_picture = False
        self._rtp_time: int | None = None

    def begins_at(self, data: bytes | bytearray | memoryview, start: int, end: int, *, rtp_time: int) -> bool:
        """Take the next video payload, in order; return whether a random access point begins with it."""
        content = self._read(data, start, end)
        if content is NalContent.OTHER:
            return False
        if content is NalContent.PICTURE:
            self._waits_for_picture = False
            return False
        is_same = rtp_time == self._rtp_time
        self._rtp_time = rtp_time
        if content is NalContent.PARAMETERS:
            is_same = is_same and self._waits_for_picture
            self._waits_for_picture = True
            return not is_same
        # A few cameras stamp the parameter sets earlier than the picture they belong to.
        follows_parameters = self._waits_for_picture
        self._waits_for_picture = False
        return not (is_same or follows_parameters)


def aggregated(data: bytes | bytearray | memoryview, start: int, end: int) -> list[int]:
    """Return where the NAL units of an aggregation packet begin; `start` is the first unit's 16-bit size.

    Units that reach beyond `end`, and empty ones, are left out with all that follows.
    """
    units = []
    at = start
    while at + 2 < end:
        size = data[at] << 8 | data[at + 1]
        at += 2
        if size == 0 or at + size > end:
            break
        units.append(at)
        at += size
    return units


def most_telling(contents: list[NalContent]) -> NalContent:
    """Return what decides when one payload holds several NAL units."""
    for content in (NalContent.PARAMETERS, NalContent.RANDOM_ACCESS, NalContent.PICTURE):
        if content in contents:
            return content
    return NalContent.OTHER
