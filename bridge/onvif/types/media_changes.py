"""Messages of the Media service that change something: media profiles, their configurations, settings.

ONVIF Media Service Specification (`ver10`). Those that read are in `types.media`.
"""

from __future__ import annotations

from bridge.onvif.types.configurations import (
    AudioEncoderConfiguration,
    AudioSourceConfiguration,
    MetadataConfiguration,
    VideoEncoderConfiguration,
    VideoSourceConfiguration,
)
from bridge.onvif.types.media import Profile, ProfileReference
from bridge.proto.soap.codec import xml_message, xml_type
from bridge.proto.soap.namespaces import TRT


@xml_type(TRT)
class Assignment(ProfileReference):
    """Names a media profile and the configuration to be put into it."""

    configuration_token: str


@xml_message(TRT)
class CreateProfile:
    """Ask for a new, empty media profile, with a token of the client's choice."""

    name: str
    token: str | None = None


@xml_message(TRT)
class CreateProfileResponse:
    """The new media profile."""

    profile: Profile


@xml_message(TRT)
class DeleteProfile(ProfileReference):
    """Ask for a media profile to be deleted."""


@xml_message(TRT)
class DeleteProfileResponse:
    """It is deleted."""


@xml_message(TRT)
class AddVideoSourceConfiguration(Assignment):
    """Ask for a video source configuration to be put into a media profile."""


@xml_message(TRT)
class AddVideoSourceConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveVideoSourceConfiguration(ProfileReference):
    """Ask for the video source configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveVideoSourceConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddVideoEncoderConfiguration(Assignment):
    """Ask for a video encoder configuration to be put into a media profile."""


@xml_message(TRT)
class AddVideoEncoderConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveVideoEncoderConfiguration(ProfileReference):
    """Ask for the video encoder configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveVideoEncoderConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddAudioSourceConfiguration(Assignment):
    """Ask for an audio source configuration to be put into a media profile."""


@xml_message(TRT)
class AddAudioSourceConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveAudioSourceConfiguration(ProfileReference):
    """Ask for the audio source configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveAudioSourceConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddAudioEncoderConfiguration(Assignment):
    """Ask for an audio encoder configuration to be put into a media profile."""


@xml_message(TRT)
class AddAudioEncoderConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveAudioEncoderConfiguration(ProfileReference):
    """Ask for the audio encoder configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveAudioEncoderConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddAudioOutputConfiguration(Assignment):
    """Ask for an audio output configuration to be put into a media profile."""


@xml_message(TRT)
class AddAudioOutputConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveAudioOutputConfiguration(ProfileReference):
    """Ask for the audio output configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveAudioOutputConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddAudioDecoderConfiguration(Assignment):
    """Ask for an audio decoder configuration to be put into a media profile."""


@xml_message(TRT)
class AddAudioDecoderConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveAudioDecoderConfiguration(ProfileReference):
    """Ask for the audio decoder configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveAudioDecoderConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddVideoAnalyticsConfiguration(Assignment):
    """Ask for a video analytics configuration to be put into a media profile."""


@xml_message(TRT)
class AddVideoAnalyticsConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveVideoAnalyticsConfiguration(ProfileReference):
    """Ask for the video analytics configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveVideoAnalyticsConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddMetadataConfiguration(Assignment):
    """Ask for a metadata configuration to be put into a media profile."""


@xml_message(TRT)
class AddMetadataConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemoveMetadataConfiguration(ProfileReference):
    """Ask for the metadata configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemoveMetadataConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class AddPTZConfiguration(Assignment):
    """Ask for a PTZ configuration to be put into a media profile."""


@xml_message(TRT)
class AddPTZConfigurationResponse:
    """It is in it."""


@xml_message(TRT)
class RemovePTZConfiguration(ProfileReference):
    """Ask for the PTZ configuration to be taken out of a media profile."""


@xml_message(TRT)
class RemovePTZConfigurationResponse:
    """It is in it no more."""


@xml_message(TRT)
class SetVideoSourceConfiguration:
    """Ask for a video source configuration to be set, for good or until the next restart."""

    configuration: VideoSourceConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetVideoSourceConfigurationResponse:
    """It is set."""


@xml_message(TRT)
class SetVideoEncoderConfiguration:
    """Ask for a video encoder configuration to be set, for good or until the next restart."""

    configuration: VideoEncoderConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetVideoEncoderConfigurationResponse:
    """It is set."""


@xml_message(TRT)
class SetAudioSourceConfiguration:
    """Ask for an audio source configuration to be set, for good or until the next restart."""

    configuration: AudioSourceConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetAudioSourceConfigurationResponse:
    """It is set."""


@xml_message(TRT)
class SetAudioEncoderConfiguration:
    """Ask for an audio encoder configuration to be set, for good or until the next restart."""

    configuration: AudioEncoderConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetAudioEncoderConfigurationResponse:
    """It is set."""


@xml_message(TRT)
class SetMetadataConfiguration:
    """Ask for a metadata configuration to be set, for good or until the next restart."""

    configuration: MetadataConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetMetadataConfigurationResponse:
    """It is set."""
