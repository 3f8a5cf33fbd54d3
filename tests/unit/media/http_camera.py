"""A camera of a few lines that streams over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager


class Camera:
    """Answers every request with `reply`, or what `reply` returns for it, and then goes on with what a test sends."""

    def __init__(self, reply):
        self.reply = reply
        self.requests = []
        self.port = 0
        self.writer: asyncio.StreamWriter
        self.answered = asyncio.Event()

    async def serve(self, reader, writer):
        self.writer = writer
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(request)
                writer.write(self.reply(request) if callable(self.reply) else self.reply)
                self.answered.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def send(self, data):
        self.writer.write(data)

    def end(self):
        self.writer.close()


@asynccontextmanager
async def camera(reply):
    made = Camera(reply)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
