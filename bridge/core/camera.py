"""What the rest of the bridge sees of a camera: a description, a state, and facets that act.

A capability is a facet that exists. Reading is always from memory (`description`, `state`, `Ptz.status`); only the
coroutines talk to the camera, and they raise `core.errors.CameraError`, or `InvalidValue` when the value asked for
is outside the camera's limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bridge.core.events import CameraEvent
    from bridge.core.model import CameraDescription, ConnectionState, EncoderSettings


@dataclass(frozen=True, slots=True)
class Velocity:
    """A movement: each component -1.0..1.0, or None for "leave that axis as it is"; 0.0 stops an axis.

    x > 0 pans right, y > 0 tilts up, zoom > 0 zooms in.
    """

    pan_tilt: tuple[float, float] | None = None
    zoom: float | None = None


@dataclass(frozen=True, slots=True)
class PtzStatus:
    """Where the camera looks (generic position spaces, None where unknown) and whether it moves."""

    pan_tilt: tuple[float, float] | None
    zoom: float | None
    pan_tilt_moving: bool
    zoom_moving: bool
    utc: datetime


class Ptz(Protocol):
    """Pan, tilt and zoom."""

    @property
    def status(self) -> PtzStatus:
        """The last known position and movement."""

    async def move(self, velocity: Velocity) -> None:
        """Start moving and keep moving until `stop` or another move: the caller owns the time-out."""

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        """Stop the axes named; the others go on."""

    async def set_preset(self, *, token: str | None, name: str | None) -> str:
        """Store the present position under a new token, or overwrite `token`; return the token.

        Raises:
            InvalidValue: `no_preset`, `too_many_presets`, `invalid_name` or `moving`.
        """

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        """Drive to a stored position, `speed` 0.0..1.0.

        Raises:
            InvalidValue: `no_preset`.
        """

    async def remove_preset(self, token: str) -> None:
        """Forget a stored position.

        Raises:
            InvalidValue: `no_preset`.
        """


class Snapshots(Protocol):
    """Still pictures made by the camera itself."""

    async def take(self, stream: str) -> bytes:
        """Return a JPEG of the moment, in that stream's picture size where the camera can choose."""


class Encoders(Protocol):
    """The settings of the camera's video encoders."""

    async def set(self, stream: str, settings: EncoderSettings) -> EncoderSettings:
        """Set the encoder of a stream and return how it is set then, which may differ in what the camera adapts.

        When this returns, the camera's description shows the new settings.

        Args:
            stream: name of the stream.
            settings: all of them, chosen from the stream's `EncoderOptions`.

        Raises:
            InvalidValue: `settings`, if the camera does not take this combination.
        """


class Camera(Protocol):
    """One camera (or one channel of a recorder) as the ONVIF side sees it."""

    @property
    def id(self) -> str:
        """The id from the configuration: names stream paths, fixes identities."""

    @property
    def name(self) -> str:
        """The name from the configuration."""

    @property
    def description(self) -> CameraDescription | None:
        """Everything known; None only if this camera was never reached since it was configured."""

    @property
    def state(self) -> ConnectionState:
        """How the bridge stands with the camera now."""

    @property
    def ptz(self) -> Ptz | None:
        """Present when `description.ptz` is."""

    @property
    def snapshots(self) -> Snapshots | None:
        """Present when `description.snapshot` is true."""

    @property
    def encoders(self) -> Encoders | None:
        """Present when the encoders can be set; what to is in the `options` of each stream."""

    @property
    def levels(self) -> tuple[CameraEvent, ...]:
        """The last known level of every event kind that has been reported."""


class CameraSink(Protocol):
    """Where a driver puts what it learns."""

    def describe(self, description: CameraDescription) -> None:
        """Replace the description. The first call after a connect means: the camera is online."""

    def publish(self, event: CameraEvent) -> None:
        """Report a level; repeating an unchanged one is harmless."""
