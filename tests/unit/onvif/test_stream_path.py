"""GetStreamUri follows what a profile holds; every camera has metadata, and only the first stream here has sound."""

from __future__ import annotations

import pytest

from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from tests.unit.onvif.media_bench import AAC, MAIN, SUB, MediaBench, camera_of

SOURCE = tr2.ConfigurationRef(type="VideoSource", token="VideoSourceConfig_0")
VIDEO = tr2.ConfigurationRef(type="VideoEncoder", token="VideoEncoder_main")
SOUND = (
    tr2.ConfigurationRef(type="AudioSource", token="AudioSourceConfig_0"),
    tr2.ConfigurationRef(type="AudioEncoder", token="AudioEncoder_main"),
)
METADATA = tr2.ConfigurationRef(type="Metadata", token="Metadata_0")
UNICAST = trt.StreamSetup(
    stream=trt.StreamType.RTP_UNICAST, transport=trt.Transport(protocol=trt.TransportProtocol.RTSP)
)


@pytest.fixture
def bench():
    return MediaBench(camera_of(MAIN, SUB, audio=(AAC,)), has_jpeg=True)


async def uris(bench, token):
    media1 = await bench.answer(trt.GetStreamUri(stream_setup=UNICAST, profile_token=token))
    media2 = await bench.answer(tr2.GetStreamUri(protocol="RtspUnicast", profile_token=token))
    assert media1.media_uri.uri == media2.uri
    assert len(media2.uri) <= 128
    return media2.uri.removeprefix("rtsp://192.0.2.1:554/bench/")


@pytest.mark.parametrize("stream", ["main", "sub", "jpeg"])
async def test_a_profile_with_everything_has_the_plain_path_of_its_stream(bench, stream):
    assert await uris(bench, f"Profile_{stream}") == stream


@pytest.mark.parametrize(
    ("held", "path"),
    [
        ((SOURCE, VIDEO), "main/video"),
        ((SOURCE, VIDEO, *SOUND), "main/video+audio"),
        ((SOURCE, VIDEO, METADATA), "main/video+metadata"),
        ((SOURCE, VIDEO, *SOUND, METADATA), "main"),
        (SOUND, "main/audio"),
        ((*SOUND, METADATA), "main/audio+metadata"),
        ((SOURCE, METADATA), "metadata"),
    ],
)
async def test_any_other_has_the_path_of_what_it_holds(bench, held, path):
    made = await bench.answer(tr2.CreateProfile(name="Test", configuration=held))
    assert await uris(bench, made.token) == path


async def test_a_fixed_profile_from_which_something_was_taken_shows_it_no_more(bench):
    await bench.answer(tr2.RemoveConfiguration(profile_token="Profile_main", configuration=(METADATA,)))
    assert await uris(bench, "Profile_main") == "main/video+audio"


@pytest.mark.parametrize("held", [(), (SOURCE,), (SOUND[0],)])
async def test_a_profile_that_plays_nothing_is_incomplete(bench, held):
    made = await bench.answer(tr2.CreateProfile(name="Test", configuration=held))
    fault = await bench.fault(tr2.GetStreamUri(protocol="RtspUnicast", profile_token=made.token))
    assert fault == ("Receiver", "Action", "IncompleteConfiguration")
