"""The README's commands, run as they stand there, in a copy of the checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.programs import program

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)


def test_there_are_the_two_commands_that_were_promised():
    assert COMMANDS == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/onvif-bridge demo",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]


def test_continuous_integration_runs_exactly_the_test_command():
    steps = (ROOT / ".ci" / "run").read_text().replace("--quiet --disable-pip-version-check ", "")
    assert COMMANDS[1] in steps


def test_the_first_command_installs_and_starts_the_demo(tmp_path: Path):
    checkout = tmp_path / "checkout"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    install, _, start = COMMANDS[0].rpartition(" && ")
    subprocess.run(["bash", "-c", install], cwd=checkout, check=True, capture_output=True, timeout=240)
    command, _, arguments = start.partition(" ")
    free_ports = ["--json", "--http-port", "0", "--rtsp-port", "0", "--onvif-port", "0"]
    with program(*arguments.split(), *free_ports, log=tmp_path / "log", command=[str(checkout / command)]) as demo:
        assert [device["state"] for device in demo.ready["devices"]] == ["online"]
        assert demo.stop() == 0
