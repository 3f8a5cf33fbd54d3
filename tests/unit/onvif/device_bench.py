"""Asking the Device service over HTTP: every answer and fault is held against the official schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.proto.soap.namespaces import TDS, TT
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from tests.clients.soap import Reply
    from tests.unit.onvif.served import Served


async def ask(bench: Served, name: str, inner: str = "", *, user: str | None = "administrator") -> Reply:
    """Ask for an operation; `inner` may use the prefix `tt`."""
    reply = await bench.ask(f'<{name} xmlns="{TDS}" xmlns:tt="{TT}">{inner}</{name}>', user=user)
    the_oracle().check(reply.body)
    return reply


async def done(bench: Served, name: str, inner: str = "") -> Reply:
    """Ask for what must succeed."""
    reply = await ask(bench, name, inner)
    assert reply.status == 200, reply.text
    return reply


async def refused(bench: Served, name: str, inner: str = "") -> tuple[str, ...]:
    """Ask for what must fail, and return the fault."""
    reply = await ask(bench, name, inner)
    assert reply.status != 200, reply.text
    return reply.fault


def elements(name: str, *values: str) -> str:
    """Return an element of the service's namespace for each value."""
    return "".join(f"<{name}>{value}</{name}>" for value in values)
