from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.errors import InvalidValue
from bridge.core.ptz import PtzDescription, PtzStatus
from bridge.onvif.operation import Access
from bridge.onvif.services import media_profiles
from bridge.onvif.services.ptz import SERVICE
from bridge.onvif.types.media_changes import RemovePTZConfiguration
from bridge.onvif.types.ptz import (
    PAN_TILT_SPEED_SPACE,
    PAN_TILT_VELOCITY_SPACE,
    ZOOM_SPEED_SPACE,
    ZOOM_VELOCITY_SPACE,
    ContinuousMove,
    ContinuousMoveResponse,
    GetCompatibleConfigurations,
    GetCompatibleConfigurationsResponse,
    GetConfiguration,
    GetConfigurationOptions,
    GetConfigurationOptionsResponse,
    GetConfigurationResponse,
    GetConfigurations,
    GetConfigurationsResponse,
    GetNode,
    GetNodeResponse,
    GetNodes,
    GetNodesResponse,
    GetPresets,
    GetPresetsResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetStatus,
    GetStatusResponse,
    GotoPreset,
    GotoPresetResponse,
    MoveStatus,
    PTZSpeed,
    RemovePreset,
    RemovePresetResponse,
    SetPreset,
    SetPresetResponse,
    Stop,
    StopResponse,
    Vector1D,
    Vector2D,
)
from tests.unit.onvif.bench_camera import HEAD, NOON, BenchCamera, described
from tests.unit.onvif.service_bench import Bench

MAIN = "Profile_main"
PAN_ONLY = PtzDescription(pan=True, tilt=False, zoom=False, speed_control=False)
ZOOM_ONLY = PtzDescription(pan=False, tilt=False, zoom=True)


def bench_of(ptz):
    return Bench(BenchCamera(described(ptz=ptz)))


@pytest.fixture
def bench():
    return bench_of(HEAD)


def move(pan_tilt=None, zoom=None, timeout_s=None, profile=MAIN):
    return ContinuousMove(
        profile_token=profile,
        velocity=PTZSpeed(
            pan_tilt=None if pan_tilt is None else Vector2D(x=pan_tilt[0], y=pan_tilt[1]),
            zoom=None if zoom is None else Vector1D(x=zoom),
        ),
        timeout=None if timeout_s is None else timedelta(seconds=timeout_s),
    )


def goto(pan_tilt=None, zoom=None, space=None):
    speed = PTZSpeed(
        pan_tilt=None if pan_tilt is None else Vector2D(x=pan_tilt[0], y=pan_tilt[1], space=space),
        zoom=None if zoom is None else Vector1D(x=zoom, space=space),
    )
    return GotoPreset(profile_token=MAIN, preset_token="2", speed=speed)


def space_uris(spaces):
    return [
        space.uri
        for group in (
            spaces.continuous_pan_tilt_velocity_space,
            spaces.continuous_zoom_velocity_space,
            spaces.pan_tilt_speed_space,
            spaces.zoom_speed_space,
        )
        for space in group
    ]


def test_the_service_is_there_with_mechanics_only():
    assert SERVICE.is_served(bench_of(HEAD).device)
    assert not SERVICE.is_served(bench_of(None).device)
    assert not SERVICE.is_served(Bench(BenchCamera(None)).device)


def test_moving_needs_more_rights_than_looking():
    access = {operation.name: operation.access for operation in SERVICE.operations}
    assert access["GetServiceCapabilities"] is Access.PRE_AUTH
    assert {name for name, needed in access.items() if needed is Access.ACTUATE} == {
        "ContinuousMove",
        "Stop",
        "SetPreset",
        "GotoPreset",
        "RemovePreset",
    }


@pytest.mark.parametrize(("both", "known"), [(False, False), (True, True)])
async def test_status_position_is_promised_only_when_all_of_it_is_known(both, known):
    bench = bench_of(replace(HEAD, pan_tilt_position=both))
    answer = await bench.ask(GetServiceCapabilities(), GetServiceCapabilitiesResponse)
    assert answer.capabilities.status_position is known
    assert answer.capabilities.move_status
    assert answer.capabilities.get_compatible_configurations


async def test_there_is_one_node_with_the_spaces_of_its_axes(bench):
    (node,) = (await bench.ask(GetNodes(), GetNodesResponse)).ptz_node
    assert node.token == "PTZ_0"
    assert node.maximum_number_of_presets == 8
    assert not node.home_supported
    assert space_uris(node.supported_ptz_spaces) == [
        PAN_TILT_VELOCITY_SPACE,
        ZOOM_VELOCITY_SPACE,
        PAN_TILT_SPEED_SPACE,
        ZOOM_SPEED_SPACE,
    ]


async def test_an_axis_that_is_missing_has_no_range():
    answer = await bench_of(PAN_ONLY).ask(GetNode(node_token="PTZ_0"), GetNodeResponse)
    (space,) = answer.ptz_node.supported_ptz_spaces.continuous_pan_tilt_velocity_space
    assert (space.x_range.min, space.x_range.max) == (-1.0, 1.0)
    assert (space.y_range.min, space.y_range.max) == (0.0, 0.0)
    assert space_uris(answer.ptz_node.supported_ptz_spaces) == [PAN_TILT_VELOCITY_SPACE]


async def test_a_zoom_alone_has_zoom_spaces_alone():
    answer = await bench_of(ZOOM_ONLY).ask(GetNode(node_token="PTZ_0"), GetNodeResponse)
    assert space_uris(answer.ptz_node.supported_ptz_spaces) == [ZOOM_VELOCITY_SPACE, ZOOM_SPEED_SPACE]


async def test_the_configuration_is_the_same_wherever_it_is_asked_for(bench):
    (listed,) = (await bench.ask(GetConfigurations(), GetConfigurationsResponse)).ptz_configuration
    one = await bench.ask(GetConfiguration(ptz_configuration_token="PTZ_0"), GetConfigurationResponse)
    compatible = await bench.ask(GetCompatibleConfigurations(profile_token=MAIN), GetCompatibleConfigurationsResponse)
    assert listed == one.ptz_configuration == compatible.ptz_configuration[0]
    assert listed.use_count == 2
    assert listed.node_token == "PTZ_0"
    assert listed.default_continuous_pan_tilt_velocity_space == PAN_TILT_VELOCITY_SPACE
    assert listed.default_continuous_zoom_velocity_space == ZOOM_VELOCITY_SPACE
    assert listed.default_ptz_timeout == timedelta(seconds=10)


async def test_without_speed_control_there_is_no_default_speed():
    (listed,) = (await bench_of(PAN_ONLY).ask(GetConfigurations(), GetConfigurationsResponse)).ptz_configuration
    assert listed.default_ptz_speed is None
    assert listed.default_continuous_zoom_velocity_space is None


async def test_options_name_the_spaces_and_the_timeouts(bench):
    answer = await bench.ask(GetConfigurationOptions(configuration_token="PTZ_0"), GetConfigurationOptionsResponse)
    options = answer.ptz_configuration_options
    assert len(space_uris(options.spaces)) == 4
    assert options.ptz_timeout.min <= timedelta(seconds=10) <= options.ptz_timeout.max


@pytest.mark.parametrize(
    ("request_", "subcode"),
    [
        (GetNode(node_token="x"), "NoEntity"),
        (GetConfiguration(ptz_configuration_token="x"), "NoConfig"),
        (GetConfigurationOptions(configuration_token="x"), "NoConfig"),
        (GetCompatibleConfigurations(profile_token="x"), "NoProfile"),
        (GetStatus(profile_token="x"), "NoProfile"),
        (GetPresets(profile_token="x"), "NoProfile"),
        (move(zoom=1.0, profile="x"), "NoProfile"),
        (Stop(profile_token="x"), "NoProfile"),
        (SetPreset(profile_token="x"), "NoProfile"),
        (GotoPreset(profile_token="x", preset_token="1"), "NoProfile"),
        (RemovePreset(profile_token="x", preset_token="1"), "NoProfile"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_an_unknown_token_is_refused(bench, request_, subcode):
    fault = await bench.refused(request_)
    assert (fault.code, fault.subcodes) == ("Sender", ("InvalidArgVal", subcode))
    assert bench.camera.commands == []


async def test_a_profile_without_mechanics_is_no_ptz_profile():
    fault = await bench_of(None).refused(GetStatus(profile_token=MAIN))
    assert fault.subcodes == ("InvalidArgVal", "NoPTZProfile")


async def test_a_profile_from_which_the_configuration_was_taken_is_no_ptz_profile(bench):
    remove = RemovePTZConfiguration(profile_token=MAIN)
    await media_profiles.remove_ptz_configuration(bench.call("/onvif/media_service"), remove)
    fault = await bench.refused(GetStatus(profile_token=MAIN))
    assert (fault.code, fault.subcodes) == ("Sender", ("InvalidArgVal", "NoPTZProfile"))


async def test_status_tells_what_is_known_and_when(bench):
    bench.clock.advance(5)
    status = (await bench.ask(GetStatus(profile_token=MAIN), GetStatusResponse)).ptz_status
    assert status.position.pan_tilt is None
    assert status.position.zoom.x == 0.25
    assert (status.move_status.pan_tilt, status.move_status.zoom) == (MoveStatus.MOVING, MoveStatus.IDLE)
    assert status.utc_time == NOON + timedelta(seconds=5)


async def test_an_unknown_position_is_left_out():
    bench = bench_of(ZOOM_ONLY)
    bench.camera.status = PtzStatus(None, None, pan_tilt_moving=False, zoom_moving=False, utc=NOON)
    status = (await bench.ask(GetStatus(profile_token=MAIN), GetStatusResponse)).ptz_status
    assert status.position is None
    assert status.move_status.pan_tilt is None


async def test_a_known_head_position_is_told(bench):
    bench.camera.status = PtzStatus((0.5, -0.5), None, pan_tilt_moving=False, zoom_moving=False, utc=NOON)
    status = (await bench.ask(GetStatus(profile_token=MAIN), GetStatusResponse)).ptz_status
    assert (status.position.pan_tilt.x, status.position.pan_tilt.y) == (0.5, -0.5)


async def test_a_continuous_move_reaches_the_camera_with_its_timeout(bench):
    await bench.ask(move((0.5, -1.0), 0.25, timeout_s=2), ContinuousMoveResponse)
    assert bench.camera.commands == [("move", (0.5, -1.0), 0.25)]
    assert bench.device.movement.deadline == bench.clock.now() + 2


async def test_an_axis_left_out_is_left_alone(bench):
    await bench.ask(move(zoom=-0.5), ContinuousMoveResponse)
    assert bench.camera.commands == [("move", None, -0.5)]


async def test_without_a_timeout_the_default_ends_the_move(bench):
    await bench.ask(move((1.0, 0.0)), ContinuousMoveResponse)
    assert bench.device.movement.deadline == bench.clock.now() + 10


async def test_zero_stops(bench):
    await bench.ask(move((0.0, 0.0)), ContinuousMoveResponse)
    assert bench.device.movement.deadline is None


async def test_a_move_of_nothing_moves_nothing(bench):
    await bench.ask(move(), ContinuousMoveResponse)
    assert bench.camera.commands == []


async def test_a_missing_axis_may_be_asked_to_stand_still():
    bench = bench_of(PAN_ONLY)
    await bench.ask(move((1.0, 0.0), 0.0), ContinuousMoveResponse)
    assert bench.camera.commands == [("move", (1.0, 0.0), None)]


@pytest.mark.parametrize(
    ("ptz", "request_", "subcode"),
    [
        (HEAD, move((1.01, 0.0)), "InvalidVelocity"),
        (HEAD, move((0.0, -2.0)), "InvalidVelocity"),
        (HEAD, move(zoom=1.5), "InvalidVelocity"),
        (PAN_ONLY, move((0.0, 0.5)), "SpaceNotSupported"),
        (PAN_ONLY, move(zoom=0.5), "SpaceNotSupported"),
        (ZOOM_ONLY, move((0.5, 0.0)), "SpaceNotSupported"),
        (HEAD, move((0.5, 0.0), timeout_s=0), "TimeoutNotSupported"),
        (HEAD, move((0.5, 0.0), timeout_s=-1), "TimeoutNotSupported"),
        (HEAD, move((0.5, 0.0), timeout_s=3600), "TimeoutNotSupported"),
    ],
)
async def test_a_move_that_cannot_be_is_refused(ptz, request_, subcode):
    bench = bench_of(ptz)
    fault = await bench.refused(request_)
    assert (fault.code, fault.subcodes) == ("Sender", ("InvalidArgVal", subcode))
    assert bench.camera.commands == []


@pytest.mark.parametrize(
    "velocity",
    [
        PTZSpeed(pan_tilt=Vector2D(x=0.1, y=0.1, space="urn:other")),
        PTZSpeed(zoom=Vector1D(x=0.1, space=PAN_TILT_VELOCITY_SPACE)),
    ],
)
async def test_a_move_in_an_unknown_space_is_refused(bench, velocity):
    fault = await bench.refused(ContinuousMove(profile_token=MAIN, velocity=velocity))
    assert fault.subcodes == ("InvalidArgVal", "SpaceNotSupported")


async def test_a_move_in_the_generic_space_is_accepted(bench):
    velocity = PTZSpeed(zoom=Vector1D(x=0.1, space=ZOOM_VELOCITY_SPACE))
    await bench.ask(ContinuousMove(profile_token=MAIN, velocity=velocity), ContinuousMoveResponse)


@pytest.mark.parametrize(
    ("request_", "commands"),
    [
        (Stop(profile_token=MAIN), [("stop", True, True)]),
        (Stop(profile_token=MAIN, pan_tilt=True), [("stop", True, True)]),
        (Stop(profile_token=MAIN, pan_tilt=True, zoom=False), [("stop", True, False)]),
        (Stop(profile_token=MAIN, pan_tilt=False), [("stop", False, True)]),
        (Stop(profile_token=MAIN, pan_tilt=False, zoom=False), []),
    ],
)
async def test_stop_stops_what_is_not_excluded(bench, request_, commands):
    await bench.ask(request_, StopResponse)
    assert bench.camera.commands == commands


async def test_presets_are_listed_with_their_names(bench):
    presets = (await bench.ask(GetPresets(profile_token=MAIN), GetPresetsResponse)).preset
    assert [(preset.token, preset.name) for preset in presets] == [("1", "Door"), ("2", "Gate")]


async def test_a_new_preset_gets_a_token(bench):
    answer = await bench.ask(SetPreset(profile_token=MAIN, preset_name="Yard"), SetPresetResponse)
    assert answer.preset_token == "3"
    assert bench.camera.commands == [("set_preset", None, "Yard")]


async def test_a_preset_is_overwritten_under_its_token(bench):
    answer = await bench.ask(SetPreset(profile_token=MAIN, preset_token="2", preset_name=""), SetPresetResponse)
    assert answer.preset_token == "2"
    assert bench.camera.commands == [("set_preset", "2", None)]


async def test_a_preset_is_removed(bench):
    await bench.ask(RemovePreset(profile_token=MAIN, preset_token="2"), RemovePresetResponse)
    assert bench.camera.commands == [("remove_preset", "2")]


@pytest.mark.parametrize(
    ("request_", "speed"),
    [
        (GotoPreset(profile_token=MAIN, preset_token="2"), 0.5),
        (goto(), 0.5),
        (goto(pan_tilt=(0.2, 0.8), zoom=1.0), 0.8),
        (goto(zoom=0.3), 0.3),
        (goto(pan_tilt=(1.0, 1.0), space=PAN_TILT_SPEED_SPACE), 1.0),
        (goto(zoom=1.0, space=ZOOM_SPEED_SPACE), 1.0),
    ],
)
async def test_a_drive_to_a_preset_has_one_speed(bench, request_, speed):
    await bench.ask(request_, GotoPresetResponse)
    assert bench.camera.commands == [("go_to_preset", "2", speed)]


async def test_a_camera_without_speed_control_is_given_no_speed():
    bench = bench_of(PAN_ONLY)
    await bench.ask(goto(pan_tilt=(1.0, 1.0)), GotoPresetResponse)
    assert bench.camera.commands == [("go_to_preset", "2", None)]


@pytest.mark.parametrize(
    ("request_", "subcode"),
    [
        (goto(pan_tilt=(0.5, 1.1)), "InvalidSpeed"),
        (goto(zoom=-0.1), "InvalidSpeed"),
        (goto(pan_tilt=(0.5, 0.5), space="urn:other"), "SpaceNotSupported"),
        (goto(zoom=0.5, space=ZOOM_VELOCITY_SPACE), "SpaceNotSupported"),
    ],
)
async def test_a_speed_that_cannot_be_is_refused(bench, request_, subcode):
    assert (await bench.refused(request_)).subcodes == ("InvalidArgVal", subcode)


@pytest.mark.parametrize(
    "request_",
    [
        SetPreset(profile_token=MAIN),
        GotoPreset(profile_token=MAIN, preset_token="1"),
        RemovePreset(profile_token=MAIN, preset_token="1"),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    ("reason", "code", "subcodes"),
    [
        ("no_preset", "Sender", ("InvalidArgVal", "NoToken")),
        ("invalid_name", "Sender", ("InvalidArgVal", "InvalidPresetName")),
        ("too_many_presets", "Receiver", ("Action", "TooManyPresets")),
        ("moving", "Receiver", ("Action", "MovingPTZ")),
    ],
)
async def test_a_refusal_of_the_camera_has_the_fault_of_the_standard(bench, request_, reason, code, subcodes):
    bench.camera.refusals.append(InvalidValue(reason, "refused"))
    fault = await bench.refused(request_)
    assert (fault.code, fault.subcodes) == (code, subcodes)


async def test_any_other_refusal_is_left_to_the_dispatcher(bench):
    bench.camera.refusals.append(InvalidValue("too_heavy", "refused"))
    with pytest.raises(InvalidValue):
        await bench.ask(SetPreset(profile_token=MAIN), SetPresetResponse)


async def test_a_described_camera_whose_driver_has_no_mechanics_yet_is_a_fault():
    bench = bench_of(HEAD)
    bench.camera.is_driven = False
    fault = await bench.refused(GetStatus(profile_token=MAIN))
    assert (fault.code, fault.subcodes) == ("Receiver", ("ActionNotSupported",))
