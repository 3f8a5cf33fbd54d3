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
from bridge.onvif.configurations import AUDIO_SOURCES, METADATA, VIDEO_SOURCES, event_filter_text, no_configuration
from bridge.onvif.encoder_choice import chosen_settings, config_modify
from bridge.onvif.media_store import KeptMetadata, KeptMulticast
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.profile_changes import MAX_NAME_CHARS
from bridge.onvif.types.common import IPType

if TYPE_CHECKING:
    from bridge.core.formats import AudioFormat
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.encoder_choice import EncoderWish
    from bridge.onvif.media_store import KeptConfiguration
    from bridge.onvif.types.common import ConfigurationEntity, MulticastConfiguration
    from bridge.onvif.types.configurations import (
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
    _keep(device, ConfigurationKind.VIDEO_SOURCE, wished.token, _named(device, wished))


def set_audio_source(device: VirtualDevice, wished: AudioSourceConfiguration) -> None:
    """Set an audio source configuration: only its name can change.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    present = AUDIO_SOURCES.one(device.media, wished.token)
    if wished.source_token != present.source_token:
        raise config_modify("There is only one audio source")
    _keep(device, ConfigurationKind.AUDIO_SOURCE, wished.token, _named(device, wished))


def set_metadata(device: VirtualDevice, wished: MetadataConfiguration) -> None:
    """Set a metadata configuration. What it wants must be offered, except events, of which any may be wanted.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    METADATA.one(device.media, wished.token)
    status = wished.ptz_status
    if (status is not None and (status.status or status.position)) or wished.analytics:
        raise config_modify("The metadata stream can carry neither PTZ status nor scene descriptions")
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
    facet = device.camera.facets.encoders
    # Without the facet only what is there is offered, so the settings are those of now.
    if facet is not None and settings != stream.encoder:
        try:
            await facet.set(stream.name, settings)
        except InvalidValue as error:
            raise config_modify(str(error)) from error
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


def audio_of(device: VirtualDevice, token: str) -> AudioFormat:
    """Return what the audio encoder of a configuration sends.

    Raises:
        ClientFault: NoConfig.
    """
    if token not in device.media.tokens(ConfigurationKind.AUDIO_ENCODER):
        raise no_configuration(f"There is no AudioEncoder configuration '{token}'")
    return device.media.audio(token)


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
