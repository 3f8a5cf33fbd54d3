"""Keeps a fault of the bridge's own inside the part that has it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger(__name__)

AGAIN_S = 60.0
"""After an error that is a fault of the bridge: it will most likely happen again, so it must not flood the log."""


async def keep_running(part: str, run: Callable[[], Awaitable[None]], *, failed: Callable[[], None]) -> None:
    """Run a part of the bridge again and again, until cancelled.

    Args:
        part: what it is, for the log.
        run: the part; it should never return.
        failed: called when it has ended, before the wait.
    """
    while True:
        try:
            await run()
        except* Exception:
            log.exception("bridge.part_failed", part=part)
        if (task := asyncio.current_task()) is not None and task.cancelling():
            # A fault while it was being cancelled hides the cancellation: it was told to end, so it ends.
            raise asyncio.CancelledError
        failed()
        await asyncio.sleep(AGAIN_S)


def the_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a group that holds no group: what a person wants to read."""
    first = group.exceptions[0]
    return the_error(first) if isinstance(first, BaseExceptionGroup) else first
