"""What the network hears of a device whose scopes and mode clients change."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from bridge.discovery.service import DiscoveredDevice, DiscoveryService
from bridge.onvif.settings.device import DiscoverySettings, ScopeSettings
from bridge.runtime.announcement import Announcement
from bridge.runtime.clock import SystemClock
from tests.clients.wsd import GROUP, DiscoveryClient, open_client, probe
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MediaBench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.onvif.device import VirtualDevice

pytestmark = pytest.mark.multicast

LOOPBACK = "127.0.0.1"
GARDEN = "onvif://www.onvif.org/location/garden"
SILENCE_S = 0.5
"""Twice what a restart waits; answers come at once."""


class Prompt(Random):
    """Nobody waits."""

    @override
    def uniform(self, a: float, b: float) -> float:
        return a


class World:
    """A device, its announcement, and a listener that hears everything the network hears."""

    def __init__(self, device: VirtualDevice, announcement: Announcement, listener: DiscoveryClient, port: int) -> None:
        self.device = device
        self.announcement = announcement
        self.listener = listener
        self.port = port

    async def hears(self, *actions: str) -> list[int]:
        """Wait for these messages, in this order and with nothing between; return the versions in the Hellos."""
        versions = []
        for action in actions:
            message = await self.listener.answer(lambda one: one.action in {"Hello", "Bye"})
            assert (message.action, message.endpoint) == (action, self.device.uuid.urn)
            versions += [int(text) for text in message.texts("//w:MetadataVersion")]
        return versions

    def set_discoverable(self, *, is_discoverable: bool) -> None:
        self.device.settings.discovery.write(DiscoverySettings(is_discoverable))
        self.device.announcement_changed()


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probed:
        probed.bind((LOOPBACK, 0))
        port = probed.getsockname()[1]
    discovery = DiscoveryService(LOOPBACK, clock=SystemClock(), random=Prompt(1), instance_id=5, port=port)
    device = MediaBench(described()).device
    known = DiscoveredDevice(device.uuid, scopes=device.scopes, xaddrs=lambda local: f"http://{local}/onvif")
    announcement = Announcement(device, known, discovery)
    device.on_announcement_changed(announcement.update)
    async with open_client(LOOPBACK, join_port=port) as listener, asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(discovery.run()), tasks.create_task(device.run())]
        announcement.update()
        yield World(device, announcement, listener, port)
        for task in running:
            task.cancel()


async def test_DISCOVERY_1_1_11_changed_scopes_are_announced_with_newer_metadata():
    async with world() as here:
        assert await here.hears("Hello") == [1]
        here.device.settings.scopes.write(ScopeSettings((GARDEN,)))
        here.device.announcement_changed()
        assert await here.hears("Hello") == [2]
        async with open_client(LOOPBACK) as client:
            client.send(probe(scopes=GARDEN), (GROUP, here.port))
            (match,) = await client.answers(1, "ProbeMatches")
    assert GARDEN in match.text("//w:Scopes").split()


async def test_what_did_not_change_is_not_announced():
    async with world() as here:
        await here.hears("Hello")
        here.device.announcement_changed()
        here.set_discoverable(is_discoverable=False)
        await here.hears("Bye")


async def test_DISCOVERY_1_1_9_a_device_that_is_not_discoverable_is_silent():
    async with world() as here:
        await here.hears("Hello")
        here.set_discoverable(is_discoverable=False)
        await here.hears("Bye")
        here.device.restart()
        async with open_client(LOOPBACK) as client:
            client.send(probe(), (GROUP, here.port))
            with pytest.raises(TimeoutError):
                await client.answer(lambda _: True, timeout_s=SILENCE_S)
        here.set_discoverable(is_discoverable=True)
        assert await here.hears("Hello") == [2]


async def test_DISCOVERY_1_1_8_a_reboot_is_a_bye_and_then_a_hello():
    async with world() as here:
        await here.hears("Hello")
        here.device.restart()
        assert await here.hears("Bye", "Hello") == [2]


async def test_a_closed_announcement_says_bye_and_nothing_more():
    async with world() as here:
        await here.hears("Hello")
        here.announcement.close()
        await here.hears("Bye")
        here.device.announcement_changed()
        with pytest.raises(TimeoutError):
            await here.listener.answer(lambda _: True, timeout_s=SILENCE_S)
