"""The driver's life with one camera: getting to know it, following it, losing it, leaving it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bridge.core.errors import AuthFailed, Busy, Unreachable, Unsupported
from bridge.core.events import EventKind
from bridge.core.formats import VideoCodec
from bridge.core.model import Secret
from bridge.core.ptz import Velocity
from bridge.drivers.base import CameraConfig
from bridge.drivers.reolink.driver import ReolinkDriver
from tests.unit.drivers.reolink.native_camera import STREAM
from tests.unit.drivers.reolink.scripted import JPEG, good, refused

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World


def addresses(world: World, name: str) -> tuple[str, ...]:
    return world.driver._addresses(name)


async def test_connects_with_one_login_and_logs_out_at_the_end(world: World) -> None:
    async with world.running() as description:
        assert description.info.model == "RLC-823A"
        assert world.driver.facets.ptz is not None
        assert world.driver.facets.snapshots is not None
        await world.notes.rounds(2)
    assert world.camera.asked.count("Login") == 1
    assert world.camera.asked[-1] == "Logout"


async def test_reads_everything_in_two_batches(world: World) -> None:
    async with world.running():
        batches = [len(request.commands) for request in world.camera.received[1:3]]
    assert batches == [5, 19]


async def test_what_the_abilities_deny_is_not_asked(world: World) -> None:
    abilities = world.camera.answers["GetAbility"]["value"]["Ability"]["abilityChn"][0]
    abilities |= {"ptzType": {"ver": 0}, "supportAi": {"ver": 0}, "isp": {"ver": 0}, "image": {"ver": 0}}
    async with world.running():
        pass
    assert not {"GetPtzPreset", "GetZoomFocus", "GetAiState", "GetIsp", "GetImage"} & set(world.camera.asked)
    assert world.driver.facets.ptz is None


async def test_levels_are_published_as_the_camera_tells_them(world: World) -> None:
    async with world.running():
        await world.notes.until(lambda: world.notes.motions == [False])
        world.change("GetMdState", state=1)
        await world.notes.until(lambda: world.notes.motions[-1])
        world.change("GetAiState", "people", alarm_state=1)
        await world.notes.until(
            lambda: any(event.active for event in world.notes.events if event.kind is EventKind.PERSON)
        )


async def test_one_poll_is_one_request(world: World) -> None:
    async with world.running():
        await world.notes.rounds(3)
    polls = [request.names for request in world.camera.received[3:-1]]
    assert polls
    assert all(names == ["GetMdState", "GetAiState"] for names in polls)


async def test_a_camera_without_events_is_still_looked_after(world: World) -> None:
    world.camera.answers["GetMdState"] = world.camera.answers["GetAiState"] = refused("Unknown", -9)
    heard = asyncio.Event()
    world.camera.on["GetTime"] = lambda received: heard.set() if len(received.commands) == 1 else None
    async with world.running(), asyncio.timeout(5):
        await heard.wait()


async def test_two_failed_rounds_are_forgiven_and_three_are_not(world: World) -> None:
    async with world.running():
        await world.notes.rounds(1)
        world.camera.replies += [[refused("GetMdState", -12), refused("GetAiState", -12)]] * 2
        await world.notes.rounds(2)
    world.camera.on["GetMdState"] = lambda received: world.camera.answers.update(
        {"GetMdState": refused("GetMdState", -12)} if len(received.commands) == 2 else {}
    )
    error = await world.failure()
    assert isinstance(error, Unreachable)
    assert "3 rounds" in error.detail


async def test_a_lost_camera_keeps_its_token_for_the_return(world: World) -> None:
    world.camera.on["GetMdState"] = lambda received: (
        world.camera.answers.update({"GetMdState": refused("GetMdState", -12)}) if len(received.commands) == 2 else None
    )
    await world.failure()
    assert "Logout" not in world.camera.asked
    world.camera.on.clear()
    world.camera.answers["GetMdState"] = good("GetMdState", {"state": 0})
    world.notes.descriptions.clear()
    async with world.running():
        pass
    assert world.camera.asked.count("Login") == 1


async def test_settings_are_read_again_and_told_when_they_differ(world: World) -> None:
    async with world.running():
        await world.notes.rounds(1)
        world.clock.advance(61)
        await world.notes.rounds(2)
        assert len(world.notes.descriptions) == 1
        world.change("GetEnc", "Enc", mainStream={**STREAM, "size": "2304*1296"})
        world.camera.answers["GetPtzPreset"] = refused("GetPtzPreset", -12)
        world.clock.advance(61)
        description = await world.notes.described(2)
    assert description.streams[0].encoder.resolution.width == 2304
    assert description.ptz is not None
    assert description.ptz.max_presets == 4, "a read that failed once changes nothing"


async def test_the_zoom_position_is_read_at_the_start_and_while_zooming(world: World) -> None:
    async with world.running():
        ptz = world.driver.facets.ptz
        assert ptz is not None
        assert ptz.status.zoom == pytest.approx(1 / 3)
        await ptz.move(Velocity(zoom=1.0))
        world.change("GetZoomFocus", "ZoomFocus", zoom={"pos": 33})
        await world.notes.rounds(2)
        assert ptz.status.zoom == 1.0
        await ptz.stop()


async def test_a_preset_set_here_is_described_at_once(world: World) -> None:
    listed = world.camera.answers["GetPtzPreset"]["value"]["PtzPreset"]
    world.camera.on["SetPtzPreset"] = lambda _: listed[2].update(enable=1, name="north")
    async with world.running():
        ptz = world.driver.facets.ptz
        assert ptz is not None
        assert await ptz.set_preset(token=None, name="north") == "3"
        description = await world.notes.described(2)
    assert description.ptz is not None
    assert [preset.name for preset in description.ptz.presets] == ["gate", "Preset 2", "north"]


async def test_snapshots_ask_for_the_size_of_the_stream(world: World) -> None:
    async with world.running():
        snapshots = world.driver.facets.snapshots
        assert snapshots is not None
        assert await snapshots.take("main") == JPEG
        assert await snapshots.take("sub") == JPEG
        with pytest.raises(Unsupported):
            await snapshots.take("third")
    main, sub = (request.query for request in world.camera.requests("Snap"))
    assert "width" not in main
    assert (sub["width"], sub["height"]) == ("640", "360")


async def test_a_wrong_password_is_told_and_tried_once(world: World) -> None:
    world.camera.answers["Login"] = refused("Login", -7)
    assert isinstance(await world.failure(), AuthFailed)
    assert isinstance(await world.failure(), AuthFailed)
    assert world.camera.asked == ["Login"]
    with pytest.raises(AuthFailed):
        addresses(world, "main")


async def test_a_refusal_while_polling_ends_the_run_at_once(world: World) -> None:
    world.camera.on["GetMdState"] = lambda received: (
        world.camera.answers.update({"GetMdState": refused("GetMdState", -506)})
        if len(received.commands) == 2
        else None
    )
    error = await world.failure()
    assert isinstance(error, Busy)
    assert error.wait_s == 300


async def test_facets_tell_why_the_camera_is_not_there(world: World) -> None:
    async with world.running() as description:
        pass
    driver = world.make(known=description)
    assert driver.facets.ptz is not None
    assert driver.facets.snapshots is not None
    ptz, snapshots = driver.facets.ptz, driver.facets.snapshots
    for attempt in (ptz.move(Velocity((1.0, 0.0))), ptz.stop(), snapshots.take("main")):
        with pytest.raises(Unreachable, match="not been reached yet"):
            await attempt
    world.camera.answers["Login"] = refused("Login", -7)
    await world.failure()
    with pytest.raises(AuthFailed):
        await driver.facets.ptz.move(Velocity((1.0, 0.0)))


async def test_a_driver_that_knows_nothing_has_no_facets_and_the_usual_addresses(world: World) -> None:
    assert world.driver.facets.ptz is None
    assert world.driver.facets.snapshots is None
    assert addresses(world, "main")[0] == "rtsp://127.0.0.1:554/Preview_01_main"


async def test_addresses_follow_what_the_camera_and_the_configuration_say(world: World) -> None:
    async with world.running():
        assert addresses(world, "main") == (
            "rtsp://127.0.0.1:8554/Told_main",
            "rtsp://127.0.0.1:8554/Preview_01_main",
            "rtsp://127.0.0.1:8554/h264Preview_01_main",
            "rtsp://127.0.0.1:8554/h265Preview_01_main",
        )
        with pytest.raises(Unsupported, match="third"):
            addresses(world, "third")
    config = CameraConfig("cam", "Camera", "reolink", "fe80::1", "admin", Secret(""), rtsp_port=1554)
    driver = ReolinkDriver(config, None, world.clock)
    assert driver._addresses("sub")[0] == "rtsp://[fe80::1]:1554/Preview_01_sub"


async def test_rtsp_that_is_off_is_unsupported_with_the_remedy(world: World) -> None:
    world.change("GetNetPort", "NetPort", rtspEnable=0)
    error = await world.failure()
    assert isinstance(error, Unsupported)
    assert "enable_rtsp" in error.detail
    assert "SetNetPort" not in world.camera.asked
    with pytest.raises(Unsupported):
        addresses(world, "main")


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("flv", "http://127.0.0.1:{port}/flv?port=1936&app=bcs&stream=channel0_sub.bcs"),
        ("rtmp", "rtmp://127.0.0.1:1936/bcs/channel0_sub.bcs?channel=0&stream=1"),
    ],
)
async def test_other_ways_than_rtsp_have_their_own_addresses_and_do_not_need_it(
    world: World, way: str, expected: str
) -> None:
    world.make(stream=way, enable_rtsp=True)
    world.change("GetNetPort", "NetPort", rtspEnable=0, rtmpPort=1936, rtmpEnable=1)
    async with world.running():
        assert addresses(world, "sub") == (expected.format(port=world.camera.port),)
    assert "SetNetPort" not in world.camera.asked


async def test_rtmp_that_is_off_is_unsupported_with_the_remedy(world: World) -> None:
    world.make(stream="rtmp")
    world.change("GetNetPort", "NetPort", rtmpEnable=0)
    error = await world.failure()
    assert isinstance(error, Unsupported)
    assert "RTMP server is off" in error.detail


async def test_rtsp_is_switched_on_with_the_operators_consent(world: World) -> None:
    world.make(enable_rtsp=True)
    world.change("GetNetPort", "NetPort", rtspEnable=0)
    world.camera.on["SetNetPort"] = lambda _: world.change("GetNetPort", "NetPort", rtspEnable=1)
    async with world.running():
        pass
    (request,) = world.camera.requests("SetNetPort")
    assert request.commands[0]["param"] == {"NetPort": {"rtspEnable": 1, "rtspPort": 8554, "onvifPort": 8000}}
    assert world.camera.asked.count("Login") == 2
    assert world.camera.asked.count("Logout") == 1, "the camera has ended the first session by itself"


async def test_a_battery_model_needs_the_operators_consent(world: World) -> None:
    world.camera.answers["GetAbility"]["value"]["Ability"]["abilityChn"][0]["battery"] = {"ver": 1}
    error = await world.failure()
    assert isinstance(error, Unsupported)
    assert "battery" in error.detail
    assert world.camera.asked[-1] == "Logout"
    driver = world.make(battery="slow")
    async with world.running():
        assert driver._pause_s(0.0) == 60


async def test_slow_cameras_and_large_recorders_are_asked_less_often(world: World) -> None:
    async with world.running():
        assert world.driver._pause_s(0.004) == pytest.approx(0.006)
        assert world.driver._pause_s(0.9) == 0
    world.change("GetDevInfo", "DevInfo", channelNum=16)
    driver = world.make(poll_s=2.0)
    world.notes.descriptions.clear()
    async with world.running():
        assert driver._pause_s(0.1) == pytest.approx(4.9)


async def test_the_codec_is_learnt_from_the_stream_and_survives_a_restart(world: World) -> None:
    world.change("GetEnc", "Enc", mainStream={**STREAM, "vType": None})
    async with world.running() as first:
        assert first.streams[0].encoder.codec is VideoCodec.H264
        world.driver._learn_codec("main", VideoCodec.H265)
        world.driver._learn_codec("third", VideoCodec.H265)
        second = await world.notes.described(2)
        assert second.streams[0].encoder.codec is VideoCodec.H265
    world.make(known=second)
    world.notes.descriptions.clear()
    async with world.running() as third:
        assert third.streams[0].encoder.codec is VideoCodec.H265


async def test_a_disk_that_fails_is_reported(world: World) -> None:
    def storage() -> list[bool]:
        return [event.active for event in world.notes.events if event.kind is EventKind.STORAGE_FAILURE]

    async with world.running():
        await world.notes.until(lambda: storage() == [False])
        world.camera.answers["GetHddInfo"]["value"]["HddInfo"][0]["mount"] = 0
        world.clock.advance(61)
        await world.notes.until(lambda: storage()[-1])


async def test_a_short_ai_state_is_held(world: World) -> None:
    def people() -> list[bool]:
        return [event.active for event in world.notes.events if event.kind is EventKind.PERSON]

    async with world.running():
        world.change("GetAiState", "people", alarm_state=1)
        await world.notes.until(lambda: True in people())
        world.change("GetAiState", "people", alarm_state=0)
        await world.notes.rounds(3)
        assert people()[-1]
        world.clock.advance(2.5)
        await world.notes.rounds(2)
        assert not people()[-1]
