"""Changing rules and analytics modules: what a client wishes is checked as a whole, and then given to the camera.

ONVIF Analytics Service Specification, "Operations on rules" and "Operations on analytics modules": all or nothing. A
parameter that is left out stays as it is, or is chosen by the device in a new rule: the whole picture, armed. What
rules and modules there are is the business of `analytics_model`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bridge.core.detection import MotionRegion
from bridge.core.errors import ClientFault, InvalidValue, WireError
from bridge.onvif import analytics_model as model
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.types.analytics import CellLayout, MotionRegionConfig
from bridge.proto.soap.codec import decode, strangers
from bridge.proto.soap.lexical import parse_integer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bridge.core.camera import Camera
    from bridge.core.detection import MotionDetection, MotionGrid, MotionRegionsDescription
    from bridge.core.overlay import Point
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.types.configurations import Config
    from bridge.onvif.types.drawing import Polygon
    from bridge.onvif.types.events import ElementItem

Parameter = TypeVar("Parameter", MotionRegionConfig, CellLayout)

MAX_NAME_CHARS = 64
"""Longest name of a rule: what test tools use at most, and more than cameras keep."""

_WHOLE_PICTURE: tuple[Point, ...] = ((-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (1.0, 1.0))


async def create_rules(device: VirtualDevice, wished: Sequence[Config]) -> None:
    """Make rules.

    Raises:
        ClientFault: InvalidRule, RuleAlreadyExistent, FixedRules, TooManyRules, ConfigurationConflict.
    """
    async with _one_change(device):
        regions = _regions(device)
        for rule in wished:
            described = _regions_for_new(device.camera, rule)
            if rule.name in regions or any(rule.name == each.name for each in model.rules(device)):
                raise ClientFault(
                    "Sender", ("InvalidArgVal", "RuleAlreadyExistent"), f"There is a rule '{rule.name}' already"
                )
            if any(rule.name == each.name for each in described.regions):
                raise _conflict(f"The camera itself calls another region '{rule.name}'")
            sensitivity = described.regions[0].sensitivity if described.regions else 0.5
            region = _Wish(device, described, rule).of(MotionRegion(rule.name, _WHOLE_PICTURE, sensitivity=sensitivity))
            regions = _joined(regions, rule.name, region, described)
            if len(regions) > described.most:
                raise _too_many(f"There are {described.most} motion regions at most")
        await _set_regions(device, regions)


async def modify_rules(device: VirtualDevice, wished: Sequence[Config]) -> None:
    """Change rules.

    Raises:
        ClientFault: InvalidRule, RuleNotExistent, TypeChangeProhibited, TooManyRules, ConfigurationConflict.
    """
    async with _one_change(device):
        present = {rule.name: rule.type for rule in model.rules(device)}
        described = model.ruled_regions(device.camera)
        known = regions = _regions(device)
        grid = wished_grid = model.motion_grid(device.camera)
        for rule in wished:
            _require_same_kind(present, rule, missing="RuleNotExistent")
            if described is not None and rule.name in regions:
                region = _Wish(device, described, rule).of(regions[rule.name])
                regions = _joined(regions, rule.name, region, described)
            else:
                wished_grid = _with_cells(wished_grid, rule)
        if regions != known and wished_grid != grid:
            # The camera is told in two steps, and the first could not be taken back if the second failed.
            raise _conflict("Motion regions and cells can only be changed one after the other")
        if regions != known:
            await _set_regions(device, regions)
        elif wished_grid is not None and wished_grid != grid:
            await _set_grid(device, wished_grid, invalid="InvalidRule")


async def delete_rules(device: VirtualDevice, names: Sequence[str]) -> None:
    """Delete rules.

    Raises:
        ClientFault: RuleNotExistent, FixedRules, ConfigurationConflict.
    """
    async with _one_change(device):
        regions = _regions(device)
        present = {rule.name for rule in model.rules(device)}
        for name in names:
            if name not in present:
                raise ClientFault("Sender", ("InvalidArgVal", "RuleNotExistent"), f"There is no rule '{name}'")
            if name not in regions:
                raise ClientFault("Sender", ("Action", "FixedRules"), f"The rule '{name}' cannot be deleted")
        await _set_regions(device, {name: region for name, region in regions.items() if name not in names})


def create_modules(camera: Camera, wished: Sequence[Config]) -> None:
    """Refuse to make analytics modules: a camera has those that it has.

    Raises:
        ClientFault: FixedModules, InvalidModule.
    """
    kinds = {model.local_name(each.type) for each in model.modules(camera)}
    for module in wished:
        if model.local_name(module.type) not in kinds:
            raise _invalid("InvalidModule", f"There are no modules '{module.type}'")
    raise ClientFault("Sender", ("Action", "FixedModules"), "Analytics modules cannot be added")


async def modify_modules(device: VirtualDevice, wished: Sequence[Config]) -> None:
    """Change analytics modules.

    Raises:
        ClientFault: InvalidModule, NameNotExistent, TypeChangeProhibited, ConfigurationConflict.
    """
    async with _one_change(device):
        present = {module.name: module.type for module in model.modules(device.camera)}
        grid = wished_grid = model.motion_grid(device.camera)
        for module in wished:
            _require_same_kind(present, module, missing="NameNotExistent")
            wished_grid = None if wished_grid is None else _with_module(wished_grid, module)
        if wished_grid is not None and wished_grid != grid:
            await _set_grid(device, wished_grid, invalid="InvalidModule")


def delete_modules(camera: Camera, names: Sequence[str]) -> None:
    """Refuse to delete analytics modules.

    Raises:
        ClientFault: FixedModules, NameNotExistent.
    """
    present = {module.name for module in model.modules(camera)}
    for name in names:
        if name not in present:
            raise ClientFault("Sender", ("InvalidArgVal", "NameNotExistent"), f"There is no module '{name}'")
    raise ClientFault("Sender", ("Action", "FixedModules"), "Analytics modules cannot be deleted")


class _Wish:
    """What a client wishes of the region of a rule.

    Args:
        device: the device.
        limits: what regions can be.
        rule: the rule as the client sent it.
    """

    def __init__(self, device: VirtualDevice, limits: MotionRegionsDescription, rule: Config) -> None:
        self._limits = limits
        self._device = device
        self._rule = rule

    def of(self, present: MotionRegion) -> MotionRegion:
        """Return the region as it shall be; `present` is how it is.

        Raises:
            ClientFault: InvalidRule.
        """
        items = self._rule.parameters.element_item
        if self._rule.parameters.simple_item or any(item.name != model.REGION_PARAMETER for item in items):
            raise _invalid("InvalidRule", f"A motion region has the one parameter {model.REGION_PARAMETER}")
        for item in items:
            present = self._applied(_decoded(MotionRegionConfig, item, invalid="InvalidRule"), present)
        return present

    def _applied(self, wished: MotionRegionConfig, present: MotionRegion) -> MotionRegion:
        armed = present.armed if wished.armed is None else wished.armed
        sensitivity = present.sensitivity if wished.sensitivity is None else wished.sensitivity
        if not armed and not self._limits.disarm:
            raise _invalid("InvalidRule", "Motion regions cannot be disarmed")
        if not 0 <= sensitivity <= 1:
            raise _invalid("InvalidRule", "A sensitivity is 0 to 1")
        if wished.preset_token is not None:
            raise _invalid("InvalidRule", "Motion regions do not follow PTZ presets")
        polygon = present.polygon if wished.polygon is None else self._points(wished.polygon)
        return replace(present, polygon=polygon, armed=armed, sensitivity=sensitivity)

    def _points(self, polygon: Polygon) -> tuple[Point, ...]:
        limits = self._limits
        if not limits.least_points <= len(polygon.point) <= limits.most_points:
            raise _invalid("InvalidRule", f"A polygon has {limits.least_points} to {limits.most_points} corners")
        bounds = model.picture_bounds(self._device)
        points = tuple(model.from_pixel(corner, bounds) for corner in polygon.point)
        if not all(-1 <= ordinate <= 1 for point in points for ordinate in point):
            raise _invalid("InvalidRule", "A corner lies outside of the picture")
        return points


@asynccontextmanager
async def _one_change(device: VirtualDevice) -> AsyncIterator[None]:
    """Let one change after the other happen: the camera is always told all regions, or all cells.

    Raises:
        ClientFault: the camera refuses.
    """
    async with device.analytics_change:
        try:
            yield
        except InvalidValue as error:
            if error.reason == "too_many_regions":
                raise _too_many(str(error)) from error
            if error.reason == "polygon":
                raise _invalid("InvalidRule", str(error)) from error
            raise _conflict(str(error)) from error


def _regions(device: VirtualDevice) -> dict[str, MotionRegion]:
    """Return the regions that are rules, by the names under which clients know them."""
    described = model.ruled_regions(device.camera)
    return {} if described is None else {device.region_names.shown(each.name): each for each in described.regions}


def _regions_for_new(camera: Camera, rule: Config) -> MotionRegionsDescription:
    """Return what regions can be, if the new rule is one about a region."""
    kind = model.local_name(rule.type)
    fixed = {model.local_name(each.name) for each in model.supported_rules(camera).rule_description if each.fixed}
    if kind in fixed:
        raise ClientFault("Sender", ("Action", "FixedRules"), f"Rules '{rule.type}' cannot be added")
    described = model.ruled_regions(camera)
    if described is None or kind != model.local_name(model.REGION_RULE):
        raise _invalid("InvalidRule", f"There are no rules '{rule.type}'")
    if not 0 < len(rule.name) <= MAX_NAME_CHARS:
        raise _invalid("InvalidRule", f"The name of a rule has 1 to {MAX_NAME_CHARS} characters")
    return described


def _joined(
    regions: dict[str, MotionRegion], name: str, region: MotionRegion, limits: MotionRegionsDescription
) -> dict[str, MotionRegion]:
    """Return the regions with one more or another; where all share a sensitivity, they get that of the last one."""
    joined = {**regions, name: region}
    if not limits.single_sensitivity:
        return joined
    return {each: replace(other, sensitivity=region.sensitivity) for each, other in joined.items()}


def _with_cells(grid: MotionGrid | None, rule: Config) -> MotionGrid | None:
    """Return the grid as the rule about cells wants it."""
    if rule.parameters.element_item:
        raise _invalid("InvalidRule", "The rule has no such parameter")
    for item in rule.parameters.simple_item:
        if grid is not None and item.name == model.CELLS_PARAMETER:
            try:
                grid = replace(grid, active=model.read_cells(item.value, grid.columns * grid.rows))
            except WireError as error:
                raise _invalid("InvalidRule", f"{item.name}: {error.detail}") from error
        elif grid is None or item.name not in model.FIXED_PARAMETERS:
            raise _invalid("InvalidRule", f"The rule has no parameter '{item.name}'")
        elif _integer(item.value) != model.FIXED_PARAMETERS[item.name]:
            raise _invalid("InvalidRule", f"{item.name} can only be {model.FIXED_PARAMETERS[item.name]}")
    return grid


def _with_module(grid: MotionGrid, module: Config) -> MotionGrid:
    """Return the grid as the module wants it."""
    for item in module.parameters.simple_item:
        percent = _integer(item.value)
        if item.name != model.SENSITIVITY_PARAMETER or percent is None or not 0 <= percent <= 100:
            raise _invalid(
                "InvalidModule", f"The module has no such parameter '{item.name}', or the value is not 0 to 100"
            )
        if percent != model.sensitivity_percent(grid):
            grid = replace(grid, sensitivity=percent / 100)
    for element in module.parameters.element_item:
        if element.name != model.LAYOUT_PARAMETER:
            raise _invalid("InvalidModule", f"The module has no such parameter '{element.name}'")
        layout = _decoded(CellLayout, element, invalid="InvalidModule")
        if (layout.columns, layout.rows) != (grid.columns, grid.rows):
            raise _invalid("InvalidModule", "The layout of the cells cannot be changed")
    return grid


def _decoded(kind: type[Parameter], item: ElementItem, *, invalid: str) -> Parameter:
    """Read a parameter that is an element.

    Nothing in it is overlooked: a polygon under a wrong name is not the wish for the whole picture.

    Raises:
        ClientFault: `invalid`.
    """
    if item.content is None:
        raise _invalid(invalid, f"The parameter {item.name} is empty")
    try:
        parameter = decode(kind, item.content)
    except WireError as error:
        raise _invalid(invalid, f"The parameter {item.name} is none: {error.detail}") from error
    unknown = next(strangers(kind, item.content), None)
    if unknown is not None:
        raise _invalid(invalid, f"The parameter {item.name} has no {unknown}")
    return parameter


def _integer(value: str) -> int | None:
    try:
        return parse_integer(value)
    except ValueError:
        return None


def _require_same_kind(present: dict[str, str], wished: Config, *, missing: str) -> None:
    """Check that a rule or module exists and shall stay of its kind; `missing` is the fault if there is none."""
    kind = present.get(wished.name)
    if kind is None:
        raise ClientFault("Sender", ("InvalidArgVal", missing), f"There is no '{wished.name}'")
    if model.local_name(wished.type) != model.local_name(kind):
        raise ClientFault("Receiver", ("Action", "TypeChangeProhibited"), f"'{wished.name}' is and stays a {kind}")


async def _set_regions(device: VirtualDevice, regions: dict[str, MotionRegion]) -> None:
    """Have the camera look at these regions, and tell subscribers."""
    facet = _facet(device.camera, invalid="InvalidRule")
    # Until the names are kept, a camera that names its regions itself shows rules that nobody made.
    with device.broker.following_later():
        await facet.set_regions(tuple(regions.values()))
        described = model.ruled_regions(device.camera)
        if described is not None:
            natives = (region.name for region in described.regions)
            device.region_names.keep(zip(natives, regions, strict=False))
    _tell(device)


async def _set_grid(device: VirtualDevice, grid: MotionGrid, *, invalid: str) -> None:
    """Have the camera look at these cells, and tell subscribers; `invalid` is the fault if it cannot be told."""
    await _facet(device.camera, invalid=invalid).set_grid(grid)
    _tell(device)


def _facet(camera: Camera, *, invalid: str) -> MotionDetection:
    facet = camera.facets.motion
    if facet is None:
        raise _invalid(invalid, "The camera does not let its motion detection be changed")
    return facet


def _tell(device: VirtualDevice) -> None:
    device.broker.configuration_changed(device.media.analytics_token, ConfigurationKind.ANALYTICS)


def _invalid(fault: str, reason: str) -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal", fault), reason)


def _too_many(reason: str) -> ClientFault:
    return ClientFault("Receiver", ("Action", "TooManyRules"), reason)


def _conflict(reason: str) -> ClientFault:
    return ClientFault("Receiver", ("Action", "ConfigurationConflict"), reason)
