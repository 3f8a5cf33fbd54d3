from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.formats import AudioCodec, AudioFormat
from bridge.onvif.operation import Access
from bridge.onvif.services.media import SERVICE
from bridge.onvif.types import media as trt
from bridge.onvif.types.configurations import AudioEncoding, H264Profile, VideoEncoding
from bridge.proto.soap.codec import encode
from bridge.proto.soap.namespaces import TRT
from tests.unit.onvif.media_bench import AAC, MAIN, MAIN_H265, MOTION_JPEG, PCMU, SUB, MediaBench, camera_of

NO_PROFILE = ("Sender", "InvalidArgVal", "NoProfile")
NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
NO_AUDIO = ("Receiver", "ActionNotSupported", "AudioNotSupported")
INVALID_SETUP = ("Sender", "InvalidArgVal", "InvalidStreamSetup")
KINDS = ("VideoSource", "VideoEncoder", "AudioSource", "AudioEncoder", "Metadata")
TOKENS = {
    "VideoSource": "VideoSourceConfig_0",
    "VideoEncoder": "VideoEncoder_main",
    "AudioSource": "AudioSourceConfig_0",
    "AudioEncoder": "AudioEncoder_main",
    "Metadata": "Metadata_0",
}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
AUDIO_KINDS = pytest.mark.parametrize("kind", ["AudioSource", "AudioEncoder"])


@pytest.fixture
def bench():
    """A PTZ camera with two H.264 streams, both with AAC."""
    return MediaBench(camera_of(MAIN, SUB, audio=(AAC, AAC)))


@pytest.fixture
def fixed_camera():
    """A camera with H.265 and H.264, that neither moves nor hears nor makes stills."""
    return MediaBench(camera_of(MAIN_H265, SUB, ptz=None, snapshot=False))


@pytest.fixture
def stranger():
    """A camera that was never reached."""
    return MediaBench(None)


def message(pattern, kind):
    return getattr(trt, pattern.format(kind))


def stream_setup(stream, protocol):
    transport = trt.Transport(protocol=trt.TransportProtocol(protocol))
    return trt.StreamSetup(stream=trt.StreamType(stream), transport=transport)


# ---------------------------------------------------------------------------------------------------- profiles, sources


async def test_profiles_are_ready_to_use(bench):
    main, sub = (await bench.answer(trt.GetProfiles())).profiles
    assert (main.token, main.name, main.fixed) == ("Profile_main", "main", True)
    assert sub.token == "Profile_sub"
    assert main.video_source_configuration.token == sub.video_source_configuration.token == "VideoSourceConfig_0"
    assert main.video_source_configuration.use_count == 2
    assert main.video_source_configuration.bounds.width == 2560
    assert main.video_encoder_configuration.token == "VideoEncoder_main"
    assert main.video_encoder_configuration.use_count == 1
    assert main.audio_source_configuration.source_token == "AudioSource_0"
    assert main.audio_encoder_configuration.encoding is AudioEncoding.AAC
    assert main.ptz_configuration.token == main.ptz_configuration.node_token == "PTZ_0"
    assert main.metadata_configuration.token == "Metadata_0"


async def test_one_profile_is_told_as_in_the_list(bench):
    listed = (await bench.answer(trt.GetProfiles())).profiles
    assert (await bench.answer(trt.GetProfile(profile_token="Profile_sub"))).profile == listed[1]
    assert await bench.fault(trt.GetProfile(profile_token="Profile_third")) == NO_PROFILE


async def test_the_encoder_is_told_with_rate_control_resolution_and_codec_settings(bench):
    request = trt.GetVideoEncoderConfiguration(configuration_token="VideoEncoder_main")
    encoder = (await bench.answer(request)).configuration
    assert encoder.encoding is VideoEncoding.H264
    assert (encoder.resolution.width, encoder.resolution.height) == (2560, 1440)
    assert (encoder.rate_control.frame_rate_limit, encoder.rate_control.bitrate_limit) == (25, 6144)
    assert encoder.rate_control.encoding_interval == 1
    assert (encoder.h264.gov_length, encoder.h264.h264_profile) == (50, H264Profile.HIGH)
    assert encoder.session_timeout == timedelta(seconds=60)


async def test_half_frames_round_up_and_an_unknown_h264_profile_counts_as_main(bench):
    request = trt.GetVideoEncoderConfiguration(configuration_token="VideoEncoder_sub")
    encoder = (await bench.answer(request)).configuration
    assert encoder.rate_control.frame_rate_limit == 13
    assert encoder.h264.h264_profile is H264Profile.MAIN


async def test_an_h265_stream_keeps_its_profile_but_shows_no_encoder(fixed_camera):
    main, sub = (await fixed_camera.answer(trt.GetProfiles())).profiles
    assert main.video_encoder_configuration is None
    assert main.video_source_configuration is not None
    assert sub.video_encoder_configuration.encoding is VideoEncoding.H264
    listed = (await fixed_camera.answer(trt.GetVideoEncoderConfigurations())).configurations
    assert [encoder.token for encoder in listed] == ["VideoEncoder_sub"]
    single = trt.GetVideoEncoderConfiguration(configuration_token="VideoEncoder_main")
    assert await fixed_camera.fault(single) == NO_CONFIG
    compatible = trt.GetCompatibleVideoEncoderConfigurations(profile_token="Profile_main")
    fitting = (await fixed_camera.answer(compatible)).configurations
    assert [encoder.token for encoder in fitting] == ["VideoEncoder_sub"]
    question = trt.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_main")
    options = (await fixed_camera.answer(question)).options
    assert (options.h264, options.jpeg) == (None, None)


async def test_a_fixed_camera_without_microphone_shows_no_ptz_and_no_audio(fixed_camera):
    for profile in (await fixed_camera.answer(trt.GetProfiles())).profiles:
        assert profile.ptz_configuration is None
        assert profile.audio_source_configuration is None
        assert profile.audio_encoder_configuration is None
        assert profile.metadata_configuration.ptz_status is None


async def test_audio_of_one_stream_only_is_in_that_profile_only():
    bench = MediaBench(camera_of(MAIN, SUB, audio=(None, PCMU)))
    main, sub = (await bench.answer(trt.GetProfiles())).profiles
    assert main.audio_encoder_configuration is None
    assert sub.audio_encoder_configuration.encoding is AudioEncoding.G711
    assert (sub.audio_encoder_configuration.bitrate, sub.audio_encoder_configuration.sample_rate) == (64, 8)
    compatible = trt.GetCompatibleAudioEncoderConfigurations(profile_token="Profile_main")
    assert (await bench.answer(compatible)).configurations == ()
    options = (await bench.answer(trt.GetAudioEncoderConfigurationOptions(profile_token="Profile_main"))).options
    assert options.options == ()


async def test_sources_are_those_of_the_best_stream(bench):
    (source,) = (await bench.answer(trt.GetVideoSources())).video_sources
    assert (source.token, source.framerate, source.resolution.width) == ("VideoSource_0", 25.0, 2560)
    (microphone,) = (await bench.answer(trt.GetAudioSources())).audio_sources
    assert (microphone.token, microphone.channels) == ("AudioSource_0", 1)


# ------------------------------------------------------------------------------------------- configurations and options


@EVERY_KIND
async def test_configurations_are_the_same_however_they_are_asked_for(bench, kind):
    everything = (await bench.answer(message("Get{}Configurations", kind)())).configurations
    ours = everything[0]
    assert ours.token == TOKENS[kind]
    one = message("Get{}Configuration", kind)(configuration_token=ours.token)
    assert (await bench.answer(one)).configuration == ours
    compatible = message("GetCompatible{}Configurations", kind)(profile_token="Profile_main")
    assert (await bench.answer(compatible)).configurations == (ours,)


@EVERY_KIND
async def test_unknown_tokens_are_refused(bench, kind):
    one, compatible, options = (
        message(pattern, kind)
        for pattern in ("Get{}Configuration", "GetCompatible{}Configurations", "Get{}ConfigurationOptions")
    )
    assert await bench.fault(one(configuration_token="Profile_main")) == NO_CONFIG
    assert await bench.fault(compatible(profile_token="nobody")) == NO_PROFILE
    assert await bench.fault(options(configuration_token="")) == NO_CONFIG
    assert await bench.fault(options(profile_token="nobody")) == NO_PROFILE


@EVERY_KIND
async def test_options_can_be_asked_for_with_and_without_tokens(bench, kind):
    options = message("Get{}ConfigurationOptions", kind)
    own = (await bench.answer(options(configuration_token=TOKENS[kind]))).options
    assert (await bench.answer(options(configuration_token=TOKENS[kind], profile_token="Profile_main"))).options == own
    assert (await bench.answer(options(profile_token="Profile_main"))).options == own
    assert (await bench.answer(options())).options is not None


async def test_a_profile_offers_what_its_own_encoder_can_be_set_to():
    bench = MediaBench(camera_of(MAIN, SUB, audio=(None, None)))
    compatible = trt.GetCompatibleVideoEncoderConfigurations(profile_token="Profile_sub")
    assert len((await bench.answer(compatible)).configurations) == 2
    by_profile = trt.GetVideoEncoderConfigurationOptions(profile_token="Profile_sub")
    by_encoder = trt.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_sub")
    assert (await bench.answer(by_profile)).options == (await bench.answer(by_encoder)).options


async def test_a_configuration_of_another_profile_is_not_compatible(bench):
    request = trt.GetVideoEncoderConfigurationOptions(
        configuration_token="VideoEncoder_sub", profile_token="Profile_main"
    )
    assert await bench.fault(request) == ("Sender", "InvalidArgVal", "IncompatibleConfiguration")


@AUDIO_KINDS
async def test_every_question_about_audio_to_a_deaf_camera_is_audio_not_supported(fixed_camera, kind):
    questions = (
        message("Get{}Configurations", kind)(),
        message("Get{}Configuration", kind)(configuration_token=TOKENS[kind]),
        message("Get{}ConfigurationOptions", kind)(),
        message("GetCompatible{}Configurations", kind)(profile_token="Profile_main"),
        trt.GetAudioSources(),
    )
    for question in questions:
        assert await fixed_camera.fault(question) == NO_AUDIO


async def test_options_of_an_encoder_are_exactly_how_it_is_set(bench):
    request = trt.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_main")
    options = (await bench.answer(request)).options
    assert [(size.width, size.height) for size in options.h264.resolutions_available] == [(2560, 1440)]
    for limits, value in (
        (options.quality_range, 1),
        (options.h264.gov_length_range, 50),
        (options.h264.frame_rate_range, 25),
        (options.h264.encoding_interval_range, 1),
    ):
        assert (limits.min, limits.max) == (value, value)
    assert options.h264.h264_profiles_supported == (H264Profile.HIGH,)
    assert options.jpeg is None


async def test_options_in_general_hold_those_of_every_encoder():
    bench = MediaBench(camera_of(MAIN, SUB, MOTION_JPEG))
    options = (await bench.answer(trt.GetVideoEncoderConfigurationOptions())).options
    assert [size.width for size in options.h264.resolutions_available] == [2560, 640]
    assert (options.h264.frame_rate_range.min, options.h264.frame_rate_range.max) == (13, 25)
    assert [size.height for size in options.jpeg.resolutions_available] == [480]
    assert options.jpeg.frame_rate_range.min == 1


async def test_a_jpeg_encoder_is_told_without_codec_settings():
    bench = MediaBench(camera_of(MAIN, SUB, MOTION_JPEG))
    request = trt.GetVideoEncoderConfiguration(configuration_token="VideoEncoder_third")
    encoder = (await bench.answer(request)).configuration
    assert encoder.encoding is VideoEncoding.JPEG
    assert encoder.h264 is None
    assert encoder.rate_control.frame_rate_limit == 1


async def test_only_the_full_picture_can_be_had(bench):
    options = (await bench.answer(trt.GetVideoSourceConfigurationOptions())).options
    limits = options.bounds_range
    assert options.maximum_number_of_profiles == 6
    assert options.video_source_tokens_available == ("VideoSource_0",)
    assert [(each.min, each.max) for each in (limits.x_range, limits.width_range, limits.height_range)] == [
        (0, 0),
        (2560, 2560),
        (1440, 1440),
    ]


async def test_audio_options_are_grouped_by_encoding():
    louder = replace(AAC, bitrate_kbps=128)
    pcma = AudioFormat(AudioCodec.PCMA, 8000, bitrate_kbps=64)
    bench = MediaBench(camera_of(MAIN, SUB, MAIN_H265, audio=(louder, AAC, pcma)))
    options = (await bench.answer(trt.GetAudioEncoderConfigurationOptions())).options.options
    assert [(each.encoding, each.bitrate_list.items, each.sample_rate_list.items) for each in options] == [
        (AudioEncoding.AAC, (64, 128), (16,)),
        (AudioEncoding.G711, (64,), (8,)),
    ]


async def test_encoder_instances_are_counted_per_encoding(bench, fixed_camera):
    request = trt.GetGuaranteedNumberOfVideoEncoderInstances(configuration_token="VideoSourceConfig_0")
    both, one = await bench.answer(request), await fixed_camera.answer(request)
    assert (both.total_number, both.h264, both.jpeg, both.mpeg4) == (2, 2, 0, 0)
    assert (one.total_number, one.h264) == (1, 1)
    unknown = trt.GetGuaranteedNumberOfVideoEncoderInstances(configuration_token="VideoEncoder_main")
    assert await bench.fault(unknown) == NO_CONFIG


# ------------------------------------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize("protocol", ["UDP", "RTSP"])
async def test_a_stream_address_is_on_the_host_that_the_client_called(bench, protocol):
    request = trt.GetStreamUri(stream_setup=stream_setup("RTP-Unicast", protocol), profile_token="Profile_sub")
    uri = (await bench.answer(request)).media_uri
    assert uri.uri == "rtsp://192.0.2.1:554/bench/sub"
    assert (uri.invalid_after_connect, uri.invalid_after_reboot, uri.timeout) == (False, False, timedelta(0))


async def test_through_http_a_stream_is_had_from_the_web_port(bench):
    request = trt.GetStreamUri(stream_setup=stream_setup("RTP-Unicast", "HTTP"), profile_token="Profile_sub")
    assert (await bench.answer(request)).media_uri.uri == "http://192.0.2.1:8000/bench/sub"


@pytest.mark.parametrize(
    ("stream", "protocol"), [("RTP-Multicast", "HTTP"), ("RTP-Unicast", "TCP"), ("RTP-Multicast", "UDP")]
)
async def test_a_transport_that_is_not_served_is_refused(bench, stream, protocol):
    request = trt.GetStreamUri(stream_setup=stream_setup(stream, protocol), profile_token="Profile_main")
    assert await bench.fault(request) == INVALID_SETUP


async def test_an_h265_stream_has_an_address_all_the_same(fixed_camera):
    request = trt.GetStreamUri(stream_setup=stream_setup("RTP-Unicast", "RTSP"), profile_token="Profile_main")
    assert (await fixed_camera.answer(request)).media_uri.uri.endswith("/bench/main")


async def test_stills_are_had_from_the_web_port(bench):
    uri = (await bench.answer(trt.GetSnapshotUri(profile_token="Profile_main"))).media_uri
    assert uri.uri == "http://192.0.2.1:8000/onvif/snapshot/Profile_main"


async def test_stills_of_a_camera_that_makes_none_are_not_supported(fixed_camera):
    request = trt.GetSnapshotUri(profile_token="Profile_main")
    assert await fixed_camera.fault(request) == ("Receiver", "ActionNotSupported")


async def test_a_key_frame_can_be_wished_for(bench):
    await bench.answer(trt.SetSynchronizationPoint(profile_token="Profile_main"))


@pytest.mark.parametrize(
    "request_",
    [
        trt.GetStreamUri(stream_setup=stream_setup("RTP-Unicast", "UDP"), profile_token="x"),
        trt.GetSnapshotUri(profile_token="x"),
        trt.SetSynchronizationPoint(profile_token="x"),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_addresses_of_an_unknown_profile_are_refused(bench, request_):
    assert await bench.fault(request_) == NO_PROFILE


# ---------------------------------------------------------------------------------------------- a camera never reached


async def test_a_camera_that_was_never_reached_has_no_profiles_and_no_sources(stranger):
    assert (await stranger.answer(trt.GetProfiles())).profiles == ()
    assert (await stranger.answer(trt.GetVideoSources())).video_sources == ()
    assert (await stranger.answer(trt.GetVideoEncoderConfigurations())).configurations == ()
    assert await stranger.fault(trt.GetAudioSources()) == NO_AUDIO
    assert await stranger.fault(trt.GetVideoSourceConfigurationOptions()) == NO_CONFIG
    options = (await stranger.answer(trt.GetVideoEncoderConfigurationOptions())).options
    assert options.h264 is None


# -------------------------------------------------------------------------------------------------- the service as such


async def test_capabilities_say_what_is_there(bench, fixed_camera, stranger):
    said = (await bench.answer(trt.GetServiceCapabilities())).capabilities
    assert said.snapshot_uri
    assert said.profile_capabilities.maximum_number_of_profiles == 6
    assert said.streaming_capabilities.rtp_rtsp_tcp
    assert not said.streaming_capabilities.rtp_multicast
    assert not (await fixed_camera.answer(trt.GetServiceCapabilities())).capabilities.snapshot_uri
    unknown = (await stranger.answer(trt.GetServiceCapabilities())).capabilities
    assert unknown.profile_capabilities.maximum_number_of_profiles == 4


def test_the_snapshot_capability_is_the_literal_that_clients_search_for(bench):
    element = encode(SERVICE.capabilities(bench.call("/onvif/x")), tag=f"{{{TRT}}}Capabilities")
    assert element.get("SnapshotUri") == "true"


def test_anyone_may_read_the_capabilities_and_only_operators_change_anything():
    for operation in SERVICE.operations:
        if operation.name == "GetServiceCapabilities":
            assert operation.access is Access.PRE_AUTH
        elif "VideoSourceMode" in operation.name:
            assert operation.access in {Access.READ_SYSTEM, Access.WRITE_SYSTEM}
        else:
            assert operation.access is (Access.READ_MEDIA if operation.name.startswith("Get") else Access.ACTUATE)


def test_the_service_is_there_even_before_the_camera_is(stranger):
    assert SERVICE.is_served(stranger.device)
