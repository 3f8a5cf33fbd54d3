"""A device's memory: immediate to read, in the state file soon after."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager

import structlog
from structlog.testing import LogCapture
from typing_extensions import override

from bridge.store import memory as memory_module
from bridge.store import state as state_module
from bridge.store.memory import StoredMemory
from bridge.store.state import open_state
from tests.memory import VolatileMemory


@asynccontextmanager
async def memory_of(path, device="gate"):
    async with open_state(path) as state:
        memory = StoredMemory(device, await state.sections(device), state)
        saving = asyncio.create_task(memory.run())
        await asyncio.sleep(0)  # a task that never began has nothing to finish
        try:
            yield memory
        finally:
            saving.cancel()
            await asyncio.wait([saving])


async def test_what_was_written_is_there_after_a_restart(tmp_path):
    async with memory_of(tmp_path / "state.db") as memory:
        memory.write("scopes", "[1]")
        memory.write("users", "[2]")
        memory.write("scopes", "[3]")
        assert memory.read("scopes") == "[3]"
    async with memory_of(tmp_path / "state.db") as memory:
        assert (memory.read("scopes"), memory.read("users"), memory.read("other")) == ("[3]", "[2]", None)


async def test_what_was_forgotten_stays_forgotten(tmp_path):
    async with memory_of(tmp_path / "state.db") as memory:
        for section in ("scopes", "users", "profiles"):
            memory.write(section, "x")
        memory.forget("users")
        assert memory.read("users") is None
    async with memory_of(tmp_path / "state.db") as memory:
        assert (memory.read("scopes"), memory.read("users")) == ("x", None)
        memory.forget()
    async with memory_of(tmp_path / "state.db") as memory:
        assert [memory.read(section) for section in ("scopes", "users", "profiles")] == [None, None, None]


async def test_devices_do_not_see_each_other(tmp_path):
    async with memory_of(tmp_path / "state.db", "gate") as memory:
        memory.write("scopes", "gate's")
    async with memory_of(tmp_path / "state.db", "door") as memory:
        assert memory.read("scopes") is None


def test_volatile_memory_behaves_the_same_within_one_process():
    memory = VolatileMemory()
    memory.write("scopes", "x")
    memory.write("users", "y")
    memory.forget("users")
    assert (memory.read("scopes"), memory.read("users")) == ("x", None)
    memory.forget()
    assert memory.read("scopes") is None


class Heard(LogCapture):
    """Captures the log and lets a test wait for its first line."""

    def __init__(self) -> None:
        super().__init__()
        self.something = asyncio.Event()

    @override
    def __call__(self, *args):
        self.something.set()
        return super().__call__(*args)


async def test_what_cannot_be_saved_now_is_saved_later(tmp_path, monkeypatch):
    monkeypatch.setattr(memory_module, "SAVE_AGAIN_S", 0.01)
    monkeypatch.setattr(state_module, "LOCKED_S", 0.05)
    path = tmp_path / "state.db"
    heard = Heard()
    before = structlog.get_config()
    structlog.configure(processors=[heard])
    try:
        async with memory_of(path) as memory:
            other = sqlite3.connect(path)
            other.execute("BEGIN IMMEDIATE")
            memory.write("scopes", "[1]")
            await asyncio.wait_for(heard.something.wait(), 5)
            other.close()
    finally:
        structlog.configure(**before)
    assert heard.entries[0]["event"] == "state.memory_not_kept"
    async with memory_of(path) as memory:
        assert memory.read("scopes") == "[1]"


async def test_a_change_that_is_being_saved_at_the_end_is_not_lost(tmp_path):
    path = tmp_path / "state.db"
    for turns in range(8):
        async with memory_of(path, f"device-{turns}") as memory:
            memory.write("scopes", "[1]")
            for _ in range(turns):
                await asyncio.sleep(0)
        async with memory_of(path, f"device-{turns}") as memory:
            assert memory.read("scopes") == "[1]"


async def test_what_is_written_after_the_work_has_ended_can_still_be_saved(tmp_path):
    path = tmp_path / "state.db"
    async with open_state(path) as state:
        memory = StoredMemory("gate", {}, state)
        memory.write("users", "[1]")
        await memory.save()
    async with memory_of(path) as memory:
        assert memory.read("users") == "[1]"
