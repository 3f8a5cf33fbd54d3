"""Helper process: one virtual device on HTTP, and beside it, on `/bare`, a handler that always answers the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from bridge.cli.logs import configure_logging
from bridge.cli.run import spare_the_collector
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.onvif.device import VirtualDevice
from bridge.onvif.endpoint import make_app
from bridge.onvif.security import Verifiers
from bridge.proto.http.digest import DigestServer
from bridge.runtime.accounts import Accounts
from bridge.runtime.clock import SystemClock
from bridge.runtime.listeners import http_listener
from tests.memory import VolatileMemory
from tests.perf.conversing import converse, parser, run
from tests.perf.relay import PASSWORD, USERNAME
from tests.unit.onvif.bench_camera import BenchCamera, described


async def main() -> None:
    users = Accounts([User(USERNAME, Secret(PASSWORD), UserLevel.USER)])
    camera = BenchCamera(described())
    camera.given = camera.facets
    device = VirtualDevice(
        camera,
        uuid=UUID(int=7),
        users=users,
        clock=SystemClock(),
        rtsp_port=8554,
        snapshots=None,
        memory=VolatileMemory(),
    )
    app = make_app(device, verifiers=Verifiers(DigestServer("perf", key=b"k" * 32)))
    bare_answer = b""

    async def bare(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=bare_answer, content_type="application/soap+xml", charset="utf-8")

    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        nonlocal bare_answer
        bare_answer = question["bare"].encode()
        return {}

    app.router.add_post("/bare", bare)
    spare_the_collector()
    async with http_listener(app, "127.0.0.1", 0, purpose="measuring") as port:
        await converse({"port": port}, answer)


if __name__ == "__main__":
    chosen = parser().parse_args()
    configure_logging("error", "text")
    run(main(), chosen.loop)
