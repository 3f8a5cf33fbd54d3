"""What the rest of the bridge sees of a camera: a description, a state, and facets that act.

A capability is a facet that exists. Reading is always from memory (`description`, `state`, `Ptz.status`); only the
coroutines talk to the camera, and they raise `core.errors.CameraError`, or `InvalidValue` when the value asked for
is outside the camera's limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bridge.core.auxiliary import Auxiliary
from bridge.core.detection import MotionDetection
from bridge.core.imaging import Focus, Imaging
from bridge.core.overlay import Masks, Overlays
from bridge.core.ports import DigitalInputs, Relays
from bridge.core.ptz import Drives, Home, Ptz
from bridge.core.sensor import SensorModes
from bridge.core.talk import Talk

if TYPE_CHECKING:
    from bridge.core.events import CameraEvent
    from bridge.core.model import CameraDescription, ConnectionState, EncoderSettings


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


class KeyFrames(Protocol):
    """Asks the camera's encoders for key frames."""

    async def request(self, stream: str) -> None:
        """Have the stream send a key frame now."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Everything that a camera can be told to do; what it cannot do is None.

    A facet is present when the description has its counterpart and the camera (or the account) lets it be changed.
    """

    ptz: Ptz | None = None
    drives: Drives | None = None
    home: Home | None = None
    snapshots: Snapshots | None = None
    encoders: Encoders | None = None
    key_frames: KeyFrames | None = None
    imaging: Imaging | None = None
    focus: Focus | None = None
    overlays: Overlays | None = None
    masks: Masks | None = None
    motion: MotionDetection | None = None
    auxiliary: Auxiliary | None = None
    relays: Relays | None = None
    inputs: DigitalInputs | None = None
    sensor_modes: SensorModes | None = None
    talk: Talk | None = None


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
    def facets(self) -> Facets:
        """What the camera can be told to do, as far as known."""

    @property
    def levels(self) -> tuple[CameraEvent, ...]:
        """The last known level of every event kind, per source, that has been reported."""


class CameraSink(Protocol):
    """Where a driver puts what it learns."""

    def describe(self, description: CameraDescription) -> None:
        """Replace the description. The first call after a connect means: the camera is online."""

    def publish(self, event: CameraEvent) -> None:
        """Report a level; repeating an unchanged one is harmless."""
