"""A camera with picture controls and a focus, for the tests of the imaging service."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.camera import Facets
from bridge.core.imaging import (
    AutoMode,
    Exposure,
    ExposurePriority,
    FocusDescription,
    FocusStatus,
    ImagingDescription,
    ImagingSettings,
    IrCutMode,
    Levelled,
    WhiteBalance,
)
from bridge.core.units import Range
from tests.unit.onvif.bench_camera import BenchCamera, described
from tests.unit.onvif.service_bench import Bench

if TYPE_CHECKING:
    from bridge.core.model import CameraDescription

SOURCE = "VideoSource_0"

EXPOSURE = Exposure(AutoMode.AUTO, ExposurePriority.LOW_NOISE, 10.0, 125000.0, 1.0, 62.0, 4000.0, 7.0)

EVERYTHING = ImagingDescription(
    settings=ImagingSettings(
        brightness=50.2,
        contrast=0.0,
        color_saturation=100.0,
        sharpness=25.0,
        ir_cut_filter=IrCutMode.AUTO,
        backlight_compensation=Levelled(on=True, level=40.0),
        wide_dynamic_range=Levelled(on=False),
        exposure=EXPOSURE,
        white_balance=WhiteBalance(AutoMode.MANUAL, 50.0, 60.0),
        noise_reduction=33.33,
        auto_focus=AutoMode.AUTO,
    ),
    ir_cut_modes=tuple(IrCutMode),
    exposure_modes=tuple(AutoMode),
    exposure_priorities=tuple(ExposurePriority),
    exposure_time_us=Range(0.0, 500000.0),
    gain=Range(1.0, 100.0),
    white_balance_modes=tuple(AutoMode),
    auto_focus_modes=tuple(AutoMode),
    settable=frozenset(ImagingSettings.__dataclass_fields__),
    focus=FocusDescription(continuous=True, absolute=True, relative=True, position=True),
)


class BenchImaging:
    """Picture controls that take everything at once, write it down, and show it in the camera's description."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def set(self, settings: ImagingSettings) -> None:
        await self._camera.obey("set_imaging", settings)
        description = _described(self._camera)
        assert description.imaging is not None
        imaging = replace(description.imaging, settings=settings)
        self._camera.description = replace(description, imaging=imaging)


class BenchFocus:
    """A focus that writes down what it is told, and is where the test puts it."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera
        self.status = FocusStatus(0.25, moving=False)

    async def move(self, velocity: float) -> None:
        await self._camera.obey("move_focus", velocity)

    async def move_to(self, position: float, *, speed: float | None = None) -> None:
        await self._camera.obey("move_focus_to", position, speed)

    async def move_by(self, distance: float, *, speed: float | None = None) -> None:
        await self._camera.obey("move_focus_by", distance, speed)

    async def stop(self) -> None:
        await self._camera.obey("stop_focus")


class ImagingBench(Bench):
    """A virtual device whose camera has these picture controls."""

    def __init__(self, imaging: ImagingDescription | None, *, is_driven: bool = True) -> None:
        camera = BenchCamera(described(imaging=imaging))
        super().__init__(camera)
        self.focus = BenchFocus(camera)
        if is_driven:
            camera.given = Facets(imaging=BenchImaging(camera), focus=self.focus)

    @property
    def settings(self) -> ImagingSettings:
        """The camera's own."""
        imaging = _described(self.camera).imaging
        assert imaging is not None
        return imaging.settings


def _described(camera: BenchCamera) -> CameraDescription:
    assert camera.description is not None
    return camera.description
