from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import ClientFault
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderOptions, EncoderSettings, NativeStream
from bridge.core.units import Range
from bridge.onvif.encoder_choice import EncoderWish, chosen_settings, offered_options

FULL, HALF = Resolution(2560, 1440), Resolution(1280, 720)
PRESENT = EncoderSettings(VideoCodec.H264, FULL, 25.0, 6144, gov_length=50, codec_profile="High")
H264 = EncoderOptions(
    VideoCodec.H264, (FULL, HALF), (25.0, 12.5, 5.0), Range(512, 8192), Range(10, 100), codec_profiles=("Main", "High")
)
H265 = EncoderOptions(VideoCodec.H265, (), (), Range(0, 0), Range(0, 0))
WISH = EncoderWish(VideoCodec.H264, FULL, 25.0, 6144)


def choose(wish, present=PRESENT, offered=(H264, H265), *, is_settable=True):
    stream = NativeStream("main", present, tuple(offered))
    return chosen_settings(wish, present=present, offered=offered_options(stream, is_settable=is_settable))


def is_refused(wish, **more):
    with pytest.raises(ClientFault) as caught:
        choose(wish, **more)
    return caught.value.subcodes == ("InvalidArgVal", "ConfigModify")


def test_what_is_offered_is_chosen():
    wish = EncoderWish(VideoCodec.H264, HALF, 12.5, 1024, gov_length=20, codec_profile="Main")
    expected = EncoderSettings(VideoCodec.H264, HALF, 12.5, 1024, gov_length=20, codec_profile="Main")
    assert choose(wish) == expected


def test_what_a_wish_leaves_open_stays_as_it_is():
    assert choose(WISH) == PRESENT


@pytest.mark.parametrize(("wished", "chosen"), [(64000, 8192), (1, 512), (1000, 1000)])
def test_the_bit_rate_is_adapted(wished, chosen):
    assert choose(replace(WISH, bitrate_kbps=wished)).bitrate_kbps == chosen


@pytest.mark.parametrize(("wished", "chosen"), [(25.4, 25.0), (15, 12.5), (5, 5.0), (4.6, 5.0)])
def test_the_nearest_frame_rate_is_taken(wished, chosen):
    assert choose(replace(WISH, frame_rate=wished)).frame_rate == chosen


@pytest.mark.parametrize(
    "wish",
    [
        replace(WISH, resolution=Resolution(640, 480)),
        replace(WISH, codec=VideoCodec.JPEG),
        replace(WISH, frame_rate=26.0),
        replace(WISH, frame_rate=1),
        replace(WISH, gov_length=101),
        replace(WISH, codec_profile="Baseline"),
    ],
)
def test_what_is_not_offered_is_refused(wish):
    assert is_refused(wish)


def test_empty_options_mean_as_it_is_now():
    chosen = choose(replace(WISH, codec=VideoCodec.H265, bitrate_kbps=1))
    assert chosen == replace(PRESENT, codec=VideoCodec.H265, codec_profile="Main")
    assert is_refused(replace(WISH, codec=VideoCodec.H265, resolution=HALF))


def test_a_camera_that_cannot_be_set_takes_what_it_has_and_only_adapts_the_bit_rate():
    assert choose(replace(WISH, bitrate_kbps=64000), is_settable=False) == PRESENT
    for wish in (
        replace(WISH, resolution=HALF),
        replace(WISH, frame_rate=12.5),
        replace(WISH, gov_length=20),
        replace(WISH, codec_profile="Main"),
        replace(WISH, codec=VideoCodec.H265),
    ):
        assert is_refused(wish, is_settable=False)


def test_the_present_codec_is_always_offered():
    stream = NativeStream("main", PRESENT, (H265,))
    assert [options.codec for options in offered_options(stream, is_settable=True)] == ["H264", "H265"]


def test_what_is_set_now_is_offered_even_if_the_cameras_tables_lack_it():
    present = EncoderSettings(
        VideoCodec.H264, Resolution(1920, 1080), 15.0, 9000, gov_length=5, codec_profile="Baseline"
    )
    wish = EncoderWish(VideoCodec.H264, Resolution(1920, 1080), 15.0, 9000, gov_length=5, codec_profile="Baseline")
    assert choose(wish, present=present) == present
    (options, _) = offered_options(NativeStream("main", present, (H264, H265)), is_settable=True)
    assert options.frame_rates == (25.0, 15.0, 12.5, 5.0)
    assert options.bitrate_kbps == Range(512, 9000)
    assert options.gov_length == Range(5, 100)


def test_a_picture_by_picture_codec_knows_no_groups_and_no_profiles():
    jpeg = replace(H264, codec=VideoCodec.JPEG)
    wish = replace(WISH, codec=VideoCodec.JPEG, gov_length=5000, codec_profile="whatever")
    chosen = choose(wish, offered=(H264, jpeg))
    assert (chosen.gov_length, chosen.codec_profile) == (50, "High")


@given(
    st.builds(
        EncoderWish,
        codec=st.sampled_from(VideoCodec),
        resolution=st.builds(Resolution, st.integers(), st.integers()) | st.sampled_from([FULL, HALF]),
        frame_rate=st.floats(),
        bitrate_kbps=st.integers(min_value=-(2**31), max_value=2**31),
        gov_length=st.none() | st.integers(),
        codec_profile=st.none() | st.text(),
    )
)
def test_no_wish_leads_outside_of_what_is_offered(wish):
    try:
        chosen = choose(wish)
    except ClientFault:
        return
    options = {each.codec: each for each in offered_options(NativeStream("x", PRESENT, (H264, H265)), is_settable=True)}
    offered = options[chosen.codec]
    assert chosen.resolution in offered.resolutions
    assert chosen.frame_rate in offered.frame_rates
    assert chosen.bitrate_kbps in offered.bitrate_kbps
    assert chosen.gov_length in offered.gov_length
    assert chosen.codec_profile in offered.codec_profiles
