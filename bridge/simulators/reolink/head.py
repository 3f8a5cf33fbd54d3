"""The physics of a pan/tilt/zoom head: four axes that move at constant speed, computed when someone looks.

A speed step turns the head by 1.5 degrees in a second (measured on an RLC-823A) and moves zoom and focus by 5 steps
in a second at step 32. Nothing ticks: an axis knows where and when its movement began and where it must end, so the
pose at any time is a formula, and tests move the clock instead of waiting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DEGREES_PER_STEP = 1.5
LENS_STEPS_PER_STEP = 5 / 32
TILT_HIGHEST = 90.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head looks, or how fast it moves there.

    Attributes:
        pan: degrees, growing to the right.
        tilt: degrees, growing upwards.
        zoom: lens steps, growing to the tele end.
        focus: lens steps.
    """

    pan: float
    tilt: float
    zoom: float
    focus: float


class Axis:
    """One axis.

    Args:
        low: lowest position.
        high: highest position.
        wraps: the axis turns on for ever, and `high` is `low` again.
        position: where it stands at first.
    """

    def __init__(self, *, low: float, high: float, wraps: bool = False, position: float) -> None:
        self.low, self.high, self.wraps = low, high, wraps
        self._position = position
        self._velocity = 0.0
        self._reach = 0.0
        self._since = 0.0

    def position_at(self, now: float) -> float:
        """Return where the axis is."""
        travelled = min(abs(self._velocity) * (now - self._since), self._reach)
        position = self._position + math.copysign(travelled, self._velocity)
        if self.wraps:
            turn = self.high - self.low
            # A hair below zero is a whole turn to Python's remainder; the axis is at its beginning then.
            return self.low + (position - self.low) % turn % turn
        return min(max(position, self.low), self.high)

    def velocity_at(self, now: float) -> float:
        """Return how fast it moves, in units per second; 0 when it has reached its aim or its end stop."""
        return self._velocity if now < self.arrives_at else 0.0

    @property
    def arrives_at(self) -> float:
        """When it stands still by itself, infinity if never."""
        return self._since + (self._reach / abs(self._velocity) if self._velocity else 0.0)

    def move(self, velocity: float, now: float) -> None:
        """Move on until the end stop, or for ever."""
        here = self.position_at(now)
        room = self.high - here if velocity > 0 else here - self.low
        self._start(here, velocity, math.inf if self.wraps else room, now)

    def go(self, target: float, speed: float, now: float) -> None:
        """Move to a position, the shorter way round where there are two."""
        here = self.position_at(now)
        distance = target - here
        if self.wraps:
            turn = self.high - self.low
            distance = (distance + turn / 2) % turn - turn / 2
        self._start(here, math.copysign(speed, distance) if distance else 0.0, abs(distance), now)

    def place(self, position: float, now: float) -> None:
        """Stand at a position at once."""
        self._start(position, 0.0, 0.0, now)

    def _start(self, here: float, velocity: float, reach: float, now: float) -> None:
        self._position, self._velocity, self._reach, self._since = here, velocity, reach, now


class Head:
    """The four axes together.

    Args:
        pan_highest: end stop of the pan axis, in degrees; 360 turns without end.
        zoom_highest: tele end, in lens steps.
        focus_highest: last focus step.
        pose: where it looks at first.
    """

    def __init__(self, *, pan_highest: float, zoom_highest: int, focus_highest: int, pose: Pose) -> None:
        self.pan = Axis(low=0.0, high=pan_highest, wraps=pan_highest == 360.0, position=pose.pan)
        self.tilt = Axis(low=0.0, high=TILT_HIGHEST, position=pose.tilt)
        self.zoom = Axis(low=0.0, high=zoom_highest, position=pose.zoom)
        self.focus = Axis(low=0.0, high=focus_highest, position=pose.focus)

    def turn(self, right: int, up: int, speed: int, now: float) -> None:
        """Turn on with a speed step; each direction is -1, 0 or 1."""
        self.pan.move(right * speed * DEGREES_PER_STEP, now)
        self.tilt.move(up * speed * DEGREES_PER_STEP, now)

    def stop(self, now: float) -> None:
        """Stop every axis where it is."""
        for axis in (self.pan, self.tilt, self.zoom, self.focus):
            axis.place(axis.position_at(now), now)

    def go(self, pose: Pose, speed: int, now: float) -> float:
        """Drive to a pose with a speed step and return when it will be reached."""
        self.pan.go(pose.pan, speed * DEGREES_PER_STEP, now)
        self.tilt.go(pose.tilt, speed * DEGREES_PER_STEP, now)
        self.zoom.go(pose.zoom, speed * LENS_STEPS_PER_STEP, now)
        self.focus.go(pose.focus, speed * LENS_STEPS_PER_STEP, now)
        return self.arrives_at

    def place(self, pose: Pose, now: float) -> None:
        """Look somewhere else at once, as when someone takes the camera in their hands."""
        self.pan.place(pose.pan, now)
        self.tilt.place(pose.tilt, now)
        self.zoom.place(pose.zoom, now)
        self.focus.place(pose.focus, now)

    @property
    def arrives_at(self) -> float:
        """When all axes stand still by themselves, infinity if never."""
        return max(axis.arrives_at for axis in (self.pan, self.tilt, self.zoom, self.focus))

    def pose_at(self, now: float) -> Pose:
        """Return where the head looks."""
        return Pose(*(axis.position_at(now) for axis in (self.pan, self.tilt, self.zoom, self.focus)))

    def velocity_at(self, now: float) -> Pose:
        """Return how fast each axis moves, per second."""
        return Pose(*(axis.velocity_at(now) for axis in (self.pan, self.tilt, self.zoom, self.focus)))
