"""Third-party ONVIF clients add the demo camera, look around, move it and hear of motion."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.demo import Demo

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

HERE = Path(__file__).parent
ZEEP_ASYNC = [str(HERE / ".venv/bin/python"), str(HERE / "zeep_async.py")]
AGSH = ["node", str(HERE / "node/agsh.js")]
NODE_ONVIF = ["node", str(HERE / "node/node_onvif.js")]

JPEG_START = "ffd8"


def run(command: list[str], *arguments: str) -> dict[str, Any]:
    if not Path(command[0]).is_absolute() and not (HERE / "node/node_modules").is_dir():
        pytest.fail("the clients are not here: run tests/interop/prepare")
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def frames_of(demo: Demo, uri: str, *, transport: str) -> int:
    """Decode 50 frames with ffprobe; returns how many came out."""
    done = subprocess.run(
        [
            *("ffprobe", "-v", "error", "-rtsp_transport", transport, "-count_frames", "-read_intervals", "%+#50"),
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
    assert [profile["token"] for profile in seen["profiles"]] == ["Profile_main", "Profile_sub"]
    assert {profile["encoding"] for profile in seen["profiles"]} == {"H264"}
    assert seen["snapshot"] == JPEG_START
    assert {"tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"} <= set(seen["topics"])
    assert len(set(seen["mac"])) == 1


def test_agsh_onvif_adds_uses_and_listens(demo: Demo):
    seen = run(AGSH, demo.host, demo.port, demo.username, demo.password, f"{demo.control}/event")
    assert [profile["token"] for profile in seen["profiles"]] == ["Profile_main", "Profile_sub"]
    assert "agsh" in seen["presets"]
    assert seen["motion"].endswith("VideoSource/MotionAlarm")


def test_node_onvif_adds_and_moves(demo: Demo):
    seen = run(NODE_ONVIF, demo.xaddr, demo.username, demo.password)
    assert [profile["token"] for profile in seen["profiles"]] == ["Profile_main", "Profile_sub"]
    assert all(profile["video"]["resolution"]["width"] > 0 for profile in seen["profiles"])
    assert seen["snapshot"] == JPEG_START


@pytest.mark.ffmpeg
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("stream", ["main", "sub"])
def test_ffprobe_decodes_fifty_frames(demo: Demo, stream: str, transport: str):
    assert frames_of(demo, demo.device["streams"][stream], transport=transport) >= 50
