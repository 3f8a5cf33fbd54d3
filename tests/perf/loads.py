"""The loads and what is measured under each.

A load yields its figures as they come. Goals are those that hold on any machine, above all ratios; processor seconds
per gigabyte are goals for a machine of the kind that continuous integration runs on.
"""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tests.perf.child import Child, memory_mb
from tests.perf.conversing import LOOPS
from tests.perf.report import Figure
from tests.programs import program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

GIGA = 1e9

MOST_BUSY = 0.9
"""Share of the time that cameras or viewers may be at work; beyond it they are the bottleneck, not the relay."""

CONNECT_S = 15.0
"""How long a bridge may take to reach all its cameras."""

LOOK_AGAIN_S = 0.2

SOAP_ROUNDS = 5
SOAP_AT_MOST, SOAP_P99_MS = 2.5, 25.0
"""A device reaches 40 % of the requests per second of a handler that only sends bytes, and is quick for everybody."""


@dataclass(frozen=True)
class Plan:
    """The size of everything; the defaults are the goals' own sizes, only shorter in time.

    Attributes:
        burst_packets: what a camera sends in one write in the harder half of the TCP load; 8 full packets are what a
            port of 100 Mbit/s carries in a millisecond.
        warm_s: how long a load runs before it is measured.
        measure_s: how long it is measured.
        profile: file for a cProfile record of the bridge; of several loads, the last one's stays.
    """

    cameras: int = 50
    rate_mbit_s: float = 8.0
    gop_s: float = 4.0
    burst_packets: int = 8
    viewers: int = 100
    many_cameras: int = 200
    many_rate_mbit_s: float = 4.0
    joins: int = 20
    requests: int = 10_000
    idle_cameras: int = 50
    stalled: int = 10
    warm_s: float = 1.0
    measure_s: float = 4.0
    profile: str = ""


@dataclass(frozen=True)
class Crowd:
    """Who sends what to whom."""

    cameras: int
    rate_mbit_s: float
    each: int = 1
    transport: str = "tcp"
    burst_packets: int = 0


@dataclass(frozen=True)
class Relayed:
    """What a relay did while it was watched; the machine was fast enough if nobody else was busy all the time."""

    gigabytes: float
    cpu_s: float
    missing: int
    p50_ms: float
    p99_ms: float
    memory_mb: float
    skipped: int
    busiest: float

    @property
    def cost(self) -> float:
        """Processor seconds per gigabyte that reached viewers."""
        return self.cpu_s / self.gigabytes


class Scene:
    """Cameras, a relay of either kind and viewers, for as long as the context lasts."""

    def __init__(self, plan: Plan, crowd: Crowd, *, kind: str = "relay", loop: str = LOOPS[0]) -> None:
        self._plan = plan
        self._crowd = crowd
        self._kind = kind
        self._loop = loop

    def __enter__(self) -> Self:
        crowd, plan = self._crowd, self._plan
        with ExitStack() as stack:
            load = ("--rate", crowd.rate_mbit_s, "--gop", plan.gop_s, "--burst", crowd.burst_packets)
            self.cameras = stack.enter_context(Child("camera_load", *load))
            options: list[object] = ["--loop", self._loop, "--upstream", self.cameras.ready["port"]]
            if self._kind == "relay":
                options += ["--cameras", crowd.cameras]
            profile = Path(plan.profile) if plan.profile and self._kind == "relay" else None
            self.relay = stack.enter_context(Child(self._kind, *options, profile=profile))
            who = ("--cameras", crowd.cameras, "--each", crowd.each, "--transport", crowd.transport)
            self.viewers = stack.enter_context(Child("viewers", "--port", self.relay.ready["port"], *who))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def measure(self) -> Relayed:
        """Let it warm up, then watch it for the plan's time."""
        children = (self.cameras, self.relay, self.viewers)
        time.sleep(self._plan.warm_s)
        before, skipped_before = self.viewers.ask(), self.cameras.ask()["skipped"]
        cpu_before = [child.cpu_s for child in children]
        begins_at = time.monotonic()
        time.sleep(self._plan.measure_s)
        cpu = [child.cpu_s - earlier for child, earlier in zip(children, cpu_before, strict=True)]
        took_s = time.monotonic() - begins_at
        after = self.viewers.ask()
        return Relayed(
            gigabytes=(after["octets"] - before["octets"]) / GIGA,
            cpu_s=cpu[1],
            missing=after["missing"],
            p50_ms=after["p50_ms"],
            p99_ms=after["p99_ms"],
            memory_mb=memory_mb(self.relay.pid),
            skipped=self.cameras.ask()["skipped"] - skipped_before,
            busiest=max(cpu[0], cpu[2]) / took_s,
        )


def relay_tcp(plan: Plan) -> Iterator[Figure]:
    """Many cameras, one viewer each, against the bare proxy."""
    for burst, size in ((0, "whole pictures"), (plan.burst_packets, f"{plan.burst_packets} packets")):
        crowd = Crowd(plan.cameras, plan.rate_mbit_s, burst_packets=burst)
        load = f"{plan.cameras} x {plan.rate_mbit_s:g} Mbit/s, TCP, sent in {size}"
        for loop in LOOPS if burst == 0 else LOOPS[:1]:
            proxy, bridge = _compared(plan, crowd, loop)
            goal = 1.5 if loop == "uvloop" and burst == 0 else None
            yield Figure(load, f"{loop}: CPU s per GB", bridge.cost, goal)
            yield Figure(load, f"{loop}: CPU s per GB of the bare proxy", proxy.cost)
            yield Figure(load, f"{loop}: ratio", bridge.cost / proxy.cost, 2.5)
            yield Figure(load, f"{loop}: added latency p50, ms", bridge.p50_ms - proxy.p50_ms, 1.0)
            yield Figure(load, f"{loop}: added latency p99, ms", bridge.p99_ms - proxy.p99_ms, 5.0)
            yield from _health(load, bridge, f"{loop}: ")


def _compared(plan: Plan, crowd: Crowd, loop: str) -> tuple[Relayed, Relayed]:
    """Return the better of two rounds of the proxy, and of the bridge: they take turns, each for half the time.

    What else the machine does only ever makes a round dearer, and hits both of them.
    """
    half = replace(plan, measure_s=plan.measure_s / 2)
    rounds: dict[str, list[Relayed]] = {"proxy": [], "relay": []}
    for kind in (*rounds, *rounds):
        with Scene(half, crowd, kind=kind, loop=loop) as scene:
            rounds[kind].append(scene.measure())
    proxy, bridge = (min(measured, key=lambda relayed: relayed.cost) for measured in rounds.values())
    return proxy, replace(bridge, missing=sum(relayed.missing for relayed in rounds["relay"]))


def fan_out(plan: Plan) -> Iterator[Figure]:
    """One camera, many viewers."""
    load = f"1 x {plan.rate_mbit_s:g} Mbit/s, {plan.viewers} TCP viewers"
    with Scene(plan, Crowd(1, plan.rate_mbit_s, each=plan.viewers)) as scene:
        bridge = scene.measure()
    yield Figure(load, "CPU s per GB", bridge.cost, 0.6)
    yield from _health(load, bridge)


def relay_udp(plan: Plan) -> Iterator[Figure]:
    """Many cameras, one UDP viewer each."""
    load = f"{plan.cameras} x {plan.rate_mbit_s:g} Mbit/s, UDP"
    with Scene(plan, Crowd(plan.cameras, plan.rate_mbit_s, transport="udp")) as scene:
        bridge = scene.measure()
    yield Figure(load, "CPU s per GB", bridge.cost, 1.5)
    yield from _health(load, bridge)


def many(plan: Plan) -> Iterator[Figure]:
    """More cameras than anybody has."""
    load = f"{plan.many_cameras} x {plan.many_rate_mbit_s:g} Mbit/s, TCP"
    with Scene(plan, Crowd(plan.many_cameras, plan.many_rate_mbit_s)) as scene:
        bridge = scene.measure()
    yield Figure(load, "CPU s per GB", bridge.cost)
    yield Figure(load, "memory, MB", bridge.memory_mb, 300)
    yield from _health(load, bridge)


def _health(load: str, relayed: Relayed, prefix: str = "") -> Iterator[Figure]:
    yield Figure(load, f"{prefix}packets missing", relayed.missing, 0)
    if relayed.skipped:
        yield Figure(load, f"{prefix}pictures that nobody took", relayed.skipped, 0)
    if relayed.busiest > MOST_BUSY:
        yield Figure(load, f"{prefix}time that cameras or viewers were busy", relayed.busiest, MOST_BUSY)


def joining(plan: Plan) -> Iterator[Figure]:
    """A viewer more of a stream that runs, at any moment of a group of pictures."""
    load = f"join a running stream, {plan.gop_s:g} s group of pictures"
    with Scene(plan, Crowd(1, plan.rate_mbit_s)) as scene:
        time.sleep(plan.gop_s)
        took_ms = []
        for number in range(plan.joins):
            time.sleep(number * 0.618 % 1 * 0.2)
            took_ms.append(1000 * scene.viewers.ask(do="join")["took_s"])
    yield Figure(load, "connection to first key-frame byte, p50, ms", median(took_ms), 100)
    yield Figure(load, "the slowest, ms", max(took_ms))


def stopped_reading(plan: Plan) -> Iterator[Figure]:
    """Viewers that stop reading beside one that does not; plain asyncio, which queues by copying."""
    rate_mbit_s, at_most_mb = 24.0, 8.0
    load = f"{plan.stalled} viewers of {rate_mbit_s:g} Mbit/s stop reading"
    queued_mb = rate_mbit_s / 8 * (plan.warm_s + plan.measure_s)
    with Scene(plan, Crowd(1, rate_mbit_s), loop="asyncio") as scene:
        before = memory_mb(scene.relay.pid)
        scene.viewers.ask(do="stall", viewers=plan.stalled)
        bridge = scene.measure()
        growth = (memory_mb(scene.relay.pid, "VmHWM") - before) / plan.stalled
    yield Figure(load, "memory per stalled viewer, MB", growth, at_most_mb)
    yield Figure(load, "what came for each meanwhile, MB", queued_mb)
    yield Figure(load, "packets missing at the other viewer", bridge.missing, 0)


def soap(plan: Plan) -> Iterator[Figure]:
    """GetProfiles with a UsernameToken, against a handler that answers the same bytes without looking."""
    load = "GetProfiles with a UsernameToken"
    with Child("endpoint") as endpoint, Child("callers", "--port", endpoint.ready["port"]) as callers:
        real_path, bare_path = "/onvif/media_service", "/bare"
        real_answer = callers.ask(path=real_path, requests=1)["body"]
        endpoint.ask(bare=real_answer)
        rates: dict[str, list[float]] = {real_path: [], bare_path: []}
        costs: dict[str, list[float]] = {real_path: [], bare_path: []}
        p99_ms = 0.0
        # By turns, because the machine is not equally fast at all times.
        for path in (real_path, bare_path) * SOAP_ROUNDS:
            cpu_before = endpoint.cpu_s
            done = callers.ask(path=path, requests=plan.requests // SOAP_ROUNDS)
            costs[path].append(1000 * (endpoint.cpu_s - cpu_before) / done["requests"])
            rates[path].append(done["requests"] / done["took_s"])
            p99_ms = max(p99_ms, done["p99_ms"]) if path == real_path else p99_ms
    rate, bare_rate = median(rates[real_path]), median(rates[bare_path])
    yield Figure(load, "requests per second", rate)
    yield Figure(load, "requests per second of the bare handler", bare_rate)
    yield Figure(load, "bare handler's rate to ours", bare_rate / rate, SOAP_AT_MOST)
    yield Figure(load, "worst p99 of a round, ms", p99_ms, SOAP_P99_MS)
    yield Figure(load, "CPU ms per request", median(costs[real_path]))
    yield Figure(load, "ratio of CPU to the bare handler", median(costs[real_path]) / median(costs[bare_path]))


def idle(plan: Plan) -> Iterator[Figure]:
    """The whole bridge with one camera and with many, connected and without viewers."""
    load = f"bridge with {plan.idle_cameras} idle cameras"
    with tempfile.TemporaryDirectory(prefix="onvif-bridge-perf-") as name:
        folder = Path(name)
        with program("simulate", "reolink", log=folder / "simulator.log") as simulator:
            one = _idle_mb(folder, simulator.ready, cameras=1)
            all_of_them = _idle_mb(folder, simulator.ready, cameras=plan.idle_cameras)
    yield Figure(load, "memory with one camera, MB", one)
    yield Figure(load, "memory, MB", all_of_them)
    yield Figure(load, "memory per further camera, MB", (all_of_them - one) / (plan.idle_cameras - 1))


def _idle_mb(folder: Path, simulator: dict[str, str], *, cameras: int) -> float:
    configuration = folder / f"{cameras}.json"  # JSON is YAML too
    camera = {
        "family": "reolink",
        "host": "127.0.0.1",
        "port": int(simulator["api"].rpartition(":")[2]),
        "tls": simulator["api"].startswith("https"),
        "username": simulator["username"],
        "password": simulator["password"],
        "rtsp_port": int(simulator["rtsp"].rpartition(":")[2]),
        "onvif_port": 0,
    }
    state = folder / f"{cameras}.db"
    text = {
        "bridge": {"bind": "127.0.0.1", "rtsp_port": 0, "http_port": 0, "discovery": False, "state": str(state)},
        "users": [{"username": "viewer", "password": "open sesame", "level": "User"}],
        "cameras": [camera | {"id": f"camera{number}", "name": f"Camera {number}"} for number in range(cameras)],
    }
    configuration.write_text(json.dumps(text))
    with program("run", "--config", str(configuration), log=folder / "bridge.log") as bridge:
        _wait_until_online(bridge.ready["http"])
        return memory_mb(bridge.process.pid)


def _wait_until_online(http: str) -> None:
    deadline = time.monotonic() + CONNECT_S
    while True:
        with urlopen(f"{http}/api/v1/devices") as response:  # noqa: S310 - an address of our own child
            answer = json.load(response)
        devices = answer["devices"] if isinstance(answer, dict) else answer
        if all(device["state"] == "online" for device in devices):
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all cameras are online: {[device['state'] for device in devices]}")
        time.sleep(LOOK_AGAIN_S)


LOADS: dict[str, Callable[[Plan], Iterator[Figure]]] = {
    "tcp": relay_tcp,
    "fanout": fan_out,
    "udp": relay_udp,
    "many": many,
    "join": joining,
    "stalled": stopped_reading,
    "soap": soap,
    "idle": idle,
}
