"""A device with everything, as a program, for clients that live in other environments."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.demo import Demo
from tests.programs import STOP_S, Program, program

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVE = (sys.executable, "-m", "tests.conformance.serve")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program: it can be told what happens in front of its camera."""
    with program(log=tmp_path_factory.mktemp("equipped") / "bridge.log", command=SERVE) as running:
        yield running
        running.ask(stop=True)
        assert running.process.wait(STOP_S) == 0


@pytest.fixture(scope="session")
def equipped(served: Program) -> Demo:
    """What its ready line says."""
    return Demo(served.ready)
