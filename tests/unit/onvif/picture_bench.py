"""What a bench camera draws into its picture, and its sensor: facets that do what they are told at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.camera import Facets
from bridge.core.overlay import (
    Mask,
    MaskKind,
    MasksDescription,
    Overlay,
    OverlayKind,
    OverlayPlace,
    OverlaysDescription,
    rectangle_around,
)
from bridge.core.units import Range
from tests.unit.onvif.media_bench import MAIN, MediaBench, camera_of

if TYPE_CHECKING:
    from typing import Any

    from bridge.core.model import CameraDescription
    from tests.unit.onvif.bench_camera import BenchCamera

NAME = Overlay("name", OverlayKind.PLAIN, OverlayPlace.LOWER_LEFT, text="Front door", font_size=16)
CLOCK = Overlay(
    "clock",
    OverlayKind.DATE_AND_TIME,
    OverlayPlace.CUSTOM,
    at=(-0.5, 0.25),
    date_format="yyyy-MM-dd",
    time_format="HH:mm:ss",
    font_size=16,
)
TEXTS = OverlaysDescription(
    overlays=(NAME, CLOCK),
    most=4,
    kinds=tuple(OverlayKind),
    places=tuple(OverlayPlace),
    most_of=((OverlayKind.DATE_AND_TIME, 1), (OverlayKind.DATE, 1)),
    date_formats=("MM/dd/yyyy", "yyyy-MM-dd"),
    time_formats=("hh:mm:ss tt", "HH:mm:ss"),
    font_size=Range(8, 64),
    most_characters=20,
)
TRIANGLE = Mask("1", ((-0.5, -0.5), (0.0, 0.5), (0.5, -0.5)), MaskKind.PIXELATED)
SHAPES = MasksDescription(masks=(TRIANGLE,), most=3, most_points=5, kinds=(MaskKind.COLOR, MaskKind.PIXELATED))
BOX = Mask("1", rectangle_around(((-0.5, -0.5), (0.5, 0.5))))
RECTANGLES = MasksDescription(masks=(BOX,), most=2, most_points=4, rectangle_only=True, color=(128, 64, 0))


class BenchOverlays:
    """Texts in the picture of a bench camera."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def create(self, overlay: Overlay) -> str:
        await self._camera.obey("create_overlay", overlay)
        made = replace(overlay, token=f"text {len(self._camera.commands)}")
        self._show(*self._texts.overlays, made)
        return made.token

    async def set(self, overlay: Overlay) -> None:
        await self._camera.obey("set_overlay", overlay)
        self._show(*(overlay if each.token == overlay.token else each for each in self._texts.overlays))

    async def delete(self, token: str) -> None:
        await self._camera.obey("delete_overlay", token)
        self._show(*(each for each in self._texts.overlays if each.token != token))

    @property
    def _texts(self) -> OverlaysDescription:
        texts = known(self._camera).overlays
        assert texts is not None
        return texts

    def _show(self, *overlays: Overlay) -> None:
        self._camera.description = replace(known(self._camera), overlays=replace(self._texts, overlays=overlays))


class BenchMasks:
    """Privacy masks in the picture of a bench camera."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def create(self, mask: Mask) -> str:
        await self._camera.obey("create_mask", mask)
        made = replace(mask, token=f"mask {len(self._camera.commands)}")
        self._show(*self._masks.masks, made)
        return made.token

    async def set(self, mask: Mask) -> None:
        await self._camera.obey("set_mask", mask)
        self._show(*(mask if each.token == mask.token else each for each in self._masks.masks))

    async def delete(self, token: str) -> None:
        await self._camera.obey("delete_mask", token)
        self._show(*(each for each in self._masks.masks if each.token != token))

    @property
    def _masks(self) -> MasksDescription:
        masks = known(self._camera).masks
        assert masks is not None
        return masks

    def _show(self, *masks: Mask) -> None:
        self._camera.description = replace(known(self._camera), masks=replace(self._masks, masks=masks))


class BenchSensorModes:
    """The sensor of a bench camera."""

    def __init__(self, camera: BenchCamera) -> None:
        self._camera = camera

    async def choose(self, token: str) -> None:
        await self._camera.obey("choose_mode", token)
        self._camera.description = replace(known(self._camera), sensor_mode=token)


def known(camera: BenchCamera) -> CameraDescription:
    """Return a camera's description, which it has."""
    assert camera.description is not None
    return camera.description


def picture_bench(*, is_settable: bool = True, **more: Any) -> MediaBench:
    """Return a device whose camera has one stream and what `more` describes, and lets it be set or not."""
    bench = MediaBench(replace(camera_of(MAIN, ptz=None), **more))
    if is_settable:
        camera = bench.camera
        camera.given = Facets(
            overlays=BenchOverlays(camera), masks=BenchMasks(camera), sensor_modes=BenchSensorModes(camera)
        )
    return bench
