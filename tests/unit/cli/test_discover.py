"""What `discover` prints."""

import json

import pytest

from bridge.cli.discover import as_json, as_table
from bridge.cli.main import main
from bridge.runtime.discover import Discovered

YARD = Discovered("192.0.2.20", "reolink", "RLC-823A", "Yard", "ec:71:db:0f:93:91")
DOOR = Discovered("192.0.2.7", "", "X1", "", "", "http://192.0.2.7/onvif/device_service")


def test_people_get_a_table_that_says_what_to_do_next():
    assert as_table([DOOR, YARD]).splitlines() == [
        "ADDRESS     SPEAKS   MODEL     NAME  MAC                NEXT",
        "192.0.2.7   ONVIF    X1        -     -                  needs no bridge: http://192.0.2.7/onvif/device_service",
        "192.0.2.20  reolink  RLC-823A  Yard  ec:71:db:0f:93:91  onvif-bridge probe reolink 192.0.2.20",
    ]


def test_people_who_find_nothing_are_told_why_that_may_be():
    assert "--host" in as_table([])


def test_programs_get_json():
    assert json.loads(as_json([]))["cameras"] == []
    assert json.loads(as_json([DOOR, YARD]))["cameras"] == [
        {
            "host": "192.0.2.7",
            "family": None,
            "model": "X1",
            "name": None,
            "mac": None,
            "xaddr": "http://192.0.2.7/onvif/device_service",
            "needs_bridge": False,
        },
        {
            "host": "192.0.2.20",
            "family": "reolink",
            "model": "RLC-823A",
            "name": "Yard",
            "mac": "ec:71:db:0f:93:91",
            "xaddr": None,
            "needs_bridge": True,
        },
    ]


@pytest.mark.parametrize(
    "arguments", [["--timeout", "0"], ["--timeout", "nan"], ["--timeout", "soon"], ["--host", "camera"]]
)
def test_wrong_usage_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["discover", *arguments])
    assert stopped.value.code == 2
    assert "discover: error:" in capsys.readouterr().err
