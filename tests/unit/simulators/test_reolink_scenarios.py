"""Lasting oddities: old firmware, sets without effect, missing fields; a way back for sound; the search on the LAN."""

from __future__ import annotations

import asyncio
import struct

import pytest
from typing_extensions import override

from bridge.simulators.reolink.lansearch import PROBE, SearchPort
from tests.unit.simulators.reolink_client import playing
from tests.unit.simulators.rtsp_client import Client as RtspClient

BACKCHANNEL = "www.onvif.org/ver20/backchannel"
MOTION = {"cmd": "GetMdState", "param": {"channel": 0}}


async def test_old_firmware_answers_a_batch_with_one_element():
    async with playing("collapse") as client:
        [answer] = await client.batch([MOTION, MOTION])
        assert answer["error"]["rspCode"] == -10
        assert await client.value("GetMdState") == {"state": 0}


async def test_firmware_may_tell_of_no_abilities():
    async with playing("no_abilities") as client:
        assert await client.value("GetAbility") == {"Ability": {"abilityChn": [{}]}}
        await client.value("GetPtzPreset")


@pytest.mark.parametrize(
    ("path", "command", "parts"),
    [
        ("Enc.mainStream.gop", "GetEnc", ("value", "initial", "range")),
        ("Time.timeFmt", "GetTime", ("value", "initial", "range")),
        ("PtzPreset.name", "GetPtzPreset", ("value", "initial", "range")),
        ("HddInfo.mount", "GetHddInfo", ("value",)),
        ("state", "GetMdState", ("value",)),
    ],
)
async def test_any_field_can_be_missing_from_all_answers(path, command, parts):
    def holders(part, keys):
        """Return the objects that could hold the field."""
        if isinstance(part, list):
            return [found for item in part for found in holders(item, keys)]
        return holders(part[keys[0]], keys[1:]) if len(keys) > 1 else [part]

    async with playing(f"without={path}", "without=No.such.field") as client:
        answer = await client.send(command, {"channel": 0}, action=1)
    keys = path.split(".")
    for part in parts:
        found = holders(answer[part], keys)
        assert found
        assert all(keys[-1] not in holder for holder in found)


async def test_no_set_command_changes_anything_when_they_are_ignored():
    async with playing("ignore_sets") as client:
        before = await client.state()
        ports = (await client.value("GetNetPort"))["NetPort"]
        image = (await client.value("GetImage"))["Image"]
        sets = {
            "SetImage": {"Image": {**image, "bright": 1}},
            "SetDevName": {"DevName": {"name": "Other"}},
            "SetTime": {"Time": {"hour": 1}},
            "SetNtp": {"Ntp": {"interval": 60}},
            "SetNetPort": {"NetPort": {**ports, "rtspEnable": 0}},
            "SetPtzPreset": {"PtzPreset": {"id": 9, "name": "nine", "enable": 1}},
            "SetPtzPatrol": {"PtzPatrol": {"id": 2, "enable": 1}},
            "SetPtzGuard": {"PtzGuard": {"cmdStr": "setPos", "benable": 0}},
            "SetWhiteLed": {"WhiteLed": {"state": 1}},
            "SetAiAlarm": {"AiAlarm": {"ai_type": "people", "sensitivity": 99}},
            "SetMdAlarm": {"MdAlarm": {"newSens": {"sensDef": 1}}},
            "SetAutoFocus": {"AutoFocus": {"disable": 1}},
            "SetCrop": {"Crop": {"topLeftX": 1}},
        }
        for name, param in sets.items():
            await client.done(name, param)
        assert await client.refused("SetPtzPreset", {"PtzPreset": {"id": 99, "name": "x"}}) == -4
        assert await client.refused("SetPtzPatrol", {"PtzPatrol": {"id": 99, "enable": 1}}) == -4
        assert await client.refused("SetTime", {"Time": {"mon": 2, "day": 30}}) == -4
        assert await client.state() == before


async def test_a_camera_without_the_ability_takes_no_notice_of_gop():
    async with playing(model="RLC-411WS") as client:
        enc = (await client.value("GetEnc"))["Enc"]
        await client.done("SetEnc", {"Enc": {**enc, "mainStream": {**enc["mainStream"], "gop": 99, "frameRate": 10}}})
        assert (await client.value("GetEnc"))["Enc"]["mainStream"]["frameRate"] == 10


async def test_everything_is_as_it_came_from_the_factory_after_a_restore():
    async with playing() as client:
        image = (await client.value("GetImage"))["Image"]
        await client.done("SetImage", {"Image": {**image, "bright": 1}})
        await client.done("SetDevName", {"DevName": {"name": "Other"}})
        await client.done("Restore")
        state = await client.state()
    assert state["imaging"]["image"] == image
    assert state["name"] == "Camera1"
    assert state["sessions"] == []


async def test_mail_files_and_wifi_are_settings_that_are_kept_and_never_used():
    async with playing(model="E1-Zoom") as client:
        await client.done("SetEmailV20", {"Email": {"addr1": "me@example.org", "password": "secret", "enable": 1}})
        await client.done("SetFtpV20", {"Ftp": {"server": "files", "streamType": 6}})
        await client.done("SetWifi", {"Wifi": {"ssid": "home", "password": "secret"}})
        await client.done("SetPushV20", {"Push": {"schedule": {"table": {"MD": "0" * 168}}}})
        await client.done("SetAudioAlarmV20", {"Audio": {"enable": 1}})
        await client.done("SetDdns", {"Ddns": {"type": "Dyndns"}})
        email = (await client.value("GetEmailV20"))["Email"]
        assert (email["addr1"], email["password"], email["enable"]) == ("me@example.org", "", 1)
        assert await client.value("ScanWifi") == {"Wifi": [{"bencrypt": 1, "signal": 4, "ssid": "home"}]}
        assert await client.value("GetWifiSignal") == {"wifiSignal": 4}
        assert await client.refused("SetFtpV20", {"Ftp": {"streamType": 7}}) == -4
        await client.done("TestWifi", {"Wifi": {"ssid": "home", "password": "secret"}})
        assert await client.refused("TestEmail", {"Email": {"smtpServer": "x"}}) == -4
        assert "secret" not in str(await client.state())
    async with playing(model="RLC-411WS") as client:
        assert (await client.value("GetEmail"))["Email"]["attachment"] == "picture"
        await client.done("SetPush", {"Push": {"schedule": {"enable": 1}}})
    async with playing() as client:
        assert await client.refused("ScanWifi") == -9
    async with playing(model="RLN16-410") as client:
        await client.done("SetBuzzerAlarmV20", {"Buzzer": {"diskErrorAlert": 1}})


async def talking_client(client) -> RtspClient:
    port = int(client.camera.ready_line["rtsp"].rpartition(":")[2])
    return await (await RtspClient.connect(port, "Preview_01_main")).authorized()


async def test_what_is_said_to_the_camera_is_counted_and_in_the_journal():
    async with playing("talk") as client:
        rtsp = await talking_client(client)
        silent, open_ = [(await rtsp.request("DESCRIBE", Require=word)).body for word in ("other", BACKCHANNEL)]
        assert b"sendonly" not in silent
        assert b"m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\na=control:track3" in open_
        assert (await rtsp.set_up(3, "RTP/AVP;unicast;client_port=4000-4001")).status == 461
        answer = await rtsp.set_up(3, "RTP/AVP/TCP;unicast;interleaved=4-5")
        assert answer.headers["transport"].endswith("interleaved=4-5")
        assert (await rtsp.request("PLAY")).status == 200
        for number in range(51):
            packet = struct.pack("!BBHII", 0x80, 0, number, 160 * number, 7) + bytes(160)
            rtsp.writer.write(b"$" + struct.pack("!BH", 4, len(packet)) + packet)
        rtsp.writer.write(b"$\x04\x00\x01x" + b"$\x06\x00\x01x")
        assert (await rtsp.request("GET_PARAMETER")).status == 200
        assert (await client.state())["talk"] == {"packets": 51, "octets": 51 * 160, "payload_type": 0}
        said = [entry["answer"] for entry in await client.journal() if entry["command"] == "RTSP talk"]
        assert [entry["packets"] for entry in said] == [1, 51]
        await rtsp.close()


async def test_a_camera_without_that_way_back_offers_none():
    async with playing() as client:
        rtsp = await talking_client(client)
        assert b"sendonly" not in (await rtsp.request("DESCRIBE", Require=BACKCHANNEL)).body
        assert (await rtsp.set_up(3)).status == 404
        await rtsp.close()


class Searcher(asyncio.DatagramProtocol):
    """Sends probes and keeps what comes back."""

    def __init__(self) -> None:
        self.replies: asyncio.Queue[bytes] = asyncio.Queue()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        del addr
        self.replies.put_nowait(data)


async def test_a_search_finds_the_camera_unless_it_is_away():
    async with playing() as client:
        port = client.camera.ready_line["search_port"]
        loop = asyncio.get_running_loop()
        transport, searcher = await loop.create_datagram_endpoint(Searcher, remote_addr=("127.0.0.1", port))
        transport.sendto(b"else")
        transport.sendto(PROBE)
        async with asyncio.timeout(5):
            packet = await searcher.replies.get()
        await client.fault("offline", seconds=600)
        transport.sendto(PROBE)
        await client.fault("offline", seconds=0)
        async with asyncio.timeout(5):
            await client.camera.online.wait()
        transport.sendto(PROBE)
        async with asyncio.timeout(5):
            assert await searcher.replies.get() == packet
        assert searcher.replies.empty()
        transport.close()
        entries = [entry for entry in await client.journal() if entry["command"] == "search"]
    assert len(packet) == 388
    assert packet[80:86].hex(":") == "ec:71:db:0f:93:91"
    assert packet[104:108] == PROBE
    assert packet[108:128].rstrip(b"\0") == b"127.0.0.1"
    assert packet[128:132] == b"\x28\x23\0\0"
    assert packet[132:164].rstrip(b"\0") == b"Camera1"
    assert packet[196:228].rstrip(b"\0") == b"RLC-823A"
    assert packet[260:] == bytes(128)
    assert entries[0]["request"] == {"peer": "127.0.0.1"}


async def test_a_second_camera_is_searched_on_another_port():
    ports = [SearchPort(lambda _host: None, lambda _peer: None) for _ in range(2)]
    for port in ports:
        await port.start("127.0.0.1")
    assert ports[0].port != ports[1].port
    for port in ports:
        port.close()
        port.close()
    await asyncio.sleep(0)
