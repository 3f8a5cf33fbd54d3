"""One camera, kept alive: runs its driver, remembers what it said, and shows how things stand.

The supervisor is what the ONVIF side sees as `core.camera.Camera`. It is also the driver's sink, so everything that
is known of a camera passes here once: descriptions go to the state file, levels to the virtual device, and the
connection itself becomes the level `signal_loss`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import AuthFailed, Busy, CameraError, Unsupported
from bridge.core.events import CameraEvent, EventKind
from bridge.core.model import ConnectionPhase, ConnectionState
from bridge.runtime.guard import AGAIN_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.camera import Facets
    from bridge.core.model import CameraDescription
    from bridge.core.timing import Clock
    from bridge.drivers.base import CameraConfig, Driver

log = structlog.get_logger(__name__)


class SupervisedCamera:
    """A configured camera with its driver.

    Args:
        config: the camera's configuration.
        driver: speaks the native protocol.
        known: the description from the state file, or None.
        clock: injected time.
    """

    def __init__(self, config: CameraConfig, driver: Driver, *, known: CameraDescription | None, clock: Clock) -> None:
        self._config = config
        self._driver = driver
        self._clock = clock
        self._event_listeners: list[Callable[[CameraEvent], None]] = []
        self._description_listeners: list[Callable[[], None]] = []
        self._description = known
        self._levels: dict[tuple[EventKind, str], CameraEvent] = {}
        self._state = ConnectionState(ConnectionPhase.CONNECTING, clock.utc())
        self.settled = asyncio.Event()
        """Set once the first attempt to connect has ended, well or not."""
        self.described = asyncio.Event()
        """Set with every new description; whoever waits for it clears it."""

    def on_event(self, listener: Callable[[CameraEvent], None]) -> None:
        """Have a function called with every level that changes."""
        self._event_listeners.append(listener)

    def on_description(self, listener: Callable[[], None]) -> None:
        """Have a function called after every new description."""
        self._description_listeners.append(listener)

    @property
    def id(self) -> str:
        """The camera's id in the configuration."""
        return self._config.id

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._config.name

    @property
    def family(self) -> str:
        """The camera's family in the configuration."""
        return self._config.family

    @property
    def description(self) -> CameraDescription | None:
        """The last known description."""
        return self._description

    @property
    def state(self) -> ConnectionState:
        """How the bridge stands with the camera."""
        return self._state

    @property
    def facets(self) -> Facets:
        """What the driver can have the camera do."""
        return self._driver.facets

    @property
    def levels(self) -> tuple[CameraEvent, ...]:
        """The last level of every kind and source reported so far."""
        return tuple(self._levels.values())

    def describe(self, description: CameraDescription) -> None:
        """Take what the driver learnt (`CameraSink`)."""
        is_new = description != self._description
        self._description = description
        if self._state.phase is not ConnectionPhase.ONLINE:
            self._enter(ConnectionPhase.ONLINE, "")
        if is_new:
            self.described.set()
            for listener in self._description_listeners:
                listener()

    def publish(self, event: CameraEvent) -> None:
        """Take a level (`CameraSink`); passed on only when it differs from the last one."""
        last = self._levels.get((event.kind, event.source))
        self._levels[event.kind, event.source] = event
        if last is None or last.active != event.active:
            for listener in self._event_listeners:
                listener(event)

    async def run(self) -> None:
        """Run the driver for ever; what it fails with decides the state shown and the wait before the next try."""
        while True:
            wait_s = await self._attempt()
            self.settled.set()
            await asyncio.sleep(wait_s)

    async def _attempt(self) -> float:
        try:
            await self._driver.run(self)
        except CameraError as error:
            self._enter(_phase_after(error), error.detail)
            return error.wait_s if isinstance(error, Busy) else error.retry_after_s
        except Exception:  # a fault of ours in one camera's driver must not end the others
            log.exception("camera.failed_inside", camera=self.id)
        self.fail_inside()
        return AGAIN_S

    def fail_inside(self) -> None:
        """Show that the bridge itself has failed for this camera."""
        self._enter(ConnectionPhase.OFFLINE, "internal error, see the log")

    def _enter(self, phase: ConnectionPhase, detail: str) -> None:
        old = self._state
        changed = (old.phase, old.detail) != (phase, detail)
        online = phase is ConnectionPhase.ONLINE
        self._state = ConnectionState(
            phase,
            since=self._clock.utc() if old.phase is not phase else old.since,
            attempts=0 if online else old.attempts + 1,
            detail=detail,
        )
        if changed:
            # While a camera is away, each attempt may fail in another way: the log tells of the outage once.
            tell = log.info if old.phase is not phase else log.debug
            tell("camera.state", camera=self.id, state=str(phase), detail=detail)
        if online:
            self.settled.set()
        self.publish(CameraEvent(EventKind.SIGNAL_LOSS, active=not online, utc=self._clock.utc()))


def _phase_after(error: CameraError) -> ConnectionPhase:
    match error:
        case AuthFailed():
            return ConnectionPhase.AUTH_FAILED
        case Unsupported():
            return ConnectionPhase.UNSUPPORTED
        case _:
            return ConnectionPhase.OFFLINE
