"""Video source modes over Media and Media2."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from typing_extensions import override

from bridge.core.errors import CameraError, InvalidValue, Rejected
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.sensor import SensorMode
from bridge.onvif.conformance import Condition, conditions_met
from bridge.onvif.operation import Access
from bridge.onvif.services import media2_modes, media_modes
from bridge.onvif.services.media import SERVICE as MEDIA
from bridge.onvif.services.media2 import SERVICE as MEDIA2
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media2_modes as tr2_modes
from bridge.onvif.types import media_modes as trt_modes
from bridge.onvif.types.common import VideoResolution
from tests.unit.onvif.media_bench import MediaBench
from tests.unit.onvif.picture_bench import BenchSensorModes, known, picture_bench

SOURCE = "VideoSource_0"
NO_SOURCE = ("Sender", "InvalidArgVal", "NoVideoSource")
NO_MODE = ("Sender", "InvalidArgVal", "NoVideoSourceMode")
NOT_SUPPORTED = ("Receiver", "ActionNotSupported")
WIDE = SensorMode("wide", 25.0, Resolution(3840, 2160), (VideoCodec.H264, VideoCodec.H265), "16:9 at 25 fps")
FAST = SensorMode("fast", 50.0, Resolution(1920, 1080), (VideoCodec.H264, VideoCodec.JPEG))
ROUND = SensorMode("round", 12.5, Resolution(2880, 2880), (VideoCodec.H265,), "fisheye", reboots=True)
MODES = (WIDE, FAST, ROUND)
BOTH = pytest.mark.parametrize("messages", [trt_modes, tr2_modes], ids=["Media", "Media2"])


class HalvingModes(BenchSensorModes):
    """A sensor that halves the frame rate with every new mode."""

    @override
    async def choose(self, token: str) -> None:
        await super().choose(token)
        now = known(self._camera)
        stream = now.streams[0]
        encoder = replace(stream.encoder, frame_rate=stream.encoder.frame_rate / 2)
        self._camera.description = replace(now, streams=(replace(stream, encoder=encoder),))


@pytest.fixture
def bench():
    return picture_bench(sensor_modes=MODES, sensor_mode="wide")


@pytest.fixture
def fixed():
    """A camera whose sensor has modes, of which nobody can choose another."""
    return picture_bench(sensor_modes=MODES, sensor_mode="wide", is_settable=False)


async def shown(bench, messages):
    return (await bench.answer(messages.GetVideoSourceModes(video_source_token=SOURCE))).video_source_modes


async def choose(bench, messages, token: str):
    asked = messages.SetVideoSourceMode(video_source_token=SOURCE, video_source_mode_token=token)
    return (await bench.answer(asked)).reboot


async def refused(bench, messages, *, source: str = SOURCE, mode: str = "fast"):
    return await bench.fault(messages.SetVideoSourceMode(video_source_token=source, video_source_mode_token=mode))


@BOTH
async def test_modes_are_told_and_which_one_is_in_force(bench, messages):
    wide, fast, round_ = await shown(bench, messages)
    assert [each.enabled for each in (wide, fast, round_)] == [True, False, False]
    assert [each.reboot for each in (wide, fast, round_)] == [False, False, True]
    assert (wide.token, wide.max_framerate, wide.max_resolution) == (
        "wide",
        25,
        VideoResolution(width=3840, height=2160),
    )
    assert (wide.description, fast.description) == ("16:9 at 25 fps", None)


async def test_media_leaves_out_the_encodings_that_it_has_no_word_for(bench):
    assert [each.encodings for each in await shown(bench, trt_modes)] == ["H264", "H264 JPEG", ""]
    assert [each.encodings for each in await shown(bench, tr2_modes)] == ["H264 H265", "H264 JPEG", "H265"]


@BOTH
async def test_a_mode_that_is_chosen_is_in_force(bench, messages):
    assert not await choose(bench, messages, "fast")
    assert [each.token for each in await shown(bench, messages) if each.enabled] == ["fast"]


@BOTH
async def test_choosing_the_mode_in_force_does_not_bother_the_camera(bench, messages):
    assert not await choose(bench, messages, "wide")
    assert bench.camera.commands == []


async def test_what_a_mode_does_to_the_encoders_is_told(bench):
    bench.camera.given = replace(bench.camera.given, sensor_modes=HalvingModes(bench.camera))
    await choose(bench, tr2_modes, "fast")
    assert await bench.changes() == [("ConfigurationChanged", "VideoEncoder_main", "VideoEncoder")]


async def test_a_mode_that_reboots_the_camera_has_the_device_go_and_come(bench):
    """The answer says so, and after it the device says Bye and Hello as after SystemReboot."""
    seen: list[bool] = []
    is_back = asyncio.Event()

    def note() -> None:
        seen.append(bench.device.is_discoverable)
        if seen == [False, True]:
            is_back.set()

    bench.device.on_announcement_changed(note)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bench.device.run())
        assert await choose(bench, tr2_modes, "round")
        assert seen == []
        await is_back.wait()
        running.cancel()


@BOTH
async def test_a_source_or_mode_that_does_not_exist_is_refused(bench, messages):
    assert await bench.fault(messages.GetVideoSourceModes(video_source_token="other")) == NO_SOURCE
    assert await refused(bench, messages, source="other") == NO_SOURCE
    assert await refused(bench, messages, mode="other") == NO_MODE
    assert await refused(MediaBench(None), messages) == NO_SOURCE


async def test_a_mode_that_the_camera_itself_refuses_is_none(bench):
    bench.camera.refusals.append(InvalidValue("no_mode", "not any more"))
    assert await refused(bench, tr2_modes) == NO_MODE


async def test_a_camera_in_trouble_stays_in_its_mode(bench):
    bench.camera.refusals.append(Rejected("no", native_code=-1))
    with pytest.raises(CameraError):
        await choose(bench, tr2_modes, "fast")
    assert [each.token for each in await shown(bench, tr2_modes) if each.enabled] == ["wide"]


async def test_where_nobody_can_choose_only_the_mode_in_force_is_offered(fixed):
    assert [each.token for each in await shown(fixed, tr2_modes)] == ["wide"]
    assert not await choose(fixed, tr2_modes, "wide")
    assert await refused(fixed, tr2_modes) == NO_MODE


@BOTH
async def test_a_sensor_without_modes_has_none_to_tell(messages):
    bare = picture_bench()
    assert await bare.fault(messages.GetVideoSourceModes(video_source_token=SOURCE)) == (
        "Receiver",
        "ActionNotSupported",
    )
    assert await refused(bare, messages) == NOT_SUPPORTED


@pytest.mark.parametrize("messages", [trt, tr2], ids=["Media", "Media2"])
async def test_the_capability_promises_modes_to_choose_from(bench, fixed, messages):
    benches = (bench, fixed, picture_bench())
    said = [(await each.answer(messages.GetServiceCapabilities())).capabilities for each in benches]
    assert [each.video_source_mode for each in said] == [True, False, False]


def test_a_camera_with_modes_owes_the_operations_on_them(bench):
    assert Condition.VIDEO_SOURCE_MODES in conditions_met(bench.device)
    assert Condition.VIDEO_SOURCE_MODES not in conditions_met(picture_bench().device)


def test_only_administrators_choose_a_mode():
    for service, module in ((MEDIA, media_modes), (MEDIA2, media2_modes)):
        ours = {each.name: each.access for each in service.operations if each in vars(module).values()}
        assert ours == {"GetVideoSourceModes": Access.READ_SYSTEM, "SetVideoSourceMode": Access.WRITE_SYSTEM}
