"""The focus facet: a motor that runs until Stop, and positions where the camera tells their range (3.7.1, 3.7.13).

Which of `FocusInc` ("forwards") and `FocusDec` leads to far is not documented; Inc is taken for far, and so are the
higher positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.core.errors import InvalidValue
from bridge.core.imaging import FocusStatus
from bridge.drivers.reolink.mapping import to_native_speed
from bridge.drivers.reolink.mechanics import Motor
from bridge.drivers.reolink.motors import Motion

if TYPE_CHECKING:
    from bridge.drivers.reolink.motors import Motors

FAR: Final = "FocusInc"
NEAR: Final = "FocusDec"


class ReolinkFocus:
    """`core.imaging.Focus` for one channel."""

    def __init__(self, motors: Motors) -> None:
        self._motors = motors

    @property
    def status(self) -> FocusStatus:
        """The position as last read, and the movements started from here; automatic focus is not told."""
        return FocusStatus(self._motors.position(Motor.FOCUS), self._motors.is_moving(Motor.FOCUS))

    async def move(self, velocity: float) -> None:
        """Start moving; see `core.imaging.Focus`.

        Raises:
            InvalidValue: `velocity`, it is 0 or outside -1..1.
            CameraError: the camera did not do it.
        """
        if not 0.0 < abs(velocity) <= 1.0:
            raise InvalidValue("velocity", f"a velocity of {velocity:g} is 0 or outside -1..1")
        async with self._motors.turn:
            has_speed = self._motors.mechanics.type.speed
            speed = to_native_speed(velocity, self._motors.limits.speed_steps) if has_speed else None
            await self._motors.run({Motor.FOCUS: Motion(FAR if velocity > 0 else NEAR, speed)})

    async def move_to(self, position: float, *, speed: float | None = None) -> None:
        """Start a drive to a position, at the camera's own speed; see `core.imaging.Focus`."""
        del speed  # StartZoomFocus takes none
        async with self._motors.turn:
            await self._motors.drive_to(Motor.FOCUS, position)

    async def move_by(self, distance: float, *, speed: float | None = None) -> None:
        """Start to go a distance, at the camera's own speed; see `core.imaging.Focus`."""
        del speed
        async with self._motors.turn:
            await self._motors.drive_by(Motor.FOCUS, distance)

    async def stop(self) -> None:
        """Stop the focus; the other motors go on."""
        async with self._motors.turn:
            await self._motors.run({Motor.FOCUS: None})
