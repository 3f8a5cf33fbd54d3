"""The helper process's end of the conversation with the harness: one line of JSON each way, until stdin ends."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

Line = dict[str, Any]

LOOPS = ("uvloop", "asyncio") if find_spec("uvloop") else ("asyncio",)
"""The event loops that can be measured, fastest first; uvloop comes with the extra `speed`."""


def parser() -> ArgumentParser:
    """The options that every helper has."""
    options = ArgumentParser()
    options.add_argument("--loop", choices=LOOPS, default=LOOPS[0])
    return options


def run(main: Coroutine[Any, Any, None], loop: str) -> None:
    """Run a helper to its end."""
    factory = None
    if loop == "uvloop":
        import uvloop  # noqa: PLC0415 - optional

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main)


async def converse(ready: Line, answer: Callable[[Line], Awaitable[Line]] | None = None) -> None:
    """Say what the harness has to know, then answer its questions; return when it has no more."""
    _say(ready)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    try:
        while line := await reader.readline():
            _say(await answer(json.loads(line)) if answer else {})
    finally:
        transport.close()


def _say(line: Line) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
