"""Home Assistant adds a camera that has everything, and understands what every topic tells.

The client is its own library in its own order; what its parsers (onvif_parsers) make of a message is what a user of
Home Assistant sees.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.demo import Demo
    from tests.programs import Program

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

HERE = Path(__file__).parent
COMMAND = [str(HERE / ".venv/bin/python"), str(HERE / "home_assistant.py")]

HAPPENINGS = {
    "motion": "",
    "person": "",
    "vehicle": "",
    "animal": "",
    "face": "",
    "visitor": "",
    "package": "",
    "tamper": "",
    "too_dark": "",
    "too_bright": "",
    "too_blurry": "",
    "sound": "",
    "motion_region": "Door",
    "line_crossed": "",
    "intrusion": "",
    "relay": "Relay_1",
    "digital_input": "Input_1",
    "storage_failure": "",
    "signal_loss": "",
}
"""Everything that happens to the camera, with its source where it has several."""

UNDERSTOOD = {
    "tns1:VideoSource/MotionAlarm": ["Motion Alarm", "binary_sensor", "motion", True],
    "tns1:VideoSource/ImageTooDark/ImagingService": ["Image Too Dark", "binary_sensor", "problem", True],
    "tns1:VideoSource/ImageTooBright/ImagingService": ["Image Too Bright", "binary_sensor", "problem", True],
    "tns1:VideoSource/ImageTooBlurry/ImagingService": ["Image Too Blurry", "binary_sensor", "problem", True],
    "tns1:VideoSource/GlobalSceneChange/ImagingService": ["Global Scene Change", "binary_sensor", "problem", True],
    "tns1:RuleEngine/CellMotionDetector/Motion": ["Cell Motion Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/MotionRegionDetector/Motion": ["Motion Region Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/LineDetector/Crossed": ["Line Detector Crossed", "sensor", None, "1"],
    "tns1:RuleEngine/FieldDetector/ObjectsInside": ["Field Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/MyRuleDetector/PeopleDetect": ["Person Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/MyRuleDetector/VehicleDetect": ["Vehicle Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/MyRuleDetector/DogCatDetect": ["Pet Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/MyRuleDetector/FaceDetect": ["Face Detection", "binary_sensor", "motion", True],
    "tns1:RuleEngine/MyRuleDetector/Visitor": ["Visitor Detection", "binary_sensor", "occupancy", True],
    "tns1:RuleEngine/MyRuleDetector/Package": ["Package Detection", "binary_sensor", "occupancy", True],
    "tns1:AudioAnalytics/Audio/DetectedSound": ["Detected Sound", "binary_sensor", "sound", True],
    "tns1:Device/Trigger/DigitalInput": ["Digital Input", "binary_sensor", None, True],
    "tns1:Device/Trigger/Relay": ["Relay Triggered", "binary_sensor", None, True],
    "tns1:Device/HardwareFailure/StorageFailure": ["Storage Failure", "binary_sensor", "problem", True],
}
"""What a user sees when it happens: name, platform, class and value."""

REBOOT = "tns1:Monitoring/OperatingTime/LastReboot"

PASSED_OVER = {
    "tns1:VideoSource/SignalLoss",
    "tns1:Media/ProfileChanged",
    "tns1:Media/ConfigurationChanged",
}
"""Topics that it has no parser for."""


def test_home_assistant_understands_every_topic_that_it_has_a_parser_for(served: Program, equipped: Demo):
    arguments = [equipped.host, equipped.port, equipped.username, equipped.password]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert client.stderr is not None
        first = client.stdout.readline()
        assert first, client.stderr.read().decode()
        everything_happens(served)
        second, errors = client.communicate(timeout=60)
    assert client.returncode == 0, errors.decode()
    added, heard = json.loads(first), json.loads(second)
    assert_added(added)
    assert set(added["topics"]) == {*UNDERSTOOD, REBOOT, *PASSED_OVER}
    assert set(heard) == set(added["topics"])
    assert {topic for topic, entities in heard.items() if entities is None} == PASSED_OVER
    assert {topic: heard[topic] for topic in UNDERSTOOD} == {topic: [shown] for topic, shown in UNDERSTOOD.items()}
    (reboot,) = heard[REBOOT]
    assert reboot[:3] == ["Last Reboot", "sensor", "timestamp"]
    assert reboot[3].endswith("Z")


def everything_happens(served: Program) -> None:
    for active in (True, False):
        for kind, source in HAPPENINGS.items():
            served.ask(report={"kind": kind, "active": active, "source": source})


def assert_added(added: dict[str, Any]) -> None:
    """Say that it could be set up: Home Assistant insists on an H.264 profile and on a hardware address."""
    assert added["profiles"] == ["Profile_main", "Profile_sub"]
    assert len(added["mac"]) == 17
    assert added["serial"] == "EQ-1"
    assert added["snapshots"] is True
    assert added["picture"] == "ffd8"
    assert added["presets"] == 2
    assert all(uri.startswith("rtsp://") for uri in added["streams"])
