"""Helper process: the least that a relay in asyncio can do. Every connection gets one of its own to the cameras, and
what is read from one is written to the other. It knows no protocol, keeps no picture and shares nothing."""

from __future__ import annotations

import asyncio
from typing import cast

from typing_extensions import override

from tests.perf.conversing import converse, parser, run


class End(asyncio.Protocol):
    """One end of a pair; what arrives here leaves at `other`."""

    def __init__(self, other: asyncio.Transport | None = None) -> None:
        self.other = other
        self.transport: asyncio.Transport | None = None
        self.early = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self.early += data
        else:
            self.other.write(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None:
            self.other.abort()


class ViewerEnd(End):
    """The end that is there first: it opens the other one."""

    def __init__(self, upstream_port: int, opening: set[asyncio.Task[None]]) -> None:
        super().__init__()
        self._upstream_port = upstream_port
        self._opening = opening

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        task = asyncio.get_running_loop().create_task(self._open())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        self.other, _ = await asyncio.get_running_loop().create_connection(
            lambda: End(self.transport), "127.0.0.1", self._upstream_port
        )
        if self.early:
            self.other.write(self.early)


async def main(upstream_port: int) -> None:
    opening: set[asyncio.Task[None]] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: ViewerEnd(upstream_port, opening), "127.0.0.1", 0, backlog=1024
    )
    await converse({"port": server.sockets[0].getsockname()[1]})


if __name__ == "__main__":
    options = parser()
    options.add_argument("--upstream", type=int, required=True)
    chosen = options.parse_args()
    run(main(chosen.upstream), chosen.loop)
