"""The recorder: pictures of several cameras, those that are away, and those that come while it runs."""

from __future__ import annotations

import json

import pytest

from tests.unit.simulators.reolink_client import playing
from tests.unit.simulators.rtsp_client import Client as RtspClient

NVR = "RLN16-410"


async def status_of(client, channel: int) -> tuple[int, str]:
    status = (await client.value("GetChannelstatus"))["status"][channel]
    assert status["channel"] == channel
    return status["online"], status["name"]


async def describe(client, path: str) -> int:
    port = int(client.camera.ready_line["rtsp"].rpartition(":")[2])
    rtsp = await (await RtspClient.connect(port, path)).authorized()
    answer = await rtsp.request("DESCRIBE")
    await rtsp.close()
    return answer.status


async def test_a_recorder_has_sixteen_places_and_one_camera():
    async with playing(model=NVR) as client:
        info = (await client.value("GetDevInfo"))["DevInfo"]
        assert (info["type"], info["exactType"], info["channelNum"], info["audioNum"]) == ("NVR", "NVR", 16, 0)
        listed = await client.value("GetChannelstatus")
        assert listed["count"] == 16
        assert listed["status"][0] == {"channel": 0, "name": "Camera1 1", "online": 1, "typeInfo": "RLC-823A"}
        assert listed["status"][1] == {"channel": 1, "name": "", "online": 0, "typeInfo": ""}
        abilities = (await client.value("GetAbility", {"User": {"userName": "admin"}}))["Ability"]
        assert len(abilities["abilityChn"]) == 1
        assert abilities["talk"]["ver"] == 0
        assert await client.refused("GetEnc", {"channel": 1}) == -49
        assert await client.refused("GetEnc", {"channel": 16}) == -49


async def test_cameras_come_go_and_come_back_while_it_runs():
    async with playing(model=NVR) as client:
        assert await client.event("motion", channel=2) == "no camera is online at channel 2"
        assert await client.event("channel", channel=2, online=True) is None
        assert await status_of(client, 2) == (1, "Door 3")
        assert len((await client.value("GetAbility"))["Ability"]["abilityChn"]) == 3
        await client.event("visitor", channel=2)
        assert (await client.value("GetEvents", {"channel": 2}))["visitor"]["alarm_state"] == 1
        assert await describe(client, "Preview_03_sub") == 200
        await client.event("channel", channel=2, online=False)
        assert await status_of(client, 2) == (0, "Door 3")
        assert await client.refused("GetEnc", {"channel": 2}) == -99
        assert await describe(client, "Preview_03_sub") == 404
        assert (await client.value("GetAbility"))["Ability"]["abilityChn"][2] == {}
        [_, gone] = (await client.state())["channels"]
        assert (gone["channel"], gone["online"], gone["model"]) == (2, False, "Video-Doorbell")


async def test_the_streams_of_a_camera_that_goes_end_and_the_others_do_not():
    async with playing("cameras=2", model=NVR) as client:
        port = int(client.camera.ready_line["rtsp"].rpartition(":")[2])
        answers = {}
        for channel in (1, 2):
            rtsp = await (await RtspClient.connect(port, f"Preview_0{channel}_sub")).authorized()
            assert (await rtsp.set_up()).status == 200
            answers[channel] = rtsp
        await client.event("channel", channel=1, online=False)
        assert (await answers[1].request("GET_PARAMETER")).status == 200
        assert (await answers[2].request("GET_PARAMETER")).status == 454
        for rtsp in answers.values():
            await rtsp.close()


async def test_every_picture_has_its_own_settings_under_its_own_number():
    async with playing("cameras=4", model=NVR) as client:
        image = (await client.value("GetImage", {"channel": 3}))["Image"]
        assert image["channel"] == 3
        await client.done("SetImage", {"Image": {**image, "bright": 7}})
        full = await client.send("GetImage", {"channel": 3}, action=1)
        assert full["value"]["Image"]["bright"] == 7
        assert full["initial"]["Image"]["channel"] == 3
        assert (await client.value("GetImage", {"channel": 0}))["Image"]["bright"] == 128
        assert (await client.value("GetRecV20", {"channel": 3}))["Rec"]["schedule"]["channel"] == 3
        assert (await client.value("GetRtspUrl", {"channel": 3}))["rtspUrl"]["mainStream"].endswith("/Preview_04_main")
        assert (await client.send("GetEnc", {"channel": 3}, action=1))["range"]["Enc"][0]["chnBit"] == 8
        await client.done("SetDevName", {"DevName": {"channel": 3, "name": "Shed"}})
        await client.done("SetDevName", {"DevName": {"name": "Cellar"}})
        assert await status_of(client, 3) == (1, "Shed")
        assert (await client.value("GetDevName", {"channel": 3}))["DevName"]["name"] == "Shed"
        assert (await client.value("GetDevInfo"))["DevInfo"]["name"] == "Cellar"


async def test_every_picture_of_one_batch_is_answered_for_itself():
    async with playing("cameras=2", model=NVR) as client:
        await client.event("people", channel=1)
        batch = [{"cmd": "GetAiState", "param": {"channel": number}} for number in range(3)]
        answers = await client.batch(batch)
        assert [answer["value"]["people"]["alarm_state"] for answer in answers[:2]] == [0, 1]
        assert answers[2]["error"]["rspCode"] == -49
        _, jpeg = await client.get(cmd="Snap", channel="1", rs="abc", snapType="sub")
        assert jpeg[:2] == b"\xff\xd8"


async def test_faults_can_be_narrowed_to_one_picture():
    async with playing("cameras=2", model=NVR) as client:
        await client.fault("bad_answer", form="rsp_code", channel=1, code=-12)
        assert await client.value("GetMdState", {"channel": 0}) == {"state": 0}
        assert await client.refused("GetMdState", {"channel": 1}) == -12
        await client.fault("stream_restart", channel=1, size="2304*1296")
        channels = (await client.state())["channels"]
        assert [channel["encoders"]["mainStream"]["size"] for channel in channels] == ["2560*1440", "2304*1296"]


async def test_its_recordings_have_no_names_until_a_download_is_prepared():
    day = {"year": 2024, "mon": 2, "day": 29}
    span = {
        "StartTime": {**day, "hour": 12, "min": 33, "sec": 0},
        "EndTime": {**day, "hour": 12, "min": 34, "sec": 0},
        "streamType": "sub",
        "channel": 0,
    }
    async with playing(model=NVR) as client:
        found = (await client.value("Search", {"Search": {**span, "onlyStatus": 0}}))["SearchResult"]["File"]
        assert all("name" not in file and isinstance(file["size"], str) for file in found)
        assert found[0]["PlaybackTime"] == {**day, "hour": 12, "min": 33, "sec": 39}
        prepared = await client.value("NvrDownload", {"NvrDownload": {**span, "iLogicChannel": 0}})
        names = [file["fileName"] for file in prepared["fileList"]]
        assert prepared["fileCount"] == 2
        assert names == ["fragment_01_20240229123349.mp4", "fragment_01_20240229123339.mp4"]
        kind, body = await client.get(cmd="Download", source=names[1], output="x.mp4")
        assert kind == "apolication/octet-stream"
        assert str(len(body)) == prepared["fileList"][1]["fileSize"]
        _, missing = await client.get(cmd="Playback", source="fragment_01_20240229000000.mp4", output="x.mp4")
        assert json.loads(missing)[0]["error"]["rspCode"] == -222


@pytest.mark.parametrize("param", [{}, {"NvrDownload": {}}, {"NvrDownload": {"streamType": "main", "StartTime": {}}}])
async def test_a_download_must_say_of_what(param):
    async with playing(model=NVR) as client:
        assert await client.refused("NvrDownload", param) == -4


async def test_only_a_recorder_prepares_downloads_and_has_places():
    async with playing() as client:
        assert await client.refused("NvrDownload", {}) == -9
        assert "kind is one of" in str(await client.event("channel", online=False))
        assert (await client.state())["channels"] == []
    async with playing(model=NVR) as client:
        assert await client.event("channel", channel=1) == "online is true or false"
        assert await client.event("channel", channel=16, online=True) == "channel is a number from 0 to 15"
