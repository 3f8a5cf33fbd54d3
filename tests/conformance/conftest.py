"""Every test gets a device of its own, as it leaves the factory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bridge.simulators.clips.library import load_all
from tests.conformance.descriptions import EVERYTHING, PLAIN
from tests.conformance.dut import Dut, bridge_of
from tests.conformance.equipped import EquippedCamera
from tests.conformance.streams import StreamingCamera

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def dut(tmp_path: Path) -> AsyncIterator[Dut]:
    """A device whose camera has everything, but streams that can be opened."""
    camera = EquippedCamera(EVERYTHING)
    async with bridge_of({"equipped": camera}, tmp_path) as bridge:
        yield Dut(bridge, camera, bridge.devices()[0])


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Dut]:
    """A device whose camera has the least."""
    camera = EquippedCamera(PLAIN)
    async with bridge_of({"plain": camera}, tmp_path) as bridge:
        yield Dut(bridge, camera, bridge.devices()[0])


@pytest.fixture
async def streaming_dut(tmp_path: Path) -> AsyncIterator[Dut]:
    """A device whose camera has everything, and streams that play."""
    await asyncio.to_thread(load_all)
    camera = StreamingCamera()
    async with bridge_of({"equipped": camera}, tmp_path) as bridge:
        yield Dut(bridge, camera, bridge.devices()[0])
