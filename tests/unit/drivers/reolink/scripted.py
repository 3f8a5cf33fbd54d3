"""A camera that says exactly what a test wants it to: a real HTTP server with a script and a memory.

It is written from the vendor document's envelope only and knows nothing of the driver; the simulator of the product
is another, fuller reading of the same document.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bridge.core.model import Secret
from bridge.drivers.http import HttpClient, HttpEndpoint
from bridge.drivers.reolink.profile import PROFILE
from bridge.drivers.reolink.session import Account, Lease, NativeSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.clock import FakeClock

PASSWORD = "S1m-pass"  # made up
JPEG = b"\xff\xd8 a picture \xff\xd9"

QUICK = PROFILE.model_copy(
    update={
        "http": PROFILE.http.model_copy(
            update={"answer_s": 2.0, "snapshot_s": 2.0, "logout_s": 0.5, "net_restart_s": 0.01}
        ),
        "session": PROFILE.session.model_copy(update={"retry_s": 0.01, "busy_retry_s": 0.01}),
        "poll": PROFILE.poll.model_copy(update={"events_s": 0.01, "slow_events_s": 0.02, "answer_s": 1.0}),
    }
)
"""The family's table with waits that suit a test."""


def good(cmd: str, value: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    """An answer of success; for a set command without `value` the one that the document prints."""
    return {"cmd": cmd, "code": 0, "value": {"rspCode": 200} if value is None else value, **more}


def refused(cmd: str, code: int) -> dict[str, Any]:
    """An answer of failure as real devices send it."""
    return {"cmd": cmd, "code": 1, "error": {"detail": "no", "rspCode": code}}


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    method: str
    query: dict[str, str]
    commands: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        return [command["cmd"] for command in self.commands] or [self.query["cmd"]]


Reply = web.StreamResponse | list[dict[str, Any]] | None


Script = Reply | Callable[[Received], Reply]


@dataclass
class ScriptedCamera:
    """What the camera answers, and what it was asked.

    `answers` maps a command to its answer; `replies` are taken first, one per request: a whole response, a list of
    elements, or None to close the connection without a word. `on` is called when a command comes in.
    """

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: deque[Script] = field(default_factory=deque)
    on: dict[str, Callable[[Received], None]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    logins: int = 0
    port: int = 0
    before: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None

    @property
    def asked(self) -> list[str]:
        return [name for request in self.received for name in request.names]

    def requests(self, cmd: str) -> list[Received]:
        return [request for request in self.received if cmd in request.names]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        return await (self.before or self.handle)(request)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        received = Received(request.method, dict(request.query), json.loads(body) if body else [])
        self.received.append(received)
        reply = self.replies.popleft() if self.replies else self._answers(received)
        if callable(reply):
            reply = reply(received)
        if reply is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(reply, web.StreamResponse):
            return reply
        return web.Response(text=json.dumps(reply, indent=3, separators=(",", " : ")), content_type="text/html")

    def _answers(self, received: Received) -> Reply:
        for name in received.names:
            self.on.get(name, _nothing)(received)
        if received.method == "GET":
            return web.Response(body=JPEG, content_type="image/jpeg")
        return [self._answer(command) for command in received.commands]

    def _answer(self, command: dict[str, Any]) -> dict[str, Any]:
        cmd = command["cmd"]
        if cmd in self.answers:
            return self.answers[cmd]
        if cmd == "Login":
            self.logins += 1
            return good("Login", {"Token": {"leaseTime": 3600, "name": f"token{self.logins}"}})
        if cmd.startswith("Get"):
            return refused("Unknown", -9)
        return good(cmd)


def obey(camera: ScriptedCamera) -> None:
    """Have the camera take over what is set: objects that come in replace the fields of those that it tells."""
    for read in [cmd for cmd in camera.answers if cmd.startswith("Get")]:
        write = f"Set{read.removeprefix('Get')}"
        camera.on[write] = partial(_take_over, camera, write, read)


def _take_over(camera: ScriptedCamera, write: str, read: str, received: Received) -> None:
    for command in received.commands:
        if command["cmd"] == write:
            for key, fields in command["param"].items():
                camera.answers[read]["value"][key].update(fields)


def _nothing(received: Received) -> None:
    """Most commands change nothing."""


@asynccontextmanager
async def scripted_camera() -> AsyncIterator[ScriptedCamera]:
    camera = ScriptedCamera()
    app = web.Application()
    app.router.add_route("*", "/cgi-bin/api.cgi", camera.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        camera.port = runner.addresses[0][1]
        yield camera
    finally:
        await runner.cleanup()


@asynccontextmanager
async def session_with(
    camera: ScriptedCamera, clock: FakeClock, lease: Lease | None = None
) -> AsyncIterator[NativeSession]:
    endpoint = HttpEndpoint("127.0.0.1", camera.port, None, "cam")
    async with HttpClient(endpoint, connect_s=1.0) as http:
        yield NativeSession(
            http,
            Account("admin", Secret(PASSWORD)),
            lease if lease is not None else Lease(),
            profile=QUICK,
            clock=clock,
            camera="cam",
        )
