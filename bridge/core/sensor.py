"""Modes of the image sensor that a camera can be put into: crops, layouts, frame rates.

Media Service Specification, "Video source mode".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bridge.core.formats import Resolution, VideoCodec


@dataclass(frozen=True, slots=True)
class SensorMode:
    """One mode. `reboots` says that the camera restarts when it is chosen."""

    token: str
    max_frame_rate: float
    max_resolution: Resolution
    encodings: tuple[VideoCodec, ...]
    description: str = ""
    reboots: bool = False


class SensorModes(Protocol):
    """Chooses the mode."""

    async def choose(self, token: str) -> None:
        """Put the sensor into a mode; when this returns, the description shows it, or the camera reboots.

        Raises:
            InvalidValue: `no_mode`.
        """
