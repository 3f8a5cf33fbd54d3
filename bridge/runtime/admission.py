"""Who may hold a connection to a HTTP listener: so many at a time, and only those who ask for something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from typing_extensions import override

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware
    from aiohttp.web_protocol import RequestHandler

MOST_CONNECTIONS = 256
"""Per listener. A VMS keeps a handful; what comes beyond is a fault or an attack, and file descriptors are shared by
all cameras."""

FIRST_REQUEST_S = 10.0
"""How long a new connection may take for the head of its first request."""


class Admission:
    """Makes the protocol of each new connection of one listener."""

    def __init__(self) -> None:
        self._silent: dict[RequestHandler, asyncio.TimerHandle] = {}

    def admit(self, server: web.Server) -> asyncio.Protocol:
        """Return the protocol for a new connection."""
        if len(server.connections) >= MOST_CONNECTIONS:
            return _TurnedAway()
        connection = server()
        loop = asyncio.get_running_loop()
        self._silent[connection] = loop.call_later(FIRST_REQUEST_S, self._give_up, connection)
        return connection

    @property
    def middleware(self) -> Middleware:
        """Notes who has asked for something; to be put into the application before it starts."""

        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            timer = self._silent.pop(request.protocol, None)
            if timer is not None:
                timer.cancel()
            return await handler(request)

        return note

    def _give_up(self, connection: RequestHandler) -> None:
        self._silent.pop(connection).cancel()
        connection.force_close()


class _TurnedAway(asyncio.Protocol):
    """Closes its connection at once."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
