"""Helper process: clients that post GetProfiles, each with a UsernameToken of its own, as fast as they are answered.

The requests are written before the time is taken, so that the clients cost as little as possible.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from tests.clients.soap import envelope, username_token
from tests.perf.conversing import converse, parser, run
from tests.perf.relay import PASSWORD, USERNAME

CONNECTIONS = 32
BODY = '<GetProfiles xmlns="http://www.onvif.org/ver10/media/wsdl"/>'


def request(port: int, path: str) -> bytes:
    """Return a whole HTTP request with a token that was never used."""
    text = envelope(BODY, username_token(USERNAME, PASSWORD)).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/soap+xml; charset=utf-8\r\n"
        f"Content-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


async def call(port: int, requests: list[bytes], times_s: list[float]) -> bytes:
    """Send requests one after the other over one connection; return the last answer's body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b""
    for text in requests:
        sent_at = time.monotonic()
        writer.write(text)
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        assert found is not None, head
        body = await reader.readexactly(int(found[1]))
        times_s.append(time.monotonic() - sent_at)
        assert head.startswith(b"HTTP/1.1 200 "), body
    writer.close()
    await writer.wait_closed()
    return body


async def main(port: int) -> None:
    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        each = max(1, question["requests"] // CONNECTIONS)
        prepared = [[request(port, question["path"]) for _ in range(each)] for _ in range(CONNECTIONS)]
        times_s: list[float] = []
        begins_at = time.monotonic()
        bodies = await asyncio.gather(*(call(port, requests, times_s) for requests in prepared))
        took_s = time.monotonic() - begins_at
        p99_ms = 1000 * sorted(times_s)[int(len(times_s) * 0.99)]
        return {"requests": len(times_s), "took_s": took_s, "p99_ms": p99_ms, "body": bodies[0].decode()}

    await converse({}, answer)


if __name__ == "__main__":
    options = parser()
    options.add_argument("--port", type=int, required=True)
    chosen = options.parse_args()
    run(main(chosen.port), chosen.loop)
