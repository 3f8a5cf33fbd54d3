"""The end of a continuous move: ONVIF's time-out, kept by the bridge because native cameras keep moving for ever.

PTZ Service Specification, "Move operations". Each of the two groups of axes has its own deadline: a move that leaves
pan and tilt out does not touch a pan that runs, and does not prolong it. A drive to a place replaces the continuous
move of its axes and ends by itself, so nothing is left to stop. All native movement commands of a camera go through
here, one at a time, so that a stop whose time has come can never overtake a newer move.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import CameraError, TimedOut, Unreachable, Unsupported
from bridge.core.ptz import Velocity

if TYPE_CHECKING:
    from bridge.core.camera import Camera
    from bridge.core.ptz import Drives, Home, Ptz, PtzPosition, PtzSpeed, PtzTranslation
    from bridge.core.timing import Clock

_STOP_RETRY_S = 1.0
"""Wait before a stop that failed is sent again: the camera is moving meanwhile, so it is short."""

_LEAVE_S = 1.5
"""How long the last stop may take when the device is taken down: part of the 5 s in which the bridge has to end."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Running:
    """Deadlines in monotonic seconds of the axes that move; None for an axis that rests."""

    pan_tilt: float | None = None
    zoom: float | None = None

    def earliest(self) -> float | None:
        """The deadline that comes first, if anything moves."""
        return min((deadline for deadline in (self.pan_tilt, self.zoom) if deadline is not None), default=None)


class MovementTimer:
    """Moves and stops one camera, and stops it by itself when the time of a move is over."""

    def __init__(self, camera: Camera, *, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self._running = _Running()
        self._failed_stops = 0
        self._one_command = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def deadline(self) -> float | None:
        """When the next axis is due to stop, in monotonic seconds; None when nothing moves."""
        return self._running.earliest()

    async def move(self, velocity: Velocity, *, timeout_s: float) -> None:
        """Start moving, or change the movement, for at most `timeout_s` seconds.

        Raises:
            CameraError: from the camera. If the answer was lost, or nobody waits for it any more, the camera may
                move all the same: the axes are stopped in time nevertheless.
            InvalidValue: the camera's own refusal.
        """
        async with self._one_command:
            try:
                await self._ptz().move(velocity)
            except (Unreachable, TimedOut, asyncio.CancelledError):
                self._arm(_without_stops(velocity), timeout_s)
                raise
            self._arm(velocity, timeout_s)

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        """Stop the axes named, and forget their deadlines once the camera has done so.

        Raises:
            CameraError: from the camera; the deadlines stay.
        """
        async with self._one_command:
            await self._ptz().stop(pan_tilt=pan_tilt, zoom=zoom)
            self._disarm(pan_tilt=pan_tilt, zoom=zoom)

    async def go_to_preset(self, token: str, *, speed: float | None) -> None:
        """Drive to a preset.

        Raises:
            CameraError: from the camera.
            InvalidValue: `no_preset`.
        """
        async with self._one_command:
            await self._ptz().go_to_preset(token, speed=speed)
            self._disarm()

    async def go_home(self, *, speed: float | None) -> None:
        """Drive to the home position.

        Raises:
            CameraError: from the camera.
            InvalidValue: `no_home`.
        """
        async with self._one_command:
            await self._home().go_home(speed=speed)
            self._disarm()

    async def move_to(self, position: PtzPosition, *, speed: PtzSpeed) -> None:
        """Drive to a position; axes that it leaves out go on as they are.

        Raises:
            CameraError: from the camera. If the answer was lost, a continuous move of these axes may go on: its
                deadline stays.
            InvalidValue: the camera's own refusal.
        """
        async with self._one_command:
            await self._drives().move_to(position, speed=speed)
            self._disarm(pan_tilt=position.pan_tilt is not None, zoom=position.zoom is not None)

    async def move_by(self, translation: PtzTranslation, *, speed: PtzSpeed) -> None:
        """Go a way from where the camera looks; axes that it leaves out go on as they are.

        Raises:
            CameraError: as `move_to`.
            InvalidValue: the camera's own refusal.
        """
        async with self._one_command:
            await self._drives().move_by(translation, speed=speed)
            self._disarm(pan_tilt=translation.pan_tilt is not None, zoom=translation.zoom is not None)

    def stop_soon(self) -> None:
        """Let the time of whatever moves be over now; `run` stops it, for as long as that takes."""
        now = self._clock.now()
        running = self._running
        running.pan_tilt = None if running.pan_tilt is None else min(running.pan_tilt, now)
        running.zoom = None if running.zoom is None else min(running.zoom, now)
        self._changed.set()

    async def stop_due(self) -> None:
        """Stop the axes whose time is over; after a failure they are due again a moment later."""
        async with self._one_command:
            now = self._clock.now()
            pan_tilt, zoom = (
                deadline is not None and deadline <= now for deadline in (self._running.pan_tilt, self._running.zoom)
            )
            if not (pan_tilt or zoom):
                return
            try:
                await self._ptz().stop(pan_tilt=pan_tilt, zoom=zoom)
            except Unsupported as error:
                _log.error("movement.cannot_stop", camera=self._camera.id, error=str(error))
                self._disarm(pan_tilt=pan_tilt, zoom=zoom)
            except CameraError as error:
                self._postpone(now, error)
            else:
                self._disarm(pan_tilt=pan_tilt, zoom=zoom)

    async def run(self) -> None:
        """Stop what is due until cancelled; on the way out stop whatever still moves."""
        try:
            while True:
                await self._wait()
                await self.stop_due()
        finally:
            await self._leave()

    def _ptz(self) -> Ptz:
        facet = self._camera.facets.ptz
        if facet is None:
            raise Unsupported("The camera cannot pan, tilt or zoom", camera=self._camera.id, facet="ptz")
        return facet

    def _drives(self) -> Drives:
        facet = self._camera.facets.drives
        if facet is None:
            raise Unsupported("The camera cannot drive to a place", camera=self._camera.id, facet="drives")
        return facet

    def _home(self) -> Home:
        facet = self._camera.facets.home
        if facet is None:
            raise Unsupported("The camera has no home position", camera=self._camera.id, facet="home")
        return facet

    def _arm(self, velocity: Velocity, timeout_s: float) -> None:
        deadline = self._clock.now() + timeout_s
        if velocity.pan_tilt is not None:
            self._running.pan_tilt = deadline if any(velocity.pan_tilt) else None
        if velocity.zoom is not None:
            self._running.zoom = deadline if velocity.zoom else None
        self._failed_stops = 0
        self._changed.set()

    def _disarm(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        if pan_tilt:
            self._running.pan_tilt = None
        if zoom:
            self._running.zoom = None
        self._failed_stops = 0
        self._changed.set()

    def _postpone(self, now: float, error: CameraError) -> None:
        """Try again in a moment, for as long as it takes: a camera may move on while it cannot be reached."""
        self._failed_stops += 1
        if self._failed_stops == 1:
            _log.warning("movement.stop_failed", camera=self._camera.id, error=str(error))
        retry = now + _STOP_RETRY_S
        running = self._running
        running.pan_tilt = None if running.pan_tilt is None else max(running.pan_tilt, retry)
        running.zoom = None if running.zoom is None else max(running.zoom, retry)

    async def _wait(self) -> None:
        """Return when the earliest deadline has come or the deadlines have changed."""
        self._changed.clear()
        deadline = self.deadline
        delay = None if deadline is None else max(0.0, deadline - self._clock.now())
        try:
            async with asyncio.timeout(delay):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _leave(self) -> None:
        if self.deadline is None:
            return
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self.stop()
        except CameraError as error:
            _log.warning("movement.left_moving", camera=self._camera.id, error=str(error))
        except TimeoutError:
            _log.warning("movement.left_moving", camera=self._camera.id, error=f"no answer within {_LEAVE_S:g} s")


def _without_stops(velocity: Velocity) -> Velocity:
    """Return what of a movement is to move: whether an axis that was to stop has done so is not known."""
    return Velocity(
        pan_tilt=velocity.pan_tilt if velocity.pan_tilt and any(velocity.pan_tilt) else None,
        zoom=velocity.zoom or None,
    )
