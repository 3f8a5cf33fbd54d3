"""The PTZ facet: eight directions and a zoom, each with a speed, and presets (vendor document, 3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import InvalidValue, Rejected
from bridge.core.ptz import PtzStatus
from bridge.drivers.reolink.mapping import direction, to_native_speed, zoom_direction
from bridge.drivers.reolink.mechanics import Motor, PresetSlot, preset_slots
from bridge.drivers.reolink.motors import Motion

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.ptz import Velocity
    from bridge.core.timing import Clock
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.mechanics import Mechanics
    from bridge.drivers.reolink.motors import Motors


class ReolinkPtz:
    """`core.ptz.Ptz` for one channel.

    Args:
        motors: of the channel.
        on_presets: takes every new answer of GetPtzPreset.
        clock: injected time.
    """

    def __init__(self, motors: Motors, *, on_presets: Callable[[Answer], None], clock: Clock) -> None:
        self._motors = motors
        self._on_presets = on_presets
        self._limits = motors.limits
        self._clock = clock

    @property
    def status(self) -> PtzStatus:
        """The zoom position as last read, and the movements started from here; the camera tells no others."""
        return PtzStatus(
            pan_tilt=None,
            zoom=self._motors.position(Motor.ZOOM),
            pan_tilt_moving=self._motors.is_moving(Motor.PAN_TILT),
            zoom_moving=self._motors.is_moving(Motor.ZOOM),
            utc=self._clock.utc(),
        )

    async def move(self, velocity: Velocity) -> None:
        """Start moving, or change direction and speed; see `core.ptz.Ptz`.

        Raises:
            InvalidValue: `velocity`, a component is outside -1..1.
            CameraError: the camera did not do it.
        """
        for component in (*(velocity.pan_tilt or ()), velocity.zoom or 0.0):
            if not -1.0 <= component <= 1.0:
                raise InvalidValue("velocity", f"a velocity of {component:g} is outside -1..1")
        async with self._motors.turn:
            mechanics = self._motors.mechanics
            wanted: dict[Motor, Motion | None] = {}
            if velocity.pan_tilt is not None:
                wanted[Motor.PAN_TILT] = self._pan_tilt_motion(mechanics, *velocity.pan_tilt)
            if velocity.zoom is not None:
                wanted[Motor.ZOOM] = self._zoom_motion(mechanics, velocity.zoom)
            await self._motors.run(wanted)

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        """Stop the axes named; see `core.ptz.Ptz`."""
        axes = {Motor.PAN_TILT: pan_tilt, Motor.ZOOM: zoom}
        async with self._motors.turn:
            await self._motors.run({motor: None for motor, is_named in axes.items() if is_named})

    async def set_preset(self, *, token: str | None, name: str | None) -> str:
        """Store the present position; see `core.ptz.Ptz`."""
        async with self._motors.turn:
            if self.status.pan_tilt_moving or self.status.zoom_moving:
                raise InvalidValue("moving", "a position can be stored only while the camera stands still")
            if name is not None and not 0 < len(name) <= self._limits.preset_name_length:
                raise InvalidValue("invalid_name", f"a name has 1 to {self._limits.preset_name_length} characters")
            client = self._motors.client()
            slots = await self._read_slots(client)
            slot = _free(slots) if token is None else _used(slots, token)
            kept = slot.preset.name if token is not None else f"Preset {slot.id}"
            await client.act(client.set_ptz_preset(slot.id, name=name or kept, enable=True))
            await self._confirm(client, slot.id, is_used=True)
            return str(slot.id)

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        """Drive to a stored position; see `core.ptz.Ptz`."""
        async with self._motors.turn:
            mechanics = self._motors.mechanics
            slot = _used(mechanics.slots, token)
            steps = self._limits.preset_speed
            if speed is not None:
                if not 0.0 <= speed <= 1.0:
                    raise InvalidValue("velocity", f"a speed of {speed:g} is outside 0..1")
                steps = to_native_speed(speed, self._limits.speed_steps)
            native_speed = steps if mechanics.type.speed else None
            await self._motors.go(self._motors.client().ptz_ctrl("ToPos", speed=native_speed, preset=slot.id))

    async def remove_preset(self, token: str) -> None:
        """Forget a stored position; see `core.ptz.Ptz`."""
        async with self._motors.turn:
            client = self._motors.client()
            slot = _used(await self._read_slots(client), token)
            await client.act(client.set_ptz_preset(slot.id, name=slot.name, enable=False))
            await self._confirm(client, slot.id, is_used=False)

    def _pan_tilt_motion(self, mechanics: Mechanics, x: float, y: float) -> Motion | None:
        if not mechanics.type.pan:
            x = y = 0.0
        op = direction(x, y, tilts=mechanics.type.tilt, diagonal=mechanics.diagonal)
        return None if op is None else self._motion(mechanics, op, max(abs(x), abs(y)))

    def _zoom_motion(self, mechanics: Mechanics, z: float) -> Motion | None:
        op = zoom_direction(z) if mechanics.type.zoom else None
        return None if op is None else self._motion(mechanics, op, abs(z))

    def _motion(self, mechanics: Mechanics, op: str, magnitude: float) -> Motion:
        speed = to_native_speed(magnitude, self._limits.speed_steps) if mechanics.type.speed else None
        return Motion(op, speed)

    async def _read_slots(self, client: ReolinkClient) -> tuple[PresetSlot, ...]:
        answer = (await client.read([client.read_channel("GetPtzPreset", with_range=True)]))["GetPtzPreset"]
        if not answer.is_good:
            raise Rejected("the list of presets cannot be read", native_code=answer.code, operation="GetPtzPreset")
        self._on_presets(answer)
        return preset_slots(answer)

    async def _confirm(self, client: ReolinkClient, slot_id: int, *, is_used: bool) -> None:
        """Read the list again: some firmwares say yes to everything and do nothing."""
        slots = await self._read_slots(client)
        if not any(slot.id == slot_id and slot.is_used == is_used for slot in slots):
            raise Rejected(
                f"the camera has accepted the change of preset {slot_id} and not made it",
                native_code="unchanged",
                operation="SetPtzPreset",
            )


def _used(slots: tuple[PresetSlot, ...], token: str) -> PresetSlot:
    for slot in slots:
        if slot.is_used and str(slot.id) == token:
            return slot
    raise InvalidValue("no_preset", f"there is no preset {token!r}")


def _free(slots: tuple[PresetSlot, ...]) -> PresetSlot:
    for slot in slots:
        if not slot.is_used:
            return slot
    raise InvalidValue("too_many_presets", f"all {len(slots)} presets of the camera are in use")
