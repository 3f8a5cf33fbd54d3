"""Who may hold a connection to a HTTP listener: so many at a time, and only those who ask for something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CONNECTIONS = 256
"""Per listener. A VMS keeps a handful; what comes beyond is a fault or an attack, and file descriptors are shared by
all cameras."""

FIRST_REQUEST_S = 10.0
"""How long a new connection may take for the head of its first request, TLS and all."""


class Admission:
    """Counts the connections of one listener and ends those that stay silent.

    Args:
        asked: tells how many connections there are that have asked for something.
    """

    def __init__(self, asked: Callable[[], int]) -> None:
        self._asked = asked
        self._silent: dict[asyncio.Transport, asyncio.TimerHandle] = {}

    @property
    def is_full(self) -> bool:
        """Whether a new connection has to be turned away."""
        silent = sum(not connection.is_closing() for connection in self._silent)
        return silent + self._asked() >= MOST_CONNECTIONS

    def expect(self, connection: asyncio.Transport, end: Callable[[], None]) -> None:
        """Give a new connection its time.

        Args:
            connection: the new one. Whoever serves it may end it without a word to this.
            end: called when its time is over.
        """
        for ended in [other for other in self._silent if other.is_closing()]:
            self.forget(ended)
        self._silent[connection] = asyncio.get_running_loop().call_later(FIRST_REQUEST_S, end)

    def forget(self, connection: asyncio.Transport) -> None:
        """Take note that a connection has asked for something, or is gone."""
        timer = self._silent.pop(connection, None)
        if timer is not None:
            timer.cancel()

    def close(self) -> None:
        """End the connections that have not asked for anything."""
        for connection in tuple(self._silent):
            self._silent.pop(connection).cancel()
            connection.abort()


class TurnedAway(asyncio.Protocol):
    """Closes its connection at once."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
