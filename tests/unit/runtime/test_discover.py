"""What the searches find becomes one list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from bridge.core.errors import Unreachable
from bridge.core.ids import device_mac
from bridge.drivers.base import FoundCamera
from bridge.drivers.registry import FAMILIES
from bridge.runtime.discover import Discovered, discover
from tests.unit.discovery.test_search import DOOR, LOOPBACK, Responder, answering

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.drivers.base import CameraFamily

YARD = FoundCamera("192.0.2.20", "ec:71:db:0f:93:91", "Yard", "RLC-823A")
GATE = FoundCamera("192.0.2.3", "ec:71:db:0f:93:92", "", "")


def families(*found: FoundCamera, refusal: OSError | None = None) -> Mapping[str, CameraFamily]:
    """A family whose cameras are these, and one that cannot be searched for."""

    async def look(hosts: Sequence[str], timeout_s: float) -> tuple[FoundCamera, ...]:
        assert LOOPBACK in hosts
        if refusal is not None:
            raise refusal
        return found

    one = FAMILIES["reolink"]
    return {"reolink": replace(one, search=look), "silent": replace(one, name="silent", search=None)}


async def found_with(responder: Responder, known: Mapping[str, CameraFamily]) -> tuple[Discovered, ...]:
    async with answering(responder) as port:
        return await discover([LOOPBACK], timeout_s=0.2, families=known, onvif_port=port)


async def test_cameras_of_families_and_onvif_devices_are_listed_by_address() -> None:
    device = Discovered(LOOPBACK, "", "X1", "Door [1mbell", "", f"http://{LOOPBACK}:80/onvif")
    assert await found_with(Responder(), families(YARD, GATE)) == (
        device,
        Discovered(GATE.host, "reolink", "", "", GATE.mac),
        Discovered(YARD.host, "reolink", "RLC-823A", "Yard", YARD.mac),
    )
    assert not device.needs_bridge


async def test_a_camera_that_answers_in_both_ways_is_one_that_needs_no_bridge() -> None:
    (camera,) = await found_with(Responder(), families(replace(YARD, host=LOOPBACK)))
    assert (camera.family, camera.model, camera.xaddr) == ("reolink", "RLC-823A", f"http://{LOOPBACK}:80/onvif")
    assert not camera.needs_bridge


async def test_our_own_devices_are_not_what_is_looked_for() -> None:
    name, mac = "onvif://www.onvif.org/name/Gate", f"onvif://www.onvif.org/MacAddress/{device_mac(DOOR)}"
    assert await found_with(Responder(scopes=(name, mac)), families()) == ()
    (other,) = await found_with(Responder(scopes=(name, mac), uuid=UUID(int=1)), families())
    assert (other.name, other.mac) == ("Gate", device_mac(DOOR))


async def test_a_search_that_cannot_ask_does_not_hinder_the_others() -> None:
    (device,) = await found_with(Responder(), families(refusal=OSError(101, "Network is unreachable")))
    assert device.family == ""


async def test_without_any_network_it_says_so() -> None:
    with pytest.raises(Unreachable, match="no network"):
        await discover([LOOPBACK], timeout_s=0.0, families=families(refusal=OSError("down")), onvif_port=0)
