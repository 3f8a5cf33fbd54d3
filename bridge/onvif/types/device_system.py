"""Messages of the Device service about the clock, resets and logs (Core specification, `devicemgmt.wsdl`)."""

from __future__ import annotations

from enum import StrEnum

from bridge.onvif.types.common import DateTime
from bridge.proto.soap.codec import element, xml_message, xml_type
from bridge.proto.soap.namespaces import TDS, TT


class SetDateTimeType(StrEnum):
    """How the clock is kept right."""

    MANUAL = "Manual"
    NTP = "NTP"


@xml_type(TT)
class TimeZone:
    """A POSIX time zone."""

    tz: str = element(name="TZ")


@xml_type(TT)
class SystemDateTime:
    """The clock; `daylight_savings` says whether the zone's rule for it counts."""

    date_time_type: SetDateTimeType
    daylight_savings: bool
    time_zone: TimeZone | None = None
    utc_date_time: DateTime | None = element(name="UTCDateTime", default=None)
    local_date_time: DateTime | None = None


@xml_message(TDS)
class GetSystemDateAndTime:
    """Ask for the clock."""


@xml_message(TDS)
class GetSystemDateAndTimeResponse:
    """The clock."""

    system_date_and_time: SystemDateTime


@xml_message(TDS)
class SetSystemDateAndTime:
    """Set the clock; a manual one to `utc_date_time`."""

    date_time_type: SetDateTimeType
    daylight_savings: bool
    time_zone: TimeZone | None = None
    utc_date_time: DateTime | None = element(name="UTCDateTime", default=None)


@xml_message(TDS)
class SetSystemDateAndTimeResponse:
    """Done."""


class FactoryDefaultType(StrEnum):
    """How much is forgotten."""

    HARD = "Hard"
    SOFT = "Soft"


@xml_message(TDS)
class SetSystemFactoryDefault:
    """Have the device forget what was set."""

    factory_default: FactoryDefaultType


@xml_message(TDS)
class SetSystemFactoryDefaultResponse:
    """Done."""


@xml_message(TDS)
class SystemReboot:
    """Have the device start anew."""


@xml_message(TDS)
class SystemRebootResponse:
    """It will; a sentence for people."""

    message: str


class SystemLogType(StrEnum):
    """Which log."""

    SYSTEM = "System"
    ACCESS = "Access"


@xml_message(TDS)
class GetSystemLog:
    """Ask for a log."""

    log_type: SystemLogType


@xml_type(TT)
class SystemLog:
    """A log as text."""

    string: str | None = None


@xml_message(TDS)
class GetSystemLogResponse:
    """A log."""

    system_log: SystemLog


@xml_message(TDS)
class GetSystemSupportInformation:
    """Ask for what helps those who look for a fault."""


@xml_type(TT)
class SupportInformation:
    """Such information as text."""

    string: str | None = None


@xml_message(TDS)
class GetSystemSupportInformationResponse:
    """Such information."""

    support_information: SupportInformation
