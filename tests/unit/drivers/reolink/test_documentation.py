"""The table of native commands in the drivers' README: complete, and its tests exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import bridge.drivers.reolink as package

SOURCES = Path(package.__file__).parent
README = (SOURCES.parent / "README.md").read_text(encoding="utf-8")
SERVED, LEFT_OUT = README[README.index("### Native commands") :].split("Left out, and why:")
TESTS = Path(__file__).parents[3]
COMMAND = re.compile(r"(?:Get|Set|Start)[A-Z]\w+|Login|Logout|Snap|Search|PtzCtrl|AudioAlarmPlay")


def commands_of_the_driver() -> set[str]:
    """Return every text in the driver's code that is a native command."""
    texts = {
        node.value
        for source in SOURCES.glob("*.py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if COMMAND.fullmatch(text)} - {"StartTime"}


def test_every_command_that_the_driver_sends_is_in_the_table() -> None:
    sent = commands_of_the_driver()
    assert len(sent) > 35
    assert {command for command in sent if f"`{command}`" not in SERVED} == set()


def test_no_command_is_both_served_and_left_out() -> None:
    left_out = {word for word in re.findall(r"`(\w+)`", LEFT_OUT) if COMMAND.fullmatch(word)} - {"PtzCtrl", "SetIsp"}
    assert left_out & commands_of_the_driver() == set()


def test_every_test_that_the_table_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", SERVED))
    existing = {
        name
        for folder in ("unit/drivers/reolink", "integration")
        for source in (TESTS / folder).glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", source.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 20
    assert named - existing == set()
