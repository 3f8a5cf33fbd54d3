"""The scopes of a virtual device: what discovery and GetScopes say about it.

ONVIF Core Specification, "Scopes", and WS-Discovery. Every entry follows from what the device is: abilities from the
camera's facets, profiles from the tables of `conformance`. Values are percent-encoded; a colon is left alone, because
one client takes the hardware address from the last segment as it stands. All of these are fixed; clients may add
others, and a location of theirs takes the place of the unknown one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bridge.onvif.conformance import CONFORMANCE_PROFILES, conditions_met, features_served
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.services import SERVICES

if TYPE_CHECKING:
    from bridge.onvif.conformance import ConformanceProfile
    from bridge.onvif.device import VirtualDevice

_ONVIF = "onvif://www.onvif.org"
_LOCATION = f"{_ONVIF}/location/"
_UNKNOWN = "unknown"
"""Where nothing is known: the four kinds type, location, hardware and name must all be there."""


def configurable_scopes(device: VirtualDevice) -> tuple[str, ...]:
    """Return the scopes that clients have set, without those that are fixed anyway."""
    fixed = frozenset(fixed_scopes(device))
    return tuple(scope for scope in device.settings.scopes.read().configurable if scope not in fixed)


def fixed_scopes(device: VirtualDevice) -> tuple[str, ...]:
    """Return the scopes that say what the device is."""
    description = device.camera.description
    model = description.info.model if description else ""
    is_located = any(scope.startswith(_LOCATION) for scope in device.settings.scopes.read().configurable)
    facts = (
        "type/Network_Video_Transmitter",
        *_abilities(device),
        f"hardware/{_segment(model)}",
        f"name/{_segment(device.camera.name)}",
        *(() if is_located else (f"location/{_UNKNOWN}",)),
        f"MacAddress/{_segment(device.mac)}",
        f"SerialNumber/{_segment(device.serial)}",
    )
    return (*(profile.scope for profile in claimed_profiles(device)), *(f"{_ONVIF}/{fact}" for fact in facts))


def claimed_profiles(
    device: VirtualDevice, candidates: tuple[ConformanceProfile, ...] = CONFORMANCE_PROFILES
) -> tuple[ConformanceProfile, ...]:
    """Return the ONVIF profiles of which this device lacks nothing; every one of them demands discovery."""
    if not device.is_announced:
        return ()
    served = {
        (service.prefix, operation.name)
        for service in SERVICES
        if service.is_served(device)
        for operation in service.operations
    }
    conditions, features = conditions_met(device), features_served(device)
    return tuple(profile for profile in candidates if not profile.missing(served, conditions, features))


def _abilities(device: VirtualDevice) -> tuple[str, ...]:
    types = {
        "type/video_encoder": ConfigurationKind.VIDEO_ENCODER,
        "type/audio_encoder": ConfigurationKind.AUDIO_ENCODER,
        "type/ptz": ConfigurationKind.PTZ,
    }
    return tuple(scope for scope, kind in types.items() if device.media.tokens(kind))


def _segment(value: str) -> str:
    return quote(value.strip() or _UNKNOWN, safe=":")
