from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.errors import InvalidValue
from bridge.core.events import EventKind
from bridge.onvif.capability_tree import capability_tree
from bridge.onvif.services.analytics import SERVICE
from bridge.onvif.types.analytics import (
    CellLayout,
    CreateAnalyticsModules,
    DeleteAnalyticsModules,
    GetAnalyticsModuleOptions,
    GetAnalyticsModules,
    GetRuleOptions,
    GetServiceCapabilities,
    GetSupportedAnalyticsModules,
    GetSupportedRules,
    ModifyAnalyticsModules,
    ModifyRules,
    Transformation,
)
from bridge.onvif.types.capabilities import CapabilityCategory
from bridge.onvif.types.common import IntRange
from bridge.onvif.types.configurations import Config
from bridge.onvif.types.drawing import Vector
from bridge.onvif.types.events import ElementItem, ItemList
from bridge.proto.soap.codec import decode, encode
from tests.unit.onvif.analytics_bench import GRID, REGIONS, TOKEN, AnalyticsBench, region_rule, with_values

RULE = "MyMotionDetectorRule"
RULE_KIND = "tt:CellMotionDetector"
MODULE = "MyCellMotionModule"
MODULE_KIND = "tt:CellMotionEngine"
PACKED = "/v/+8A=="
INVALID_RULE = ("Sender", "InvalidArgVal", "InvalidRule")
INVALID_MODULE = ("Sender", "InvalidArgVal", "InvalidModule")
MISSING = ("Sender", "InvalidArgVal", "NameNotExistent")
FIXED = ("Sender", "Action", "FixedModules")


@pytest.fixture
def bench():
    return AnalyticsBench(grid=GRID)


def cells_rule(**values):
    return ModifyRules(configuration_token=TOKEN, rule=(with_values(RULE, RULE_KIND, **values),))


def module(**values):
    return with_values(MODULE, MODULE_KIND, **values)


def layout_module(columns=8, rows=6, name="Layout"):
    transformation = Transformation(translate=Vector(x=-1, y=-1), scale=Vector(x=1, y=1))
    content = encode(CellLayout(columns=columns, rows=rows, transformation=transformation))
    items = ItemList(element_item=(ElementItem(name=name, content=content),))
    return Config(name=MODULE, type=MODULE_KIND, parameters=items)


def modify(*modules):
    return ModifyAnalyticsModules(configuration_token=TOKEN, analytics_module=modules)


def create(*modules):
    return CreateAnalyticsModules(configuration_token=TOKEN, analytics_module=modules)


def delete(*names):
    return DeleteAnalyticsModules(configuration_token=TOKEN, analytics_module_name=names)


async def modules(bench):
    return (await bench.answer(GetAnalyticsModules(configuration_token=TOKEN))).analytics_module


async def options(bench, **what):
    return (await bench.answer(GetAnalyticsModuleOptions(configuration_token=TOKEN, **what))).options


def values(config):
    return {item.name: item.value for item in config.parameters.simple_item}


async def test_the_capabilities_promise_modules_and_their_options(bench):
    told = (await bench.answer(GetServiceCapabilities())).capabilities
    assert told.analytics_module_support
    assert told.analytics_module_options_supported
    assert not told.cell_based_scene_description_supported


async def test_the_active_cells_are_those_of_the_standard_s_example(bench):
    told = values((await bench.rules())[RULE])
    assert told == {"MinCount": "1", "AlarmOnDelay": "0", "AlarmOffDelay": "0", "ActiveCells": PACKED}


async def test_the_rule_and_its_parameters_are_described(bench):
    answer = await bench.answer(GetSupportedRules(configuration_token=TOKEN))
    (rule,) = answer.supported_rules.rule_description
    described = {item.name: item.type for item in rule.parameters.simple_item_description}
    assert described.keys() == values((await bench.rules())[RULE]).keys()
    assert described["ActiveCells"] == "xs:base64Binary"
    assert [message.parent_topic for message in rule.messages] == ["tns1:RuleEngine/CellMotionDetector/Motion"]


async def test_parameters_that_no_camera_knows_have_one_value_to_choose_from(bench):
    told = (await bench.answer(GetRuleOptions(configuration_token=TOKEN))).rule_options
    ranges = {each.name: decode(IntRange, each.content) for each in told}
    assert {name: (each.min, each.max) for name, each in ranges.items()} == {
        "MinCount": (1, 1),
        "AlarmOnDelay": (0, 0),
        "AlarmOffDelay": (0, 0),
    }


async def test_cells_are_switched_in_the_camera(bench):
    await bench.changes()
    await bench.answer(cells_rule(MinCount="1", ActiveCells="BQAAAAAAAQ=="))
    expected = replace(GRID, active=(False,) * 47 + (True,))
    assert bench.camera.commands == [("set_grid", expected)]
    assert values((await bench.rules())[RULE])["ActiveCells"] == "/AAAAQ=="
    assert await bench.changes() == [("ConfigurationChanged", TOKEN, "Analytics")]


@pytest.mark.parametrize(
    "wished",
    [
        {"ActiveCells": "not base64"},
        {"ActiveCells": "é"},
        {"ActiveCells": "AP8="},
        {"ActiveCells": "gf+B/w=="},
        {"ActiveCells": "BQAA"},
        {"MinCount": "5"},
        {"AlarmOnDelay": "soon"},
        {"Sensitivity": "5"},
    ],
)
async def test_a_rule_that_cannot_be_is_refused(bench, wished):
    assert await bench.fault(cells_rule(**wished)) == INVALID_RULE
    assert bench.camera.commands == []


async def test_the_rule_about_cells_has_no_regions(bench):
    rule = replace(region_rule(RULE, armed=True), type=RULE_KIND)
    assert await bench.fault(ModifyRules(configuration_token=TOKEN, rule=(rule,))) == INVALID_RULE


async def test_the_module_shows_the_layout_from_the_upper_left_corner(bench):
    (told,) = await modules(bench)
    assert (told.name, told.type, values(told)) == (MODULE, MODULE_KIND, {"Sensitivity": "50"})
    layout = decode(CellLayout, told.parameters.element_item[0].content)
    move, scale = layout.transformation.translate, layout.transformation.scale
    assert (layout.columns, layout.rows) == (8, 6)
    assert [(move.x + column * scale.x, move.y + row * scale.y) for column, row in ((0, 0), (8, 6))] == [
        pytest.approx((-1.0, 1.0)),
        pytest.approx((1.0, -1.0)),
    ]


async def test_ANALYTICS_4_1_1_the_module_is_fixed_and_described(bench):
    answer = await bench.answer(GetSupportedAnalyticsModules(configuration_token=TOKEN))
    (kind,) = answer.supported_analytics_modules.analytics_module_description
    assert (kind.name, kind.fixed, kind.max_instances) == (MODULE_KIND, True, 1)
    assert [item.name for item in kind.parameters.simple_item_description] == ["Sensitivity"]
    assert [item.name for item in kind.parameters.element_item_description] == ["Layout"]


async def test_ANALYTICS_4_1_2_the_options_of_modules_are_told(bench):
    for asked in ({}, {"type": "ns0:CellMotionEngine"}):
        (option,) = await options(bench, **asked)
        told = decode(IntRange, option.content)
        assert (option.name, option.rule_type, option.analytics_module) == ("Sensitivity", None, MODULE_KIND)
        assert (told.min, told.max) == (0, 100)
    fault = await bench.fault(GetAnalyticsModuleOptions(configuration_token=TOKEN, type="tt:Other"))
    assert fault == ("Sender", "InvalidArgVal", "TypeNotExistent")


async def test_the_sensitivity_is_set_in_the_camera(bench):
    await bench.answer(modify(module(Sensitivity="80"), layout_module()))
    assert bench.camera.commands == [("set_grid", replace(GRID, sensitivity=0.8))]
    assert values((await modules(bench))[0]) == {"Sensitivity": "80"}


async def test_the_sensitivity_that_it_has_does_not_bother_the_camera(bench):
    await bench.answer(modify(module(Sensitivity="50")))
    assert bench.camera.commands == []


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (modify(module(Sensitivity="101")), INVALID_MODULE),
        (modify(module(Sensitivity="much")), INVALID_MODULE),
        (modify(module(Speed="1")), INVALID_MODULE),
        (modify(layout_module(columns=9)), INVALID_MODULE),
        (modify(layout_module(name="Grid")), INVALID_MODULE),
        (modify(replace(module(), parameters=ItemList(element_item=(ElementItem(name="Layout"),)))), INVALID_MODULE),
        (
            modify(
                replace(
                    module(),
                    parameters=ItemList(
                        element_item=(
                            ElementItem(name="Layout", content=encode(GetRuleOptions(configuration_token="X"))),
                        )
                    ),
                )
            ),
            INVALID_MODULE,
        ),
        (modify(with_values("Other", MODULE_KIND)), MISSING),
        (modify(with_values(MODULE, "tt:Other")), ("Receiver", "Action", "TypeChangeProhibited")),
        (create(with_values("Other", MODULE_KIND)), FIXED),
        (create(with_values("Other", "tt:Other")), INVALID_MODULE),
        (delete(MODULE), FIXED),
        (delete("Other"), MISSING),
    ],
)
async def test_a_wrong_request_is_refused_with_the_fault_of_the_standard(bench, request_, fault):
    assert await bench.fault(request_) == fault
    assert bench.camera.commands == []


async def test_what_the_camera_refuses_is_a_conflict(bench):
    bench.camera.refusals.append(InvalidValue("grid", "No"))
    assert await bench.fault(modify(module(Sensitivity="80"))) == ("Receiver", "Action", "ConfigurationConflict")


async def test_cells_and_regions_are_not_changed_at_once():
    bench = AnalyticsBench(REGIONS, GRID)
    rules = (region_rule("Door", armed=False), with_values(RULE, RULE_KIND, ActiveCells="BQAAAAAAAQ=="))
    fault = await bench.fault(ModifyRules(configuration_token=TOKEN, rule=rules))
    assert fault == ("Receiver", "Action", "ConfigurationConflict")
    assert bench.camera.commands == []


async def test_what_cannot_be_set_is_shown_and_stays():
    bench = AnalyticsBench(grid=GRID, read_only=True)
    (option,) = await options(bench)
    told = decode(IntRange, option.content)
    assert (told.min, told.max) == (50, 50)
    await bench.answer(modify(module(Sensitivity="50")))
    await bench.answer(cells_rule(ActiveCells=PACKED))
    assert await bench.fault(modify(module(Sensitivity="51"))) == INVALID_MODULE
    assert await bench.fault(cells_rule(ActiveCells="BQAAAAAAAQ==")) == INVALID_RULE


async def test_a_camera_that_only_tells_motion_has_the_fixed_rule_without_parameters_and_no_modules():
    bench = AnalyticsBench()
    (rule,) = (await bench.rules()).values()
    assert (rule.name, rule.type, rule.parameters) == (RULE, RULE_KIND, ItemList())
    assert await modules(bench) == ()
    assert await options(bench) == ()
    answer = await bench.answer(GetSupportedAnalyticsModules(configuration_token=TOKEN))
    assert answer.supported_analytics_modules.analytics_module_description == ()
    await bench.answer(cells_rule())
    assert bench.camera.commands == []


def test_the_older_capabilities_say_the_same(bench):
    call = replace(bench.call("/onvif/device_service"), services=(SERVICE,))
    told = capability_tree(call, (CapabilityCategory.ANALYTICS,)).analytics
    assert told is not None
    assert told.x_addr == "http://192.0.2.1:8000/onvif/analytics_service"
    assert (told.rule_support, told.analytics_module_support) == (True, True)


@pytest.mark.parametrize(("kinds", "is_served"), [({EventKind.MOTION}, True), ({EventKind.PERSON}, False)])
def test_the_service_is_there_if_the_camera_detects_motion(kinds, is_served):
    assert SERVICE.is_served(AnalyticsBench(kinds=frozenset(kinds)).device) is is_served
