"""The demo as a newcomer meets it: ready line, ONVIF, pictures, movement, motion."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from aiortsp.rtsp.reader import RTSPReader
from requests.auth import HTTPDigestAuth

from tests.clients.official import service
from tests.clients.soap import Reply, SoapClient, username_token
from tests.clients.viewer import watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo import Demo

EVENTS = "http://www.onvif.org/ver10/events/wsdl"
PROFILES = ["Profile_main", "Profile_sub", "Profile_jpeg"]


@pytest.fixture
def onvif(demo: Demo) -> Callable[[str], Any]:
    def connect(name: str) -> Any:
        return service(name, demo.xaddr, username=demo.username, password=demo.password)

    return connect


def journal(demo: Demo, since: int = 0) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = requests.get(f"{demo.control}/journal", params={"since": since}, timeout=5).json()
    return entries


def commands_since(demo: Demo, since: int, command: str) -> list[dict[str, Any]]:
    return [entry["request"]["param"] for entry in journal(demo, since) if entry["command"] == command]


def last_entry(demo: Demo) -> int:
    return max((entry["n"] for entry in journal(demo)), default=0)


def state(demo: Demo) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{demo.control}/state", timeout=5).json()
    return answer


def trigger(demo: Demo, kind: str, *, active: bool) -> None:
    requests.post(f"{demo.control}/event", json={"kind": kind, "active": active}, timeout=5).raise_for_status()


def eventually(condition: Callable[[], bool], *, within_s: float) -> None:
    """Wait for something in another program; it is all that can be done from outside."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_the_ready_line_is_what_was_promised(demo: Demo):
    device = demo.device
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", demo.ready["http"])
    assert device["state"] == "online"
    assert device["uuid"].startswith("urn:uuid:")
    assert device["xaddr"].endswith("/onvif/device_service")
    assert list(device["streams"]) == ["main", "sub", "jpeg"]
    assert re.fullmatch(rf"rtsp://127\.0\.0\.1:\d+/{device['id']}/main", device["streams"]["main"])
    simulator = demo.ready["simulators"][0]
    assert {"ready", "family", "api", "rtsp", "control", "username", "password", "model"} <= set(simulator)


def test_the_management_port_shows_health_and_the_same_devices(demo: Demo):
    assert requests.get(f"{demo.ready['http']}/healthz", timeout=5).json() == {
        "status": "ok",
        "devices": 1,
        "online": 1,
    }
    assert requests.get(f"{demo.ready['http']}/api/v1/devices", timeout=5).json() == demo.ready["devices"]
    metrics = requests.get(f"{demo.ready['http']}/metrics", timeout=5).text
    assert f'onvif_bridge_camera_state{{camera="{demo.device["id"]}",state="online"}} 1.0' in metrics
    states = re.findall(rf'onvif_bridge_stream_state\{{camera="{demo.device["id"]}".*?\}} 1\.0', metrics)
    assert len(states) == len(demo.device["streams"]) + 1, "each upstream is in one state, metadata's too"


def test_a_client_lists_the_same_profiles_in_both_media_services(onvif):
    assert [profile.token for profile in onvif("media").GetProfiles()] == PROFILES
    assert [profile.token for profile in onvif("media2").GetProfiles()] == PROFILES


def test_stream_and_snapshot_addresses_lead_to_the_host_that_was_asked(demo: Demo, onvif):
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    for token, name in zip(PROFILES, ("main", "sub", "jpeg"), strict=True):
        answer = onvif("media").GetStreamUri(StreamSetup=setup, ProfileToken=token)
        assert answer.Uri == demo.device["streams"][name]
        assert onvif("media").GetSnapshotUri(ProfileToken=token).Uri.startswith(f"http://{demo.host}:{demo.port}/")


@pytest.mark.parametrize("profile", PROFILES)
def test_the_snapshot_is_a_jpeg_for_users_and_nothing_for_others(demo: Demo, onvif, profile):
    uri = onvif("media").GetSnapshotUri(ProfileToken=profile).Uri
    assert requests.get(uri, timeout=5).status_code == 401
    answer = requests.get(uri, auth=HTTPDigestAuth(demo.username, demo.password), timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")


def test_both_streams_play_over_tcp_and_udp_with_moving_pictures_and_sound(demo: Demo):
    sizes = {"main": (2560, 1440), "sub": (640, 360)}
    cases = [(name, transport) for name in sizes for transport in ("tcp", "udp")]
    with ThreadPoolExecutor(len(cases)) as pool:
        seen = pool.map(
            lambda case: watch(demo.with_login(demo.device["streams"][case[0]]), transport=case[1], pictures=50), cases
        )
        for (name, _), what in zip(cases, seen, strict=True):
            assert what.codec == "h264"
            assert what.size == sizes[name]
            assert what.pictures == 50
            assert what.distinct > 10, "the picture stands still"
            assert what.audio_frames > 0


def test_an_independent_rtsp_client_reads_the_video_without_a_gap(demo: Demo):
    async def read() -> list[int]:
        sequence: list[int] = []
        async with asyncio.timeout(10), RTSPReader(demo.with_login(demo.device["streams"]["sub"])) as reader:
            async for packet in reader.iter_packets():
                sequence.append(packet.seq)
                if len(sequence) == 20:
                    break
        return sequence

    # In a loop of its own: the client leaves a task behind, which the loop's end ends.
    assert all((later - earlier) % 65536 == 1 for earlier, later in pairwise(asyncio.run(read())))


def test_a_continuous_move_becomes_the_native_command_and_the_camera_turns(demo: Demo, onvif):
    ptz, before, since = onvif("ptz"), state(demo)["pose"], last_entry(demo)
    ptz.ContinuousMove(ProfileToken="Profile_main", Velocity={"PanTilt": {"x": 0.5, "y": 0.5}})
    eventually(lambda: state(demo)["pose"]["pan"] != before["pan"], within_s=2)
    ptz.Stop(ProfileToken="Profile_main", PanTilt=True, Zoom=True)
    stopped = state(demo)["pose"]
    ptz.ContinuousMove(ProfileToken="Profile_main", Velocity={"PanTilt": {"x": -1, "y": 0}})
    ptz.Stop(ProfileToken="Profile_main")
    moves = [(move["op"], move.get("speed")) for move in commands_since(demo, since, "PtzCtrl")]
    assert [op for op, _ in moves] == ["RightUp", "Stop", "Left", "Stop"]
    assert [speed for op, speed in moves if op != "Stop"] == [32, 64]
    assert stopped["tilt"] > before["tilt"]


def test_a_move_without_a_stop_ends_when_its_time_is_over(demo: Demo, onvif):
    since = last_entry(demo)
    onvif("ptz").ContinuousMove(
        ProfileToken="Profile_main", Velocity={"Zoom": {"x": 0.1}}, Timeout=dt.timedelta(seconds=1)
    )
    assert [(move["op"], move["speed"]) for move in commands_since(demo, since, "PtzCtrl")] == [("ZoomInc", 6)]
    eventually(
        lambda: [move["op"] for move in commands_since(demo, since, "PtzCtrl")] == ["ZoomInc", "Stop"], within_s=3
    )


def test_presets_are_stored_listed_reached_and_removed_in_the_camera(demo: Demo, onvif):
    ptz, since = onvif("ptz"), last_entry(demo)
    token = ptz.SetPreset(ProfileToken="Profile_main", PresetName="gate")
    assert ("gate", token) in [(preset.Name, preset.token) for preset in ptz.GetPresets("Profile_main")]
    ptz.GotoPreset(ProfileToken="Profile_main", PresetToken=token)
    ptz.RemovePreset(ProfileToken="Profile_main", PresetToken=token)
    assert token not in [preset.token for preset in ptz.GetPresets("Profile_main")]
    stored = [preset["PtzPreset"] for preset in commands_since(demo, since, "SetPtzPreset")]
    assert [(preset["id"], preset["enable"]) for preset in stored] == [(int(token), 1), (int(token), 0)]
    assert ("ToPos", int(token)) in [(move["op"], move.get("id")) for move in commands_since(demo, since, "PtzCtrl")]


async def test_motion_reaches_a_pull_point_within_two_seconds(demo: Demo):
    client = SoapClient(f"http://{demo.host}:{demo.port}")

    async def ask(body: str, path: str = "/onvif/event_service") -> Reply:
        reply = await client.ask(body, header=username_token(demo.username, demo.password), path=path)
        assert reply.status == 200, reply.text
        return reply

    created = await ask(f"<CreatePullPointSubscription xmlns='{EVENTS}'/>")
    subscription = urlsplit(created.values("Address")[0]).path
    pull = f"<PullMessages xmlns='{EVENTS}'><Timeout>PT2S</Timeout><MessageLimit>100</MessageLimit></PullMessages>"
    initial = await ask(pull, subscription)
    assert set(re.findall(r'PropertyOperation="(\w+)"', initial.text)) == {"Initialized"}
    try:
        started = time.monotonic()
        await asyncio.to_thread(trigger, demo, "motion", active=True)
        told = await ask(pull, subscription)
        assert time.monotonic() - started < 2
        assert sorted(told.values("Topic")) == [
            "tns1:RuleEngine/CellMotionDetector/Motion",
            "tns1:VideoSource/MotionAlarm",
        ]
        assert re.findall(r'Name="(State|IsMotion)" Value="(\w+)"', told.text) == [
            ("State", "true"),
            ("IsMotion", "true"),
        ]
    finally:
        await asyncio.to_thread(trigger, demo, "motion", active=False)
    # The driver holds a level for two seconds, and looks once a second.
    over = await ask(pull.replace("PT2S", "PT5S"), subscription)
    assert re.findall(r'Name="(State|IsMotion)" Value="(\w+)"', over.text) == [
        ("State", "false"),
        ("IsMotion", "false"),
    ]
    await ask("<Unsubscribe xmlns='http://docs.oasis-open.org/wsn/b-2'/>", subscription)
