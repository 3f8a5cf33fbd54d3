"""Presets, patrols, the guard position and the operations of `PtzCtrl` (Camera HTTP API v7, section 3.7).

Whatever happens without a command (the next spot of a patrol, the return to the guard position) is caught up with
when someone looks, at the moments when it would have happened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bridge.simulators.reolink.head import LENS_STEPS_PER_STEP, Head, Pose
from bridge.simulators.reolink.messages import NativeError

SPEEDS = range(1, 65)
DEFAULT_SPEED = 32
FULL_SPEED = 64
"""Step of movements that have no speed in their command."""
PATROL_IDS = range(1, 7)
MOST_SPOTS = 16
DWELL_S = range(1, 31)
GUARD_RETURN_S = 60
"""The only time-out of the guard position that cameras accept."""
CALIBRATION_S = 30.0

TURNS = {
    "Left": (-1, 0),
    "Right": (1, 0),
    "Up": (0, 1),
    "Down": (0, -1),
    "LeftUp": (-1, 1),
    "LeftDown": (-1, -1),
    "RightUp": (1, 1),
    "RightDown": (1, -1),
    "Auto": (1, 0),
}
"""Operations that turn the head, as directions to the right and upwards; `Auto` is a scan without end."""
ONLY_WITH_EIGHT_DIRECTIONS = frozenset({"LeftUp", "LeftDown", "RightUp", "RightDown", "Auto"})
LENS_MOVES = {"ZoomInc": ("zoom", 1), "ZoomDec": ("zoom", -1), "FocusInc": ("focus", 1), "FocusDec": ("focus", -1)}
IRIS_MOVES = frozenset({"IrisInc", "IrisDec"})
"""Accepted; no position of the iris can be read, so none is kept."""


@dataclass(frozen=True, slots=True)
class PtzTraits:
    """What a persona's head can do.

    Attributes:
        pan_highest: end stop in degrees; 360 turns without end.
        zoom_highest: tele end.
        focus_highest: last focus step.
        has_eight_directions: diagonals and `Auto` exist.
        has_speed: the speed of a command counts; else it is always the default one.
        preset_ids: those that the list shows.
        enabled_presets: those that are stored from the start.
        names_every_preset: also the empty places of the list have a name.
        shows_preset_image: the list has the undocumented `imgName`.
        shows_empty_patrols: a patrol without spots shows an empty list of them.
    """

    pan_highest: float = 360.0
    zoom_highest: int = 33
    focus_highest: int = 223
    has_eight_directions: bool = True
    has_speed: bool = True
    preset_ids: range = range(1, 65)
    enabled_presets: tuple[int, ...] = (1, 2)
    names_every_preset: bool = False
    shows_preset_image: bool = False
    shows_empty_patrols: bool = True


@dataclass(slots=True)
class Preset:
    """A place in the list of stored positions; `pose` is None while it is empty."""

    id: int
    name: str
    pose: Pose | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A stop of a patrol."""

    preset_id: int
    dwell_s: int
    speed: int


@dataclass(slots=True)
class Patrol:
    """A tour through presets."""

    id: int
    name: str = ""
    is_enabled: bool = False
    spots: tuple[Spot, ...] = ()


@dataclass(slots=True)
class Guard:
    """The position that the head returns to by itself."""

    pose: Pose | None = None
    returns: bool = True


@dataclass(slots=True)
class _Tour:
    """A patrol under way: which spot, when it is left, and when the present round began."""

    patrol: Patrol
    index: int = 0
    leaves_at: float = 0.0
    round_began: float | None = None


@dataclass(slots=True)
class _Operation:
    name: str
    since: float


@dataclass(slots=True)
class PtzUnit:
    """A head with what it remembers."""

    traits: PtzTraits
    head: Head = field(init=False)
    presets: dict[int, Preset] = field(init=False)
    patrols: dict[int, Patrol] = field(init=False)
    guard: Guard = field(default_factory=Guard)
    _tour: _Tour | None = None
    _operation: _Operation | None = None
    _returns_at: float = math.inf
    _calibrated_at: float | None = None

    def __post_init__(self) -> None:
        traits = self.traits
        start = Pose(pan=180.0, tilt=45.0, zoom=0.0, focus=23.0)
        self.head = Head(
            pan_highest=traits.pan_highest,
            zoom_highest=traits.zoom_highest,
            focus_highest=traits.focus_highest,
            pose=start,
        )
        self.presets = {id_: Preset(id_, f"pos{id_}" if traits.names_every_preset else "") for id_ in traits.preset_ids}
        for place, id_ in enumerate(traits.enabled_presets):
            self.presets[id_] = Preset(id_, f"pos{id_}", Pose(90.0 + 90.0 * place, 30.0 + 15.0 * place, 0.0, 23.0))
        spots = tuple(Spot(id_, 3 + place, 10 + 10 * place) for place, id_ in enumerate(traits.enabled_presets))
        self.patrols = {id_: Patrol(id_) for id_ in PATROL_IDS}
        self.patrols[PATROL_IDS[0]] = Patrol(PATROL_IDS[0], "cruise1", is_enabled=True, spots=spots)

    def control(self, operation: object, now: float, *, speed: object = None, target: object = None) -> None:
        """Obey `PtzCtrl`.

        Args:
            operation: `op` of the command.
            now: seconds of the camera's clock.
            speed: step 1 to 64; absent is the default. Operations without a speed ignore it.
            target: `id` of a preset or a patrol.

        Raises:
            NativeError: -4, and the head goes on as before.
        """
        self._catch_up(now)
        if operation in ("Stop", "StopPatrol"):
            self._halt(now)
        elif operation == "StartPatrol":
            self._start_patrol(target, now)
        elif operation == "ToPos":
            self._go_to_preset(target, self._step(speed), now)
        else:
            self._move(operation, self._step(speed), now)

    def drive_lens(self, axis: str, position: object, now: float) -> None:
        """Obey `StartZoomFocus`.

        Raises:
            NativeError: -4 for another axis than zoom and focus or a position that it does not have.
        """
        self._catch_up(now)
        lens = {"ZoomPos": self.head.zoom, "FocusPos": self.head.focus}.get(axis)
        if lens is None or type(position) is not int or not lens.low <= position <= lens.high:
            raise NativeError(-4)
        self._interrupt(axis, now)
        lens.go(position, FULL_SPEED * LENS_STEPS_PER_STEP, now)

    def store_preset(self, id_: object, name: object, *, is_enabled: object, now: float, is_dry: bool = False) -> None:
        """Obey `SetPtzPreset`: store the pose of this moment, remove it, or, with None, only change the name.

        `is_dry` checks without doing anything.

        Raises:
            NativeError: -4 for an id that is not in the list or a name that is not 1 to 31 characters long.
        """
        preset = self.presets.get(id_) if type(id_) is int else None
        is_bad_name = not isinstance(name, str) or not 1 <= len(name) <= 31
        if preset is None or is_bad_name or is_enabled not in (None, 0, 1) or isinstance(is_enabled, bool):
            raise NativeError(-4)
        if is_dry:
            return
        preset.name = str(name)
        if is_enabled == 1:
            preset.pose = self.pose_at(now)
        elif is_enabled == 0:
            preset.pose = None

    def store_patrol(self, patrol: Patrol, now: float, *, is_dry: bool = False) -> None:
        """Obey `SetPtzPatrol`; `is_dry` checks without doing anything.

        Raises:
            NativeError: -4 for an id, a spot, a dwell time or a speed that the camera does not have.
        """
        if patrol.id not in self.patrols or len(patrol.spots) > MOST_SPOTS or len(patrol.name) > 31:
            raise NativeError(-4)
        for spot in patrol.spots:
            if spot.preset_id not in self.presets or spot.dwell_s not in DWELL_S or spot.speed not in SPEEDS:
                raise NativeError(-4)
        if is_dry:
            return
        self._catch_up(now)
        if self._tour is not None and self._tour.patrol.id == patrol.id:
            self._halt(now)
        self.patrols[patrol.id] = patrol

    def set_guard(self, now: float) -> None:
        """Make the pose of this moment the guard position."""
        self.guard.pose = self.pose_at(now)

    def go_to_guard(self, now: float) -> None:
        """Drive to the guard position.

        Raises:
            NativeError: -4 when there is none.
        """
        if self.guard.pose is None:
            raise NativeError(-4)
        self._interrupt("toPos", now)
        self.head.go(self.guard.pose, FULL_SPEED, now)

    def calibrate(self, now: float) -> None:
        """Obey `PtzCheck`: the head finds its end stops and comes back to where it was."""
        self._interrupt(None, now)
        self.head.stop(now)
        self._calibrated_at = now + CALIBRATION_S

    def calibration_at(self, now: float) -> int:
        """Return 0 when no calibration was asked for since the start, 1 while it lasts, 2 afterwards."""
        if self._calibrated_at is None:
            return 0
        return 1 if now < self._calibrated_at else 2

    def place(self, pose: Pose, now: float) -> None:
        """Let someone turn the camera by hand."""
        self._interrupt(None, now)
        self.head.place(pose, now)

    def pose_at(self, now: float) -> Pose:
        """Return where the head looks."""
        self._catch_up(now)
        return self.head.pose_at(now)

    def velocity_at(self, now: float) -> Pose:
        """Return how fast each axis moves, per second."""
        self._catch_up(now)
        return self.head.velocity_at(now)

    def operation_at(self, now: float) -> tuple[str, float] | None:
        """Return the operation under way and since when, or None when the head has nothing to do."""
        self._catch_up(now)
        if self._operation is None or (self._tour is None and self.head.arrives_at <= now):
            return None
        return self._operation.name, self._operation.since

    def running_patrol_at(self, now: float) -> int | None:
        """Return the id of the patrol under way, or None."""
        self._catch_up(now)
        return None if self._tour is None else self._tour.patrol.id

    def _move(self, operation: object, speed: int, now: float) -> None:
        if not isinstance(operation, str):
            raise NativeError(-4)
        if operation in ONLY_WITH_EIGHT_DIRECTIONS and not self.traits.has_eight_directions:
            raise NativeError(-4)
        if operation in TURNS:
            self._interrupt(operation, now)
            self.head.turn(*TURNS[operation], speed, now)
        elif operation in LENS_MOVES:
            self._interrupt(operation, now)
            name, direction = LENS_MOVES[operation]
            lens = self.head.zoom if name == "zoom" else self.head.focus
            lens.move(direction * speed * LENS_STEPS_PER_STEP, now)
        elif operation in IRIS_MOVES:
            self._interrupt(operation, now)
        else:
            raise NativeError(-4)

    def _step(self, speed: object) -> int:
        if speed is None or not self.traits.has_speed:
            return DEFAULT_SPEED
        if type(speed) is not int or speed not in SPEEDS:
            raise NativeError(-4)
        return speed

    def _go_to_preset(self, id_: object, speed: int, now: float) -> None:
        preset = self.presets.get(id_) if isinstance(id_, int) else None
        if preset is None or preset.pose is None:
            raise NativeError(-4)
        self._interrupt("ToPos", now)
        self.head.go(preset.pose, speed, now)

    def _start_patrol(self, id_: object, now: float) -> None:
        chosen = self._default_patrol() if id_ in (None, 0) else id_
        patrol = self.patrols.get(chosen) if isinstance(chosen, int) else None
        if patrol is None or not patrol.is_enabled or not patrol.spots:
            raise NativeError(-4)
        self._interrupt("StartPatrol", now)
        self._tour = _Tour(patrol)
        self._visit(self._tour, now)

    def _default_patrol(self) -> int | None:
        return next((patrol.id for patrol in self.patrols.values() if patrol.is_enabled), None)

    def _halt(self, now: float) -> None:
        self._tour = None
        self._operation = None
        self.head.stop(now)
        self._returns_at = now + GUARD_RETURN_S

    def _interrupt(self, operation: str | None, now: float) -> None:
        """Begin an operation: a patrol under way ends where the head is."""
        self._catch_up(now)
        if self._tour is not None:
            self._halt(now)
        self._operation = None if operation is None else _Operation(operation, now)
        self._returns_at = now + GUARD_RETURN_S

    def _catch_up(self, now: float) -> None:
        """Let happen what was due before now."""
        while self._tour is not None and self._tour.leaves_at <= now:
            self._next_spot(self._tour, now)
        due = max(self._returns_at, self.head.arrives_at)
        if self._tour is None and self.guard.returns and self.guard.pose is not None and due <= now:
            self.head.go(self.guard.pose, FULL_SPEED, due)
            self._returns_at = math.inf

    def _next_spot(self, tour: _Tour, now: float) -> None:
        tour.index = (tour.index + 1) % len(tour.patrol.spots)
        at = tour.leaves_at
        if tour.index == 0:
            # Rounds after the first are all alike: those that nobody saw are passed over at once.
            if tour.round_began is not None:
                round_s = at - tour.round_began
                at += (now - at) // round_s * round_s
            tour.round_began = at
        self._visit(tour, at)

    def _visit(self, tour: _Tour, at: float) -> None:
        spot = tour.patrol.spots[tour.index]
        pose = self.presets[spot.preset_id].pose
        # A spot whose preset was removed meanwhile is only waited for.
        arrives_at = at if pose is None else self.head.go(pose, spot.speed, at)
        tour.leaves_at = max(arrives_at, at) + spot.dwell_s
