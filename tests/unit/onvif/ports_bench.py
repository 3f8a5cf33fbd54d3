"""Relays and inputs for bench cameras: they obey at once, and show it in the camera's description."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.core.auxiliary import AuxiliaryFunction, AuxiliarySwitch, SwitchState
from bridge.core.ports import DigitalInput, IdleState, RelayMode, RelayOutput, RelaySettings
from bridge.core.units import Range
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MediaBench
from tests.unit.onvif.ptz_bench import BenchMechanics

if TYPE_CHECKING:
    from bridge.core.model import CameraDescription
    from tests.unit.onvif.bench_camera import BenchCamera

OPEN, CLOSED = IdleState.OPEN, IdleState.CLOSED

GATE = RelayOutput(
    "Relay_0",
    RelaySettings(RelayMode.BISTABLE, 5.0, OPEN),
    (RelayMode.BISTABLE, RelayMode.MONOSTABLE),
    Range(1.0, 120.0),
    (OPEN, CLOSED),
)
HORN = RelayOutput("Relay_1", RelaySettings(RelayMode.BISTABLE, 0.0, OPEN), (), Range(0.0, 0.0), ())
BELL = DigitalInput("Input_0", OPEN, (OPEN, CLOSED))
DOOR = DigitalInput("Input_1", CLOSED, (CLOSED, OPEN))
LAMP = AuxiliarySwitch(AuxiliaryFunction.IR_LAMP, (SwitchState.ON, SwitchState.OFF, SwitchState.AUTO))
SIREN = AuxiliarySwitch(AuxiliaryFunction.SIREN, (SwitchState.ON, SwitchState.OFF))


class BenchRelays:
    """Relays that are set at once."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def set_settings(self, token: str, settings: RelaySettings) -> None:
        await self._camera.obey("set_relay", token, settings)
        description = self._camera.description
        assert description is not None
        relays = (replace(each, settings=settings) if each.token == token else each for each in description.relays)
        self._camera.description = replace(description, relays=tuple(relays))

    async def set_active(self, token: str, *, active: bool) -> None:
        await self._camera.obey("set_active", token, active)


class BenchInputs:
    """Inputs that are set at once."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def set_idle_states(self, idle_states: dict[str, IdleState]) -> None:
        await self._camera.obey("set_idle_states", idle_states)
        description = self._camera.description
        assert description is not None
        inputs = (replace(each, idle_state=idle_states.get(each.token, each.idle_state)) for each in description.inputs)
        self._camera.description = replace(description, inputs=tuple(inputs))


def connect_wires(camera: BenchCamera) -> None:
    """Let the camera's relays, inputs and switches be set."""
    camera.given = replace(
        camera.given, relays=BenchRelays(camera), inputs=BenchInputs(camera), auxiliary=BenchMechanics(camera)
    )


def wires_described(**more: Any) -> CameraDescription:
    """Describe a camera with two relays, two inputs, a lamp and a siren."""
    return described(**{"relays": (GATE, HORN), "inputs": (BELL, DOOR), "auxiliary": (LAMP, SIREN), **more})


def wired(description: CameraDescription | None = None, *, is_settable: bool = True, **more: Any) -> MediaBench:
    """Return a device whose camera has wires."""
    bench = MediaBench(description or wires_described(**more))
    if is_settable:
        connect_wires(bench.camera)
    return bench
