"""Base Device Test Specification: the clock, the log and what the device says of itself. Resets: `test_discovery`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conformance.dut import Dut, Element

PACIFIC = "PST8PDT,M3.2.0,M11.1.0"
NEARLY = timedelta(seconds=3)
"""What may lie between setting a clock and reading it."""


async def clock(dut: Dut) -> Element:
    """Return what the device tells of the time; whatever it tells must be a date."""
    told = (await dut.ask("<tds:GetSystemDateAndTime/>", user=None)).one("tds:SystemDateAndTime")
    assert told.text("tt:DateTimeType") in {"Manual", "NTP"}
    assert told.text("tt:DaylightSavings") in {"true", "false"}
    moment(told, "UTCDateTime")
    if told.has("tt:LocalDateTime"):
        moment(told, "LocalDateTime")
    return told


def moment(told: Element, name: str) -> datetime:
    """Return a time that the device tells."""
    date, time = told.one(f"tt:{name}/tt:Date"), told.one(f"tt:{name}/tt:Time")
    year, month, day = (int(date.text(f"tt:{part}")) for part in ("Year", "Month", "Day"))
    hour, minute, second = (int(time.text(f"tt:{part}")) for part in ("Hour", "Minute", "Second"))
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def utc_date_time(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> str:
    time = f"<tt:Hour>{hour}</tt:Hour><tt:Minute>{minute}</tt:Minute><tt:Second>{second}</tt:Second>"
    date = f"<tt:Year>{year}</tt:Year><tt:Month>{month}</tt:Month><tt:Day>{day}</tt:Day>"
    return f"<tds:UTCDateTime><tt:Time>{time}</tt:Time><tt:Date>{date}</tt:Date></tds:UTCDateTime>"


def in_words(utc: datetime) -> str:
    return utc_date_time(*utc.timetuple()[:6])


def set_clock(kind: str, *, saving: str, zone: str | None = None, utc: str = "") -> str:
    """Return the request that sets the clock."""
    named = "" if zone is None else f"<tds:TimeZone><tt:TZ>{zone}</tt:TZ></tds:TimeZone>"
    return (
        f"<tds:SetSystemDateAndTime><tds:DateTimeType>{kind}</tds:DateTimeType>"
        f"<tds:DaylightSavings>{saving}</tds:DaylightSavings>{named}{utc}</tds:SetSystemDateAndTime>"
    )


async def restore(dut: Dut, told: Element) -> None:
    """Set the clock to what it was, and to the present time if it was set by hand."""
    kind = told.text("tt:DateTimeType")
    utc = in_words(datetime.now(UTC)) if kind == "Manual" else ""
    zone, saving = told.text("tt:TimeZone/tt:TZ"), told.text("tt:DaylightSavings")
    await dut.ask(set_clock(kind, saving=saving, zone=zone, utc=utc))
    now = await clock(dut)
    for part in ("tt:DateTimeType", "tt:DaylightSavings", "tt:TimeZone/tt:TZ"):
        assert now.text(part) == told.text(part)


async def test_DEVICE_3_1_1(dut):
    """The device tells the time, who sets it, and in which zone."""
    told = await clock(dut)
    assert abs(moment(told, "UTCDateTime") - datetime.now(UTC)) < NEARLY
    assert told.text("tt:TimeZone/tt:TZ")


async def test_DEVICE_3_1_4(dut):
    """A time zone that is none is refused, and not taken."""
    before = await clock(dut)
    wish = set_clock("Manual", saving="true", zone="INVALIDTIMEZONE", utc=in_words(datetime.now(UTC)))
    assert await dut.refused(wish) == ("Sender", "InvalidArgVal", "InvalidTimeZone")
    assert (await clock(dut)).text("tt:TimeZone/tt:TZ") == before.text("tt:TimeZone/tt:TZ")
    await restore(dut, before)


async def test_DEVICE_3_1_5(dut):
    """A date and time that is none is refused, and nothing of it is taken."""
    before = await clock(dut)
    for utc in (utc_date_time(2030, 13, 32, 25, 61, 61), utc_date_time(2030, 2, 30), utc_date_time(2030, 1, 1, 24)):
        wish = set_clock("Manual", saving="true", zone=PACIFIC, utc=utc)
        assert await dut.refused(wish) == ("Sender", "InvalidArgVal", "InvalidDateTime")
        assert (await clock(dut)).text("tt:TimeZone/tt:TZ") == before.text("tt:TimeZone/tt:TZ")
    await restore(dut, before)


async def test_DEVICE_3_1_11(dut):
    """A clock that is set by hand shows what it was set to.

    The case sets daylight saving to off and wants to read on: what was set is read here.
    """
    before = await clock(dut)
    # Within the age that credentials may have: they are dated by the true time.
    utc = datetime.now(UTC) + timedelta(minutes=2)
    for saving in ("false", "true"):
        await dut.ask(set_clock("Manual", saving=saving, zone=PACIFIC, utc=in_words(utc)))
        told = await clock(dut)
        assert (told.text("tt:DateTimeType"), told.text("tt:DaylightSavings")) == ("Manual", saving)
        assert told.text("tt:TimeZone/tt:TZ") == PACIFIC
        assert abs(moment(told, "UTCDateTime") - utc) < NEARLY
    await restore(dut, before)


async def test_DEVICE_3_1_12(dut):
    """A clock that follows NTP shows the time of the network."""
    before = await clock(dut)
    ahead = in_words(datetime.now(UTC) + timedelta(minutes=2))
    await dut.ask(set_clock("Manual", saving="true", utc=ahead))
    server = "<tds:NTPManual><tt:Type>IPv4</tt:Type><tt:IPv4Address>10.1.1.1</tt:IPv4Address></tds:NTPManual>"
    await dut.ask(f"<tds:SetNTP><tds:FromDHCP>false</tds:FromDHCP>{server}</tds:SetNTP>")
    await dut.ask(set_clock("NTP", saving="true", zone=PACIFIC))
    told = await clock(dut)
    assert (told.text("tt:DateTimeType"), told.text("tt:DaylightSavings")) == ("NTP", "true")
    assert told.text("tt:TimeZone/tt:TZ") == PACIFIC
    assert abs(moment(told, "UTCDateTime") - datetime.now(UTC)) < NEARLY
    await restore(dut, before)


async def test_DEVICE_3_1_9(dut):
    """The device says who made it, what it is and which one."""
    told = await dut.ask("<tds:GetDeviceInformation/>")
    for name in ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber", "HardwareId"):
        assert told.text(f"tds:{name}"), name


async def test_DEVICE_3_1_10(dut):
    """A log is told, or the right fault says that there is none."""
    for kind, subcode in (("System", "SystemlogUnavailable"), ("Access", "AccesslogUnavailable")):
        reply = await dut.send(f"<tds:GetSystemLog><tds:LogType>{kind}</tds:LogType></tds:GetSystemLog>")
        assert reply.fault in {(), ("Sender", "InvalidArgs", subcode)}
        assert (reply.status == 200) == (reply.fault == ())
