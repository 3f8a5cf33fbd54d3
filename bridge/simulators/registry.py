"""The families that can be simulated. Each is a package of that name here, which exports `running`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bridge.simulators.camera import RunningCamera, SimulatorOptions

FAMILIES: Final = ("reolink",)


def running(family: str, options: SimulatorOptions) -> AbstractAsyncContextManager[RunningCamera]:
    """Start a simulated camera of a family for as long as the context lasts; only its own package is loaded.

    Raises:
        ValueError: unknown model or scenario; says which there are.
        OSError: a port is not to be had.
    """
    package: Any = import_module(f"bridge.simulators.{family}")
    context: AbstractAsyncContextManager[RunningCamera] = package.running(options)
    return context
