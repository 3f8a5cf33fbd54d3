"""Everything that can be set, against the simulated camera: what is set shows, there and here."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.auxiliary import AuxiliaryFunction, SwitchState
from bridge.core.errors import InvalidValue, Rejected, Unreachable, Unsupported
from bridge.core.events import EventKind
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.imaging import AutoMode, Exposure, ExposurePriority, IrCutMode, Levelled, WhiteBalance
from bridge.core.overlay import Mask, Overlay, OverlayKind, OverlayPlace
from bridge.core.ptz import PtzPosition, PtzSpeed, PtzTranslation
from bridge.drivers.registry import FAMILIES
from bridge.drivers.reolink.driver import ReolinkDriver
from bridge.drivers.reolink.lan_search import search
from bridge.drivers.reolink.profile import PROFILE
from tests.integration.reolink_world import Watcher, World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.core.camera import Facets
    from bridge.core.imaging import ImagingSettings
    from bridge.core.model import CameraDescription, EncoderSettings

QUARTER = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))


@asynccontextmanager
async def equipped(model: str = "RLC-823A", *scenarios: str) -> AsyncIterator[tuple[World, Facets]]:
    async with world(model, scenarios, poll_s=0.2) as at, at.online():
        yield at, at.driver.facets


def described(at: World) -> CameraDescription:
    return at.watcher.descriptions[-1]


def picture(at: World) -> ImagingSettings:
    imaging = described(at).imaging
    assert imaging is not None
    return imaging.settings


def encoder(at: World, stream: str = "main") -> EncoderSettings:
    found = described(at).stream(stream)
    assert found is not None
    return found.encoder


async def refused(at: World) -> list[str]:
    """Commands that the camera has refused so far."""
    return [entry["command"] for entry in await at.journal() if (entry["answer"] or {}).get("code")]


@pytest.mark.parametrize("model", ["RLC-823A", "RLC-411WS", "E1-Zoom", "RLC-520"])
async def test_an_encoder_is_set_and_read_back(model: str) -> None:
    async with equipped(model) as (at, facets):
        assert facets.encoders is not None
        wished = replace(encoder(at), frame_rate=15.0, bitrate_kbps=2048, gov_length=30)
        found = await facets.encoders.set("main", wished)
        assert (found.frame_rate, found.bitrate_kbps, found.gov_length) == (15.0, 2048, 30)
        assert encoder(at) == found
        sub = await facets.encoders.set("sub", replace(encoder(at, "sub"), bitrate_kbps=128))
        assert sub.bitrate_kbps == 128
        assert encoder(at) == found


async def test_another_size_brings_another_codec() -> None:
    async with equipped() as (at, facets):
        assert facets.encoders is not None
        with pytest.raises(InvalidValue):
            await facets.encoders.set("main", replace(encoder(at), resolution=Resolution(3840, 2160)))
        wished = replace(encoder(at), resolution=Resolution(3840, 2160), codec=VideoCodec.H265, bitrate_kbps=4096)
        found = await facets.encoders.set("main", wished)
        assert (found.codec, found.resolution, found.bitrate_kbps) == (VideoCodec.H265, Resolution(3840, 2160), 4096)
        assert (await at.journal("SetEnc"))[-1]["answer"]["code"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"brightness": 50.0, "contrast": 10.0, "color_saturation": 33.3, "sharpness": 99.0},
        {"ir_cut_filter": IrCutMode.OFF, "noise_reduction": 0.0},
        {"backlight_compensation": Levelled(on=True, level=20.0)},
        {"wide_dynamic_range": Levelled(on=True, level=20.0)},
        {"exposure": Exposure(AutoMode.AUTO, ExposurePriority.LOW_NOISE, 0.0, 125_000.0, 3.0, 40.0)},
        {"exposure": Exposure(AutoMode.MANUAL, None, 4000.0, 20_000.0, 5.0, 40.0)},
        {"white_balance": WhiteBalance(AutoMode.MANUAL, 25.0, 75.0)},
        {"auto_focus": AutoMode.MANUAL},
    ],
)
async def test_a_picture_control_is_set_and_reads_back_exactly(fields: dict[str, Any]) -> None:
    async with equipped() as (at, facets):
        assert facets.imaging is not None
        await facets.imaging.set(replace(picture(at), **fields))
        assert {name: getattr(picture(at), name) for name in fields} == fields
        assert await refused(at) == []


async def test_a_camera_that_ignores_what_is_set_is_shown_as_it_is() -> None:
    async with equipped("RLC-823A", "ignore_sets") as (at, facets):
        assert facets.imaging is not None
        assert facets.encoders is not None
        assert facets.masks is not None
        await facets.imaging.set(replace(picture(at), brightness=10.0))
        assert picture(at).brightness == 50.2
        found = await facets.encoders.set("main", replace(encoder(at), bitrate_kbps=2048))
        assert found.bitrate_kbps == 6144
        with pytest.raises(Rejected):
            await facets.masks.create(Mask("", QUARTER))


@pytest.mark.parametrize(
    ("function", "state", "command"),
    [
        (AuxiliaryFunction.IR_LAMP, SwitchState.OFF, "SetIrLights"),
        (AuxiliaryFunction.WHITE_LIGHT, SwitchState.ON, "SetWhiteLed"),
        (AuxiliaryFunction.STATUS_LIGHT, SwitchState.OFF, "SetPowerLed"),
        (AuxiliaryFunction.SIREN, SwitchState.ON, "AudioAlarmPlay"),
        (AuxiliaryFunction.SIREN, SwitchState.OFF, "AudioAlarmPlay"),
    ],
)
async def test_a_switch_is_operated(function: AuxiliaryFunction, state: SwitchState, command: str) -> None:
    async with equipped() as (at, facets):
        assert facets.auxiliary is not None
        await facets.auxiliary.switch(function, state)
        assert (await at.journal(command))[-1]["answer"]["code"] == 0


async def test_texts_are_changed_hidden_and_shown() -> None:
    async with equipped() as (at, facets):
        assert facets.overlays is not None
        shown = described(at).overlays
        assert shown is not None
        name, clock = shown.overlays
        changed = replace(name, text="Gate", place=OverlayPlace.UPPER_LEFT)
        await facets.overlays.set(changed)
        await facets.overlays.delete(clock.token)
        after = described(at).overlays
        assert after is not None
        assert after.overlays == (changed,)
        await facets.overlays.create(Overlay("", OverlayKind.DATE_AND_TIME, OverlayPlace.LOWER_LEFT))
        after = described(at).overlays
        assert after is not None
        assert after.overlays[1].place is OverlayPlace.LOWER_LEFT
        assert await refused(at) == []


@pytest.mark.parametrize("model", ["RLC-823A", "RLC-411WS"])
async def test_masks_are_made_switched_off_and_deleted(model: str) -> None:
    async with equipped(model) as (at, facets):
        assert facets.masks is not None

        def tokens() -> dict[str, bool]:
            masks = described(at).masks
            assert masks is not None
            return {mask.token: mask.enabled for mask in masks.masks}

        first = await facets.masks.create(Mask("", QUARTER))
        second = await facets.masks.create(Mask("", ((-1.0, -1.0), (-1.0, 0.0), (-0.5, 0.0), (-0.5, -1.0))))
        assert tokens() == {first: True, second: True}
        await facets.masks.set(Mask(first, QUARTER, enabled=False))
        assert tokens() == {first: False, second: True}
        await facets.masks.delete(second)
        await facets.masks.delete(first)
        assert tokens() == {}


@pytest.mark.parametrize("model", ["RLC-823A", "RLC-411WS", "E1-Zoom"])
async def test_the_motion_grid_is_set_and_read_back(model: str) -> None:
    async with equipped(model) as (at, facets):
        grid = described(at).motion_grid
        assert grid is not None
        assert facets.motion is not None
        half = len(grid.active) // 2
        wished = replace(grid, active=(True,) * half + (False,) * (len(grid.active) - half), sensitivity=0.9)
        await facets.motion.set_grid(wished)
        assert described(at).motion_grid == wished


async def test_zoom_and_focus_are_driven_to_places() -> None:
    async with equipped() as (at, facets):
        assert facets.ptz is not None
        assert facets.drives is not None
        assert facets.focus is not None
        await facets.drives.move_to(PtzPosition(zoom=0.2), speed=PtzSpeed())
        await arrival(at, zoom=7)
        await facets.drives.move_by(PtzTranslation(zoom=-0.1), speed=PtzSpeed())
        await arrival(at, zoom=4)
        assert facets.ptz.status.zoom == pytest.approx(4 / 33)
        await facets.focus.move_to(0.1)
        await facets.focus.move(1.0)
        await facets.focus.stop()
        assert await refused(at) == []


async def arrival(at: World, *, zoom: int) -> None:
    """Wait until the driver has seen the zoom arrive."""
    facet = at.driver.facets.ptz
    assert facet is not None
    await at.watcher.until(lambda: facet.status.zoom == pytest.approx(zoom / 33) and not facet.status.zoom_moving)


async def test_home_is_set_and_driven_to() -> None:
    async with equipped() as (at, facets):
        assert facets.home is not None
        with pytest.raises(InvalidValue):
            await facets.home.go_home()
        await facets.home.set_home()
        await facets.home.go_home()
        assert [entry["answer"]["code"] for entry in await at.journal("SetPtzGuard")] == [0, 0]


@pytest.mark.parametrize("scenario", ["wrong_echo", "code_zero", "int_ai", "no_vtype", "four_directions"])
async def test_odd_firmware_can_be_set_all_the_same(scenario: str) -> None:
    async with equipped("RLC-823A", scenario) as (at, facets):
        assert facets.imaging is not None
        assert facets.encoders is not None
        assert facets.overlays is not None
        assert facets.auxiliary is not None
        await facets.imaging.set(replace(picture(at), brightness=50.0, ir_cut_filter=IrCutMode.ON))
        assert (picture(at).brightness, picture(at).ir_cut_filter) == (50.0, IrCutMode.ON)
        assert (await facets.encoders.set("main", replace(encoder(at), bitrate_kbps=2048))).bitrate_kbps == 2048
        await facets.overlays.delete("osdTime")
        await facets.auxiliary.switch(AuxiliaryFunction.IR_LAMP, SwitchState.OFF)


async def test_settings_survive_batches_that_collapse() -> None:
    async with equipped() as (at, facets):
        assert facets.imaging is not None
        await at.fault("bad_answer", form="collapse", command="GetMask", seconds=30)
        await facets.imaging.set(replace(picture(at), brightness=50.0, ir_cut_filter=IrCutMode.ON))
        assert (picture(at).brightness, picture(at).ir_cut_filter) == (50.0, IrCutMode.ON)


async def test_a_doorbell_is_a_fixed_camera_with_visitors() -> None:
    async with equipped("Video-Doorbell") as (at, facets):
        assert EventKind.VISITOR in described(at).events
        assert (facets.ptz, facets.drives, facets.home, facets.focus) == (None, None, None, None)
        await at.event("visitor", active=True)
        await at.watcher.level(EventKind.VISITOR, active=True)


async def test_a_battery_model_is_bridged_with_consent_only_and_offers_what_it_has() -> None:
    async with world("Argus-3-Pro") as at:
        with pytest.raises(Unsupported, match="battery"):
            await at.driver.run(at.watcher)
    async with world("Argus-3-Pro", battery="slow") as at, at.online() as description:
        assert description.streams
        assert at.driver.facets.ptz is None


async def test_a_disk_that_fails_is_reported() -> None:
    quick = PROFILE.model_copy(update={"poll": PROFILE.poll.model_copy(update={"description_s": 0.3})})
    async with world() as at:
        at.driver = ReolinkDriver(at.config, None, at.clock, quick)
        async with at.online():
            await at.watcher.level(EventKind.STORAGE_FAILURE, active=False)
            await at.event("disk", mount=0)
            await at.watcher.level(EventKind.STORAGE_FAILURE, active=True)


async def test_recordings_of_yesterday_are_found() -> None:
    async with equipped() as (at, _):
        assert isinstance(at.driver, ReolinkDriver)
        today = datetime.now(UTC).date()
        days = await at.driver.recordings.days(today.year, today.month)
        assert days
        found = await at.driver.recordings.files(max(days))
        assert found
        assert all(each.begin <= each.end for each in found)
        assert all(each.end - each.begin < timedelta(days=1) for each in found)


async def test_the_search_on_the_network_finds_the_camera() -> None:
    async with world() as at:
        found = await search([("127.0.0.1", at.lines["search_port"])], timeout_s=0.3, answer_port=0)
        assert [camera.model for camera in found] == ["RLC-823A"]


async def test_the_channels_of_a_recorder_share_one_session_and_come_and_go() -> None:
    async with world("RLN16-410", poll_s=0.2) as at, AsyncExitStack() as stack:
        await stack.enter_async_context(at.online())
        assert described(at).info.serial.endswith("-0")
        second = FAMILIES["reolink"].create(replace(at.config, id="cam1", channel=1), None, at.clock)
        with pytest.raises(Unreachable):
            await second.run(Watcher())
        await at.event("channel", channel=1, online=True)
        notes = Watcher()
        task = asyncio.create_task(second.run(notes))
        await notes.until(lambda: bool(notes.descriptions))
        assert notes.descriptions[0].info.serial.endswith("-1")
        assert len((await at.state())["sessions"]) == 1
        await at.event("channel", channel=1, online=False)
        async with asyncio.timeout(15):
            await asyncio.wait([task])
        assert isinstance(task.exception(), Unreachable)
        assert len(await at.journal("Login")) == 1
