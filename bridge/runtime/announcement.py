"""What discovery is told of one device: keeps both in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.discovery.service import DiscoveredDevice, DiscoveryService
    from bridge.onvif.device import VirtualDevice


class Announcement:
    """The presence of a device in discovery.

    Args:
        device: whose scopes and mode decide.
        described: the same device as discovery sees it.
        discovery: is told.
    """

    def __init__(self, device: VirtualDevice, described: DiscoveredDevice, discovery: DiscoveryService) -> None:
        self._device = device
        self._described = described
        self._discovery = discovery
        self._announced: tuple[str, ...] | None = None
        self._is_open = True

    def update(self) -> None:
        """Say Hello or Bye if the device's scopes, or whether it may be found, differ from what was last said."""
        wanted = self._device.scopes() if self._is_open and self._device.is_discoverable else None
        before, self._announced = self._announced, wanted
        if wanted == before:
            return
        if wanted is None:
            self._discovery.remove(self._described.uuid)
        elif before is None:
            self._discovery.add(self._described)
        else:
            self._discovery.changed(self._described.uuid)

    def close(self) -> None:
        """Say Bye, and nothing more."""
        self._is_open = False
        self.update()
