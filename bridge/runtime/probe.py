"""Looks at one camera once: what it is and what it can do, as the bridge understands it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.drivers.registry import family_named
from bridge.runtime.clock import SystemClock
from bridge.runtime.guard import the_error

if TYPE_CHECKING:
    from bridge.core.events import CameraEvent
    from bridge.core.model import CameraDescription
    from bridge.drivers.base import CameraConfig


class _FirstDescription:
    """A sink that waits for the description."""

    def __init__(self) -> None:
        self.description: asyncio.Future[CameraDescription] = asyncio.get_running_loop().create_future()

    def describe(self, description: CameraDescription) -> None:
        if not self.description.done():
            self.description.set_result(description)

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
    driver = family.create(config, None, SystemClock())
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(driver.run(sink), name="probe")
            description = await sink.description
            running.cancel()
    except BaseExceptionGroup as group:
        raise the_error(group) from None
    return description
