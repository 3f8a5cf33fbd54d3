"""Looks for cameras on the local network: what the families find by themselves, and ONVIF devices.

Our own devices are not what is looked for. They are recognised by what no other maker's device has: a hardware address
among the scopes that follows from the endpoint address (`core.ids`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import structlog

from bridge.core.errors import Unreachable
from bridge.core.ids import device_mac
from bridge.discovery.interfaces import broadcast_addresses
from bridge.discovery.search import search
from bridge.drivers.registry import FAMILIES
from bridge.proto.wsd.message import PORT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from bridge.discovery.search import FoundDevice
    from bridge.drivers.base import CameraFamily, FoundCamera

Found = TypeVar("Found")

log = structlog.get_logger(__name__)

MAC_SCOPE = "MacAddress"


@dataclass(frozen=True, slots=True)
class Discovered:
    """A camera on the network; texts may be empty.

    Attributes:
        host: its address.
        family: the family that it answered as; empty for a device that only speaks ONVIF.
        xaddr: of its own ONVIF device service; empty if it showed none.
    """

    host: str
    family: str
    model: str
    name: str
    mac: str
    xaddr: str = ""

    @property
    def needs_bridge(self) -> bool:
        """Whether ONVIF clients can have it only through the bridge."""
        return not self.xaddr


async def discover(
    hosts: Sequence[str] = (),
    *,
    timeout_s: float,
    families: Mapping[str, CameraFamily] = FAMILIES,
    onvif_port: int = PORT,
) -> tuple[Discovered, ...]:
    """Search in all ways at the same time and return what was found, in the order of the addresses.

    Args:
        hosts: IPv4 addresses to ask, for networks that broadcasts do not cross; none to ask everybody.
        timeout_s: how long answers are waited for.
        families: the families to look for.
        onvif_port: of WS-Discovery, the well-known one except in tests.

    Raises:
        Unreachable: nobody could be asked in any way.
    """
    searched = {name: family.search for name, family in families.items() if family.search is not None}
    targets = hosts or broadcast_addresses()
    async with asyncio.TaskGroup() as tasks:
        native = {
            name: tasks.create_task(_answers(name, look(targets, timeout_s)), name=f"search {name}")
            for name, look in searched.items()
        }
        onvif = tasks.create_task(_answers("ONVIF", search(hosts, timeout_s=timeout_s, port=onvif_port)))
    answers = {name: task.result() for name, task in native.items()}
    devices = onvif.result()
    if devices is None and all(found is None for found in answers.values()):
        raise Unreachable("there is no network to search; see the log for the reasons")
    cameras = [(name, camera) for name, found in answers.items() for camera in found or ()]
    return _merged(cameras, [device for device in devices or () if not is_ours(device)])


def is_ours(device: FoundDevice) -> bool:
    """Whether a device is a camera behind this bridge or another one."""
    try:
        endpoint = UUID(device.endpoint)
    except ValueError:
        return False
    return device.fact(MAC_SCOPE) == device_mac(endpoint)


async def _answers(kind: str, searching: Awaitable[tuple[Found, ...]]) -> tuple[Found, ...] | None:
    """Return what a search has found, None if it could ask nobody: the others may have been luckier."""
    try:
        return await searching
    except OSError as error:
        log.warning("discover.nobody_asked", kind=kind, reason=error.strerror or str(error))
        return None


def _merged(cameras: Sequence[tuple[str, FoundCamera]], devices: Sequence[FoundDevice]) -> tuple[Discovered, ...]:
    """Return one entry per camera: what answers at one address to its family and to ONVIF is the same camera."""
    xaddrs = {device.host: device.xaddr for device in reversed(devices)}
    native = [
        Discovered(camera.host, family, camera.model, camera.name, camera.mac, xaddrs.get(camera.host, ""))
        for family, camera in cameras
    ]
    known = {camera.host for camera in native}
    others = [
        Discovered(device.host, "", device.fact("hardware"), device.fact("name"), device.fact(MAC_SCOPE), device.xaddr)
        for device in devices
        if device.host not in known
    ]
    return tuple(sorted([*native, *others], key=lambda one: IPv4Address(one.host)))
