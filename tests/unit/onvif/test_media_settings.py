"""Configurations set by clients, over Media and Media2; cases named after the test specifications."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from bridge.core.camera import Facets
from bridge.core.errors import CameraError, InvalidValue, Rejected
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderOptions, NativeStream
from bridge.core.units import Range
from bridge.onvif.eventing.filter import parse_filter
from bridge.onvif.eventing.topics import TOPICS
from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media_changes as trt_changes
from bridge.onvif.types.common import IPAddress, IPType, MulticastConfiguration, VideoResolution
from bridge.onvif.types.configurations import (
    AudioEncoding,
    EventSubscription,
    H264Configuration,
    H264Profile,
    IntRectangle,
    PTZFilter,
    VideoEncoding,
)
from bridge.onvif.types.events import CONCRETE_SET_DIALECT
from tests.unit.onvif.media_bench import AAC, MAIN, MAIN_H265, MOTION_JPEG, PCMU, SUB, MediaBench, camera_of

NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
CONFIG_MODIFY = ("Sender", "InvalidArgVal", "ConfigModify")
NO_AUDIO = ("Receiver", "ActionNotSupported", "AudioNotSupported")
TOKENS = {
    "VideoSource": "VideoSourceConfig_0",
    "VideoEncoder": "VideoEncoder_main",
    "AudioSource": "AudioSourceConfig_0",
    "AudioEncoder": "AudioEncoder_main",
    "Metadata": "Metadata_0",
}
EVERY_KIND = pytest.mark.parametrize("kind", list(TOKENS))
EVERY_SERVICE = pytest.mark.parametrize("service", ["media", "media2"])
MULTICAST = MulticastConfiguration(
    address=IPAddress(type=IPType.IPV4, ipv4_address="239.1.2.3"), port=5000, ttl=8, auto_start=True
)
FULL, HALF = Resolution(2560, 1440), Resolution(1280, 720)
H264 = EncoderOptions(
    VideoCodec.H264, (FULL, HALF), (25.0, 12.5, 5.0), Range(512, 8192), Range(10, 100), codec_profiles=("Main", "High")
)
H265 = replace(H264, codec=VideoCodec.H265, codec_profiles=("Main",))


@pytest.fixture
def bench():
    """A PTZ camera with two H.264 streams, both with AAC, whose encoders cannot be set."""
    return MediaBench(camera_of(MAIN, SUB, audio=(AAC, AAC)))


@pytest.fixture
def deaf():
    """A camera without a microphone."""
    return MediaBench(camera_of(MAIN, ptz=None))


@pytest.fixture
def settable():
    """A camera whose main stream can be set to H.264 and H.265."""
    description = camera_of(MAIN, SUB)
    main = replace(description.streams[0], options=(H264, H265))
    made = MediaBench(replace(description, streams=(main, description.streams[1])))
    made.make_settable()
    return made


async def present(bench, service, kind, token=None):
    """Return the configuration as a service shows it."""
    token = token or TOKENS[kind]
    if service == "media":
        request = getattr(trt, f"Get{kind}Configuration")(configuration_token=token)
        return (await bench.answer(request)).configuration
    (shown,) = (await bench.answer(getattr(tr2, f"Get{kind}Configurations")(configuration_token=token))).configurations
    return shown


def setting(service, kind, configuration):
    """Return the request that sets a configuration."""
    if service == "media":
        return getattr(trt_changes, f"Set{kind}Configuration")(configuration=configuration, force_persistence=False)
    return getattr(tr2, f"Set{kind}Configuration")(configuration=configuration)


def events(expression):
    """Return an event subscription that lets one topic pass."""
    made = etree.fromstring(
        '<tt:Filter xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" '
        'xmlns:tns1="http://www.onvif.org/ver10/topics"><wsnt:TopicExpression '
        'Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"/></tt:Filter>'
    )
    made[0].text = expression
    return EventSubscription(filter=made)


# ---------------------------------------------------------------------------------------------------------- every kind


@EVERY_SERVICE
@EVERY_KIND
async def test_a_name_is_kept_and_shown_by_both_services(bench, service, kind):
    before = await present(bench, service, kind)
    await bench.answer(setting(service, kind, replace(before, name="TestName1", use_count=77)))
    assert await present(bench, service, kind) == replace(before, name="TestName1")
    other = "media2" if service == "media" else "media"
    assert (await present(bench, other, kind)).name == "TestName1"
    assert await bench.changes() == [("ConfigurationChanged", TOKENS[kind], kind)]
    again = MediaModel(bench.camera, MediaStore(bench.device.memory))
    assert again.name(TOKENS[kind]) == "TestName1"


@EVERY_SERVICE
@EVERY_KIND
async def test_what_is_shown_can_be_set(bench, service, kind):
    before = await present(bench, service, kind)
    await bench.answer(setting(service, kind, before))
    assert await present(bench, service, kind) == before


@EVERY_SERVICE
@EVERY_KIND
async def test_bad_tokens_and_names_are_refused(bench, service, kind):
    before = await present(bench, service, kind)
    assert await bench.fault(setting(service, kind, replace(before, token="nothing"))) == NO_CONFIG
    assert await bench.fault(setting(service, kind, replace(before, name="n" * 65))) == CONFIG_MODIFY
    assert await bench.changes() == []


@EVERY_SERVICE
@pytest.mark.parametrize("kind", ["AudioSource", "AudioEncoder"])
async def test_sound_that_is_not_there_cannot_be_set(bench, deaf, service, kind):
    assert await deaf.fault(setting(service, kind, await present(bench, service, kind))) == NO_AUDIO


@EVERY_SERVICE
@pytest.mark.parametrize("kind", ["VideoEncoder", "AudioEncoder", "Metadata"])
async def test_multicast_settings_are_kept(bench, service, kind):
    before = await present(bench, service, kind)
    await bench.answer(setting(service, kind, replace(before, multicast=MULTICAST)))
    assert (await present(bench, service, kind)).multicast == MULTICAST
    v6 = replace(MULTICAST, address=IPAddress(type=IPType.IPV6, ipv6_address="ff0e::1"))
    await bench.answer(setting(service, kind, replace(before, multicast=v6)))
    assert (await present(bench, service, kind)).multicast == v6


@pytest.mark.parametrize(
    "multicast",
    [
        replace(MULTICAST, port=65536),
        replace(MULTICAST, ttl=256),
        replace(MULTICAST, ttl=-1),
        replace(MULTICAST, address=IPAddress(type=IPType.IPV4, ipv4_address="nowhere")),
        replace(MULTICAST, address=IPAddress(type=IPType.IPV4, ipv6_address="ff0e::1")),
        replace(MULTICAST, address=IPAddress(type=IPType.IPV4, ipv4_address="ff0e::1")),
    ],
)
async def test_multicast_settings_that_cannot_be_are_refused(bench, multicast):
    before = await present(bench, "media", "VideoEncoder")
    assert await bench.fault(setting("media", "VideoEncoder", replace(before, multicast=multicast))) == CONFIG_MODIFY


@pytest.mark.parametrize("kind", ["VideoEncoder", "AudioEncoder", "Metadata"])
async def test_the_session_timeout_is_kept(bench, kind):
    before = await present(bench, "media", kind)
    for refused in (timedelta(seconds=-1), timedelta(days=2)):
        wrong = replace(before, session_timeout=refused)
        assert await bench.fault(setting("media", kind, wrong)) == CONFIG_MODIFY
    wished = replace(before, session_timeout=timedelta(seconds=600))
    await bench.answer(setting("media", kind, wished))
    assert await present(bench, "media", kind) == wished


# ------------------------------------------------------------------------------------------------------ sources, sound


@EVERY_SERVICE
async def test_MEDIA_2_1_8_and_MEDIA2_2_2_5_only_the_full_picture_can_be_had(bench, service):
    before = await present(bench, service, "VideoSource")
    bounds = IntRectangle(x=0, y=0, width=1280, height=720)
    for wrong in (replace(before, bounds=bounds), replace(before, source_token="VideoSource_1")):
        assert await bench.fault(setting(service, "VideoSource", wrong)) == CONFIG_MODIFY


@EVERY_SERVICE
async def test_MEDIA_3_1_22_there_is_one_audio_source(bench, service):
    before = await present(bench, service, "AudioSource")
    wrong = replace(before, source_token="AudioSource_1")
    assert await bench.fault(setting(service, "AudioSource", wrong)) == CONFIG_MODIFY


@EVERY_SERVICE
@pytest.mark.parametrize("change", [{"bitrate": 65}, {"sample_rate": 8}, {"encoding": AudioEncoding.G711}])
async def test_MEDIA_3_1_23_the_sound_itself_stays_as_it_is(bench, service, change):
    before = await present(bench, service, "AudioEncoder")
    assert await bench.fault(setting(service, "AudioEncoder", replace(before, **change))) == CONFIG_MODIFY


async def test_sound_in_words_that_no_camera_uses_is_refused_like_any_other():
    bench = MediaBench(camera_of(MAIN, audio=(PCMU,)))
    before = await present(bench, "media", "AudioEncoder")
    wrong = replace(before, encoding=AudioEncoding.G726)
    assert await bench.fault(setting("media", "AudioEncoder", wrong)) == CONFIG_MODIFY


# ------------------------------------------------------------------------------------------------------------ metadata


@EVERY_SERVICE
async def test_MEDIA_5_1_3_and_MEDIA2_8_1_1_wishes_for_the_metadata_stream_are_kept(bench, service):
    before = await present(bench, service, "Metadata")
    wished = replace(before, name="TestName1", analytics=True, events=events("tns1:Media/ConfigurationChanged"))
    await bench.answer(setting(service, "Metadata", wished))
    after = await present(bench, service, "Metadata")
    assert replace(after, events=None) == replace(wished, events=None)
    (expression,) = after.events.filter
    assert expression.text == "tns1:Media/ConfigurationChanged"
    assert expression.get("Dialect").endswith("ConcreteSet")
    assert expression.nsmap["tns1"] == "http://www.onvif.org/ver10/topics"
    silent = replace(before, name="TestName2", ptz_status=None, events=None, analytics=None)
    await bench.answer(setting(service, "Metadata", silent))
    assert await present(bench, service, "Metadata") == silent
    everything = replace(before, events=EventSubscription())
    await bench.answer(setting(service, "Metadata", everything))
    assert await present(bench, service, "Metadata") == everything
    assert await bench.changes() == [("ConfigurationChanged", "Metadata_0", "Metadata")] * 3


@EVERY_SERVICE
async def test_a_filter_in_prefixes_of_the_clients_own_comes_back_readable(bench, service):
    before = await present(bench, service, "Metadata")
    given = etree.fromstring(
        '<tt:Filter xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:w="http://docs.oasis-open.org/wsn/b-2" '
        'xmlns:x="http://www.onvif.org/ver10/topics"><w:TopicExpression xmlns:tt="http://www.onvif.org/ver10/topics" '
        f'xmlns:v="urn:vendor" Dialect="{CONCRETE_SET_DIALECT}">x:Media//.|tt:VideoSource//.|v:Odd</w:TopicExpression>'
        "</tt:Filter>"
    )
    await bench.answer(setting(service, "Metadata", replace(before, events=EventSubscription(filter=given))))
    returned = (await present(bench, service, "Metadata")).events.filter
    topics = "http://www.onvif.org/ver10/topics"
    assert {prefix: returned[0].nsmap[prefix] for prefix in ("x", "tt", "v")} == {
        "x": topics,
        "tt": topics,
        "v": "urn:vendor",
    }
    asked, got = (parse_filter(each, offered=TOPICS, utc=bench.clock.utc()) for each in (given, returned))
    assert got == asked


@EVERY_SERVICE
async def test_MEDIA_5_1_3_what_the_metadata_stream_cannot_carry_is_refused(bench, service):
    bench.camera.description = replace(bench.camera.description, ptz=None, events=frozenset())
    before = await present(bench, service, "Metadata")
    for change in (
        {"ptz_status": PTZFilter(status=True, position=False)},
        {"ptz_status": PTZFilter(status=False, position=True)},
        {"analytics": True},
        {"events": events("x" * 8192)},
    ):
        assert await bench.fault(setting(service, "Metadata", replace(before, **change))) == CONFIG_MODIFY
    assert await present(bench, service, "Metadata") == before


# ------------------------------------------------------------------------------------------------------------ encoders


async def test_MEDIA_2_1_11_a_camera_that_cannot_be_set_takes_what_it_has_at_any_bit_rate(bench):
    before = await present(bench, "media", "VideoEncoder")
    rates = replace(before.rate_control, bitrate_limit=64000)
    await bench.answer(setting("media", "VideoEncoder", replace(before, rate_control=rates, quality=100)))
    assert await present(bench, "media", "VideoEncoder") == before
    for change in (
        {"resolution": VideoResolution(width=640, height=480)},
        {"encoding": VideoEncoding.JPEG},
        {"encoding": VideoEncoding.MPEG4},
        {"rate_control": replace(before.rate_control, frame_rate_limit=12)},
        {"h264": replace(before.h264, gov_length=1)},
        {"h264": replace(before.h264, h264_profile=H264Profile.BASELINE)},
    ):
        assert await bench.fault(setting("media", "VideoEncoder", replace(before, **change))) == CONFIG_MODIFY
    assert bench.camera.commands == []


async def test_what_media2_leaves_out_stays_as_it_is(bench):
    before = await present(bench, "media2", "VideoEncoder")
    bare = replace(before, gov_length=None, profile=None, rate_control=None, multicast=None)
    await bench.answer(setting("media2", "VideoEncoder", bare))
    assert await present(bench, "media2", "VideoEncoder") == before
    wrong = replace(before, encoding="AV1")
    assert await bench.fault(setting("media2", "VideoEncoder", wrong)) == CONFIG_MODIFY


async def test_what_media_leaves_out_stays_as_it_is(bench):
    before = await present(bench, "media", "VideoEncoder")
    await bench.answer(setting("media", "VideoEncoder", replace(before, rate_control=None, h264=None)))
    assert await present(bench, "media", "VideoEncoder") == before


async def test_an_encoder_that_media_does_not_show_cannot_be_set_there():
    bench = MediaBench(camera_of(SUB, MAIN_H265))
    shown = await present(bench, "media", "VideoEncoder")
    wrong = replace(shown, token="VideoEncoder_sub")
    assert await bench.fault(setting("media", "VideoEncoder", wrong)) == NO_CONFIG


async def test_MEDIA2_2_2_3_5_options_are_those_of_the_camera_when_it_can_be_set(settable):
    request = tr2.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_main")
    h264, h265 = (await settable.answer(request)).options
    assert (h264.encoding, h265.encoding) == ("H264", "H265")
    assert h264.gov_length_range == (10, 100)
    assert h264.frame_rates_supported == (25.0, 12.5, 5.0)
    assert h264.profiles_supported == ("Main", "High")
    assert (h264.bitrate_range.min, h264.bitrate_range.max) == (512, 8192)
    assert [size.width for size in h264.resolutions_available] == [2560, 1280]
    older = trt.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_main")
    options = (await settable.answer(older)).options.h264
    assert (options.frame_rate_range.min, options.frame_rate_range.max) == (5, 25)
    assert (options.gov_length_range.min, options.gov_length_range.max) == (10, 100)
    assert options.h264_profiles_supported == (H264Profile.MAIN, H264Profile.HIGH)
    settable.camera.given = Facets()
    (only,) = (await settable.answer(request)).options
    assert (only.encoding, only.frame_rates_supported) == ("H264", (25.0,))


async def test_MEDIA2_2_3_4_every_option_can_be_set_and_is_read_back(settable):
    before = await present(settable, "media2", "VideoEncoder")
    question = tr2.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_main")
    for options in (await settable.answer(question)).options:
        for end, name in ((0, "TestName1"), (-1, "TestName2")):
            wished = replace(
                before,
                name=name,
                gov_length=options.gov_length_range[end],
                profile=options.profiles_supported[end],
                encoding=options.encoding,
                resolution=options.resolutions_available[end],
                rate_control=tr2.VideoRateControl2(
                    constant_bit_rate=False,
                    frame_rate_limit=options.frame_rates_supported[end],
                    bitrate_limit=options.bitrate_range.min if end == 0 else options.bitrate_range.max,
                ),
            )
            await settable.answer(setting("media2", "VideoEncoder", wished))
            assert await present(settable, "media2", "VideoEncoder") == wished
            assert await settable.changes() == [("ConfigurationChanged", "VideoEncoder_main", "VideoEncoder")]


async def test_MEDIA_2_1_11_h264_is_set_in_the_camera(settable):
    before = await present(settable, "media", "VideoEncoder")
    wished = replace(
        before,
        resolution=VideoResolution(width=1280, height=720),
        rate_control=replace(before.rate_control, frame_rate_limit=13, bitrate_limit=64000),
        h264=replace(before.h264, gov_length=10, h264_profile=H264Profile.MAIN),
    )
    await settable.answer(setting("media", "VideoEncoder", wished))
    adapted = replace(wished, rate_control=replace(wished.rate_control, bitrate_limit=8192))
    assert await present(settable, "media", "VideoEncoder") == adapted
    ((command, stream, settings),) = settable.camera.commands
    assert (command, stream) == ("set_encoder", "main")
    assert (settings.frame_rate, settings.bitrate_kbps, settings.codec_profile) == (12.5, 8192, "Main")


async def test_the_picture_of_the_source_stays_as_large_as_it_can_be(settable):
    before = await present(settable, "media2", "VideoEncoder")
    smaller = replace(before, resolution=VideoResolution(width=1280, height=720))
    await settable.answer(setting("media2", "VideoEncoder", smaller))
    assert (await present(settable, "media2", "VideoSource")).bounds.width == 2560
    (source,) = (await settable.answer(trt.GetVideoSources())).video_sources
    assert source.resolution.width == 2560


async def test_only_what_is_different_goes_to_the_camera(settable):
    before = await present(settable, "media2", "VideoEncoder")
    await settable.answer(setting("media2", "VideoEncoder", replace(before, name="New name")))
    assert settable.camera.commands == []
    assert await settable.changes() == [("ConfigurationChanged", "VideoEncoder_main", "VideoEncoder")]


async def test_a_combination_that_the_camera_refuses_changes_nothing(settable):
    before = await present(settable, "media2", "VideoEncoder")
    wished = replace(before, name="New name", gov_length=10)
    settable.camera.refusals = [InvalidValue("settings", "not at this frame rate")]
    assert await settable.fault(setting("media2", "VideoEncoder", wished)) == CONFIG_MODIFY
    settable.camera.refusals = [Rejected("no", native_code=-1)]
    with pytest.raises(CameraError):
        await settable.answer(setting("media2", "VideoEncoder", wished))
    assert await present(settable, "media2", "VideoEncoder") == before
    assert await settable.changes() == []


async def test_MEDIA_2_1_7_and_MEDIA2_5_1_2_instances_agree_with_the_options(settable):
    older = trt.GetGuaranteedNumberOfVideoEncoderInstances(configuration_token="VideoSourceConfig_0")
    numbers = await settable.answer(older)
    assert (numbers.total_number, numbers.h264, numbers.jpeg) == (2, 2, 0)
    newer = tr2.GetVideoEncoderInstances(configuration_token="VideoSourceConfig_0")
    info = (await settable.answer(newer)).info
    assert [(each.encoding, each.number) for each in info.codec] == [("H264", 2), ("H265", 1)]
    assert info.total == 2


async def test_an_unknown_word_for_a_profile_of_h264_is_shown_as_main_and_set_back_as_it_was(settable):
    odd = replace(settable.camera.description.streams[1], options=(replace(H264, codec_profiles=("Base?", "High")),))
    assert isinstance(odd, NativeStream)
    main = settable.camera.description.streams[0]
    settable.camera.description = replace(settable.camera.description, streams=(main, odd))
    before = await present(settable, "media", "VideoEncoder", "VideoEncoder_sub")
    assert before.h264.h264_profile is H264Profile.MAIN
    larger = replace(before, resolution=VideoResolution(width=1280, height=720))
    await settable.answer(setting("media", "VideoEncoder", larger))
    ((_, _, settings),) = settable.camera.commands
    assert settings.codec_profile == "Base?"


async def test_an_encoder_can_go_from_jpeg_to_h264():
    description = camera_of(MOTION_JPEG)
    options = (replace(H264, codec=VideoCodec.JPEG), H264)
    stream = replace(description.streams[0], options=options)
    bench = MediaBench(replace(description, streams=(stream,)))
    bench.make_settable()
    shown = (await bench.answer(trt.GetVideoEncoderConfigurationOptions())).options
    assert (shown.jpeg.frame_rate_range.max, shown.h264.frame_rate_range.max) == (25, 25)
    before = await present(bench, "media", "VideoEncoder")
    wished = replace(
        before,
        encoding=VideoEncoding.H264,
        resolution=VideoResolution(width=1280, height=720),
        rate_control=replace(before.rate_control, frame_rate_limit=5),
        h264=H264Configuration(gov_length=25, h264_profile=H264Profile.HIGH),
    )
    await bench.answer(setting("media", "VideoEncoder", wished))
    assert await present(bench, "media", "VideoEncoder") == wished


async def test_what_the_camera_does_by_itself_is_told_when_it_is_described_anew(settable):
    main, sub = settable.camera.description.streams
    slower = replace(sub, encoder=replace(sub.encoder, frame_rate=5.0))
    settable.camera.description = replace(settable.camera.description, streams=(main, slower))
    settable.device.camera_described()
    assert await settable.changes() == [("ConfigurationChanged", "VideoEncoder_sub", "VideoEncoder")]


# ----------------------------------------------------------------------------------------------------------- remaining


async def test_after_a_factory_default_configurations_are_as_they_came(bench):
    before = await present(bench, "media2", "Metadata")
    await bench.answer(setting("media2", "Metadata", replace(before, name="x", multicast=MULTICAST)))
    bench.device.memory.forget()
    assert await present(bench, "media2", "Metadata") == before


@pytest.mark.parametrize(
    "kept",
    [
        '{"name": 1}',
        '{"multicast": {"address": "nowhere", "port": 1, "ttl": 1, "auto_start": false}}',
        '{"metadata": {"events": true, "event_filter": "<tt:Filter"}}',
        '{"metadata": {"events": true, "event_filter": "<!DOCTYPE Filter><Filter/>"}}',
    ],
)
async def test_a_damaged_document_counts_as_none(bench, kept):
    before = await present(bench, "media2", "Metadata")
    bench.device.memory.write("configurations", f'{{"by_token": {{"Metadata_0": {kept}}}}}')
    assert await present(bench, "media2", "Metadata") == before
