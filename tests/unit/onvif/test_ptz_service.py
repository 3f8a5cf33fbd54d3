"""Reading what a camera's mechanics can do, and setting the defaults of its moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.ptz import PtzStatus
from bridge.core.units import Range
from bridge.onvif.configurations import PTZ
from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.operation import Access
from bridge.onvif.services.ptz import SERVICE
from bridge.onvif.types import ptz as messages
from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.media_changes import RemovePTZConfiguration
from bridge.onvif.types.ptz import (
    IN_VIEW_TRANSLATION_SPACE,
    PAN_TILT_POSITION_SPACE,
    PAN_TILT_SPEED_SPACE,
    PAN_TILT_TRANSLATION_SPACE,
    PAN_TILT_VELOCITY_SPACE,
    SPHERICAL_POSITION_SPACE,
    ZOOM_POSITION_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_TRANSLATION_SPACE,
    ZOOM_VELOCITY_SPACE,
    GetCompatibleConfigurations,
    GetConfiguration,
    GetConfigurationOptions,
    GetConfigurations,
    GetNode,
    GetNodes,
    GetServiceCapabilities,
    PanTiltLimits,
    PTZSpeed,
    SetConfiguration,
    Space2DDescription,
    Vector1D,
    Vector2D,
    ZoomLimits,
)
from bridge.onvif.types.ptz_moves import GetStatus, MoveStatus
from tests.unit.onvif.bench_camera import HEAD, NOON
from tests.unit.onvif.ptz_bench import DOME, MAIN, NODE, PAN_ONLY, SWITCHES, ZOOM_ONLY, PtzBench


@pytest.fixture
def bench():
    return PtzBench()


async def node(bench):
    return (await bench.answer(GetNode(node_token=NODE))).ptz_node


async def configuration(bench):
    return (await bench.answer(GetConfiguration(ptz_configuration_token=NODE))).ptz_configuration


async def status(bench, **known):
    moment = {"pan_tilt": None, "zoom": None, "pan_tilt_moving": False, "zoom_moving": False, "utc": NOON}
    bench.camera.status = PtzStatus(**{**moment, **known})
    return (await bench.answer(GetStatus(profile_token=MAIN))).ptz_status


def setting(present, **changes):
    return SetConfiguration(ptz_configuration=replace(present, **changes), force_persistence=False)


def uris(spaces):
    kinds = (
        *("absolute_pan_tilt_position", "absolute_zoom_position", "relative_pan_tilt_translation"),
        *("relative_zoom_translation", "continuous_pan_tilt_velocity", "continuous_zoom_velocity"),
        *("pan_tilt_speed", "zoom_speed"),
    )
    return [space.uri for kind in kinds for space in getattr(spaces, f"{kind}_space")]


def test_the_service_is_there_with_mechanics_only():
    assert SERVICE.is_served(PtzBench(HEAD).device)
    assert not SERVICE.is_served(PtzBench(None).device)


def test_mechanics_that_nobody_can_move_are_not_shown_at_all(bench):
    assert bench.device.media.profile(MAIN).ptz_token == NODE
    bench.camera.is_driven = False
    assert not SERVICE.is_served(bench.device)
    assert bench.device.media.profile(MAIN).ptz_token is None
    assert not any(scope.endswith("type/ptz") for scope in bench.device.scopes())


def test_moving_needs_more_rights_than_looking():
    access = {operation.name: operation.access for operation in SERVICE.operations}
    assert access["GetServiceCapabilities"] is Access.PRE_AUTH
    assert {access[name] for name in access if name.startswith("Get")} == {Access.PRE_AUTH, Access.READ_MEDIA}
    assert {access[name] for name in access if not name.startswith("Get")} == {Access.ACTUATE}


@pytest.mark.parametrize(
    ("ptz", "is_told"),
    [
        (HEAD, False),
        (DOME, True),
        (ZOOM_ONLY, False),
        (replace(ZOOM_ONLY, zoom_position=True), True),
        (replace(PAN_ONLY, pan_tilt_position=True), True),
    ],
)
async def test_a_position_is_promised_when_that_of_every_axis_is_known(ptz, is_told):
    capabilities = (await PtzBench(ptz).answer(GetServiceCapabilities())).capabilities
    assert capabilities == messages.PtzCapabilities(
        e_flip=False, reverse=False, get_compatible_configurations=True, move_status=True, status_position=is_told
    )


async def test_a_camera_that_only_runs_has_spaces_for_velocity_and_speed():
    shown = await node(PtzBench(HEAD))
    assert uris(shown.supported_ptz_spaces) == [
        PAN_TILT_VELOCITY_SPACE,
        ZOOM_VELOCITY_SPACE,
        PAN_TILT_SPEED_SPACE,
        ZOOM_SPEED_SPACE,
    ]
    assert shown.maximum_number_of_presets == 8
    assert not shown.home_supported
    assert shown.fixed_home_position is None


async def test_a_camera_that_drives_has_spaces_for_positions_and_ways_generic_first(bench):
    (shown,) = (await bench.answer(GetNodes())).ptz_node
    assert uris(shown.supported_ptz_spaces) == [
        PAN_TILT_POSITION_SPACE,
        SPHERICAL_POSITION_SPACE,
        ZOOM_POSITION_SPACE,
        PAN_TILT_TRANSLATION_SPACE,
        IN_VIEW_TRANSLATION_SPACE,
        ZOOM_TRANSLATION_SPACE,
        PAN_TILT_VELOCITY_SPACE,
        ZOOM_VELOCITY_SPACE,
        PAN_TILT_SPEED_SPACE,
        ZOOM_SPEED_SPACE,
    ]
    _, spherical = shown.supported_ptz_spaces.absolute_pan_tilt_position_space
    assert spherical.x_range == FloatRange(min=-180.0, max=180.0)
    assert spherical.y_range == FloatRange(min=-90.0, max=0.0)
    (zoom,) = shown.supported_ptz_spaces.absolute_zoom_position_space
    assert zoom.x_range == FloatRange(min=0.0, max=1.0)


async def test_angles_are_offered_only_where_both_are_known():
    spaces = (await node(PtzBench(replace(DOME, tilt_degrees=None)))).supported_ptz_spaces
    assert [space.uri for space in spaces.absolute_pan_tilt_position_space] == [PAN_TILT_POSITION_SPACE]


async def test_what_the_camera_cannot_be_told_is_not_offered():
    shown = await node(PtzBench(DOME, is_driven=False))
    assert uris(shown.supported_ptz_spaces) == uris((await node(PtzBench(HEAD))).supported_ptz_spaces)
    assert not shown.home_supported
    assert shown.auxiliary_commands == ()


async def test_an_axis_that_is_missing_has_no_range():
    spaces = (await node(PtzBench(PAN_ONLY))).supported_ptz_spaces
    (space,) = spaces.continuous_pan_tilt_velocity_space
    assert space.x_range == FloatRange(min=-1.0, max=1.0)
    assert space.y_range == FloatRange(min=0.0, max=0.0)
    assert uris(spaces) == [PAN_TILT_VELOCITY_SPACE]


async def test_a_zoom_alone_has_zoom_spaces_alone():
    assert uris((await node(PtzBench(ZOOM_ONLY))).supported_ptz_spaces) == [ZOOM_VELOCITY_SPACE, ZOOM_SPEED_SPACE]


@pytest.mark.parametrize("is_fixed", [False, True])
async def test_the_node_says_whether_the_home_position_is_fixed(is_fixed):
    shown = await node(PtzBench(replace(DOME, fixed_home=is_fixed)))
    assert shown.home_supported
    assert shown.fixed_home_position is is_fixed


async def test_the_node_lists_the_auxiliary_commands(bench):
    assert (await node(bench)).auxiliary_commands == ("tt:IRLamp|On", "tt:IRLamp|Off", "tt:IRLamp|Auto", "Siren|On")


async def test_the_configuration_is_the_same_wherever_it_is_asked_for(bench):
    (listed,) = (await bench.answer(GetConfigurations())).ptz_configuration
    (compatible,) = (await bench.answer(GetCompatibleConfigurations(profile_token=MAIN))).ptz_configuration
    assert listed == compatible == await configuration(bench)
    assert listed.use_count == 2
    assert listed.node_token == NODE


async def test_the_defaults_of_the_configuration_are_spaces_of_the_node(bench):
    shown = await configuration(bench)
    assert shown.default_absolute_pan_tilt_position_space == PAN_TILT_POSITION_SPACE
    assert shown.default_absolute_zoom_position_space == ZOOM_POSITION_SPACE
    assert shown.default_relative_pan_tilt_translation_space == PAN_TILT_TRANSLATION_SPACE
    assert shown.default_relative_zoom_translation_space == ZOOM_TRANSLATION_SPACE
    assert shown.default_continuous_pan_tilt_velocity_space == PAN_TILT_VELOCITY_SPACE
    assert shown.default_continuous_zoom_velocity_space == ZOOM_VELOCITY_SPACE
    assert shown.default_ptz_speed.pan_tilt.space == PAN_TILT_SPEED_SPACE
    assert shown.default_ptz_speed.zoom.space == ZOOM_SPEED_SPACE
    assert shown.default_ptz_timeout == timedelta(seconds=10)


async def test_limits_are_shown_where_there_are_positions(bench):
    limited = await configuration(bench)
    assert limited.pan_tilt_limits.range.uri == PAN_TILT_POSITION_SPACE
    assert limited.zoom_limits.range.uri == ZOOM_POSITION_SPACE
    unlimited = await configuration(PtzBench(HEAD))
    assert (unlimited.pan_tilt_limits, unlimited.zoom_limits) == (None, None)


async def test_without_speed_control_there_is_no_default_speed():
    shown = await configuration(PtzBench(PAN_ONLY))
    assert shown.default_ptz_speed is None
    assert shown.default_continuous_zoom_velocity_space is None


async def test_options_name_the_spaces_of_the_node_and_the_timeouts(bench):
    options = (await bench.answer(GetConfigurationOptions(configuration_token=NODE))).ptz_configuration_options
    assert options.spaces == (await node(bench)).supported_ptz_spaces
    assert options.ptz_timeout.min <= timedelta(seconds=10) < options.ptz_timeout.max


@pytest.mark.parametrize(
    ("request_", "subcode"),
    [
        (GetNode(node_token="x"), "NoEntity"),
        (GetConfiguration(ptz_configuration_token="x"), "NoConfig"),
        (GetConfigurationOptions(configuration_token="x"), "NoConfig"),
        (GetCompatibleConfigurations(profile_token="x"), "NoProfile"),
        (GetStatus(profile_token="x"), "NoProfile"),
    ],
)
async def test_an_unknown_token_is_named_in_the_fault(bench, request_, subcode):
    assert await bench.fault(request_) == ("Sender", "InvalidArgVal", subcode)


async def test_a_camera_without_mechanics_has_no_node_and_no_configuration():
    bench = PtzBench(None)
    assert await bench.fault(GetNodes()) == ("Sender", "InvalidArgVal", "NoPTZProfile")
    assert (await bench.answer(GetConfigurations())).ptz_configuration == ()
    assert await bench.fault(GetStatus(profile_token=MAIN)) == ("Sender", "InvalidArgVal", "NoPTZProfile")


async def test_a_profile_without_ptz_configuration_has_no_status(bench):
    await bench.answer(RemovePTZConfiguration(profile_token=MAIN))
    assert await bench.fault(GetStatus(profile_token=MAIN)) == ("Sender", "InvalidArgVal", "NoPTZProfile")


async def test_the_status_tells_position_and_movement_in_the_generic_spaces(bench):
    shown = await status(bench, pan_tilt=(0.5, -0.5), zoom=0.25, zoom_moving=True)
    assert shown.position.pan_tilt == Vector2D(x=0.5, y=-0.5, space=PAN_TILT_POSITION_SPACE)
    assert shown.position.zoom == Vector1D(x=0.25, space=ZOOM_POSITION_SPACE)
    assert (shown.move_status.pan_tilt, shown.move_status.zoom) == (MoveStatus.IDLE, MoveStatus.MOVING)
    assert shown.utc_time == NOON


async def test_a_position_that_is_not_known_is_not_told():
    bench = PtzBench(ZOOM_ONLY)
    assert (await status(bench)).position is None
    known = await status(bench, zoom=1.0)
    assert (known.position.pan_tilt, known.position.zoom.x) == (None, 1.0)
    assert known.move_status.pan_tilt is None


@pytest.mark.parametrize("end", ["min", "max"])
async def test_a_default_timeout_of_the_range_is_kept(bench, end):
    span = (await bench.answer(GetConfigurationOptions(configuration_token=NODE))).ptz_configuration_options.ptz_timeout
    wanted = getattr(span, end)
    await bench.answer(setting(await configuration(bench), default_ptz_timeout=wanted, name="Dome"))
    shown = await configuration(bench)
    assert (shown.default_ptz_timeout, shown.name) == (wanted, "Dome")
    assert await bench.changes() == [("ConfigurationChanged", NODE, "PTZ")]


async def test_what_is_set_outlives_a_restart(bench):
    await bench.answer(setting(await configuration(bench), default_ptz_timeout=timedelta(seconds=20)))
    anew = MediaModel(bench.camera, MediaStore(bench.device.memory))
    assert PTZ.one(anew, NODE).default_ptz_timeout == timedelta(seconds=20)


async def test_default_speeds_are_kept(bench):
    speed = PTZSpeed(pan_tilt=Vector2D(x=0.1, y=1.0), zoom=Vector1D(x=0.0, space=ZOOM_SPEED_SPACE))
    await bench.answer(setting(await configuration(bench), default_ptz_speed=speed))
    shown = (await configuration(bench)).default_ptz_speed
    assert (shown.pan_tilt.x, shown.pan_tilt.y, shown.zoom.x) == (0.1, 1.0, 0.0)


async def test_what_is_left_out_stays_as_it_is(bench):
    present = await configuration(bench)
    bare = messages.PTZConfiguration(token=NODE, name=present.name, use_count=0, node_token=NODE)
    await bench.answer(SetConfiguration(ptz_configuration=bare, force_persistence=True))
    assert await configuration(bench) == present


async def test_another_space_can_be_the_default_and_positions_are_told_in_it(bench):
    spaces = {
        "default_absolute_pan_tilt_position_space": SPHERICAL_POSITION_SPACE,
        "default_relative_pan_tilt_translation_space": IN_VIEW_TRANSLATION_SPACE,
    }
    await bench.answer(setting(await configuration(bench), **spaces))
    shown = await configuration(bench)
    assert {name: getattr(shown, name) for name in spaces} == spaces
    known = await status(bench, pan_tilt=(0.25, 0.0), zoom=0.25)
    assert known.position.pan_tilt == Vector2D(x=45.0, y=-45.0, space=SPHERICAL_POSITION_SPACE)
    assert known.position.zoom == Vector1D(x=0.25, space=ZOOM_POSITION_SPACE)


async def test_limits_can_be_put_in_another_space_of_positions(bench):
    _, spherical = (await node(bench)).supported_ptz_spaces.absolute_pan_tilt_position_space
    await bench.answer(setting(await configuration(bench), pan_tilt_limits=PanTiltLimits(range=spherical)))
    assert (await configuration(bench)).pan_tilt_limits.range == spherical


async def test_limits_fall_back_when_the_angles_are_not_known_any_more(bench):
    _, spherical = (await node(bench)).supported_ptz_spaces.absolute_pan_tilt_position_space
    await bench.answer(setting(await configuration(bench), pan_tilt_limits=PanTiltLimits(range=spherical)))
    bench.camera.description = replace(bench.camera.description, ptz=replace(DOME, pan_degrees=None))
    assert (await configuration(bench)).pan_tilt_limits.range.uri == PAN_TILT_POSITION_SPACE


def narrow():
    half = FloatRange(min=-0.5, max=0.5)
    return PanTiltLimits(range=Space2DDescription(uri=PAN_TILT_POSITION_SPACE, x_range=half, y_range=half))


@pytest.mark.parametrize(
    "changes",
    [
        {"default_ptz_timeout": timedelta(0)},
        {"default_ptz_timeout": timedelta(hours=1)},
        {"node_token": "other"},
        {"name": "n" * 65},
        {"default_absolute_pan_tilt_position_space": PAN_TILT_TRANSLATION_SPACE},
        {"default_relative_pan_tilt_translation_space": "urn:other"},
        {"default_continuous_zoom_velocity_space": "urn:other"},
        {"default_ptz_speed": PTZSpeed(pan_tilt=Vector2D(x=0.5, y=1.5))},
        {"default_ptz_speed": PTZSpeed(zoom=Vector1D(x=0.5, space=ZOOM_VELOCITY_SPACE))},
        {"pan_tilt_limits": narrow()},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_what_cannot_be_set_leaves_everything_as_it_was(bench, changes):
    present = await configuration(bench)
    wished = {"name": "Dome", "default_ptz_timeout": timedelta(seconds=20), **changes}
    assert await bench.fault(setting(present, **wished)) == ("Sender", "InvalidArgVal", "ConfigModify")
    assert await configuration(bench) == present
    assert await bench.changes() == []


async def test_a_camera_without_positions_takes_no_limits(bench):
    limits = (await configuration(bench)).zoom_limits
    runner = PtzBench(HEAD)
    refused = setting(await configuration(runner), zoom_limits=ZoomLimits(range=limits.range))
    assert await runner.fault(refused) == ("Sender", "InvalidArgVal", "ConfigModify")


async def test_a_camera_without_speeds_takes_no_default_speed():
    bench = PtzBench(PAN_ONLY)
    wished = setting(await configuration(bench), default_ptz_speed=PTZSpeed(zoom=Vector1D(x=0.5)))
    assert await bench.fault(wished) == ("Sender", "InvalidArgVal", "ConfigModify")


async def test_a_configuration_that_is_not_there_cannot_be_set(bench):
    wished = setting(await configuration(bench), token="x")
    assert await bench.fault(wished) == ("Sender", "InvalidArgVal", "NoConfig")


async def test_switches_without_a_facet_are_no_commands():
    assert (await node(PtzBench(HEAD, switches=SWITCHES, is_driven=False))).auxiliary_commands == ()


async def test_whole_numbers_may_be_angles():
    spaces = (await node(PtzBench(replace(DOME, pan_degrees=Range(0, 355))))).supported_ptz_spaces
    assert spaces.absolute_pan_tilt_position_space[1].x_range == FloatRange(min=0.0, max=355.0)
