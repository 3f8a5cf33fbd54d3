"""`discover` on a network with a simulated camera and a bridge in front of it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.discovery.search import search
from bridge.drivers.registry import FAMILIES
from bridge.drivers.reolink import lan_search
from bridge.runtime.discover import discover
from tests.integration.reolink_world import world
from tests.programs import COMMAND, program
from tests.unit.discovery.test_search import Responder, answering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bridge.drivers.base import FoundCamera

HOST = f"127.3.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
"""An address of its own: there the camera has the port that searches go to."""


def run_discover(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "discover", "--timeout", "1", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.multicast
def test_the_camera_is_found_and_the_device_in_front_of_it_is_not(tmp_path: Path) -> None:
    ports = [word for name in ("http", "rtsp", "onvif") for word in (f"--{name}-port", "0")]
    with program("demo", "--json", "--host", HOST, *ports, log=tmp_path / "demo.log") as demo:
        assert demo.ready["simulators"][0]["search_port"] == 2000
        (device,) = asyncio.run(search([HOST], timeout_s=0.5))
        assert device.xaddr == demo.ready["devices"][0]["xaddr"]
        found = run_discover("--host", HOST, "--json")
        assert (found.returncode, found.stderr) == (0, "")
        (camera,) = json.loads(found.stdout)["cameras"]
        assert (camera["host"], camera["family"], camera["model"]) == (HOST, "reolink", "RLC-823A")
        assert camera["needs_bridge"]
        table = run_discover("--host", HOST).stdout
        assert f"onvif-bridge probe reolink {HOST}" in table


async def test_a_simulated_camera_that_has_onvif_itself_is_one_camera() -> None:
    async with world() as at, answering(Responder()) as onvif_port:

        async def find(hosts: Sequence[str], timeout_s: float) -> tuple[FoundCamera, ...]:
            targets = [(host, at.lines["search_port"]) for host in hosts]
            return await lan_search.search(targets, timeout_s=timeout_s, answer_port=0)

        families = {"reolink": replace(FAMILIES["reolink"], search=find)}
        (camera,) = await discover(["127.0.0.1"], timeout_s=0.3, families=families, onvif_port=onvif_port)
        assert (camera.family, camera.model, camera.needs_bridge) == ("reolink", "RLC-823A", False)
        assert len(await at.journal("search")) == 1


def test_finding_nothing_is_no_failure() -> None:
    found = run_discover("--host", HOST)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("No cameras found")
