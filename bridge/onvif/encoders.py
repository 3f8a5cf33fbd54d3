"""Encoder configurations in the words of the Media service: JPEG and H.264, G.711 and AAC.

ONVIF Media Service Specification, chapters on encoder configurations. H.265 has no word here, so such an encoder is
not shown, unless the device is told to call it H.264 (`compatibility`): the word then stands for H.265 as long as that
is what the encoder sends. `encoders2` has the words of Media2. What can be set and how is decided in `encoder_choice`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bridge.core.formats import AudioCodec, VideoCodec
from bridge.core.units import round_half_up
from bridge.onvif import configurations as shared
from bridge.onvif.configurations import ConfigurationView
from bridge.onvif.encoder_choice import EncoderWish, config_modify
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.types import configurations as tt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.formats import AudioFormat
    from bridge.core.model import EncoderOptions, EncoderSettings
    from bridge.onvif.media_model import MediaModel
    from bridge.onvif.types.common import IntRange

_VIDEO_ENCODINGS = {VideoCodec.JPEG: tt.VideoEncoding.JPEG, VideoCodec.H264: tt.VideoEncoding.H264}
_H265_AS_H264 = {VideoCodec.JPEG: tt.VideoEncoding.JPEG, VideoCodec.H265: tt.VideoEncoding.H264}
_AUDIO_ENCODINGS = {
    AudioCodec.AAC: tt.AudioEncoding.AAC,
    AudioCodec.PCMU: tt.AudioEncoding.G711,
    AudioCodec.PCMA: tt.AudioEncoding.G711,
}
_H264_PROFILES = {profile.value: profile for profile in tt.H264Profile}
_EVERY_FRAME = 1
"""Encoding interval: every frame that the camera takes is sent."""


def _encodings(media: MediaModel, token: str) -> Mapping[VideoCodec, tt.VideoEncoding]:
    """Return the words for the codecs of an encoder; codecs without a word do not exist for this service."""
    is_renamed = media.compatibility.media1_h265_as_h264 and media.encoder(token).codec is VideoCodec.H265
    return _H265_AS_H264 if is_renamed else _VIDEO_ENCODINGS


def _video_encoder_configuration(media: MediaModel, token: str) -> tt.VideoEncoderConfiguration | None:
    encoder = media.encoder(token)
    encoding = _encodings(media, token).get(encoder.codec)
    if encoding is None:
        return None
    return tt.VideoEncoderConfiguration(
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        encoding=encoding,
        resolution=shared.resolution(encoder.resolution),
        quality=shared.QUALITY,
        rate_control=tt.VideoRateControl(
            frame_rate_limit=_frame_rate(encoder.frame_rate),
            encoding_interval=_EVERY_FRAME,
            bitrate_limit=encoder.bitrate_kbps,
        ),
        h264=_h264_configuration(encoder) if encoding is tt.VideoEncoding.H264 else None,
        multicast=shared.multicast(media, token),
        session_timeout=shared.session_timeout(media, token),
    )


def _h264_configuration(encoder: EncoderSettings) -> tt.H264Configuration:
    return tt.H264Configuration(gov_length=encoder.gov_length, h264_profile=_h264_profile(encoder.codec_profile))


def _h264_profile(codec_profile: str) -> tt.H264Profile:
    return _H264_PROFILES.get(codec_profile, tt.H264Profile.MAIN)


def _frame_rate(frame_rate: float) -> int:
    """Return a whole number of frames per second, never 0: some clients divide by it."""
    return max(1, round_half_up(frame_rate))


def video_encoder_options(media: MediaModel, tokens: Iterable[str]) -> tt.VideoEncoderConfigurationOptions:
    """Return what the encoders of these tokens can be set to; those that this service does not show do not count."""
    shown = [token for token in tokens if media.encoder(token).codec in _encodings(media, token)]
    offered = [named for token in shown for named in _named_options(media, token)]
    jpeg = _jpeg_options([options for encoding, options in offered if encoding is tt.VideoEncoding.JPEG])
    h264 = _h264_options([options for encoding, options in offered if encoding is tt.VideoEncoding.H264])
    has_extension = jpeg is not None or h264 is not None
    return tt.VideoEncoderConfigurationOptions(
        guaranteed_frame_rate_supported=False,
        quality_range=shared.span((shared.QUALITY,)),
        jpeg=None if jpeg is None else _without_bitrates_jpeg(jpeg),
        h264=None if h264 is None else _without_bitrates_h264(h264),
        extension=tt.VideoEncoderOptionsExtension(jpeg=jpeg, h264=h264) if has_extension else None,
    )


def _named_options(media: MediaModel, token: str) -> list[tuple[tt.VideoEncoding, EncoderOptions]]:
    """Return what an encoder can be set to, as far as there are words for it, each under its word."""
    words = _encodings(media, token)
    return [(words[options.codec], options) for options in media.encoder_options(token) if options.codec in words]


def video_encoder_wish(media: MediaModel, configuration: tt.VideoEncoderConfiguration) -> EncoderWish:
    """Return what a client wants of an encoder; what it repeats as it was shown stays as it really is.

    Raises:
        ClientFault: NoConfig, ConfigModify.
    """
    VIDEO_ENCODERS.one(media, configuration.token)
    present = media.encoder(configuration.token)
    words = _encodings(media, configuration.token)
    codec = next((each for each, word in words.items() if word is configuration.encoding), None)
    if codec is None:
        raise config_modify(f"The camera cannot encode {configuration.encoding}")
    rates, h264 = configuration.rate_control, configuration.h264
    is_same_rate = rates is None or rates.frame_rate_limit == _frame_rate(present.frame_rate)
    return EncoderWish(
        codec=codec,
        resolution=shared.native_resolution(configuration.resolution),
        frame_rate=present.frame_rate if rates is None or is_same_rate else rates.frame_rate_limit,
        bitrate_kbps=present.bitrate_kbps if rates is None else rates.bitrate_limit,
        gov_length=None if h264 is None else h264.gov_length,
        codec_profile=None if h264 is None else _codec_profile(media, configuration.token, h264.h264_profile),
    )


def _codec_profile(media: MediaModel, token: str, wished: tt.H264Profile) -> str:
    """Return the camera's own word for a profile of H.264, the present one if it fits."""
    present = media.encoder(token)
    offered = [options for word, options in _named_options(media, token) if word is tt.VideoEncoding.H264]
    known = [profile for options in offered for profile in options.codec_profiles]
    if _encodings(media, token).get(present.codec) is tt.VideoEncoding.H264:
        known.insert(0, present.codec_profile)
    return next((profile for profile in known if _h264_profile(profile) is wished), wished)


def video_encoder_instances(media: MediaModel) -> tuple[int, Counter[tt.VideoEncoding]]:
    """Return how many encoders this service shows, and how many of them can send each encoding. All run at once."""
    encoders = [encoder.token for encoder in VIDEO_ENCODERS.matching(media)]
    return len(encoders), Counter(word for token in encoders for word, _ in _named_options(media, token))


def _jpeg_options(offered: list[EncoderOptions]) -> tt.JpegOptions2 | None:
    if not offered:
        return None
    return tt.JpegOptions2(
        resolutions_available=shared.resolutions(size for options in offered for size in options.resolutions),
        frame_rate_range=_frame_rate_range(offered),
        encoding_interval_range=shared.span((_EVERY_FRAME,)),
        bitrate_range=shared.hull(options.bitrate_kbps for options in offered),
    )


def _without_bitrates_jpeg(options: tt.JpegOptions2) -> tt.JpegOptions:
    return tt.JpegOptions(
        resolutions_available=options.resolutions_available,
        frame_rate_range=options.frame_rate_range,
        encoding_interval_range=options.encoding_interval_range,
    )


def _h264_options(offered: list[EncoderOptions]) -> tt.H264Options2 | None:
    if not offered:
        return None
    profiles = (profile for options in offered for profile in options.codec_profiles)
    return tt.H264Options2(
        resolutions_available=shared.resolutions(size for options in offered for size in options.resolutions),
        gov_length_range=shared.hull(options.gov_length for options in offered),
        frame_rate_range=_frame_rate_range(offered),
        encoding_interval_range=shared.span((_EVERY_FRAME,)),
        h264_profiles_supported=tuple(dict.fromkeys(map(_h264_profile, profiles))),
        bitrate_range=shared.hull(options.bitrate_kbps for options in offered),
    )


def _without_bitrates_h264(options: tt.H264Options2) -> tt.H264Options:
    return tt.H264Options(
        resolutions_available=options.resolutions_available,
        gov_length_range=options.gov_length_range,
        frame_rate_range=options.frame_rate_range,
        encoding_interval_range=options.encoding_interval_range,
        h264_profiles_supported=options.h264_profiles_supported,
    )


def _frame_rate_range(offered: list[EncoderOptions]) -> IntRange:
    return shared.span(_frame_rate(rate) for options in offered for rate in options.frame_rates)


def _audio_encoder_configuration(media: MediaModel, token: str) -> tt.AudioEncoderConfiguration:
    audio = media.audio(token)
    return tt.AudioEncoderConfiguration(
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        encoding=_AUDIO_ENCODINGS[audio.codec],
        bitrate=audio.bitrate_kbps,
        sample_rate=shared.sample_rate_khz(audio),
        multicast=shared.multicast(media, token),
        session_timeout=shared.session_timeout(media, token),
    )


def audio_encoder_options(media: MediaModel, tokens: Iterable[str]) -> tt.AudioEncoderConfigurationOptions:
    """Return what the audio encoders of these tokens can be set to, per encoding: as they are."""
    by_encoding: dict[tt.AudioEncoding, list[AudioFormat]] = {}
    for audio in (media.audio(token) for token in tokens):
        by_encoding.setdefault(_AUDIO_ENCODINGS[audio.codec], []).append(audio)
    return tt.AudioEncoderConfigurationOptions(
        options=tuple(
            tt.AudioEncoderConfigurationOption(
                encoding=encoding,
                bitrate_list=shared.items(audio.bitrate_kbps for audio in formats),
                sample_rate_list=shared.items(map(shared.sample_rate_khz, formats)),
            )
            for encoding, formats in by_encoding.items()
        )
    )


def is_present_audio(audio: AudioFormat, configuration: tt.AudioEncoderConfiguration) -> bool:
    """Say whether a configuration describes what the audio encoder sends."""
    return (configuration.encoding, configuration.bitrate, configuration.sample_rate) == (
        _AUDIO_ENCODINGS[audio.codec],
        audio.bitrate_kbps,
        shared.sample_rate_khz(audio),
    )


VIDEO_ENCODERS = ConfigurationView(ConfigurationKind.VIDEO_ENCODER, _video_encoder_configuration)
AUDIO_ENCODERS = ConfigurationView(ConfigurationKind.AUDIO_ENCODER, _audio_encoder_configuration)
