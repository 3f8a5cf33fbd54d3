"""The JPEG stream that the bridge makes of snapshots, as clients of both media services see and set it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.camera import Facets
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderOptions, EncoderSettings
from bridge.core.units import Range
from bridge.media.sources.snapshots import SnapshotChoice
from bridge.onvif.jpeg_stream import JpegStream
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media_changes as trt_changes
from bridge.onvif.types.common import VideoResolution
from bridge.onvif.types.configurations import VideoEncoding
from tests.memory import VolatileMemory
from tests.unit.onvif.media_bench import AAC, MAIN, MOTION_JPEG, SUB, BenchShutter, MediaBench, camera_of
from tests.unit.onvif.served import served

TOKEN = "VideoEncoder_jpeg"


def encoder_of(jpeg: JpegStream) -> EncoderSettings:
    """How the stream is set."""
    assert jpeg.stream is not None
    return jpeg.stream.encoder


@pytest.fixture
def bench():
    return MediaBench(camera_of(MAIN, SUB, audio=(AAC,)), has_jpeg=True)


async def settings(bench):
    answer = await bench.answer(trt.GetVideoEncoderConfiguration(configuration_token=TOKEN))
    return answer.configuration


async def options(bench):
    answer = await bench.answer(trt.GetVideoEncoderConfigurationOptions(configuration_token=TOKEN))
    return answer.options


async def set_to(bench, width, height, *, rate=1, bitrate=64000):
    present = await settings(bench)
    wished = replace(
        present,
        resolution=VideoResolution(width=width, height=height),
        rate_control=replace(present.rate_control, frame_rate_limit=rate, bitrate_limit=bitrate),
    )
    return trt_changes.SetVideoEncoderConfiguration(configuration=wished, force_persistence=False)


def test_it_is_the_last_stream_with_a_fixed_profile_of_its_own(bench):
    profile = bench.device.media.profiles[-1]
    assert (profile.token, profile.name, profile.fixed) == ("Profile_jpeg", "jpeg", True)
    assert profile.configurations["VideoEncoder"] == TOKEN
    assert "AudioEncoder" not in profile.configurations
    assert [stream.name for stream in bench.device.media.streams] == ["main", "sub", "jpeg"]


async def test_it_comes_in_the_largest_size_that_every_client_can_decode_once_a_second(bench):
    encoder = await settings(bench)
    assert encoder.encoding is VideoEncoding.JPEG
    assert encoder.resolution == VideoResolution(width=640, height=360)
    assert encoder.rate_control.frame_rate_limit == 1


async def test_it_can_have_the_sizes_of_the_native_streams_and_up_to_five_pictures_a_second(bench):
    offered = (await options(bench)).jpeg
    assert [(size.width, size.height) for size in offered.resolutions_available] == [(2560, 1440), (640, 360)]
    assert (offered.frame_rate_range.min, offered.frame_rate_range.max) == (1, 5)


async def test_MEDIA2_shows_it_too(bench):
    answer = await bench.answer(tr2.GetVideoEncoderConfigurationOptions(configuration_token=TOKEN))
    (offered,) = answer.options
    assert offered.encoding == "JPEG"
    assert offered.frame_rates_supported == (5.0, 4.0, 3.0, 2.0, 1.0)
    assert offered.gov_length_range is None


async def test_it_counts_among_the_encoders_that_run_at_once(bench):
    guaranteed = await bench.answer(
        trt.GetGuaranteedNumberOfVideoEncoderInstances(configuration_token="VideoSourceConfig_0")
    )
    assert (guaranteed.total_number, guaranteed.jpeg, guaranteed.h264) == (3, 1, 2)
    instances = await bench.answer(tr2.GetVideoEncoderInstances(configuration_token="VideoSourceConfig_0"))
    assert {each.encoding: each.number for each in instances.info.codec} == {"H264": 2, "JPEG": 1}


async def test_MEDIA_2_3_1_every_offered_setting_is_taken_and_read_back(bench):
    for width, height, rate in ((2560, 1440, 5), (640, 360, 1)):
        await bench.answer(await set_to(bench, width, height, rate=rate))
        encoder = await settings(bench)
        assert encoder.resolution == VideoResolution(width=width, height=height)
        assert encoder.rate_control.frame_rate_limit == rate
    assert bench.camera.commands == []


async def test_MEDIA_2_3_1_what_is_not_offered_is_refused(bench):
    assert await bench.fault(await set_to(bench, 641, 360)) == ("Sender", "InvalidArgVal", "ConfigModify")
    assert await bench.fault(await set_to(bench, 640, 360, rate=6)) == ("Sender", "InvalidArgVal", "ConfigModify")


async def test_listeners_hear_that_it_was_set(bench):
    await bench.changes()
    await bench.answer(await set_to(bench, 2560, 1440))
    assert await bench.changes() == [("ConfigurationChanged", TOKEN, "VideoEncoder")]


async def test_its_pictures_are_those_of_the_native_stream_of_that_size(bench):
    assert bench.device.jpeg.choice() == SnapshotChoice("sub", 1.0)
    await bench.answer(await set_to(bench, 2560, 1440, rate=3))
    assert bench.device.jpeg.choice() == SnapshotChoice("main", 3.0)


async def test_a_size_that_is_not_taken_any_more_gives_way_to_the_usual_one(bench):
    await bench.answer(await set_to(bench, 2560, 1440))
    bench.camera.description = camera_of(replace(MAIN, resolution=Resolution(1920, 1080)), SUB)
    assert (await settings(bench)).resolution == VideoResolution(width=1920, height=1080)


async def test_how_it_is_set_outlives_a_restart():
    memory, camera = VolatileMemory(), MediaBench(camera_of(MAIN, SUB)).camera
    before = JpegStream(camera, memory, is_served=True)
    before.keep(replace(encoder_of(before), resolution=Resolution(2560, 1440), frame_rate=2.0))

    assert JpegStream(camera, memory, is_served=True).choice() == SnapshotChoice("main", 2.0)


async def picture_taken(bench, stream, width, height):
    bench.shutter.size = Resolution(width, height)
    await bench.device.snapshots.take(stream)
    bench.clock.advance(10)


async def test_the_real_size_of_pictures_counts_once_it_is_known(bench):
    await picture_taken(bench, "sub", 1280, 720)
    assert [(size.width, size.height) for size in (await options(bench)).jpeg.resolutions_available] == [
        (2560, 1440),
        (1280, 720),
    ]
    assert (await settings(bench)).resolution == VideoResolution(width=1280, height=720)
    full = await bench.answer(trt.GetVideoSources())
    assert full.video_sources[0].resolution == VideoResolution(width=2560, height=1440)


async def test_listeners_hear_when_a_picture_shows_that_it_is_set_otherwise(bench):
    await bench.changes()
    await picture_taken(bench, "sub", 1280, 720)
    await picture_taken(bench, "sub", 1280, 720)
    assert await bench.changes() == [("ConfigurationChanged", TOKEN, "VideoEncoder")]


async def test_the_pictures_that_a_client_has_chosen_stay_chosen_when_their_size_turns_out_to_be_another(bench):
    await bench.answer(await set_to(bench, 2560, 1440))
    await picture_taken(bench, "main", 2304, 1296)
    assert (await settings(bench)).resolution == VideoResolution(width=2304, height=1296)
    assert bench.device.jpeg.choice().stream == "main"


async def test_a_picture_of_another_stream_changes_nothing_of_what_a_client_has_chosen(bench):
    await bench.answer(await set_to(bench, 2560, 1440))
    await bench.changes()
    await picture_taken(bench, "sub", 1280, 720)
    assert (await settings(bench)).resolution == VideoResolution(width=2560, height=1440)
    assert await bench.changes() == []


async def test_pictures_as_large_as_their_stream_follow_it(bench):
    for width, height in ((1280, 720), (640, 360)):
        await picture_taken(bench, "sub", width, height)
    bench.camera.description = camera_of(MAIN, replace(SUB, resolution=Resolution(320, 240)))
    assert (await settings(bench)).resolution == VideoResolution(width=320, height=240)


async def test_sizes_that_were_seen_outlive_a_restart():
    memory, camera = VolatileMemory(), MediaBench(camera_of(MAIN, SUB)).camera
    assert JpegStream(camera, memory, is_served=True).learn("sub", Resolution(1280, 720))

    again = JpegStream(camera, memory, is_served=True)
    assert encoder_of(again).resolution == Resolution(1280, 720)
    assert not again.learn("sub", Resolution(1280, 720))


async def test_where_none_is_made_nothing_is_learnt():
    memory, camera = VolatileMemory(), MediaBench(camera_of(MAIN, MOTION_JPEG)).camera
    assert not JpegStream(camera, memory, is_served=True).learn("main", Resolution(1280, 720))
    assert memory.revision == 0


async def test_known_profiles_are_told_anew_after_a_picture_of_another_size():
    async with served(camera_of(MAIN, SUB)) as at:
        at.camera.given = Facets(snapshots=BenchShutter(Resolution(1280, 720)))
        profiles = '<GetProfiles xmlns="http://www.onvif.org/ver10/media/wsdl"/>'
        assert "1280" not in (await at.ask(profiles)).values("Width")
        assert at.device.snapshots is not None
        await at.device.snapshots.take("sub")
        assert "1280" in (await at.ask(profiles)).values("Width")


def test_without_a_way_to_ask_for_pictures_there_is_none(bench):
    assert "Profile_jpeg" in [profile.token for profile in bench.device.media.profiles]
    bench.camera.given = Facets()
    assert "Profile_jpeg" not in [profile.token for profile in bench.device.media.profiles]


@pytest.mark.parametrize(
    "description",
    [
        camera_of(MAIN, SUB, snapshot=False),
        camera_of(MAIN, MOTION_JPEG),
        replace(
            camera_of(MAIN),
            streams=(
                replace(
                    camera_of(MAIN).streams[0],
                    options=(EncoderOptions(VideoCodec.JPEG, (), (), Range(0, 0), Range(0, 0)),),
                ),
            ),
        ),
        None,
    ],
    ids=["no snapshots", "a native one", "an encoder that can send it", "never reached"],
)
def test_a_camera_that_makes_or_needs_none_has_none(description):
    bench = MediaBench(description, has_jpeg=True)
    assert "jpeg" not in [stream.name for stream in bench.device.media.streams]
    assert bench.device.jpeg.choice() is None


def test_only_with_it_is_there_any_jpeg(bench):
    assert bench.device.media.has_jpeg
    assert not MediaBench(camera_of(MAIN, snapshot=False), has_jpeg=True).device.media.has_jpeg
