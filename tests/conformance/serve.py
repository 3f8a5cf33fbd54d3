"""Runs the bridge with the equipped camera as a program of its own: `python -m tests.conformance.serve`.

So that clients of other environments can meet a device that has everything. It listens on free ports of the loopback,
prints one ready line (that of `onvif-bridge run`, with the account), and then answers each line of JSON on stdin by
one on stdout, until stdin ends, it is told to stop, or SIGTERM comes:

    {"report": {"kind": "motion", "active": true, "source": ""}}    something happens in front of the camera
    {"heard": true}                                                 answers with the bytes its loudspeaker got since
    {"census": true}                                                answers with the number of tasks in the loop
    {"stop": true}                                                  ends it

The words of the command line are compatibility switches that are turned off, such as `advertise_media2`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli.logs import configure_logging
from bridge.cli.run import run_in_loop
from bridge.cli.signals import until_stopped
from bridge.core.detection import MotionRegion
from bridge.core.events import EventKind
from tests.conformance.descriptions import EVERYTHING
from tests.conformance.dut import PASSWORD, USERNAME, bridge_of
from tests.conformance.equipped import EquippedCamera
from tests.perf.conversing import converse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.runtime.bridge import Bridge


assert EVERYTHING.motion_regions is not None
REGION = MotionRegion("Door", ((-0.5, -0.5), (0.5, -0.5), (0.0, 0.5)))
DESCRIPTION = replace(EVERYTHING, motion_regions=replace(EVERYTHING.motion_regions, regions=(REGION,)))
"""What the camera has, with a region where motion is looked for: without one there would be nothing to tell of it."""


async def main(turned_off: Sequence[str]) -> int:
    """Serve until there is no more to do; return the exit status."""
    switches = dict.fromkeys(turned_off, False)
    camera = EquippedCamera(DESCRIPTION)
    with tempfile.TemporaryDirectory(prefix="onvif-bridge-equipped-") as folder:
        running = bridge_of({"equipped": camera}, Path(folder), compatibility=switches)
        async with running as bridge, asyncio.TaskGroup() as tasks:
            ends = [
                tasks.create_task(until_stopped(), name="signals"),
                tasks.create_task(_obey(bridge, camera), name="commands"),
            ]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for each in ends:
                each.cancel()
    return 0


async def _obey(bridge: Bridge, camera: EquippedCamera) -> None:
    """Do what stdin says until it ends."""
    stopped = asyncio.Event()

    async def answer(command: dict[str, Any]) -> dict[str, Any]:
        if "report" in command:
            told = command["report"]
            camera.report(EventKind(told["kind"]), active=told["active"], source=told.get("source", ""))
        if "heard" in command:
            heard = b"".join(camera.heard)
            camera.heard.clear()
            return {"heard": heard.hex()}
        if "census" in command:
            return {"tasks": len(asyncio.all_tasks())}
        if "stop" in command:
            stopped.set()
        return {}

    ready = bridge.ready_line() | {"username": USERNAME, "password": PASSWORD}
    async with asyncio.TaskGroup() as tasks:
        talk = tasks.create_task(converse(ready, answer), name="conversation")
        wait = tasks.create_task(stopped.wait(), name="stop")
        await asyncio.wait((talk, wait), return_when=asyncio.FIRST_COMPLETED)
        talk.cancel()
        wait.cancel()


if __name__ == "__main__":
    configure_logging("info", "text")
    raise SystemExit(run_in_loop(main(sys.argv[1:])))
