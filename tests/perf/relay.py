"""Helper process: the bridge's media part alone, between the cameras of the load and the viewers."""

from __future__ import annotations

import asyncio
from random import Random

from bridge.cli.logs import configure_logging
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.media.directory import StreamDirectory
from bridge.media.hub import StreamHub
from bridge.media.rtsp_server import RtspServer
from bridge.media.sources.rtsp import RtspSource
from bridge.proto.http.digest import DigestServer
from bridge.runtime.accounts import Accounts
from bridge.runtime.clock import SystemClock
from tests.perf.conversing import converse, parser, run

USERNAME, PASSWORD = "viewer", "open sesame"


async def main(upstream_port: int, cameras: int) -> None:
    clock = SystemClock()
    directory = StreamDirectory()
    for number in range(cameras):
        path = f"camera{number}/main"
        source = RtspSource([f"rtsp://127.0.0.1:{upstream_port}/{path}"], username="", password=Secret(""), clock=clock)
        directory.add(path, StreamHub(path, source, clock=clock, random=Random(number)))
    users = Accounts([User(USERNAME, Secret(PASSWORD), UserLevel.USER)])
    server = RtspServer(directory, digest=DigestServer("perf", key=b"k" * 32), users=users, clock=clock)
    await server.start("127.0.0.1", 0)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(hub.run()) for hub in directory.hubs]
        try:
            await converse({"port": server.port})
        finally:
            await server.close()
            for task in running:
                task.cancel()


if __name__ == "__main__":
    options = parser()
    options.add_argument("--upstream", type=int, required=True)
    options.add_argument("--cameras", type=int, default=1)
    chosen = options.parse_args()
    configure_logging("error", "text")
    run(main(chosen.upstream, chosen.cameras), chosen.loop)
