"""HTTP listeners: one per virtual device, with all that ONVIF wants on that port, and one for the bridge itself."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bridge.core.errors import BridgeError
from bridge.runtime.front import Front

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from bridge.media.tunnels import Tunnels

SHUTDOWN_S = 0.5
"""How long a request in progress may take to end when a listener closes: a long poll would hold it for a minute."""

KEEP_ALIVE_S = 75.0
"""How long a connection may stay silent after an answer. Clients that poll come back sooner; aiohttp's own hour would
let a few hundred of the others fill a port."""

LINGER_S = 0.5
"""How long the rest of a refused body is read, so that the refusal reaches the client before the connection ends."""

MOST_HEADER_BYTES = 8190
"""The longest header line. Digest credentials with long user names stay under 1 KB."""

log = structlog.get_logger(__name__)

_server_log = logging.getLogger(f"{__name__}.aiohttp")


def _log_shortly(record: logging.LogRecord) -> bool:
    """Put one line in the place of the trace that aiohttp logs for what is no HTTP.

    Anybody can send it, and the trace would quote it: the Authorization header, for one.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, web.RequestPayloadError):  # told by the handler that read the body, if any did
        return False
    if not isinstance(error, HttpProcessingError):
        return True
    peer = record.args[0] if isinstance(record.args, tuple) and record.args else None
    log.info("http.broken_request", peer=peer, status=error.code, kind=type(error).__name__)
    return False


_server_log.addFilter(_log_shortly)


class ListenError(BridgeError):
    """A port cannot be listened on."""


@asynccontextmanager
async def http_listener(
    app: web.Application,
    host: str,
    port: int,
    *,
    purpose: str,
    tls: ssl.SSLContext | None = None,
    tunnels: Tunnels | None = None,
) -> AsyncIterator[int]:
    """Serve an application; yields the port that was really bound.

    Args:
        app: what to serve.
        host: address to bind.
        port: 0 for any free one.
        purpose: for the error message: what the port is for, and which key of the configuration sets it.
        tls: serve HTTPS too, on the same port.
        tunnels: serve RTSP too, through HTTP and WebSockets.

    Raises:
        ListenError: the address or port is not to be had.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_server_log,
        keepalive_timeout=KEEP_ALIVE_S,
        shutdown_timeout=SHUTDOWN_S,
        handler_cancellation=True,
        lingering_time=LINGER_S,
        max_line_size=MOST_HEADER_BYTES,
        max_field_size=MOST_HEADER_BYTES,
    )
    await runner.setup()
    try:
        front = Front(_server_of(runner), tls=tls, tunnels=tunnels)
        async with _listening(front, host, port, purpose=purpose) as bound:
            yield bound
    finally:
        await runner.cleanup()


def _server_of(runner: web.AppRunner) -> web.Server:
    if runner.server is None:
        raise RuntimeError("the runner is not set up")
    return runner.server


@asynccontextmanager
async def _listening(front: Front, host: str, port: int, *, purpose: str) -> AsyncIterator[int]:
    try:
        server = await asyncio.get_running_loop().create_server(front.greet, host, port)
    except OSError as error:
        raise ListenError(f"cannot listen on {host}:{port} for {purpose}: {error.strerror}") from error
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        front.close()
