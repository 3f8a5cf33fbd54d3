"""The camera's loudspeaker in the words of the schema: audio output and audio decoder configurations.

ONVIF Media and Media2 Service Specifications, chapters on audio outputs and decoders. The facts come from the
`MediaModel`; setting is the business of `configuration_changes`. How sound gets to the loudspeaker is no matter of
these services: clients send it back over RTSP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.core.errors import ClientFault
from bridge.core.formats import AudioCodec
from bridge.core.units import Range, round_half_up
from bridge.media.backchannel import offered
from bridge.onvif import configurations as shared
from bridge.onvif.configurations import ConfigurationView
from bridge.onvif.encoders2 import AUDIO_ENCODINGS
from bridge.onvif.media_tokens import AUDIO_OUTPUT, ConfigurationKind
from bridge.onvif.types.configurations import (
    AACDecOptions,
    AudioDecoderConfiguration,
    AudioDecoderConfigurationOptions,
    AudioOutputConfiguration,
    AudioOutputConfigurationOptions,
    G711DecOptions,
    IntItems,
)
from bridge.onvif.types.media2 import AudioEncoder2ConfigurationOptions

if TYPE_CHECKING:
    from bridge.core.talk import TalkDescription
    from bridge.onvif.media_model import MediaModel

SEND_PRIMACY: Final = "www.onvif.org/ver20/HalfDuplex/Auto"
"""The device itself deals with both directions: viewers hear the camera while a client talks."""

AAC_BITRATES_KBPS = (16, 24, 32, 48, 64, 96, 128)
"""A decoder of AAC takes any bit rate; these are usual for one channel."""

_G711_BITS_PER_SAMPLE = 8


def with_audio_output(media: MediaModel) -> TalkDescription:
    """Return the loudspeaker of a camera that has one.

    Raises:
        ClientFault: AudioOutputNotSupported.
    """
    if media.talk is None:
        raise ClientFault(
            "Receiver", ("ActionNotSupported", "AudioOutputNotSupported"), "There is no loudspeaker to talk through"
        )
    return media.talk


def volume_range(media: MediaModel) -> Range:
    """Return what the volume of the loudspeaker can be set to: a point if it cannot be set.

    Raises:
        ClientFault: AudioOutputNotSupported.
    """
    talk = with_audio_output(media)
    if talk.volume_range is None or not media.can_talk:
        return Range(talk.volume, talk.volume)
    return talk.volume_range


def with_audio_decoder(media: MediaModel) -> TalkDescription:
    """Return the loudspeaker of a camera that has one, and so decodes sound.

    Raises:
        ClientFault: AudioDecodingNotSupported.
    """
    if media.talk is None:
        raise ClientFault(
            "Receiver", ("ActionNotSupported", "AudioDecodingNotSupported"), "There is no loudspeaker to talk through"
        )
    return media.talk


def _audio_output_configuration(media: MediaModel, token: str) -> AudioOutputConfiguration:
    talk = with_audio_output(media)
    return AudioOutputConfiguration(
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        output_token=AUDIO_OUTPUT,
        send_primacy=SEND_PRIMACY,
        output_level=round_half_up(talk.volume),
    )


def audio_output_options(media: MediaModel) -> AudioOutputConfigurationOptions:
    """Return what the audio output configuration can be set to: nothing but the volume, and that if the camera can.

    Raises:
        ClientFault: AudioOutputNotSupported.
    """
    return AudioOutputConfigurationOptions(
        output_tokens_available=(AUDIO_OUTPUT,),
        send_primacy_options=(SEND_PRIMACY,),
        output_level_range=shared.hull((volume_range(media),)),
    )


def _audio_decoder_configuration(media: MediaModel, token: str) -> AudioDecoderConfiguration:
    return AudioDecoderConfiguration(token=token, name=media.name(token), use_count=media.use_count(token))


def audio_decoder_options(talk: TalkDescription) -> AudioDecoderConfigurationOptions:
    """Return what a loudspeaker takes, in the words of the Media service: one for both laws of G.711.

    There is always one of these (`backchannel.offered`), in the model's `talk`.
    """
    rate = IntItems(items=(_sample_rate_khz(talk),))
    return AudioDecoderConfigurationOptions(
        aac_dec_options=AACDecOptions(bitrate=_bitrates(AudioCodec.AAC, talk), sample_rate_range=rate)
        if AudioCodec.AAC in offered(talk)
        else None,
        g711_dec_options=G711DecOptions(bitrate=_bitrates(AudioCodec.PCMU, talk), sample_rate_range=rate),
    )


def audio_decoder2_options(talk: TalkDescription) -> tuple[AudioEncoder2ConfigurationOptions, ...]:
    """Return what a loudspeaker takes, in the words of the Media2 service: one block per encoding, best first."""
    return tuple(
        AudioEncoder2ConfigurationOptions(
            encoding=AUDIO_ENCODINGS[codec],
            bitrate_list=_bitrates(codec, talk),
            sample_rate_list=IntItems(items=(_sample_rate_khz(talk),)),
        )
        for codec in offered(talk)
    )


def _bitrates(codec: AudioCodec, talk: TalkDescription) -> IntItems:
    if codec is AudioCodec.AAC:
        return IntItems(items=AAC_BITRATES_KBPS)
    return IntItems(items=(_G711_BITS_PER_SAMPLE * talk.sample_rate_hz // 1000,))


def _sample_rate_khz(talk: TalkDescription) -> int:
    return talk.sample_rate_hz // 1000


AUDIO_OUTPUTS = ConfigurationView(ConfigurationKind.AUDIO_OUTPUT, _audio_output_configuration)
AUDIO_DECODERS = ConfigurationView(ConfigurationKind.AUDIO_DECODER, _audio_decoder_configuration)
