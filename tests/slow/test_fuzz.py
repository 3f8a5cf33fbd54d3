"""A hundred thousand requests that are wrong in some way, and the device is what it was: `pytest -m slow`.

`ONVIF_BRIDGE_FUZZ_REQUESTS` sets another number, `ONVIF_BRIDGE_FUZZ_SEED` another seed; a failure names the requests
that led to it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.clients.soap import envelope
from tests.demo import Demo
from tests.logs import eventually
from tests.perf.child import memory_mb
from tests.programs import program
from tests.slow.corpus import DEVICE_PATH, read_corpus
from tests.slow.mutator import Mutator
from tests.slow.stranger import Account, Stranger, written

if TYPE_CHECKING:
    from tests.programs import Program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SERVE = (sys.executable, "-m", "tests.conformance.serve")
REQUESTS = int(os.environ.get("ONVIF_BRIDGE_FUZZ_REQUESTS", "100000"))
SEED = int(os.environ.get("ONVIF_BRIDGE_FUZZ_SEED", "20"))
CONNECTIONS = 8
ROUNDS = 10
"""After each of them the device begins anew, by turns as a reboot and as it left the factory."""

GROWTH_MB = 16.0
"""What the process may hold more after the last round than after the first: names that libxml2 keeps, and fragments."""

LET_IN = 0.1
"""The least share of requests that must have been answered: otherwise the strangers were only ever sent away."""

UNANSWERED = 0.002
"""The share of requests that may have got no answer: those that were under way when the device began anew."""

TDS = "http://www.onvif.org/ver10/device/wsdl"
ANEW = (
    f"<SystemReboot xmlns='{TDS}'/>",
    f"<SetSystemFactoryDefault xmlns='{TDS}'><FactoryDefault>Hard</FactoryDefault></SetSystemFactoryDefault>",
)


def descriptors(running: Program) -> int:
    return len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))


async def asked(stranger: Stranger, account: Account, body: str) -> bytes:
    """Ask something that only an administrator may; returns the answer."""
    for _ in range(2):  # the first may only bring a nonce
        header = f"Authorization: {account.digest(DEVICE_PATH)}\r\n"
        request = written(DEVICE_PATH, envelope(body).encode(), "application/soap+xml", header)
        head, answer = await stranger.send(request)
        if head.startswith(b"HTTP/1.1 200"):
            return answer
    return b""


async def test_a_device_survives_whatever_is_sent_to_it(tmp_path: Path):
    log = tmp_path / "bridge.log"
    with program(log=log, command=SERVE) as running:
        demo = Demo(running.ready)
        account = Account(demo.username, demo.password)
        corpus = read_corpus()
        owner, *strangers = (
            Stranger(demo.host, int(demo.port), account, Mutator(*corpus, Random(SEED * 100 + number)))
            for number in range(CONNECTIONS + 1)
        )
        assert b"GetUsersResponse" in await asked(owner, account, f"<GetUsers xmlns='{TDS}'/>")
        owner.hang_up()
        before = running.ask(census=True)["tasks"], descriptors(running)

        sizes_mb, begun = [], time.monotonic()
        for number in range(ROUNDS):
            share = REQUESTS // ROUNDS // CONNECTIONS
            async with asyncio.TaskGroup() as tasks:
                for stranger in strangers:
                    tasks.create_task(stranger.send_all(share))
            assert b"Response" in await asked(owner, account, ANEW[number % 2])
            owner.hang_up()
            sizes_mb.append(memory_mb(running.process.pid))
        took_s = time.monotonic() - begun

        answer = await asked(owner, account, f"<GetUsers xmlns='{TDS}'/>")
        assert b"GetUsersResponse" in answer
        assert demo.username.encode() in answer
        owner.hang_up()
        await eventually(lambda: descriptors(running) <= before[1])
        await eventually(lambda: running.ask(census=True)["tasks"] <= before[0])
        assert running.stop() == 0

    problems = [problem for stranger in (owner, *strangers) for problem in stranger.findings.problems]
    statuses = sum((stranger.findings.statuses for stranger in strangers), start=Counter())
    growth_mb = sizes_mb[-1] - sizes_mb[0]
    figures = f"{statuses.total()} requests in {took_s:.0f} s, {growth_mb:+.1f} MB to {sizes_mb[-1]:.0f} MB"
    sys.stdout.write(f"\n{figures}, {dict(statuses)}\n")
    assert not problems, "\n\n".join(problems[:5])
    assert "Traceback" not in log.read_text()
    assert statuses["200"] > LET_IN * REQUESTS
    assert sum(count for status, count in statuses.items() if not status.isdigit()) < UNANSWERED * REQUESTS
    assert growth_mb < GROWTH_MB
