"""HTTP listeners: one per virtual device, one for the bridge itself."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.core.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SHUTDOWN_S = 0.5
"""How long a request in progress may take to end when a listener closes: a long poll would hold it for a minute."""

MOST_HEADER_BYTES = 8190


class ListenError(BridgeError):
    """A port cannot be listened on."""


@asynccontextmanager
async def http_listener(app: web.Application, host: str, port: int, *, purpose: str) -> AsyncIterator[int]:
    """Serve an application; yields the port that was really bound.

    Args:
        app: what to serve.
        host: address to bind.
        port: 0 for any free one.
        purpose: for the error message: what the port is for, and which key of the configuration sets it.

    Raises:
        ListenError: the address or port is not to be had.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=SHUTDOWN_S,
        handler_cancellation=True,
        max_line_size=MOST_HEADER_BYTES,
        max_field_size=MOST_HEADER_BYTES,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise ListenError(f"cannot listen on {host}:{port} for {purpose}: {error.strerror}") from error
        yield _bound_port(runner)
    finally:
        await runner.cleanup()


def _bound_port(runner: web.AppRunner) -> int:
    address = runner.addresses[0]
    return int(address[1])
