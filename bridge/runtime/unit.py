"""One virtual device with everything that belongs to it: camera, streams, ONVIF face, HTTP listener, discovery."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog

from bridge.core.model import ConnectionPhase
from bridge.runtime.listeners import http_listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from bridge.core.camera import CameraEvent
    from bridge.core.model import CameraDescription
    from bridge.core.timing import Clock
    from bridge.discovery.service import DiscoveryService
    from bridge.media.directory import StreamDirectory
    from bridge.media.hub import StreamHub
    from bridge.onvif.device import VirtualDevice
    from bridge.runtime.supervisor import SupervisedCamera
    from bridge.store.state import StateStore

log = structlog.get_logger(__name__)


class DeviceUnit:
    """The parts of one virtual device; `factory.build_unit` makes them."""

    def __init__(
        self,
        *,
        camera: SupervisedCamera,
        device: VirtualDevice,
        hubs: Mapping[str, StreamHub],
        app: web.Application,
        bind: str,
        port: int,
    ) -> None:
        self.camera = camera
        self.device = device
        self.hubs = hubs
        self.port = port
        self._app = app
        self._bind = bind
        self._description_changed = asyncio.Event()
