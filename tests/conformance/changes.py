"""Waiting for what a media service tells about changes of profiles and configurations."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.conformance.event_client import Subscription, create_pull_point, topic_filter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conformance.dut import Dut

PROFILE_CHANGED = "tns1:Media/ProfileChanged"
CONFIGURATION_CHANGED = "tns1:Media/ConfigurationChanged"


@dataclass(frozen=True)
class Changes:
    """A pull point for changes."""

    point: Subscription

    async def of_profile(self, token: str) -> None:
        """Wait until a media profile is said to have changed."""
        await self._wait_for(PROFILE_CHANGED, Token=token)

    async def of_configuration(self, token: str, kind: str) -> None:
        """Wait until a configuration is said to have changed."""
        await self._wait_for(CONFIGURATION_CHANGED, Token=token, Type=kind)

    async def _wait_for(self, topic: str, **source: str) -> None:
        """Pull messages until one has the topic and just these source items."""
        await self.point.pull_until(lambda told: (told.topic, told.source) == (topic, source))


@asynccontextmanager
async def changes_of(dut: Dut, *topics: str) -> AsyncIterator[Changes]:
    """Subscribe to topics for as long as the context lasts."""
    point = await create_pull_point(dut, topic_filter("|".join(topics)))
    yield Changes(point)
    await point.unsubscribe()
