"""onvif-python asks everything that it knows, with HTTP Digest and with UsernameToken, by its API and its command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.onvif.services import SERVICES

if TYPE_CHECKING:
    from tests.demo import Demo

pytestmark = [pytest.mark.interop, pytest.mark.timeout(60)]

SWEEP = Path(__file__).parent / "onvif_python.py"
SERVED = {operation.tag for service in SERVICES for operation in service.operations}

DEVICE = "{http://www.onvif.org/ver10/device/wsdl}"
REFUSED = {
    f"{DEVICE}GetSystemLog": ["InvalidArgs", "SystemlogUnavailable"],
    f"{DEVICE}GetSystemSupportInformation": ["InvalidArgs", "SupportInformationUnavailable"],
}
"""Questions that are known and never answered: the log is the bridge's."""

NOT_THERE = (["ActionNotSupported"], ["UnknownAction"])
"""An operation that is not served, of a service that is; and one of a service that is not."""


def ran(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("proof", ["digest", "token"])
def test_every_question_is_answered_or_refused_by_its_own_fault(equipped: Demo, proof: str):
    found = json.loads(ran(str(SWEEP), equipped.host, equipped.port, equipped.username, equipped.password, proof))
    asked = {request for request in SERVED if "}Get" in request}
    assert asked <= set(found)
    assert {request: found[request] for request in asked} == dict.fromkeys(asked, "answered") | REFUSED
    others = {request: outcome for request, outcome in found.items() if request not in asked}
    assert not {request: outcome for request, outcome in others.items() if outcome not in NOT_THERE}


@pytest.mark.parametrize("options", [("--digest",), ()], ids=["digest", "token"])
def test_its_command_shows_the_device(equipped: Demo, options: tuple[str, ...]):
    account = ("--host", equipped.host, "--port", equipped.port, "-u", equipped.username, "-p", equipped.password)
    shown = ran("-m", "onvif.cli", *account, *options, "--cache", "mem", "devicemgmt", "GetDeviceInformation")
    assert "EQ-1" in shown
