"""Drives to places: a zoom position, and the guard position as home (vendor document, 3.7.12 to 3.7.15).

The camera knows no positions of pan and tilt, so these can only be sent to presets and to the guard position. What it
does with the guard position by itself (going back after a minute) is left as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import InvalidValue, Unsupported
from bridge.drivers.reolink.mechanics import Motor

if TYPE_CHECKING:
    from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation
    from bridge.drivers.reolink.motors import Motors
    from bridge.drivers.reolink.settings import SettingsDesk


class ReolinkDrives:
    """`core.ptz.Drives` for one channel: zoom only, at the camera's own speed."""

    def __init__(self, motors: Motors) -> None:
        self._motors = motors

    async def move_to(self, position: PtzPosition, *, speed: PtzSpeed) -> None:
        """Start a drive of the zoom to a position; see `core.ptz.Drives`."""
        del speed  # StartZoomFocus takes none
        async with self._motors.turn:
            if position.pan_tilt is not None:
                raise _no_pan_tilt()
            if position.zoom is not None:
                await self._motors.drive_to(Motor.ZOOM, position.zoom)

    async def move_by(self, translation: PtzTranslation, *, speed: PtzSpeed) -> None:
        """Start to zoom by a part of the range; see `core.ptz.Drives`."""
        del speed
        async with self._motors.turn:
            if translation.pan_tilt is not None:
                raise _no_pan_tilt()
            if translation.zoom is not None:
                await self._motors.drive_by(Motor.ZOOM, translation.zoom)


class ReolinkHome:
    """`core.ptz.Home` for one channel."""

    def __init__(self, motors: Motors, desk: SettingsDesk) -> None:
        self._motors = motors
        self._desk = desk

    async def set_home(self) -> None:
        """Make the present position the guard position; see `core.ptz.Home`.

        Raises:
            InvalidValue: `moving`.
            CameraError: from the camera.
        """
        async with self._motors.turn:
            if self._motors.is_moving(Motor.PAN_TILT) or self._motors.is_moving(Motor.ZOOM):
                raise InvalidValue("moving", "a position can be stored only while the camera stands still")
            await self._desk.change(("GetPtzGuard",), lambda client, _: (client.set_ptz_guard(store=True),))

    async def go_home(self, *, speed: float | None = None) -> None:
        """Drive to the guard position, at the camera's own speed; see `core.ptz.Home`."""
        del speed  # SetPtzGuard takes none
        async with self._motors.turn:
            if not self._motors.mechanics.has_home:
                raise InvalidValue("no_home", "no guard position was ever set in the camera")
            await self._motors.go(self._motors.client().set_ptz_guard(store=False))


def _no_pan_tilt() -> Unsupported:
    return Unsupported("the camera knows no positions of pan and tilt", facet="drives")
