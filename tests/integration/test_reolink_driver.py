"""The Reolink driver against the simulated camera: two readings of one document, over real sockets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bridge.core.errors import AuthFailed, Busy, InvalidValue, Rejected, Unreachable, Unsupported
from bridge.core.events import EventKind
from bridge.core.formats import VideoCodec
from bridge.core.ptz import Velocity
from bridge.drivers.reolink.driver import ReolinkDriver
from bridge.drivers.reolink.profile import PROFILE
from bridge.runtime.clock import SystemClock
from tests.integration.reolink_world import world

NATIVE_KINDS = {
    EventKind.MOTION,
    EventKind.PERSON,
    EventKind.VEHICLE,
    EventKind.ANIMAL,
    EventKind.FACE,
    EventKind.VISITOR,
    EventKind.PACKAGE,
}
"""Everything that the API of this family can report."""


@pytest.mark.parametrize(
    ("model", "moves", "presets", "kinds"),
    [
        ("RLC-823A", True, ["1", "2"], {EventKind.MOTION, EventKind.PERSON, EventKind.VEHICLE, EventKind.ANIMAL}),
        ("RLC-411WS", False, [], {EventKind.MOTION}),
        ("E1-Zoom", True, ["0", "1"], NATIVE_KINDS),
        ("RLC-520", False, [], {EventKind.MOTION, EventKind.PERSON, EventKind.VEHICLE}),
    ],
)
async def test_every_model_is_described_by_what_it_can_do(
    model: str, moves: bool, presets: list[str], kinds: set[EventKind]
) -> None:
    async with world(model) as at, at.online() as description:
        assert description.info.model == model
        assert description.info.serial.strip("0")
        assert [stream.name for stream in description.streams] == ["main", "sub"]
        assert description.snapshot
        assert description.imaging is not None
        assert (description.ptz is not None) is moves
        assert [preset.token for preset in (description.ptz.presets if description.ptz else ())] == presets
        assert description.events - {EventKind.STORAGE_FAILURE} == kinds


async def test_sessions_are_given_back() -> None:
    async with world() as at:
        async with at.online():
            assert len((await at.state())["sessions"]) == 1
        assert (await at.state())["sessions"] == []
        assert len(await at.journal("Login")) == 1


async def test_moves_are_seen_in_the_journal_and_in_the_pose() -> None:
    async with world() as at, at.online():
        before = (await at.state())["pose"]
        await at.ptz.move(Velocity(pan_tilt=(-0.5, 0.3), zoom=1.0))
        await at.ptz.stop(pan_tilt=False, zoom=True)
        await at.ptz.stop()
        spoken = [entry["request"]["param"] for entry in await at.journal("PtzCtrl")]
        assert [(param["op"], param.get("speed")) for param in spoken] == [
            ("ZoomInc", 64),
            ("LeftUp", 32),
            ("Stop", None),
            ("LeftUp", 32),
            ("Stop", None),
        ]
        after = (await at.state())["pose"]
        assert after["tilt"] > before["tilt"]
        assert after["pan"] != before["pan"]


async def test_a_preset_is_set_renamed_driven_to_and_removed() -> None:
    async with world() as at, at.online():
        token = await at.ptz.set_preset(token=None, name="gate")
        assert token == "3"
        assert await at.ptz.set_preset(token=token, name="gate north") == token
        description = at.watcher.descriptions[-1]
        assert description.ptz is not None
        assert description.ptz.presets[-1].name == "gate north"
        await at.ptz.go_to_preset(token, speed=0.25)
        (drive,) = await at.journal("PtzCtrl")
        assert drive["request"]["param"] == {"channel": 0, "op": "ToPos", "id": 3, "speed": 16}
        await at.ptz.remove_preset(token)
        with pytest.raises(InvalidValue):
            await at.ptz.go_to_preset(token)


@pytest.mark.parametrize("scenarios", [(), ("int_ai",)])
async def test_what_happens_before_the_lens_becomes_levels(scenarios: tuple[str, ...]) -> None:
    async with world(scenarios=scenarios, poll_s=0.2) as at, at.online():
        for native, kind in (("motion", EventKind.MOTION), ("people", EventKind.PERSON)):
            await at.event(native, active=True)
            await at.watcher.level(kind, active=True)
            await at.event(native, active=False)
            await at.watcher.level(kind, active=False)


async def test_snapshots_have_the_size_of_their_stream() -> None:
    async with world() as at, at.online():
        assert at.driver.facets.snapshots is not None
        main = await at.driver.facets.snapshots.take("main")
        sub = await at.driver.facets.snapshots.take("sub")
    assert main.startswith(b"\xff\xd8")
    assert _jpeg_size(main) == (2560, 1440)
    assert _jpeg_size(sub) == (640, 360)


def _jpeg_size(picture: bytes) -> tuple[int, int]:
    """Read width and height from the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while picture[at + 1] not in range(0xC0, 0xC4):
        at += 2 + int.from_bytes(picture[at + 2 : at + 4])
    return int.from_bytes(picture[at + 7 : at + 9]), int.from_bytes(picture[at + 5 : at + 7])


@pytest.mark.parametrize(("scenarios", "codec"), [((), VideoCodec.H264), (("h265", "no_vtype"), VideoCodec.H265)])
async def test_a_stream_plays_and_tells_its_codec(scenarios: tuple[str, ...], codec: VideoCodec) -> None:
    async with world(scenarios=scenarios) as at, at.online():
        async with at.playing("main"):
            await at.watcher.until(lambda: at.watcher.stream_bytes > 5_000)
        assert at.watcher.tracks is not None
        assert [track.encoding for track in at.watcher.tracks.tracks] == [codec, "MPEG4-GENERIC"]
        assert at.watcher.descriptions[-1].streams[0].encoder.codec is codec


async def test_a_wrong_password_is_tried_once() -> None:
    async with world(password="wr0ng-one") as at:
        assert isinstance(await at.failure(), AuthFailed)
        assert isinstance(await at.failure(), AuthFailed)
        assert len(await at.journal("Login")) == 1
        with pytest.raises(AuthFailed):
            await at.driver.open_stream("main").run(at.watcher)
        assert not await at.journal("RTSP DESCRIBE")


async def test_a_guests_account_sees_a_camera_that_it_cannot_move() -> None:
    async with world(scenarios=("guest",)) as at, at.online() as description:
        assert description.ptz is None
        assert at.driver.facets.ptz is None
        assert description.snapshot


async def test_with_all_sessions_in_use_requests_carry_their_credentials() -> None:
    async with world() as at:
        await at.fault("max_sessions", seconds=30)
        async with at.online():
            assert at.driver.facets.snapshots is not None
            await at.driver.facets.snapshots.take("sub")
        entries = [
            entry
            for entry in await at.journal()
            if entry["command"] != "Login" and not entry["command"].startswith("RTSP")
        ]
        assert {entry["request"]["auth"] for entry in entries} == {"user"}
        assert not await at.journal("Logout")


async def test_an_expired_session_is_renewed_without_anyone_noticing() -> None:
    async with world() as at, at.online():
        await at.fault("expire_session")
        await at.ptz.move(Velocity(pan_tilt=(1.0, 0.0)))
        await at.ptz.stop()
        assert len(await at.journal("Login")) == 2


async def test_a_locked_account_is_waited_out() -> None:
    async with world() as at:
        await at.fault("bad_answer", form="rsp_code", command="Login", code=-506)
        error = await at.failure()
        assert isinstance(error, Busy)
        assert error.wait_s == 300


async def test_a_camera_that_goes_and_comes_back_keeps_its_session() -> None:
    async with world(poll_s=0.2) as at:
        task = asyncio.create_task(at.driver.run(at.watcher))
        await at.watcher.until(lambda: bool(at.watcher.events))
        await at.fault("offline", seconds=1.0)
        async with asyncio.timeout(5):
            await asyncio.wait([task])
        assert isinstance(task.exception(), Unreachable)
        with pytest.raises(Unreachable):
            await at.ptz.move(Velocity(pan_tilt=(1.0, 0.0)))
        await at.listening()
        async with at.online():
            assert len((await at.state())["sessions"]) == 1
        assert len(await at.journal("Login")) == 1


@pytest.mark.parametrize(
    "fields", [{"form": "not_json"}, {"form": "truncated"}, {"form": "status", "code": 300}, {"form": "rsp_code"}]
)
async def test_bad_answers_end_in_a_typed_error(fields: dict[str, Any]) -> None:
    async with world() as at:
        extra = {"command": "GetEnc", "code": -13} if fields["form"] == "rsp_code" else {}
        await at.fault("bad_answer", seconds=30, **fields, **extra)
        assert isinstance(await at.failure(), Rejected)


async def test_a_batch_that_collapses_is_sent_singly() -> None:
    async with world(poll_s=0.2) as at:
        await at.fault("bad_answer", form="collapse", command="GetIsp", seconds=30)
        async with at.online() as description:
            assert description.imaging is not None, "GetImage still tells something"
            await at.watcher.until(lambda: bool(at.watcher.events))


async def test_a_snapshot_that_is_json_is_a_typed_error() -> None:
    async with world() as at, at.online():
        assert at.driver.facets.snapshots is not None
        await at.fault("bad_answer", form="snap_json", seconds=30)
        with pytest.raises(Rejected):
            await at.driver.facets.snapshots.take("main")


async def test_noise_after_logout_does_not_matter() -> None:
    async with world() as at:
        await at.fault("bad_answer", form="logout_noise", seconds=30)
        async with at.online():
            pass
        assert len(await at.journal("Logout")) == 1


async def test_rtsp_that_is_off_needs_consent() -> None:
    async with world(scenarios=("rtsp_off",)) as at:
        error = await at.failure()
        assert isinstance(error, Unsupported)
        assert "enable_rtsp" in error.detail
        assert not await at.journal("SetNetPort")


async def test_rtsp_is_switched_on_with_consent() -> None:
    quick = PROFILE.model_copy(update={"http": PROFILE.http.model_copy(update={"net_restart_s": 0.2})})
    async with world(scenarios=("rtsp_off",), enable_rtsp=True) as at:
        at.driver = ReolinkDriver(at.config, None, SystemClock(), quick)
        async with at.online():
            assert len(await at.journal("SetNetPort")) == 1
            async with at.playing("sub"):
                await at.watcher.until(lambda: at.watcher.stream_bytes > 0)


@pytest.mark.parametrize("scenarios", [("https",), ("code_zero", "wrong_echo"), ("password_wrong",), ("lease=20",)])
async def test_oddities_that_change_nothing(scenarios: tuple[str, ...]) -> None:
    async with world(scenarios=scenarios) as at, at.online() as description:
        assert description.ptz is not None
        await at.ptz.move(Velocity(pan_tilt=(1.0, 0.0)))
        await at.ptz.stop()


@pytest.mark.parametrize(
    ("scenario", "op", "speed"), [("ptz_no_speed", "RightUp", None), ("four_directions", "Right", 64)]
)
async def test_simple_mechanics_are_spoken_to_simply(scenario: str, op: str, speed: int | None) -> None:
    async with world(scenarios=(scenario,)) as at, at.online():
        await at.ptz.move(Velocity(pan_tilt=(1.0, 0.9)))
        (entry,) = await at.journal("PtzCtrl")
        assert (entry["request"]["param"]["op"], entry["request"]["param"].get("speed")) == (op, speed)
        await at.ptz.stop()
