"""The Media2 service (ONVIF Media2 Service Specification, `ver20`): profiles, configurations, addresses.

It shows the same `MediaModel` as the Media service, under the same tokens, with H.265 in it; what changes profiles and
configurations is in `media2_changes`; `media2_osd`, `media2_masks` and `media2_modes` are parts of the same service.
Multicast is not served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.onvif import configurations as shared
from bridge.onvif.analytics_view import analytics_view
from bridge.onvif.audio_output import AUDIO_DECODERS, AUDIO_OUTPUTS
from bridge.onvif.configurations import AUDIO_SOURCES, METADATA, PTZ, VIDEO_SOURCES, ConfigurationView
from bridge.onvif.encoders2 import (
    AUDIO_ENCODERS,
    VIDEO_ENCODERS,
    audio_encoder_options,
    video_encoder_instances,
    video_encoder_options,
)
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.overlay_model import has_settable_texts
from bridge.onvif.services import media2_audio_output, media2_changes, media2_masks, media2_modes, media2_osd
from bridge.onvif.stream_path import stream_path
from bridge.onvif.synchronization import synchronize
from bridge.onvif.types import media2 as messages
from bridge.onvif.video_source_modes import has_modes_to_choose
from bridge.proto.soap.namespaces import TR2

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.media_model import MediaProfile

T = TypeVar("T")

_ALWAYS_THERE = (ConfigurationKind.VIDEO_SOURCE, ConfigurationKind.VIDEO_ENCODER, ConfigurationKind.METADATA)
_ALL = "All"
_RTSP_OVER_HTTP = "RtspOverHttp"
_SERVED_PROTOCOLS = frozenset({"RtspUnicast", "RTSP", _RTSP_OVER_HTTP})

_WEB_SOCKET_PATH = "/onvif/rtsp"


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Say what this service can."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA, is_lasting=True)
async def get_profiles(call: Call, request: messages.GetProfiles) -> messages.GetProfilesResponse:
    """Tell one or all media profiles, with the kinds of configuration that were named and no others."""
    media = call.device.media
    profiles = media.profiles if request.token is None else (shared.require_profile(media, request.token),)
    kinds = frozenset(kind for kind in ConfigurationKind if _ALL in request.type or kind in request.type)
    return messages.GetProfilesResponse(
        profiles=tuple(
            messages.MediaProfile(
                token=profile.token,
                fixed=profile.fixed,
                name=profile.name,
                configurations=_configurations(call.device, profile, kinds) if request.type else None,
            )
            for profile in profiles
        )
    )


@operation(access=Access.READ_MEDIA)
async def get_video_source_configurations(
    call: Call, request: messages.GetVideoSourceConfigurations
) -> messages.GetVideoSourceConfigurationsResponse:
    """Tell video source configurations."""
    return messages.GetVideoSourceConfigurationsResponse(
        configurations=VIDEO_SOURCES.matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA, action=f"{TR2}/GetVideoSourceConfigurationOptions/")
async def get_video_source_configuration_options(
    call: Call, request: messages.GetVideoSourceConfigurationOptions
) -> messages.GetVideoSourceConfigurationOptionsResponse:
    """Tell that only the full picture can be had."""
    media = call.device.media
    VIDEO_SOURCES.tokens(media, request)
    options = shared.video_source_configuration_options(media)
    return messages.GetVideoSourceConfigurationOptionsResponse(options=options)


@operation(access=Access.READ_MEDIA)
async def get_video_encoder_configurations(
    call: Call, request: messages.GetVideoEncoderConfigurations
) -> messages.GetVideoEncoderConfigurationsResponse:
    """Tell video encoder configurations."""
    return messages.GetVideoEncoderConfigurationsResponse(
        configurations=VIDEO_ENCODERS.matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA)
async def get_video_encoder_configuration_options(
    call: Call, request: messages.GetVideoEncoderConfigurationOptions
) -> messages.GetVideoEncoderConfigurationOptionsResponse:
    """Tell what the encoders can be set to, per encoding."""
    media = call.device.media
    options = video_encoder_options(media, VIDEO_ENCODERS.some_option_tokens(media, request))
    return messages.GetVideoEncoderConfigurationOptionsResponse(options=options)


@operation(access=Access.READ_MEDIA, action=f"{TR2}/GetAudioSourceConfigurations/")
async def get_audio_source_configurations(
    call: Call, request: messages.GetAudioSourceConfigurations
) -> messages.GetAudioSourceConfigurationsResponse:
    """Tell audio source configurations."""
    return messages.GetAudioSourceConfigurationsResponse(
        configurations=AUDIO_SOURCES.matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_source_configuration_options(
    call: Call, request: messages.GetAudioSourceConfigurationOptions
) -> messages.GetAudioSourceConfigurationOptionsResponse:
    """Tell the one microphone."""
    AUDIO_SOURCES.some_option_tokens(shared.with_audio(call.device.media), request)
    options = shared.audio_source_configuration_options()
    return messages.GetAudioSourceConfigurationOptionsResponse(options=options)


@operation(access=Access.READ_MEDIA)
async def get_audio_encoder_configurations(
    call: Call, request: messages.GetAudioEncoderConfigurations
) -> messages.GetAudioEncoderConfigurationsResponse:
    """Tell audio encoder configurations."""
    return messages.GetAudioEncoderConfigurationsResponse(
        configurations=AUDIO_ENCODERS.matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA)
async def get_audio_encoder_configuration_options(
    call: Call, request: messages.GetAudioEncoderConfigurationOptions
) -> messages.GetAudioEncoderConfigurationOptionsResponse:
    """Tell how the audio encoders are set, per encoding: nothing else can be had."""
    media = shared.with_audio(call.device.media)
    options = audio_encoder_options(media, AUDIO_ENCODERS.some_option_tokens(media, request))
    return messages.GetAudioEncoderConfigurationOptionsResponse(options=options)


@operation(access=Access.READ_MEDIA)
async def get_metadata_configurations(
    call: Call, request: messages.GetMetadataConfigurations
) -> messages.GetMetadataConfigurationsResponse:
    """Tell metadata configurations."""
    return messages.GetMetadataConfigurationsResponse(configurations=METADATA.matching(call.device.media, request))


@operation(access=Access.READ_MEDIA)
async def get_metadata_configuration_options(
    call: Call, request: messages.GetMetadataConfigurationOptions
) -> messages.GetMetadataConfigurationOptionsResponse:
    """Tell what can be put into the metadata stream."""
    METADATA.tokens(call.device.media, request)
    options = shared.metadata_configuration_options(call.device.media)
    return messages.GetMetadataConfigurationOptionsResponse(options=options)


@operation(access=Access.READ_MEDIA)
async def get_analytics_configurations(
    call: Call, request: messages.GetAnalyticsConfigurations
) -> messages.GetAnalyticsConfigurationsResponse:
    """Tell analytics configurations."""
    return messages.GetAnalyticsConfigurationsResponse(
        configurations=analytics_view(call.device).matching(call.device.media, request)
    )


@operation(access=Access.READ_MEDIA)
async def get_video_encoder_instances(
    call: Call, request: messages.GetVideoEncoderInstances
) -> messages.GetVideoEncoderInstancesResponse:
    """Tell how many encoders run at once: all of them; and in which encodings they can."""
    media = call.device.media
    VIDEO_SOURCES.one(media, request.configuration_token)
    total, by_codec = video_encoder_instances(media)
    return messages.GetVideoEncoderInstancesResponse(
        info=messages.EncoderInstanceInfo(
            codec=tuple(messages.EncoderInstance(encoding=codec, number=number) for codec, number in by_codec.items()),
            total=total,
        )
    )


@operation(access=Access.READ_MEDIA)
async def get_stream_uri(call: Call, request: messages.GetStreamUri) -> messages.GetStreamUriResponse:
    """Tell where a profile is played from: one address for RTSP, whatever carries the packets, and one for HTTP."""
    profile = shared.require_profile(call.device.media, request.profile_token)
    if request.protocol not in _SERVED_PROTOCOLS:
        raise ClientFault(
            "Sender",
            ("InvalidArgVal", "InvalidStreamSetup"),
            f"Protocol '{request.protocol}' is not served; RtspUnicast, RTSP and RtspOverHttp are",
        )
    path = stream_path(call.device.media, profile)
    if request.protocol == _RTSP_OVER_HTTP:
        return messages.GetStreamUriResponse(uri=call.device.tunnelled_uri(call.base_url, path))
    return messages.GetStreamUriResponse(uri=call.device.stream_uri(call.host, path))


@operation(access=Access.READ_MEDIA)
async def get_snapshot_uri(call: Call, request: messages.GetSnapshotUri) -> messages.GetSnapshotUriResponse:
    """Tell where still pictures of a profile are got."""
    return messages.GetSnapshotUriResponse(uri=shared.snapshot_uri(call, request.profile_token))


@operation(access=Access.ACTUATE)
async def set_synchronization_point(
    call: Call, request: messages.SetSynchronizationPoint
) -> messages.SetSynchronizationPointResponse:
    """Have metadata streams tell the present state, and the camera send a key frame if it can be asked to."""
    await synchronize(call.device, shared.require_profile(call.device.media, request.profile_token))
    return messages.SetSynchronizationPointResponse()


def _capabilities(call: Call) -> messages.Media2ServiceCapabilities:
    media = call.device.media
    kinds = [kind for kind in ConfigurationKind if kind in _ALWAYS_THERE or media.tokens(kind)]
    return messages.Media2ServiceCapabilities(
        snapshot_uri=call.device.has_snapshots,
        rotation=False,
        video_source_mode=has_modes_to_choose(call.device.camera),
        osd=has_settable_texts(call.device.camera),
        temporary_osd_text=False,
        mask=media2_masks.has_settable_masks(call.device.camera),
        source_mask=False,
        profile_capabilities=messages.ProfileCapabilities(
            maximum_number_of_profiles=media.maximum_number_of_profiles,
            configurations_supported=tuple(kinds),
        ),
        streaming_capabilities=messages.StreamingCapabilities(
            rtsp_streaming=True,
            rtp_multicast=False,
            rtp_rtsp_tcp=True,
            non_aggregate_control=False,
            auto_start_multicast=False,
            rtsp_web_socket_uri=f"{_web_socket_scheme(call)}:{_WEB_SOCKET_PATH}",
            secure_rtsp_streaming=False,
        ),
    )


def _web_socket_scheme(call: Call) -> str:
    return "wss" if call.base_url.startswith("https:") else "ws"


def _configurations(
    device: VirtualDevice, profile: MediaProfile, kinds: frozenset[ConfigurationKind]
) -> messages.ConfigurationSet:
    def held(view: ConfigurationView[T]) -> T | None:
        return view.held_by(profile, device.media) if view.kind in kinds else None

    return messages.ConfigurationSet(
        video_source=held(VIDEO_SOURCES),
        audio_source=held(AUDIO_SOURCES),
        video_encoder=held(VIDEO_ENCODERS),
        audio_encoder=held(AUDIO_ENCODERS),
        analytics=held(analytics_view(device)),
        ptz=held(PTZ),
        metadata=held(METADATA),
        audio_output=held(AUDIO_OUTPUTS),
        audio_decoder=held(AUDIO_DECODERS),
    )


def _is_served(device: VirtualDevice) -> bool:
    return device.compatibility.advertise_media2


SERVICE = Service(
    prefix="tr2",
    namespace=TR2,
    path="/onvif/media2_service",
    version=(21, 12),
    operations=(
        *operations_of(__name__),
        *operations_of(media2_changes.__name__),
        *operations_of(media2_audio_output.__name__),
        *operations_of(media2_osd.__name__),
        *operations_of(media2_masks.__name__),
        *operations_of(media2_modes.__name__),
    ),
    is_served=_is_served,
    capabilities=_capabilities,
)
