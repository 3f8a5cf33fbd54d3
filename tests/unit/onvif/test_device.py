from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.camera import Facets
from bridge.core.errors import Unreachable
from bridge.core.events import EventKind
from bridge.core.ids import device_mac, device_serial
from bridge.core.ptz import Velocity
from bridge.onvif.eventing.filter import EventFilter
from tests.unit.onvif.bench_camera import BenchCamera, described
from tests.unit.onvif.media_bench import MAIN, MediaBench, camera_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def device_of(description):
    return MediaBench(description).device


def test_streams_are_played_from_the_host_that_the_client_knows():
    device = device_of(camera_of(MAIN))
    assert device.stream_uri("192.0.2.1", "main") == "rtsp://192.0.2.1:554/bench/main"
    device.rtsp_port = 8554
    assert device.stream_uri("[2001:db8::1]", "sub") == "rtsp://[2001:db8::1]:8554/bench/sub"


def test_a_stream_address_keeps_within_the_128_bytes_that_onvif_allows():
    camera = BenchCamera(camera_of(MAIN))
    bench = MediaBench(camera.description)
    bench.camera.id = "c" * 32
    bench.device.rtsp_port = 65535
    host = "[2001:0db8:1111:2222:3333:4444:5555:6666]"
    assert len(bench.device.stream_uri(host, "main")) <= 128


def test_the_camera_s_serial_number_is_used_once_it_is_known():
    bench = MediaBench(None)
    assert bench.device.serial == device_serial(bench.device.uuid)
    bench.camera.description = described()
    assert bench.device.serial == "S1"
    nameless = described()
    bench.camera.description = replace(nameless, info=replace(nameless.info, serial=""))
    assert bench.device.serial == device_serial(bench.device.uuid)


def test_the_hardware_address_is_the_device_s_own_and_not_the_camera_s():
    device = device_of(described())
    assert device.mac == device_mac(device.uuid)
    assert device.mac.startswith("02:")


def test_snapshots_are_there_when_the_camera_makes_them_and_somebody_serves_them():
    bench = MediaBench(camera_of(MAIN))
    bench.camera.given = Facets()
    assert not bench.device.has_snapshots
    assert device_of(camera_of(MAIN)).has_snapshots
    assert not device_of(camera_of(MAIN, snapshot=False)).has_snapshots
    assert not device_of(None).has_snapshots
    unserved = device_of(camera_of(MAIN))
    unserved.snapshots = None
    assert not unserved.has_snapshots


def test_what_the_camera_reports_reaches_the_broker():
    bench = MediaBench(described())
    bench.publish(EventKind.MOTION, active=True)
    levels = {each.topic.kind: each.items[-1].value for each in bench.device.broker.current() if each.topic.kind}
    assert levels == {EventKind.MOTION: "true", EventKind.PERSON: "false", EventKind.SIGNAL_LOSS: "false"}


async def test_while_it_runs_a_movement_ends_when_its_time_is_over():
    bench = MediaBench(described())
    running = asyncio.create_task(bench.device.run())
    await bench.device.movement.move(Velocity(zoom=0.5), timeout_s=0.0)
    await bench.camera.has_stopped.wait()
    assert bench.camera.commands == [("move", None, 0.5), ("stop", False, True)]
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


@asynccontextmanager
async def restarting(bench: MediaBench) -> AsyncIterator[None]:
    """Run a device and restart it; entered when it has begun anew."""
    restarted = asyncio.Event()

    def note() -> None:
        if bench.device.is_discoverable:
            restarted.set()

    bench.device.on_announcement_changed(note)
    running = asyncio.create_task(bench.device.run())
    try:
        bench.device.restart()
        await asyncio.wait_for(restarted.wait(), 5)
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_restart_stops_what_moves_even_if_the_camera_refuses_at_first():
    bench = MediaBench(described())
    await bench.device.movement.move(Velocity(zoom=0.5), timeout_s=3600.0)
    bench.camera.refusals.append(Unreachable("gone"))
    async with restarting(bench):
        await bench.device.movement.stop_due()
        assert bench.device.movement.deadline is not None
        bench.clock.advance(1)
        await bench.device.movement.stop_due()
    assert bench.camera.commands == [("move", None, 0.5), ("stop", False, True), ("stop", False, True)]
    assert bench.device.movement.deadline is None


async def test_a_restart_ends_subscriptions():
    bench = MediaBench(described())
    point = bench.device.broker.pull_points.create(EventFilter(), span_s=60.0)
    async with restarting(bench):
        assert point.ended.is_set()
        assert len(bench.device.broker.pull_points) == 0
