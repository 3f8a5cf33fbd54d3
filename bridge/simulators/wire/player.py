"""Plays a clip to one RTSP session in real time: what to send next, and when.

Every session follows the camera's one time, so that all viewers see the same moment. A session begins with the key
frame of the current second and everything since, as a camera with a frame buffer does; after a pause, a stall or
congestion it goes on with the next key frame. Sender reports go out with the first packets and every
`REPORT_INTERVAL_S` (RFC 3550 section 6.2).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bridge.simulators.clips.cadence import CLIP_SECONDS, Cadence
from bridge.simulators.clips.library import AUDIO_FRAME_SAMPLES, AUDIO_RATE_HZ, VIDEO_NAMES, audio_frames, video_clip
from bridge.simulators.wire.outlet import Outlet
from bridge.simulators.wire.rtp import RtpStream, aac_payload, h264_payloads, h265_payloads

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT_INTERVAL_S = 5.0

VIDEO_TRACK, AUDIO_TRACK = 1, 2

_AUDIO_FRAME_S = AUDIO_FRAME_SAMPLES / AUDIO_RATE_HZ
_CNAME = "camera"
_PAYLOADS = {"h264": h264_payloads, "h265": h265_payloads}


@dataclass(frozen=True)
class StreamSpec:
    """What a stream of the camera carries now.

    Attributes:
        video: name of a clip, one of `clips.VIDEO_NAMES`.
        frame_rate: frames in a second.
        audio: whether there is an audio track.
        has_talk: whether the stream has a way back, to a speaker.

    Raises:
        ValueError: there is no such clip, or the frame rate is out of range.
    """

    video: str
    frame_rate: float
    audio: bool
    has_talk: bool = False

    def __post_init__(self) -> None:
        if self.video not in VIDEO_NAMES:
            raise ValueError(f"no clip {self.video!r}; there are {', '.join(VIDEO_NAMES)}")
        Cadence(self.frame_rate)


@dataclass(frozen=True, slots=True)
class PlayerTrack:
    """One track that the client has set up."""

    rtp: RtpStream
    outlet: Outlet


class Player:
    """Plays one stream to one session, driven by timers of the running event loop.

    Args:
        spec: what to play.
        elapsed: the camera's time in seconds.
        may_send: asked before each sending; while it says no, the stream stands still. It may `close` the player.
    """

    def __init__(self, spec: StreamSpec, *, elapsed: Callable[[], float], may_send: Callable[[], bool]) -> None:
        self.tracks: dict[int, PlayerTrack] = {}
        self._clip = video_clip(spec.video)
        self._cadence = Cadence(spec.frame_rate)
        self._elapsed = elapsed
        self._may_send = may_send
        self._timer: asyncio.Handle | None = None
        self._has_played = False
        self._group = 0
        self._frame = 0
        self._audio_index = 0
        self._next_report_s = 0.0

    def play(self) -> None:
        """Start sending, from the next turn of the event loop on. Does nothing if it plays already."""
        if self._timer is not None:
            return
        now = self._elapsed()
        # A second start must not repeat what the client already has.
        self._go_to(self._cadence.group_at(now) + (1 if self._has_played else 0))
        self._has_played = True
        self._next_report_s = now
        self._timer = asyncio.get_running_loop().call_soon(self._tick)

    def pause(self) -> None:
        """Stop sending until the next `play`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Stop for good and close the outlets."""
        self.pause()
        for track in self.tracks.values():
            track.outlet.close()

    def position(self, track: int) -> tuple[int, int]:
        """Return sequence number and RTP time of the next packet of a track."""
        rtp = self.tracks[track].rtp
        return rtp.seq, rtp.rtp_time(self._audio_due_s if track == AUDIO_TRACK else self._video_due_s)

    @property
    def _video_due_s(self) -> float:
        return self._cadence.time_of(self._group, self._frame)

    @property
    def _audio_due_s(self) -> float:
        return self._audio_index * _AUDIO_FRAME_S

    def _go_to(self, group: int) -> None:
        self._group, self._frame = group, 0
        self._audio_index = ceil(self._video_due_s / _AUDIO_FRAME_S)

    def _tick(self) -> None:
        now = self._elapsed()
        may_send = self._may_send()
        if self._timer is None:
            return
        group = self._cadence.group_at(now)
        if not may_send or any(track.outlet.is_congested for track in self.tracks.values()):
            self._go_to(group + 1)
        elif group > self._group + 1:
            self._go_to(group)
        self._send_video(now)
        self._send_audio(now)
        if may_send and now >= self._next_report_s:
            self._send_reports(now)
        due = min(self._video_due_s, self._audio_due_s)
        self._timer = asyncio.get_running_loop().call_later(max(0.0, due - now), self._tick)

    def _send_video(self, now: float) -> None:
        track = self.tracks.get(VIDEO_TRACK)
        while self._video_due_s <= now:
            if track is not None:
                nals = self._clip.groups[self._group % CLIP_SECONDS][self._frame]
                track.outlet.send(track.rtp.packetize(_PAYLOADS[self._clip.codec](nals), self._video_due_s))
            self._frame += 1
            if self._frame == self._cadence.frames:
                self._group, self._frame = self._group + 1, 0

    def _send_audio(self, now: float) -> None:
        track = self.tracks.get(AUDIO_TRACK)
        frames = audio_frames()
        while self._audio_due_s <= now:
            if track is not None:
                payload = aac_payload(frames[self._audio_index % len(frames)])
                track.outlet.send(track.rtp.packetize([payload], self._audio_due_s))
            self._audio_index += 1

    def _send_reports(self, now: float) -> None:
        self._next_report_s = now + REPORT_INTERVAL_S
        for track in self.tracks.values():
            track.outlet.send_report(track.rtp.sender_report(now, time.time(), _CNAME))
