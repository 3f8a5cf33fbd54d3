"""WS-Discovery from outside: the demo says Hello, is found and resolved, leads to its device, and says Bye."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.clients.judged import JudgedClient
from tests.clients.wsd import Answer, DiscoveryClient, open_client, probe, resolve
from tests.demo import Demo
from tests.programs import Program, program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOST = f"127.2.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
"""An address of its own: the port is shared, and a unicast datagram reaches only one of those who share."""

PORT = 3702

pytestmark = [pytest.mark.multicast, pytest.mark.allow_hosts([HOST])]


@dataclass
class Scene:
    """A demo that has just started, with someone who listens to the group and someone who asks."""

    program: Program
    demo: Demo
    hello: Answer
    listener: DiscoveryClient
    asker: DiscoveryClient

    @property
    def endpoint(self) -> str:
        return str(self.demo.device["uuid"])

    async def answer(self, action: str) -> Answer:
        """Return the next answer of this demo; other programs on the machine may answer too."""
        return await self.asker.answer(lambda one: one.action == action and one.endpoint == self.endpoint)


@pytest.fixture
async def scene(tmp_path) -> AsyncIterator[Scene]:
    ports = [word for name in ("http", "rtsp", "onvif") for word in (f"--{name}-port", "0")]
    async with open_client("127.0.0.1", join_port=PORT) as listener, open_client(HOST) as asker:
        with program("demo", "--json", "--host", HOST, *ports, log=tmp_path / "demo.log") as started:
            demo = Demo(started.ready)
            hello = await listener.answer(
                lambda one: one.action == "Hello" and one.endpoint == demo.device["uuid"], timeout_s=5
            )
            yield Scene(started, demo, hello, listener, asker)


async def test_the_demo_is_announced_found_resolved_and_signs_off(scene: Scene):
    xaddr = scene.demo.device["xaddr"]
    assert scene.hello.text("//w:XAddrs") == xaddr

    scene.asker.send(probe(types="dn:NetworkVideoTransmitter"), ("239.255.255.250", PORT))
    to_all = await scene.answer("ProbeMatches")
    scene.asker.send(probe(types="tds:Device", scopes="onvif://www.onvif.org/type/ptz"), (HOST, PORT))
    to_one = await scene.answer("ProbeMatches")
    scene.asker.send(resolve(scene.endpoint), ("239.255.255.250", PORT))
    resolved = await scene.answer("ResolveMatches")
    for found in (to_all, to_one, resolved):
        assert found.peer == (HOST, PORT)
        assert found.text("//w:XAddrs") == xaddr
        assert found.text("//w:Types").split() == ["tds:Device", "dn:NetworkVideoTransmitter"]
        assert "onvif://www.onvif.org/type/ptz" in found.text("//w:Scopes").split()

    base_url, slash, path = xaddr.partition("/onvif")
    assert slash + path == "/onvif/device_service"
    reply = await JudgedClient(base_url, scene.demo.username, scene.demo.password).date_and_time()
    assert reply.status == 200
    assert "UTCDateTime" in reply.text

    assert scene.program.stop() == 0
    bye = await scene.listener.answer(lambda one: one.action == "Bye" and one.endpoint == scene.endpoint)
    assert bye.peer == (HOST, PORT)
