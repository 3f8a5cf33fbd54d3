"""The HTTP side: text form, batches, sessions, accounts, snapshots, and what is refused."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO

import pytest
from PIL import Image

from bridge.simulators.reolink import MODELS, SCENARIOS, SimulatorOptions, running
from tests.unit.simulators.reolink_client import PASSWORD, playing

MOTION = {"cmd": "GetMdState", "param": {"channel": 0}}


async def test_answers_in_the_text_form_of_the_cameras():
    async with playing() as client, client.http.post(client.url, json=[MOTION]) as response:
        text = await response.text()
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html"
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert text.startswith('[\n   {\n      "cmd" : "GetMdState",\n      "code" : 1,\n      "error" : {\n')
    assert '"detail" : "please login first"' in text


async def test_login_gives_a_token_with_a_lease_and_logout_ends_it():
    async with playing(logged_in=False) as client:
        token = (await client.login())["value"]["Token"]
        assert token["leaseTime"] == 3600
        assert 0 < len(token["name"]) < 32
        assert await client.value("GetMdState") == {"state": 0}
        await client.done("Logout", {})
        assert await client.refused("GetMdState") == -6


async def test_a_wrong_password_is_a_failed_login():
    async with playing(logged_in=False) as client:
        element = await client.login("wrong")
    assert element == {"cmd": "Login", "code": 1, "error": {"detail": "login failed", "rspCode": -7}}


async def test_the_private_login_is_refused():
    async with playing(logged_in=False) as client:
        user = {"Version": "1", "userName": "admin", "password": PASSWORD}
        assert await client.refused("Login", {"User": user}) == -310


async def test_every_element_of_a_batch_needs_the_login():
    async with playing(logged_in=False) as client:
        answers = await client.batch([MOTION, MOTION], token="0123456789")
    assert [answer["error"]["rspCode"] for answer in answers] == [-6, -6]


async def test_a_lease_ends_by_itself_and_cannot_be_renewed():
    async with playing("lease=60") as client:
        client.clock.advance(59)
        await client.value("GetMdState")
        client.clock.advance(1)
        assert await client.refused("GetMdState") == -6


async def test_the_eleventh_session_is_refused_until_one_ends():
    async with playing() as client:
        for _ in range(9):
            assert (await client.login())["code"] == 0
        assert (await client.login())["error"] == {"detail": "max session", "rspCode": -5}
        await client.done("Logout")
        assert (await client.login())["code"] == 0


async def test_user_and_password_in_the_url_do_without_a_login():
    async with playing(logged_in=False) as client:
        assert (await client.send("GetMdState", user="admin", password=PASSWORD))["code"] == 0
        assert (await client.send("GetMdState", user="admin", password="wrong"))["error"]["rspCode"] == -6
        entries = await client.journal()
    assert [entry["request"]["auth"] for entry in entries] == ["user", "none"]


async def test_a_batch_is_answered_in_order_and_the_body_wins_over_the_url():
    async with playing() as client:
        answers = await client.batch([{"cmd": "GetDevName"}, MOTION, {"cmd": "Nonsense"}], cmd="GetUser")
    assert [answer["cmd"] for answer in answers] == ["GetDevName", "GetMdState", "Unknown"]
    assert answers[2]["error"] == {"detail": "not support", "rspCode": -9}


async def test_a_first_element_without_a_command_takes_the_one_of_the_url():
    async with playing() as client:
        [answer] = await client.batch([{"param": {}}], cmd="GetDevName")
    assert answer["value"] == {"DevName": {"name": "Camera1"}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", -10),
        (b'{"cmd":"GetMdState"}', -10),
        (b"[]", -10),
        (b"[1]", -10),
        (b'[{"cmd":"SetImage","param":{"x":1e999}}]', -10),
        (b'[{"cmd":"SetImage","param":{"x":NaN}}]', -10),
        (b"\xff\xfe[", -10),
        (b"[" * 100_000, -10),
        (json.dumps([MOTION] * 36).encode(), -16),
    ],
)
async def test_what_is_no_batch_gets_one_element_with_an_error(body, code):
    async with playing() as client:
        [answer] = json.loads(await client.post(body, cmd="GetMdState"))
        [*_, entry] = await client.journal()
    assert answer["error"]["rspCode"] == code
    assert entry["command"] == "GetMdState"


async def test_reads_are_also_answered_to_a_get():
    async with playing() as client:
        _, body = await client.get(cmd="GetMdState", channel="0")
        _, wrong = await client.get(cmd="GetMdState", channel="7")
        _, text = await client.get(cmd="GetMdState", channel="x")
    assert json.loads(body)[0]["value"] == {"state": 0}
    assert json.loads(wrong)[0]["error"] == {"detail": "Channel invalid", "rspCode": -49}
    assert json.loads(text)[0]["error"]["rspCode"] == -4


async def test_the_short_path_is_an_alias_and_other_paths_do_not_exist():
    async with playing() as client:
        base = client.camera.ready_line["api"]
        async with client.http.post(f"{base}/api.cgi?cmd=GetMdState") as response:
            assert response.status == 200
        async with client.http.get(f"{base}/index.html") as response:
            assert response.status == 404


async def test_a_body_without_end_is_refused():
    async with playing() as client, client.http.post(client.url, data=BytesIO(b" " * 2_000_000)) as response:
        assert response.status == 413


async def test_http_1_0_is_answered_without_chunks():
    async with playing() as client:
        host, port = client.camera.ready_line["api"].removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /api.cgi?cmd=GetMdState HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert b"chunked" not in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])[0]["error"]["rspCode"] == -6


async def test_the_journal_tells_every_element_and_no_secret():
    async with playing() as client:
        await client.batch([MOTION, {"cmd": "GetDevName"}])
        await client.send("ModifyUser", {"User": {"userName": "admin", "newPassword": "new-secret"}})
        await client.send("GetMdState", user="admin", password="new-secret", token="null")
        await client.send("GetMdState", token="feedface")
        entries = await client.journal()
        token = client.token
    assert [entry["n"] for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[0]["answer"]["value"]["Token"]["name"] == "#1"
    assert entries[0]["request"]["param"]["User"]["password"] == "***"
    assert entries[1]["request"] == {
        "query": {"token": "#1"},
        "action": None,
        "param": {"channel": 0},
        "batch": [0, 2],
        "auth": "token",
        "peer": "127.0.0.1",
    }
    assert entries[2]["request"]["batch"] == [1, 2]
    assert entries[4]["request"]["query"]["token"] == "null"
    assert entries[5]["request"]["query"]["token"] == "?"
    text = json.dumps(entries)
    assert PASSWORD not in text
    assert "new-secret" not in text
    assert str(token) not in text


async def test_a_guest_reads_but_changes_nothing():
    async with playing("guest") as client:
        await client.value("GetEnc")
        abilities = (await client.value("GetAbility", {"User": {"userName": "NULL"}}))["Ability"]
        assert abilities["abilityChn"][0]["ptzType"] == {"permit": 0, "ver": 0}
        assert abilities["abilityChn"][0]["enc"]["permit"] == 4
        assert await client.refused("SetImage", {"Image": {}}) == -26
        assert await client.refused("PtzCtrl", {"op": "Left"}) == -26
        assert await client.refused("Reboot") == -26
        await client.done("Logout")


async def test_accounts_are_added_changed_and_removed():
    async with playing() as client:
        guest = {"userName": "eve", "password": "654321", "level": "guest"}
        await client.done("AddUser", {"User": guest})
        assert await client.refused("AddUser", {"User": guest}) == -28
        assert await client.refused("AddUser", {"User": {**guest, "userName": "bob", "password": "short"}}) == -4
        assert await client.refused("AddUser", {"User": {**guest, "userName": ""}}) == -4
        users = await client.send("GetUser", action=1)
        assert {"level": "guest", "userName": "eve"} in users["value"]["User"]
        assert users["range"]["User"]["level"] == ["guest", "admin"]

        change = {"userName": "eve", "newPassword": "abcdef", "oldPassword": "nonsense"}
        assert await client.refused("ModifyUser", {"User": change}) == -7
        await client.done("ModifyUser", {"User": {**change, "oldPassword": "654321"}})
        assert await client.refused("ModifyUser", {"User": {"userName": "nobody"}}) == -27
        owner = client.token
        assert (await client.login("abcdef", "eve"))["code"] == 0
        client.token = owner

        await client.done("DelUser", {"User": {"userName": "eve"}})
        assert await client.refused("DelUser", {"User": {"userName": "eve"}}) == -27
        assert await client.refused("DelUser", {"User": {"userName": "admin"}}) == -4
        assert len((await client.state())["sessions"]) == 1


async def test_there_is_room_for_twenty_accounts():
    async with playing() as client:
        guest = {"password": "secret", "level": "guest"}
        for number in range(19):
            await client.done("AddUser", {"User": {**guest, "userName": f"user{number}"}})
        assert await client.refused("AddUser", {"User": {**guest, "userName": "more"}}) == -29


async def test_a_session_can_be_disconnected_by_another():
    async with playing() as client:
        first = client.token
        await client.login()
        users = (await client.value("GetOnline"))["User"]
        assert [(user["sessionId"], user["canbeDisconn"]) for user in users] == [(1000, 1), (1001, 0)]
        await client.done("Disconnect", {"User": {"userName": "admin", "sessionId": 1000}})
        assert await client.refused("Disconnect", {"User": {"userName": "admin", "sessionId": 1000}}) == -4
        client.token = first
        assert await client.refused("GetMdState") == -6


async def test_wrong_passwords_lock_the_address_out_for_a_while():
    async with playing("login_lock", logged_in=False) as client:
        for _ in range(5):
            assert (await client.login("wrong"))["error"]["rspCode"] == -7
        assert (await client.login())["error"]["rspCode"] == -506
        assert (await client.state())["failed_logins"] == {"127.0.0.1": {"count": 5, "is_locked": True}}
        client.clock.advance(300)
        assert (await client.login("wrong"))["error"]["rspCode"] == -7
        assert (await client.login())["code"] == 0
        assert (await client.state())["failed_logins"] == {}


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ({}, (2560, 1440)),
        ({"snapType": "sub"}, (640, 360)),
        ({"width": "320", "height": "180"}, (320, 180)),
    ],
)
async def test_a_snapshot_has_the_size_that_was_asked_for(query, size):
    async with playing() as client:
        kind, body = await client.get(cmd="Snap", channel="0", rs="0123456789abcdef", **query)
        [*_, entry] = await client.journal()
    assert kind == "image/jpeg"
    assert Image.open(BytesIO(body)).size == size
    assert entry["command"] == "Snap"
    assert entry["answer"]["jpeg"]["width"] == size[0]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"rs": ""}, -4),
        ({"rs": "r", "width": "320"}, -4),
        ({"rs": "r", "width": "9999", "height": "180"}, -4),
        ({"rs": "r", "channel": "3"}, -49),
        ({"rs": "r", "token": "gone"}, -6),
    ],
)
async def test_a_snapshot_that_fails_is_json(query, code):
    async with playing() as client:
        kind, body = await client.get(cmd="Snap", **query)
    assert kind == "text/html"
    assert json.loads(body)[0]["error"]["rspCode"] == code


async def test_an_unknown_model_or_scenario_is_refused_with_a_list():
    with pytest.raises(ValueError, match=r"RLC-823A.*RLC-520"):
        async with running(SimulatorOptions(model="RLC-1")):
            pass
    with pytest.raises(ValueError, match="unknown scenario 'x'; there are battery"):
        async with running(SimulatorOptions(scenarios=("x",))):
            pass
    with pytest.raises(ValueError, match="wants a number of seconds"):
        async with running(SimulatorOptions(scenarios=("lease=x",))):
            pass
    with pytest.raises(ValueError, match="no head"):
        async with running(SimulatorOptions(model="RLC-520", scenarios=("four_directions",))):
            pass
    with pytest.raises(ValueError, match=r"no H\.265"):
        async with running(SimulatorOptions(model="RLC-520", scenarios=("h265",))):
            pass
    with pytest.raises(ValueError, match="is no recorder"):
        async with running(SimulatorOptions(scenarios=("cameras=2",))):
            pass
    assert MODELS[0] == "RLC-823A"
    assert "lease=<seconds>" in SCENARIOS
