"""A device's memory: immediate to read, in the state file soon after."""

import asyncio
from contextlib import asynccontextmanager

from bridge.core.memory import VolatileMemory
from bridge.store.memory import StoredMemory
from bridge.store.state import open_state


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
