"""Runs the bridge."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bridge.cli.signals import until_stopped
from bridge.core.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable, Coroutine

    from bridge.config.models import Configuration
    from bridge.runtime.bridge import Bridge

log = structlog.get_logger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--config", type=Path, required=True, metavar="FILE")


def execute(options: argparse.Namespace) -> int:
    """Run the command until it is stopped."""
    from bridge.runtime.factory import read_configuration

    configuration = read_configuration(options.config)
    return run_in_loop(_run(configuration, options.config))


def run_in_loop(main: Coroutine[object, object, int]) -> int:
    """Run the main coroutine, on uvloop where the extra `speed` is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def _run(configuration: Configuration, path: Path) -> int:
    bridge = make_bridge(configuration)

    async def announce() -> None:
        print_line(bridge.ready_line())

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, _reload, bridge, path)
    try:
        return await serve(bridge, announce=announce)
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def make_bridge(configuration: Configuration) -> Bridge:
    """Put a bridge together, with its management page."""
    from bridge.runtime.bridge import Bridge
    from bridge.runtime.factory import Factory
    from bridge.web.app import make_app

    return Bridge(configuration, Factory(configuration), management=make_app)


async def serve(bridge: Bridge, *, announce: Callable[[], Awaitable[None]]) -> int:
    """Run a bridge until SIGTERM or SIGINT.

    Args:
        bridge: the bridge.
        announce: tells the world, once every listener is up.

    Raises:
        BridgeError: it could not start.
    """
    from bridge.runtime.guard import the_error

    up = asyncio.Event()

    async def announce_when_up() -> None:
        await up.wait()
        spare_the_collector()
        await announce()

    try:
        async with asyncio.TaskGroup() as tasks:
            work = [
                tasks.create_task(bridge.run(ready=up.set), name="bridge"),
                tasks.create_task(announce_when_up(), name="announcement"),
            ]
            await until_stopped()
            for task in work:
                task.cancel()
    except BaseExceptionGroup as group:
        raise the_error(group) from None
    return 0


def spare_the_collector() -> None:
    """Take what is there now out of garbage collection: it stays, and looking through it takes tens of milliseconds."""
    gc.collect()
    gc.freeze()


def print_line(line: dict[str, object]) -> None:
    """Print one line of JSON for the program that started us."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _reload(bridge: Bridge, path: Path) -> None:
    from bridge.runtime.factory import read_configuration

    try:
        bridge.reconfigure(read_configuration(path))
    except ConfigError as error:
        log.error(  # noqa: TRY400 - the operator's mistake, no trace
            "bridge.not_reloaded", problems=[f"{problem.path}: {problem.message}" for problem in error.problems]
        )
