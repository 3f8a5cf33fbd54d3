"""What the Device service keeps of its clients' wishes, section by section.

In shared-host mode names and name servers are only remembered: the host's own configuration stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bridge.core.users import UserLevel
from bridge.onvif.settings.section import Section, SectionKind

if TYPE_CHECKING:
    from bridge.core.memory import DeviceMemory


@dataclass(frozen=True, slots=True)
class ScopeSettings:
    """The scopes that clients may change."""

    configurable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiscoverySettings:
    """Whether the device says Hello and answers probes."""

    is_discoverable: bool = True


@dataclass(frozen=True, slots=True)
class HostnameSettings:
    """The host name; None means that of the configuration."""

    name: str | None = None


class HostKind(StrEnum):
    """How a host on the network is named."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"
    DNS = "DNS"


@dataclass(frozen=True, slots=True)
class Host:
    """A host on the network, by address or name."""

    kind: HostKind
    value: str


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """Name servers, addresses only, and the domains to search."""

    from_dhcp: bool = False
    search_domains: tuple[str, ...] = ()
    servers: tuple[Host, ...] = ()


@dataclass(frozen=True, slots=True)
class NtpSettings:
    """Time servers. Until a client names one they come from the network: the host's clock is kept by the host."""

    from_dhcp: bool = True
    servers: tuple[Host, ...] = ()

    @property
    def has_server(self) -> bool:
        """Whether there is anything to take the time from."""
        return self.from_dhcp or bool(self.servers)


MOST_OFFSET_S = 150 * 366 * 86400.0
"""A clock may be set to any year that a client can mean, and no sum with it leaves the calendar."""


@dataclass(frozen=True, slots=True)
class TimeSettings:
    """The device's own idea of the time.

    Args:
        is_manual: a client has set the clock; otherwise it is the host's.
        offset_s: what a manual clock is ahead of the host's, in seconds.
        time_zone: POSIX string; None means the camera's.
        daylight_savings: whether the zone's rule for daylight saving counts; None means that nobody decided.
    """

    is_manual: bool = False
    offset_s: Annotated[float, Field(ge=-MOST_OFFSET_S, le=MOST_OFFSET_S)] = 0.0
    time_zone: str | None = None
    daylight_savings: bool | None = None


@dataclass(frozen=True, slots=True)
class StoredUser:
    """One account. The password stands here as it is: the digests of ONVIF and RTSP cannot be checked without it."""

    username: str
    password: str = field(repr=False)
    level: UserLevel


@dataclass(frozen=True, slots=True)
class UserSettings:
    """The accounts, once a client has changed them; None means those of the configuration."""

    users: tuple[StoredUser, ...] | None = None


SCOPES = SectionKind("scopes", ScopeSettings())
DISCOVERY = SectionKind("discovery", DiscoverySettings())
HOSTNAME = SectionKind("hostname", HostnameSettings())
DNS = SectionKind("dns", DnsSettings())
NTP = SectionKind("ntp", NtpSettings())
TIME = SectionKind("time", TimeSettings())
USERS = SectionKind("users", UserSettings())

KEPT_BY_SOFT_RESET = tuple(kind.name for kind in (HOSTNAME, DNS, NTP, USERS))
"""Sections that a soft factory default leaves alone: the device stays reachable for who asked for it."""


class DeviceSettings:
    """The sections of one device."""

    def __init__(self, memory: DeviceMemory) -> None:
        self._memory = memory
        self.scopes = Section(memory, SCOPES)
        self.discovery = Section(memory, DISCOVERY)
        self.hostname = Section(memory, HOSTNAME)
        self.dns = Section(memory, DNS)
        self.ntp = Section(memory, NTP)
        self.time = Section(memory, TIME)
        self.users = Section(memory, USERS)

    def reset(self, *, hard: bool) -> None:
        """Forget what clients have set, in every section of the memory; unless `hard`, keep the way in."""
        kept = {} if hard else {name: self._memory.read(name) for name in KEPT_BY_SOFT_RESET}
        self._memory.forget()
        for name, document in kept.items():
            if document is not None:
                self._memory.write(name, document)
