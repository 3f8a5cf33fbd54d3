"""Messages of the Media2 service about loudspeakers: audio outputs and decoders (`ver20`)."""

from __future__ import annotations

from bridge.onvif.types.configurations import (
    AudioDecoderConfiguration,
    AudioOutputConfiguration,
    AudioOutputConfigurationOptions,
)
from bridge.onvif.types.media2 import AudioEncoder2ConfigurationOptions, ConfigurationQuestion
from bridge.proto.soap.codec import xml_message
from bridge.proto.soap.namespaces import TR2


@xml_message(TR2)
class GetAudioOutputConfigurations(ConfigurationQuestion):
    """Ask for audio output configurations."""


@xml_message(TR2)
class GetAudioOutputConfigurationsResponse:
    """The audio output configurations."""

    configurations: tuple[AudioOutputConfiguration, ...] = ()


@xml_message(TR2)
class GetAudioOutputConfigurationOptions(ConfigurationQuestion):
    """Ask what an audio output configuration can be set to."""


@xml_message(TR2)
class GetAudioOutputConfigurationOptionsResponse:
    """What an audio output configuration can be set to."""

    options: AudioOutputConfigurationOptions


@xml_message(TR2)
class SetAudioOutputConfiguration:
    """Ask for an audio output configuration to be set."""

    configuration: AudioOutputConfiguration


@xml_message(TR2)
class SetAudioOutputConfigurationResponse:
    """It is set."""


@xml_message(TR2)
class GetAudioDecoderConfigurations(ConfigurationQuestion):
    """Ask for audio decoder configurations."""


@xml_message(TR2)
class GetAudioDecoderConfigurationsResponse:
    """The audio decoder configurations."""

    configurations: tuple[AudioDecoderConfiguration, ...] = ()


@xml_message(TR2)
class GetAudioDecoderConfigurationOptions(ConfigurationQuestion):
    """Ask what an audio decoder takes."""


@xml_message(TR2)
class GetAudioDecoderConfigurationOptionsResponse:
    """What an audio decoder takes, per encoding."""

    options: tuple[AudioEncoder2ConfigurationOptions, ...]


@xml_message(TR2)
class SetAudioDecoderConfiguration:
    """Ask for an audio decoder configuration to be set."""

    configuration: AudioDecoderConfiguration


@xml_message(TR2)
class SetAudioDecoderConfigurationResponse:
    """It is set."""
