from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.formats import AudioCodec, AudioFormat
from bridge.onvif.operation import Access
from bridge.onvif.services.media2 import SERVICE
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from tests.unit.onvif.media_bench import AAC, MAIN, MAIN_H265, MOTION_JPEG, PCMU, SUB, MediaBench, camera_of

NO_PROFILE = ("Sender", "InvalidArgVal", "NoProfile")
NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
NO_AUDIO = ("Receiver", "ActionNotSupported", "AudioNotSupported")
INVALID_SETUP = ("Sender", "InvalidArgVal", "InvalidStreamSetup")
TOKENS = {
    "VideoSource": "VideoSourceConfig_0",
    "VideoEncoder": "VideoEncoder_main",
    "AudioSource": "AudioSourceConfig_0",
    "AudioEncoder": "AudioEncoder_main",
    "Metadata": "Metadata_0",
}
EVERY_KIND = pytest.mark.parametrize("kind", list(TOKENS))
AUDIO_KINDS = pytest.mark.parametrize("kind", ["AudioSource", "AudioEncoder"])
FIELDS = {
    "VideoSource": "video_source",
    "VideoEncoder": "video_encoder",
    "AudioSource": "audio_source",
    "AudioEncoder": "audio_encoder",
    "Metadata": "metadata",
    "Analytics": "analytics",
    "PTZ": "ptz",
}


@pytest.fixture
def bench():
    """A PTZ camera with H.265 and H.264, both with AAC."""
    return MediaBench(camera_of(MAIN_H265, SUB, audio=(AAC, AAC)))


@pytest.fixture
def fixed_camera():
    """A camera with one H.264 stream, that neither moves nor hears nor sees motion nor makes stills."""
    return MediaBench(camera_of(MAIN, ptz=None, snapshot=False, kinds=frozenset()))


@pytest.fixture
def stranger():
    """A camera that was never reached."""
    return MediaBench(None)


def message(pattern, kind):
    return getattr(tr2, pattern.format(kind))


# ------------------------------------------------------------------------------------------------------------- profiles


async def test_profiles_come_without_configurations_unless_asked(bench):
    profiles = (await bench.answer(tr2.GetProfiles())).profiles
    assert [(each.token, each.name, each.fixed, each.configurations) for each in profiles] == [
        ("Profile_main", "main", True, None),
        ("Profile_sub", "sub", True, None),
    ]


@pytest.mark.parametrize("kind", list(FIELDS))
async def test_a_type_brings_that_kind_and_no_other(bench, kind):
    profiles = (await bench.answer(tr2.GetProfiles(type=(kind,)))).profiles
    assert len(profiles) == 2
    for profile in profiles:
        held = {name for name in FIELDS.values() if getattr(profile.configurations, name) is not None}
        assert held == {FIELDS[kind]}


async def test_several_types_and_all_types(bench):
    some = (await bench.answer(tr2.GetProfiles(type=("VideoEncoder", "PTZ")))).profiles[0].configurations
    assert (some.video_encoder.token, some.ptz.token, some.metadata) == ("VideoEncoder_main", "PTZ_0", None)
    everything = (await bench.answer(tr2.GetProfiles(type=("All",)))).profiles[0].configurations
    assert all(getattr(everything, name) is not None for name in FIELDS.values())


@pytest.mark.parametrize("kind", ["AudioSource", "PTZ", "Analytics", "Sunshine"])
async def test_a_kind_that_is_not_there_leaves_the_configurations_empty(fixed_camera, kind):
    (profile,) = (await fixed_camera.answer(tr2.GetProfiles(type=(kind,)))).profiles
    assert profile.configurations == tr2.ConfigurationSet()


async def test_one_profile_can_be_asked_for(bench):
    (profile,) = (await bench.answer(tr2.GetProfiles(token="Profile_sub", type=("VideoEncoder",)))).profiles
    assert profile.configurations.video_encoder.token == "VideoEncoder_sub"
    assert await bench.fault(tr2.GetProfiles(token="Profile_third")) == NO_PROFILE


async def test_both_media_services_show_the_same_profiles_under_the_same_tokens(bench):
    older = (await bench.answer(trt.GetProfiles())).profiles
    newer = (await bench.answer(tr2.GetProfiles(type=("All",)))).profiles
    for old, new in zip(older, newer, strict=True):
        held = new.configurations
        assert (new.token, new.name, new.fixed) == (old.token, old.name, old.fixed)
        assert held.video_source == old.video_source_configuration
        assert held.audio_source == old.audio_source_configuration
        assert held.metadata == old.metadata_configuration
        assert held.ptz == old.ptz_configuration
        assert held.analytics == old.video_analytics_configuration
        assert held.audio_encoder.token == old.audio_encoder_configuration.token
    assert newer[1].configurations.video_encoder.token == older[1].video_encoder_configuration.token


# ------------------------------------------------------------------------------------------- configurations and options


async def test_h265_is_told(bench):
    request = tr2.GetVideoEncoderConfigurations(configuration_token="VideoEncoder_main")
    (encoder,) = (await bench.answer(request)).configurations
    assert (encoder.encoding, encoder.profile, encoder.gov_length) == ("H265", "Main", 100)
    assert (encoder.resolution.width, encoder.resolution.height) == (3840, 2160)
    assert (encoder.rate_control.frame_rate_limit, encoder.rate_control.bitrate_limit) == (25.0, 8192)
    assert encoder.use_count == 1


@EVERY_KIND
async def test_configurations_can_be_asked_for_by_token_by_profile_and_all(bench, kind):
    request = message("Get{}Configurations", kind)
    everything = (await bench.answer(request())).configurations
    assert everything[0].token == TOKENS[kind]
    for question in (
        request(configuration_token=TOKENS[kind]),
        request(profile_token="Profile_main"),
        request(configuration_token=TOKENS[kind], profile_token="Profile_main"),
    ):
        assert (await bench.answer(question)).configurations == everything[:1]


@EVERY_KIND
async def test_unknown_tokens_are_refused(bench, kind):
    for request in (message("Get{}Configurations", kind), message("Get{}ConfigurationOptions", kind)):
        assert await bench.fault(request(configuration_token="PTZ_0")) == NO_CONFIG
        assert await bench.fault(request(profile_token="nobody")) == NO_PROFILE


@EVERY_KIND
async def test_options_can_be_asked_for_with_and_without_tokens(bench, kind):
    options = message("Get{}ConfigurationOptions", kind)
    own = (await bench.answer(options(configuration_token=TOKENS[kind]))).options
    assert (await bench.answer(options(profile_token="Profile_main"))).options == own
    assert (await bench.answer(options())).options


async def test_a_configuration_of_another_profile_is_not_compatible(bench):
    for request in (tr2.GetVideoEncoderConfigurations, tr2.GetVideoEncoderConfigurationOptions):
        question = request(configuration_token="VideoEncoder_sub", profile_token="Profile_main")
        assert await bench.fault(question) == ("Sender", "InvalidArgVal", "IncompatibleConfiguration")


async def test_options_of_an_encoder_are_exactly_how_it_is_set(bench):
    request = tr2.GetVideoEncoderConfigurationOptions(configuration_token="VideoEncoder_main")
    (options,) = (await bench.answer(request)).options
    assert options.encoding == "H265"
    assert options.gov_length_range == (100, 100)
    assert options.frame_rates_supported == (25.0,)
    assert options.profiles_supported == ("Main",)
    assert [(size.width, size.height) for size in options.resolutions_available] == [(3840, 2160)]
    assert (options.bitrate_range.min, options.bitrate_range.max) == (8192, 8192)
    assert (options.quality_range.min, options.quality_range.max) == (1.0, 1.0)


async def test_options_in_general_are_one_block_per_encoding_with_frame_rates_descending():
    bench = MediaBench(camera_of(SUB, MAIN, MOTION_JPEG))
    h264, jpeg = (await bench.answer(tr2.GetVideoEncoderConfigurationOptions())).options
    assert (h264.encoding, jpeg.encoding) == ("H264", "JPEG")
    assert h264.frame_rates_supported == (25.0, 12.5)
    assert h264.gov_length_range == (25, 50)
    assert [size.width for size in h264.resolutions_available] == [2560, 640]
    assert (jpeg.gov_length_range, jpeg.profiles_supported) == (None, None)
    (motion_jpeg,) = (
        await bench.answer(tr2.GetVideoEncoderConfigurations(configuration_token="VideoEncoder_third"))
    ).configurations
    assert (motion_jpeg.gov_length, motion_jpeg.profile) == (None, None)


async def test_audio_encodings_are_named_as_media_types():
    quieter = replace(AAC, bitrate_kbps=32)
    bench = MediaBench(camera_of(MAIN, SUB, MAIN_H265, audio=(AAC, quieter, PCMU)))
    encoders = (await bench.answer(tr2.GetAudioEncoderConfigurations())).configurations
    assert [(each.encoding, each.bitrate, each.sample_rate) for each in encoders] == [
        ("MP4A-LATM", 64, 16),
        ("MP4A-LATM", 32, 16),
        ("PCMU", 64, 8),
    ]
    aac, pcmu = (await bench.answer(tr2.GetAudioEncoderConfigurationOptions())).options
    assert (aac.encoding, aac.bitrate_list.items, aac.sample_rate_list.items) == ("MP4A-LATM", (32, 64), (16,))
    assert pcmu.encoding == "PCMU"


async def test_audio_of_one_stream_only_has_no_options_for_the_other_profile():
    pcma = AudioFormat(AudioCodec.PCMA, 8000, bitrate_kbps=64)
    bench = MediaBench(camera_of(MAIN, SUB, audio=(None, pcma)))
    request = tr2.GetAudioEncoderConfigurationOptions(profile_token="Profile_main")
    assert await bench.fault(request) == NO_CONFIG
    (options,) = (await bench.answer(tr2.GetAudioEncoderConfigurationOptions(profile_token="Profile_sub"))).options
    assert options.encoding == "PCMA"


@AUDIO_KINDS
async def test_a_deaf_camera_has_no_audio_configurations_and_no_options_of_them(fixed_camera, kind):
    assert (await fixed_camera.answer(message("Get{}Configurations", kind)())).configurations == ()
    assert await fixed_camera.fault(message("Get{}ConfigurationOptions", kind)()) == NO_AUDIO


async def test_encoder_instances_are_counted_per_encoding(bench):
    request = tr2.GetVideoEncoderInstances(configuration_token="VideoSourceConfig_0")
    info = (await bench.answer(request)).info
    assert [(each.encoding, each.number) for each in info.codec] == [("H265", 1), ("H264", 1)]
    assert info.total == 2
    assert await bench.fault(tr2.GetVideoEncoderInstances(configuration_token="x")) == NO_CONFIG


# ------------------------------------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize("protocol", ["RtspUnicast", "RTSP"])
async def test_a_stream_address_is_on_the_host_that_the_client_called(bench, protocol):
    request = tr2.GetStreamUri(protocol=protocol, profile_token="Profile_main")
    assert (await bench.answer(request)).uri == "rtsp://192.0.2.1:554/bench/main"


async def test_through_http_a_stream_is_had_from_the_web_port(bench):
    request = tr2.GetStreamUri(protocol="RtspOverHttp", profile_token="Profile_main")
    assert (await bench.answer(request)).uri == "http://192.0.2.1:8000/bench/main"


@pytest.mark.parametrize("protocol", ["RtspMulticast", "RtspsUnicast", "Pigeon"])
async def test_a_transport_that_is_not_served_is_refused(bench, protocol):
    assert await bench.fault(tr2.GetStreamUri(protocol=protocol, profile_token="Profile_main")) == INVALID_SETUP


async def test_stills_are_had_from_the_web_port(bench):
    request = tr2.GetSnapshotUri(profile_token="Profile_sub")
    assert (await bench.answer(request)).uri == "http://192.0.2.1:8000/onvif/snapshot/Profile_sub"


async def test_stills_of_a_camera_that_makes_none_are_not_supported(fixed_camera):
    request = tr2.GetSnapshotUri(profile_token="Profile_main")
    assert await fixed_camera.fault(request) == ("Receiver", "ActionNotSupported")


async def test_a_key_frame_can_be_wished_for(bench):
    await bench.answer(tr2.SetSynchronizationPoint(profile_token="Profile_main"))


@pytest.mark.parametrize(
    "request_",
    [
        tr2.GetStreamUri(protocol="RTSP", profile_token="x"),
        tr2.GetSnapshotUri(profile_token="x"),
        tr2.SetSynchronizationPoint(profile_token="x"),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_addresses_of_an_unknown_profile_are_refused(bench, request_):
    assert await bench.fault(request_) == NO_PROFILE


# -------------------------------------------------------------------------------------------------- the service as such


async def test_a_camera_that_was_never_reached_has_no_profiles(stranger):
    assert (await stranger.answer(tr2.GetProfiles())).profiles == ()
    assert (await stranger.answer(tr2.GetVideoSourceConfigurations())).configurations == ()
    assert await stranger.fault(tr2.GetVideoEncoderConfigurationOptions()) == NO_CONFIG
    assert await stranger.fault(tr2.GetVideoSourceConfigurationOptions()) == NO_CONFIG


async def test_supported_configurations_are_the_kinds_really_there(bench, fixed_camera, stranger):
    async def kinds(asked):
        said = (await asked.answer(tr2.GetServiceCapabilities())).capabilities
        return said.profile_capabilities.configurations_supported

    assert await kinds(bench) == tuple(FIELDS)
    assert await kinds(fixed_camera) == ("VideoSource", "VideoEncoder", "Metadata")
    assert await kinds(stranger) == ("VideoSource", "VideoEncoder", "Metadata")


async def test_capabilities_say_what_is_there(bench, fixed_camera):
    said = (await bench.answer(tr2.GetServiceCapabilities())).capabilities
    assert (said.snapshot_uri, said.osd, said.mask) == (True, False, False)
    assert said.profile_capabilities.maximum_number_of_profiles == 6
    assert said.streaming_capabilities.rtsp_streaming
    assert said.streaming_capabilities.rtp_rtsp_tcp
    assert said.streaming_capabilities.rtsp_web_socket_uri == "ws:/onvif/rtsp"
    assert not said.streaming_capabilities.rtp_multicast
    assert not (await fixed_camera.answer(tr2.GetServiceCapabilities())).capabilities.snapshot_uri


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
