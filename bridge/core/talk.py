"""The way back: sound from a viewer to a camera's loudspeaker.

ONVIF Streaming Specification, "Back channel connection".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bridge.core.formats import AudioCodec
from bridge.core.units import Range


@dataclass(frozen=True, slots=True)
class TalkDescription:
    """A loudspeaker: which sound it takes, and its volume 0..100, with a range if it can be set.

    The encodings are best first, at the rate given.
    """

    codecs: tuple[AudioCodec, ...]
    sample_rate_hz: int = 8000
    volume: float = 100.0
    volume_range: Range | None = None


class Talk(Protocol):
    """Brings sound to the loudspeaker; one talker at a time."""

    async def start(self, codec: AudioCodec) -> None:
        """Open the way.

        Raises:
            Busy: somebody else talks.
        """

    def send(self, payload: bytes, rtp_time: int) -> None:
        """Hand over one RTP payload of the codec started, never blocks; what the camera cannot take in time is lost."""

    async def stop(self) -> None:
        """Close the way; harmless when it is closed."""

    async def set_volume(self, percent: float) -> None:
        """Set the volume, within the description's range. When this returns, the description shows it.

        Raises:
            InvalidValue: `volume`, if the camera does not take it.
        """
