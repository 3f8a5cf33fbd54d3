"""Setting configurations in the Media service (ONVIF Media Service Specification, `ver10`).

The rules are in `configuration_changes`, which Media2 shares; the words for encoders are in `encoders`.
"""

from __future__ import annotations

from bridge.onvif import configuration_changes
from bridge.onvif.configurations import with_audio
from bridge.onvif.encoders import is_present_audio, video_encoder_wish
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media_changes as messages


@operation(access=Access.ACTUATE)
async def set_video_source_configuration(
    call: Call, request: messages.SetVideoSourceConfiguration
) -> messages.SetVideoSourceConfigurationResponse:
    """Set a video source configuration."""
    configuration_changes.set_video_source(call.device, request.configuration)
    return messages.SetVideoSourceConfigurationResponse()


@operation(access=Access.ACTUATE)
async def set_video_encoder_configuration(
    call: Call, request: messages.SetVideoEncoderConfiguration
) -> messages.SetVideoEncoderConfigurationResponse:
    """Set a video encoder, in the camera."""
    wished = request.configuration
    await configuration_changes.set_video_encoder(
        call.device,
        wished,
        video_encoder_wish(call.device.media, wished),
        multicast=wished.multicast,
        session_timeout=wished.session_timeout,
    )
    return messages.SetVideoEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def set_audio_source_configuration(
    call: Call, request: messages.SetAudioSourceConfiguration
) -> messages.SetAudioSourceConfigurationResponse:
    """Set an audio source configuration."""
    with_audio(call.device.media)
    configuration_changes.set_audio_source(call.device, request.configuration)
    return messages.SetAudioSourceConfigurationResponse()


@operation(access=Access.ACTUATE)
async def set_audio_encoder_configuration(
    call: Call, request: messages.SetAudioEncoderConfiguration
) -> messages.SetAudioEncoderConfigurationResponse:
    """Set an audio encoder configuration."""
    with_audio(call.device.media)
    wished = request.configuration
    present = configuration_changes.audio_of(call.device, wished.token)
    configuration_changes.set_audio_encoder(
        call.device,
        wished,
        is_as_it_is=is_present_audio(present, wished),
        multicast=wished.multicast,
        session_timeout=wished.session_timeout,
    )
    return messages.SetAudioEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def set_metadata_configuration(
    call: Call, request: messages.SetMetadataConfiguration
) -> messages.SetMetadataConfigurationResponse:
    """Set a metadata configuration."""
    configuration_changes.set_metadata(call.device, request.configuration)
    return messages.SetMetadataConfigurationResponse()
