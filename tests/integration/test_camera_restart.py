"""A camera goes away and comes back: the device keeps answering, viewers keep their sessions."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import av
import pytest
import requests

from tests.clients.official import service
from tests.clients.viewer import open_stream
from tests.programs import program

if TYPE_CHECKING:
    from pathlib import Path

BACK_WITHIN_S = 5.0  # `product.md` 8


@dataclass
class Viewer:
    """Watches one RTSP session in a thread, and never opens another."""

    uri: str
    transport: str
    pictures: int = 0
    failure: BaseException | None = None
    last_pts: int = -1
    went_back: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def watch(self) -> None:
        try:
            with open_stream(self.uri, transport=self.transport) as container:
                for packet in container.demux(container.streams.video[0]):
                    if self.stop.is_set():
                        return
                    with self.arrived:
                        self.pictures += 1
                        self.went_back += packet.pts is not None and packet.pts < self.last_pts
                        self.last_pts = packet.pts if packet.pts is not None else self.last_pts
                        self.arrived.notify_all()
        except av.FFmpegError as error:
            self.failure = error

    def wait_for_pictures(self, more: int, *, within_s: float) -> float:
        """Wait for that many further pictures; returns the seconds it took."""
        started = time.monotonic()
        with self.arrived:
            wanted = self.pictures + more
            assert self.arrived.wait_for(lambda: self.pictures >= wanted, within_s), f"no pictures: {self.failure}"
        return time.monotonic() - started


def configuration(tmp_path: Path, camera: dict[str, Any]) -> Path:
    path = tmp_path / "bridge.yaml"
    path.write_text(
        json.dumps(
            {
                "bridge": {
                    "bind": "127.0.0.1",
                    "rtsp_port": 0,
                    "http_port": 0,
                    "discovery": False,
                    "state": str(tmp_path / "state.db"),
                },
                "users": [{"username": "viewer", "password": "look-at-it", "level": "Administrator"}],
                "cameras": [
                    {
                        "id": "gate",
                        "family": "reolink",
                        "host": "127.0.0.1",
                        "port": int(camera["api"].rpartition(":")[2]),
                        "rtsp_port": int(camera["rtsp"].rpartition(":")[2]),
                        "tls": False,
                        "username": camera["username"],
                        "password": camera["password"],
                    }
                ],
            }
        )
    )
    return path


def device_state(bridge: dict[str, Any]) -> str:
    return str(requests.get(f"{bridge['http']}/api/v1/devices", timeout=5).json()[0]["state"])


def wait_for_state(bridge: dict[str, Any], wanted: str, *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while (now := device_state(bridge)) != wanted:
        assert time.monotonic() < deadline, f"still {now}, not {wanted}"
        time.sleep(0.05)


@pytest.mark.timeout(60)
def test_viewers_see_the_camera_again_on_the_same_session_within_five_seconds(tmp_path: Path):
    log = tmp_path / "programs.log"
    with program("simulate", "reolink", "--password", "S1m-pass", log=log) as first:
        camera = first.ready
        ports = []
        for option, key in (("--port", "api"), ("--rtsp-port", "rtsp"), ("--control-port", "control")):
            ports += [option, camera[key].rpartition(":")[2]]
        with program("run", "--config", str(configuration(tmp_path, camera)), log=log) as bridge:
            wait_for_state(bridge.ready, "online", within_s=10)
            uri = bridge.ready["devices"][0]["streams"]["sub"].replace("://", "://viewer:look-at-it@")
            viewers = [Viewer(uri, transport) for transport in ("tcp", "udp")]
            threads = [threading.Thread(target=viewer.watch) for viewer in viewers]
            for thread in threads:
                thread.start()
            try:
                for viewer in viewers:
                    viewer.wait_for_pictures(10, within_s=10)
                assert first.stop() == 0
                wait_for_state(bridge.ready, "offline", within_s=10)
                device = service(
                    "device", bridge.ready["devices"][0]["xaddr"], username="viewer", password="look-at-it"
                )
                assert device.GetDeviceInformation().Model == camera["model"]
                with program("simulate", "reolink", "--password", "S1m-pass", *ports, log=log):
                    took = [viewer.wait_for_pictures(10, within_s=BACK_WITHIN_S) for viewer in viewers]
                    wait_for_state(bridge.ready, "online", within_s=BACK_WITHIN_S)
                    assert max(took) < BACK_WITHIN_S
                    assert [viewer.failure for viewer in viewers] == [None, None]
                    assert [viewer.went_back for viewer in viewers] == [0, 0], "time went backwards"
                    for viewer in viewers:
                        viewer.stop.set()
                    for thread in threads:
                        thread.join(5)
            finally:
                for viewer in viewers:
                    viewer.stop.set()
            assert bridge.stop() == 0
        for thread in threads:
            thread.join(5)


@pytest.mark.timeout(60)
def test_a_device_whose_camera_is_offline_at_the_start_is_complete_from_memory(tmp_path: Path):
    log = tmp_path / "programs.log"
    with program("simulate", "reolink", "--password", "S1m-pass", log=log) as camera:
        path = configuration(tmp_path, camera.ready)
        with program("run", "--config", str(path), log=log) as bridge:
            wait_for_state(bridge.ready, "online", within_s=10)
            known = bridge.ready["devices"][0]["uuid"]
            assert bridge.stop() == 0
    with program("run", "--config", str(path), log=log) as bridge:
        device = bridge.ready["devices"][0]
        assert device["uuid"] == known
        media = service("media", device["xaddr"], username="viewer", password="look-at-it")
        started = time.monotonic()
        assert [profile.token for profile in media.GetProfiles()] == ["Profile_main", "Profile_sub", "Profile_jpeg"]
        assert time.monotonic() - started < 0.5
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        uri = media.GetStreamUri(StreamSetup=setup, ProfileToken="Profile_main").Uri
        assert uri == device["streams"]["main"]
        wait_for_state(bridge.ready, "offline", within_s=5)


@pytest.mark.parametrize(
    ("scenario", "password", "state", "detail"),
    [("", "wrong", "auth_failed", "password"), ("rtsp_off", "S1m-pass", "unsupported", "RTSP")],
)
def test_a_camera_that_refuses_has_a_state_of_its_own(tmp_path: Path, scenario, password, state, detail):
    log = tmp_path / "programs.log"
    with program("simulate", "reolink", "--password", "S1m-pass", "--scenario", scenario, log=log) as camera:
        path = configuration(tmp_path, camera.ready | {"password": password})
        with program("run", "--config", str(path), log=log) as bridge:
            wait_for_state(bridge.ready, state, within_s=10)
            (device,) = requests.get(f"{bridge.ready['http']}/api/v1/devices", timeout=5).json()
            assert detail in device["detail"]
    assert password not in log.read_text()
