"""`run` over its life: ready line, reload, refusal of a taken port, an end within five seconds."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from bridge.runtime.certificate import self_signed
from tests.clients.official import service
from tests.clients.viewer import open_stream
from tests.programs import STOP_S, program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

USERS = [{"username": "viewer", "password": "look-at-it", "level": "Administrator"}]


def camera(camera_id: str, **more: Any) -> dict[str, Any]:
    """A camera where none is: nothing listens on the discard port of the loopback address."""
    return {"id": camera_id, "family": "reolink", "host": "127.0.0.1", "port": 9, "password": "x", **more}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(*cameras: dict[str, Any], users: list[dict[str, str]] = USERS, **section: Any) -> Path:
        bridge = {"bind": "127.0.0.1", "rtsp_port": 0, "http_port": 0, "discovery": False} | section
        path = tmp_path / "bridge.yaml"
        document = {"bridge": bridge | {"state": str(tmp_path / "state.db")}, "users": users, "cameras": cameras}
        path.write_text(json.dumps(document))
        return path

    return write


def devices(ready: dict[str, Any]) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = requests.get(f"{ready['http']}/api/v1/devices", timeout=5).json()
    return answer


def wait_for(condition: Callable[[], bool], *, within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_camera_that_was_never_reached_still_is_a_device(write, tmp_path):
    with program("run", "--config", str(write(camera("gate"))), log=tmp_path / "log") as bridge:
        (device,) = devices(bridge.ready)
        assert list(device["streams"]) == ["main", "sub"]
        client = service("device", device["xaddr"], username="viewer", password="look-at-it")
        assert client.GetSystemDateAndTime().UTCDateTime is not None
        assert client.GetDeviceInformation().SerialNumber
        media = service("media", device["xaddr"], username="viewer", password="look-at-it")
        assert media.GetProfiles() == []
        wait_for(lambda: devices(bridge.ready)[0]["state"] == "offline")
        assert "no connection" in devices(bridge.ready)[0]["detail"]


def test_a_hangup_reloads_cameras_and_users_and_disturbs_nobody_else(write, tmp_path):
    path = write(camera("gate"), camera("door"))
    with program("run", "--config", str(path), log=tmp_path / "log") as bridge:
        before = {device["id"]: device for device in devices(bridge.ready)}
        write(camera("gate"), camera("yard"), users=[{"username": "new", "password": "new-one"}])
        bridge.process.send_signal(signal.SIGHUP)
        wait_for(lambda: [device["id"] for device in devices(bridge.ready)] == ["gate", "yard"])
        assert devices(bridge.ready)[0]["xaddr"] == before["gate"]["xaddr"]
        client = service("device", before["gate"]["xaddr"], username="new", password="new-one")
        assert client.GetDeviceInformation().SerialNumber


def test_a_broken_file_changes_nothing_and_says_what_is_wrong(write, tmp_path):
    path = write(camera("gate"))
    with program("run", "--config", str(path), log=tmp_path / "log") as bridge:
        path.write_text("users: []")
        bridge.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "without a user nobody could log in" in (tmp_path / "log").read_text())
        assert [device["id"] for device in devices(bridge.ready)] == ["gate"]


def test_a_hangup_shows_the_operators_renewed_certificate_and_keeps_it_when_the_next_is_broken(write, tmp_path):
    certificate, key = tmp_path / "bridge.crt", tmp_path / "bridge.key"

    def renew() -> None:
        pem = self_signed(["127.0.0.1"], datetime.now(UTC))
        cut = pem.index("-----BEGIN CERT")
        key.write_text(pem[:cut])
        certificate.write_text(pem[cut:])

    renew()
    path = write(camera("gate"), tls={"certificate": str(certificate), "key": str(key)})
    with program("run", "--config", str(path), log=tmp_path / "log") as bridge:
        address = urlsplit(devices(bridge.ready)[0]["xaddr"])

        def shown() -> str:
            return ssl.get_server_certificate((address.hostname, address.port), timeout=5)

        assert shown() == certificate.read_text()
        renew()
        bridge.process.send_signal(signal.SIGHUP)
        wait_for(lambda: shown() == certificate.read_text())
        before = shown()
        key.write_text("no key")
        bridge.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "bridge.tls.key: holds no private key" in (tmp_path / "log").read_text())
        assert shown() == before


def test_a_taken_port_ends_it_at_once_with_a_readable_line(write, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        path = write(camera("gate", onvif_port=port))
        with (
            pytest.raises(AssertionError, match=f"cannot listen on 127.0.0.1:{port} for camera gate"),
            program("run", "--config", str(path), log=tmp_path / "log"),
        ):
            pass


def test_it_ends_within_five_seconds_whatever_clients_are_waiting_for(write, tmp_path):
    with program("run", "--config", str(write(camera("gate"), camera("door"))), log=tmp_path / "log") as bridge:
        xaddr = devices(bridge.ready)[0]["xaddr"]
        created = service("events", xaddr, username="viewer", password="look-at-it").CreatePullPointSubscription()
        address = created.SubscriptionReference.Address._value_1
        envelope = (
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body>"
            "<PullMessages xmlns='http://www.onvif.org/ver10/events/wsdl'>"
            "<Timeout>PT60S</Timeout><MessageLimit>1</MessageLimit></PullMessages></s:Body></s:Envelope>"
        )
        waiting = threading.Thread(target=lambda: _post_and_wait(address, envelope))
        waiting.start()
        started = time.monotonic()
        assert bridge.stop() == 0
        assert time.monotonic() - started < STOP_S
        waiting.join(5)


@pytest.fixture
def playing(write, tmp_path):
    """A bridge in front of a simulated camera, and a viewer with pictures; yields (bridge, camera, viewer, path)."""
    log = tmp_path / "log"
    with program("simulate", "reolink", "--password", "S1m-pass", log=log) as simulator:
        ports = {key: int(simulator.ready[key].rpartition(":")[2]) for key in ("api", "rtsp")}
        real = camera("gate", port=ports["api"], rtsp_port=ports["rtsp"], tls=False, password="S1m-pass")
        path = write(real)
        with program("run", "--config", str(path), log=log) as bridge:
            wait_for(lambda: devices(bridge.ready)[0]["state"] == "online")
            uri = devices(bridge.ready)[0]["streams"]["sub"].replace("://", "://viewer:look-at-it@")
            container = open_stream(uri, transport="tcp")
            packets = container.demux(video=0)
            assert next(packets).size
            yield bridge, simulator, packets, real
            container.close()


def test_viewers_of_a_camera_that_is_changed_are_told_that_it_ended(playing, write):
    bridge, _, packets, real = playing
    write(real | {"name": "Another name"})
    bridge.process.send_signal(signal.SIGHUP)
    wait_for(lambda: [device["name"] for device in devices(bridge.ready)] == ["Another name"])
    started = time.monotonic()
    for packet in packets:
        if not packet.size:
            break
    assert time.monotonic() - started < 3, "the stream neither went on nor ended"


def test_it_ends_in_time_even_when_a_camera_has_frozen_while_it_moves(playing):
    bridge, simulator, _, _ = playing
    ptz = service("ptz", devices(bridge.ready)[0]["xaddr"], username="viewer", password="look-at-it")
    ptz.ContinuousMove(ProfileToken="Profile_main", Velocity={"PanTilt": {"x": 0.5, "y": 0}})
    simulator.process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert bridge.stop() == 0
        assert time.monotonic() - started < STOP_S
    finally:
        simulator.process.send_signal(signal.SIGCONT)


def _post_and_wait(address: str, envelope: str) -> None:
    login = requests.auth.HTTPDigestAuth("viewer", "look-at-it")
    try:
        for _ in range(3):  # the first answers hold the initial states
            requests.post(address, data=envelope, auth=login, timeout=30)
    except requests.ConnectionError:
        return
