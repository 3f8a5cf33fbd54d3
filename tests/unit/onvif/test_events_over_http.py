from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from aiohttp import web

from bridge.core.events import CameraEvent, EventKind
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.onvif.device import VirtualDevice
from bridge.onvif.endpoint import make_app
from bridge.onvif.security import Verifiers
from bridge.proto.http.digest import DigestServer
from bridge.runtime.clock import SystemClock
from tests.clients.soap import SoapClient, username_token
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import Accounts, BenchCamera, described
from tests.unit.onvif.service_bench import oracle

TEV = "http://www.onvif.org/ver10/events/wsdl"
WSNT = "http://docs.oasis-open.org/wsn/b-2"
FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"


@pytest.fixture
def device():
    return VirtualDevice(
        BenchCamera(described()),
        uuid=UUID(int=7),
        users=Accounts(User("viewer", Secret("rosebud"), UserLevel.USER)),
        clock=SystemClock(),
        rtsp_port=554,
        snapshots=None,
        memory=VolatileMemory(),
    )


@asynccontextmanager
async def served(device):
    """A client of the device's HTTP endpoint on loopback."""
    runner = web.AppRunner(make_app(device, verifiers=Verifiers(DigestServer("test", key=b"key"))))
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0]
        yield SoapClient(f"http://{host}:{port}")
    finally:
        await runner.cleanup()


async def ask(client, body, path="/onvif/event_service"):
    """Post a body in the name of the viewer; the answer must please the official schemas."""
    reply = await client.ask(body, header=username_token("viewer", "rosebud"), path=path)
    oracle().check(reply.body)
    return reply


async def test_a_subscription_lives_and_dies_over_http(device):
    async with served(device) as client:
        created = await ask(client, f'<CreatePullPointSubscription xmlns="{TEV}"/>')
        assert created.values("Action") == [f"{TEV}/EventPortType/CreatePullPointSubscriptionResponse"]
        (address,) = created.values("Address")
        assert address.startswith(f"{client.base_url}/onvif/subscription/")
        path = address.removeprefix(client.base_url)
        pull = f'<PullMessages xmlns="{TEV}"><Timeout>PT20S</Timeout><MessageLimit>9</MessageLimit></PullMessages>'
        assert (await ask(client, pull, path)).text.count('PropertyOperation="Initialized"') == 5

        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(ask(client, pull, path))
            device.publish(CameraEvent(EventKind.MOTION, active=True, utc=device.clock.utc()))
        told = waiting.result()
        assert told.values("Action") == [f"{TEV}/PullPointSubscription/PullMessagesResponse"]
        assert told.values("Topic") == ["tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"]
        assert '<tt:SimpleItem Name="IsMotion" Value="true"/>' in told.text

        assert (await ask(client, f'<Unsubscribe xmlns="{WSNT}"/>', path)).status == 200
        refused = await ask(client, pull, path)
        assert refused.status == 500
        assert refused.values("Action") == [FAULT_ACTION]
        assert "ResourceUnknownFault" in refused.text
