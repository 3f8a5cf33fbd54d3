"""The Device service about the clock, resets and logs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bridge.core.events import CameraEvent, EventKind
from bridge.onvif.eventing.filter import EventFilter
from bridge.onvif.settings.device import DiscoverySettings, HostnameSettings
from bridge.onvif.time_zone import MOST_ZONE_CHARS, has_daylight_saving, local_time, posix_zone, standard_time
from tests.clients.soap import username_token
from tests.unit.onvif.bench_camera import NOON, described
from tests.unit.onvif.device_bench import ask, done, elements, refused
from tests.unit.onvif.served import PASSWORD, Served, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.soap import Reply

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
PACIFIC = "PST8PDT,M3.2.0,M11.1.0"
SETTLED_S = 5.0


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> str:
    return (
        f"<UTCDateTime><tt:Time><tt:Hour>{hour}</tt:Hour><tt:Minute>{minute}</tt:Minute><tt:Second>{second}</tt:Second>"
        f"</tt:Time><tt:Date><tt:Year>{year}</tt:Year><tt:Month>{month}</tt:Month><tt:Day>{day}</tt:Day></tt:Date>"
        "</UTCDateTime>"
    )


def clock(kind: str, *, saving: bool = True, zone: str | None = None, utc: str = "") -> str:
    named = "" if zone is None else f"<TimeZone><tt:TZ>{zone}</tt:TZ></TimeZone>"
    return f"<DateTimeType>{kind}</DateTimeType><DaylightSavings>{str(saving).lower()}</DaylightSavings>{named}{utc}"


def told(reply: Reply) -> tuple[str, str, str, list[str]]:
    """Return type, flag, zone, and the hours in UTC and of the place."""
    kind, saving, zone = (reply.values(name)[0] for name in ("DateTimeType", "DaylightSavings", "TZ"))
    return kind, saving, zone, reply.values("Hour")


async def time_of(bench: Served) -> tuple[str, str, str, list[str]]:
    return told(await ask(bench, "GetSystemDateAndTime", user=None))


async def test_DEVICE_3_1_1_the_time_is_the_hosts_in_the_cameras_zone():
    async with served(described(time_zone=BERLIN)) as bench:
        reply = await ask(bench, "GetSystemDateAndTime", user=None)
    assert told(reply) == ("NTP", "true", BERLIN, ["12", "14"])
    assert reply.values("Day") == ["1", "1"]


async def test_DEVICE_3_1_11_a_manual_clock_is_set_and_runs():
    async with served() as bench:
        await done(bench, "SetSystemDateAndTime", clock("Manual", zone=PACIFIC, utc=moment(2031, 7, 4, 23, 59, 59)))
        bench.clock.advance(2)
        reply = await ask(bench, "GetSystemDateAndTime", user=None)
        assert told(reply) == ("Manual", "true", PACIFIC, ["0", "17"])
        assert reply.values("Year") == ["2031", "2031"]
        assert reply.values("Day") == ["5", "4"]


async def test_a_zone_without_its_daylight_saving_stays_at_standard_time():
    async with served(described(time_zone=BERLIN)) as bench:
        await done(bench, "SetSystemDateAndTime", clock("NTP", saving=False))
        assert await time_of(bench) == ("NTP", "false", BERLIN, ["12", "13"])


async def test_what_was_read_can_be_written_back_in_winter_too():
    async with served(described(time_zone=BERLIN)) as bench:
        bench.clock.advance(timedelta(days=200).total_seconds())
        kind, saving, zone, _ = before = await time_of(bench)
        await done(bench, "SetSystemDateAndTime", clock(kind, saving=saving == "true", zone=zone))
        assert await time_of(bench) == before


async def test_DEVICE_3_1_4_a_zone_that_is_none_changes_nothing():
    async with served() as bench:
        before = await time_of(bench)
        for zone in ("INVALIDTIMEZONE", "", "UTC+25"):
            request = clock("Manual", zone=zone, utc=moment(2030, 1, 1))
            assert await refused(bench, "SetSystemDateAndTime", request) == (
                "Sender",
                "InvalidArgVal",
                "InvalidTimeZone",
            )
        assert await time_of(bench) == before


@pytest.mark.parametrize(
    "utc",
    ["", moment(2030, 13, 1), moment(2030, 2, 29), moment(2030, 1, 1, 25), moment(1969, 1, 1), moment(10**18, 1, 1)],
)
async def test_DEVICE_3_1_5_a_date_that_is_none_changes_nothing(utc):
    async with served() as bench:
        before = await time_of(bench)
        fault = await refused(bench, "SetSystemDateAndTime", clock("Manual", zone=PACIFIC, utc=utc))
        assert fault == ("Sender", "InvalidArgVal", "InvalidDateTime")
        assert await time_of(bench) == before


async def test_DEVICE_3_1_12_the_clock_follows_ntp_again():
    async with served() as bench:
        await done(bench, "SetSystemDateAndTime", clock("Manual", utc=moment(2030, 5, 1, 12, 1)))
        await done(bench, "SetSystemDateAndTime", clock("NTP", zone=BERLIN, utc=moment(1, 1, 1)))
        assert await time_of(bench) == ("NTP", "true", BERLIN, ["12", "14"])
        assert bench.device.clock.utc() == NOON


async def test_without_an_ntp_server_the_clock_cannot_follow_one():
    async with served() as bench:
        await done(bench, "SetSystemDateAndTime", clock("Manual", utc=moment(2030, 5, 1, 12)))
        await done(bench, "SetNTP", elements("FromDHCP", "false"))
        fault = await refused(bench, "SetSystemDateAndTime", clock("NTP"))
        assert fault == ("Sender", "InvalidArgVal", "NtpServerUndefined")


async def test_tokens_are_dated_by_the_clock_that_the_device_tells():
    async with served() as bench:
        await done(bench, "SetSystemDateAndTime", clock("Manual", utc=moment(2001, 1, 1)))
        body = '<GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/>'
        by_told = username_token("user", PASSWORD, created=datetime(2001, 1, 1, 0, 0, 1, tzinfo=UTC))
        by_true = username_token("user", PASSWORD, created=bench.clock.utc())
        assert (await bench.client.ask(body, header=by_told)).status == 200
        assert (await bench.client.ask(body, header=by_true)).fault == ("Sender", "NotAuthorized")


async def test_events_are_dated_by_the_clock_that_the_device_tells():
    async with served() as bench:
        await done(bench, "SetSystemDateAndTime", clock("Manual", utc=moment(2001, 1, 1)))
        point = bench.device.broker.pull_points.create(EventFilter(), span_s=60.0)
        bench.device.publish(CameraEvent(EventKind.MOTION, active=True, utc=bench.clock.utc()))
        told = await point.pull(timeout_s=1.0, limit=100, closed=asyncio.Event())
    assert {each.message.message.message.utc_time for each in told} == {datetime(2001, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("zone", "hour", "is_daylight_saving"),
    [
        ("UTC0", 12, False),
        ("EST5EDT,M3.2.0,M11.1.0", 7, False),
        ("CST-8", 20, False),
        ("?", 12, False),
        ("ü", 12, False),
    ],
)
def test_posix_zones_are_understood_and_nonsense_is_utc(zone, hour, is_daylight_saving):
    local, is_saving = local_time(datetime(2030, 1, 1, 12, tzinfo=UTC), zone)
    assert (local.hour, is_saving) == (hour, is_daylight_saving)


def test_a_zone_without_a_rule_has_the_usual_one():
    assert local_time(datetime(2030, 7, 1, 12, tzinfo=UTC), "PST8PDT")[1]


@pytest.mark.parametrize(
    "zone", ["A1", "UTC0" + " " * MOST_ZONE_CHARS, "EST5,M3.2.0,M11.1.0", "EST5EDT,M3.2.0", "UTC0\n"]
)
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(ValueError, match=r"\w"):
        posix_zone(zone)


def test_a_zone_is_taken_apart():
    assert [standard_time(zone) for zone in (BERLIN, "<+03>-3", "UTC0", "?")] == ["CET-1", "<+03>-3", "UTC0", "?"]
    assert [has_daylight_saving(zone) for zone in (BERLIN, "<+03>-3", "UTC0", "?")] == [True, False, False, False]


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Served, list[bool], asyncio.Event]]:
    """A device that runs; with it, what its listeners saw of it, and an event that tells that it is back."""
    async with served() as bench, asyncio.TaskGroup() as tasks:
        seen: list[bool] = []
        is_back = asyncio.Event()
        device = bench.device
        parts = device.broker

        def listen() -> None:
            seen.append(device.is_discoverable)
            if device.broker is not parts:
                is_back.set()

        device.on_announcement_changed(listen)
        task = tasks.create_task(device.run())
        yield bench, seen, is_back
        task.cancel()


async def test_DEVICE_3_1_8_a_reboot_is_answered_and_then_the_device_goes_and_comes():
    async with running() as (bench, seen, is_back), asyncio.timeout(SETTLED_S):
        before = bench.device.media, bench.device.movement
        reply = await done(bench, "SystemReboot")
        assert reply.values("Message") == ["The virtual device starts anew within 5 seconds; the camera goes on."]
        assert seen == []
        await is_back.wait()
        assert seen == [False, True]
        assert (bench.device.media, bench.device.movement) != before
        assert not bench.camera.commands


async def test_what_clients_have_set_survives_a_reboot():
    async with running() as (bench, _, is_back), asyncio.timeout(SETTLED_S):
        bench.device.settings.hostname.write(HostnameSettings("gate"))
        await done(bench, "SystemReboot")
        await is_back.wait()
        assert (await ask(bench, "GetHostname")).values("Name") == ["gate"]


async def test_a_device_that_is_not_discoverable_reboots_in_silence():
    async with running() as (bench, seen, is_back), asyncio.timeout(SETTLED_S):
        bench.device.settings.discovery.write(DiscoverySettings(is_discoverable=False))
        await done(bench, "SystemReboot")
        await is_back.wait()
        assert seen == [False, False]


@pytest.mark.parametrize(("kind", "name"), [("Hard", "bench"), ("Soft", "gate")], ids=["3_1_6", "3_1_7"])
async def test_DEVICE_3_1_6_and_7_a_reset_forgets_and_the_device_comes_back(kind, name):
    async with running() as (bench, seen, is_back), asyncio.timeout(SETTLED_S):
        await done(bench, "SetHostname", elements("Name", "gate"))
        await done(bench, "SetDiscoveryMode", elements("DiscoveryMode", "NonDiscoverable"))
        await done(bench, "SetScopes", elements("Scopes", "urn:a"))
        await done(bench, "SetSystemFactoryDefault", elements("FactoryDefault", kind))
        assert (await ask(bench, "GetHostname")).values("Name") == [name]
        assert bench.device.configurable_scopes() == ()
        await is_back.wait()
        assert seen[-2:] == [False, True]


@pytest.mark.parametrize(("kind", "fault"), [("System", "SystemlogUnavailable"), ("Access", "AccesslogUnavailable")])
async def test_DEVICE_3_1_10_there_is_no_log_of_the_device(kind, fault):
    async with served() as bench:
        assert await refused(bench, "GetSystemLog", elements("LogType", kind)) == ("Sender", "InvalidArgs", fault)


async def test_there_is_no_support_information():
    async with served() as bench:
        fault = await refused(bench, "GetSystemSupportInformation")
    assert fault == ("Sender", "InvalidArgs", "SupportInformationUnavailable")
