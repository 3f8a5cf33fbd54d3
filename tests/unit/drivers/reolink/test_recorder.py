"""Channels of a recorder: one login for all, one request at a time, cameras that come and go."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.errors import AuthFailed, CameraError, Unreachable
from bridge.drivers.reolink.driver import ReolinkDriver
from bridge.drivers.reolink.session import LeaseBook
from tests.unit.drivers.reolink.bench import Notebook, World
from tests.unit.drivers.reolink.scripted import QUICK, good, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.clock import FakeClock
    from tests.unit.drivers.reolink.scripted import ScriptedCamera


class Recorder(World):
    """A scripted recorder with a driver for each of its channels."""

    def __init__(self, camera: ScriptedCamera, clock: FakeClock) -> None:
        super().__init__(camera, clock)
        self.book = LeaseBook()
        self.change("GetDevInfo", "DevInfo", exactType="NVR", channelNum=3)
        channel = self.camera.answers["GetAbility"]["value"]["Ability"]["abilityChn"][0]
        self.change("GetAbility", "Ability", abilityChn=[channel] * 3)
        self.status: list[dict[str, Any]] = [
            {"channel": at, "name": f"Door {at}", "online": 1, "typeInfo": "E1 X"} for at in range(3)
        ]
        camera.answers["GetChannelstatus"] = good("GetChannelstatus", {"count": 3, "status": self.status})

    def channel(self, number: int) -> ReolinkDriver:
        config = replace(self.config(), id=f"cam{number}", channel=number)
        return ReolinkDriver(config, None, self.clock, QUICK, leases=self.book)

    @asynccontextmanager
    async def attended(self, driver: ReolinkDriver) -> AsyncIterator[Notebook]:
        notes = Notebook()
        task = asyncio.create_task(driver.run(notes))
        try:
            await notes.described()
            yield notes
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.fixture
def recorder(camera: ScriptedCamera, clock: FakeClock) -> Recorder:
    return Recorder(camera, clock)


async def failure(driver: ReolinkDriver) -> CameraError:
    with pytest.raises(CameraError) as caught:
        await driver.run(Notebook())
    return caught.value


async def test_all_channels_share_a_login_and_the_last_one_gives_it_back(recorder: Recorder) -> None:
    async with AsyncExitStack() as stack:
        for number in range(3):
            notes = await stack.enter_async_context(recorder.attended(recorder.channel(number)))
            assert notes.descriptions[0].info.name == f"Door {number}"
            assert notes.descriptions[0].info.serial.endswith(f"-{number}")
        assert recorder.camera.asked.count("Login") == 1
    assert recorder.camera.asked.count("Logout") == 1
    assert recorder.camera.asked[-1] == "Logout"


async def test_a_channel_that_leaves_takes_nothing_from_the_others(recorder: Recorder) -> None:
    async with recorder.attended(recorder.channel(0)) as notes:
        async with recorder.attended(recorder.channel(1)):
            pass
        assert "Logout" not in recorder.camera.asked
        await notes.rounds(2)
    assert recorder.camera.asked.count("Login") == 1


async def test_the_channels_leave_each_other_room(recorder: Recorder) -> None:
    first = recorder.channel(0)
    async with recorder.attended(first):
        alone = first._pause_s(0.0)
        async with recorder.attended(recorder.channel(1)), recorder.attended(recorder.channel(2)):
            assert first._pause_s(0.0) == pytest.approx(3 * QUICK.poll.channel_events_s)
        assert first._pause_s(0.0) == alone


async def test_every_question_names_its_channel(recorder: Recorder) -> None:
    async with recorder.attended(recorder.channel(2)):
        pass
    asked = [command for request in recorder.camera.received for command in request.commands]
    channels = {command["param"]["channel"] for command in asked if "channel" in command["param"]}
    assert channels == {2}


async def test_a_wrong_password_is_tried_once_for_all_channels(recorder: Recorder) -> None:
    recorder.camera.answers["Login"] = refused("Login", -7)
    drivers = [recorder.channel(number) for number in range(3)]
    for driver in drivers:
        assert isinstance(await failure(driver), AuthFailed)
    assert recorder.camera.asked.count("Login") == 1


async def test_a_channel_without_a_camera_costs_one_question_and_no_login(recorder: Recorder) -> None:
    recorder.status[1]["online"] = 0
    async with recorder.attended(recorder.channel(0)):
        empty = recorder.channel(1)
        recorder.camera.received.clear()
        error = await failure(empty)
        assert isinstance(error, Unreachable)
        assert "channel 1" in error.detail
        asked = [request.names for request in recorder.camera.received if "GetDevInfo" in request.names]
        assert len(asked) == 1
        assert not any("GetEnc" in request.names for request in recorder.camera.received)
        recorder.status[1]["online"] = 1
        async with recorder.attended(empty) as notes:
            assert notes.descriptions[0].info.name == "Door 1"
    assert "Login" not in recorder.camera.asked


async def test_a_channel_that_loses_its_camera_is_lost_at_once(recorder: Recorder) -> None:
    driver = recorder.channel(1)
    notes = Notebook()
    async with recorder.attended(recorder.channel(0)):
        task = asyncio.create_task(driver.run(notes))
        await notes.described()
        recorder.camera.answers["GetMdState"] = refused("GetMdState", -99)
        async with asyncio.timeout(5):
            await asyncio.wait([task])
        assert isinstance(task.exception(), Unreachable)
        assert "offline" in str(task.exception())
        recorder.camera.answers["GetMdState"] = good("GetMdState", {"state": 0})
        assert "Logout" not in recorder.camera.asked


async def test_the_status_of_the_channels_is_seen_with_the_settings(recorder: Recorder) -> None:
    driver = recorder.channel(1)
    notes = Notebook()
    task = asyncio.create_task(driver.run(notes))
    await notes.described()
    recorder.status[1]["online"] = 0
    recorder.clock.advance(61)
    async with asyncio.timeout(5):
        await asyncio.wait([task])
    assert isinstance(task.exception(), Unreachable)


async def test_devices_and_accounts_are_told_apart(recorder: Recorder) -> None:
    one, two = recorder.channel(0), recorder.channel(1)
    other = ReolinkDriver(
        replace(recorder.config(), username="guest"), None, recorder.clock, QUICK, leases=recorder.book
    )
    assert one._lease is two._lease
    assert one._lease is not other._lease
