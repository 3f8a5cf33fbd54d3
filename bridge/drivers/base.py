"""What a camera family brings: its name, its options, and a driver per camera.

A driver speaks the native protocol and fills the domain's shapes (`core.model`, `core.camera`); it knows nothing of
ONVIF. The supervisor owns its life: it calls `run` again, after a wait that the error's type decides, as long as
the camera is configured. Between two runs the driver object stays, so facets can be called at any time: while
there is no connection they raise `Unreachable` (or what the last refusal was).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bridge.core.errors import ConfigProblem
from bridge.core.model import CameraDescription, Secret
from bridge.core.timing import Clock

if TYPE_CHECKING:
    from bridge.core.camera import CameraSink, Facets
    from bridge.media.source import StreamSource


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """One camera of the configuration file (`product.md` 4), secrets resolved, family defaults not yet applied."""

    id: str
    name: str
    family: str
    host: str
    username: str
    password: Secret
    port: int | None = None
    tls: bool = True
    channel: int = 0
    rtsp_port: int | None = None
    options: Mapping[str, object] = field(default_factory=dict)


class Driver(Protocol):
    """One camera of one family."""

    @property
    def facets(self) -> Facets:
        """What the camera can be told to do, as far as known; may be asked for at any time, and often."""

    async def run(self, sink: CameraSink) -> None:
        """Connect, describe, then poll and report until cancelled; log out on the way out.

        Raises:
            CameraError: the connection could not be made or was lost; the type tells the supervisor how long to
                wait and which state to show.
        """

    def open_stream(self, name: str) -> StreamSource:
        """Return a source for the stream of that name; may be called before the first connect."""


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that has answered a search on the local network. `mac` is lower case with colons; texts may be empty."""

    host: str
    mac: str
    name: str
    model: str


@dataclass(frozen=True, slots=True)
class CameraFamily:
    """An entry of the registry.

    Args:
        name: as in the configuration, `reolink`.
        vendor: for people, `Reolink`.
        stream_names: the streams that every camera of the family is expected to have, best first.
        check_options: returns every problem of an `options` mapping, paths relative to it.
        create: makes a driver. `known` is the description that the state file kept, if any.
        search: asks IPv4 addresses, broadcast addresses among them, for cameras of the family, and returns after so
            many seconds those that have answered, each once; raises OSError if nobody could be asked. None for a
            family that cannot be searched for.
    """

    name: str
    vendor: str
    stream_names: tuple[str, ...]
    check_options: Callable[[Mapping[str, object]], tuple[ConfigProblem, ...]]
    create: Callable[[CameraConfig, CameraDescription | None, Clock], Driver]
    search: Callable[[Sequence[str], float], Awaitable[tuple[FoundCamera, ...]]] | None = None
