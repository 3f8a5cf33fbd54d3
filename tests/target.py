"""A demo for strangers to try: what happens to it is seen from outside, in its answers and in its log."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass

from tests.clients.judged import JudgedClient
from tests.clients.rtsp import rtsp_client
from tests.demo import Demo
from tests.logs import LogFile

HOST = f"127.1.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
"""An address of its own: discovery's port is shared, and a unicast datagram reaches only one of those who share."""


@dataclass
class Target:
    """A running demo with its log, and a client for its device."""

    demo: Demo
    log: LogFile
    client: JudgedClient

    @property
    def rtsp_port(self) -> int:
        return int(self.stream.split("/")[2].rpartition(":")[2])

    @property
    def stream(self) -> str:
        return str(self.demo.device["streams"]["sub"])

    def rtsp(self, username: str = "", password: str = ""):
        return rtsp_client(
            self.rtsp_port,
            host=HOST,
            username=username or self.demo.username,
            password=password or self.demo.password,
        )


async def raw(host: str, port: int, data: bytes) -> bytes:
    """Send bytes, and return everything that comes back before the server closes."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(data)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()
