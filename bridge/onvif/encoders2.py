"""Encoder configurations in the words of the Media2 service, where an encoding is the name of a media type.

ONVIF Media2 Service Specification, chapters on encoder configurations. Nothing can be set yet: options offer exactly
what is. The words of the Media service are in `encoders`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.model import AudioCodec, VideoCodec
from bridge.onvif import configurations as shared
from bridge.onvif.configurations import ConfigurationView
from bridge.onvif.media_model import ConfigurationKind
from bridge.onvif.types import media2 as tt
from bridge.onvif.types.common import FloatRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.model import AudioFormat, EncoderSettings
    from bridge.onvif.media_model import MediaModel

_AUDIO_ENCODINGS = {AudioCodec.AAC: "MP4A-LATM", AudioCodec.PCMU: "PCMU", AudioCodec.PCMA: "PCMA"}
"""Names of media types. `MP4A-LATM` is this service's word for AAC, whatever RTP payload format carries it."""


def _video_encoder_configuration(media: MediaModel, token: str) -> tt.VideoEncoder2Configuration:
    encoder = media.encoder(token)
    has_profiles = encoder.codec is not VideoCodec.JPEG
    return tt.VideoEncoder2Configuration(
        gov_length=encoder.gov_length if has_profiles else None,
        profile=encoder.codec_profile if has_profiles else None,
        token=token,
        name=token,
        use_count=media.use_count(token),
        encoding=encoder.codec,
        resolution=shared.resolution(encoder.resolution),
        rate_control=tt.VideoRateControl2(
            constant_bit_rate=False, frame_rate_limit=encoder.frame_rate, bitrate_limit=encoder.bitrate_kbps
        ),
        multicast=shared.NO_MULTICAST,
        quality=shared.QUALITY,
    )


def video_encoder_options(media: MediaModel, tokens: Iterable[str]) -> tuple[tt.VideoEncoder2ConfigurationOptions, ...]:
    """Return what the encoders of these tokens can be set to, one block per encoding: as they are."""
    encoders = [media.encoder(token) for token in tokens]
    return tuple(
        _video_options(codec, [encoder for encoder in encoders if encoder.codec is codec])
        for codec in dict.fromkeys(encoder.codec for encoder in encoders)
    )


def _video_options(codec: VideoCodec, encoders: list[EncoderSettings]) -> tt.VideoEncoder2ConfigurationOptions:
    has_profiles = codec is not VideoCodec.JPEG
    gov_lengths = [encoder.gov_length for encoder in encoders]
    return tt.VideoEncoder2ConfigurationOptions(
        gov_length_range=(min(gov_lengths), max(gov_lengths)) if has_profiles else None,
        frame_rates_supported=tuple(sorted({encoder.frame_rate for encoder in encoders}, reverse=True)),
        profiles_supported=tuple(dict.fromkeys(each.codec_profile for each in encoders)) if has_profiles else None,
        constant_bit_rate_supported=False,
        guaranteed_frame_rate_supported=False,
        encoding=codec,
        quality_range=FloatRange(min=shared.QUALITY, max=shared.QUALITY),
        resolutions_available=shared.resolutions(encoder.resolution for encoder in encoders),
        bitrate_range=shared.span(encoder.bitrate_kbps for encoder in encoders),
    )


def _audio_encoder_configuration(media: MediaModel, token: str) -> tt.AudioEncoder2Configuration:
    audio = media.audio(token)
    return tt.AudioEncoder2Configuration(
        token=token,
        name=token,
        use_count=media.use_count(token),
        encoding=_AUDIO_ENCODINGS[audio.codec],
        multicast=shared.NO_MULTICAST,
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
        encoding=_AUDIO_ENCODINGS[codec],
        bitrate_list=shared.items(audio.bitrate_kbps for audio in formats),
        sample_rate_list=shared.items(map(shared.sample_rate_khz, formats)),
    )


VIDEO_ENCODERS = ConfigurationView(ConfigurationKind.VIDEO_ENCODER, _video_encoder_configuration)
AUDIO_ENCODERS = ConfigurationView(ConfigurationKind.AUDIO_ENCODER, _audio_encoder_configuration)
