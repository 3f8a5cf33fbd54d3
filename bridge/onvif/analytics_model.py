"""What the camera's own motion detection looks like to ONVIF: analytics modules and rules.

ONVIF Analytics Service Specification, annexes on motion detection. A camera that looks at polygons has a rule
`tt:MotionRegionDetector` for each, which clients make and delete; one that looks at a grid of cells has the one module
`tt:CellMotionEngine`, which is fixed. Every camera that tells motion has the one fixed rule `tt:CellMotionDetector`:
the topic that most recorders know names it. Without a grid that rule has no parameters. Polygons that the camera does
not let us change are not shown as rules: a rule of that kind must be one that clients can delete. This module only
reads; `analytics_changes` writes.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.core.events import EventKind
from bridge.core.units import round_half_up
from bridge.onvif.configurations import VIDEO_SOURCES
from bridge.onvif.eventing.topics import ANY_REGION_MOTION, CELL_MOTION, MOTION_RULE, REGION_MOTION
from bridge.onvif.packbits import pack, unpack
from bridge.onvif.types.analytics import (
    CellLayout,
    ConfigDescription,
    ConfigOptions,
    ElementItemDescription,
    ItemListDescription,
    MessageDescription,
    MotionRegionConfig,
    MotionRegionConfigOptions,
    SimpleItemDescription,
    SupportedAnalyticsModules,
    SupportedRules,
    Transformation,
)
from bridge.onvif.types.common import IntRange
from bridge.onvif.types.configurations import (
    AnalyticsEngineConfiguration,
    Config,
    RuleEngineConfiguration,
    VideoAnalyticsConfiguration,
)
from bridge.onvif.types.drawing import Polygon, Vector
from bridge.onvif.types.events import ElementItem, ItemList, SimpleItem
from bridge.proto.soap.codec import encode
from bridge.proto.soap.namespaces import TT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from bridge.core.camera import Camera
    from bridge.core.detection import MotionGrid, MotionRegion, MotionRegionsDescription
    from bridge.core.overlay import Point
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.eventing.topics import Topic
    from bridge.onvif.types.configurations import IntRectangle

REGION_RULE = "tt:MotionRegionDetector"
CELL_RULE = "tt:CellMotionDetector"
CELL_MODULE = "tt:CellMotionEngine"
MODULE_NAME = "MyCellMotionModule"

REGION_PARAMETER = "MotionRegion"
CELLS_PARAMETER = "ActiveCells"
FIXED_PARAMETERS = {"MinCount": 1, "AlarmOnDelay": 0, "AlarmOffDelay": 0}
"""Of the cell rule: any cell counts, and the bridge waits with nothing. Delays of the camera's own are not known."""

SENSITIVITY_PARAMETER = "Sensitivity"
LAYOUT_PARAMETER = "Layout"

_RULE_SCHEMA = "http://www.onvif.org/ver20/analytics/rules.xsd"


def local_name(qualified: str) -> str:
    """Return a qualified name without its prefix, which clients choose as they like."""
    return qualified.strip().rpartition(":")[2]


def analytics_configuration(device: VirtualDevice, token: str) -> VideoAnalyticsConfiguration:
    """Return the analytics configuration of a token, which exists."""
    return VideoAnalyticsConfiguration(
        token=token,
        name=device.media.name(token),
        use_count=device.media.use_count(token),
        analytics_engine_configuration=AnalyticsEngineConfiguration(analytics_module=modules(device.camera)),
        rule_engine_configuration=RuleEngineConfiguration(rule=rules(device)),
    )


def ruled_regions(camera: Camera) -> MotionRegionsDescription | None:
    """Return the motion regions that are shown as rules; None if clients cannot make such rules."""
    description = camera.description
    if description is None or camera.facets.motion is None or description.events.isdisjoint(_REGION_EVENTS):
        return None
    return description.motion_regions


def motion_grid(camera: Camera) -> MotionGrid | None:
    """Return the cells; None if the camera does not look at cells."""
    return None if camera.description is None else camera.description.motion_grid


def supported_rules(camera: Camera) -> SupportedRules:
    """Return the kinds of rules."""
    described: list[ConfigDescription] = []
    regions = ruled_regions(camera)
    if regions is not None:
        region = ElementItemDescription(name=REGION_PARAMETER, type="axt:MotionRegionConfig")
        described.append(
            ConfigDescription(
                name=REGION_RULE,
                fixed=False,
                max_instances=regions.most,
                parameters=ItemListDescription(element_item_description=(region,)),
                messages=(_message(REGION_MOTION if _names_regions(camera) else ANY_REGION_MOTION),),
            )
        )
    if _has_cell_rule(camera):
        described.append(
            ConfigDescription(
                name=CELL_RULE,
                fixed=True,
                max_instances=1,
                parameters=_cell_rule_parameters(camera),
                messages=(_message(CELL_MOTION),),
            )
        )
    return SupportedRules(
        rule_content_schema_location=() if regions is None else (_RULE_SCHEMA,), rule_description=tuple(described)
    )


def rules(device: VirtualDevice) -> tuple[Config, ...]:
    """Return the rules that there are."""
    regions = ruled_regions(device.camera)
    region_rules = () if regions is None else tuple(_region_rule(device, each) for each in regions.regions)
    return region_rules + ((_cell_rule(device.camera),) if _has_cell_rule(device.camera) else ())


def rule_options(camera: Camera) -> tuple[ConfigOptions, ...]:
    """Return what the parameters of rules can be, with the kind of rule that each belongs to."""
    options: list[ConfigOptions] = []
    regions = ruled_regions(camera)
    if regions is not None:
        content = encode(_region_options(regions, names_regions=_names_regions(camera)))
        options.append(
            ConfigOptions(
                rule_type=REGION_RULE, name=REGION_PARAMETER, type="axt:MotionRegionConfigOptions", content=content
            )
        )
    if motion_grid(camera) is not None:
        options.extend(
            ConfigOptions(rule_type=CELL_RULE, name=name, type="tt:IntRange", content=_int_range(value, value))
            for name, value in FIXED_PARAMETERS.items()
        )
    return tuple(options)


def supported_modules(camera: Camera) -> SupportedAnalyticsModules:
    """Return the kinds of analytics modules."""
    if motion_grid(camera) is None:
        return SupportedAnalyticsModules()
    parameters = ItemListDescription(
        simple_item_description=(SimpleItemDescription(name=SENSITIVITY_PARAMETER, type="xs:integer"),),
        element_item_description=(ElementItemDescription(name=LAYOUT_PARAMETER, type="tt:CellLayout"),),
    )
    described = ConfigDescription(name=CELL_MODULE, fixed=True, max_instances=1, parameters=parameters)
    return SupportedAnalyticsModules(analytics_module_description=(described,))


def modules(camera: Camera) -> tuple[Config, ...]:
    """Return the analytics modules that there are."""
    grid = motion_grid(camera)
    if grid is None:
        return ()
    sensitivity = SimpleItem(name=SENSITIVITY_PARAMETER, value=str(sensitivity_percent(grid)))
    layout = ElementItem(name=LAYOUT_PARAMETER, content=encode(_layout(grid)))
    parameters = ItemList(simple_item=(sensitivity,), element_item=(layout,))
    return (Config(name=MODULE_NAME, type=CELL_MODULE, parameters=parameters),)


def module_options(camera: Camera) -> tuple[ConfigOptions, ...]:
    """Return what the parameters of analytics modules can be, with the kind of module that each belongs to."""
    grid = motion_grid(camera)
    if grid is None:
        return ()
    percent = sensitivity_percent(grid)
    content = _int_range(0, 100) if camera.facets.motion is not None else _int_range(percent, percent)
    return (
        ConfigOptions(name=SENSITIVITY_PARAMETER, type="tt:IntRange", analytics_module=CELL_MODULE, content=content),
    )


def sensitivity_percent(grid: MotionGrid) -> int:
    """Return a grid's sensitivity in the module's unit, 0..100."""
    return round_half_up(grid.sensitivity * 100)


def cells_text(active: Sequence[bool]) -> str:
    """Return cells as the parameter ActiveCells: a bit each, filled up to whole bytes, packed, in base64."""
    bits = "".join("1" if each else "0" for each in active)
    size = (len(bits) + 7) // 8
    return b64encode(pack(int(bits.ljust(size * 8, "0"), 2).to_bytes(size))).decode()


def read_cells(text: str, count: int) -> tuple[bool, ...]:
    """Return the `count` cells of an ActiveCells.

    Raises:
        WireError: it is none, or one of another number of cells.
    """
    size = (count + 7) // 8
    try:
        data = unpack(b64decode(text.strip(), validate=True), limit=size)
    except ValueError as error:
        raise WireError("active cells that are not base64") from error
    if len(data) != size:
        raise WireError(f"active cells of {len(data)} bytes, not {size}")
    return tuple(bit == "1" for bit in f"{int.from_bytes(data):0{size * 8}b}"[:count])


def picture_bounds(device: VirtualDevice) -> IntRectangle:
    """Return the rectangle in whose pixels the corners of motion regions are counted.

    Raises:
        ClientFault: NoConfig, as long as the camera was never reached.
    """
    media = device.media
    return VIDEO_SOURCES.one(media, media.video_source_configuration_token).bounds


def to_pixel(point: Point, bounds: IntRectangle) -> Vector:
    """Return a point of the normalised picture as the nearest pixel."""
    x, y = point
    return Vector(
        x=bounds.x + round_half_up((x + 1) / 2 * (bounds.width - 1)),
        y=bounds.y + round_half_up((1 - y) / 2 * (bounds.height - 1)),
    )


def from_pixel(corner: Vector, bounds: IntRectangle) -> Point:
    """Return a pixel as a point of the normalised picture; outside of the bounds it is outside of that, too."""
    return (
        (corner.x - bounds.x) / (bounds.width - 1) * 2 - 1,
        1 - (corner.y - bounds.y) / (bounds.height - 1) * 2,
    )


_REGION_EVENTS = frozenset({EventKind.MOTION, EventKind.MOTION_REGION})


def _names_regions(camera: Camera) -> bool:
    """Return whether the camera says in which region something moves."""
    return camera.description is not None and EventKind.MOTION_REGION in camera.description.events


def _has_cell_rule(camera: Camera) -> bool:
    description = camera.description
    return description is not None and (EventKind.MOTION in description.events or description.motion_grid is not None)


def _message(topic: Topic) -> MessageDescription:
    data = () if topic.data is None else (SimpleItemDescription(name=topic.data.name, type=topic.data.type),)
    source = tuple(SimpleItemDescription(name=item.name, type=item.type) for item in topic.source)
    return MessageDescription(
        is_property=topic.is_property,
        source=ItemListDescription(simple_item_description=source),
        data=ItemListDescription(simple_item_description=data),
        parent_topic=topic.expression,
    )


def _region_rule(device: VirtualDevice, region: MotionRegion) -> Config:
    bounds = picture_bounds(device)
    content = MotionRegionConfig(
        armed=region.armed,
        sensitivity=region.sensitivity,
        polygon=Polygon(point=tuple(to_pixel(point, bounds) for point in region.polygon)),
    )
    parameter = ElementItem(name=REGION_PARAMETER, content=encode(content))
    name = device.region_names.shown(region.name)
    return Config(name=name, type=REGION_RULE, parameters=ItemList(element_item=(parameter,)))


def _region_options(regions: MotionRegionsDescription, *, names_regions: bool) -> MotionRegionConfigOptions:
    return MotionRegionConfigOptions(
        ptz_preset_motion_support=False,
        max_regions=regions.most,
        disarm_support=regions.disarm,
        polygon_support=True,
        polygon_limits=IntRange(min=regions.least_points, max=regions.most_points),
        single_sensitivity_support=regions.single_sensitivity,
        rule_notification=names_regions,
    )


def _cell_rule_parameters(camera: Camera) -> ItemListDescription:
    if motion_grid(camera) is None:
        return ItemListDescription()
    described = [SimpleItemDescription(name=name, type="xs:integer") for name in FIXED_PARAMETERS]
    described.append(SimpleItemDescription(name=CELLS_PARAMETER, type="xs:base64Binary"))
    return ItemListDescription(simple_item_description=tuple(described))


def _cell_rule(camera: Camera) -> Config:
    grid = motion_grid(camera)
    parameters = ItemList()
    if grid is not None:
        values = {
            **{name: str(value) for name, value in FIXED_PARAMETERS.items()},
            CELLS_PARAMETER: cells_text(grid.active),
        }
        parameters = ItemList(simple_item=tuple(SimpleItem(name=name, value=value) for name, value in values.items()))
    return Config(name=MOTION_RULE, type=CELL_RULE, parameters=parameters)


def _layout(grid: MotionGrid) -> CellLayout:
    """Return how the grid lies in the picture: it covers all of it, from the upper left corner down."""
    transformation = Transformation(translate=Vector(x=-1.0, y=1.0), scale=Vector(x=2 / grid.columns, y=-2 / grid.rows))
    return CellLayout(columns=grid.columns, rows=grid.rows, transformation=transformation)


def _int_range(minimum: int, maximum: int) -> etree._Element:
    return encode(IntRange(min=minimum, max=maximum), tag=f"{{{TT}}}IntRange")
