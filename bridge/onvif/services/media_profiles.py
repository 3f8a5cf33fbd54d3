"""Media profiles in the Media service (ONVIF Media Service Specification, `ver10`): reading, making, changing.

The rules are in `profile_changes`, which Media2 shares. About sound, analysis and movement a camera without them is
asked in vain: those have faults of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif import configurations as shared
from bridge.onvif import profile_changes
from bridge.onvif.analytics_view import analytics_view, require_analytics
from bridge.onvif.audio_output import AUDIO_DECODERS, AUDIO_OUTPUTS, with_audio_decoder, with_audio_output
from bridge.onvif.configurations import AUDIO_SOURCES, METADATA, PTZ, VIDEO_SOURCES
from bridge.onvif.encoders import AUDIO_ENCODERS, VIDEO_ENCODERS
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media as reading
from bridge.onvif.types import media_changes as messages
from bridge.proto.soap.namespaces import TRT

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.media_model import MediaModel, MediaProfile


@operation(access=Access.READ_MEDIA, is_lasting=True)
async def get_profiles(call: Call, _request: reading.GetProfiles) -> reading.GetProfilesResponse:
    """Tell all media profiles, best first."""
    device = call.device
    return reading.GetProfilesResponse(profiles=tuple(_profile(device, profile) for profile in device.media.profiles))


@operation(access=Access.READ_MEDIA, action=f"{TRT}GetProfile/")
async def get_profile(call: Call, request: reading.GetProfile) -> reading.GetProfileResponse:
    """Tell one media profile."""
    profile = shared.require_profile(call.device.media, request.profile_token)
    return reading.GetProfileResponse(profile=_profile(call.device, profile))


def _no_room_for_strangers(device: VirtualDevice) -> ClientFault | None:
    """Return the fault with which clients go on that take NotAuthorized for a wrong password, if the device is to."""
    if not device.compatibility.synology_createprofile:
        return None
    return ClientFault("Receiver", ("Action", "MaxNVTProfiles"), "Without credentials no media profile can be made")


@operation(access=Access.ACTUATE, stranger_fault=_no_room_for_strangers)
async def create_profile(call: Call, request: messages.CreateProfile) -> messages.CreateProfileResponse:
    """Make an empty media profile."""
    profile = profile_changes.create_profile(call.device, request.name, token=request.token)
    return messages.CreateProfileResponse(profile=_profile(call.device, profile))


@operation(access=Access.ACTUATE)
async def delete_profile(call: Call, request: messages.DeleteProfile) -> messages.DeleteProfileResponse:
    """Delete a media profile that a client has made."""
    profile_changes.delete_profile(call.device, request.profile_token)
    return messages.DeleteProfileResponse()


@operation(access=Access.ACTUATE)
async def add_video_source_configuration(
    call: Call, request: messages.AddVideoSourceConfiguration
) -> messages.AddVideoSourceConfigurationResponse:
    """Put a video source configuration into a media profile."""
    _add(call, request, ConfigurationKind.VIDEO_SOURCE)
    return messages.AddVideoSourceConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_video_source_configuration(
    call: Call, request: messages.RemoveVideoSourceConfiguration
) -> messages.RemoveVideoSourceConfigurationResponse:
    """Take the video source configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.VIDEO_SOURCE)
    return messages.RemoveVideoSourceConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_video_encoder_configuration(
    call: Call, request: messages.AddVideoEncoderConfiguration
) -> messages.AddVideoEncoderConfigurationResponse:
    """Put a video encoder configuration into a media profile."""
    _add(call, request, ConfigurationKind.VIDEO_ENCODER)
    return messages.AddVideoEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_video_encoder_configuration(
    call: Call, request: messages.RemoveVideoEncoderConfiguration
) -> messages.RemoveVideoEncoderConfigurationResponse:
    """Take the video encoder configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.VIDEO_ENCODER)
    return messages.RemoveVideoEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_audio_source_configuration(
    call: Call, request: messages.AddAudioSourceConfiguration
) -> messages.AddAudioSourceConfigurationResponse:
    """Put an audio source configuration into a media profile."""
    _add(call, request, ConfigurationKind.AUDIO_SOURCE)
    return messages.AddAudioSourceConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_audio_source_configuration(
    call: Call, request: messages.RemoveAudioSourceConfiguration
) -> messages.RemoveAudioSourceConfigurationResponse:
    """Take the audio source configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.AUDIO_SOURCE)
    return messages.RemoveAudioSourceConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_audio_encoder_configuration(
    call: Call, request: messages.AddAudioEncoderConfiguration
) -> messages.AddAudioEncoderConfigurationResponse:
    """Put an audio encoder configuration into a media profile."""
    _add(call, request, ConfigurationKind.AUDIO_ENCODER)
    return messages.AddAudioEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_audio_encoder_configuration(
    call: Call, request: messages.RemoveAudioEncoderConfiguration
) -> messages.RemoveAudioEncoderConfigurationResponse:
    """Take the audio encoder configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.AUDIO_ENCODER)
    return messages.RemoveAudioEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_audio_output_configuration(
    call: Call, request: messages.AddAudioOutputConfiguration
) -> messages.AddAudioOutputConfigurationResponse:
    """Put an audio output configuration into a media profile."""
    _add(call, request, ConfigurationKind.AUDIO_OUTPUT)
    return messages.AddAudioOutputConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_audio_output_configuration(
    call: Call, request: messages.RemoveAudioOutputConfiguration
) -> messages.RemoveAudioOutputConfigurationResponse:
    """Take the audio output configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.AUDIO_OUTPUT)
    return messages.RemoveAudioOutputConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_audio_decoder_configuration(
    call: Call, request: messages.AddAudioDecoderConfiguration
) -> messages.AddAudioDecoderConfigurationResponse:
    """Put an audio decoder configuration into a media profile."""
    _add(call, request, ConfigurationKind.AUDIO_DECODER)
    return messages.AddAudioDecoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_audio_decoder_configuration(
    call: Call, request: messages.RemoveAudioDecoderConfiguration
) -> messages.RemoveAudioDecoderConfigurationResponse:
    """Take the audio decoder configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.AUDIO_DECODER)
    return messages.RemoveAudioDecoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_video_analytics_configuration(
    call: Call, request: messages.AddVideoAnalyticsConfiguration
) -> messages.AddVideoAnalyticsConfigurationResponse:
    """Put a video analytics configuration into a media profile."""
    _add(call, request, ConfigurationKind.ANALYTICS)
    return messages.AddVideoAnalyticsConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_video_analytics_configuration(
    call: Call, request: messages.RemoveVideoAnalyticsConfiguration
) -> messages.RemoveVideoAnalyticsConfigurationResponse:
    """Take the video analytics configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.ANALYTICS)
    return messages.RemoveVideoAnalyticsConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_metadata_configuration(
    call: Call, request: messages.AddMetadataConfiguration
) -> messages.AddMetadataConfigurationResponse:
    """Put a metadata configuration into a media profile."""
    _add(call, request, ConfigurationKind.METADATA)
    return messages.AddMetadataConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_metadata_configuration(
    call: Call, request: messages.RemoveMetadataConfiguration
) -> messages.RemoveMetadataConfigurationResponse:
    """Take the metadata configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.METADATA)
    return messages.RemoveMetadataConfigurationResponse()


@operation(access=Access.ACTUATE)
async def add_ptz_configuration(
    call: Call, request: messages.AddPTZConfiguration
) -> messages.AddPTZConfigurationResponse:
    """Put a PTZ configuration into a media profile."""
    _add(call, request, ConfigurationKind.PTZ)
    return messages.AddPTZConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_ptz_configuration(
    call: Call, request: messages.RemovePTZConfiguration
) -> messages.RemovePTZConfigurationResponse:
    """Take the PTZ configuration out of a media profile."""
    _remove(call, request, ConfigurationKind.PTZ)
    return messages.RemovePTZConfigurationResponse()


def _add(call: Call, request: messages.Assignment, kind: ConfigurationKind) -> None:
    _require_ability(call.device.media, kind)
    profile_changes.add_configurations(call.device, request.profile_token, ((kind, request.configuration_token),))


def _remove(call: Call, request: reading.ProfileReference, kind: ConfigurationKind) -> None:
    _require_ability(call.device.media, kind)
    profile_changes.remove_configurations(call.device, request.profile_token, (kind,))


def _require_ability(media: MediaModel, kind: ConfigurationKind) -> None:
    match kind:
        case ConfigurationKind.AUDIO_SOURCE | ConfigurationKind.AUDIO_ENCODER:
            shared.with_audio(media)
        case ConfigurationKind.AUDIO_OUTPUT:
            with_audio_output(media)
        case ConfigurationKind.AUDIO_DECODER:
            with_audio_decoder(media)
        case ConfigurationKind.ANALYTICS:
            require_analytics(media, code="Receiver")
        case ConfigurationKind.PTZ if media.ptz is None:
            raise ClientFault("Receiver", ("ActionNotSupported", "PTZNotSupported"), "The camera does not move")


def _profile(device: VirtualDevice, profile: MediaProfile) -> reading.Profile:
    media = device.media
    audio_output = AUDIO_OUTPUTS.held_by(profile, media)
    audio_decoder = AUDIO_DECODERS.held_by(profile, media)
    has_extension = audio_output is not None or audio_decoder is not None
    return reading.Profile(
        token=profile.token,
        fixed=profile.fixed,
        name=profile.name,
        video_source_configuration=VIDEO_SOURCES.held_by(profile, media),
        audio_source_configuration=AUDIO_SOURCES.held_by(profile, media),
        video_encoder_configuration=VIDEO_ENCODERS.held_by(profile, media),
        audio_encoder_configuration=AUDIO_ENCODERS.held_by(profile, media),
        video_analytics_configuration=analytics_view(device).held_by(profile, media),
        ptz_configuration=PTZ.held_by(profile, media),
        metadata_configuration=METADATA.held_by(profile, media),
        extension=reading.ProfileExtension(
            audio_output_configuration=audio_output, audio_decoder_configuration=audio_decoder
        )
        if has_extension
        else None,
    )
