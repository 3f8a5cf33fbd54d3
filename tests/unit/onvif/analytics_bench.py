"""A camera that looks for motion in regions or cells, for the tests of rules and modules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.core.detection import MotionGrid, MotionRegion, MotionRegionsDescription
from bridge.core.events import CameraEvent, EventKind
from bridge.onvif.types.analytics import GetRules, MotionRegionConfig
from bridge.onvif.types.configurations import Config
from bridge.onvif.types.drawing import Polygon, Vector
from bridge.onvif.types.events import ElementItem, ItemList, SimpleItem
from bridge.proto.soap.codec import decode, encode
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MediaBench

if TYPE_CHECKING:
    from tests.unit.onvif.bench_camera import BenchCamera

TOKEN = "VideoAnalytics_0"
DOOR = MotionRegion("Door", ((-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)), sensitivity=0.25)
REGIONS = MotionRegionsDescription((DOOR,), most=3)
GRID = MotionGrid(8, 6, (*(True,) * 24, *((True,) * 4 + (False,) * 4) * 3), sensitivity=0.5)
EVENTS = frozenset({EventKind.MOTION, EventKind.MOTION_REGION})


class BenchMotion:
    """Motion detection that takes everything at once, writes it down, and has the camera described anew.

    Args:
        camera: the camera.
        own_names: whether the camera gives its regions names of its own.
    """

    def __init__(self, camera: BenchCamera, *, own_names: bool) -> None:
        self._camera = camera
        self._own_names = own_names

    async def set_regions(self, regions: tuple[MotionRegion, ...]) -> None:
        await self._camera.obey("set_regions", *(region.name for region in regions))
        description = self._camera.description
        assert description is not None
        assert description.motion_regions is not None
        if self._own_names:
            regions = tuple(replace(each, name=f"Area {number}") for number, each in enumerate(regions, start=1))
        described = replace(description.motion_regions, regions=regions)
        self._camera.describe(replace(description, motion_regions=described))

    async def set_grid(self, grid: MotionGrid) -> None:
        await self._camera.obey("set_grid", grid)
        assert self._camera.description is not None
        self._camera.describe(replace(self._camera.description, motion_grid=grid))


class AnalyticsBench(MediaBench):
    """A virtual device of a camera whose motion detection can be set, unless it is read-only."""

    def __init__(
        self,
        regions: MotionRegionsDescription | None = None,
        grid: MotionGrid | None = None,
        *,
        kinds: frozenset[EventKind] = EVENTS,
        own_names: bool = False,
        read_only: bool = False,
    ) -> None:
        super().__init__(described(kinds=kinds, motion_regions=regions, motion_grid=grid))
        if not read_only:
            self.camera.given = replace(self.camera.given, motion=BenchMotion(self.camera, own_names=own_names))

    async def rules(self) -> dict[str, Config]:
        """Return the rules by name."""
        return {rule.name: rule for rule in (await self.answer(GetRules(configuration_token=TOKEN))).rule}

    async def region(self, name: str) -> MotionRegionConfig:
        """Return the parameter of a rule about a region."""
        (item,) = (await self.rules())[name].parameters.element_item
        assert item.content is not None
        return decode(MotionRegionConfig, item.content)

    def move(self, region: str, *, active: bool = True) -> None:
        """Report motion in a region."""
        self.device.publish(CameraEvent(EventKind.MOTION_REGION, active, self.clock.utc(), region))


def corners(*points: tuple[float, float]) -> Polygon:
    """Return the polygon with these corners."""
    return Polygon(point=tuple(Vector(x=x, y=y) for x, y in points))


def region_rule(name: str, *, kind: str = "tt:MotionRegionDetector", **what: Any) -> Config:
    """Return a rule about a region; without more its parameters are left out."""
    content = encode(MotionRegionConfig(**what))
    items = (ElementItem(name="MotionRegion", content=content),) if what else ()
    return Config(name=name, type=kind, parameters=ItemList(element_item=items))


def with_values(name: str, kind: str, **values: str) -> Config:
    """Return a rule or module with simple parameters."""
    items = tuple(SimpleItem(name=each, value=value) for each, value in values.items())
    return Config(name=name, type=kind, parameters=ItemList(simple_item=items))
