"""What the commands read and write, by persona and scenario."""

from __future__ import annotations

import pytest

from tests.unit.simulators.reolink_client import playing
from tests.unit.simulators.rtsp_client import Client as RtspClient

START_UP = (
    "GetDevInfo",
    "GetChannelstatus",
    "GetLocalLink",
    "GetNetPort",
    "GetP2p",
    "GetHddInfo",
    "GetTime",
    "GetNtp",
    "GetEnc",
    "GetRtspUrl",
    "GetIsp",
    "GetImage",
    "GetOsd",
    "GetMask",
    "GetMdState",
    "GetAiState",
    "GetIrLights",
    "GetWhiteLed",
    "GetPtzPreset",
    "GetPtzPatrol",
    "GetPtzGuard",
    "GetZoomFocus",
    "GetAutoFocus",
    "GetMdAlarm",
    "GetAiCfg",
    "GetRecV20",
)


async def failures(client) -> dict[str, int]:
    elements = [{"cmd": name, "action": 1, "param": {"channel": 0}} for name in START_UP]
    answers = await client.batch(elements)
    return {name: answer["error"]["rspCode"] for name, answer in zip(START_UP, answers, strict=True) if answer["code"]}


async def test_the_default_camera_answers_all_that_is_asked_at_the_start():
    async with playing() as client:
        assert await failures(client) == {}
        info = (await client.value("GetDevInfo"))["DevInfo"]
        assert (info["model"], info["exactType"], info["channelNum"]) == ("RLC-823A", "IPC", 1)
        assert await client.value("Getchannelstatus") == await client.value("GetChannelstatus")


async def test_the_old_camera_knows_less():
    async with playing(model="RLC-411WS") as client:
        failed = await failures(client)
        assert {name for name, code in failed.items() if code == -9} == {
            "GetAiState",
            "GetAiCfg",
            "GetMdAlarm",
            "GetRecV20",
            "GetWhiteLed",
        }
        enc = (await client.value("GetEnc"))["Enc"]
        assert set(enc["mainStream"]) == {"bitRate", "frameRate", "profile", "size"}
        assert "rtspEnable" not in (await client.value("GetNetPort"))["NetPort"]
        assert (await client.value("GetMask"))["Mask"]["area"] is None
        alarm = (await client.value("GetAlarm", {"Alarm": {"type": "md", "channel": 0}}))["Alarm"]
        assert len(alarm["scope"]["table"]) == 80 * 45
        abilities = (await client.value("GetAbility", {"User": {"userName": "admin"}}))["Ability"]
        assert "scheduleVersion" not in abilities
        assert (await client.value("GetDevInfo"))["DevInfo"]["serial"] == "0" * 15
        await client.done("SetRec", {"Rec": {"postRec": "15 Seconds"}})
        assert await client.value("GetHddInfo") == {"HddInfo": []}
        assert await client.refused("Format", {"HddInfo": {"id": [0]}}) == -4
        # What the firmware cannot do is ignored without a word.
        isp = (await client.value("GetIsp"))["Isp"]
        await client.done("SetIsp", {"Isp": {**isp, "backLight": "BackLightControl", "dayNight": "Color"}})
        changed = (await client.value("GetIsp"))["Isp"]
        assert (changed["backLight"], changed["dayNight"]) == ("Off", "Color")


async def test_the_fixed_dome_fails_at_everything_that_needs_a_head():
    async with playing(model="RLC-520") as client:
        assert await failures(client) == {
            "GetPtzPreset": -12,
            "GetPtzPatrol": -12,
            "GetPtzGuard": -12,
            "GetAutoFocus": -12,
            "GetZoomFocus": -17,
        }
        assert await client.refused("PtzCtrl", {"channel": 0, "op": "Left"}) == -17
        assert await client.refused("SetAutoFocus", {"AutoFocus": {"disable": 1}}) == -13
        assert (await client.state())["pose"] is None
        assert await client.event("move", pan=1) is not None


async def test_the_newer_camera_has_its_own_habits():
    async with playing(model="E1-Zoom") as client:
        presets = await client.send("GetPtzPreset", {"channel": 0}, action=1)
        listed = presets["value"]["PtzPreset"]
        assert [preset["id"] for preset in listed] == list(range(64))
        assert [preset["id"] for preset in listed if preset["enable"]] == [0, 1]
        assert listed[63]["name"] == "pos63"
        assert "imgName" in listed[0]
        assert presets["range"]["PtzPreset"]["id"] == {"max": 64, "min": 1}
        assert "vType" not in (await client.value("GetEnc"))["Enc"]["mainStream"]
        assert (await client.value("GetIsp"))["Isp"]["hdr"] == 0
        assert "preset" not in (await client.value("GetPtzPatrol"))["PtzPatrol"][5]
        assert await client.refused("PtzCtrl", {"op": "LeftUp", "speed": 5}) == -4
        await client.event("visitor")
        events = await client.value("GetEvents")
        assert events["visitor"] == {"alarm_state": 1, "support": 1}
        assert events["ai"]["package"] == {"alarm_state": 0, "support": 1}


async def test_values_are_set_and_what_is_out_of_range_changes_nothing():
    async with playing() as client:
        image = {"channel": 0, "bright": 200, "contrast": 1, "hue": 2, "saturation": 3, "sharpen": 4}
        await client.done("SetImage", {"Image": image})
        assert (await client.value("GetImage"))["Image"] == image
        assert await client.refused("SetImage", {"Image": {**image, "bright": 256, "hue": 9}}) == -4
        assert await client.refused("SetImage", {"Image": {**image, "bright": True}}) == -4
        assert await client.refused("SetImage", {"Image": {**image, "bright": {"min": 1, "max": 2}}}) == -4
        assert await client.refused("SetImage", {"Image": {"bright": 1}}) == -4
        assert await client.refused("SetImage", {}) == -4
        assert await client.refused("SetImage", {"Image": {**image, "channel": 1}}) == -49
        assert await client.refused("GetImage", {"channel": "0"}) == -4
        assert (await client.state())["imaging"]["image"] == image


async def test_gain_and_shutter_are_pairs_of_limits():
    async with playing() as client:
        isp = (await client.value("GetIsp"))["Isp"]
        new = {**isp, "exposure": "Manual", "gain": {"min": 2, "max": 40}, "shutter": {"min": 0, "max": 20}}
        await client.done("SetIsp", {"Isp": new})
        assert (await client.value("GetIsp"))["Isp"] == new
        pair = {"min": 1, "max": 2}
        for bad in (5, {"min": 3, "max": 2}, {"min": 0, "max": 2}, {"max": 2}, {"min": pair, "max": pair}):
            assert await client.refused("SetIsp", {"Isp": {**new, "gain": bad}}) == -4
        assert await client.refused("SetIsp", {"Isp": {**new, "exposure": "LowOise"}}) == -4
        without = {name: value for name, value in new.items() if name != "exposure"}
        assert await client.refused("SetIsp", {"Isp": without}) == -4
        assert (await client.value("GetIsp"))["Isp"] == new


async def test_initial_and_range_come_with_action_1_or_where_the_camera_always_sends_them():
    async with playing() as client:
        assert "range" not in await client.send("GetImage", {"channel": 0}, action=0)
        assert "range" not in await client.send("GetImage", {"channel": 0})
        full = await client.send("GetImage", {"channel": 0}, action=1)
        assert full["initial"]["Image"]["bright"] == 128
        assert full["range"]["Image"]["bright"] == {"max": 255, "min": 0}
        assert (await client.send("GetIrLights"))["range"]["IrLights"]["state"] == ["Auto", "Off", "On"]
        assert "range" not in await client.send("GetNetPort", action=1)


@pytest.mark.parametrize(
    ("name", "param", "code"),
    [
        ("SetIrLights", {"IrLights": {"channel": 0, "state": "Dim"}}, -4),
        ("SetIrLights", {"IrLights": {"channel": 0}}, -4),
        ("SetWhiteLed", {"WhiteLed": {"channel": 0, "bright": 0}}, -4),
        ("SetPowerLed", {"PowerLed": {"channel": 0, "state": 0}}, -4),
        ("SetOsd", {"Osd": {"channel": 0, "osdChannel": {"name": "x" * 32}, "osdTime": {}}}, -22),
        ("SetOsd", {"Osd": {"channel": 0, "osdChannel": 1, "osdTime": {}}}, -4),
        ("SetAutoFocus", {"AutoFocus": {"channel": 0, "disable": True}}, -4),
        ("SetMdAlarm", {"MdAlarm": {"channel": 0, "newSens": {"sensDef": 51}}}, -4),
        ("SetMdAlarm", {"MdAlarm": {"channel": 0, "scope": {"table": "101"}}}, -4),
        ("SetMdAlarm", {"MdAlarm": {"channel": 0, "sens": [{"sensitivity": 0}]}}, -4),
        ("SetMdAlarm", {"MdAlarm": {"channel": 0, "sens": 3}}, -4),
        ("SetAiCfg", {"channel": 0, "AiDetectType": {"people": 2}}, -4),
        ("SetNtp", {"Ntp": {"interval": 59}}, -4),
        ("SetDevName", {"DevName": {"name": ""}}, -4),
        ("SetDevName", {}, -4),
        ("AudioAlarmPlay", {"alarm_mode": "manu", "manual_switch": 1, "channel": 0}, -4),
        ("GetAbility", {"User": {"userName": "nobody"}}, -27),
    ],
)
async def test_bad_values_are_refused(name, param, code):
    async with playing() as client:
        assert await client.refused(name, param) == code


async def test_plain_settings_are_kept():
    async with playing() as client:
        await client.done("SetIrLights", {"IrLights": {"channel": 0, "state": "Off"}})
        await client.done("SetWhiteLed", {"WhiteLed": {"channel": 0, "state": 1}})
        await client.done("SetPowerLed", {"PowerLed": {"channel": 0, "state": "Off"}})
        await client.done("SetOsd", {"Osd": {"osdChannel": {"enable": 0, "pos": "Upper Left"}, "osdTime": {}}})
        await client.done("SetMdAlarm", {"MdAlarm": {"newSens": {"sensDef": 10}, "sens": [{"sensitivity": 5}]}})
        await client.done("SetAiCfg", {"channel": 0, "aiTrack": 1, "trackType": {}, "AiDetectType": {"vehicle": 0}})
        await client.done("SetRecV20", {"Rec": {"schedule": {"table": {"MD": "0" * 168}}, "saveDay": 30}})
        await client.done("SetP2p", {"P2p": {"enable": 0, "uid": "ignored"}})
        await client.done("SetDevName", {"DevName": {"name": "Yard"}})
        await client.done("AudioAlarmPlay", {"alarm_mode": "manul", "manual_switch": 1, "channel": 0})
        await client.done("CertificateClear", {})
        state = await client.state()
        names = {(await client.value(name))[key]["name"] for name, key in (("GetDevInfo", "DevInfo"),)}
        assert (await client.value("GetCertificateInfo"))["CertificateInfo"]["enable"] == 0
        assert await client.value("CheckFirmware") == {"newFirmware": 0}
        assert (await client.value("UpgradeStatus"))["Status"]["Perset"] == 0
    assert names == {"Yard"}
    assert state["lights"]["infrared"] == {"state": "Off"}
    assert state["lights"]["white"]["state"] == 1
    settings = state["settings"]
    assert settings["Osd"]["osdChannel"] == {"enable": 0, "name": "Camera1", "pos": "Upper Left"}
    assert settings["MdAlarm"]["newSens"]["sensDef"] == 10
    assert settings["AiCfg"]["AiDetectType"] == {"dog_cat": 1, "face": 0, "people": 1, "vehicle": 0}
    assert settings["RecV20"]["saveDay"] == 30
    assert settings["P2p"]["uid"] != "ignored"


async def test_sets_that_are_ignored_are_still_checked():
    async with playing("ignore_sets") as client:
        await client.done("SetIrLights", {"IrLights": {"channel": 0, "state": "Off"}})
        assert await client.refused("SetIrLights", {"IrLights": {"channel": 0, "state": "Dim"}}) == -4
        enc = (await client.value("GetEnc"))["Enc"]
        await client.done("SetEnc", {"Enc": {**enc, "audio": 0}})
        await client.done("SetMask", {"Mask": {"enable": 1, "area": []}})
        state = await client.state()
    assert state["lights"]["infrared"] == {"state": "Auto"}
    assert state["encoders"]["audio"] == 1
    assert state["masks"]["enabled"] is False


async def test_the_size_of_the_main_stream_decides_its_codec():
    async with playing() as client:
        full = await client.send("GetEnc", {"channel": 0}, action=1)
        entries = full["range"]["Enc"]
        assert [(entry["mainStream"]["size"], entry["mainStream"]["vType"]) for entry in entries] == [
            ("3840*2160", "h265"),
            ("2560*1440", "h264"),
            ("2304*1296", "h264"),
        ]
        assert entries[0]["mainStream"]["default"] == {"bitRate": 6144, "frameRate": 25, "gop": 2}
        assert entries[0]["chnBit"] == 1
        enc = full["value"]["Enc"]
        assert (enc["mainStream"]["size"], enc["mainStream"]["vType"]) == ("2560*1440", "h264")
        await client.done("SetEnc", {"Enc": {**enc, "mainStream": {**enc["mainStream"], "size": "3840*2160"}}})
        main = (await client.value("GetEnc"))["Enc"]["mainStream"]
        assert (main["vType"], main["width"], main["height"]) == ("h265", 3840, 2160)


@pytest.mark.parametrize(
    "change",
    [
        {"audio": 2},
        {"mainStream": None},
        {"subStream": {}},
        {"mainStream": {"size": "1*1"}},
        {"mainStream": {"size": "3840*2160", "bitRate": 1024, "frameRate": 25, "profile": "High"}},
        {"mainStream": {"size": "2560*1440", "bitRate": 1024, "frameRate": 24, "profile": "High"}},
        {"mainStream": {"size": "2560*1440", "bitRate": 1024, "frameRate": 25, "profile": "Best"}},
        {"mainStream": {"size": "2560*1440", "bitRate": 1024, "frameRate": 25, "profile": "High", "gop": 5}},
    ],
)
async def test_encoder_settings_outside_the_range_are_refused(change):
    async with playing() as client:
        before = (await client.value("GetEnc"))["Enc"]
        assert await client.refused("SetEnc", {"Enc": {**before, **change}}) == -4
        assert (await client.value("GetEnc"))["Enc"] == before


async def test_masks_are_rectangles_on_a_screen():
    async with playing() as client:
        area = {"block": {"x": 192, "y": 143, "width": 121, "height": 163}, "screen": {"width": 640, "height": 480}}
        await client.done("SetMask", {"Mask": {"channel": 0, "enable": 1, "area": [area]}})
        full = await client.send("GetMask", {"channel": 0}, action=1)
        assert full["value"]["Mask"] == {"area": [area], "channel": 0, "enable": 1}
        assert full["range"]["Mask"]["maxAreas"] == 4
        bad: object
        for bad in (
            [area] * 5,
            [{"block": {}}],
            ["x"],
            "x",
            [{**area, "screen": {"width": 1, "height": 1}}],
            [{**area, "screen": {"width": -1, "height": 1}}],
        ):
            assert await client.refused("SetMask", {"Mask": {"enable": 1, "area": bad}}) == -4
        assert await client.refused("SetMask", {"Mask": {"area": []}}) == -4
        await client.done("SetMask", {"Mask": {"enable": 0, "area": None}})
        assert (await client.value("GetMask"))["Mask"]["area"] == []


async def test_the_clock_shows_local_time_and_can_be_set():
    async with playing() as client:
        value = await client.value("GetTime")
        assert (value["Time"]["year"], value["Time"]["hour"], value["Time"]["timeZone"]) == (2024, 12, 0)
        time = {**value["Time"], "year": 2020, "mon": 12, "day": 23, "hour": 20, "min": 59, "sec": 40}
        await client.done("SetTime", {"Time": {**time, "timeZone": 28800}})
        client.clock.advance(20)
        clock = (await client.state())["clock"]
        assert clock["local"] == "2020-12-23T21:00:00"
        assert clock["utc"] == "2020-12-24T05:00:00+00:00"
        full = await client.send("GetTime", action=1)
        assert full["range"]["Time"]["timeZone"] == {"max": 43200, "min": -46800}
        assert full["initial"]["Dst"]["enable"] == 0
        assert await client.refused("SetTime", {"Time": {"mon": 2, "day": 30}}) == -4
        assert await client.refused("SetTime", {"Time": {"timeZone": 50000}}) == -4
        assert await client.refused("SetTime", {}) == -4
        await client.done("SetNtp", {"Ntp": {"interval": 0}})
        clock = (await client.state())["clock"]
        assert clock["utc"] == "2024-03-01T12:00:20+00:00"
        assert clock["ntp"]["interval"] == 1440
        await client.event("clock", offset_s=-60)
        await client.done("SetNtp", {"Ntp": {"enable": 1}})
        assert (await client.state())["clock"]["offset_s"] == 0


async def test_the_disk_fills_is_formatted_and_can_be_taken_out():
    async with playing() as client:
        await client.done("Format", {"HddInfo": {"id": [0]}})
        await client.event("disk", mount=False)
        [disk] = (await client.value("GetHddInfo"))["HddInfo"]
    assert disk["mount"] == 0
    assert disk["size"] == disk["capacity"]


async def test_ports_are_those_that_are_bound_and_setting_them_ends_all_sessions():
    async with playing() as client:
        ports = (await client.value("GetNetPort"))["NetPort"]
        assert client.camera.ready_line["api"].endswith(f":{ports['httpPort']}")
        assert client.camera.ready_line["rtsp"].endswith(f":{ports['rtspPort']}")
        assert (ports["httpEnable"], ports["rtspEnable"]) == (1, 1)
        assert await client.refused("SetNetPort", {"NetPort": {**ports, "rtspPort": 554}}) == -13
        assert await client.refused("SetNetPort", {"NetPort": {"rtspEnable": 2}}) == -4
        await client.done("SetNetPort", {"NetPort": ports})
        assert await client.refused("GetNetPort") == -6


async def test_stream_urls_count_channels_from_one():
    async with playing() as client:
        urls = (await client.value("GetRtspUrl", {"channel": 0}))["rtspUrl"]
        base = client.camera.ready_line["rtsp"]
    assert urls == {
        "channel": 0,
        "mainStream": f"{base}/Preview_01_main",
        "subStream": f"{base}/Preview_01_sub",
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Preview_01_main", 200),
        ("Preview_01_sub", 200),
        ("h264Preview_01_main", 200),
        ("h264Preview_01_sub", 200),
        ("h265Preview_01_main", 404),
        ("Preview_02_main", 404),
        ("Preview_00_main", 404),
        ("else", 404),
    ],
)
async def test_rtsp_paths_of_both_families_lead_to_the_streams(path, status):
    async with playing() as client:
        port = int(client.camera.ready_line["rtsp"].rpartition(":")[2])
        rtsp = await (await RtspClient.connect(port, path)).authorized()
        answer = await rtsp.request("DESCRIBE")
        await rtsp.close()
        [*_, entry] = await client.journal()
    assert answer.status == status
    assert entry["command"] == "RTSP DESCRIBE"
    assert entry["request"]["url"].endswith(path)
    assert entry["answer"] == {"status": status}


async def test_the_stream_follows_codec_and_sound_of_the_encoder():
    async with playing("h265") as client:
        port = int(client.camera.ready_line["rtsp"].rpartition(":")[2])
        enc = (await client.value("GetEnc"))["Enc"]
        assert enc["mainStream"]["vType"] == "h265"
        rtsp = await (await RtspClient.connect(port, "")).authorized()
        sdp = (await rtsp.request("DESCRIBE")).body
        await rtsp.close()
    assert b"H265/90000" in sdp
    assert b"MPEG4-GENERIC/16000" in sdp


async def test_alarms_are_levels_that_fall_back_by_themselves():
    async with playing() as client:
        await client.event("motion", active=True, hold_s=5)
        await client.event("people")
        client.clock.advance(4.9)
        assert await client.value("GetMdState") == {"state": 1}
        client.clock.advance(0.1)
        assert await client.value("GetMdState") == {"state": 0}
        ai = await client.value("GetAiState", {"channel": 0})
        assert ai["people"] == {"alarm_state": 1, "support": 1}
        assert ai["face"] == {"alarm_state": 0, "support": 0}
        await client.event("people", active=False)
        assert (await client.state())["alarms"]["people"] is False
        assert await client.refused("GetEvents") == -9


@pytest.mark.parametrize(
    ("scenario", "check"),
    [
        ("code_zero", lambda answer: (answer["code"], answer["error"]["rspCode"]) == (0, -4)),
        ("wrong_echo", lambda answer: answer["cmd"] == "SetOsd"),
    ],
)
async def test_misprints_of_the_document_can_be_had(scenario, check):
    async with playing(scenario) as client:
        assert check(await client.send("SetIsp", {"Isp": 1}))


async def test_scenarios_change_what_the_camera_is():
    async with playing("no_vtype", "int_ai", "ptz_no_speed", "four_directions", "io_flags") as client:
        assert "vType" not in (await client.value("GetEnc"))["Enc"]["mainStream"]
        assert (await client.value("GetAiState"))["people"] == 0
        channel = (await client.value("GetAbility", {"User": {"userName": "admin"}}))["Ability"]["abilityChn"][0]
        keys = ("ptzType", "ptzDirection", "alarmIoIn", "alarmIoOut")
        assert [channel[key]["ver"] for key in keys] == [5, 1, 1, 1]
        info = (await client.value("GetDevInfo"))["DevInfo"]
        assert (info["IOInputNum"], info["IOOutputNum"]) == (2, 1)
        await client.ptz("Right", speed=64)
        assert (await client.state())["pose"]["velocity"]["pan"] == 32 * 1.5


async def test_another_wording_of_the_wrong_password():
    async with playing("password_wrong", logged_in=False) as client:
        assert (await client.login("x"))["error"] == {"detail": "password wrong", "rspCode": -502}


async def test_the_rtsp_realm_of_newer_firmware():
    async with playing("realm_bc") as client:
        port = int(client.camera.ready_line["rtsp"].rpartition(":")[2])
        rtsp = await RtspClient.connect(port, "Preview_01_main")
        answer = await rtsp.request("DESCRIBE")
        await rtsp.close()
    assert 'realm="BC Streaming Media"' in answer.headers["www-authenticate"]
