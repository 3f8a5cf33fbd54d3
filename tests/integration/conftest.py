"""Fixtures that several modules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clients.judged import JudgedClient
from tests.demo import Demo
from tests.logs import LogFile
from tests.programs import program
from tests.target import HOST, Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    log = tmp_path_factory.mktemp("bad-input") / "demo.log"
    ports = [word for name in ("http", "rtsp", "onvif") for word in (f"--{name}-port", "0")]
    with program("demo", "--json", "--host", HOST, *ports, log=log) as started:
        demo = Demo(started.ready)
        client = JudgedClient(f"http://{demo.host}:{demo.port}", demo.username, demo.password)
        yield Target(demo, LogFile(log), client)


@pytest.fixture
async def target(running: Target) -> AsyncIterator[Target]:
    """The demo; afterwards it still serves, has written one line at most, and no secret."""
    running.log.mark()
    yield running
    assert (await running.client.date_and_time()).status == 200
    assert (await running.client.profiles()).values("Name")[:1] == ["main"]
    lines = running.log.lines()
    assert len(lines) <= 1, lines
    assert all(len(line) < 1000 for line in lines)
    secrets = {running.demo.password, str(running.demo.ready["simulators"][0]["password"])}
    assert running.log.holds_none_of(secrets | running.client.credentials)
