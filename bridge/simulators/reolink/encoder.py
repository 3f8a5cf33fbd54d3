"""The encoder of one picture: main and sub stream, `GetEnc` and `SetEnc` (Camera HTTP API v7, section 3.5).

The range is a list with one entry for each size of the main stream; the size decides the codec, and every other
value must stand in the entry of the size asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import Answer, NativeError

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject

MAIN, SUB = "mainStream", "subStream"
PROFILES = ("Base", "Main", "High")
GOP_RANGE: JsonObject = {"max": 4, "min": 1}
MAIN_FRAME_RATES = (25, 22, 20, 18, 16, 15, 12, 10, 8, 6, 4, 2)


@dataclass(frozen=True, slots=True)
class StreamRange:
    """What one stream can do at one size.

    Attributes:
        size: `W*H`.
        codec: `h264` or `h265`.
        bit_rates: kbps.
        frame_rates: pictures per second.
        defaults: bit rate, frame rate and `gop` of the size.
    """

    size: str
    codec: str
    bit_rates: tuple[int, ...]
    frame_rates: tuple[int, ...]
    defaults: tuple[int, int, int]

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.size.partition("*")[0])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.size.partition("*")[2])


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """How one stream is encoded; `gop` is the distance of key frames in multiples of the frame rate."""

    size: str
    bit_rate: int
    frame_rate: int
    gop: int
    profile: str = "High"


_SUB = StreamRange("640*360", "h264", (64, 128, 160, 192, 256, 384, 512), (15, 10, 7, 4), (256, 10, 4))
_H264_BIT_RATES = (1024, 1536, 2048, 3072, 4096, 5120, 6144, 7168, 8192)
_MAIN_DEFAULTS = (6144, 25, 2)
MAIN_4K = StreamRange("3840*2160", "h265", _H264_BIT_RATES[4:], MAIN_FRAME_RATES, _MAIN_DEFAULTS)
MAIN_1440 = StreamRange("2560*1440", "h264", _H264_BIT_RATES, MAIN_FRAME_RATES, _MAIN_DEFAULTS)
MAIN_1296 = StreamRange("2304*1296", "h264", _H264_BIT_RATES, MAIN_FRAME_RATES, _MAIN_DEFAULTS)


class Encoder:
    """Both streams of one picture.

    Args:
        sizes: what the main stream can be, the factory's choice first.
        start: size of the main stream at first.
        shows_codec: answers tell `vType`.
        shows_details: answers tell `gop`, `width` and `height`; old firmware does not.
        sets_gop: `SetEnc` heeds `gop`; without that ability it goes on as before.
    """

    def __init__(
        self,
        sizes: tuple[StreamRange, ...],
        *,
        start: str,
        shows_codec: bool = True,
        shows_details: bool = True,
        sets_gop: bool = True,
    ) -> None:
        self._sizes = sizes
        self._shows_codec = shows_codec
        self._shows_details = shows_details
        self._sets_gop = sets_gop
        self.has_audio = True
        self.main = _default(self._main_range(start))
        self.sub = _default(_SUB)

    def answer(self, channel: int, *, is_full: bool) -> Answer:
        """Return the answer of `GetEnc`."""
        value = self._settings(self.main, self.sub, channel, has_audio=self.has_audio)
        if not is_full:
            return Answer({"Enc": value})
        initial = self._settings(_default(self._sizes[0]), _default(_SUB), channel, has_audio=False)
        entries = [self._entry(size, channel) for size in self._sizes]
        return Answer({"Enc": value}, {"Enc": initial}, {"Enc": entries})

    def wanted(self, enc: object) -> tuple[bool, StreamSettings, StreamSettings]:
        """Return audio, main and sub settings that a `SetEnc` asks for.

        Raises:
            NativeError: -4 for what is missing or not in the range.
        """
        if not isinstance(enc, dict) or not _is_one_of(enc.get("audio"), (0, 1)):
            raise NativeError(-4)
        main, sub = enc.get(MAIN), enc.get(SUB)
        if not isinstance(main, dict) or not isinstance(sub, dict):
            raise NativeError(-4)
        new_main = self._checked(main, self._main_range(main.get("size")), self.main)
        return enc["audio"] == 1, new_main, self._checked(sub, _SUB, self.sub)

    def apply(self, *, has_audio: bool, main: StreamSettings, sub: StreamSettings) -> bool:
        """Take new settings and tell whether the streams must begin anew to show them."""
        before = (self.has_audio, _shown(self.main), _shown(self.sub))
        self.has_audio, self.main, self.sub = has_audio, main, sub
        return before != (has_audio, _shown(main), _shown(sub))

    def set_size(self, size: object) -> None:
        """Give the main stream another size, with the defaults of that size.

        Raises:
            NativeError: -4 when it does not have the size.
        """
        self.main = _default(self._main_range(size))

    def range_of(self, stream: str) -> StreamRange:
        """Return what `MAIN` or `SUB` can do at its present size."""
        return self._main_range(self.main.size) if stream == MAIN else _SUB

    def settings_of(self, stream: str) -> StreamSettings:
        """Return how `MAIN` or `SUB` is encoded."""
        return self.main if stream == MAIN else self.sub

    @property
    def sizes(self) -> tuple[str, ...]:
        """The sizes of the main stream."""
        return tuple(size.size for size in self._sizes)

    def _main_range(self, size: object) -> StreamRange:
        for entry in self._sizes:
            if entry.size == size:
                return entry
        raise NativeError(-4)

    def _settings(self, main: StreamSettings, sub: StreamSettings, channel: int, *, has_audio: bool) -> JsonObject:
        streams = {MAIN: self._stream(main, self._main_range(main.size)), SUB: self._stream(sub, _SUB)}
        return {"audio": int(has_audio), "channel": channel, **streams}

    def _stream(self, settings: StreamSettings, limits: StreamRange) -> JsonObject:
        shown: JsonObject = {
            "bitRate": settings.bit_rate,
            "frameRate": settings.frame_rate,
            "profile": settings.profile,
            "size": settings.size,
        }
        if self._shows_details:
            shown |= {"gop": settings.gop}
        return shown | self._picture(limits)

    def _picture(self, limits: StreamRange) -> JsonObject:
        shown: JsonObject = {"vType": limits.codec} if self._shows_codec else {}
        return shown | ({"width": limits.width, "height": limits.height} if self._shows_details else {})

    def _checked(self, wanted: JsonObject, limits: StreamRange, before: StreamSettings) -> StreamSettings:
        return _checked(wanted, limits, before, wanted.get("gop", before.gop) if self._sets_gop else before.gop)

    def _entry(self, main: StreamRange, channel: int) -> JsonObject:
        return {"audio": "boolean", "chnBit": 1 << channel, MAIN: self._limits(main), SUB: self._limits(_SUB)}

    def _limits(self, limits: StreamRange) -> JsonObject:
        bit_rate, frame_rate, gop = limits.defaults
        default: JsonObject = {"bitRate": bit_rate, "frameRate": frame_rate}
        shown: JsonObject = {
            "bitRate": list(limits.bit_rates),
            "frameRate": list(limits.frame_rates),
            "profile": list(PROFILES),
            "size": limits.size,
        }
        if self._shows_details:
            default |= {"gop": gop}
            shown |= {"gop": GOP_RANGE}
        return {**shown, "default": default, **self._picture(limits)}


def _default(limits: StreamRange) -> StreamSettings:
    bit_rate, frame_rate, gop = limits.defaults
    return StreamSettings(limits.size, bit_rate, frame_rate, gop)


def _is_one_of(value: object, allowed: tuple[int, ...]) -> bool:
    """Tell whether a value is one of these numbers, and a whole number: 1 and `true` are not the same on the wire."""
    return type(value) is int and value in allowed


def _checked(wanted: JsonObject, limits: StreamRange, before: StreamSettings, gop: object) -> StreamSettings:
    is_good = (
        wanted.get("size") == limits.size
        and _is_one_of(wanted.get("bitRate"), limits.bit_rates)
        and _is_one_of(wanted.get("frameRate"), limits.frame_rates)
        and wanted.get("profile") in PROFILES
        and type(gop) is int
        and GOP_RANGE["min"] <= gop <= GOP_RANGE["max"]
    )
    if not is_good or not isinstance(gop, int):
        raise NativeError(-4)
    return replace(
        before,
        size=limits.size,
        bit_rate=int(wanted["bitRate"]),
        frame_rate=int(wanted["frameRate"]),
        gop=gop,
        profile=wanted["profile"],
    )


def _shown(settings: StreamSettings) -> tuple[str, int]:
    """Return what of the settings can be seen in the simulator's pictures."""
    return settings.size, settings.frame_rate
