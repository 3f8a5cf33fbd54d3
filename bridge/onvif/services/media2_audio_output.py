"""Loudspeakers in the Media2 service (ONVIF Media2 Service Specification, `ver20`): audio outputs and decoders.

The words are in `audio_output` and the rules for setting in `configuration_changes`; Media shares both.
"""

from __future__ import annotations

from bridge.onvif import configuration_changes
from bridge.onvif.audio_output import (
    AUDIO_DECODERS,
    AUDIO_OUTPUTS,
    audio_decoder2_options,
    audio_output_options,
    with_audio_decoder,
    with_audio_output,
)
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media2_audio_output as messages


@operation(access=Access.READ_MEDIA)
async def get_audio_output_configurations(
    call: Call, request: messages.GetAudioOutputConfigurations
) -> messages.GetAudioOutputConfigurationsResponse:
    """Tell audio output configurations."""
    return messages.GetAudioOutputConfigurationsResponse(
        configurations=AUDIO_OUTPUTS.matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_output_configuration_options(
    call: Call, request: messages.GetAudioOutputConfigurationOptions
) -> messages.GetAudioOutputConfigurationOptionsResponse:
    """Tell the one loudspeaker and its range of volume."""
    media = call.device.media
    with_audio_output(media)
    AUDIO_OUTPUTS.tokens(media, request)
    return messages.GetAudioOutputConfigurationOptionsResponse(options=audio_output_options(media))


@operation(access=Access.ACTUATE)
async def set_audio_output_configuration(
    call: Call, request: messages.SetAudioOutputConfiguration
) -> messages.SetAudioOutputConfigurationResponse:
    """Set an audio output configuration; the volume is set in the camera."""
    with_audio_output(call.device.media)
    await configuration_changes.set_audio_output(call.device, request.configuration)
    return messages.SetAudioOutputConfigurationResponse()


@operation(access=Access.READ_MEDIA)
async def get_audio_decoder_configurations(
    call: Call, request: messages.GetAudioDecoderConfigurations
) -> messages.GetAudioDecoderConfigurationsResponse:
    """Tell audio decoder configurations."""
    return messages.GetAudioDecoderConfigurationsResponse(
        configurations=AUDIO_DECODERS.matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_decoder_configuration_options(
    call: Call, request: messages.GetAudioDecoderConfigurationOptions
) -> messages.GetAudioDecoderConfigurationOptionsResponse:
    """Tell which sound the loudspeaker takes, per encoding."""
    media = call.device.media
    talk = with_audio_decoder(media)
    AUDIO_DECODERS.tokens(media, request)
    return messages.GetAudioDecoderConfigurationOptionsResponse(options=audio_decoder2_options(talk))


@operation(access=Access.ACTUATE)
async def set_audio_decoder_configuration(
    call: Call, request: messages.SetAudioDecoderConfiguration
) -> messages.SetAudioDecoderConfigurationResponse:
    """Set an audio decoder configuration."""
    with_audio_decoder(call.device.media)
    configuration_changes.set_audio_decoder(call.device, request.configuration)
    return messages.SetAudioDecoderConfigurationResponse()
