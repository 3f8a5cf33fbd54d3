"""Cameras that answer badly, all behind one bridge: each has a state that says why, and its device keeps serving."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bridge.simulators.camera import SimulatorOptions
from bridge.simulators.reolink import running
from bridge.simulators.reolink.camera import ReolinkCamera
from tests.clients.counting import is_gapless, video_seqs
from tests.clients.judged import DEVICE, JudgedClient
from tests.clients.rtsp import rtsp_client
from tests.clients.soap import Reply
from tests.logs import LogFile
from tests.programs import program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

pytestmark = pytest.mark.asyncio(loop_scope="module")

USERNAME, PASSWORD = "viewer", "look-at-this-9"
CAMERA_PASSWORD, WRONG_PASSWORD = "S1m-pass-right", "S1m-pass-wrong"
POLL_S = 0.2
PATIENCE_S = 10.0
BACK_WITHIN_S = 5.0  # `product.md` 8
SILENCE_S = 4.0
"""How long a stream may be silent before its camera counts as gone."""

ATTEMPTS_UNTIL_LOCKED = 10
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
MOVE = (
    f"<ContinuousMove xmlns='{PTZ}'><ProfileToken>Profile_main</ProfileToken><Velocity>"
    "<PanTilt xmlns='http://www.onvif.org/ver10/schema' x='0.1' y='0'/></Velocity>"
    "<Timeout>PT0.2S</Timeout></ContinuousMove>"
)

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "not-json": ({"kind": "bad_answer", "form": "not_json"}, "not JSON"),
    "truncated": ({"kind": "bad_answer", "form": "truncated"}, "not JSON"),
    "http-404": ({"kind": "bad_answer", "form": "status", "code": 404}, "404"),
    "http-502": ({"kind": "bad_answer", "form": "status", "code": 502}, "502"),
    "http-500": ({"kind": "bad_answer", "form": "status", "code": 500}, "500"),
    "code": ({"kind": "bad_answer", "form": "rsp_code", "code": -17}, "code -17"),
    "odd-code": ({"kind": "bad_answer", "form": "rsp_code", "code": -999}, "does not document"),
    "drop-before": ({"kind": "drop", "where": "before"}, "connection broke"),
    "drop-headers": ({"kind": "drop", "where": "headers"}, "connection broke"),
    "drop-middle": ({"kind": "drop", "where": "middle"}, "connection broke"),
    "offline": ({"kind": "offline"}, "no connection to"),
    "reboot": ({"kind": "reboot"}, "no connection to"),
}
"""What a camera can come down with, and the word by which its state names it."""

PASSING_FAULTS: dict[str, dict[str, Any]] = {
    "expired": {"kind": "expire_session"},
    "collapse": {"kind": "bad_answer", "form": "collapse", "count": 3},
    "hiccup": {"kind": "bad_answer", "form": "not_json", "count": 2},
    "slow": {"kind": "slow", "ms": 100},
}
"""What a camera gets over without anybody noticing."""

STREAM_FAULTS: dict[str, dict[str, Any]] = {
    "stall": {"kind": "stream_stall", "seconds": 0.5},
    "restart": {"kind": "stream_restart", "seconds": 0.5},
    "forget": {"kind": "expire_session", "plane": "rtsp"},
}

PECULIAR = {
    "int-ai": ("", "int_ai"),
    "no-vtype": ("", "no_vtype"),
    "wrong-echo": ("", "wrong_echo"),
    "code-zero": ("", "code_zero"),
    "old-model": ("RLC-411WS", ""),
    "many-kinds": ("E1-Zoom", ""),
    "dome": ("RLC-520", ""),
}
"""Models and firmwares with habits of their own, which all work."""

REFUSING = {
    "wrong-password": ("password_wrong", WRONG_PASSWORD, "auth_failed", "-502"),
    "wrong-login": ("", WRONG_PASSWORD, "auth_failed", "password"),
    "locked": ("login_lock", CAMERA_PASSWORD, "offline", "locked"),
    "rtsp-off": ("rtsp_off", CAMERA_PASSWORD, "unsupported", "RTSP"),
}


def garbled(value: Callable[[str], object]) -> web.Application:
    """Return a camera that takes the login and answers every question with such a value."""

    async def answer(request: web.Request) -> web.Response:
        commands = json.loads(await request.read())
        token = {"Token": {"leaseTime": 3600, "name": "0123456789abcdef"}}
        return web.json_response(
            [
                {"cmd": each["cmd"], "code": 0, "value": token if each["cmd"] == "Login" else value(each["cmd"])}
                for each in commands
            ]
        )

    application = web.Application()
    application.router.add_route("*", "/cgi-bin/api.cgi", answer)
    return application


def always(body: bytes) -> web.Application:
    """Return a camera that answers every request with the same bytes."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="text/html")

    application = web.Application()
    application.router.add_route("*", "/cgi-bin/api.cgi", answer)
    return application


NONSENSE: Mapping[str, tuple[web.Application, str]] = {
    "no-fields": (garbled(lambda _: {}), "offline"),
    "nulls": (garbled(lambda _: None), "offline"),
    "lists": (garbled(lambda _: [[]]), "offline"),
    "texts": (garbled(lambda cmd: {cmd.removeprefix("Get"): "many"}), "offline"),
    "numbers": (garbled(lambda cmd: {cmd.removeprefix("Get"): -(10**9)}), "offline"),
    "empty-answer": (always(b""), "offline"),
    "empty-list": (always(b"[]"), "offline"),
    "list-of-numbers": (always(b"[1, 2]"), "offline"),
    "object": (always(b"{}"), "offline"),
    "too-large": (always(b"[" + b" " * 2_000_000 + b"]"), "offline"),
    "too-deep": (always(b"[" * 100_000), "offline"),
    "no-token": (always(b'[{"cmd": "Login", "code": 0, "value": {"Token": {"name": ""}}}]'), "offline"),
}
"""What no simulated camera says, but some device at a wrong address might."""


@dataclass
class World:
    """One bridge, and everything behind it."""

    bridge: dict[str, Any]
    log: LogFile
    cameras: dict[str, ReolinkCamera] = field(default_factory=dict)

    async def devices(self) -> dict[str, dict[str, Any]]:
        async with aiohttp.request("GET", f"{self.bridge['http']}/api/v1/devices") as answer:
            return {device["id"]: device for device in await answer.json()}

    async def until(self, condition: Callable[[dict[str, dict[str, Any]]], bool], *, within_s: float = PATIENCE_S):
        """Wait for a state of things; returns what the devices then said."""
        devices: dict[str, dict[str, Any]] = {}
        try:
            async with asyncio.timeout(within_s):
                while True:
                    devices = await self.devices()
                    if condition(devices):
                        return devices
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError({name: (d["state"], d["detail"]) for name, d in devices.items()}) from None

    def client(self, name: str) -> JudgedClient:
        (device,) = (device for device in self.bridge["devices"] if device["id"] == name)
        return JudgedClient(device["xaddr"].removesuffix("/onvif/device_service"), USERNAME, PASSWORD)

    def stream(self, name: str) -> str:
        (device,) = (device for device in self.bridge["devices"] if device["id"] == name)
        return str(device["streams"]["sub"])

    def states_logged(self, name: str) -> list[str]:
        """Return the states of a camera that the log tells of, in order."""
        lines = [line for line in self.log.lines() if f"camera={name} " in line]
        return [word.partition("=")[2] for line in lines for word in line.split() if word.startswith("state=")]


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[int]:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def lock(camera: ReolinkCamera) -> None:
    """Guess passwords until the camera takes no more of them from this address."""
    login = [{"cmd": "Login", "param": {"User": {"userName": "admin", "password": WRONG_PASSWORD}}}]
    async with aiohttp.ClientSession() as session:
        for _ in range(ATTEMPTS_UNTIL_LOCKED):
            await session.post(f"{camera.ready_line['api']}/cgi-bin/api.cgi?cmd=Login", json=login)


def entry(name: str, port: int, rtsp_port: int, password: str) -> dict[str, Any]:
    return {
        "id": name,
        "family": "reolink",
        "host": "127.0.0.1",
        "port": port,
        "rtsp_port": rtsp_port,
        "tls": False,
        "password": password,
        "options": {"poll_s": POLL_S},
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Everything, settled: whoever can be online is."""
    folder = tmp_path_factory.mktemp("bad-camera")
    plans = dict.fromkeys((*FAULTS, *PASSING_FAULTS, *STREAM_FAULTS, "sessions"), ("", "", CAMERA_PASSWORD))
    plans["guest"] = ("", "guest", CAMERA_PASSWORD)
    plans |= {name: (*plan, CAMERA_PASSWORD) for name, plan in PECULIAR.items()}
    plans |= {name: ("", scenario, password) for name, (scenario, password, _, _) in REFUSING.items()}
    cameras, entries = {}, []
    async with AsyncExitStack() as stack:
        for name, (model, scenario, password) in plans.items():
            options = SimulatorOptions(
                password=CAMERA_PASSWORD, model=model or None, scenarios=(scenario,) if scenario else ()
            )
            camera = cameras[name] = await stack.enter_async_context(running(options))
            port, rtsp_port = (int(camera.ready_line[plane].rpartition(":")[2]) for plane in ("api", "rtsp"))
            entries.append(entry(name, port, rtsp_port, password))
        for name, (application, _) in NONSENSE.items():
            port = await stack.enter_async_context(served(application))
            entries.append(entry(name, port, port, CAMERA_PASSWORD))
        await lock(cameras["locked"])
        await cameras["sessions"].fail({"kind": "max_sessions", "seconds": 60})
        path = folder / "bridge.json"
        path.write_text(
            json.dumps(
                {
                    "bridge": {
                        "bind": "127.0.0.1",
                        "rtsp_port": 0,
                        "http_port": 0,
                        "discovery": False,
                        "state": str(folder / "state.db"),
                    },
                    "users": [{"username": USERNAME, "password": PASSWORD}],
                    "cameras": entries,
                }
            )
        )
        log = folder / "bridge.log"
        bridge = stack.enter_context(program("run", "--config", str(path), log=log))
        stack.push_async_callback(asyncio.to_thread, bridge.stop)  # the cameras answer its last questions meanwhile
        world = World(bridge.ready, LogFile(log), cameras)
        working = plans.keys() - REFUSING.keys()
        await world.until(
            lambda devices: all(
                device["state"] == "online" if name in working else device["state"] != "connecting"
                for name, device in devices.items()
            )
        )
        yield world
        secrets = (PASSWORD, CAMERA_PASSWORD, WRONG_PASSWORD, "0123456789abcdef", "token=")
        assert world.log.holds_none_of(secrets)
        assert world.log.holds_none_of(("Traceback", "internal error"))


@dataclass
class Outage:
    """What a device said while its camera was struck."""

    detail: str
    information: Reply
    profiles: Reply
    move: Reply
    move_took_s: float
    picture: int


@dataclass
class Storm:
    """What became of everybody while all faults struck at once: the devices, and who watched a stream."""

    outages: dict[str, Outage] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=dict)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storm(world: World) -> Storm:
    """All faults strike at once; when every camera is lost, its device is asked; then they all end."""
    storm = Storm()
    async with asyncio.TaskGroup() as group:
        for name in STREAM_FAULTS:
            group.create_task(watch(world, storm, name))
        for name, (fault, _) in FAULTS.items():
            await world.cameras[name].fail(fault | {"seconds": 60})
        lost = await world.until(lambda devices: all(devices[name]["state"] == "offline" for name in FAULTS))
        for name in FAULTS:
            storm.outages[name] = await ask(world, name, lost[name]["detail"])
        for name, (fault, _) in FAULTS.items():
            await world.cameras[name].fail(fault | {"seconds": 0})
        await world.until(
            lambda devices: all(devices[name]["state"] == "online" for name in FAULTS), within_s=BACK_WITHIN_S
        )
    return storm


async def watch(world: World, storm: Storm, name: str) -> None:
    """Watch a stream while its camera fails."""
    uri = world.stream(name)
    port = int(uri.split("/")[2].rpartition(":")[2])
    async with rtsp_client(port, username=USERNAME, password=PASSWORD) as viewer:
        assert (await viewer.open(uri, "RTP/AVP/TCP;unicast;interleaved=0-1")).status == 200
        seen = await video_seqs(viewer, 5)
        await world.cameras[name].fail(STREAM_FAULTS[name])
        async with asyncio.timeout(SILENCE_S + BACK_WITHIN_S):
            seen += await video_seqs(viewer, 20)
        assert (await viewer.request("GET_PARAMETER", uri)).status == 200
    storm.seen[name] = seen


async def ask(world: World, name: str, detail: str) -> Outage:
    client = world.client(name)
    information = await client.ask(f"<GetDeviceInformation xmlns='{DEVICE}'/>")
    profiles = await client.profiles()
    began = asyncio.get_running_loop().time()
    move = await client.ask(MOVE)
    took_s = asyncio.get_running_loop().time() - began
    uri = f"{client.base_url}/onvif/snapshot/Profile_main"
    login = {"Authorization": aiohttp.encode_basic_auth(USERNAME, PASSWORD)}
    async with aiohttp.request("GET", uri, headers=login) as picture:
        return Outage(detail, information, profiles, move, took_s, picture.status)


@pytest.mark.parametrize("name", FAULTS)
async def test_a_camera_that_fails_has_a_state_that_says_why_and_its_device_answers_from_memory(
    world: World, storm: Storm, name
):
    outage, word = storm.outages[name], FAULTS[name][1]
    assert word in outage.detail
    assert outage.information.values("Model") == ["RLC-823A"]
    assert outage.profiles.values("Name")[:1] == ["main"]
    assert (outage.move.status, outage.move.fault) == (500, ("Receiver", "Action"))
    assert outage.move_took_s < 0.5
    assert outage.picture == 503
    assert world.states_logged(name) == ["online", "offline", "online"]


@pytest.mark.parametrize("name", PASSING_FAULTS)
async def test_a_passing_trouble_is_not_noticed(world: World, name):
    await world.cameras[name].fail(PASSING_FAULTS[name])
    async with asyncio.timeout(5):
        moves = [await world.client(name).ask(MOVE) for _ in range(4)]
    assert {reply.status for reply in moves[-1:]} == {200}
    assert (await world.devices())[name]["state"] == "online"
    assert world.states_logged(name) == ["online"]


@pytest.mark.parametrize("name", STREAM_FAULTS)
async def test_a_viewer_keeps_its_session_and_misses_no_packet_when_the_cameras_stream_breaks(storm: Storm, name):
    assert len(storm.seen[name]) == 25
    assert is_gapless(storm.seen[name])


@pytest.mark.parametrize("name", PECULIAR)
async def test_a_peculiar_camera_is_a_complete_device(world: World, name):
    client = world.client(name)
    profiles = await client.profiles()
    assert profiles.status == 200
    assert profiles.values("Name")[0] == "main"
    assert profiles.values("Encoding")
    information = await client.ask(f"<GetDeviceInformation xmlns='{DEVICE}'/>")
    model = PECULIAR[name][0] or "RLC-823A"
    assert information.values("Model") == [model]
    assert (await client.ask(MOVE)).status == (200 if model in {"RLC-823A", "E1-Zoom"} else 500)


@pytest.mark.parametrize("name", REFUSING)
async def test_a_camera_that_refuses_has_a_state_of_its_own_and_is_not_pressed(world: World, name):
    _, _, state, detail = REFUSING[name]
    device = (await world.devices())[name]
    assert device["state"] == state
    assert detail in device["detail"]
    assert world.states_logged(name) == [state]
    logins = await journal(world.cameras[name], "Login")
    assert len(logins) <= 1 + (ATTEMPTS_UNTIL_LOCKED if name == "locked" else 0)


async def journal(camera: ReolinkCamera, command: str) -> list[dict[str, Any]]:
    async with aiohttp.request("GET", f"{camera.ready_line['control']}/journal") as answer:
        return [line for line in await answer.json() if line["command"] == command]


async def test_an_account_of_a_guest_gives_pictures_and_no_movement(world: World):
    client = world.client("guest")
    assert (await client.profiles()).values("Name")[0] == "main"
    move = await client.ask(MOVE)
    assert (move.status, move.fault) == (500, ("Receiver", "ActionNotSupported"))
    (device,) = (device for name, device in (await world.devices()).items() if name == "guest")
    assert device["state"] == "online"
    assert world.states_logged("guest") == ["online"]


async def test_a_camera_without_a_free_session_works_all_the_same(world: World):
    assert (await world.devices())["sessions"]["state"] == "online"
    assert (await world.client("sessions").ask(MOVE)).status == 200


@pytest.mark.parametrize("name", NONSENSE)
async def test_a_device_that_is_no_such_camera_is_told_so_in_words(world: World, name):
    device = (await world.devices())[name]
    assert device["state"] == NONSENSE[name][1]
    assert len(device["detail"]) > 10
    assert world.states_logged(name) == [device["state"]]
    client = world.client(name)
    assert (await client.date_and_time()).status == 200
    assert (await client.profiles()).values("Name") == []
    assert (await client.ask(MOVE)).status == 500
    uri = world.stream(name)
    port = int(uri.split("/")[2].rpartition(":")[2])
    async with rtsp_client(port, username=USERNAME, password=PASSWORD) as viewer:
        reply = await viewer.request("DESCRIBE", uri)
    assert reply.status == 503
