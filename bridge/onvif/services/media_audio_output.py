"""Loudspeakers in the Media service (ONVIF Media Service Specification, `ver10`): audio outputs and decoders.

The words are in `audio_output` and the rules for setting in `configuration_changes`; Media2 shares both. A camera
without a loudspeaker is asked in vain: that has faults of its own.
"""

from __future__ import annotations

from bridge.onvif import configuration_changes
from bridge.onvif.audio_output import (
    AUDIO_DECODERS,
    AUDIO_OUTPUTS,
    audio_decoder_options,
    audio_output_options,
    with_audio_decoder,
    with_audio_output,
)
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media_audio_output as messages


@operation(access=Access.READ_MEDIA)
async def get_audio_outputs(call: Call, _request: messages.GetAudioOutputs) -> messages.GetAudioOutputsResponse:
    """Tell the one loudspeaker."""
    with_audio_output(call.device.media)
    output = messages.AudioOutput(token=call.device.media.audio_output_token)
    return messages.GetAudioOutputsResponse(audio_outputs=(output,))


@operation(access=Access.READ_MEDIA)
async def get_audio_output_configurations(
    call: Call, _request: messages.GetAudioOutputConfigurations
) -> messages.GetAudioOutputConfigurationsResponse:
    """Tell all audio output configurations."""
    with_audio_output(call.device.media)
    return messages.GetAudioOutputConfigurationsResponse(configurations=AUDIO_OUTPUTS.matching(call.device.media))


@operation(access=Access.READ_MEDIA)
async def get_audio_output_configuration(
    call: Call, request: messages.GetAudioOutputConfiguration
) -> messages.GetAudioOutputConfigurationResponse:
    """Tell one audio output configuration."""
    with_audio_output(call.device.media)
    return messages.GetAudioOutputConfigurationResponse(
        configuration=AUDIO_OUTPUTS.one(call.device.media, request.configuration_token)
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


@operation(access=Access.READ_MEDIA)
async def get_compatible_audio_output_configurations(
    call: Call, request: messages.GetCompatibleAudioOutputConfigurations
) -> messages.GetCompatibleAudioOutputConfigurationsResponse:
    """Tell the audio output configurations that fit a profile."""
    with_audio_output(call.device.media)
    return messages.GetCompatibleAudioOutputConfigurationsResponse(
        configurations=AUDIO_OUTPUTS.compatible(call.device.media, request.profile_token)
    )


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
    call: Call, _request: messages.GetAudioDecoderConfigurations
) -> messages.GetAudioDecoderConfigurationsResponse:
    """Tell all audio decoder configurations."""
    with_audio_decoder(call.device.media)
    return messages.GetAudioDecoderConfigurationsResponse(configurations=AUDIO_DECODERS.matching(call.device.media))


@operation(access=Access.READ_MEDIA)
async def get_audio_decoder_configuration(
    call: Call, request: messages.GetAudioDecoderConfiguration
) -> messages.GetAudioDecoderConfigurationResponse:
    """Tell one audio decoder configuration."""
    with_audio_decoder(call.device.media)
    return messages.GetAudioDecoderConfigurationResponse(
        configuration=AUDIO_DECODERS.one(call.device.media, request.configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_decoder_configuration_options(
    call: Call, request: messages.GetAudioDecoderConfigurationOptions
) -> messages.GetAudioDecoderConfigurationOptionsResponse:
    """Tell which sound the loudspeaker takes."""
    media = call.device.media
    talk = with_audio_decoder(media)
    AUDIO_DECODERS.tokens(media, request)
    return messages.GetAudioDecoderConfigurationOptionsResponse(options=audio_decoder_options(talk))


@operation(access=Access.READ_MEDIA)
async def get_compatible_audio_decoder_configurations(
    call: Call, request: messages.GetCompatibleAudioDecoderConfigurations
) -> messages.GetCompatibleAudioDecoderConfigurationsResponse:
    """Tell the audio decoder configurations that fit a profile."""
    with_audio_decoder(call.device.media)
    return messages.GetCompatibleAudioDecoderConfigurationsResponse(
        configurations=AUDIO_DECODERS.compatible(call.device.media, request.profile_token)
    )


@operation(access=Access.ACTUATE)
async def set_audio_decoder_configuration(
    call: Call, request: messages.SetAudioDecoderConfiguration
) -> messages.SetAudioDecoderConfigurationResponse:
    """Set an audio decoder configuration."""
    with_audio_decoder(call.device.media)
    configuration_changes.set_audio_decoder(call.device, request.configuration)
    return messages.SetAudioDecoderConfigurationResponse()
