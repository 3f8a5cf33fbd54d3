from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.detection import MotionGrid, MotionRegionsDescription
from bridge.core.events import EventKind
from bridge.core.formats import AudioCodec
from bridge.core.talk import TalkDescription
from bridge.onvif.compatibility import DEFAULTS
from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.media_tokens import ConfigurationKind
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import BenchCamera
from tests.unit.onvif.media_bench import AAC, MAIN, SUB, camera_of

KIND = ConfigurationKind
HORN = TalkDescription((AudioCodec.PCMU,))
REGIONS = MotionRegionsDescription(regions=(), most=4)
GRID = MotionGrid(2, 1, active=(True, False))


def model(camera):
    return MediaModel(camera, MediaStore(VolatileMemory()))


def test_every_native_stream_is_a_fixed_profile_best_first():
    media = model(BenchCamera(camera_of(MAIN, SUB)))
    assert [(profile.token, profile.name, profile.fixed) for profile in media.profiles] == [
        ("Profile_main", "main", True),
        ("Profile_sub", "sub", True),
    ]
    assert media.profile("Profile_sub") is media.profiles[1]
    assert media.profile("Profile_third") is None


def test_a_profile_holds_everything_that_the_camera_has():
    media = model(BenchCamera(replace(camera_of(MAIN, audio=(AAC,)), talk=HORN)))
    assert media.profiles[0].configurations == {
        KIND.VIDEO_SOURCE: "VideoSourceConfig_0",
        KIND.VIDEO_ENCODER: "VideoEncoder_main",
        KIND.AUDIO_SOURCE: "AudioSourceConfig_0",
        KIND.AUDIO_ENCODER: "AudioEncoder_main",
        KIND.AUDIO_OUTPUT: "AudioOutputConfig_0",
        KIND.AUDIO_DECODER: "AudioDecoder_0",
        KIND.METADATA: "Metadata_0",
        KIND.ANALYTICS: "VideoAnalytics_0",
        KIND.PTZ: "PTZ_0",
    }
    assert media.profiles[0].ptz_token == media.ptz_token == "PTZ_0"


def test_a_plain_camera_has_nothing_but_pictures_and_metadata():
    media = model(BenchCamera(camera_of(MAIN, ptz=None, kinds=frozenset())))
    assert set(media.profiles[0].configurations) == {KIND.VIDEO_SOURCE, KIND.VIDEO_ENCODER, KIND.METADATA}
    assert media.profiles[0].ptz_token is None
    assert media.ptz is None
    assert media.talk is None
    assert not media.has_analytics


@pytest.mark.parametrize(
    ("talk", "switches", "is_shown"),
    [
        (HORN, {}, True),
        (TalkDescription((AudioCodec.AAC, AudioCodec.PCMA)), {}, True),
        (TalkDescription((AudioCodec.AAC,)), {}, False),
        (HORN, {"rtsp_anonymous": True}, False),
    ],
)
def test_a_loudspeaker_is_shown_only_if_clients_can_and_may_talk_through_it(talk, switches, is_shown):
    camera = BenchCamera(replace(camera_of(MAIN), talk=talk))
    media = MediaModel(camera, MediaStore(VolatileMemory()), compatibility=DEFAULTS.but(switches))
    assert media.talk == (talk if is_shown else None)
    assert bool({KIND.AUDIO_OUTPUT, KIND.AUDIO_DECODER} & set(media.profiles[0].configurations)) is is_shown


def test_sound_is_in_the_profiles_of_streams_that_have_it():
    media = model(BenchCamera(camera_of(MAIN, SUB, audio=(AAC,))))
    heard = [{KIND.AUDIO_SOURCE, KIND.AUDIO_ENCODER} & set(profile.configurations) for profile in media.profiles]
    assert heard == [{KIND.AUDIO_SOURCE, KIND.AUDIO_ENCODER}, set()]


@pytest.mark.parametrize(
    "ability",
    [{"events": frozenset({EventKind.MOTION})}, {"motion_regions": REGIONS}, {"motion_grid": GRID}],
    ids=["reports motion", "regions", "grid"],
)
def test_a_camera_that_looks_for_motion_in_any_way_has_an_analytics_configuration(ability):
    blind = camera_of(MAIN, kinds=frozenset({EventKind.DIGITAL_INPUT}))
    assert model(BenchCamera(blind)).tokens(KIND.ANALYTICS) == ()
    media = model(BenchCamera(replace(blind, **ability)))
    assert media.has_analytics
    assert media.tokens(KIND.ANALYTICS) == (media.analytics_token,)


def test_use_counts_are_numbers_of_profiles():
    media = model(BenchCamera(camera_of(MAIN, SUB, audio=(AAC,))))
    counts = {token: media.use_count(token) for kind in KIND for token in media.tokens(kind)}
    assert counts == {
        "VideoSourceConfig_0": 2,
        "VideoEncoder_main": 1,
        "VideoEncoder_sub": 1,
        "AudioSourceConfig_0": 1,
        "AudioEncoder_main": 1,
        "Metadata_0": 2,
        "VideoAnalytics_0": 2,
        "PTZ_0": 2,
    }
    assert media.use_count("nothing") == 0


def test_encoders_are_found_by_their_own_tokens_only():
    media = model(BenchCamera(camera_of(MAIN, SUB, audio=(AAC,))))
    assert media.encoder("VideoEncoder_sub") is SUB
    assert media.audio("AudioEncoder_main") is AAC
    for token in ("VideoSourceConfig_0", "AudioEncoder_main", "VideoEncoder_third"):
        with pytest.raises(KeyError):
            media.encoder(token)
    with pytest.raises(KeyError):
        media.audio("AudioEncoder_sub")
    with pytest.raises(KeyError):
        media.stream("VideoEncoder_third")


def test_a_camera_that_was_never_reached_has_nothing_yet_but_its_tokens_are_known():
    camera = BenchCamera(None)
    media = model(camera)
    assert not media.profiles
    assert not media.streams
    assert not any(media.tokens(kind) for kind in KIND)
    assert media.video_source_token == "VideoSource_0"
    camera.description = camera_of(MAIN)
    assert [profile.token for profile in media.profiles] == ["Profile_main"]


def test_a_new_description_is_followed_and_tokens_stay():
    camera = BenchCamera(camera_of(MAIN, SUB))
    media = model(camera)
    before = media.profiles
    assert media.profiles is before
    slower = replace(MAIN, frame_rate=10.0)
    camera.description = camera_of(slower, SUB)
    assert media.encoder("VideoEncoder_main") is slower
    assert [profile.token for profile in media.profiles] == [profile.token for profile in before]
    assert [profile.configurations for profile in media.profiles] == [profile.configurations for profile in before]
