"""A client of the simulated Reolink camera and of its control interface, and a clock that tests turn on."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp

from bridge.simulators.reolink import ReolinkCamera, SimulatorOptions, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PASSWORD = "S1m-pass"


@dataclass
class HandClock:
    """Time that passes when a test says so."""

    passed_s: float = 0.0
    began: datetime = field(default_factory=lambda: datetime(2024, 3, 1, 12, 0, tzinfo=UTC))

    def now(self) -> float:
        return 1000.0 + self.passed_s

    def utc(self) -> datetime:
        return self.began + timedelta(seconds=self.passed_s)

    def advance(self, seconds: float) -> None:
        self.passed_s += seconds


@dataclass
class Client:
    """Talks to one camera; `token` goes with every request once there is one."""

    camera: ReolinkCamera
    http: aiohttp.ClientSession
    clock: HandClock
    token: str | None = None

    @property
    def url(self) -> str:
        return f"{self.camera.ready_line['api']}/cgi-bin/api.cgi"

    async def login(self, password: str = PASSWORD, username: str = "admin") -> dict[str, Any]:
        user = {"Version": "0", "userName": username, "password": password}
        element = await self.send("Login", {"User": user}, token="null")
        if element["code"] == 0:
            self.token = element["value"]["Token"]["name"]
        return element

    async def send(self, cmd: str, param: object = None, *, action: int | None = None, **query: str) -> dict[str, Any]:
        """Post one command and return its element."""
        element: dict[str, Any] = {"cmd": cmd}
        if action is not None:
            element["action"] = action
        if param is not None:
            element["param"] = param
        [answer] = await self.batch([element], cmd=cmd, **query)
        return answer

    async def value(self, cmd: str, param: object = None, **query: str) -> Any:
        """Post one command that must succeed and return its value."""
        element = await self.send(cmd, param, action=None, **query)
        assert element["code"] == 0, element
        return element["value"]

    async def done(self, cmd: str, param: object = None) -> None:
        """Post a Set command that must succeed."""
        assert await self.value(cmd, param) == {"rspCode": 200}

    async def refused(self, cmd: str, param: object = None, *, action: int | None = None) -> int:
        """Post one command that must fail and return the code of the failure."""
        element = await self.send(cmd, param, action=action)
        assert element["code"] == 1, element
        code: int = element["error"]["rspCode"]
        return code

    async def batch(self, elements: object, **query: str) -> list[dict[str, Any]]:
        answer = json.loads(await self.post(json.dumps(elements).encode(), **query))
        assert isinstance(answer, list)
        return answer

    async def post(self, body: bytes, **query: str) -> bytes:
        async with self.http.post(self.url, params=self._with_token(query), data=body) as response:
            assert response.status == 200
            return await response.read()

    async def get(self, **query: str) -> tuple[str, bytes]:
        """Send a GET and return content type and body."""
        async with self.http.get(self.url, params=self._with_token(query)) as response:
            assert response.status == 200
            return response.headers["Content-Type"], await response.read()

    async def ptz(self, op: str, **fields: int) -> None:
        await self.done("PtzCtrl", {"channel": 0, "op": op, **fields})

    async def state(self) -> Any:
        async with self.http.get(f"{self.camera.ready_line['control']}/state") as response:
            return await response.json()

    async def journal(self, since: str = "0") -> Any:
        async with self.http.get(f"{self.camera.ready_line['control']}/journal?since={since}") as response:
            return await response.json()

    async def event(self, kind: str, **fields: object) -> str | None:
        return await self._control("event", {"kind": kind, **fields})

    async def fault(self, kind: str, **fields: object) -> str | None:
        return await self._control("fault", {"kind": kind, **fields})

    async def _control(self, path: str, body: object) -> str | None:
        """Return None, or what the camera has against it."""
        async with self.http.post(f"{self.camera.ready_line['control']}/{path}", json=body) as response:
            answer = await response.json()
            assert answer["ok"] == (response.status == 200)
            reason: str | None = answer.get("error")
            return reason

    def _with_token(self, query: dict[str, str]) -> dict[str, str]:
        return query if self.token is None or "token" in query else {**query, "token": self.token}


@asynccontextmanager
async def playing(*scenarios: str, model: str | None = None, logged_in: bool = True) -> AsyncIterator[Client]:
    """Run a camera on free ports with a client that is logged in."""
    clock = HandClock()
    options = SimulatorOptions(password=PASSWORD, model=model, scenarios=scenarios, clock=clock)
    # A new connection for each request: a kept one would be reset by the faults that a test asks for.
    connector = aiohttp.TCPConnector(force_close=True)
    async with running(options) as camera, aiohttp.ClientSession(connector=connector) as http:
        client = Client(camera, http, clock)
        if logged_in:
            assert (await client.login())["code"] == 0
        yield client
