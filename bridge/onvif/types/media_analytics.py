"""Messages of the Media service about video analytics configurations.

ONVIF Media Service Specification (`ver10`). Those that put them into media profiles are in `types.media_changes`.
"""

from __future__ import annotations

from bridge.onvif.types.configurations import VideoAnalyticsConfiguration
from bridge.onvif.types.media import ConfigurationReference, ProfileReference
from bridge.proto.soap.codec import xml_message
from bridge.proto.soap.namespaces import TRT


@xml_message(TRT)
class GetVideoAnalyticsConfigurations:
    """Ask for all video analytics configurations."""


@xml_message(TRT)
class GetVideoAnalyticsConfigurationsResponse:
    """All video analytics configurations."""

    configurations: tuple[VideoAnalyticsConfiguration, ...] = ()


@xml_message(TRT)
class GetVideoAnalyticsConfiguration(ConfigurationReference):
    """Ask for a video analytics configuration."""


@xml_message(TRT)
class GetVideoAnalyticsConfigurationResponse:
    """A video analytics configuration."""

    configuration: VideoAnalyticsConfiguration


@xml_message(TRT)
class GetCompatibleVideoAnalyticsConfigurations(ProfileReference):
    """Ask for the video analytics configurations that fit a media profile."""


@xml_message(TRT)
class GetCompatibleVideoAnalyticsConfigurationsResponse:
    """The video analytics configurations that fit."""

    configurations: tuple[VideoAnalyticsConfiguration, ...] = ()


@xml_message(TRT)
class SetVideoAnalyticsConfiguration:
    """Ask for a video analytics configuration to be set, for good or until the next restart."""

    configuration: VideoAnalyticsConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetVideoAnalyticsConfigurationResponse:
    """It is set."""
