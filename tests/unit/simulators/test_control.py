"""The control interface, whatever the family."""

from __future__ import annotations

import pytest

from bridge.simulators.camera import generated_password, url
from bridge.simulators.clock import SystemClock
from bridge.simulators.control import MOST_JOURNAL_ENTRIES, Journal
from bridge.simulators.faults import MOST_FAULTS, FaultBoard
from tests.unit.simulators.reolink_client import HandClock, playing


def test_the_journal_numbers_its_entries_and_forgets_the_oldest():
    journal = Journal(HandClock())
    for number in range(MOST_JOURNAL_ENTRIES + 5):
        journal.add("Get", {"number": number}, {})
    entries = journal.since(0)
    assert len(entries) == MOST_JOURNAL_ENTRIES
    assert entries[0]["n"] == 6
    assert journal.since(MOST_JOURNAL_ENTRIES + 4) == [
        {
            "n": MOST_JOURNAL_ENTRIES + 5,
            "utc": "2024-03-01T12:00:00.000Z",
            "command": "Get",
            "request": {"number": MOST_JOURNAL_ENTRIES + 4},
            "answer": {},
        }
    ]


async def test_the_journal_is_read_from_a_number_on():
    async with playing() as client:
        await client.value("GetMdState")
        assert [entry["command"] for entry in await client.journal("1")] == ["GetMdState"]
        assert (await client.journal("2")) == []
        assert "number" in (await client.journal("x"))["error"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 10_000])
async def test_what_is_no_json_object_is_refused(body):
    async with playing() as client:
        control = client.camera.ready_line["control"]
        async with client.http.post(f"{control}/event", data=body) as response:
            assert response.status == 400
            assert (await response.json())["ok"] is False


async def test_the_state_tells_what_the_product_promises_and_no_secret():
    async with playing() as client:
        state = await client.state()
        assert state.keys() >= {"pose", "presets", "tours", "imaging", "encoders", "lights", "relays", "inputs"}
        assert state.keys() >= {"sessions", "subscribers"}
        assert state["pose"].keys() >= {"pan", "tilt", "zoom", "velocity"}
        assert state["sessions"][0]["token"] == "#1"
        assert str(client.token) not in str(state)


async def test_the_ready_line_says_where_everything_is():
    async with playing() as client:
        line = client.camera.ready_line
        promised = {"ready", "family", "api", "rtsp", "control", "username", "password", "model"}
        assert line.keys() == promised | {"search_port"}
        assert (line["ready"], line["family"], line["model"]) == (True, "reolink", "RLC-823A")


def test_faults_narrow_themselves_and_wear_out():
    clock = HandClock()
    board = FaultBoard(clock)
    board.add("slow", seconds=10, fields={"command": "Get", "count": 1})
    assert board.take("slow", command="Set") is None
    assert board.take("drop") is None
    assert board.take("slow", command=frozenset({"Get", "Set"})) is not None
    assert board.take("slow", command="Get") is None
    board.add("slow", seconds=10, fields={})
    clock.advance(9.9)
    assert board.take("slow", command="Set") is not None
    clock.advance(0.1)
    assert board.take("slow") is None


def test_there_is_an_end_to_faults():
    board = FaultBoard(HandClock())
    for number in range(MOST_FAULTS + 10):
        board.add("slow", seconds=10, fields={"ms": number})
    assert len(board.in_force()) == MOST_FAULTS
    assert board.in_force()[-1].fields == {"ms": MOST_FAULTS + 9}
    board.add("slow", seconds=0, fields={})
    assert board.in_force() == []


def test_urls_are_those_that_a_client_on_this_machine_can_use():
    assert url("http", "127.0.0.1", 80) == "http://127.0.0.1:80"
    assert url("rtsp", "0.0.0.0", 554) == "rtsp://127.0.0.1:554"
    assert url("http", "::", 80) == "http://[::1]:80"


def test_generated_passwords_differ_and_are_safe_in_urls():
    passwords = {generated_password() for _ in range(20)}
    assert len(passwords) == 20
    assert all(password.isalnum() for password in passwords)


def test_the_system_clock_goes_on():
    clock = SystemClock()
    first = clock.now(), clock.utc()
    assert (clock.now(), clock.utc()) >= first
