"""Messages of the Device service about scopes and discovery (Core specification, `devicemgmt.wsdl`)."""

from __future__ import annotations

from enum import StrEnum

from bridge.proto.soap.codec import xml_message, xml_type
from bridge.proto.soap.namespaces import TDS, TT


class ScopeDefinition(StrEnum):
    """Whether a client may change a scope."""

    FIXED = "Fixed"
    CONFIGURABLE = "Configurable"


@xml_type(TT)
class Scope:
    """One discovery scope, a URI."""

    scope_def: ScopeDefinition
    scope_item: str


@xml_message(TDS)
class GetScopes:
    """Ask for the discovery scopes."""


@xml_message(TDS)
class GetScopesResponse:
    """The discovery scopes."""

    scopes: tuple[Scope, ...]


class DiscoveryMode(StrEnum):
    """Whether the device answers probes."""

    DISCOVERABLE = "Discoverable"
    NON_DISCOVERABLE = "NonDiscoverable"


@xml_message(TDS)
class GetDiscoveryMode:
    """Ask whether the device answers probes."""


@xml_message(TDS)
class GetDiscoveryModeResponse:
    """Whether the device answers probes."""

    discovery_mode: DiscoveryMode


@xml_message(TDS)
class SetScopes:
    """Replace the configurable scopes."""

    scopes: tuple[str, ...]


@xml_message(TDS)
class SetScopesResponse:
    """Done."""


@xml_message(TDS)
class AddScopes:
    """Add configurable scopes."""

    scope_item: tuple[str, ...]


@xml_message(TDS)
class AddScopesResponse:
    """Done."""


@xml_message(TDS)
class RemoveScopes:
    """Remove configurable scopes."""

    scope_item: tuple[str, ...]


@xml_message(TDS)
class RemoveScopesResponse:
    """The scopes that were removed."""

    scope_item: tuple[str, ...] = ()


@xml_message(TDS)
class SetDiscoveryMode:
    """Say whether the device shall answer probes."""

    discovery_mode: DiscoveryMode


@xml_message(TDS)
class SetDiscoveryModeResponse:
    """Done."""
