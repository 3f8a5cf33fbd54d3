"""Sends one Probe to all and notes when who answers: `python -m tests.interop.probe_once ADDRESS HOW_MANY SECONDS`.

A client of our own, because it must be fast: WSDiscovery reads ten datagrams in a second, and what comes sooner than
that overflows its socket. Prints the seconds since the Probe by endpoint, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from tests.clients.wsd import GROUP, open_client, probe


async def ask(address: str, how_many: int, seconds: float) -> dict[str, float]:
    """Return when each endpoint answered first; after so many seconds, whoever has answered by then."""
    heard: dict[str, float] = {}
    async with open_client(address) as client:
        asked = time.monotonic()
        client.send(probe(types="dn:NetworkVideoTransmitter"), (GROUP, 3702))
        try:
            async with asyncio.timeout(seconds):
                while len(heard) < how_many:
                    found = await client.answer(lambda one: one.action == "ProbeMatches", timeout_s=seconds)
                    heard.setdefault(found.endpoint, time.monotonic() - asked)
        except TimeoutError:
            pass  # who is missing is seen by the test
    return heard


if __name__ == "__main__":
    own_address, wanted, patience_s = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(ask(own_address, int(wanted), float(patience_s)))) + "\n")
