from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from bridge.core.detection import MotionRegion, MotionRegionsDescription
from bridge.core.errors import Busy, InvalidValue
from bridge.core.events import EventKind
from bridge.onvif.eventing.filter import EventFilter
from bridge.onvif.types.analytics import (
    CreateRules,
    DeleteRules,
    GetRuleOptions,
    GetRules,
    GetServiceCapabilities,
    GetSupportedRules,
    ModifyRules,
    MotionRegionConfigOptions,
)
from bridge.onvif.types.configurations import Config
from bridge.onvif.types.events import ElementItem, ItemList
from bridge.proto.soap.codec import decode
from bridge.proto.soap.namespaces import TRT
from tests.unit.onvif.analytics_bench import DOOR, REGIONS, TOKEN, AnalyticsBench, corners, region_rule, with_values

if TYPE_CHECKING:
    from tests.unit.onvif.bench_camera import BenchCamera

REGION = "tt:MotionRegionDetector"
CELL = "tt:CellMotionDetector"
CELL_RULE = "MyMotionDetectorRule"
INVALID = ("Sender", "InvalidArgVal", "InvalidRule")
EXISTS = ("Sender", "InvalidArgVal", "RuleAlreadyExistent")
MISSING = ("Sender", "InvalidArgVal", "RuleNotExistent")
FIXED = ("Sender", "Action", "FixedRules")
TOO_MANY = ("Receiver", "Action", "TooManyRules")
CONFLICT = ("Receiver", "Action", "ConfigurationConflict")


@pytest.fixture
def bench():
    return AnalyticsBench(REGIONS)


def create(*rules):
    return CreateRules(configuration_token=TOKEN, rule=rules)


def modify(*rules):
    return ModifyRules(configuration_token=TOKEN, rule=rules)


def delete(*names):
    return DeleteRules(configuration_token=TOKEN, rule_name=names)


def element_rule(name, *items):
    return Config(name=name, type=REGION, parameters=ItemList(element_item=items))


def misnamed(rule, name):
    """Return a rule with the elements of a name inside of its parameter in a namespace that is not theirs."""
    (item,) = rule.parameters.element_item
    for each in [each for each in item.content.iter() if etree.QName(each).localname == name]:
        each.tag = f"{{{TRT}}}{name}"
    return rule


def points(polygon):
    return [(point.x, point.y) for point in polygon.point]


def regions_of(camera: BenchCamera) -> tuple[MotionRegion, ...]:
    """The regions that the camera has now."""
    assert camera.description is not None
    assert camera.description.motion_regions is not None
    return camera.description.motion_regions.regions


async def test_the_capabilities_promise_rules_and_their_options_and_no_scene_descriptions(bench):
    told = (await bench.answer(GetServiceCapabilities())).capabilities
    assert told.rule_support
    assert told.rule_options_supported
    assert not told.analytics_module_support
    assert not told.analytics_module_options_supported
    assert not told.supported_metadata


async def test_ANALYTICS_6_1_1_rules_about_regions_can_be_made_and_the_one_about_all_motion_is_fixed(bench):
    answer = await bench.answer(GetSupportedRules(configuration_token=TOKEN))
    region, cells = answer.supported_rules.rule_description
    assert (region.name, region.fixed, region.max_instances) == (REGION, False, 3)
    assert (cells.name, cells.fixed, cells.max_instances) == (CELL, True, 1)
    (message,) = region.messages
    assert message.parent_topic == "tns1:RuleEngine/MotionRegionDetector/Motion"
    assert [item.name for item in message.source.simple_item_description] == ["VideoSource", "RuleName"]
    assert [item.name for item in message.data.simple_item_description] == ["State"]


async def test_ANALYTICS_6_1_3_every_region_is_a_rule_with_its_corners_in_pixels(bench):
    assert {name: rule.type for name, rule in (await bench.rules()).items()} == {"Door": REGION, CELL_RULE: CELL}
    told = await bench.region("Door")
    assert (told.armed, told.sensitivity) == (True, 0.25)
    assert points(told.polygon) == [(0, 0), (0, 1079), (1919, 1079)]


async def test_ANALYTICS_1_1_2_the_options_tell_what_regions_can_be(bench):
    for asked in (REGION, "ns0:MotionRegionDetector"):
        request = GetRuleOptions(rule_type=asked, configuration_token=TOKEN)
        (option,) = (await bench.answer(request)).rule_options
        assert (option.rule_type, option.name, option.type) == (REGION, "MotionRegion", "axt:MotionRegionConfigOptions")
        told = decode(MotionRegionConfigOptions, option.content)
        assert (told.polygon_limits.min, told.polygon_limits.max, told.max_regions) == (3, 8, 3)
        assert (told.disarm_support, told.single_sensitivity_support, told.rule_notification) == (True, False, True)


async def test_options_are_told_for_every_kind_of_rule_unless_one_is_named(bench):
    every = (await bench.answer(GetRuleOptions(configuration_token=TOKEN))).rule_options
    assert [each.rule_type for each in every] == [REGION]
    assert (await bench.answer(GetRuleOptions(rule_type=CELL, configuration_token=TOKEN))).rule_options == ()
    assert await bench.fault(GetRuleOptions(rule_type="tt:LineDetector", configuration_token=TOKEN)) == MISSING


async def test_ANALYTICS_1_1_3_a_rule_is_made_as_asked_and_deleted(bench):
    whole = corners((0, 0), (0, 1079), (1919, 1079), (1919, 0))
    await bench.answer(create(region_rule("TestMotionRegion", polygon=whole, armed=True, sensitivity=1.0)))
    told = await bench.region("TestMotionRegion")
    assert (points(told.polygon), told.armed, told.sensitivity) == (points(whole), True, 1.0)
    await bench.answer(delete("TestMotionRegion"))
    assert set(await bench.rules()) == {"Door", CELL_RULE}


async def test_ANALYTICS_1_1_4_a_rule_is_changed_as_asked(bench):
    quarter = corners((0, 0), (0, 539), (959, 539), (959, 0))
    await bench.answer(modify(region_rule("Door", polygon=quarter, armed=False, sensitivity=0.0)))
    told = await bench.region("Door")
    assert (points(told.polygon), told.armed, told.sensitivity) == (points(quarter), False, 0.0)


async def test_ANALYTICS_6_1_4_a_rule_without_parameters_is_about_the_whole_picture(bench):
    await bench.answer(create(region_rule("All")))
    told = await bench.region("All")
    assert (points(told.polygon), told.armed) == ([(0, 0), (0, 1079), (1919, 1079), (1919, 0)], True)


async def test_a_parameter_that_is_left_out_stays(bench):
    await bench.answer(modify(region_rule("Door", sensitivity=0.75)))
    assert regions_of(bench.camera) == (replace(DOOR, sensitivity=0.75),)


async def test_a_change_that_changes_nothing_does_not_bother_the_camera(bench):
    await bench.answer(modify(region_rule("Door", armed=True), with_values(CELL_RULE, CELL)))
    assert bench.camera.commands == []


async def test_subscribers_hear_that_the_configuration_has_changed(bench):
    await bench.changes()
    await bench.answer(create(region_rule("New")))
    await bench.answer(modify(region_rule("New", armed=False)))
    await bench.answer(delete("New"))
    assert await bench.changes() == [("ConfigurationChanged", TOKEN, "Analytics")] * 3


async def test_one_sensitivity_for_all_regions_is_that_of_the_last_one_that_was_set():
    bench = AnalyticsBench(replace(REGIONS, single_sensitivity=True))
    await bench.answer(create(region_rule("New", sensitivity=0.75)))
    assert {each.sensitivity for each in regions_of(bench.camera)} == {0.75}


OUTSIDE = corners((0, 0), (0, 1080), (1919, 0))
LINE = corners((0, 0), (5, 5))
LEFT = corners((0, 0), (0, 1079), (959, 1079), (959, 0))


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(region_rule("X", polygon=OUTSIDE), id="outside"),
        pytest.param(region_rule("X", polygon=LINE), id="line"),
        pytest.param(region_rule("X", polygon=corners(*[(0, 0)] * 9)), id="many corners"),
        pytest.param(region_rule("X", sensitivity=1.5), id="sensitivity"),
        pytest.param(region_rule("X", armed=False), id="disarmed"),
        pytest.param(region_rule("X", preset_token="1"), id="preset"),
        pytest.param(region_rule(""), id="no name"),
        pytest.param(region_rule("X" * 65), id="long name"),
        pytest.param(region_rule("X", kind="tt:LineDetector"), id="kind"),
        pytest.param(with_values("X", REGION, Armed="true"), id="simple item"),
        pytest.param(element_rule("X", ElementItem(name="Field")), id="strange item"),
        pytest.param(element_rule("X", ElementItem(name="MotionRegion")), id="empty item"),
        pytest.param(element_rule("X", ElementItem(name="MotionRegion", content=etree.Element("A"))), id="strange"),
        pytest.param(misnamed(region_rule("X", polygon=LEFT), "Polygon"), id="polygon of another namespace"),
        pytest.param(misnamed(region_rule("X", polygon=LEFT), "Point"), id="corners of another namespace"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_and_none_of_the_request_is_made(rule):
    bench = AnalyticsBench(replace(REGIONS, disarm=False))
    assert await bench.fault(create(region_rule("Good"), rule)) == INVALID
    assert bench.camera.commands == []


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (create(region_rule("Door")), EXISTS),
        (create(region_rule(CELL_RULE)), EXISTS),
        (create(region_rule("New"), region_rule("New")), EXISTS),
        (create(with_values("New", CELL)), FIXED),
        (create(*(region_rule(name) for name in "ABC")), TOO_MANY),
        (modify(region_rule("Door", armed=False), region_rule("New")), MISSING),
        (modify(region_rule("Door", kind=CELL)), ("Receiver", "Action", "TypeChangeProhibited")),
        (modify(with_values(CELL_RULE, CELL, MinCount="1")), INVALID),
        (delete("Door", "New"), MISSING),
        (delete("Door", CELL_RULE), FIXED),
    ],
)
async def test_a_wrong_request_is_refused_as_a_whole_with_the_fault_of_the_standard(bench, request_, fault):
    assert await bench.fault(request_) == fault
    assert bench.camera.commands == []


@pytest.mark.parametrize(
    ("reason", "fault"),
    [("too_many_regions", TOO_MANY), ("polygon", INVALID), ("overlap", CONFLICT)],
)
async def test_what_the_camera_refuses_has_the_fault_of_its_reason(bench, reason, fault):
    bench.camera.refusals.append(InvalidValue(reason, "No"))
    assert await bench.fault(create(region_rule("New"))) == fault
    assert set(await bench.rules()) == {"Door", CELL_RULE}


async def test_a_camera_in_trouble_is_told_as_it_is(bench):
    bench.camera.refusals.append(Busy("No free session"))
    with pytest.raises(Busy):
        await bench.answer(create(region_rule("New")))


async def test_a_rule_keeps_the_client_s_name_though_the_camera_has_names_of_its_own():
    bench = AnalyticsBench(MotionRegionsDescription((), most=3), own_names=True)
    await bench.answer(create(region_rule("Gate"), region_rule("Wall")))
    assert set(await bench.rules()) == {"Gate", "Wall", CELL_RULE}
    await bench.answer(delete("Gate"))
    assert set(await bench.rules()) == {"Wall", CELL_RULE}
    assert [region.name for region in regions_of(bench.camera)] == ["Area 1"]
    assert await bench.fault(create(region_rule("Area 1"))) == CONFLICT


async def test_changes_at_the_same_time_do_not_undo_each_other(bench):
    bench.camera.go_on.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bench.answer(create(region_rule("One"))))
        tasks.create_task(bench.answer(create(region_rule("Two"))))
        await asyncio.sleep(0)
        bench.camera.go_on.set()
    assert set(await bench.rules()) == {"Door", "One", "Two", CELL_RULE}


async def test_regions_that_cannot_be_changed_are_not_shown_as_rules():
    bench = AnalyticsBench(REGIONS, read_only=True)
    assert set(await bench.rules()) == {CELL_RULE}
    assert await bench.fault(create(region_rule("New"))) == INVALID


async def test_a_camera_that_does_not_tell_regions_apart_says_so():
    bench = AnalyticsBench(REGIONS, kinds=frozenset({EventKind.MOTION}))
    (option,) = (await bench.answer(GetRuleOptions(configuration_token=TOKEN))).rule_options
    assert not decode(MotionRegionConfigOptions, option.content).rule_notification
    region, _ = (await bench.answer(GetSupportedRules(configuration_token=TOKEN))).supported_rules.rule_description
    assert [item.name for item in region.messages[0].source.simple_item_description] == ["VideoSource"]


@pytest.mark.parametrize("request_", [GetRules(configuration_token="X"), GetSupportedRules(configuration_token="X")])
async def test_an_unknown_configuration_is_refused(bench, request_):
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", "NoConfig")


async def test_a_corner_that_is_set_on_a_pixel_is_read_back_on_it(bench):
    odd = corners((1, 1), (7, 1078), (1918, 3))
    await bench.answer(create(region_rule("Odd", polygon=odd)))
    assert points((await bench.region("Odd")).polygon) == points(odd)


async def test_motion_in_a_region_is_told_under_the_rule_s_name():
    bench = AnalyticsBench(MotionRegionsDescription((MotionRegion("Area 1", DOOR.polygon),), most=3), own_names=True)
    await bench.answer(create(region_rule("Gate")))
    bench.move("Area 2")
    told = {
        each.items[1].value: each.items[2].value
        for each in bench.device.broker.current()
        if each.topic.kind is EventKind.MOTION_REGION
    }
    assert told == {"Area 1": "false", "Gate": "true"}


AREAS = MotionRegionsDescription((), most=3)


async def told_of_regions(point):
    """Return (operation, rule, state) of each message about a region that came."""
    return [
        (each.message.message.message.property_operation.value, each.items[1].value, each.items[2].value)
        for each in await point.pull(timeout_s=0, limit=100, closed=asyncio.Event())
        if each.topic.kind is EventKind.MOTION_REGION
    ]


def listener_at(bench):
    return bench.device.broker.pull_points.create(EventFilter(), span_s=60)


async def test_subscribers_hear_of_new_and_deleted_rules_only_though_the_camera_names_its_regions_itself():
    bench = AnalyticsBench(AREAS, own_names=True)
    point = listener_at(bench)
    await told_of_regions(point)
    await bench.answer(create(region_rule("Gate"), region_rule("Wall")))
    assert await told_of_regions(point) == [("Initialized", "Gate", "false"), ("Initialized", "Wall", "false")]
    await bench.answer(delete("Gate"))
    assert await told_of_regions(point) == [("Deleted", "Gate", "false")]


async def test_motion_stays_with_its_rule_when_the_camera_gives_the_region_s_name_to_another():
    bench = AnalyticsBench(AREAS, own_names=True)
    await bench.answer(create(region_rule("Gate"), region_rule("Wall")))
    bench.move("Area 1")
    point = listener_at(bench)
    await told_of_regions(point)
    await bench.answer(delete("Gate"))
    assert await told_of_regions(point) == [("Deleted", "Gate", "true")]
    bench.move("Area 1")
    assert await told_of_regions(point) == [("Changed", "Wall", "true")]


async def test_a_rule_is_at_rest_when_its_region_has_another_name_until_the_camera_says_more():
    bench = AnalyticsBench(AREAS, own_names=True)
    await bench.answer(create(region_rule("Gate"), region_rule("Wall")))
    bench.move("Area 2")
    point = listener_at(bench)
    await told_of_regions(point)
    await bench.answer(delete("Gate"))
    assert await told_of_regions(point) == [("Deleted", "Gate", "false"), ("Changed", "Wall", "false")]


async def test_a_rule_that_is_made_again_does_not_begin_with_the_motion_of_the_old_one(bench):
    bench.move("Door")
    await bench.answer(delete("Door"))
    point = listener_at(bench)
    await told_of_regions(point)
    await bench.answer(create(region_rule("Door")))
    assert await told_of_regions(point) == [("Initialized", "Door", "false")]


async def test_after_a_refusal_subscribers_hear_what_the_camera_does_by_itself(bench):
    point = listener_at(bench)
    await told_of_regions(point)
    bench.camera.refusals.append(Busy("No free session"))
    with pytest.raises(Busy):
        await bench.answer(delete("Door"))
    bench.camera.describe(replace(bench.camera.description, motion_regions=AREAS))
    assert await told_of_regions(point) == [("Deleted", "Door", "false")]
