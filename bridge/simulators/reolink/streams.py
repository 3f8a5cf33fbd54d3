"""Which path of the RTSP server carries which stream (Camera HTTP API v7, section 2.7.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.simulators.reolink.encoder import MAIN, SUB
from bridge.simulators.wire.rtsp import StreamSpec

if TYPE_CHECKING:
    from bridge.simulators.reolink.device import Device

_PATH = re.compile(r"(?P<codec>h264|h265)?Preview_(?P<number>\d\d)_(?P<stream>main|sub)")
_BARE = "Preview_01_main"
"""What an empty path means."""


def find_stream(device: Device, path: str) -> StreamSpec | None:
    """Return what a path carries now, or None.

    Paths count channels from 1. The older form with a codec in front exists for the codec that the stream has.
    """
    match = _PATH.fullmatch(path.strip("/") or _BARE)
    if match is None or not 1 <= int(match["number"]) <= len(device.channels):
        return None
    encoder = device.channels[int(match["number"]) - 1].encoder
    stream = MAIN if match["stream"] == "main" else SUB
    limits = encoder.range_of(stream)
    if match["codec"] not in (None, limits.codec):
        return None
    return StreamSpec(
        video=f"{limits.codec}-{limits.width}x{limits.height}",
        frame_rate=encoder.settings_of(stream).frame_rate,
        audio=encoder.has_audio,
    )
