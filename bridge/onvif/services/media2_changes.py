"""What changes profiles and configurations in the Media2 service (ONVIF Media2 Service Specification, `ver20`).

The rules are in `profile_changes` and `configuration_changes`, which Media shares; the words for encoders are in
`encoders2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.onvif import configuration_changes, profile_changes
from bridge.onvif.configurations import with_audio
from bridge.onvif.encoders2 import is_present_audio, video_encoder_wish
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media2 as messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ALL = "All"


@operation(access=Access.ACTUATE)
async def create_profile(call: Call, request: messages.CreateProfile) -> messages.CreateProfileResponse:
    """Make a media profile with the configurations named."""
    profile = profile_changes.create_profile(call.device, request.name, adding=_named(request.configuration))
    return messages.CreateProfileResponse(token=profile.token)


@operation(access=Access.ACTUATE)
async def delete_profile(call: Call, request: messages.DeleteProfile) -> messages.DeleteProfileResponse:
    """Delete a media profile that a client has made."""
    profile_changes.delete_profile(call.device, request.token)
    return messages.DeleteProfileResponse()


@operation(access=Access.ACTUATE)
async def add_configuration(call: Call, request: messages.AddConfiguration) -> messages.AddConfigurationResponse:
    """Put configurations into a media profile, and rename it."""
    adding = _named(request.configuration)
    profile_changes.add_configurations(call.device, request.profile_token, adding, name=request.name)
    return messages.AddConfigurationResponse()


@operation(access=Access.ACTUATE)
async def remove_configuration(
    call: Call, request: messages.RemoveConfiguration
) -> messages.RemoveConfigurationResponse:
    """Take configurations out of a media profile, by kind; the tokens do not matter."""
    kinds = {each.type for each in request.configuration}
    removed = frozenset(ConfigurationKind) if _ALL in kinds else kinds
    profile_changes.remove_configurations(call.device, request.profile_token, removed)
    return messages.RemoveConfigurationResponse()


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
    wish = video_encoder_wish(call.device.media, wished)
    await configuration_changes.set_video_encoder(call.device, wished, wish, multicast=wished.multicast)
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
        call.device, wished, is_as_it_is=is_present_audio(present, wished), multicast=wished.multicast
    )
    return messages.SetAudioEncoderConfigurationResponse()


@operation(access=Access.ACTUATE)
async def set_metadata_configuration(
    call: Call, request: messages.SetMetadataConfiguration
) -> messages.SetMetadataConfigurationResponse:
    """Set a metadata configuration."""
    configuration_changes.set_metadata(call.device, request.configuration)
    return messages.SetMetadataConfigurationResponse()


def _named(references: Iterable[messages.ConfigurationRef]) -> Iterator[tuple[str, str | None]]:
    """Return kind and token of what is to be added; "All" is a word for removing and means nothing here."""
    return ((each.type, each.token) for each in references if each.type != _ALL)
