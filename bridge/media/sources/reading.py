"""Reading a stream of bytes that should never end nor pause."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn

from bridge.core.errors import TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.core.timing import Clock
    from bridge.media.sources.patience import Patience


async def read_media(
    read: Callable[[], Awaitable[bytes]],
    take: Callable[[bytes, float], bool],
    *,
    clock: Clock,
    patience: Patience,
) -> NoReturn:
    """Hand over what is read until cancelled.

    Args:
        read: returns what has arrived, nothing at the end.
        take: takes it with the time of the read; returns whether there was sound or picture in it. What is none does
            not count: a camera that only keeps the connection alive has stalled.
        clock: for the times.
        patience: `answer_s` for the first sound or picture, `stall_s` for each one after it.

    Raises:
        CameraError: the stream ended, or nothing came any more.
    """
    patience_s = patience.answer_s
    last = clock.now()
    while True:
        try:
            async with asyncio.timeout(last + patience_s - clock.now()):
                data = await read()
        except TimeoutError:
            raise TimedOut(f"the camera has sent neither sound nor picture for {patience_s:g} s") from None
        if not data:
            raise Unreachable("the camera ended the stream")
        now = clock.now()
        if take(data, now):
            last, patience_s = now, patience.stall_s
