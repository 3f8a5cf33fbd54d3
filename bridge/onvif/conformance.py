"""ONVIF profiles as tables: which operations and features each one demands, and whether a device has them all.

ONVIF Profile Specifications S and T, and the feature lists of the official test specifications. The tables are data
(`profiles/onvif/*.toml`, see `profiles/README.md`); what is served comes from the operation registry. A profile is
claimed only if nothing that it demands of this very device is missing, as its camera is and its compatibility switches
stand: a test tool fails the whole device for one claim too many. This module says nothing about quality: it knows that
an operation exists, not that it is right.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.events import EventKind
from bridge.onvif.analytics_model import ruled_regions
from bridge.onvif.overlay_model import has_settable_texts
from bridge.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from bridge.onvif.device import VirtualDevice

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
    OSD_TEXT = "osd_text"
    TWO_PULL_POINTS = "two_pull_points"
    ITEM_FILTER = "item_filter"
    MOTION_ALARM = "motion_alarm"
    """The topic VideoSource/MotionAlarm."""
    TAMPERING_ALARM = "tampering_alarm"
    """At least one of the topics that tell of a view that is too dark, bright or blurry, or another one than before."""
    REPLAY = "replay"
    EVENT_BROKER = "event_broker"


class Condition(StrEnum):
    """What makes a conditional row count."""

    AUDIO = "audio"
    AUDIO_OUTPUT = "audio_output"
    AUXILIARY_COMMANDS = "auxiliary_commands"
    DIGITAL_INPUTS = "digital_inputs"
    DYNAMIC_RECORDINGS = "dynamic_recordings"
    DYNAMIC_DNS = "dynamic_dns"
    FOCUS_CONTROL = "focus_control"
    HTTPS = "https"
    IP_FILTER = "ip_filter"
    METADATA_SEARCH = "metadata_search"
    MOTION_REGION_DETECTOR = "motion_region_detector"
    MULTICAST = "multicast"
    NTP = "ntp"
    PTZ = "ptz"
    PTZ_ABSOLUTE = "ptz_absolute"
    PTZ_HOME = "ptz_home"
    PTZ_POSITION_SEARCH = "ptz_position_search"
    PTZ_PRESETS = "ptz_presets"
    PTZ_RELATIVE = "ptz_relative"
    RELAY_OUTPUTS = "relay_outputs"
    VIDEO_ANALYTICS = "video_analytics"
    VIDEO_SOURCE_MODES = "video_source_modes"
    ZERO_CONFIGURATION = "zero_configuration"


SERVED_FEATURES = frozenset(
    {
        Feature.WS_DISCOVERY,
        Feature.HTTP_DIGEST,
        Feature.RTP_UDP,
        Feature.METADATA_STREAM,
        Feature.RTP_RTSP_HTTP,
        Feature.RTP_RTSP_HTTPS,
        Feature.TWO_PULL_POINTS,
        Feature.ITEM_FILTER,
    }
)
"""What this version serves for every camera, however the switches of its device stand."""


TAMPERING = frozenset({EventKind.TAMPER, EventKind.TOO_DARK, EventKind.TOO_BRIGHT, EventKind.TOO_BLURRY})
"""Event kinds that ONVIF calls tampering."""


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
        self,
        operations: Collection[tuple[str, str]],
        conditions: Collection[Condition],
        features: Collection[Feature] = SERVED_FEATURES,
    ) -> tuple[Requirement, ...]:
        """Return the rows that count under these conditions and are not served.

        Args:
            operations: what is served, as pairs of a service's prefix and an operation's name.
            conditions: those that the device meets.
            features: those that the device has.
        """
        return tuple(
            each
            for each in self.requirements
            if (each.condition is None or each.condition in conditions) and not _is_served(each, operations, features)
        )


def features_served(device: VirtualDevice) -> frozenset[Feature]:
    """Return the features that a device has: those of every device, and those that depend on camera or switches."""
    media, description = device.media, device.camera.description
    events = frozenset() if description is None else description.events
    facts = {
        # With the password as text, a token that is no digest is let in: what case SECURITY-1-1-1 forbids.
        Feature.WS_USERNAME_TOKEN: not device.compatibility.allow_password_text,
        Feature.RTSP_DIGEST: not device.compatibility.rtsp_anonymous,
        Feature.JPEG_STREAM: media.has_jpeg,
        Feature.AUDIO_BACKCHANNEL: media.talk is not None and media.can_talk,
        Feature.OSD_TEXT: has_settable_texts(device.camera),
        Feature.MOTION_ALARM: EventKind.MOTION in events,
        Feature.TAMPERING_ALARM: bool(events & TAMPERING),
    }
    return SERVED_FEATURES | {feature for feature, is_served in facts.items() if is_served}


def conditions_met(device: VirtualDevice) -> frozenset[Condition]:
    """Return the conditions that a device meets, by what it shows; none while its camera was never reached.

    Those on things that the domain has no facet for are met by none.
    """
    media, description = device.media, device.camera.description
    if description is None:
        return frozenset()
    ptz, imaging = media.ptz, description.imaging
    facts = {
        Condition.AUDIO: any(stream.audio is not None for stream in description.streams),
        Condition.AUDIO_OUTPUT: media.talk is not None,
        Condition.AUXILIARY_COMMANDS: bool(description.auxiliary),
        Condition.HTTPS: device.has_tls,
        Condition.DIGITAL_INPUTS: bool(description.inputs),
        Condition.FOCUS_CONTROL: imaging is not None and imaging.focus is not None,
        Condition.MOTION_REGION_DETECTOR: media.has_analytics and ruled_regions(device.camera) is not None,
        Condition.PTZ: ptz is not None,
        Condition.PTZ_ABSOLUTE: ptz is not None and (ptz.absolute_pan_tilt or ptz.absolute_zoom),
        Condition.PTZ_HOME: ptz is not None and ptz.home,
        Condition.PTZ_PRESETS: ptz is not None and ptz.max_presets > 0,
        Condition.PTZ_RELATIVE: ptz is not None and (ptz.relative_pan_tilt or ptz.relative_zoom),
        Condition.RELAY_OUTPUTS: bool(description.relays),
        Condition.VIDEO_ANALYTICS: media.has_analytics,
        Condition.VIDEO_SOURCE_MODES: bool(description.sensor_modes),
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


def _is_served(
    requirement: Requirement, operations: Collection[tuple[str, str]], features: Collection[Feature]
) -> bool:
    if requirement.service == FEATURES:
        return requirement.name in features
    return (requirement.service, requirement.name) in operations


CONFORMANCE_PROFILES = tuple(
    read_conformance_profile(path) for path in sorted((data_folder("profiles") / "onvif").glob("*.toml"))
)
"""The profiles that the bridge aims at. Read once, when the program starts: they are part of it."""
