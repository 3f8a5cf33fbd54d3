"""Under which names clients know the motion regions of a camera.

A rule's name is the client's choice (Analytics Service Specification). Most cameras name their regions themselves
or cut names short; where the camera's name is not the client's, the device remembers which is which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.onvif.settings.section import Section, SectionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.memory import DeviceMemory


@dataclass(frozen=True, slots=True)
class RegionNameSettings:
    """The clients' names by those of the camera, as far as they differ."""

    names: dict[str, str] = field(default_factory=dict)


REGION_NAMES = SectionKind("region_names", RegionNameSettings())


class RegionNames:
    """The names of one camera's motion regions.

    Args:
        memory: the device's memory.
    """

    def __init__(self, memory: DeviceMemory) -> None:
        self._section = Section(memory, REGION_NAMES)

    def shown(self, native: str) -> str:
        """Return the name under which clients know the region that the camera calls `native`."""
        return self._section.read().names.get(native, native)

    def keep(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Remember the names of all regions that there are: pairs of the camera's and the client's."""
        names = {native: shown for native, shown in pairs if native != shown}
        if names != self._section.read().names:
            self._section.write(RegionNameSettings(names))
