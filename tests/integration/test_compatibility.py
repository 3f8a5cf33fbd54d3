"""What the configuration says about clients reaches the streams, and what happens to accounts reaches who watches."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest

from bridge.config.models import BridgeSection, CameraEntry, Configuration, UserEntry
from bridge.core.model import Secret
from bridge.runtime.bridge import Bridge
from bridge.runtime.factory import Factory
from bridge.simulators.clips.library import load_all
from bridge.web.app import make_app
from tests.clients.rtsp import rtsp_client
from tests.conformance.dut import PASSWORD, USERNAME, Dut, bridge_of, running
from tests.conformance.equipped import CameraShop
from tests.conformance.streams import StreamingCamera

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"
ACCOUNT = {"username": USERNAME, "password": PASSWORD}
BOTH_WAYS = pytest.mark.parametrize("is_on", [True, False])


def bridge_with(camera: StreamingCamera, folder: Path, **switches: bool) -> AbstractAsyncContextManager[Bridge]:
    return bridge_of({"equipped": camera}, folder, compatibility=switches)


@pytest.fixture
async def camera() -> StreamingCamera:
    await asyncio.to_thread(load_all)
    return StreamingCamera()


def port_of(uri: str) -> int:
    return int(re.findall(r":(\d+)/", uri)[0])


@BOTH_WAYS
async def test_rtsp_anonymous(camera, tmp_path, is_on):
    async with bridge_with(camera, tmp_path, rtsp_anonymous=is_on) as bridge:
        uri = Dut(bridge, camera, bridge.devices()[0]).stream("main")
        async with rtsp_client(port_of(uri)) as stranger:
            if is_on:
                assert (await stranger.open(uri, TCP)).status == 200
                assert (await stranger.frame())[0] in {0, 1}
            else:
                assert (await stranger.request("DESCRIBE", uri)).status == 401
        async with rtsp_client(port_of(uri), **ACCOUNT) as viewer:
            assert (await viewer.open(uri, TCP)).status == 200


@BOTH_WAYS
async def test_digest_sha256_over_rtsp(camera, tmp_path, is_on):
    async with bridge_with(camera, tmp_path, digest_sha256=is_on) as bridge:
        uri = Dut(bridge, camera, bridge.devices()[0]).stream("main")
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(uri))

        async def ask(*lines: str) -> str:
            writer.write("\r\n".join([f"DESCRIBE {uri} RTSP/1.0", "CSeq: 1", *lines, "", ""]).encode())
            return (await reader.readuntil(b"\r\n\r\n")).decode()

        challenged = await ask()
        assert re.findall("algorithm=([A-Z0-9-]+)", challenged) == (["MD5", "SHA-256"] if is_on else ["MD5"])
        realm, nonce = (re.findall(f'{name}="([^"]*)"', challenged)[-1] for name in ("realm", "nonce"))
        secret, action = sha256(f"{USERNAME}:{realm}:{PASSWORD}"), sha256(f"DESCRIBE:{uri}")
        credentials = (
            f'Authorization: Digest username="{USERNAME}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'algorithm=SHA-256, response="{sha256(f"{secret}:{nonce}:{action}")}"'
        )
        assert (await ask(credentials)).startswith("RTSP/1.0 200" if is_on else "RTSP/1.0 401")
        writer.close()
        await writer.wait_closed()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def guest_with(password: str) -> str:
    return (
        f"<tds:User><tt:Username>guest</tt:Username><tt:Password>{password}</tt:Password>"
        "<tt:UserLevel>User</tt:UserLevel></tds:User>"
    )


CHANGES = {
    "removed": "<tds:DeleteUsers><tds:Username>guest</tds:Username></tds:DeleteUsers>",
    "another password": f"<tds:SetUser>{guest_with('another')}</tds:SetUser>",
    "factory default": "<tds:SetSystemFactoryDefault><tds:FactoryDefault>Hard</tds:FactoryDefault>"
    "</tds:SetSystemFactoryDefault>",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_whoever_watches_is_cut_when_the_account_goes_or_changes(camera, tmp_path, change):
    async with bridge_with(camera, tmp_path) as bridge:
        dut = Dut(bridge, camera, bridge.devices()[0])
        await dut.ask(f"<tds:CreateUsers>{guest_with('first')}</tds:CreateUsers>")
        uri = dut.stream("main")
        async with (
            rtsp_client(port_of(uri), username="guest", password="first") as guest,
            rtsp_client(port_of(uri), **ACCOUNT) as owner,
        ):
            for client in (guest, owner):
                assert (await client.open(uri, TCP)).status == 200
            await dut.ask(CHANGES[change])
            assert await guest.at_end()
            assert (await owner.frame())[0] in {0, 1}


async def test_whoever_watches_is_cut_when_the_configuration_takes_the_account_away(camera, tmp_path):
    async with bridge_with(camera, tmp_path) as bridge:
        uri = Dut(bridge, camera, bridge.devices()[0]).stream("main")
        async with rtsp_client(port_of(uri), **ACCOUNT) as owner:
            assert (await owner.open(uri, TCP)).status == 200
            heir = UserEntry(username="heir", password=Secret("x"))
            bridge.reconfigure(bridge._configuration.model_copy(update={"users": (heir,)}))
            assert await owner.at_end()


async def test_a_switch_of_one_camera_stands_over_that_of_all(tmp_path):
    await asyncio.to_thread(load_all)
    shop = CameraShop({"open": StreamingCamera(), "shut": StreamingCamera()})
    native: dict[str, Any] = {"family": "equipped", "host": "127.0.0.1", "password": Secret("native")}
    configuration = Configuration(
        bridge=BridgeSection(
            bind="127.0.0.1",
            rtsp_port=0,
            http_port=0,
            discovery=False,
            state=tmp_path / "state.db",
            compatibility={"rtsp_anonymous": True},
        ),
        users=(UserEntry(username=USERNAME, password=Secret(PASSWORD)),),
        cameras=(
            CameraEntry(id="open", **native),
            CameraEntry(id="shut", **native, compatibility={"rtsp_anonymous": False}),
        ),
    )
    factory = Factory(configuration, families={"equipped": shop.family}, clock=shop.watch)
    bridge = Bridge(configuration, factory, management=make_app)
    async with running(bridge):
        for device, status in zip(bridge.devices(), (200, 401), strict=True):
            uri = device["streams"]["main"]
            async with rtsp_client(port_of(uri)) as stranger:
                assert (await stranger.request("DESCRIBE", uri)).status == status
