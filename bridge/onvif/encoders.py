"""Encoder configurations in the words of the Media service: JPEG and H.264, G.711 and AAC.

ONVIF Media Service Specification, chapters on encoder configurations. H.265 has no word here, so such an encoder is
not shown; `encoders2` has the words of Media2. Nothing can be set yet: options offer exactly what is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.model import AudioCodec, VideoCodec
from bridge.core.units import round_half_up
from bridge.onvif import configurations as shared
from bridge.onvif.configurations import ConfigurationView
from bridge.onvif.media_model import ConfigurationKind
from bridge.onvif.types import configurations as tt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.model import AudioFormat, EncoderSettings
    from bridge.onvif.media_model import MediaModel

_VIDEO_ENCODINGS = {VideoCodec.JPEG: tt.VideoEncoding.JPEG, VideoCodec.H264: tt.VideoEncoding.H264}
_AUDIO_ENCODINGS = {
    AudioCodec.AAC: tt.AudioEncoding.AAC,
    AudioCodec.PCMU: tt.AudioEncoding.G711,
    AudioCodec.PCMA: tt.AudioEncoding.G711,
}
_H264_PROFILES = {profile.value: profile for profile in tt.H264Profile}
_EVERY_FRAME = 1
"""Encoding interval: every frame that the camera takes is sent."""


def _video_encoder_configuration(media: MediaModel, token: str) -> tt.VideoEncoderConfiguration | None:
    encoder = media.encoder(token)
    encoding = _VIDEO_ENCODINGS.get(encoder.codec)
    if encoding is None:
        return None
    return tt.VideoEncoderConfiguration(
        token=token,
        name=token,
        use_count=media.use_count(token),
        encoding=encoding,
        resolution=shared.resolution(encoder.resolution),
        quality=shared.QUALITY,
        rate_control=tt.VideoRateControl(
            frame_rate_limit=_frame_rate(encoder),
            encoding_interval=_EVERY_FRAME,
            bitrate_limit=encoder.bitrate_kbps,
        ),
        h264=_h264_configuration(encoder) if encoding is tt.VideoEncoding.H264 else None,
        multicast=shared.NO_MULTICAST,
        session_timeout=shared.SESSION_TIMEOUT,
    )


def _h264_configuration(encoder: EncoderSettings) -> tt.H264Configuration:
    return tt.H264Configuration(gov_length=encoder.gov_length, h264_profile=_h264_profile(encoder))


def _h264_profile(encoder: EncoderSettings) -> tt.H264Profile:
    return _H264_PROFILES.get(encoder.codec_profile, tt.H264Profile.MAIN)


def _frame_rate(encoder: EncoderSettings) -> int:
    """Return a whole number of frames per second, never 0: some clients divide by it."""
    return max(1, round_half_up(encoder.frame_rate))


def video_encoder_options(media: MediaModel, tokens: Iterable[str]) -> tt.VideoEncoderConfigurationOptions:
    """Return what the encoders of these tokens can be set to: as they are."""
    encoders = [media.encoder(token) for token in tokens]
    jpeg = [encoder for encoder in encoders if encoder.codec is VideoCodec.JPEG]
    h264 = [encoder for encoder in encoders if encoder.codec is VideoCodec.H264]
    return tt.VideoEncoderConfigurationOptions(
        guaranteed_frame_rate_supported=False,
        quality_range=shared.span((shared.QUALITY,)),
        jpeg=_jpeg_options(jpeg) if jpeg else None,
        h264=_h264_options(h264) if h264 else None,
    )


def _jpeg_options(encoders: list[EncoderSettings]) -> tt.JpegOptions:
    return tt.JpegOptions(
        resolutions_available=shared.resolutions(encoder.resolution for encoder in encoders),
        frame_rate_range=shared.span(map(_frame_rate, encoders)),
        encoding_interval_range=shared.span((_EVERY_FRAME,)),
    )


def _h264_options(encoders: list[EncoderSettings]) -> tt.H264Options:
    return tt.H264Options(
        resolutions_available=shared.resolutions(encoder.resolution for encoder in encoders),
        gov_length_range=shared.span(encoder.gov_length for encoder in encoders),
        frame_rate_range=shared.span(map(_frame_rate, encoders)),
        encoding_interval_range=shared.span((_EVERY_FRAME,)),
        h264_profiles_supported=tuple(dict.fromkeys(map(_h264_profile, encoders))),
    )


def _audio_encoder_configuration(media: MediaModel, token: str) -> tt.AudioEncoderConfiguration:
    audio = media.audio(token)
    return tt.AudioEncoderConfiguration(
        token=token,
        name=token,
        use_count=media.use_count(token),
        encoding=_AUDIO_ENCODINGS[audio.codec],
        bitrate=audio.bitrate_kbps,
        sample_rate=shared.sample_rate_khz(audio),
        multicast=shared.NO_MULTICAST,
        session_timeout=shared.SESSION_TIMEOUT,
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


VIDEO_ENCODERS = ConfigurationView(ConfigurationKind.VIDEO_ENCODER, _video_encoder_configuration)
AUDIO_ENCODERS = ConfigurationView(ConfigurationKind.AUDIO_ENCODER, _audio_encoder_configuration)
