"""The snapshot facet: `Snap`, one picture per request, about a second each (vendor document, 3.4.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.model import CameraDescription
    from bridge.drivers.reolink.client import ReolinkClient


class ReolinkSnapshots:
    """`core.camera.Snapshots` for one channel.

    Args:
        client: returns the connected client, or raises what stands in the way.
        description: returns what is known of the camera.
    """

    def __init__(
        self, client: Callable[[], ReolinkClient], description: Callable[[], CameraDescription | None]
    ) -> None:
        self._client = client
        self._description = description

    async def take(self, stream: str) -> bytes:
        """Return a JPEG; for other streams than the main one in that stream's size.

        Raises:
            CameraError: there was none.
        """
        client = self._client()
        description = self._description()
        known = description.stream(stream) if description is not None else None
        if description is None or known is None:
            raise Unsupported(f"there is no stream {stream!r}", facet="snapshot", operation="Snap")
        is_best = known is description.streams[0]
        return await client.snap(stream, None if is_best else known.encoder.resolution)
