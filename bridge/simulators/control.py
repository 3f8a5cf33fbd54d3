"""The control interface of a simulated camera: its state, its journal, and the levers of tests and people with curl.

JSON over HTTP on a port of its own that no fault of the camera touches: `GET /state`, `GET /journal?since=N`,
`POST /event` and `POST /fault` of the product description, section 6. What the events and faults mean is the
family's affair (`ControlledCamera`). It is not part of any vendor's protocol and asks for no password: it is meant
for the loopback address.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.simulators.clock import Clock

JsonObject: TypeAlias = dict[str, Any]

MOST_JOURNAL_ENTRIES = 2000
"""About half an hour of a bridge that polls once a second; an entry rarely exceeds 5 kB."""
MOST_BODY_BYTES = 65536
"""An event or a fault is a line of JSON."""


class BadRequest(ValueError):
    """An event or a fault that this camera does not have; the text says what it has."""


class ControlledCamera(Protocol):
    """What the control interface asks of a family."""

    def state(self) -> JsonObject:
        """Return everything that the camera holds, without secrets."""

    async def happen(self, event: JsonObject) -> None:
        """Let something happen in front of the lens or to the camera.

        Raises:
            BadRequest: no such event.
        """

    async def fail(self, fault: JsonObject) -> None:
        """Put a fault in force; returns when it is.

        Raises:
            BadRequest: no such fault.
        """


class Journal:
    """The native requests received, numbered from 1, the oldest forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[JsonObject] = deque(maxlen=MOST_JOURNAL_ENTRIES)
        self._count = 0

    def add(self, command: str, request: object, answer: object) -> None:
        """Write down one request with its answer; the caller has masked the secrets."""
        self._count += 1
        utc = self._clock.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._entries.append({"n": self._count, "utc": utc, "command": command, "request": request, "answer": answer})

    def since(self, number: int) -> list[JsonObject]:
        """Return the entries after a number, oldest first."""
        return [entry for entry in self._entries if entry["n"] > number]


class ControlServer:
    """The control interface on its port."""

    def __init__(self, camera: ControlledCamera, journal: Journal) -> None:
        self._camera = camera
        self._journal = journal
        application = web.Application(client_max_size=MOST_BODY_BYTES)
        application.router.add_get("/state", self._state)
        application.router.add_get("/journal", self._read_journal)
        application.router.add_post("/event", self._event)
        application.router.add_post("/fault", self._fault)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            OSError: the port cannot be had.
        """
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, reuse_address=True)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and end all connections."""
        await self._runner.cleanup()

    async def _state(self, request: web.Request) -> web.Response:
        del request
        return web.json_response(self._camera.state())

    async def _read_journal(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not (since.isascii() and since.isdigit()):
            return _refusal("since is the number of an entry")
        return web.json_response(self._journal.since(int(since)))

    async def _event(self, request: web.Request) -> web.Response:
        return await self._apply(request, self._camera.happen)

    async def _fault(self, request: web.Request) -> web.Response:
        return await self._apply(request, self._camera.fail)

    async def _apply(self, request: web.Request, act: Callable[[JsonObject], Awaitable[None]]) -> web.Response:
        try:
            wanted = json.loads(await request.read())
        except (ValueError, RecursionError):
            return _refusal("the body is not JSON")
        if not isinstance(wanted, dict):
            return _refusal("the body is not a JSON object")
        try:
            await act(wanted)
        except BadRequest as error:
            return _refusal(str(error))
        return web.json_response({"ok": True})


def number(wanted: JsonObject, field: str, default: float, *, lowest: float = 0.0, highest: float = 86400.0) -> float:
    """Read a number from an event or a fault.

    Raises:
        BadRequest: it is no number or out of range.
    """
    value = wanted.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise BadRequest(f"{field} is a number from {lowest:g} to {highest:g}")
    return float(value)


def one_of(wanted: JsonObject, field: str, allowed: tuple[str, ...]) -> str:
    """Read a word from an event or a fault.

    Raises:
        BadRequest: it is missing or none of the words allowed.
    """
    value = wanted.get(field)
    if value not in allowed:
        raise BadRequest(f"{field} is one of {', '.join(allowed)}")
    return str(value)


def _refusal(reason: str) -> web.Response:
    return web.json_response({"ok": False, "error": reason}, status=400)
