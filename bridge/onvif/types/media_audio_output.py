"""Messages of the Media service about loudspeakers: audio outputs and decoders.

ONVIF Media Service Specification (`ver10`). Those that put them into media profiles are in `types.media_changes`.
"""

from __future__ import annotations

from bridge.onvif.types.configurations import (
    AudioDecoderConfiguration,
    AudioDecoderConfigurationOptions,
    AudioOutputConfiguration,
    AudioOutputConfigurationOptions,
)
from bridge.onvif.types.media import ConfigurationReference, OptionsQuestion, ProfileReference
from bridge.proto.soap.codec import attribute, xml_message, xml_type
from bridge.proto.soap.namespaces import TRT, TT


@xml_type(TT)
class AudioOutput:
    """Where sound from clients comes out."""

    token: str = attribute()


@xml_message(TRT)
class GetAudioOutputs:
    """Ask for all audio outputs."""


@xml_message(TRT)
class GetAudioOutputsResponse:
    """All audio outputs."""

    audio_outputs: tuple[AudioOutput, ...] = ()


@xml_message(TRT)
class GetAudioOutputConfigurations:
    """Ask for all audio output configurations."""


@xml_message(TRT)
class GetAudioOutputConfigurationsResponse:
    """All audio output configurations."""

    configurations: tuple[AudioOutputConfiguration, ...] = ()


@xml_message(TRT)
class GetAudioOutputConfiguration(ConfigurationReference):
    """Ask for an audio output configuration."""


@xml_message(TRT)
class GetAudioOutputConfigurationResponse:
    """An audio output configuration."""

    configuration: AudioOutputConfiguration


@xml_message(TRT)
class GetAudioOutputConfigurationOptions(OptionsQuestion):
    """Ask what an audio output configuration can be set to."""


@xml_message(TRT)
class GetAudioOutputConfigurationOptionsResponse:
    """What an audio output configuration can be set to."""

    options: AudioOutputConfigurationOptions


@xml_message(TRT)
class GetCompatibleAudioOutputConfigurations(ProfileReference):
    """Ask for the audio output configurations that fit a media profile."""


@xml_message(TRT)
class GetCompatibleAudioOutputConfigurationsResponse:
    """The audio output configurations that fit."""

    configurations: tuple[AudioOutputConfiguration, ...] = ()


@xml_message(TRT)
class SetAudioOutputConfiguration:
    """Ask for an audio output configuration to be set, for good or until the next restart."""

    configuration: AudioOutputConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetAudioOutputConfigurationResponse:
    """It is set."""


@xml_message(TRT)
class GetAudioDecoderConfigurations:
    """Ask for all audio decoder configurations."""


@xml_message(TRT)
class GetAudioDecoderConfigurationsResponse:
    """All audio decoder configurations."""

    configurations: tuple[AudioDecoderConfiguration, ...] = ()


@xml_message(TRT)
class GetAudioDecoderConfiguration(ConfigurationReference):
    """Ask for an audio decoder configuration."""


@xml_message(TRT)
class GetAudioDecoderConfigurationResponse:
    """An audio decoder configuration."""

    configuration: AudioDecoderConfiguration


@xml_message(TRT)
class GetAudioDecoderConfigurationOptions(OptionsQuestion):
    """Ask what an audio decoder takes."""


@xml_message(TRT)
class GetAudioDecoderConfigurationOptionsResponse:
    """What an audio decoder takes."""

    options: AudioDecoderConfigurationOptions


@xml_message(TRT)
class GetCompatibleAudioDecoderConfigurations(ProfileReference):
    """Ask for the audio decoder configurations that fit a media profile."""


@xml_message(TRT)
class GetCompatibleAudioDecoderConfigurationsResponse:
    """The audio decoder configurations that fit."""

    configurations: tuple[AudioDecoderConfiguration, ...] = ()


@xml_message(TRT)
class SetAudioDecoderConfiguration:
    """Ask for an audio decoder configuration to be set, for good or until the next restart."""

    configuration: AudioDecoderConfiguration
    force_persistence: bool


@xml_message(TRT)
class SetAudioDecoderConfigurationResponse:
    """It is set."""
