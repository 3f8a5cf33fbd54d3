"""Home Assistant's client library has notifications posted to a web hook and reads them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.demo import Demo

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

HERE = Path(__file__).parent
TOPICS = {"tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"}


def test_home_assistants_library_reads_what_is_posted_to_its_web_hook(demo: Demo):
    command = [str(HERE / ".venv/bin/python"), str(HERE / "zeep_async_notify.py")]
    arguments = [demo.host, demo.port, demo.username, demo.password, f"{demo.control}/event"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["producers"] > 0
    for told in (seen["first"], seen["again"]):
        assert {operation for _, operation, _ in told} == {"Initialized"}
        assert {topic for topic, _, _ in told} >= TOPICS
    assert set(seen["topics"]) >= TOPICS
