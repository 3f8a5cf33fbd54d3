"""Guards around every test: no leaked task or thread, no blocking call in the loop, no socket beyond loopback."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import TYPE_CHECKING

import pytest
import structlog
from blockbuster import blockbuster_ctx
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from blockbuster import BlockBuster

pytest_plugins = ("tests.demo",)

# A third of hypothesis's usual number in the run that everybody waits for; `pytest --hypothesis-profile=thorough`.
settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("quick")

# Plain lines: structlog's own default would draw tracebacks with a library that reads files while the loop waits.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Watch the tasks of every test that runs in an event loop."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.fixturenames.insert(0, "no_leaked_tasks")


@pytest.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    """Fail a test that leaves a task behind."""
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)  # transports report their end in the loop's next turn
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"tasks still running: {left}"


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread behind; the loop's executor threads are joined with the loop."""
    before = set(threading.enumerate())
    yield
    started = [
        thread
        for thread in set(threading.enumerate()) - before
        if not thread.daemon and not thread.name.startswith("asyncio_")
    ]
    for thread in started:
        thread.join(1)  # one that has been told to end may need a moment for it
    left = [thread for thread in started if thread.is_alive()]
    assert not left, f"threads still running: {left}"


@pytest.fixture(autouse=True, scope="session")
def no_blocking_calls() -> Iterator[BlockBuster]:
    """Fail a test in which the bridge blocks the event loop."""
    with blockbuster_ctx("bridge") as blockbuster:
        for function in blockbuster.functions.values():
            # A traceback in the log reads the source lines that it shows; that is worth the moment it takes.
            function.can_block_in("linecache.py", {"checkcache", "updatecache"})
        yield blockbuster
