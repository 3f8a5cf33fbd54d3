"""HTTP-FLV: the live picture as an endless file in the answer to a GET (Camera HTTP API v7, 2.7; Adobe FLV 10.1).

`/flv?port=1935&app=bcs&stream=channel0_main.bcs&user=U&password=P` on the API's port, H.264 and AAC only. User and
password are compared as they stand in the URL, without decoding, as cameras do. What cannot be had is no error: the
connection is closed before the first byte.
"""

from __future__ import annotations

import asyncio
import re
import struct
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bridge.simulators.clips import Cadence, audio_frames, video_clip
from bridge.simulators.clips.cadence import CLIP_SECONDS
from bridge.simulators.clips.library import AUDIO_CONFIG, AUDIO_FRAME_SAMPLES, AUDIO_RATE_HZ
from bridge.simulators.listener import end
from bridge.simulators.reolink.mp4 import avc_configuration, picture
from bridge.simulators.reolink.streams import numbered_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.simulators.control import Journal
    from bridge.simulators.reolink.device import Device
    from bridge.simulators.wire.rtsp import StreamSpec

PATH = "/flv"
AUDIO, VIDEO = 8, 9
_HAS_AUDIO, _HAS_VIDEO = 4, 1
_AVC, _KEY, _INTER = 7, 1, 2
_CONFIG, _FRAME = 0, 1
_AAC_SOUND = 0xAF
"""AAC; the rate, the width and the channels that follow in these bits mean nothing for AAC."""
_AUDIO_FRAME_S = AUDIO_FRAME_SAMPLES / AUDIO_RATE_HZ
_STREAM = re.compile(r"channel(\d{1,3})_(main|sub)\.bcs")
_LONGEST_WAIT_S = 0.5
"""How soon a stream that has nothing to send notices that nobody listens any more."""

_log = structlog.get_logger(__name__)


class FlvServer:
    """Serves the live pictures of one device over HTTP.

    Args:
        device: the camera.
        journal: where every request is written down.
    """

    def __init__(self, device: Device, journal: Journal) -> None:
        self._device = device
        self._journal = journal
        self._playing: set[asyncio.Transport] = set()
        self._stalled_until = self._refused_until = float("-inf")

    def stall(self, seconds: float) -> None:
        """Send nothing for a while; connections stay."""
        self._stalled_until = self._device.clock.now() + seconds

    def drop_all(self, *, refuse_s: float) -> None:
        """Close all streams, and refuse new ones for a while."""
        self._refused_until = self._device.clock.now() + refuse_s
        for transport in self._playing:
            end(transport, reset=False)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, for as long as the client listens."""
        query = dict(part.partition("=")[::2] for part in request.rel_url.raw_query_string.split("&"))
        find = self._finder(query)
        spec = find()
        known = {"stream": query.get("stream", ""), "user": query.get("user", ""), "peer": request.remote}
        self._journal.add("FLV", known, {"video": None if spec is None else spec.video})
        response = web.StreamResponse(headers={"Content-Type": "video/x-flv"})
        transport = request.transport
        if transport is None:
            return response
        if spec is None or not spec.video.startswith("h264"):
            end(transport, reset=False)
            return response
        response.enable_chunked_encoding()
        self._playing.add(transport)
        try:
            await response.prepare(request)
            await self._play(response, spec, lambda: not transport.is_closing() and find() == spec)
        except ConnectionResetError:
            _log.debug("simulator.flv.left", stream=query["stream"])
        finally:
            self._playing.discard(transport)
            end(transport, reset=False)
        return response

    def _finder(self, query: dict[str, str]) -> Callable[[], StreamSpec | None]:
        """Return what looks up what a request may have at the moment."""
        device = self._device
        match = _STREAM.fullmatch(query.get("stream", ""))
        is_known = device.accounts.verified(query.get("user"), query.get("password")) is not None
        if match is None or not is_known or query.get("app") != "bcs" or device.clock.now() < self._refused_until:
            return lambda: None
        return partial(numbered_stream, device, int(match[1]), match[2])

    async def _play(self, response: web.StreamResponse, spec: StreamSpec, is_wanted: Callable[[], bool]) -> None:
        """Send the stream as it happens, beginning with the present group of pictures."""
        clock, cadence = self._device.clock, Cadence(spec.frame_rate)
        group = cadence.group_at(clock.now())
        began_s = cadence.time_of(group, 0)
        tags = live_tags(spec, group, began_s)
        await response.write(header(spec))
        due_s, tag = next(tags)
        while is_wanted():
            now = clock.now()
            if now < self._stalled_until:
                # What is not sent is lost: the stream goes on with the next whole group.
                tags = live_tags(spec, cadence.group_at(self._stalled_until) + 1, began_s)
                due_s, tag = next(tags)
                await asyncio.sleep(min(self._stalled_until - now, _LONGEST_WAIT_S))
            elif due_s <= now:
                await response.write(tag)
                due_s, tag = next(tags)
            else:
                await asyncio.sleep(min(due_s - now, _LONGEST_WAIT_S))


def header(spec: StreamSpec) -> bytes:
    """Return the beginning of the file: signature, and how pictures and sound are to be decoded."""
    flags = _HAS_VIDEO | (_HAS_AUDIO if spec.audio else 0)
    config = struct.pack(">BBxxx", _KEY << 4 | _AVC, _CONFIG) + avc_configuration(video_clip(spec.video))
    parts = [b"FLV\x01", bytes([flags]), struct.pack(">II", 9, 0), tag_of(VIDEO, 0, config)]
    if spec.audio:
        parts.append(tag_of(AUDIO, 0, bytes((_AAC_SOUND, _CONFIG)) + AUDIO_CONFIG))
    return b"".join(parts)


def live_tags(spec: StreamSpec, group: int, began_s: float) -> Iterator[tuple[float, bytes]]:
    """Return without end the tags from a group of pictures on, each with the camera time at which it is due.

    The times in the tags count from the camera time `began_s`.
    """
    cadence, clip, sounds = Cadence(spec.frame_rate), video_clip(spec.video), audio_frames()
    sound = ceil(cadence.time_of(group, 0) / _AUDIO_FRAME_S)
    frame = 0
    while True:
        due_s, sound_s = cadence.time_of(group, frame), sound * _AUDIO_FRAME_S
        if spec.audio and sound_s < due_s:
            data = bytes((_AAC_SOUND, _FRAME)) + sounds[sound % len(sounds)]
            yield sound_s, tag_of(AUDIO, sound_s - began_s, data)
            sound += 1
            continue
        kind = _INTER if frame else _KEY
        data = struct.pack(">BBxxx", kind << 4 | _AVC, _FRAME) + picture(clip, group % CLIP_SECONDS, frame)
        yield due_s, tag_of(VIDEO, due_s - began_s, data)
        group, frame = (group, frame + 1) if frame + 1 < cadence.frames else (group + 1, 0)


def tag_of(kind: int, at_s: float, data: bytes) -> bytes:
    """Return one tag with the size of it behind it."""
    milliseconds = round(at_s * 1000) & 0xFFFFFFFF
    head = struct.pack(">I", kind << 24 | len(data)) + struct.pack(">I", milliseconds << 8 & 0xFFFFFFFF)[:3]
    head += bytes([milliseconds >> 24]) + bytes(3)
    return head + data + struct.pack(">I", len(head) + len(data))
