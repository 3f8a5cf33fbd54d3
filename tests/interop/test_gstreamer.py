"""GStreamer talks to a camera while it watches: `rtspsrc` with `backchannel=onvif`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.demo import Demo
    from tests.programs import Program

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

SYSTEM_PYTHON = "/usr/bin/python3"
GST_TALK = str(Path(__file__).parent / "gst_talk.py")
SECONDS = 0.4
PACKETS = 20
TONE = bytes((0x80, 0x00) * 80)


@pytest.mark.parametrize("protocol", ["tcp", "udp", "tcp+http"])
def test_gstreamer_talks_and_watches(served: Program, equipped: Demo, protocol: str):
    address = equipped.device["streams"]["jpeg"]
    if "http" in protocol:
        # The web port is where RTSP inside of HTTP is.
        address = f"rtsph://{equipped.host}:{equipped.port}/equipped/jpeg"
    served.ask(heard=True)
    done = subprocess.run(
        [SYSTEM_PYTHON, GST_TALK, address, equipped.username, equipped.password, protocol, str(SECONDS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}\nGStreamer's bindings are needed: gir1.2-gstreamer-1.0, python3-gi"
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["error"] == ""
    assert told["offered"] == [["PCMU", 0]]
    assert told["taken"] == PACKETS
    heard = bytes.fromhex(served.ask(heard=True)["heard"])
    assert len(heard) >= (PACKETS - 2) * len(TONE), "more than the last packets were lost"
    assert heard == TONE * (len(heard) // len(TONE))
