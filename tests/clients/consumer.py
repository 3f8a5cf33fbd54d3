"""A consumer of notifications: a web server that writes down what is posted to it, and answers as it is told.

Written from WS-BaseNotification; it shares nothing with the bridge.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Post:
    """A request: its method, its path with the query, its headers and its body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def topics(self) -> list[str]:
        """The topics of its messages, in their order."""
        return re.findall(r"<(?:\w+:)?Topic [^>]*>([^<]*)</", self.text)

    @property
    def operations(self) -> set[str]:
        """The property operations of its messages."""
        return set(re.findall(r'PropertyOperation="(\w+)"', self.text))


@dataclass
class NotificationConsumer:
    """The server; it answers with `answers`, one after the other, and then with 200."""

    scheme: str
    answers: list[int]
    is_silent: bool
    port: int = 0
    posts: asyncio.Queue[Post] = field(default_factory=asyncio.Queue)

    def url(self, host: str = "127.0.0.1") -> str:
        """Return an address at which it listens, with a secret in it."""
        return f"{self.scheme}://{host}:{self.port}/hook?secret=s3cret"

    async def post(self) -> Post:
        """Return the next request."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.posts.get()

    async def answer(self, request: web.Request) -> web.Response:
        """Take a request."""
        self.posts.put_nowait(Post(request.method, request.path_qs, dict(request.headers), await request.read()))
        if self.is_silent:
            await asyncio.Event().wait()
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status in range(300, 400) else {})


@asynccontextmanager
async def listening(
    address: str = "127.0.0.1",
    *,
    answers: tuple[int, ...] = (),
    is_silent: bool = False,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[NotificationConsumer]:
    """A consumer on loopback.

    Args:
        address: where it listens.
        answers: statuses of its first answers.
        is_silent: it takes requests and never answers.
        tls: makes it listen on https.
    """
    consumer = NotificationConsumer("http" if tls is None else "https", list(answers), is_silent)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", consumer.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, 0, ssl_context=tls).start()
        consumer.port = runner.addresses[0][1]
        yield consumer
    finally:
        await runner.cleanup()
