"""The Device service about the clock, resets and logs (ONVIF Core, section "System").

The clock, the settings and the restart are those of the virtual device: neither the camera nor the host of the bridge
is ever set, reset or restarted from here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bridge.core.errors import ClientFault
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.time_zone import has_daylight_saving, local_time, posix_zone, standard_time
from bridge.onvif.types import device_system as messages
from bridge.onvif.types.common import DateTime

log = structlog.get_logger(__name__)

YEARS = range(1970, 2100)
"""What a clock may be set to: years that every client's calendar has."""

REBOOT_MESSAGE = "The virtual device starts anew within 5 seconds; the camera goes on."


@operation(access=Access.PRE_AUTH)
async def get_system_date_and_time(
    call: Call, _request: messages.GetSystemDateAndTime
) -> messages.GetSystemDateAndTimeResponse:
    """Say what time it is, in the zone that a client has set, else in the camera's.

    Unless a client has set it, the clock is the host's, which NTP keeps right: clients that find a `Manual` clock
    wrong try to set it.
    """
    settings = call.device.settings.time.read()
    zone = settings.time_zone or _zone_of_camera(call)
    daylight_savings = settings.daylight_savings
    if daylight_savings is None:
        daylight_savings = has_daylight_saving(zone)
    utc = call.device.clock.utc()
    local, _ = local_time(utc, zone if daylight_savings else standard_time(zone))
    mode = messages.SetDateTimeType.MANUAL if settings.is_manual else messages.SetDateTimeType.NTP
    return messages.GetSystemDateAndTimeResponse(
        system_date_and_time=messages.SystemDateTime(
            date_time_type=mode,
            daylight_savings=daylight_savings,
            time_zone=messages.TimeZone(tz=zone),
            utc_date_time=DateTime.of(utc),
            local_date_time=DateTime.of(local),
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_system_date_and_time(
    call: Call, request: messages.SetSystemDateAndTime
) -> messages.SetSystemDateAndTimeResponse:
    """Set the device's own clock, or have it follow the host's again."""
    settings = call.device.settings
    zone = None if request.time_zone is None else _checked_zone(request.time_zone.tz)
    utc = None
    if request.date_time_type is messages.SetDateTimeType.MANUAL:
        utc = _moment(request.utc_date_time)
    elif not settings.ntp.read().has_server:
        raise ClientFault("Sender", ("InvalidArgVal", "NtpServerUndefined"), "There is no NTP server to follow")
    before = settings.time.read()
    settings.time.write(replace(before, time_zone=zone or before.time_zone, daylight_savings=request.daylight_savings))
    call.device.clock.set(utc)
    log.info("clock.set", device=call.device.camera.id, offset_s=round(settings.time.read().offset_s))
    return messages.SetSystemDateAndTimeResponse()


def _zone_of_camera(call: Call) -> str:
    description = call.device.camera.description
    return "UTC0" if description is None else description.time_zone


def _checked_zone(literal: str) -> str:
    zone = literal.strip()
    try:
        posix_zone(zone)
    except ValueError as error:
        reason = f"The time zone is not one of POSIX: {error}"
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidTimeZone"), reason) from error
    return zone


def _moment(value: DateTime | None) -> datetime:
    if value is None:
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidDateTime"), "A manual clock is set to UTCDateTime")
    date, time = value.date, value.time
    try:
        moment = datetime(date.year, date.month, date.day, time.hour, time.minute, time.second, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidDateTime"), "There is no such date or time") from error
    if moment.year not in YEARS:
        reason = f"The year is not between {YEARS.start} and {YEARS.stop - 1}"
        raise ClientFault("Sender", ("InvalidArgVal", "InvalidDateTime"), reason)
    return moment


@operation(access=Access.UNRECOVERABLE)
async def set_system_factory_default(
    call: Call, request: messages.SetSystemFactoryDefault
) -> messages.SetSystemFactoryDefaultResponse:
    """Forget what clients have set, and start anew; a soft reset keeps names, name servers and users."""
    call.device.settings.reset(hard=request.factory_default is messages.FactoryDefaultType.HARD)
    call.device.users.changed()
    call.device.restart()
    log.info("device.reset", device=call.device.camera.id, kind=str(request.factory_default))
    return messages.SetSystemFactoryDefaultResponse()


@operation(access=Access.UNRECOVERABLE)
async def system_reboot(call: Call, _request: messages.SystemReboot) -> messages.SystemRebootResponse:
    """Start the virtual device anew, soon after this answer."""
    call.device.restart()
    return messages.SystemRebootResponse(message=REBOOT_MESSAGE)


@operation(access=Access.READ_SYSTEM_SECRET)
async def get_system_log(_call: Call, request: messages.GetSystemLog) -> messages.GetSystemLogResponse:
    """Refuse: the log is the bridge's, and tells of other devices too."""
    subcode = {
        messages.SystemLogType.SYSTEM: "SystemlogUnavailable",
        messages.SystemLogType.ACCESS: "AccesslogUnavailable",
    }[request.log_type]
    raise ClientFault("Sender", ("InvalidArgs", subcode), "The device keeps no log of its own; see the bridge's")


@operation(access=Access.READ_SYSTEM_SECRET)
async def get_system_support_information(
    _call: Call, _request: messages.GetSystemSupportInformation
) -> messages.GetSystemSupportInformationResponse:
    """Refuse: what helps is in the bridge's log."""
    reason = "The device has no support information of its own; see the bridge's log"
    raise ClientFault("Sender", ("InvalidArgs", "SupportInformationUnavailable"), reason)
