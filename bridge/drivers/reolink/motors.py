"""What moves: pan and tilt, zoom, focus (vendor document, 3.7).

The camera runs a motor until Stop, has one Stop for all of them, and never tells whether anything moves. So all
movements are tracked here: stopping one motor means stopping all and starting the others again. Zoom and focus can
also be driven to positions, which can be read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.errors import InvalidValue, Rejected, Unsupported
from bridge.core.units import round_half_up
from bridge.drivers.reolink.mapping import STOP
from bridge.drivers.reolink.mechanics import LENS, Motor
from bridge.drivers.reolink.native import number, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.core.timing import Clock
    from bridge.core.units import Range
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Answer, Command
    from bridge.drivers.reolink.mechanics import Mechanics
    from bridge.drivers.reolink.profile import PtzLimits


@dataclass(frozen=True, slots=True)
class Motion:
    """A movement under way: the operation and its speed, None where the camera takes none."""

    op: str
    speed: int | None


@dataclass(frozen=True, slots=True)
class _Goal:
    """A position that a motor drives to, in its steps; by `until` it counts as there."""

    step: int
    until: float


class Motors:
    """Moves one channel's motors and knows what they do.

    Args:
        client: returns the connected client, or raises what stands in the way.
        mechanics: returns what the camera can move, None when that is nothing.
        limits: the family's table.
        clock: injected time.
    """

    def __init__(
        self,
        client: Callable[[], ReolinkClient],
        mechanics: Callable[[], Mechanics | None],
        *,
        limits: PtzLimits,
        clock: Clock,
    ) -> None:
        self.client = client
        self.limits = limits
        self.turn = asyncio.Lock()
        """Held for the whole of a movement command: whoever moves or stops goes by what is known to move."""
        self._mechanics = mechanics
        self._clock = clock
        self._running: dict[Motor, Motion] = {}
        self._goals: dict[Motor, _Goal] = {}
        self._steps: dict[Motor, int] = {}
        self._settled_at = clock.now()
        self._lens_still_at = clock.now()

    @property
    def mechanics(self) -> Mechanics:
        """What the camera can move.

        Raises:
            Unsupported: nothing.
        """
        mechanics = self._mechanics()
        if mechanics is None:
            raise Unsupported("the camera cannot be moved", facet="ptz")
        return mechanics

    def is_moving(self, motor: Motor) -> bool:
        """Whether a motor moves, as far as movements were started from here: the camera tells no others."""
        now = self._clock.now()
        goal = self._goals.get(motor)
        drives = motor is not Motor.FOCUS and now < self._settled_at
        return drives or motor in self._running or (goal is not None and now < goal.until)

    @property
    def moves_lens(self) -> bool:
        """Whether zoom or focus change, or have so recently that the last reading may be old."""
        return any(self.is_moving(motor) for motor in LENS) or self._clock.now() < self._lens_still_at

    def position(self, motor: Motor) -> float | None:
        """Where a motor stood when that was last read, 0..1 of its range; None if it is not known."""
        mechanics = self._mechanics()
        steps = mechanics.lens.get(motor) if mechanics is not None else None
        step = self._steps.get(motor)
        return None if steps is None or step is None else steps.fraction(steps.clamp(step))

    def note(self, answer: Answer) -> None:
        """Take the positions of a GetZoomFocus answer, whatever it is."""
        for motor, (key, _) in LENS.items():
            step = number(section(answer.value, "ZoomFocus", key), "pos")
            if step is not None and answer.is_good:
                self._steps[motor] = step
                goal = self._goals.get(motor)
                if goal is not None and goal.step == step:
                    del self._goals[motor]

    async def run(self, wanted: Mapping[Motor, Motion | None]) -> None:
        """Have motors run as wanted until the next command, None to stop; those that are not named go on.

        Where nothing is to start, Stop is sent whatever is known to move: an earlier one may have been lost.
        """
        after = {motor: motion for motor, motion in {**self._running, **wanted}.items() if motion is not None}
        ends = any(motor in self._running and motor not in after for motor in wanted)
        starts = any(motion is not None for motion in wanted.values())
        stops = ends or not starts
        sent = [motor for motor in Motor if motor in after and (stops or motor in wanted)]
        commands = [self.client().ptz_ctrl(STOP)] if stops else []
        commands += [self.client().ptz_ctrl(after[motor].op, speed=after[motor].speed) for motor in sent]
        await self.client().act(*commands)
        self._end(wanted)
        self._running = after
        self._settled_at = self._clock.now()

    async def drive(self, motor: Motor, step: int) -> None:
        """Start a drive of the lens to a position in its steps; it ends by itself."""
        client = self.client()
        commands: list[Command] = []
        others = {each: motion for each, motion in self._running.items() if each is not motor}
        if motor in self._running:
            commands.append(client.ptz_ctrl(STOP))
            commands += [client.ptz_ctrl(others[each].op, speed=others[each].speed) for each in Motor if each in others]
        await client.act(*commands, client.start_zoom_focus(LENS[motor][1], step))
        self._end((motor,))
        self._running = others
        self._goals[motor] = _Goal(step, self._clock.now() + self.limits.lens_drive_s)

    async def drive_to(self, motor: Motor, fraction: float) -> None:
        """Start a drive to a fraction 0..1 of a motor's range.

        Raises:
            InvalidValue: `position`, it is outside.
        """
        if not 0.0 <= fraction <= 1.0:
            raise InvalidValue("position", f"a position of {fraction:g} is outside 0..1")
        await self.drive(motor, round_half_up(self._range(motor).at(fraction)))

    async def drive_by(self, motor: Motor, distance: float) -> None:
        """Start to go a distance -1..1 of a motor's range from where it stands, at the latest to the end.

        Raises:
            InvalidValue: `translation`, it is outside.
        """
        if not -1.0 <= distance <= 1.0:
            raise InvalidValue("translation", f"a distance of {distance:g} is outside -1..1")
        steps = self._range(motor)
        client = self.client()
        answer = (await client.read([client.read_channel("GetZoomFocus")]))["GetZoomFocus"]
        self.note(answer)
        here = number(section(answer.value, "ZoomFocus", LENS[motor][0]), "pos")
        if here is None:
            raise Rejected("the position cannot be read", native_code=answer.code, operation="GetZoomFocus")
        await self.drive(motor, int(steps.clamp(round_half_up(here + distance * steps.span))))

    async def go(self, command: Command) -> None:
        """Send a drive of pan, tilt and zoom to a stored place; nothing tells its end, so a fixed time counts."""
        await self.client().act(command)
        self._end((Motor.PAN_TILT, Motor.ZOOM))
        self._running = {motor: motion for motor, motion in self._running.items() if motor is Motor.FOCUS}
        self._settled_at = self._clock.now() + self.limits.preset_settle_s

    def _range(self, motor: Motor) -> Range:
        steps = self.mechanics.lens.get(motor)
        if steps is None:
            raise Unsupported("the camera cannot drive there", facet="drives")
        return steps

    def _end(self, motors: Mapping[Motor, object] | tuple[Motor, ...]) -> None:
        """Forget where motors drove to; the lens is watched for some time more."""
        for motor in motors:
            if motor in LENS and (motor in self._running or motor in self._goals):
                self._lens_still_at = self._clock.now() + self.limits.after_zoom_s
            self._goals.pop(motor, None)
