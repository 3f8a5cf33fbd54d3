"""The PTZ facet: eight directions and a zoom, each with a speed, running until Stop (vendor document, 3.7).

The camera has one Stop for everything and never tells whether it moves, so both axes are tracked here: stopping one
means stopping all and starting the other again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.core.errors import InvalidValue, Rejected, Unsupported
from bridge.core.ptz import Preset, PtzStatus
from bridge.drivers.reolink.mapping import STOP, direction, to_native_speed, zoom_direction
from bridge.drivers.reolink.native import number, rows, text
from bridge.drivers.reolink.profile import PtzType

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.ptz import Velocity
    from bridge.core.timing import Clock
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.profile import PtzLimits

MOST_PRESET_ID: Final = 1000


@dataclass(frozen=True, slots=True)
class PresetSlot:
    """One place of the camera's preset list; disabled ones may carry a name too."""

    id: int
    is_used: bool
    name: str

    @property
    def preset(self) -> Preset:
        """What others see of a used slot."""
        return Preset(token=str(self.id), name=self.name or f"Preset {self.id}")


@dataclass(frozen=True, slots=True)
class Mechanics:
    """What the camera can move, with `speed` and `diagonal` saying how finely."""

    type: PtzType
    diagonal: bool
    slots: tuple[PresetSlot, ...]


@dataclass(frozen=True, slots=True)
class _Motion:
    """A movement under way: the operation and its speed, None where the camera takes none."""

    op: str
    speed: int | None


def preset_slots(answer: Answer) -> tuple[PresetSlot, ...]:
    """Return the slots of a GetPtzPreset answer; ids are what the list says, whatever range the camera claims."""
    slots: dict[int, PresetSlot] = {}
    for row in rows(answer.value.get("PtzPreset")):
        slot = number(row, "id", least=0, most=MOST_PRESET_ID)
        if slot is not None:
            slots.setdefault(slot, PresetSlot(slot, number(row, "enable") == 1, text(row, "name")))
    return tuple(slots[slot] for slot in sorted(slots))


class ReolinkPtz:
    """`core.camera.Ptz` for one channel.

    Args:
        client: returns the connected client, or raises what stands in the way.
        mechanics: returns what the camera can move, None when that is nothing.
        on_presets: takes every new answer of GetPtzPreset.
        limits: the family's table.
        clock: injected time.
    """

    def __init__(
        self,
        client: Callable[[], ReolinkClient],
        mechanics: Callable[[], Mechanics | None],
        *,
        on_presets: Callable[[Answer], None],
        limits: PtzLimits,
        clock: Clock,
    ) -> None:
        self._client = client
        self._mechanics_now = mechanics
        self._on_presets = on_presets
        self._limits = limits
        self._clock = clock
        self._turn = asyncio.Lock()
        self._pan_tilt: _Motion | None = None
        self._zoom: _Motion | None = None
        self._settled_at = clock.now()
        self._zoom_still_at = clock.now()
        self.zoom_position: float | None = None
        """Where the zoom stands, 0.0..1.0; written by whoever reads it from the camera."""

    @property
    def status(self) -> PtzStatus:
        """The zoom position as last read, and the movements started from here; the camera tells no others."""
        drives = self._clock.now() < self._settled_at
        return PtzStatus(
            pan_tilt=None,
            zoom=self.zoom_position,
            pan_tilt_moving=drives or self._pan_tilt is not None,
            zoom_moving=drives or self._zoom is not None,
            utc=self._clock.utc(),
        )

    @property
    def moves_zoom(self) -> bool:
        """Whether the zoom position changes, or has so recently that the last reading may be old."""
        return self._zoom is not None or self._clock.now() < max(self._settled_at, self._zoom_still_at)

    async def move(self, velocity: Velocity) -> None:
        """Start moving, or change direction and speed; see `core.camera.Ptz`.

        Raises:
            InvalidValue: `velocity`, a component is outside -1..1.
            CameraError: the camera did not do it.
        """
        for component in (*(velocity.pan_tilt or ()), velocity.zoom or 0.0):
            if not -1.0 <= component <= 1.0:
                raise InvalidValue("velocity", f"a velocity of {component:g} is outside -1..1")
        async with self._turn:
            mechanics = self._mechanics()
            pan_tilt, zoom = self._pan_tilt, self._zoom
            if velocity.pan_tilt is not None:
                pan_tilt = self._pan_tilt_motion(mechanics, *velocity.pan_tilt)
            if velocity.zoom is not None:
                zoom = self._zoom_motion(mechanics, velocity.zoom)
            ends = (self._pan_tilt is not None and pan_tilt is None) or (self._zoom is not None and zoom is None)
            starts_pan_tilt = velocity.pan_tilt is not None and pan_tilt is not None
            starts_zoom = velocity.zoom is not None and zoom is not None
            await self._change(pan_tilt, zoom, stops=ends or not (starts_pan_tilt or starts_zoom), given=velocity)

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        """Stop the axes named; see `core.camera.Ptz`."""
        async with self._turn:
            await self._change(
                None if pan_tilt else self._pan_tilt, None if zoom else self._zoom, stops=True, given=None
            )

    async def set_preset(self, *, token: str | None, name: str | None) -> str:
        """Store the present position; see `core.camera.Ptz`."""
        async with self._turn:
            if self.status.pan_tilt_moving or self.status.zoom_moving:
                raise InvalidValue("moving", "a position can be stored only while the camera stands still")
            if name is not None and not 0 < len(name) <= self._limits.preset_name_length:
                raise InvalidValue("invalid_name", f"a name has 1 to {self._limits.preset_name_length} characters")
            client = self._client()
            slots = await self._read_slots(client)
            slot = _free(slots) if token is None else _used(slots, token)
            kept = slot.preset.name if token is not None else f"Preset {slot.id}"
            await client.act(client.set_ptz_preset(slot.id, name=name or kept, enable=True))
            await self._confirm(client, slot.id, is_used=True)
            return str(slot.id)

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        """Drive to a stored position; nothing tells when it is reached, so a fixed time counts as movement."""
        async with self._turn:
            mechanics = self._mechanics()
            slot = _used(mechanics.slots, token)
            steps = self._limits.preset_speed
            if speed is not None:
                if not 0.0 <= speed <= 1.0:
                    raise InvalidValue("velocity", f"a speed of {speed:g} is outside 0..1")
                steps = to_native_speed(speed, self._limits.speed_steps)
            client = self._client()
            await client.act(client.ptz_ctrl("ToPos", speed=steps if mechanics.type.speed else None, preset=slot.id))
            self._pan_tilt = self._zoom = None
            self._settled_at = self._clock.now() + self._limits.preset_settle_s

    async def remove_preset(self, token: str) -> None:
        """Forget a stored position; see `core.camera.Ptz`."""
        async with self._turn:
            client = self._client()
            slot = _used(await self._read_slots(client), token)
            await client.act(client.set_ptz_preset(slot.id, name=slot.name, enable=False))
            await self._confirm(client, slot.id, is_used=False)

    def _mechanics(self) -> Mechanics:
        mechanics = self._mechanics_now()
        if mechanics is None:
            raise Unsupported("the camera cannot be moved", facet="ptz")
        return mechanics

    def _pan_tilt_motion(self, mechanics: Mechanics, x: float, y: float) -> _Motion | None:
        if not mechanics.type.pan:
            x = y = 0.0
        op = direction(x, y, tilts=mechanics.type.tilt, diagonal=mechanics.diagonal)
        return None if op is None else self._motion(mechanics, op, max(abs(x), abs(y)))

    def _zoom_motion(self, mechanics: Mechanics, z: float) -> _Motion | None:
        op = zoom_direction(z) if mechanics.type.zoom else None
        return None if op is None else self._motion(mechanics, op, abs(z))

    def _motion(self, mechanics: Mechanics, op: str, magnitude: float) -> _Motion:
        speed = to_native_speed(magnitude, self._limits.speed_steps) if mechanics.type.speed else None
        return _Motion(op, speed)

    async def _change(
        self, pan_tilt: _Motion | None, zoom: _Motion | None, *, stops: bool, given: Velocity | None
    ) -> None:
        """Send what leads to this movement: Stop if needed, then zoom, then pan and tilt, in one batch.

        Some models honour only the last of two movements, hence the more important one comes last.
        """
        ops: list[_Motion] = [_Motion(STOP, None)] if stops else []
        if zoom is not None and (stops or (given is not None and given.zoom is not None)):
            ops.append(zoom)
        if pan_tilt is not None and (stops or (given is not None and given.pan_tilt is not None)):
            ops.append(pan_tilt)
        client = self._client()
        await client.act(*(client.ptz_ctrl(motion.op, speed=motion.speed) for motion in ops))
        if self._zoom is not None and zoom is None:
            self._zoom_still_at = self._clock.now() + self._limits.after_zoom_s
        self._pan_tilt, self._zoom = pan_tilt, zoom
        self._settled_at = self._clock.now()

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
