"""The command line: results on stdout, errors as readable lines, exit statuses as promised."""

import json
import logging

import pytest
import structlog

from bridge.cli.logs import configure_logging
from bridge.cli.main import main
from bridge.resources import data_folder


@pytest.fixture(autouse=True)
def restore_logging():
    handlers, level, structured = logging.root.handlers[:], logging.root.level, structlog.get_config()
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.configure(**structured)


@pytest.fixture
def config(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "bridge.yaml"
        path.write_text(text)
        return str(path)

    return write


GOOD = """
users: [{username: admin, password: p}]
cameras: [{id: gate, family: reolink, host: 192.0.2.1, password: p}]
"""


def test_check_approves_a_good_file(config, capsys):
    assert main(["check", "--config", config(GOOD)]) == 0
    assert "good; 1 camera(s), 1 user(s)" in capsys.readouterr().out


def test_check_lists_every_error_with_its_path_and_exits_2(config, capsys):
    assert main(["check", "--config", config("bridge: {x: 1}\nusers: []\ncameras: [{id: A}]")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [line.partition(":")[0] for line in shown.err.splitlines()]
    assert lines == [
        "bridge.x",
        "users",
        "cameras[0].id",
        "cameras[0].family",
        "cameras[0].host",
        "cameras[0].password",
    ]


def test_run_refuses_a_bad_file_before_it_listens(config, capsys):
    assert main(["run", "--config", config("users: []")]) == 2
    assert "without a user nobody could log in" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["check"], ["simulate", "unheard-of"], ["run", "--config", "x", "--log-level", "loud"]]
)
def test_wrong_usage_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_an_unknown_model_or_scenario_is_told_with_what_there_is(capsys):
    assert main(["simulate", "reolink", "--model", "Box Brownie"]) == 2
    assert "RLC-823A" in capsys.readouterr().err


def test_an_unknown_family_in_the_demo_is_told_with_what_there_is(capsys):
    assert main(["demo", "--families", "reolink,unheard-of"]) == 2
    assert "unheard-of: not in this version; there are: reolink" in capsys.readouterr().err


def test_json_logs_are_one_object_a_line(capsys):
    configure_logging("info", "json")
    structlog.get_logger("bridge.test").info("camera.state", camera="gate")
    logging.getLogger("other").warning("plain")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["camera"], first["level"]) == ("camera.state", "gate", "info")
    assert second["event"] == "plain"


def test_the_example_configuration_is_good(monkeypatch, capsys):
    monkeypatch.setenv("BRIDGE_PASSWORD", "x")
    monkeypatch.setenv("FRONT_DOOR_PASSWORD", "x")
    example = data_folder("profiles").parent / "deploy" / "config.example.yaml"
    assert main(["check", "--config", str(example)]) == 0


def test_probe_of_a_planned_or_unknown_family_says_what_there_is(capsys):
    assert main(["probe", "vigi", "192.0.2.1", "--password", "x"]) == 2
    assert "has no driver in this version; there are: reolink" in capsys.readouterr().err
    assert main(["probe", "unheard-of", "192.0.2.1", "--password", "x"]) == 2
    assert "is not a camera family" in capsys.readouterr().err
