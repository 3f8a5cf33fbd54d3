"""Still pictures for many askers: one question to the camera at a time, and none for a picture just taken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.errors import CameraError, Rejected, TimedOut, Unsupported

if TYPE_CHECKING:
    from bridge.core.camera import Camera
    from bridge.core.timing import Clock

FRESH_S = 1.0
"""A picture, or a refusal, younger than this is the answer for the next asker too."""

TAKE_TIMEOUT_S = 10.0
"""Longer than any camera needs for a picture, shorter than any client's patience with a page."""

JPEG_START = b"\xff\xd8"
"""Start of image (ITU-T T.81 annex B.1.1.3)."""


@dataclass(slots=True)
class _Still:
    """The last outcome of one stream, and whose turn it is to ask anew."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    outcome: bytes | CameraError = b""
    until: float = float("-inf")


class SnapshotService:
    """Pictures of one camera, per stream.

    Args:
        camera: whose facet `snapshots` is used; it may come and go.
        clock: for the age of pictures.
    """

    def __init__(self, camera: Camera, *, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self._stills: dict[str, _Still] = {}

    async def take(self, stream: str) -> bytes:
        """Return a JPEG of the moment, at most `FRESH_S` old.

        Args:
            stream: name of one of the camera's streams; callers have made sure of that.

        Raises:
            CameraError: the camera cannot make one, or what it sent is not a JPEG.
        """
        still = self._stills.setdefault(stream, _Still())
        async with still.lock:
            if self._clock.now() >= still.until:
                still.outcome = await self._ask(stream)
                still.until = self._clock.now() + FRESH_S
            if isinstance(still.outcome, CameraError):
                raise still.outcome.with_traceback(None)
            return still.outcome

    async def _ask(self, stream: str) -> bytes | CameraError:
        """Ask the camera; a refusal is an outcome too, so that those who waited do not all ask again."""
        snapshots = self._camera.facets.snapshots
        if snapshots is None:
            return Unsupported("the camera makes no snapshots", facet="snapshots", camera=self._camera.id)
        try:
            async with asyncio.timeout(TAKE_TIMEOUT_S):
                picture = await snapshots.take(stream)
        except TimeoutError:
            return TimedOut(f"no picture within {TAKE_TIMEOUT_S:g} s", camera=self._camera.id, operation="snapshot")
        except CameraError as error:
            return error
        if not picture.startswith(JPEG_START):
            return Rejected("the picture is not a JPEG", native_code="not a JPEG", camera=self._camera.id)
        return picture
