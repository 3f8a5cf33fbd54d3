"""Which path of the RTSP server carries which stream (Camera HTTP API v7, section 2.7.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.simulators.reolink.encoder import MAIN, SUB
from bridge.simulators.wire.rtsp import StreamSpec

if TYPE_CHECKING:
    from bridge.simulators.reolink.channel import Channel
    from bridge.simulators.reolink.device import Device

_PATH = re.compile(r"(?P<codec>h264|h265)?Preview_(?P<number>\d\d)_(?P<stream>main|sub)")
_BARE = "Preview_01_main"
"""What an empty path means."""


def find_stream(device: Device, path: str) -> StreamSpec | None:
    """Return what a path carries now, or None.

    Paths count channels from 1. The older form with a codec in front exists for the codec that the stream has.
    """
    match, channel = _PATH.fullmatch(_whole(path)), channel_of(device, path)
    if match is None or channel is None:
        return None
    stream = MAIN if match["stream"] == "main" else SUB
    if match["codec"] not in (None, channel.encoder.range_of(stream).codec):
        return None
    return _spec(channel, stream)


def numbered_stream(device: Device, number: int, stream: str) -> StreamSpec | None:
    """Return what `main` or `sub` of a channel, counted from 0, carries now, or None."""
    channel = device.channels[number] if number < len(device.channels) else None
    return _spec(channel, MAIN if stream == "main" else SUB) if channel is not None and channel.is_online else None


def channel_of(device: Device, path: str) -> Channel | None:
    """Return the picture that a path is about, None when there is none or its camera is away."""
    match = _PATH.fullmatch(_whole(path))
    if match is None or not 1 <= int(match["number"]) <= len(device.channels):
        return None
    channel = device.channels[int(match["number"]) - 1]
    return channel if channel.is_online else None


def _whole(path: str) -> str:
    return path.strip("/") or _BARE


def _spec(channel: Channel, stream: str) -> StreamSpec:
    encoder = channel.encoder
    limits = encoder.range_of(stream)
    return StreamSpec(
        video=f"{limits.codec}-{limits.width}x{limits.height}",
        frame_rate=encoder.settings_of(stream).frame_rate,
        audio=encoder.has_audio,
        has_talk=channel.persona.has_talk,
    )
