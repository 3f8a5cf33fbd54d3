"""Cameras and a workbench for the PTZ service: every answer and fault goes through the official schemas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.auxiliary import AuxiliaryFunction, AuxiliarySwitch, SwitchState
from bridge.core.camera import Facets
from bridge.core.ptz import PtzDescription
from bridge.core.units import Range
from tests.unit.onvif.bench_camera import HEAD, described
from tests.unit.onvif.media_bench import MediaBench

if TYPE_CHECKING:
    from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation
    from tests.unit.onvif.bench_camera import BenchCamera

MAIN = "Profile_main"
NODE = "PTZ_0"

PAN_ONLY = PtzDescription(pan=True, tilt=False, zoom=False, speed_control=False)
ZOOM_ONLY = PtzDescription(pan=False, tilt=False, zoom=True)
DOME = replace(
    HEAD,
    pan_tilt_position=True,
    absolute_pan_tilt=True,
    absolute_zoom=True,
    relative_pan_tilt=True,
    relative_zoom=True,
    in_view=True,
    pan_degrees=Range(-180.0, 180.0),
    tilt_degrees=Range(-90.0, 0.0),
    home=True,
)
SWITCHES = (
    AuxiliarySwitch(AuxiliaryFunction.IR_LAMP, (SwitchState.ON, SwitchState.OFF, SwitchState.AUTO)),
    AuxiliarySwitch(AuxiliaryFunction.SIREN, (SwitchState.ON,)),
)


class BenchMechanics:
    """Drives, home and switches that write down what they are told."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def move_to(self, position: PtzPosition, *, speed: PtzSpeed) -> None:
        await self._camera.obey("move_to", position, speed)

    async def move_by(self, translation: PtzTranslation, *, speed: PtzSpeed) -> None:
        await self._camera.obey("move_by", translation, speed)

    async def set_home(self) -> None:
        await self._camera.obey("set_home")

    async def go_home(self, *, speed: float | None = None) -> None:
        await self._camera.obey("go_home", speed)

    async def switch(self, function: AuxiliaryFunction, state: SwitchState) -> None:
        await self._camera.obey("switch", function, state)


class PtzBench(MediaBench):
    """A device with mechanics and switches; every answer, fault and change can be looked at.

    Args:
        ptz: the mechanics; None for a camera that stands still.
        switches: the camera's switches.
        is_driven: whether drives, home and switches can be operated.
    """

    def __init__(
        self,
        ptz: PtzDescription | None = DOME,
        *,
        switches: tuple[AuxiliarySwitch, ...] = SWITCHES,
        is_driven: bool = True,
    ) -> None:
        super().__init__(described(ptz=ptz, auxiliary=switches))
        mechanics = BenchMechanics(self.camera)
        if is_driven:
            self.camera.given = Facets(drives=mechanics, home=mechanics, auxiliary=mechanics)

    @property
    def commands(self) -> list[tuple[object, ...]]:
        """What the camera has been told."""
        return self.camera.commands
