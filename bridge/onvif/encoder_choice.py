"""What a video encoder can be set to, and which settings a client's wish comes to.

ONVIF Media and Media2 Service Specifications, "Modify a video encoder configuration": what the options offer is
accepted, a bit rate out of range is adapted, anything else is refused. Words of the schema are the business of
`encoders` and `encoders2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderOptions, EncoderSettings, NativeStream
from bridge.core.units import Range, round_half_up

if TYPE_CHECKING:
    from collections.abc import Sequence

FRAME_RATE_TOLERANCE = 0.5
"""Frames per second by which a wish may miss the range: Media knows whole numbers only, and 12.5 is shown as 13."""


@dataclass(frozen=True, slots=True)
class EncoderWish:
    """What a client wants. None: whatever suits the rest, as it is now if possible."""

    codec: VideoCodec
    resolution: Resolution
    frame_rate: float
    bitrate_kbps: int
    gov_length: int | None = None
    codec_profile: str | None = None


def config_modify(reason: str) -> ClientFault:
    """Return the fault ConfigModify: a configuration cannot be set like that."""
    return ClientFault("Sender", ("InvalidArgVal", "ConfigModify"), reason)


def offered_options(stream: NativeStream, *, is_settable: bool) -> tuple[EncoderOptions, ...]:
    """Return what the encoder of a stream can be set to, per codec, the present one among them.

    Args:
        stream: with the options that the camera told.
        is_settable: the bridge can set the camera's encoders; if it cannot, what is offered is how they are.
    """
    settable = tuple(_completed(options, stream.encoder) for options in stream.options) if is_settable else ()
    if any(options.codec is stream.encoder.codec for options in settable):
        return settable
    return (_as_it_is(stream.encoder), *settable)


def chosen_settings(
    wish: EncoderWish, *, present: EncoderSettings, offered: Sequence[EncoderOptions]
) -> EncoderSettings:
    """Return the settings that a wish comes to.

    Raises:
        ClientFault: ConfigModify.
    """
    options = next((each for each in offered if each.codec is wish.codec), None)
    if options is None:
        raise config_modify(f"The encoder cannot be set to {wish.codec}")
    if wish.resolution not in options.resolutions:
        raise config_modify(f"There is no resolution {wish.resolution.width}x{wish.resolution.height} here")
    return EncoderSettings(
        codec=wish.codec,
        resolution=wish.resolution,
        frame_rate=_frame_rate(wish.frame_rate, options.frame_rates),
        bitrate_kbps=round_half_up(options.bitrate_kbps.clamp(wish.bitrate_kbps)),
        gov_length=_gov_length(wish.gov_length, present, options),
        codec_profile=_codec_profile(wish.codec_profile, present, options),
    )


def _as_it_is(present: EncoderSettings) -> EncoderOptions:
    return EncoderOptions(
        present.codec,
        (present.resolution,),
        (present.frame_rate,),
        bitrate_kbps=_point(present.bitrate_kbps),
        gov_length=_point(present.gov_length),
        codec_profiles=(present.codec_profile,),
    )


def _completed(options: EncoderOptions, present: EncoderSettings) -> EncoderOptions:
    """Return options with everything that cannot be chosen as it is, and with what is set now among the choices."""
    completed = EncoderOptions(
        options.codec,
        options.resolutions or (present.resolution,),
        options.frame_rates or (present.frame_rate,),
        bitrate_kbps=options.bitrate_kbps if options.bitrate_kbps.span else _point(present.bitrate_kbps),
        gov_length=options.gov_length if options.gov_length.span else _point(present.gov_length),
        codec_profiles=options.codec_profiles or (present.codec_profile,),
    )
    return _with_present(completed, present) if options.codec is present.codec else completed


def _with_present(options: EncoderOptions, present: EncoderSettings) -> EncoderOptions:
    """Return options that hold what is set now: a camera's tables may lack it, but clients send back what they see."""
    return EncoderOptions(
        options.codec,
        tuple(dict.fromkeys((*options.resolutions, present.resolution))),
        tuple(sorted({*options.frame_rates, present.frame_rate}, reverse=True)),
        bitrate_kbps=_stretched(options.bitrate_kbps, present.bitrate_kbps),
        gov_length=_stretched(options.gov_length, present.gov_length),
        codec_profiles=tuple(dict.fromkeys((*options.codec_profiles, present.codec_profile))),
    )


def _stretched(values: Range, value: float) -> Range:
    return Range(min(values.minimum, value), max(values.maximum, value))


def _point(value: float) -> Range:
    return Range(value, value)


def _frame_rate(wished: float, offered: Sequence[float]) -> float:
    if not min(offered) - FRAME_RATE_TOLERANCE <= wished <= max(offered) + FRAME_RATE_TOLERANCE:
        raise config_modify(f"The encoder cannot send {wished:g} frames per second")
    return min(offered, key=lambda rate: abs(rate - wished))


def _gov_length(wished: int | None, present: EncoderSettings, options: EncoderOptions) -> int:
    if wished is None or options.codec is VideoCodec.JPEG:
        return round_half_up(options.gov_length.clamp(present.gov_length))
    if wished not in options.gov_length:
        raise config_modify(f"The encoder cannot send a key frame every {wished} frames")
    return wished


def _codec_profile(wished: str | None, present: EncoderSettings, options: EncoderOptions) -> str:
    if wished is None or options.codec is VideoCodec.JPEG:
        return present.codec_profile if present.codec_profile in options.codec_profiles else options.codec_profiles[0]
    if wished not in options.codec_profiles:
        raise config_modify(f"The encoder does not know the profile '{wished}'")
    return wished
