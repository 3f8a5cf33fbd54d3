from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.media_tokens import ConfigurationKind
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import BenchCamera
from tests.unit.onvif.media_bench import AAC, MAIN, SUB, camera_of

KIND = ConfigurationKind


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
    media = model(BenchCamera(camera_of(MAIN, audio=(AAC,))))
    assert media.profiles[0].configurations == {
        KIND.VIDEO_SOURCE: "VideoSourceConfig_0",
        KIND.VIDEO_ENCODER: "VideoEncoder_main",
        KIND.AUDIO_SOURCE: "AudioSourceConfig_0",
        KIND.AUDIO_ENCODER: "AudioEncoder_main",
        KIND.METADATA: "Metadata_0",
        KIND.PTZ: "PTZ_0",
    }
    assert media.profiles[0].ptz_token == media.ptz_token == "PTZ_0"


def test_a_fixed_camera_without_microphone_has_neither_ptz_nor_audio():
    media = model(BenchCamera(camera_of(MAIN, ptz=None)))
    assert set(media.profiles[0].configurations) == {KIND.VIDEO_SOURCE, KIND.VIDEO_ENCODER, KIND.METADATA}
    assert media.profiles[0].ptz_token is None
    assert media.ptz is None


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
