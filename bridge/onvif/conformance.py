"""ONVIF profiles as tables: which operations and features each one demands, and whether a device has them all.

ONVIF Profile Specifications S and T, and the feature lists of the official test specifications. The tables are data
(`profiles/onvif/*.toml`, see `profiles/README.md`); what is served comes from the operation registry. A profile is
claimed only if nothing that it demands of this very camera is missing: a test tool fails the whole device for one
claim too many. This module says nothing about quality: it knows that an operation exists, not that it is right.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from bridge.core.model import CameraDescription

FEATURES = "features"
"""Stands in the tables where a service's prefix would: what a profile demands beside operations."""


class Feature(StrEnum):
    """Things that a profile demands and that are no operations."""

    WS_DISCOVERY = "ws_discovery"
    WS_USERNAME_TOKEN = "ws_username_token"  # noqa: S105 (the name of a feature)
    HTTP_DIGEST = "http_digest"
    RTSP_DIGEST = "rtsp_digest"
    RTP_UDP = "rtp_udp"
    RTP_RTSP_HTTP = "rtp_rtsp_http"
    RTP_RTSP_HTTPS = "rtp_rtsp_https"
    RTP_MULTICAST = "rtp_multicast"
    JPEG_STREAM = "jpeg_stream"
    METADATA_STREAM = "metadata_stream"
    AUDIO_BACKCHANNEL = "audio_backchannel"
    TWO_PULL_POINTS = "two_pull_points"
    ITEM_FILTER = "item_filter"


class Condition(StrEnum):
    """What makes a conditional row count."""

    AUDIO = "audio"
    AUDIO_OUTPUT = "audio_output"
    AUXILIARY_COMMANDS = "auxiliary_commands"
    DIGITAL_INPUTS = "digital_inputs"
    DYNAMIC_DNS = "dynamic_dns"
    FOCUS_CONTROL = "focus_control"
    HTTPS = "https"
    IP_FILTER = "ip_filter"
    MOTION_REGION_DETECTOR = "motion_region_detector"
    MULTICAST = "multicast"
    NTP = "ntp"
    PTZ = "ptz"
    PTZ_ABSOLUTE = "ptz_absolute"
    PTZ_HOME = "ptz_home"
    PTZ_PRESETS = "ptz_presets"
    PTZ_RELATIVE = "ptz_relative"
    RELAY_OUTPUTS = "relay_outputs"
    VIDEO_ANALYTICS = "video_analytics"
    VIDEO_SOURCE_MODES = "video_source_modes"
    ZERO_CONFIGURATION = "zero_configuration"


SERVED_FEATURES = frozenset(
    {
        Feature.WS_DISCOVERY,
        Feature.WS_USERNAME_TOKEN,
        Feature.HTTP_DIGEST,
        Feature.RTSP_DIGEST,
        Feature.RTP_UDP,
        Feature.TWO_PULL_POINTS,
        Feature.ITEM_FILTER,
    }
)
"""What this version serves for every camera."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row: an operation of a service (`trt`, `GetProfiles`), or a feature (`features`, `rtp_udp`).

    Without a condition it is mandatory.
    """

    service: str
    name: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class ConformanceProfile:
    """One ONVIF profile: its letter, the scope that claims it, and everything that it demands."""

    name: str
    scope: str
    requirements: tuple[Requirement, ...]

    def missing(
        self, operations: Collection[tuple[str, str]], conditions: Collection[Condition]
    ) -> tuple[Requirement, ...]:
        """Return the rows that count under these conditions and are not served.

        Args:
            operations: what is served, as pairs of a service's prefix and an operation's name.
            conditions: those that the device meets.
        """
        return tuple(
            each
            for each in self.requirements
            if (each.condition is None or each.condition in conditions) and not _is_served(each, operations)
        )


def conditions_met(description: CameraDescription | None) -> frozenset[Condition]:
    """Return the conditions that a camera meets; those on things that the domain has no facet for are met by none."""
    if description is None:
        return frozenset()
    ptz = description.ptz
    facts = {
        Condition.AUDIO: any(stream.audio is not None for stream in description.streams),
        Condition.PTZ: ptz is not None,
        Condition.PTZ_PRESETS: ptz is not None and ptz.max_presets > 0,
    }
    return frozenset(condition for condition, is_met in facts.items() if is_met)


def read_conformance_profile(path: Path) -> ConformanceProfile:
    """Return the profile of a table.

    Raises:
        ValueError: the file is no such table, or names an unknown condition or feature.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        requirements = tuple(row for service, rows in table["services"].items() for row in _rows(service, rows))
        features = tuple(_rows(FEATURES, table[FEATURES]))
        profile = ConformanceProfile(table["name"], table["scope"], requirements + features)
    except KeyError as error:
        raise ValueError(f"{path.name}: {error} is missing") from error
    for feature in features:
        Feature(feature.name)
    return profile


def _rows(service: str, rows: Mapping[str, list[str]]) -> Iterator[Requirement]:
    """Return the rows of one service: `mandatory = [...]`, and one list per condition."""
    for key, names in rows.items():
        condition = None if key == "mandatory" else Condition(key)
        yield from (Requirement(service, name, condition) for name in names)


def _is_served(requirement: Requirement, operations: Collection[tuple[str, str]]) -> bool:
    if requirement.service == FEATURES:
        return requirement.name in SERVED_FEATURES
    return (requirement.service, requirement.name) in operations


CONFORMANCE_PROFILES = tuple(
    read_conformance_profile(path) for path in sorted((data_folder("profiles") / "onvif").glob("*.toml"))
)
"""The profiles that the bridge aims at. Read once, when the program starts: they are part of it."""
