"""A workbench for service handlers: a virtual device with a way to ask it.

Requests go through the codec and back, and every answer and fault detail is held against the official schemas.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import pytest

from bridge.core.errors import ClientFault
from bridge.core.events import CameraEvent, EventKind
from bridge.media.snapshot import SnapshotService
from bridge.onvif.device import VirtualDevice
from bridge.onvif.operation import Call, Operation
from bridge.onvif.services import SERVICES, events, imaging, ptz
from bridge.proto.soap.codec import decode, encode, tag_of
from bridge.proto.soap.envelope import MessageHeaders, new_envelope, read_envelope, render
from bridge.proto.soap.faults import write_fault
from tests.contract.oracle import Oracle
from tests.contract.own_schemas import own_schemas
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import Accounts, BenchCamera, HandClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree


T = TypeVar("T")

_OPERATIONS: dict[str, Operation[Any, Any]] = {
    operation.tag: operation for module in (events, imaging, ptz) for operation in module.SERVICE.operations
}


@cache
def oracle() -> Oracle:
    """The judge of messages, made once."""
    return Oracle()


class Bench:
    """A virtual device with a way to ask it."""

    def __init__(self, camera: BenchCamera, *, serves_snapshots: bool = False) -> None:
        self.camera = camera
        self.clock = HandClock()
        self.device = VirtualDevice(
            camera,
            uuid=UUID(int=7),
            users=Accounts(),
            clock=self.clock,
            rtsp_port=554,
            snapshots=SnapshotService(camera, clock=self.clock) if serves_snapshots else None,
            memory=VolatileMemory(),
        )
        camera.on_description(self.device.camera_described)

    def publish(self, kind: EventKind, *, active: bool) -> None:
        self.device.publish(CameraEvent(kind, active, self.clock.utc()))

    def call(self, path: str, closed: asyncio.Event | None = None) -> Call:
        return Call(
            device=self.device,
            user=None,
            base_url="http://192.0.2.1:8000",
            host="192.0.2.1",
            path=path,
            headers=MessageHeaders(),
            closed=closed or asyncio.Event(),
            services=tuple(service for service in SERVICES if service.is_served(self.device)),
        )

    async def ask(
        self, request: object, answer: type[T], *, path: str = "/onvif/x", closed: asyncio.Event | None = None
    ) -> T:
        """Send a request and return its answer, both through XML."""
        operation = _OPERATIONS[tag_of(type(request))]
        assert operation.response is answer
        response = await operation(self.call(path, closed), decode(operation.request, encode(request)))
        data = self.checked(lambda body: encode(response, parent=body))
        return decode(answer, read_envelope(data).body)

    async def refused(self, request: object, *, path: str = "/onvif/x") -> ClientFault:
        """Send a request that must be refused, and return the fault."""
        operation = _OPERATIONS[tag_of(type(request))]
        with pytest.raises(ClientFault) as caught:
            await operation(self.call(path), decode(operation.request, encode(request)))
        self.checked(lambda body: write_fault(body, caught.value))
        return caught.value

    def checked(self, fill: Callable[[etree._Element], object]) -> bytes:
        """Return a message whose Body `fill` has filled and which the official schemas accept."""
        envelope, body = new_envelope()
        fill(body)
        data = render(envelope)
        own_schemas().check(oracle().check(data))
        return data
