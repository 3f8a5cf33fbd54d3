"""Commands with the repetitions that the code table wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.errors import Rejected, Unsupported
from bridge.core.formats import Resolution
from bridge.drivers.reolink.client import ReolinkClient
from tests.unit.drivers.reolink.scripted import JPEG, QUICK, good, refused

if TYPE_CHECKING:
    from bridge.drivers.reolink.session import NativeSession
    from tests.unit.drivers.reolink.scripted import ScriptedCamera


@pytest.fixture
async def client(session: NativeSession, camera: ScriptedCamera) -> ReolinkClient:
    opened = ReolinkClient(session, 2, limits=QUICK.session, camera="cam")
    await opened.act(opened.ptz_ctrl("Stop"))  # logged in
    camera.received.clear()
    return opened


async def test_reads_come_back_by_command(client: ReolinkClient, camera: ScriptedCamera) -> None:
    camera.answers["GetEnc"] = good("GetEnc", {"Enc": {}})
    answers = await client.read([client.read_channel("GetEnc", with_range=True), client.read_channel("GetOsd")])
    assert [answer.is_good for answer in answers.values()] == [True, False]
    assert camera.received[0].commands[0] == {"cmd": "GetEnc", "action": 1, "param": {"channel": 2}}


async def test_native_shapes_of_commands(client: ReolinkClient) -> None:
    assert client.ptz_ctrl("Left", speed=32).param == {"channel": 2, "op": "Left", "speed": 32}
    assert client.ptz_ctrl("ToPos", speed=32, preset=0).param == {"channel": 2, "op": "ToPos", "speed": 32, "id": 0}
    assert client.set_ptz_preset(3, name="gate", enable=True).param == {
        "PtzPreset": {"channel": 2, "enable": 1, "id": 3, "name": "gate"}
    }
    assert client.set_net_port({"rtspEnable": 1}).param == {"NetPort": {"rtspEnable": 1}}


async def test_passing_trouble_is_tried_once_more_from_the_failed_command_on(
    client: ReolinkClient, camera: ScriptedCamera
) -> None:
    camera.replies.append([good("PtzCtrl"), refused("PtzCtrl", -13)])
    await client.act(client.ptz_ctrl("ZoomInc"), client.ptz_ctrl("Left"))
    assert [[each["param"]["op"] for each in request.commands] for request in camera.received] == [
        ["ZoomInc", "Left"],
        ["Left"],
    ]


async def test_trouble_that_stays_is_told(client: ReolinkClient, camera: ScriptedCamera) -> None:
    camera.answers["PtzCtrl"] = refused("PtzCtrl", -13)
    with pytest.raises(Rejected) as caught:
        await client.act(client.ptz_ctrl("Left"))
    assert caught.value.native_code == -13
    assert len(camera.received) == 2


async def test_a_busy_camera_is_asked_three_times_more(client: ReolinkClient, camera: ScriptedCamera) -> None:
    camera.answers["PtzCtrl"] = refused("PtzCtrl", -31)
    with pytest.raises(Rejected):
        await client.act(client.ptz_ctrl("Left"))
    assert len(camera.received) == 4


@pytest.mark.parametrize("code", [-9, -26])
async def test_what_the_camera_cannot_do_is_not_tried_again(
    client: ReolinkClient, camera: ScriptedCamera, code: int
) -> None:
    camera.answers["PtzCtrl"] = refused("PtzCtrl", code)
    with pytest.raises(Unsupported):
        await client.act(client.ptz_ctrl("Left"))
    assert len(camera.received) == 1


async def test_a_snapshot_asks_with_16_random_characters_and_a_size(
    client: ReolinkClient, camera: ScriptedCamera
) -> None:
    assert await client.snap("sub", Resolution(640, 360)) == JPEG
    assert await client.snap("main", None) == JPEG
    first, second = (request.query for request in camera.received)
    assert (first["channel"], first["snapType"], first["width"], first["height"]) == ("2", "sub", "640", "360")
    assert "width" not in second
    assert len(first["rs"]) == 16
    assert first["rs"] != second["rs"]
