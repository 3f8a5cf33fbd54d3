"""What simulated cameras show and play: small committed clips of a moving picture with a time code, and a sound."""

from __future__ import annotations

from bridge.simulators.clips.cadence import Cadence, Moment
from bridge.simulators.clips.library import VIDEO_NAMES, VideoClip, audio_frames, load_all, video_clip
from bridge.simulators.clips.picture import picture_jpeg, read_moment

__all__ = [
    "VIDEO_NAMES",
    "Cadence",
    "Moment",
    "VideoClip",
    "audio_frames",
    "load_all",
    "picture_jpeg",
    "read_moment",
    "video_clip",
]
