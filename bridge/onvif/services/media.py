"""The Media service (ONVIF Media Service Specification, `ver10`): sources, configurations, addresses.

Most clients still begin here. Everything is answered from the `MediaModel`; profiles are in `media_profiles`, and what
sets configurations in `media_settings`. A stream in H.265 keeps its profile and its address, but shows no encoder, or
one of H.264 (see `encoders`): this service has no word for H.265, Media2 has. On-screen displays are in `media_osd`,
video source modes in `media_modes`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif import configurations as shared
from bridge.onvif.configurations import AUDIO_SOURCES, METADATA, VIDEO_SOURCES
from bridge.onvif.encoders import (
    AUDIO_ENCODERS,
    VIDEO_ENCODERS,
    audio_encoder_options,
    video_encoder_instances,
    video_encoder_options,
)
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.overlay_model import has_settable_texts
from bridge.onvif.services import (
    media_analytics,
    media_audio_output,
    media_modes,
    media_osd,
    media_profiles,
    media_settings,
)
from bridge.onvif.stream_path import stream_path
from bridge.onvif.synchronization import synchronize
from bridge.onvif.types import media as messages
from bridge.onvif.types.configurations import VideoEncoding
from bridge.onvif.video_source_modes import has_modes_to_choose
from bridge.proto.soap.namespaces import TRT

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice

_SERVED_TRANSPORTS = frozenset(
    {messages.TransportProtocol.UDP, messages.TransportProtocol.RTSP, messages.TransportProtocol.HTTP}
)


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Say what this service can."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA, action=f"{TRT}GetVideoSources/")
async def get_video_sources(call: Call, _request: messages.GetVideoSources) -> messages.GetVideoSourcesResponse:
    """Tell the one video source: as large as the largest picture, and as fast as the best stream is now."""
    media = call.device.media
    full = media.full_picture
    if full is None:
        return messages.GetVideoSourcesResponse()
    source = messages.VideoSource(
        token=media.video_source_token,
        framerate=media.streams[0].encoder.frame_rate,
        resolution=shared.resolution(full),
    )
    return messages.GetVideoSourcesResponse(video_sources=(source,))


@operation(access=Access.READ_MEDIA)
async def get_audio_sources(call: Call, _request: messages.GetAudioSources) -> messages.GetAudioSourcesResponse:
    """Tell the one microphone."""
    media = shared.with_audio(call.device.media)
    channels = max(media.audio(token).channels for token in media.tokens(ConfigurationKind.AUDIO_ENCODER))
    source = messages.AudioSource(token=media.audio_source_token, channels=channels)
    return messages.GetAudioSourcesResponse(audio_sources=(source,))


@operation(access=Access.READ_MEDIA)
async def get_video_source_configurations(
    call: Call, _request: messages.GetVideoSourceConfigurations
) -> messages.GetVideoSourceConfigurationsResponse:
    """Tell all video source configurations."""
    return messages.GetVideoSourceConfigurationsResponse(configurations=VIDEO_SOURCES.matching(call.device.media))


@operation(access=Access.READ_MEDIA)
async def get_video_source_configuration(
    call: Call, request: messages.GetVideoSourceConfiguration
) -> messages.GetVideoSourceConfigurationResponse:
    """Tell one video source configuration."""
    return messages.GetVideoSourceConfigurationResponse(
        configuration=VIDEO_SOURCES.one(call.device.media, request.configuration_token)
    )


@operation(access=Access.READ_MEDIA, action=f"{TRT}GetVideoSourceConfigurationOptions/")
async def get_video_source_configuration_options(
    call: Call, request: messages.GetVideoSourceConfigurationOptions
) -> messages.GetVideoSourceConfigurationOptionsResponse:
    """Tell that only the full picture can be had."""
    media = call.device.media
    VIDEO_SOURCES.tokens(media, request)
    return messages.GetVideoSourceConfigurationOptionsResponse(options=shared.video_source_configuration_options(media))


@operation(access=Access.READ_MEDIA)
async def get_compatible_video_source_configurations(
    call: Call, request: messages.GetCompatibleVideoSourceConfigurations
) -> messages.GetCompatibleVideoSourceConfigurationsResponse:
    """Tell the video source configurations that fit a profile."""
    return messages.GetCompatibleVideoSourceConfigurationsResponse(
        configurations=VIDEO_SOURCES.compatible(call.device.media, request.profile_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_video_encoder_configurations(
    call: Call, _request: messages.GetVideoEncoderConfigurations
) -> messages.GetVideoEncoderConfigurationsResponse:
    """Tell all video encoder configurations."""
    return messages.GetVideoEncoderConfigurationsResponse(configurations=VIDEO_ENCODERS.matching(call.device.media))


@operation(access=Access.READ_MEDIA)
async def get_video_encoder_configuration(
    call: Call, request: messages.GetVideoEncoderConfiguration
) -> messages.GetVideoEncoderConfigurationResponse:
    """Tell one video encoder configuration."""
    return messages.GetVideoEncoderConfigurationResponse(
        configuration=VIDEO_ENCODERS.one(call.device.media, request.configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_video_encoder_configuration_options(
    call: Call, request: messages.GetVideoEncoderConfigurationOptions
) -> messages.GetVideoEncoderConfigurationOptionsResponse:
    """Tell what the encoders can be set to."""
    media = call.device.media
    tokens = VIDEO_ENCODERS.option_tokens(media, request)
    return messages.GetVideoEncoderConfigurationOptionsResponse(options=video_encoder_options(media, tokens))


@operation(access=Access.READ_MEDIA)
async def get_compatible_video_encoder_configurations(
    call: Call, request: messages.GetCompatibleVideoEncoderConfigurations
) -> messages.GetCompatibleVideoEncoderConfigurationsResponse:
    """Tell the video encoder configurations that fit a profile."""
    return messages.GetCompatibleVideoEncoderConfigurationsResponse(
        configurations=VIDEO_ENCODERS.compatible(call.device.media, request.profile_token)
    )


@operation(access=Access.READ_MEDIA, action=f"{TRT}GetAudioSourceConfigurations/")
async def get_audio_source_configurations(
    call: Call, _request: messages.GetAudioSourceConfigurations
) -> messages.GetAudioSourceConfigurationsResponse:
    """Tell all audio source configurations."""
    return messages.GetAudioSourceConfigurationsResponse(
        configurations=AUDIO_SOURCES.matching(shared.with_audio(call.device.media))
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_source_configuration(
    call: Call, request: messages.GetAudioSourceConfiguration
) -> messages.GetAudioSourceConfigurationResponse:
    """Tell one audio source configuration."""
    return messages.GetAudioSourceConfigurationResponse(
        configuration=AUDIO_SOURCES.one(shared.with_audio(call.device.media), request.configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_source_configuration_options(
    call: Call, request: messages.GetAudioSourceConfigurationOptions
) -> messages.GetAudioSourceConfigurationOptionsResponse:
    """Tell the one microphone."""
    media = shared.with_audio(call.device.media)
    AUDIO_SOURCES.tokens(media, request)
    return messages.GetAudioSourceConfigurationOptionsResponse(options=shared.audio_source_configuration_options())


@operation(access=Access.READ_MEDIA)
async def get_compatible_audio_source_configurations(
    call: Call, request: messages.GetCompatibleAudioSourceConfigurations
) -> messages.GetCompatibleAudioSourceConfigurationsResponse:
    """Tell the audio source configurations that fit a profile."""
    return messages.GetCompatibleAudioSourceConfigurationsResponse(
        configurations=AUDIO_SOURCES.compatible(shared.with_audio(call.device.media), request.profile_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_encoder_configurations(
    call: Call, _request: messages.GetAudioEncoderConfigurations
) -> messages.GetAudioEncoderConfigurationsResponse:
    """Tell all audio encoder configurations."""
    return messages.GetAudioEncoderConfigurationsResponse(
        configurations=AUDIO_ENCODERS.matching(shared.with_audio(call.device.media))
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_encoder_configuration(
    call: Call, request: messages.GetAudioEncoderConfiguration
) -> messages.GetAudioEncoderConfigurationResponse:
    """Tell one audio encoder configuration."""
    return messages.GetAudioEncoderConfigurationResponse(
        configuration=AUDIO_ENCODERS.one(shared.with_audio(call.device.media), request.configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_encoder_configuration_options(
    call: Call, request: messages.GetAudioEncoderConfigurationOptions
) -> messages.GetAudioEncoderConfigurationOptionsResponse:
    """Tell how the audio encoders are set: nothing else can be had."""
    media = shared.with_audio(call.device.media)
    tokens = AUDIO_ENCODERS.option_tokens(media, request)
    return messages.GetAudioEncoderConfigurationOptionsResponse(options=audio_encoder_options(media, tokens))


@operation(access=Access.READ_MEDIA)
async def get_compatible_audio_encoder_configurations(
    call: Call, request: messages.GetCompatibleAudioEncoderConfigurations
) -> messages.GetCompatibleAudioEncoderConfigurationsResponse:
    """Tell the audio encoder configurations that fit a profile."""
    return messages.GetCompatibleAudioEncoderConfigurationsResponse(
        configurations=AUDIO_ENCODERS.compatible(shared.with_audio(call.device.media), request.profile_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_metadata_configurations(
    call: Call, _request: messages.GetMetadataConfigurations
) -> messages.GetMetadataConfigurationsResponse:
    """Tell all metadata configurations."""
    return messages.GetMetadataConfigurationsResponse(configurations=METADATA.matching(call.device.media))


@operation(access=Access.READ_MEDIA)
async def get_metadata_configuration(
    call: Call, request: messages.GetMetadataConfiguration
) -> messages.GetMetadataConfigurationResponse:
    """Tell one metadata configuration."""
    return messages.GetMetadataConfigurationResponse(
        configuration=METADATA.one(call.device.media, request.configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_metadata_configuration_options(
    call: Call, request: messages.GetMetadataConfigurationOptions
) -> messages.GetMetadataConfigurationOptionsResponse:
    """Tell what can be put into the metadata stream."""
    media = call.device.media
    METADATA.tokens(media, request)
    return messages.GetMetadataConfigurationOptionsResponse(options=shared.metadata_configuration_options(media))


@operation(access=Access.READ_MEDIA)
async def get_compatible_metadata_configurations(
    call: Call, request: messages.GetCompatibleMetadataConfigurations
) -> messages.GetCompatibleMetadataConfigurationsResponse:
    """Tell the metadata configurations that fit a profile."""
    return messages.GetCompatibleMetadataConfigurationsResponse(
        configurations=METADATA.compatible(call.device.media, request.profile_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_guaranteed_number_of_video_encoder_instances(
    call: Call, request: messages.GetGuaranteedNumberOfVideoEncoderInstances
) -> messages.GetGuaranteedNumberOfVideoEncoderInstancesResponse:
    """Tell how many encoders run at once: all that this service shows, and in which encodings they can."""
    media = call.device.media
    VIDEO_SOURCES.one(media, request.configuration_token)
    total, by_encoding = video_encoder_instances(media)
    return messages.GetGuaranteedNumberOfVideoEncoderInstancesResponse(
        total_number=total, jpeg=by_encoding[VideoEncoding.JPEG], h264=by_encoding[VideoEncoding.H264], mpeg4=0
    )


@operation(access=Access.READ_MEDIA)
async def get_stream_uri(call: Call, request: messages.GetStreamUri) -> messages.GetStreamUriResponse:
    """Tell where a profile is played from: one address for RTSP, whatever carries the packets, and one for HTTP."""
    profile = shared.require_profile(call.device.media, request.profile_token)
    setup = request.stream_setup
    if setup.stream is not messages.StreamType.RTP_UNICAST or setup.transport.protocol not in _SERVED_TRANSPORTS:
        raise ClientFault(
            "Sender",
            ("InvalidArgVal", "InvalidStreamSetup"),
            f"{setup.stream} over {setup.transport.protocol} is not served; RTP-Unicast over UDP, RTSP or HTTP is",
        )
    path = stream_path(call.device.media, profile)
    if setup.transport.protocol is messages.TransportProtocol.HTTP:
        return messages.GetStreamUriResponse(media_uri=_media_uri(call.device.tunnelled_uri(call.base_url, path)))
    return messages.GetStreamUriResponse(media_uri=_media_uri(call.device.stream_uri(call.host, path)))


@operation(access=Access.READ_MEDIA)
async def get_snapshot_uri(call: Call, request: messages.GetSnapshotUri) -> messages.GetSnapshotUriResponse:
    """Tell where still pictures of a profile are got."""
    return messages.GetSnapshotUriResponse(media_uri=_media_uri(shared.snapshot_uri(call, request.profile_token)))


@operation(access=Access.ACTUATE)
async def set_synchronization_point(
    call: Call, request: messages.SetSynchronizationPoint
) -> messages.SetSynchronizationPointResponse:
    """Have metadata streams tell the present state, and the camera send a key frame if it can be asked to."""
    await synchronize(call.device, shared.require_profile(call.device.media, request.profile_token))
    return messages.SetSynchronizationPointResponse()


def _capabilities(call: Call) -> messages.MediaServiceCapabilities:
    return messages.MediaServiceCapabilities(
        snapshot_uri=call.device.has_snapshots,
        rotation=False,
        video_source_mode=has_modes_to_choose(call.device.camera),
        osd=has_settable_texts(call.device.camera),
        temporary_osd_text=False,
        exi_compression=False,
        profile_capabilities=messages.ProfileCapabilities(
            maximum_number_of_profiles=call.device.media.maximum_number_of_profiles
        ),
        streaming_capabilities=messages.StreamingCapabilities(
            rtp_multicast=False,
            rtp_tcp=False,
            rtp_rtsp_tcp=True,
            non_aggregate_control=False,
            no_rtsp_streaming=False,
        ),
    )


def _media_uri(uri: str) -> messages.MediaUri:
    return messages.MediaUri(
        uri=uri, invalid_after_connect=False, invalid_after_reboot=False, timeout=timedelta(seconds=0)
    )


def _is_served(_device: VirtualDevice) -> bool:
    return True


SERVICE = Service(
    prefix="trt",
    namespace=TRT,
    path="/onvif/media_service",
    version=(21, 12),
    operations=(
        *operations_of(__name__),
        *operations_of(media_profiles.__name__),
        *operations_of(media_settings.__name__),
        *operations_of(media_audio_output.__name__),
        *operations_of(media_analytics.__name__),
        *operations_of(media_osd.__name__),
        *operations_of(media_modes.__name__),
    ),
    is_served=_is_served,
    capabilities=_capabilities,
)
