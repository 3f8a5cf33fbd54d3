"""Which picture belongs to which moment: camera time cut into seconds, and seconds into frames.

A clip holds `CLIP_SECONDS` groups of pictures of `FRAMES_PER_GROUP` frames. Each group begins with a key frame and
shows one second of camera time. A stream with a lower frame rate sends only the first frames of each group and goes
on with the next key frame at the next full second; nothing refers across groups, so every prefix of a group decodes.
Therefore streams of any frame rate, and still pictures, show the same second at the same time, and `SS:FF` in the
picture counts as a time code does: seconds, and frames within the second.

A frame rate above `FRAMES_PER_GROUP` leaves no second for the groups to fill: they follow each other faster, and the
time code runs fast. Tests use that to see much in little time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

CLIP_SECONDS = 16
"""Groups in a clip: 16 s are exactly 250 AAC frames of 1024 samples at 16 kHz, so sound and picture loop together."""

FRAMES_PER_GROUP = 25
"""Frames in a group: the highest frame rate that a simulated camera offers."""

LOWEST_FRAME_RATE = 1.0
HIGHEST_FRAME_RATE = 1000.0

_ROUNDING = 1e-6
"""Frames; keeps a frame whose time was computed as a float from being counted as the one before it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of a clip: what its time code `SS:FF` says."""

    second: int
    frame: int


@dataclass(frozen=True, slots=True)
class Cadence:
    """The order of frames in camera time at one frame rate.

    Groups are counted from camera time 0 without end; `Moment.second` is the group within the clip.

    Raises:
        ValueError: the frame rate is not between `LOWEST_FRAME_RATE` and `HIGHEST_FRAME_RATE`.
    """

    frame_rate: float

    def __post_init__(self) -> None:
        if not LOWEST_FRAME_RATE <= self.frame_rate <= HIGHEST_FRAME_RATE:
            raise ValueError(f"frame rate {self.frame_rate} is not in {LOWEST_FRAME_RATE}..{HIGHEST_FRAME_RATE}")

    @property
    def frames(self) -> int:
        """How many frames of each group are sent."""
        return min(FRAMES_PER_GROUP, ceil(self.frame_rate))

    @property
    def group_s(self) -> float:
        """How long a group lasts, in seconds."""
        return min(1.0, FRAMES_PER_GROUP / self.frame_rate)

    def group_at(self, elapsed_s: float) -> int:
        """Return the number of the group that is shown at a camera time."""
        return floor(elapsed_s / self.group_s + _ROUNDING / FRAMES_PER_GROUP)

    def moment_at(self, elapsed_s: float) -> Moment:
        """Return the picture that is shown at a camera time."""
        group = self.group_at(elapsed_s)
        frame = floor((elapsed_s - group * self.group_s) * self.frame_rate + _ROUNDING)
        return Moment(group % CLIP_SECONDS, min(max(frame, 0), self.frames - 1))

    def time_of(self, group: int, frame: int) -> float:
        """Return the camera time at which a frame of a group is due, in seconds."""
        return group * self.group_s + frame / self.frame_rate
