from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest

from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import AAC, MAIN, SUB, MediaBench, camera_of


def scopes_of(description, *, name="Front door"):
    bench = MediaBench(description)
    bench.camera.name = name
    return bench.device.scopes()


def test_scopes_tell_what_the_camera_is_and_can():
    assert scopes_of(camera_of(MAIN, SUB, audio=(AAC,))) == (
        "onvif://www.onvif.org/type/Network_Video_Transmitter",
        "onvif://www.onvif.org/type/video_encoder",
        "onvif://www.onvif.org/type/audio_encoder",
        "onvif://www.onvif.org/type/ptz",
        "onvif://www.onvif.org/hardware/Model",
        "onvif://www.onvif.org/name/Front%20door",
        "onvif://www.onvif.org/location/unknown",
        "onvif://www.onvif.org/MacAddress/02:00:00:00:00:00",
        "onvif://www.onvif.org/SerialNumber/S1",
    )


def test_abilities_that_the_camera_lacks_are_not_told():
    scopes = scopes_of(camera_of(MAIN, ptz=None))
    assert "onvif://www.onvif.org/type/ptz" not in scopes
    assert "onvif://www.onvif.org/type/audio_encoder" not in scopes


@pytest.mark.parametrize("description", [None, described()], ids=["never reached", "described"])
def test_type_location_hardware_and_name_are_always_there(description):
    kinds = {scope.split("/")[3] for scope in scopes_of(description)}
    assert {"type", "location", "hardware", "name"} <= kinds


@pytest.mark.parametrize("name", ["Hof/Süd", "50 % & more?", "a\tb", "  ", "猫"])
def test_names_are_percent_encoded_into_one_segment(name):
    (scope,) = (scope for scope in scopes_of(described(), name=name) if "/name/" in scope)
    assert re.fullmatch(r"[!-~]+", scope)
    path = urlsplit(scope).path
    assert path.count("/") == 2
    assert unquote(path.removeprefix("/name/")) == (name.strip() or "unknown")


def test_a_model_that_is_not_told_is_unknown():
    description = described()
    nameless = replace(description, info=replace(description.info, model=""))
    assert "onvif://www.onvif.org/hardware/unknown" in scopes_of(nameless)


def test_no_onvif_profile_is_claimed_before_it_is_served_wholly():
    scopes = scopes_of(camera_of(MAIN, SUB, audio=(AAC,)))
    assert not [scope for scope in scopes if "/Profile/" in scope]
