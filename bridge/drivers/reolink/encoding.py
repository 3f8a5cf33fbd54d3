"""Encoder settings and what they can be set to, from `GetEnc` (vendor document, 3.4.12).

The codec follows from the picture size and cannot be chosen; new firmwares do not even tell it. Key frames come
every `gop` times `frameRate` frames. `SetEnc` wants the settings of both streams at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bridge.core.errors import InvalidValue
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderOptions, EncoderSettings
from bridge.core.units import Range, round_half_up
from bridge.drivers.reolink.native import number, numbers, section, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.drivers.reolink.native import Json

MAIN: Final = "mainStream"
SUB: Final = "subStream"

MOST_SIDE_PX: Final = 16384
MOST_FRAME_RATE: Final = 120
MOST_BITRATE_KBPS: Final = 200_000
MOST_GOP: Final = 60

USUAL_FRAME_RATE: Final = 15
USUAL_BITRATE_KBPS: Final = 1024
USUAL_GOP: Final = 2
"""Stand-ins for fields that a firmware leaves out."""

H265_FROM_WIDTH_PX: Final = 3840
"""The document's cameras encode this width in H.265 and all below in H.264."""

CODECS: Final = {"h264": VideoCodec.H264, "h265": VideoCodec.H265}
CODEC_PROFILES: Final = {"Base": "Baseline", "Main": "Main", "High": "High"}
NATIVE_PROFILES: Final = {ours: native for native, ours in CODEC_PROFILES.items()}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What can be set at one picture size."""

    resolution: Resolution
    codec: VideoCodec
    frame_rates: tuple[int, ...]
    bitrates_kbps: tuple[int, ...]
    gop: tuple[int, int]
    codec_profiles: tuple[str, ...]


def encoder_settings(stream: Json, believed: VideoCodec | None = None) -> EncoderSettings | None:
    """Read `mainStream` or `subStream` of a GetEnc value.

    Args:
        stream: the native object.
        believed: the codec to assume where the camera does not tell; None goes by the size.

    Returns:
        The settings; None when the object holds no picture size, that is: no such stream.
    """
    resolution = _resolution(stream)
    if resolution is None:
        return None
    frame_rate = number(stream, "frameRate", least=1, most=MOST_FRAME_RATE) or USUAL_FRAME_RATE
    gop = number(stream, "gop", least=1, most=MOST_GOP) or USUAL_GOP
    codec = _codec(stream, resolution, believed)
    return EncoderSettings(
        codec=codec,
        resolution=resolution,
        frame_rate=float(frame_rate),
        bitrate_kbps=number(stream, "bitRate", least=1, most=MOST_BITRATE_KBPS) or USUAL_BITRATE_KBPS,
        gov_length=gop * frame_rate,
        codec_profile=_codec_profile(text(stream, "profile"), codec),
    )


def encoder_options(
    ranges: Sequence[Json], current: EncoderSettings, *, has_gop: bool = True
) -> tuple[EncoderOptions, ...]:
    """Read what a stream can be set to from its parts of `range.Enc`, one block per codec, the current one first.

    Args:
        ranges: the stream's native objects, one for each size of the main stream; there may be none.
        current: the settings now; without ranges they are the only choice.
        has_gop: whether the distance of key frames can be set; else it follows the frame rate.
    """
    found = (_entry(each, current) for each in ranges)
    entries = tuple(dict.fromkeys(entry for entry in found if entry is not None)) or (_only(current),)
    codecs = sorted({entry.codec for entry in entries}, key=lambda codec: codec is not current.codec)
    blocks = (_block(codec, [entry for entry in entries if entry.codec is codec]) for codec in codecs)
    fixed = Range(current.gov_length, current.gov_length)
    return tuple(block if has_gop else replace(block, gov_length=fixed) for block in blocks)


def is_choice(options: EncoderOptions) -> bool:
    """Whether there is anything to choose."""
    has_lists = len(options.resolutions) > 1 or len(options.frame_rates) > 1 or len(options.codec_profiles) > 1
    return has_lists or bool(options.bitrate_kbps.span or options.gov_length.span)


def changed_encoders(
    enc: Json, ranges: Sequence[Json], native: str, settings: EncoderSettings, *, has_gop: bool
) -> Json:
    """Return the `Enc` object that sets one stream; the other one is fitted to a new size of the main stream.

    Args:
        enc: the object of GetEnc.
        ranges: `range.Enc`, an entry per size of the main stream.
        native: `mainStream` or `subStream`.
        settings: what is wished for.
        has_gop: whether the camera takes `gop`.

    Raises:
        InvalidValue: `settings`, no such size, or it has another codec.
    """
    now = encoder_settings(section(enc, native))
    if now is None:
        raise InvalidValue("settings", "the camera has no such stream any more")
    entry = _entry_for(enc, ranges, native, settings.resolution)
    choice = _entry(section(entry, native), now) or _only(now)
    if choice.resolution != settings.resolution:
        raise InvalidValue("settings", f"there is no size {_size(settings.resolution)} now")
    if now.resolution == settings.resolution and not text(section(entry, native), "vType"):
        choice = replace(choice, codec=settings.codec)  # known from the stream itself
    if choice.codec is not settings.codec:
        raise InvalidValue("settings", f"at {_size(settings.resolution)} the camera encodes in {choice.codec} only")
    changed = {**enc, native: _set_stream(section(enc, native), choice, settings, has_gop=has_gop)}
    if native == MAIN and now.resolution != settings.resolution:
        changed[SUB] = _fitted(section(enc, SUB), section(entry, SUB))
    return changed


def _entry_for(enc: Json, ranges: Sequence[Json], native: str, wished: Resolution) -> Json:
    """Return the entry of `range.Enc` that rules a wish; empty when none does."""
    main = wished if native == MAIN else _resolution(section(enc, MAIN))
    ruling = [entry for entry in ranges if _resolution(section(entry, MAIN)) == main]
    for entry in ruling or ranges:
        if _resolution(section(entry, native)) == wished:
            return entry
    return {}


def _set_stream(stream: Json, choice: _Entry, settings: EncoderSettings, *, has_gop: bool) -> Json:
    frame_rate = _not_above(round_half_up(settings.frame_rate), choice.frame_rates)
    changed: dict[str, object] = {
        **stream,
        "size": _size(choice.resolution),
        "frameRate": frame_rate,
        "bitRate": _not_above(settings.bitrate_kbps, choice.bitrates_kbps),
    }
    if settings.codec is VideoCodec.H264:
        changed["profile"] = NATIVE_PROFILES.get(settings.codec_profile, stream.get("profile", "Main"))
    least, most = choice.gop
    if has_gop:
        changed["gop"] = min(max(round_half_up(settings.gov_length / frame_rate), least), most)
    # These follow the size; where the camera tells them it gets them back, and must not get the old ones.
    told = {"width": choice.resolution.width, "height": choice.resolution.height, "vType": settings.codec.lower()}
    return {**changed, **{key: value for key, value in told.items() if key in stream}}


def _fitted(stream: Json, limits: Json) -> Json:
    """Return a stream as it is, or as near to that as its new limits let it be."""
    now = encoder_settings(stream)
    choice = None if now is None else _entry(limits, now)
    if now is None or choice is None:
        return stream
    return _set_stream(stream, choice, replace(now, resolution=choice.resolution, codec=choice.codec), has_gop=False)


def _not_above(wished: int, listed: Sequence[int]) -> int:
    """Return the largest of a list that is not above a wish, else the smallest."""
    return max((each for each in listed if each <= wished), default=min(listed))


def _size(resolution: Resolution) -> str:
    return f"{resolution.width}*{resolution.height}"


def _block(codec: VideoCodec, entries: Sequence[_Entry]) -> EncoderOptions:
    frame_rates = sorted({rate for entry in entries for rate in entry.frame_rates}, reverse=True)
    bitrates = [bitrate for entry in entries for bitrate in entry.bitrates_kbps]
    gops = [gop for entry in entries for gop in entry.gop]
    return EncoderOptions(
        codec=codec,
        resolutions=tuple(sorted({entry.resolution for entry in entries}, reverse=True)),
        frame_rates=tuple(float(rate) for rate in frame_rates),
        bitrate_kbps=Range(min(bitrates), max(bitrates)),
        gov_length=Range(min(gops) * min(frame_rates), max(gops) * max(frame_rates)),
        codec_profiles=tuple(dict.fromkeys(profile for entry in entries for profile in entry.codec_profiles)),
    )


def _entry(stream: Json, current: EncoderSettings) -> _Entry | None:
    resolution = _resolution(stream)
    if resolution is None:
        return None
    fallback = _only(current)
    codec = _codec(stream, resolution, current.codec if resolution == current.resolution else None)
    listed = stream.get("profile")
    profiles = (
        [_codec_profile(each, codec) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    )
    gop = section(stream, "gop")
    least = number(gop, "min", least=1, most=MOST_GOP) or fallback.gop[0]
    most = number(gop, "max", least=1, most=MOST_GOP) or fallback.gop[1]
    return _Entry(
        resolution=resolution,
        codec=codec,
        frame_rates=numbers(stream, "frameRate", least=1, most=MOST_FRAME_RATE) or fallback.frame_rates,
        bitrates_kbps=numbers(stream, "bitRate", least=1, most=MOST_BITRATE_KBPS) or fallback.bitrates_kbps,
        gop=(min(least, most), max(least, most)),
        codec_profiles=tuple(dict.fromkeys(profiles)) or fallback.codec_profiles,
    )


def _only(current: EncoderSettings) -> _Entry:
    frame_rate = int(current.frame_rate)
    gop = current.gov_length // frame_rate
    return _Entry(
        resolution=current.resolution,
        codec=current.codec,
        frame_rates=(frame_rate,),
        bitrates_kbps=(current.bitrate_kbps,),
        gop=(gop, gop),
        codec_profiles=(current.codec_profile,),
    )


def _resolution(stream: Json) -> Resolution | None:
    """Read `size` ("W*H"), else `width` and `height`."""
    width, _, height = text(stream, "size").partition("*")
    given: Json = {"width": width, "height": height} if height else stream
    across = number(given, "width", least=1, most=MOST_SIDE_PX)
    down = number(given, "height", least=1, most=MOST_SIDE_PX)
    return None if across is None or down is None else Resolution(across, down)


def _codec(stream: Json, resolution: Resolution, believed: VideoCodec | None) -> VideoCodec:
    told = CODECS.get(text(stream, "vType").lower()) or believed
    if told is not None:
        return told
    return VideoCodec.H265 if resolution.width >= H265_FROM_WIDTH_PX else VideoCodec.H264


def _codec_profile(native: str, codec: VideoCodec) -> str:
    return "Main" if codec is VideoCodec.H265 else CODEC_PROFILES.get(native, "Main")
