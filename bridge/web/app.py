"""The bridge's own HTTP port: health and a small REST API (`product.md` 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bridge.web.metrics import render_metrics

if TYPE_CHECKING:
    from bridge.runtime.bridge import Bridge

BRIDGE: web.AppKey[Bridge] = web.AppKey("bridge")


def make_app(bridge: Bridge) -> web.Application:
    """Return the application that shows a bridge."""
    app = web.Application(client_max_size=64 * 1024)
    app[BRIDGE] = bridge
    app.add_routes(
        [
            web.get("/healthz", health),
            web.get("/metrics", metrics),
            web.get("/api/v1/devices", devices),
        ]
    )
    return app


async def health(request: web.Request) -> web.Response:
    """Say that the process can serve: it says so by answering."""
    online = sum(unit.is_online for unit in request.app[BRIDGE].units)
    return web.json_response({"status": "ok", "devices": len(request.app[BRIDGE].units), "online": online})


async def devices(request: web.Request) -> web.Response:
    """List the virtual devices: the same objects as in the ready line."""
    return web.json_response(request.app[BRIDGE].devices())


async def metrics(request: web.Request) -> web.Response:
    """Return the counters in Prometheus' text format."""
    body, content_type = render_metrics(request.app[BRIDGE])
    return web.Response(body=body, headers={"Content-Type": content_type})
