"""What every simulated camera is started with and what it gives back, whatever its family.

A family's package exports `running(options)`, an asynchronous context manager that yields a `RunningCamera`. The
promises (ready line, control interface) are those of the product description, section 6.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from bridge.simulators.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """How to start one simulated camera.

    Attributes:
        host: address that all its ports are bound to.
        port: native API; 0 is any free port, as for the two others.
        rtsp_port: RTSP.
        control_port: control interface.
        username: name of the account that the camera has from the start.
        password: its password; None generates one, which the ready line shows.
        model: the persona; None is the family's default.
        scenarios: lasting oddities by name, some as `name=value`.
        clock: the camera's time.
    """

    host: str = "127.0.0.1"
    port: int = 0
    rtsp_port: int = 0
    control_port: int = 0
    username: str = "admin"
    password: str | None = None
    model: str | None = None
    scenarios: tuple[str, ...] = ()
    clock: Clock = field(default_factory=SystemClock)


class RunningCamera(Protocol):
    """A simulated camera that is listening."""

    @property
    def ready_line(self) -> Mapping[str, Any]:
        """The line of JSON that says where everything is; it holds the password."""

    async def stop(self) -> None:
        """Close every port and connection; leaving the context does the same. Stopping twice is harmless."""


def generated_password() -> str:
    """Return a new random password of characters that are safe in every form of URL."""
    return secrets.token_urlsafe(9).replace("-", "x").replace("_", "y")


def url(scheme: str, host: str, port: int) -> str:
    """Return `scheme://host:port` as a client on this machine must write it.

    An unspecified address is nothing that a client can connect to: the loopback address of its family stands for it.
    """
    reachable = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound, read
    return f"{scheme}://[{reachable}]:{port}" if ":" in reachable else f"{scheme}://{reachable}:{port}"
