"""A camera stream behind a web port, with TLS and tunnels, and RTSP's own port beside it."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from bridge.config.models import TlsSection
from bridge.media.tunnels import Tunnels
from bridge.runtime.certificate import server_context
from bridge.runtime.listeners import http_listener
from bridge.store.state import open_state
from tests.unit.media.rtsp_world import rtsp_world


async def _hello(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.scheme} {request.path} {await request.text()}")


def hello_app() -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", _hello)
    return app


@asynccontextmanager
async def tls_pair(folder):
    """A server's context with a certificate of the bridge's own, and a client's that trusts only that."""
    async with open_state(folder / "state.db") as state:
        served = await server_context(TlsSection(), state, hosts=["127.0.0.1"], utc=datetime.now(UTC), folder=folder)
        pem = await state.certificate()
        assert pem is not None
    trusting = await asyncio.to_thread(ssl.create_default_context, cadata=pem[pem.index("-----BEGIN CERT") :])
    yield served, trusting


@asynccontextmanager
async def front_world(*, tls=None, lonely_s=5.0, **options):
    """Yields the world of `rtsp_world` with `web_port` and `tunnels`."""
    async with rtsp_world(**options) as world:
        world.tunnels = Tunnels(world.server.protocol, stage_of=world.server.stage_of, lonely_s=lonely_s)
        listener = http_listener(hello_app(), "127.0.0.1", 0, purpose="a test", tls=tls, tunnels=world.tunnels)
        async with listener as world.web_port:
            await world.begin()
            yield world
