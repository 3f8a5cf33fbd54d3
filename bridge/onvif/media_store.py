"""What clients have made of the media side of a device, kept in its memory: profiles and configurations.

Two sections, `profiles` and `configurations`. They hold only what a client has set and no camera knows; how encoders
are set is the camera's own memory. Nothing here says whether what is kept still exists: `media_model` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from bridge.core.errors import WireError
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.settings.ptz import PtzSettings
from bridge.onvif.settings.section import Section, SectionKind
from bridge.proto.soap.xmlsafe import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from bridge.core.memory import DeviceMemory


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A media profile as a client has made it, or has changed a fixed one.

    Without `configurations` a fixed profile holds whatever the camera has: only its name is the client's.
    """

    name: str
    configurations: dict[ConfigurationKind, str] | None


@dataclass(frozen=True, slots=True)
class KeptProfiles:
    """The fixed profiles that clients have changed, and the free ones that they have made, by token."""

    fixed: dict[str, KeptProfile] = field(default_factory=dict)
    free: dict[str, KeptProfile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptMulticast:
    """Where a client would have a stream multicast to."""

    address: IPv4Address | IPv6Address
    port: int
    ttl: int
    auto_start: bool


def _well_formed(text: str) -> str:
    try:
        parse_kept(text)
    except WireError as error:
        raise ValueError("is not XML") from error
    return text


def parse_kept(text: str) -> etree._Element:
    """Return the element of kept XML.

    Raises:
        WireError: it is none.
    """
    return parse(text.encode())


@dataclass(frozen=True, slots=True)
class KeptMetadata:
    """What a client wants in the metadata stream.

    Args:
        ptz_status: whether movements are told; None means that nothing was said about PTZ.
        ptz_position: whether positions are told.
        analytics: whether scene descriptions are wanted, which no camera has; None means that nothing was said.
        events: whether events are sent.
        event_filter: the `Filter` element around which events, as XML; None lets all pass.
    """

    ptz_status: bool | None = None
    ptz_position: bool = False
    analytics: bool | None = None
    events: bool = False
    event_filter: Annotated[str, AfterValidator(_well_formed)] | None = None


@dataclass(frozen=True, slots=True)
class KeptConfiguration:
    """What a client has set of a configuration; None means never."""

    name: str | None = None
    multicast: KeptMulticast | None = None
    session_timeout: timedelta | None = None
    metadata: KeptMetadata | None = None
    ptz: PtzSettings | None = None


@dataclass(frozen=True, slots=True)
class KeptConfigurations:
    """All configurations that clients have set, by token."""

    by_token: dict[str, KeptConfiguration] = field(default_factory=dict)


PROFILES = SectionKind("profiles", KeptProfiles())
CONFIGURATIONS = SectionKind("configurations", KeptConfigurations())

_UNTOUCHED = KeptConfiguration()


class MediaStore:
    """The two sections.

    Args:
        memory: the device's memory.
    """

    def __init__(self, memory: DeviceMemory) -> None:
        self._profiles = Section(memory, PROFILES)
        self._configurations = Section(memory, CONFIGURATIONS)

    @property
    def profiles(self) -> KeptProfiles:
        """The profiles that clients have made or changed; the same object until one of them changes."""
        return self._profiles.read()

    def keep_fixed(self, profiles: Mapping[str, KeptProfile]) -> None:
        """Keep the changed fixed profiles, all of them."""
        self._profiles.write(replace(self.profiles, fixed=dict(profiles)))

    def keep_free(self, profiles: Mapping[str, KeptProfile]) -> None:
        """Keep the free profiles, all of them."""
        self._profiles.write(replace(self.profiles, free=dict(profiles)))

    def configuration(self, token: str) -> KeptConfiguration:
        """Return what clients have set of a configuration."""
        return self._configurations.read().by_token.get(token, _UNTOUCHED)

    def keep_configuration(self, token: str, kept: KeptConfiguration) -> None:
        """Keep what a client has set of a configuration."""
        others = self._configurations.read().by_token
        self._configurations.write(KeptConfigurations({**others, token: kept}))
