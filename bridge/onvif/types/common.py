"""Types of the `tt:` schema (`onvif.xsd`, `common.xsd`) that several services share.

Fields stand in schema order. What only one service uses is declared with that service's messages.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.proto.soap.codec import attribute, element, xml_type
from bridge.proto.soap.namespaces import TT

if TYPE_CHECKING:
    from datetime import datetime


@xml_type(TT)
class ConfigurationEntity:
    """Base of every configuration. `use_count` is the number of media profiles that hold it."""

    token: str = attribute()
    name: str
    use_count: int


@xml_type(TT)
class IntRange:
    """An inclusive range of whole numbers."""

    min: int
    max: int


@xml_type(TT)
class FloatRange:
    """An inclusive range of numbers."""

    min: float
    max: float


@xml_type(TT)
class VideoResolution:
    """A picture size in pixels."""

    width: int
    height: int


class IPType(StrEnum):
    """Families of addresses."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


@xml_type(TT)
class IPAddress:
    """An address of either family; the element that matches `type` is set."""

    type: IPType
    ipv4_address: str | None = element(name="IPv4Address", default=None)
    ipv6_address: str | None = element(name="IPv6Address", default=None)


@xml_type(TT)
class MulticastConfiguration:
    """Where a stream would be multicast to; port 0 means nowhere."""

    address: IPAddress
    port: int
    ttl: int = element(name="TTL")
    auto_start: bool


@xml_type(TT)
class Time:
    """A time of day."""

    hour: int
    minute: int
    second: int


@xml_type(TT)
class Date:
    """A calendar day."""

    year: int
    month: int
    day: int


@xml_type(TT)
class DateTime:
    """A moment as six numbers, in whatever zone the field around it says."""

    time: Time
    date: Date

    @classmethod
    def of(cls, moment: datetime) -> DateTime:
        """Return the numbers of `moment` as they stand, to the second."""
        return cls(
            time=Time(hour=moment.hour, minute=moment.minute, second=moment.second),
            date=Date(year=moment.year, month=moment.month, day=moment.day),
        )


@xml_type(TT)
class OnvifVersion:
    """A release of a specification: `minor` is the month as a number, 12 or 6."""

    major: int
    minor: int
