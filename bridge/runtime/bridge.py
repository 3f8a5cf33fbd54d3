"""The running bridge: every listener, every virtual device, until told to stop."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bridge.config.models import CameraEntry
from bridge.core.errors import BridgeError
from bridge.runtime.certificate import CertificateError
from bridge.runtime.guard import keep_running
from bridge.runtime.listeners import http_listener
from bridge.runtime.unit import DeviceUnit
from bridge.store.state import open_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from bridge.config.models import Configuration
    from bridge.discovery.service import DiscoveryService
    from bridge.runtime.factory import Factory
    from bridge.store.state import StateStore

log = structlog.get_logger(__name__)

CLOSE_S = 4.0
"""Most that a camera which is taken out is waited for; its parts say goodbye within 3 s."""


@dataclass(slots=True)
class _Running:
    """A unit with its listeners open (`stack`) and, once launched, its work (`task`)."""

    entry: CameraEntry
    unit: DeviceUnit
    stack: AsyncExitStack
    task: asyncio.Task[None] | None = None


class Bridge:
    """All virtual devices of a configuration.

    Args:
        configuration: what to run.
        factory: makes the parts.
        management: makes the application of the bridge's own HTTP port.
    """

    def __init__(
        self, configuration: Configuration, factory: Factory, *, management: Callable[[Bridge], web.Application]
    ) -> None:
        self._configuration = configuration
        self._factory = factory
        self._management = management
        self._running: dict[str, _Running] = {}
        self._reload: asyncio.Queue[Configuration] = asyncio.Queue(1)
        self._http_port = 0

    @property
    def units(self) -> tuple[DeviceUnit, ...]:
        """The virtual devices, in the order of the configuration."""
        return tuple(running.unit for running in self._running.values())

    def devices(self) -> list[dict[str, Any]]:
        """Describe the virtual devices as the ready line and the REST API do (`product.md` 5)."""
        host = self._factory.reach.own_host
        return [
            {
                "id": unit.camera.id,
                "name": unit.camera.name,
                "family": unit.camera.family,
                "state": str(unit.camera.state.phase),
                "detail": unit.camera.state.detail,
                "uuid": unit.device.uuid.urn,
                "xaddr": unit.xaddr(host),
                "streams": {name: unit.device.stream_uri(host, name) for name in unit.stream_names},
            }
            for unit in self.units
        ]

    def ready_line(self) -> dict[str, Any]:
        """Return what `run` prints when every listener is up."""
        return {
            "ready": True,
            "http": f"http://{self._factory.reach.own_host}:{self._http_port}",
            "devices": self.devices(),
        }

    async def settled(self) -> None:
        """Wait until every camera has been tried once."""
        for unit in self.units:
            await unit.camera.settled.wait()

    def reconfigure(self, configuration: Configuration) -> None:
        """Have `run` take over another configuration: cameras, users and the operator's certificate.

        The rest needs a restart.
        """
        if self._reload.full():
            self._reload.get_nowait()
        self._reload.put_nowait(configuration)

    async def run(self, *, ready: Callable[[], None]) -> None:
        """Run until cancelled.

        Args:
            ready: called once, when every listener is up.

        Raises:
            ListenError: a port is not to be had.
            StateError: the state file cannot be used.
            CertificateError: the certificate that the configuration names cannot be used.
        """
        section = self._configuration.bridge
        async with AsyncExitStack() as stack:
            state = await stack.enter_async_context(open_state(section.state))
            await self._factory.prepare_tls(state)
            await stack.enter_async_context(self._factory.rtsp_listener(section.rtsp_port))
            management = http_listener(
                self._management(self), section.bind, section.http_port, purpose="management (bridge.http_port)"
            )
            self._http_port = await stack.enter_async_context(management)
            self._factory.reach.ports.add(self._http_port)
            discovery = self._factory.make_discovery(state.starts) if section.discovery else None
            stack.push_async_callback(self._close_all)
            for entry in self._configuration.cameras:
                self._running[entry.id] = await self._open(entry, state, discovery)
            async with asyncio.TaskGroup() as tasks:
                if discovery is not None:
                    keep = keep_running("discovery", discovery.run, failed=lambda: None)
                    tasks.create_task(keep, name="discovery")
                for running in self._running.values():
                    self._launch(running, state, tasks)
                ready()
                while True:
                    await self._change_to(await self._reload.get(), state, discovery, tasks)

    async def _open(self, entry: CameraEntry, state: StateStore, discovery: DiscoveryService | None) -> _Running:
        unit = await self._factory.build_unit(entry, state)
        stack = AsyncExitStack()
        await stack.enter_async_context(unit.open(self._factory.reach, self._factory.directory, discovery))
        return _Running(entry, unit, stack)

    def _launch(self, running: _Running, state: StateStore, tasks: asyncio.TaskGroup) -> None:
        unit = running.unit
        keep = keep_running(
            f"camera {unit.camera.id}",
            lambda: unit.run(state, self._factory.clock),
            failed=unit.camera.fail_inside,
        )
        running.task = tasks.create_task(keep, name=unit.camera.id)

    async def _change_to(
        self,
        configuration: Configuration,
        state: StateStore,
        discovery: DiscoveryService | None,
        tasks: asyncio.TaskGroup,
    ) -> None:
        if configuration.bridge != self._configuration.bridge:
            log.warning("bridge.restart_needed", reason="the section bridge: has changed")
        await self._renew_tls()
        self._factory.take_users(configuration.users)
        wanted = {entry.id: entry for entry in configuration.cameras}
        for camera_id in [key for key, running in self._running.items() if wanted.get(key) != running.entry]:
            await self._close(self._running.pop(camera_id))
        for camera_id in [key for key in wanted if key not in self._running]:
            try:
                running = await self._open(wanted[camera_id], state, discovery)
            except BridgeError as error:
                log.error("bridge.camera_not_started", camera=camera_id, reason=str(error))  # noqa: TRY400 - no trace
                continue
            self._running[camera_id] = running
            self._launch(running, state, tasks)
        self._running = {camera_id: self._running[camera_id] for camera_id in wanted if camera_id in self._running}
        self._configuration = configuration
        log.info("bridge.reloaded", cameras=len(self._running))

    async def _renew_tls(self) -> None:
        try:
            await self._factory.renew_tls()
        except CertificateError as error:
            log.error("tls.certificate_not_renewed", reason=str(error))  # noqa: TRY400 - no trace

    async def _close(self, running: _Running) -> None:
        if running.task is not None:
            running.task.cancel()
            await asyncio.wait([running.task], timeout=CLOSE_S)
        await running.stack.aclose()

    async def _close_all(self) -> None:
        async with asyncio.TaskGroup() as closing:
            for running in self._running.values():
                closing.create_task(running.stack.aclose())
