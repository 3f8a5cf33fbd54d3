"""The camera's words and ours, both ways, for movement, addresses and time. Pure functions.

Pictures have their own module (`imaging`), encoders too (`encoding`).
"""

from __future__ import annotations

from math import atan2, pi
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bridge.core.formats import VideoCodec
from bridge.core.units import round_half_up
from bridge.drivers.reolink.native import flag, number, section

if TYPE_CHECKING:
    from bridge.drivers.reolink.native import Json

STOP: Final = "Stop"

SECTORS: Final = ("Right", "RightUp", "Up", "LeftUp", "Left", "LeftDown", "Down", "RightDown")
"""`PtzCtrl` operations anticlockwise from x > 0, 45 degrees each."""

ZOOM_IN: Final = "ZoomInc"
ZOOM_OUT: Final = "ZoomDec"
"""The document's legend has them the other way round; every client and the vendor's own page use Inc for tele."""

MOST_PATH: Final = 200

ZONE_LEAST_S: Final = -46800
ZONE_MOST_S: Final = 43200
HOUR_S: Final = 3600


def direction(x: float, y: float, *, tilts: bool = True, diagonal: bool = True) -> str | None:
    """Return the operation that moves most nearly in a direction; None for no movement.

    Args:
        x: -1.0..1.0, positive to the right.
        y: -1.0..1.0, positive upwards.
        tilts: False for mechanics that only pan; y is then ignored.
        diagonal: False for four directions only: the larger component decides, x on a tie.

    Source: vendor document, PtzCtrl; ability ptzDirection.
    """
    if not tilts:
        y = 0.0
    if not diagonal:
        x, y = (x, 0.0) if abs(x) >= abs(y) else (0.0, y)
    if x == 0 and y == 0:
        return None
    return SECTORS[round_half_up(atan2(y, x) * 4 / pi) % len(SECTORS)]


def zoom_direction(z: float) -> str | None:
    """Return the operation that zooms in for z > 0 and out for z < 0; None for 0."""
    if z == 0:
        return None
    return ZOOM_IN if z > 0 else ZOOM_OUT


def to_native_speed(magnitude: float, steps: int) -> int:
    """Scale a speed of 0.0..1.0 to 1..steps; the slowest step is the least, since 0 would be no movement.

    Source: vendor document, PtzCtrl `speed`; the range is the one that clients use.
    """
    return max(1, min(steps, round_half_up(abs(magnitude) * steps)))


def from_native_speed(speed: int, steps: int) -> float:
    """Scale 1..steps to 0.0..1.0."""
    return speed / steps


def rtsp_paths(channel: int, stream: str, codec: VideoCodec, told: str | None) -> tuple[str, ...]:
    """Return the paths (with leading slash) to try for a stream, most likely first.

    Args:
        channel: from 0; in paths it counts from 1, with two digits.
        stream: `main` or `sub`.
        codec: what the stream is believed to carry: old firmwares have it in the path.
        told: the URL that GetRtspUrl gave; only its path is used, its host is often wrong.
    """
    own = f"Preview_{channel + 1:02}_{stream}"
    prefixes = ("h265", "h264") if codec is VideoCodec.H265 else ("h264", "h265")
    first = _path(told) if told else None
    paths = (first, f"/{own}", *(f"/{prefix}{own}" for prefix in prefixes))
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def _path(url: str) -> str | None:
    """Return path and query of an RTSP URL, None when they could not be put into a request as they are."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_usable = 1 < len(path) <= MOST_PATH and path.startswith("/") and path.isascii() and path.isprintable()
    return path if parts.scheme == "rtsp" and is_usable and " " not in path else None


def posix_time_zone(time: Json) -> str:
    """Return the POSIX TZ string of a GetTime answer's `value`; `UTC0` when it tells none.

    `timeZone` counts seconds west of Greenwich, as POSIX does; `Dst.offset` is taken as hours.
    """
    zone_s = number(section(time, "Time"), "timeZone", least=ZONE_LEAST_S, most=ZONE_MOST_S)
    if zone_s is None:
        return "UTC0"
    standard = f"STD{_hours(zone_s)}"
    dst = section(time, "Dst")
    offset_h = number(dst, "offset", least=1, most=2)
    begin, end = _rule(dst, "start"), _rule(dst, "end")
    if not flag(dst, "enable") or offset_h is None or begin is None or end is None:
        return standard
    return f"{standard}DST{_hours(zone_s - offset_h * HOUR_S)},{begin},{end}"


def _hours(seconds: int) -> str:
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    if second:
        return f"{sign}{hour}:{minute:02}:{second:02}"
    return f"{sign}{hour}:{minute:02}" if minute else f"{sign}{hour}"


def _rule(dst: Json, edge: str) -> str | None:
    """Return `M<month>.<week>.<weekday>/<h:mm:ss>` for `start` or `end`; None when a part is missing or impossible."""
    limits = {"Mon": (1, 12), "Week": (1, 5), "Weekday": (0, 6), "Hour": (0, 23), "Min": (0, 59), "Sec": (0, 59)}
    found = [number(dst, edge + part, least=least, most=most) for part, (least, most) in limits.items()]
    if None in found:
        return None
    month, week, weekday, hour, minute, second = found
    return f"M{month}.{week}.{weekday}/{hour}:{minute:02}:{second:02}"
