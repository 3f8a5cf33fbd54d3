"""Faults and scenarios of the network: ports that refuse, answers that break off, streams that stop."""

from __future__ import annotations

import asyncio
import json
import ssl

import aiohttp
import pytest

from bridge.simulators.reolink import SimulatorOptions, running
from tests.unit.simulators.reolink_client import PASSWORD, playing
from tests.unit.simulators.rtsp_client import Client as RtspClient


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


async def is_refused(url: str) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(url))
    except ConnectionRefusedError:
        return True
    writer.transport.abort()
    return False


async def test_an_offline_camera_refuses_everywhere_and_comes_back_on_the_same_ports():
    async with playing() as client:
        line = dict(client.camera.ready_line)
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(line["api"]))
        rtsp = await RtspClient.connect(port_of(line["rtsp"]), "Preview_01_main")
        assert await client.fault("offline", seconds=600) is None
        with pytest.raises(ConnectionResetError):
            assert await reader.read() == b"never"
        writer.transport.abort()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await rtsp.answer()
        await rtsp.close()
        assert await is_refused(line["api"])
        assert await is_refused(line["rtsp"])
        assert (await client.state())["online"] is False
        # A shorter outage replaces the longer one.
        assert await client.fault("offline", seconds=0) is None
        async with asyncio.timeout(5):
            await client.camera.online.wait()
        assert client.camera.ready_line == line
        assert await client.value("GetMdState") == {"state": 0}
        assert not await is_refused(line["rtsp"])


async def test_a_reboot_is_answered_first_and_ends_sessions_and_movements():
    async with playing() as client:
        await client.ptz("Left", speed=1)
        await client.done("Reboot")
        assert await is_refused(client.camera.ready_line["api"])
        await client.fault("reboot", seconds=0)
        async with asyncio.timeout(5):
            await client.camera.online.wait()
        assert await client.refused("GetMdState") == -6
        assert (await client.state())["pose"]["velocity"]["pan"] == 0


async def test_a_camera_can_be_stopped_and_started_again_on_its_ports():
    async with running(SimulatorOptions(password=PASSWORD)) as camera:
        line = dict(camera.ready_line)
        await camera.stop()
        assert await is_refused(line["api"])
    ports = [port_of(line[name]) for name in ("api", "rtsp", "control")]
    again = SimulatorOptions(port=ports[0], rtsp_port=ports[1], control_port=ports[2], password=PASSWORD)
    async with running(again) as camera:
        # The search port is the known one only when nobody else has it.
        assert {**camera.ready_line, "search_port": 0} == {**line, "search_port": 0}


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind():
    async with running(SimulatorOptions()) as camera:
        taken = port_of(camera.ready_line["api"])
        with pytest.raises(OSError, match="in use"):
            async with running(SimulatorOptions(rtsp_port=taken)):
                pass
        assert len(camera.ready_line["password"]) == 12


async def test_slow_answers_wait():
    async with playing() as client:
        await client.fault("slow", ms=60, command="GetMdState", count=1)
        began = asyncio.get_running_loop().time()
        await client.value("GetDevName")
        await client.value("GetMdState")
        assert asyncio.get_running_loop().time() - began >= 0.06
        assert (await client.state())["faults"] == []


@pytest.mark.parametrize("where", ["before", "headers", "middle"])
async def test_connections_can_drop_at_any_point_of_an_answer(where):
    async with playing() as client:
        await client.fault("drop", where=where, count=1)
        with pytest.raises(aiohttp.ClientError):
            await client.value("GetEnc")
        assert await client.value("GetMdState") == {"state": 0}


async def test_tokens_can_expire_at_once():
    async with playing() as client:
        await client.fault("expire_session")
        assert await client.refused("GetMdState") == -6


async def test_rtsp_sessions_can_be_forgotten():
    async with playing() as client:
        rtsp = await RtspClient.connect(port_of(client.camera.ready_line["rtsp"]), "Preview_01_sub")
        await rtsp.authorized()
        await rtsp.set_up()
        await client.fault("expire_session", plane="rtsp")
        assert (await rtsp.request("PLAY")).status == 454
        await rtsp.close()


@pytest.mark.parametrize(("fields", "code"), [({}, -5), ({"code": -507}, -507)])
async def test_login_can_be_refused_for_too_many_sessions(fields, code):
    async with playing() as client:
        await client.fault("max_sessions", seconds=30, **fields)
        assert (await client.login())["error"]["rspCode"] == code
        client.clock.advance(30)
        assert (await client.login())["code"] == 0


async def test_a_batch_can_collapse_into_one_element():
    async with playing() as client:
        await client.fault("bad_answer", form="collapse", code=-10)
        [answer] = await client.batch([{"cmd": "GetMdState"}, {"cmd": "GetMdState"}])
        assert answer["error"] == {"detail": "protocol", "rspCode": -10}
        await client.value("GetMdState")
        await client.fault("bad_answer", seconds=0, form="collapse")
        await client.fault("bad_answer", form="collapse", command="GetAiState")
        assert len(await client.batch([{"cmd": "GetMdState"}, {"cmd": "GetDevName"}])) == 2
        assert len(await client.batch([{"cmd": "GetMdState"}, {"cmd": "GetAiState"}])) == 1
        assert await client.refused("GetAiState") == -8


async def test_single_commands_can_answer_any_code():
    async with playing() as client:
        await client.fault("bad_answer", form="rsp_code", command="GetEnc", code=-12, count=1)
        answers = await client.batch([{"cmd": "GetMdState"}, {"cmd": "GetEnc"}])
        assert [answer["code"] for answer in answers] == [0, 1]
        assert answers[1]["error"] == {"detail": "get config failed", "rspCode": -12}
        await client.value("GetEnc")


async def test_a_snapshot_can_fail_as_json():
    async with playing() as client:
        await client.fault("bad_answer", form="snap_json", code=-17)
        kind, body = await client.get(cmd="Snap", rs="x")
    assert kind == "text/html"
    assert json.loads(body)[0]["error"]["rspCode"] == -17


async def test_answers_can_be_no_json_or_half_of_it():
    async with playing() as client:
        await client.fault("bad_answer", form="not_json", count=1)
        assert b"<html>" in await client.post(b"", cmd="GetMdState")
        await client.fault("bad_answer", form="truncated", count=1)
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            json.loads(await client.post(b"", cmd="GetMdState"))
        await client.fault("bad_answer", form="logout_noise")
        await client.value("GetMdState")
        assert b"\x00" in await client.post(b"", cmd="Logout")
        assert await client.refused("GetMdState") == -6


async def test_the_http_status_can_be_wrong():
    async with playing() as client:
        await client.fault("bad_answer", form="status", code=404, count=1)
        async with client.http.post(client.url) as response:
            assert response.status == 404


async def test_streams_stop_and_begin_again_with_another_size():
    async with playing() as client:
        rtsp = await RtspClient.connect(port_of(client.camera.ready_line["rtsp"]), "Preview_01_main")
        await client.fault("stream_stall", seconds=5)
        await client.fault("stream_restart", seconds=600, size="3840*2160")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await rtsp.answer()
        await rtsp.close()
        assert await is_refused(client.camera.ready_line["rtsp"])
        assert (await client.value("GetEnc"))["Enc"]["mainStream"]["vType"] == "h265"


async def test_new_encoder_settings_restart_the_streams_when_they_can_be_seen():
    async with playing() as client:
        rtsp_url = client.camera.ready_line["rtsp"]
        enc = (await client.value("GetEnc"))["Enc"]
        await client.done("SetEnc", {"Enc": {**enc, "mainStream": {**enc["mainStream"], "bitRate": 1024}}})
        assert not await is_refused(rtsp_url)
        await client.done("SetEnc", {"Enc": {**enc, "audio": 0}})
        assert await is_refused(rtsp_url)


async def test_rtsp_that_is_off_refuses_until_it_is_turned_on():
    async with playing("rtsp_off") as client:
        rtsp_url = client.camera.ready_line["rtsp"]
        assert await is_refused(rtsp_url)
        ports = (await client.value("GetNetPort"))["NetPort"]
        assert ports["rtspEnable"] == 0
        enc = (await client.value("GetEnc"))["Enc"]
        await client.done("SetEnc", {"Enc": {**enc, "audio": 0}})
        assert await is_refused(rtsp_url)
        # The port opens after the answer, and before the next answer on the same connection.
        async with aiohttp.ClientSession() as client.http:
            await client.done("SetNetPort", {"NetPort": {**ports, "rtspEnable": 1}})
            await client.login()
            assert (await client.value("GetNetPort"))["NetPort"]["rtspEnable"] == 1
        assert not await is_refused(rtsp_url)


async def test_the_api_can_be_https_with_a_certificate_that_nobody_signed():
    async with playing("https", logged_in=False) as client:
        assert client.camera.ready_line["api"].startswith("https://")
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        query = {"cmd": "GetNetPort", "user": "admin", "password": PASSWORD}
        async with client.http.get(client.url, params=query, ssl=trusting) as response:
            [answer] = json.loads(await response.read())
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await client.http.get(client.url, params=query)
    ports = answer["value"]["NetPort"]
    assert (ports["httpEnable"], ports["httpsEnable"]) == (0, 1)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "fire"}, "kind is one of offline"),
        ({"kind": "slow", "where": "before"}, "slow has no field where; it has channel, command,"),
        ({"kind": "drop", "where": "behind"}, "where is one of before"),
        ({"kind": "bad_answer"}, "form is one of collapse"),
        ({"kind": "slow", "command": 3}, "command is the name of a command"),
        ({"kind": "slow", "ms": "long"}, "ms is a number"),
        ({"kind": "slow", "count": 1.5}, "count is a whole number"),
        ({"kind": "stream_restart", "size": "1*1"}, "size is one of 3840"),
        ({"kind": "offline", "seconds": -1}, "seconds is a number"),
    ],
)
async def test_a_fault_that_does_not_exist_is_refused_with_a_reason(fault, reason):
    async with playing() as client:
        assert reason in str(await client.fault(**fault))


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"kind": "visitor"}, "kind is one of motion, people, vehicle, dog_cat, disk"),
        ({"kind": "motion", "channel": 1}, "channel is 0"),
        ({"kind": "motion", "active": "yes"}, "active is true or false"),
        ({"kind": "motion", "hold_s": -1}, "hold_s is a number"),
        ({"kind": "disk", "mount": 3}, "mount is true or false"),
        ({"kind": "move", "tilt": 91}, "tilt is a number from 0 to 90"),
    ],
)
async def test_an_event_that_does_not_exist_is_refused_with_a_reason(event, reason):
    async with playing() as client:
        assert reason in str(await client.event(**event))
