"""Looks at one camera once: what it is and what it can do, as the bridge understands it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.core.errors import Unreachable
from bridge.drivers.registry import family_named
from bridge.runtime.clock import SystemClock

if TYPE_CHECKING:
    from bridge.core.events import CameraEvent
    from bridge.core.model import CameraDescription
    from bridge.drivers.base import CameraConfig


class _FirstDescription:
    """A sink that waits for the description."""

    def __init__(self) -> None:
        self.description: CameraDescription | None = None
        self.described = asyncio.Event()

    def describe(self, description: CameraDescription) -> None:
        self.description = self.description or description
        self.described.set()

    def publish(self, event: CameraEvent) -> None:
        """Events are not what a probe asks for."""


async def probe(config: CameraConfig) -> CameraDescription:
    """Log in, read what the camera says of itself, log out.

    Raises:
        ConfigError: there is no such family.
        CameraError: the camera cannot be reached, refuses or is not of this family.
    """
    family = family_named(config.family)
    sink = _FirstDescription()
    running = asyncio.create_task(family.create(config, None, SystemClock()).run(sink), name="probe")
    waiting = asyncio.create_task(sink.described.wait(), name="probe: description")
    try:
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (running, waiting):
            task.cancel()
        await asyncio.wait([running, waiting])
    if sink.description is None:
        running.result()
        raise Unreachable("the camera said nothing of itself", camera=config.id)
    return sink.description
