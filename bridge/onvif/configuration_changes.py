"""Setting configurations: the rules that both media services share.

ONVIF Media and Media2 Service Specifications, "Modify a configuration". What the camera can set goes to the camera.
Names and what else no camera knows is kept by the device. Everything beyond must be as it is, or the change is
refused as a whole. Settings always persist, whatever Media's flag says about it. Subscribers to events are told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from bridge.core.errors import InvalidValue
from bridge.onvif.audio_output import AUDIO_DECODERS, AUDIO_OUTPUTS, audio_output_options, volume_range
from bridge.onvif.configurations import (
    AUDIO_SOURCES,
    METADATA,
    VIDEO_SOURCES,
    event_filter_text,
    metadata_ptz_options,
    no_configuration,
)
from bridge.onvif.encoder_choice import chosen_settings, config_modify
from bridge.onvif.media_store import KeptMetadata, KeptMulticast
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.profile_changes import MAX_NAME_CHARS
from bridge.onvif.types.common import IPType

if TYPE_CHECKING:
    from bridge.core.formats import AudioFormat
    from bridge.core.model import EncoderSettings, NativeStream
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.encoder_choice import EncoderWish
    from bridge.onvif.media_store import KeptConfiguration
    from bridge.onvif.types.common import ConfigurationEntity, MulticastConfiguration
    from bridge.onvif.types.configurations import (
        AudioDecoderConfiguration,
        AudioOutputConfiguration,
        AudioSourceConfiguration,
        MetadataConfiguration,
        VideoSourceConfiguration,
    )

MAX_PORT = 65535
MAX_TTL = 255
MAX_SESSION_TIMEOUT = timedelta(days=1)
"""No viewer is silent for longer; what is kept must also stay inside what a duration can hold."""

MAX_FILTER_CHARS = 8192
"""Longest event filter, as XML: every topic of the bridge, spelled out, needs less than half."""


def set_video_source(device: VirtualDevice, wished: VideoSourceConfiguration) -> None:
    """Set a video source configuration: only its name can change.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    present = VIDEO_SOURCES.one(device.media, wished.token)
    if (wished.source_token, wished.bounds) != (present.source_token, present.bounds):
        raise config_modify("Only the full picture of the one video source can be had")
    rename(device, ConfigurationKind.VIDEO_SOURCE, wished)


def set_audio_source(device: VirtualDevice, wished: AudioSourceConfiguration) -> None:
    """Set an audio source configuration: only its name can change.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    present = AUDIO_SOURCES.one(device.media, wished.token)
    if wished.source_token != present.source_token:
        raise config_modify("There is only one audio source")
    rename(device, ConfigurationKind.AUDIO_SOURCE, wished)


async def set_audio_output(device: VirtualDevice, wished: AudioOutputConfiguration) -> None:
    """Set an audio output configuration: its name, and the volume in the camera if it is to be different from now.

    Raises:
        ClientFault: NoConfig, ConfigModify.
        CameraError: the camera could not be set.
    """
    present = AUDIO_OUTPUTS.one(device.media, wished.token)
    options = audio_output_options(device.media)
    if wished.output_token not in options.output_tokens_available:
        raise config_modify("There is only one audio output")
    if wished.send_primacy is not None and wished.send_primacy not in options.send_primacy_options:
        raise config_modify("The device itself deals with both directions of sound")
    levels = options.output_level_range
    if not levels.min <= wished.output_level <= levels.max:
        raise config_modify(f"The output level goes from {levels.min} to {levels.max}")
    kept = _named(device, wished)
    facet = device.camera.facets.talk
    # Without the facet the only level that is offered is that of now.
    if facet is not None and wished.output_level != present.output_level:
        try:
            # Levels are whole numbers; the ends of the camera's range need not be.
            await facet.set_volume(volume_range(device.media).clamp(wished.output_level))
        except InvalidValue as error:
            raise config_modify(str(error)) from error
    _keep(device, ConfigurationKind.AUDIO_OUTPUT, wished.token, kept)


def set_audio_decoder(device: VirtualDevice, wished: AudioDecoderConfiguration) -> None:
    """Set an audio decoder configuration: there is nothing about it but its name.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    AUDIO_DECODERS.one(device.media, wished.token)
    rename(device, ConfigurationKind.AUDIO_DECODER, wished)


def set_metadata(device: VirtualDevice, wished: MetadataConfiguration) -> None:
    """Set a metadata configuration. What it wants must be offered, except events, of which any may be wanted.

    Scene descriptions may be wanted of a camera that looks at its pictures; its modules just never have any to send.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    METADATA.one(device.media, wished.token)
    status, offered = wished.ptz_status, metadata_ptz_options(device.media)
    if status is not None and status.status and not offered.has_status:
        raise config_modify("The camera does not move")
    if status is not None and status.position and not offered.has_position:
        raise config_modify("The camera does not tell where it looks")
    if wished.analytics and not device.media.has_analytics:
        raise config_modify("The camera does not look at its own pictures")
    text = event_filter_text(wished.events)
    if text is not None and len(text) > MAX_FILTER_CHARS:
        raise config_modify(f"The event filter has more than {MAX_FILTER_CHARS} characters")
    metadata = KeptMetadata(
        ptz_status=None if status is None else status.status,
        ptz_position=status is not None and status.position,
        analytics=wished.analytics,
        events=wished.events is not None,
        event_filter=text,
    )
    kept = replace(_named(device, wished), metadata=metadata)
    kept = _streamed(kept, multicast=wished.multicast, session_timeout=wished.session_timeout)
    _keep(device, ConfigurationKind.METADATA, wished.token, kept)


async def set_video_encoder(
    device: VirtualDevice,
    wished: ConfigurationEntity,
    wish: EncoderWish,
    *,
    multicast: MulticastConfiguration | None,
    session_timeout: timedelta | None = None,
) -> None:
    """Set a video encoder configuration, in the camera if it is to be different from now.

    Args:
        device: the device.
        wished: the configuration, which exists; its own words for the encoder are in `wish`.
        wish: how the encoder shall be set.
        multicast: where the stream would be multicast to; None leaves it.
        session_timeout: None leaves it.

    Raises:
        ClientFault: ConfigModify.
        CameraError: the camera could not be set.
    """
    media = device.media
    stream = media.stream(wished.token)
    kept = _streamed(_named(device, wished), multicast=multicast, session_timeout=session_timeout)
    settings = chosen_settings(wish, present=stream.encoder, offered=media.encoder_options(wished.token))
    if settings != stream.encoder:
        await _set_encoder(device, stream, settings)
    media.store.keep_configuration(wished.token, kept)
    if media.encoders.get(wished.token) != stream.encoder:
        device.broker.follow_description()
    else:
        device.broker.configuration_changed(wished.token, ConfigurationKind.VIDEO_ENCODER)


def set_audio_encoder(
    device: VirtualDevice,
    wished: ConfigurationEntity,
    *,
    is_as_it_is: bool,
    multicast: MulticastConfiguration | None,
    session_timeout: timedelta | None = None,
) -> None:
    """Set an audio encoder configuration: nothing of the sound itself can change.

    Args:
        device: the device.
        wished: the configuration, which exists.
        is_as_it_is: whether encoding, bit rate and sample rate are those of now.
        multicast: where the stream would be multicast to; None leaves it.
        session_timeout: None leaves it.

    Raises:
        ClientFault: ConfigModify.
    """
    if not is_as_it_is:
        raise config_modify("The camera's audio encoder cannot be set")
    kept = _streamed(_named(device, wished), multicast=multicast, session_timeout=session_timeout)
    _keep(device, ConfigurationKind.AUDIO_ENCODER, wished.token, kept)


async def _set_encoder(device: VirtualDevice, stream: NativeStream, settings: EncoderSettings) -> None:
    """Set an encoder of the camera, or the JPEG stream, which is the bridge's own."""
    jpeg, facet = device.media.jpeg, device.camera.facets.encoders
    if jpeg is not None and jpeg.stream is stream:
        jpeg.keep(settings)
    # Without the facet only what is there is offered, so there would be nothing to set.
    elif facet is not None:
        try:
            await facet.set(stream.name, settings)
        except InvalidValue as error:
            raise config_modify(str(error)) from error


def audio_of(device: VirtualDevice, token: str) -> AudioFormat:
    """Return what the audio encoder of a configuration sends.

    Raises:
        ClientFault: NoConfig.
    """
    if token not in device.media.tokens(ConfigurationKind.AUDIO_ENCODER):
        raise no_configuration(f"There is no AudioEncoder configuration '{token}'")
    return device.media.audio(token)


def rename(device: VirtualDevice, kind: ConfigurationKind, wished: ConfigurationEntity) -> None:
    """Set a configuration that exists and of which only the name is different.

    Raises:
        ClientFault: ConfigModify.
    """
    _keep(device, kind, wished.token, _named(device, wished))


def _keep(device: VirtualDevice, kind: ConfigurationKind, token: str, kept: KeptConfiguration) -> None:
    device.media.store.keep_configuration(token, kept)
    device.broker.configuration_changed(token, kind)


def _named(device: VirtualDevice, wished: ConfigurationEntity) -> KeptConfiguration:
    if len(wished.name) > MAX_NAME_CHARS:
        raise config_modify(f"Names have at most {MAX_NAME_CHARS} characters")
    return replace(device.media.kept(wished.token), name=wished.name)


def _streamed(
    kept: KeptConfiguration, *, multicast: MulticastConfiguration | None, session_timeout: timedelta | None
) -> KeptConfiguration:
    """Return `kept` with what concerns streams. Nothing is multicast, but clients find what they have set.

    Raises:
        ClientFault: ConfigModify.
    """
    if session_timeout is not None and not timedelta(0) <= session_timeout <= MAX_SESSION_TIMEOUT:
        raise config_modify(f"A session lasts from 0 to {MAX_SESSION_TIMEOUT.total_seconds():.0f} seconds")
    return replace(
        kept,
        multicast=kept.multicast if multicast is None else _checked(multicast),
        session_timeout=kept.session_timeout if session_timeout is None else session_timeout,
    )


def _checked(multicast: MulticastConfiguration) -> KeptMulticast:
    address = multicast.address
    text = address.ipv4_address if address.type is IPType.IPV4 else address.ipv6_address
    try:
        parsed = ip_address(text or "")
    except ValueError as error:
        raise config_modify("The multicast address is none") from error
    if parsed.version != (4 if address.type is IPType.IPV4 else 6):
        raise config_modify("The multicast address is not of the type that is named")
    if not 0 <= multicast.port <= MAX_PORT or not 0 <= multicast.ttl <= MAX_TTL:
        raise config_modify("The multicast port or time to live is out of range")
    return KeptMulticast(parsed, multicast.port, multicast.ttl, multicast.auto_start)
