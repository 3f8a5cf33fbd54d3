"""A part that fails is begun again, one that is told to end ends."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bridge.runtime import guard
from bridge.runtime.guard import keep_running, the_error


async def test_a_part_that_fails_is_logged_shown_and_begun_again(monkeypatch):
    monkeypatch.setattr(guard, "AGAIN_S", 0.0)
    failures: list[str] = []
    third_time = asyncio.Event()

    async def part() -> None:
        if len(failures) == 2:
            third_time.set()
            await asyncio.Event().wait()
        raise ZeroDivisionError

    with capture_logs() as logs:
        task = asyncio.create_task(keep_running("camera gate", part, failed=lambda: failures.append("failed")))
        await asyncio.wait_for(third_time.wait(), 5)
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()
    assert [(entry["event"], entry["part"]) for entry in logs] == [("bridge.part_failed", "camera gate")] * 2


async def test_a_part_that_fails_while_it_is_cancelled_does_not_come_back():
    begun = asyncio.Event()

    async def part() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(clumsy_goodbye())
            begun.set()

    async def clumsy_goodbye() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("the disk is full")

    task = asyncio.create_task(keep_running("camera gate", part, failed=lambda: None))
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


@pytest.mark.parametrize("depth", [1, 3])
def test_the_readable_error_is_found_in_nested_groups(depth):
    error = OSError("the port is taken")
    group: ExceptionGroup[Exception] = ExceptionGroup("", [error])
    for _ in range(depth - 1):
        group = ExceptionGroup("", [group])
    assert the_error(group) is error
