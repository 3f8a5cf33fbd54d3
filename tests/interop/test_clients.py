"""Third-party ONVIF clients add the demo camera, look around, move it and hear of motion."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.demo import Demo
from tests.programs import program

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

HERE = Path(__file__).parent
ZEEP_ASYNC = [str(HERE / ".venv/bin/python"), str(HERE / "zeep_async.py")]
AGSH = ["node", str(HERE / "node/agsh.js")]
NODE_ONVIF = ["node", str(HERE / "node/node_onvif.js")]

JPEG_START = "ffd8"
PROFILES = ["Profile_main", "Profile_sub", "Profile_jpeg"]


def run(command: list[str], *arguments: str) -> dict[str, Any]:
    if not Path(command[0]).is_absolute() and not (HERE / "node/node_modules").is_dir():
        pytest.fail("the clients are not here: run tests/interop/prepare")
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def frames_of(demo: Demo, uri: str, *, transport: str, frames: int = 50) -> int:
    """Decode some frames with ffprobe; returns how many came out."""
    done = subprocess.run(
        [
            *("ffprobe", "-v", "error", "-rtsp_transport", transport),
            # Otherwise it looks at twenty frames before it believes how many there are in a second.
            *("-fpsprobesize", "1", "-count_frames", "-read_intervals", f"%+#{frames}"),
            *("-select_streams", "v:0", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"),
            demo.with_login(uri),
        ],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.strip().rstrip(","))


def test_home_assistants_library_adds_uses_and_listens(demo: Demo):
    seen = run(ZEEP_ASYNC, demo.host, demo.port, demo.username, demo.password, f"{demo.control}/event")
    assert [profile["token"] for profile in seen["profiles"]] == PROFILES
    assert [profile["encoding"] for profile in seen["profiles"]] == ["H264", "H264", "JPEG"]
    assert seen["snapshot"] == JPEG_START
    assert {"tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"} <= set(seen["topics"])
    assert len(set(seen["mac"])) == 1


def test_agsh_onvif_adds_uses_and_listens(demo: Demo):
    seen = run(AGSH, demo.host, demo.port, demo.username, demo.password, f"{demo.control}/event")
    assert [profile["token"] for profile in seen["profiles"]] == PROFILES
    assert "agsh" in seen["presets"]
    assert seen["motion"].endswith("VideoSource/MotionAlarm")
    assert seen["media2"] is True


def test_agsh_onvif_does_with_media_alone_when_the_switch_says_so(tmp_path: Path):
    serve = (sys.executable, "-m", "tests.conformance.serve")
    with program("advertise_media2", log=tmp_path / "bridge.log", command=serve) as served:
        device = Demo(served.ready)
        command = [*AGSH, device.host, device.port, device.username, device.password]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            assert client.stdout is not None
            assert client.stdout.readline()
            served.ask(report={"kind": "motion", "active": True})
            answer, errors = client.communicate(timeout=30)
    assert client.returncode == 0, errors.decode()
    seen = json.loads(answer)
    assert seen["media2"] is False
    assert [profile["token"] for profile in seen["profiles"]] == PROFILES
    assert seen["motion"].endswith("VideoSource/MotionAlarm")


def test_node_onvif_adds_and_moves(demo: Demo):
    seen = run(NODE_ONVIF, demo.xaddr, demo.username, demo.password)
    assert [profile["token"] for profile in seen["profiles"]] == PROFILES
    assert all(profile["video"]["resolution"]["width"] > 0 for profile in seen["profiles"])
    assert seen["snapshot"] == JPEG_START


@pytest.mark.ffmpeg
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("stream", ["main", "sub"])
def test_ffprobe_decodes_fifty_frames(demo: Demo, stream: str, transport: str):
    assert frames_of(demo, demo.device["streams"][stream], transport=transport) >= 50


@pytest.mark.ffmpeg
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("view", ["", "/video"])
def test_ffprobe_decodes_the_jpeg_stream(demo: Demo, view: str, transport: str):
    assert frames_of(demo, demo.device["streams"]["jpeg"] + view, transport=transport, frames=3) >= 3


@pytest.mark.ffmpeg
@pytest.mark.parametrize("transport", ["http", "https"])
@pytest.mark.parametrize("stream", ["main", "sub"])
def test_ffprobe_decodes_fifty_frames_through_the_web_port(demo: Demo, stream: str, transport: str):
    path = urlsplit(demo.device["streams"][stream]).path
    assert frames_of(demo, f"rtsp://{demo.host}:{demo.port}{path}", transport=transport) >= 50
