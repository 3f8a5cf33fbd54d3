"""Still pictures for many askers: one question to the camera at a time, and none for a picture just taken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.errors import CameraError, Rejected, TimedOut, Unsupported, WireError
from bridge.core.formats import Resolution
from bridge.proto.rtp.payload import jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.camera import Camera
    from bridge.core.timing import Clock

FRESH_S = 1.0
"""A picture, or a refusal, younger than this is the answer for the next asker too."""

TAKE_TIMEOUT_S = 10.0
"""Longer than any camera needs for a picture, shorter than any client's patience with a page."""

JPEG_START = b"\xff\xd8"
"""Start of image (ITU-T T.81 annex B.1.1.3)."""

_NEVER = float("-inf")


@dataclass(slots=True)
class _Still:
    """The last outcome of one stream, and whose turn it is to ask anew."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    outcome: bytes | CameraError = b""
    taken: float = _NEVER


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
        self._size_listeners: list[Callable[[str, Resolution], None]] = []

    def on_size(self, listener: Callable[[str, Resolution], None]) -> None:
        """Have a function called with the stream and the size of every picture, as far as it tells its size."""
        self._size_listeners.append(listener)

    @property
    def is_described(self) -> bool:
        """Whether it is known what camera it is."""
        return self._camera.description is not None

    async def take(self, stream: str, *, fresh_s: float = FRESH_S) -> bytes:
        """Return a JPEG of the moment.

        Args:
            stream: name of one of the camera's streams; callers have made sure of that.
            fresh_s: how old the picture may be, at most.

        Raises:
            CameraError: the camera cannot make one, or what it sent is not a JPEG.
        """
        still = self._stills.setdefault(stream, _Still())
        async with still.lock:
            if self._clock.now() >= still.taken + fresh_s:
                still.outcome = await self._ask(stream)
                still.taken = self._clock.now()
                self._tell_size(stream, still.outcome)
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

    def _tell_size(self, stream: str, outcome: bytes | CameraError) -> None:
        size = None if isinstance(outcome, CameraError) else _size(outcome)
        if size is not None:
            for listener in self._size_listeners:
                listener(stream, size)


def _size(picture: bytes) -> Resolution | None:
    """Return a picture's size; None for a JPEG of a kind that the bridge does not look into."""
    try:
        return Resolution(*jpeg.read_size(picture))
    except WireError:
        return None
