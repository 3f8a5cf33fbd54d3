"""Encoder configurations in the words of the Media2 service, where an encoding is the name of a media type.

ONVIF Media2 Service Specification, chapters on encoder configurations. What can be set and how is decided in
`encoder_choice`. The words of the Media service are in `encoders`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bridge.core.formats import AudioCodec, VideoCodec
from bridge.onvif import configurations as shared
from bridge.onvif.configurations import ConfigurationView
from bridge.onvif.encoder_choice import EncoderWish, config_modify
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.types import media2 as tt
from bridge.onvif.types.common import FloatRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.formats import AudioFormat
    from bridge.core.model import EncoderOptions
    from bridge.onvif.media_model import MediaModel

AUDIO_ENCODINGS = {AudioCodec.AAC: "MP4A-LATM", AudioCodec.PCMU: "PCMU", AudioCodec.PCMA: "PCMA"}
"""Names of media types. `MP4A-LATM` is this service's word for AAC, whatever RTP payload format carries it."""


def _video_encoder_configuration(media: MediaModel, token: str) -> tt.VideoEncoder2Configuration:
    encoder = media.encoder(token)
    has_profiles = encoder.codec is not VideoCodec.JPEG
    return tt.VideoEncoder2Configuration(
        gov_length=encoder.gov_length if has_profiles else None,
        profile=encoder.codec_profile if has_profiles else None,
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        encoding=encoder.codec,
        resolution=shared.resolution(encoder.resolution),
        rate_control=tt.VideoRateControl2(
            constant_bit_rate=False, frame_rate_limit=encoder.frame_rate, bitrate_limit=encoder.bitrate_kbps
        ),
        multicast=shared.multicast(media, token),
        quality=shared.QUALITY,
    )


def video_encoder_options(media: MediaModel, tokens: Iterable[str]) -> tuple[tt.VideoEncoder2ConfigurationOptions, ...]:
    """Return what the encoders of these tokens can be set to, one block per encoding."""
    offered = [options for token in tokens for options in media.encoder_options(token)]
    return tuple(
        _video_options(codec, [options for options in offered if options.codec is codec])
        for codec in dict.fromkeys(options.codec for options in offered)
    )


def _video_options(codec: VideoCodec, offered: list[EncoderOptions]) -> tt.VideoEncoder2ConfigurationOptions:
    has_profiles = codec is not VideoCodec.JPEG
    gov_length = shared.hull(options.gov_length for options in offered)
    rates = {rate for options in offered for rate in options.frame_rates}
    profiles = dict.fromkeys(profile for options in offered for profile in options.codec_profiles)
    return tt.VideoEncoder2ConfigurationOptions(
        gov_length_range=(gov_length.min, gov_length.max) if has_profiles else None,
        frame_rates_supported=tuple(sorted(rates, reverse=True)),
        profiles_supported=tuple(profiles) if has_profiles else None,
        constant_bit_rate_supported=False,
        guaranteed_frame_rate_supported=False,
        encoding=codec,
        quality_range=FloatRange(min=shared.QUALITY, max=shared.QUALITY),
        resolutions_available=shared.resolutions(size for options in offered for size in options.resolutions),
        bitrate_range=shared.hull(options.bitrate_kbps for options in offered),
    )


def video_encoder_wish(media: MediaModel, configuration: tt.VideoEncoder2Configuration) -> EncoderWish:
    """Return what a client wants of an encoder.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    VIDEO_ENCODERS.one(media, configuration.token)
    present = media.encoder(configuration.token)
    codec = next((each for each in VideoCodec if each == configuration.encoding), None)
    if codec is None:
        raise config_modify(f"The camera cannot encode '{configuration.encoding}'")
    rates = configuration.rate_control
    return EncoderWish(
        codec=codec,
        resolution=shared.native_resolution(configuration.resolution),
        frame_rate=present.frame_rate if rates is None else rates.frame_rate_limit,
        bitrate_kbps=present.bitrate_kbps if rates is None else rates.bitrate_limit,
        gov_length=configuration.gov_length,
        codec_profile=configuration.profile,
    )


def video_encoder_instances(media: MediaModel) -> tuple[int, Counter[VideoCodec]]:
    """Return how many encoders there are, and how many of them can send each codec. All run at once."""
    tokens = media.tokens(ConfigurationKind.VIDEO_ENCODER)
    return len(tokens), Counter(options.codec for token in tokens for options in media.encoder_options(token))


def _audio_encoder_configuration(media: MediaModel, token: str) -> tt.AudioEncoder2Configuration:
    audio = media.audio(token)
    return tt.AudioEncoder2Configuration(
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        encoding=AUDIO_ENCODINGS[audio.codec],
        multicast=shared.multicast(media, token),
        bitrate=audio.bitrate_kbps,
        sample_rate=shared.sample_rate_khz(audio),
    )


def audio_encoder_options(media: MediaModel, tokens: Iterable[str]) -> tuple[tt.AudioEncoder2ConfigurationOptions, ...]:
    """Return what the audio encoders of these tokens can be set to, one block per encoding: as they are."""
    formats = [media.audio(token) for token in tokens]
    return tuple(
        _audio_options(codec, [audio for audio in formats if audio.codec is codec])
        for codec in dict.fromkeys(audio.codec for audio in formats)
    )


def _audio_options(codec: AudioCodec, formats: list[AudioFormat]) -> tt.AudioEncoder2ConfigurationOptions:
    return tt.AudioEncoder2ConfigurationOptions(
        encoding=AUDIO_ENCODINGS[codec],
        bitrate_list=shared.items(audio.bitrate_kbps for audio in formats),
        sample_rate_list=shared.items(map(shared.sample_rate_khz, formats)),
    )


def is_present_audio(audio: AudioFormat, configuration: tt.AudioEncoder2Configuration) -> bool:
    """Say whether a configuration describes what the audio encoder sends."""
    return (configuration.encoding, configuration.bitrate, configuration.sample_rate) == (
        AUDIO_ENCODINGS[audio.codec],
        audio.bitrate_kbps,
        shared.sample_rate_khz(audio),
    )


VIDEO_ENCODERS = ConfigurationView(ConfigurationKind.VIDEO_ENCODER, _video_encoder_configuration)
AUDIO_ENCODERS = ConfigurationView(ConfigurationKind.AUDIO_ENCODER, _audio_encoder_configuration)
