"""Mechanics that take time and stop at their ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bridge.core.ptz import PtzPosition, PtzSpeed

FULL_RANGE_S = 0.02
"""How long the mechanics take from the middle to the end, at full speed: quick, as tests wait for them."""


@dataclass
class Axis:
    """One axis of the mechanics: where it was, where it goes, since when (seconds of the loop's clock)."""

    low: float
    position: float = 0.0
    target: float = 0.0
    speed: float = 1.0
    since: float = 0.0

    def at(self, now: float) -> float:
        way = (now - self.since) * self.speed / FULL_RANGE_S
        distance = self.target - self.position
        return self.target if abs(distance) <= way else self.position + (way if distance > 0 else -way)

    def go(self, target: float, speed: float, now: float) -> None:
        self.position, self.since = self.at(now), now
        self.target, self.speed = min(max(target, self.low), 1.0), max(speed, 0.05)

    def is_moving(self, now: float) -> bool:
        return self.at(now) != self.target


class Mechanics:
    """Pan, tilt, zoom and focus as physics: they take time, and they stop at the ends."""

    def __init__(self) -> None:
        self.pan, self.tilt = Axis(-1.0), Axis(-1.0)
        self.zoom, self.focus = Axis(0.0), Axis(0.0)

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def place(self) -> PtzPosition:
        now = self.now
        return PtzPosition((self.pan.at(now), self.tilt.at(now)), self.zoom.at(now))

    def run(self, axis: Axis, velocity: float) -> None:
        now = self.now
        axis.go((1.0 if velocity > 0 else axis.low) if velocity else axis.at(now), abs(velocity), now)

    def drive(self, position: PtzPosition, speed: PtzSpeed) -> None:
        if position.pan_tilt is not None:
            for axis, target in zip((self.pan, self.tilt), position.pan_tilt, strict=True):
                axis.go(target, 1.0 if speed.pan_tilt is None else speed.pan_tilt, self.now)
        if position.zoom is not None:
            self.zoom.go(position.zoom, 1.0 if speed.zoom is None else speed.zoom, self.now)
