"""Profiles and configurations changed by a client that knows only ONVIF's own documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import zeep.exceptions

from tests.clients.official import service
from tests.programs import program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.demo import Demo


@pytest.fixture
def onvif(demo: Demo) -> Callable[[str], Any]:
    def connect(name: str) -> Any:
        return service(name, demo.xaddr, username=demo.username, password=demo.password)

    return connect


def test_a_profile_of_ones_own_plays_the_stream_of_its_encoder(onvif: Callable[[str], Any]):
    media, media2 = onvif("media"), onvif("media2")
    made = media.CreateProfile(Name="SynoProfile", Token="syno")
    try:
        assert (made.token, made.fixed) == ("syno", False)
        media.AddVideoSourceConfiguration(ProfileToken="syno", ConfigurationToken="VideoSourceConfig_0")
        sub = {"Type": "VideoEncoder", "Token": "VideoEncoder_sub"}
        media2.AddConfiguration(ProfileToken="syno", Name="Mine", Configuration=[sub])
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        uri = media.GetStreamUri(StreamSetup=setup, ProfileToken="syno").Uri
        assert uri == media2.GetStreamUri(Protocol="RTSP", ProfileToken="Profile_sub") + "/video"
        (profile,) = media2.GetProfiles(Token="syno", Type=["All"])
        assert (profile.Name, profile.Configurations.VideoEncoder.UseCount) == ("Mine", 2)
    finally:
        media2.DeleteProfile(Token="syno")
    assert [profile.token for profile in media.GetProfiles()] == ["Profile_main", "Profile_sub", "Profile_jpeg"]


@pytest.mark.parametrize("name", ["media", "media2"])
def test_every_configuration_can_be_read_and_set_back(onvif: Callable[[str], Any], name: str):
    media = onvif(name)
    more = {"ForcePersistence": True} if name == "media" else {}
    for kind in ("VideoSource", "VideoEncoder", "AudioSource", "AudioEncoder", "Metadata"):
        read, write = media[f"Get{kind}Configurations"], media[f"Set{kind}Configuration"]
        for configuration in read():
            write(Configuration=configuration, **more)
        assert [each.token for each in read()], kind


def test_what_the_camera_cannot_be_set_to_is_refused(onvif: Callable[[str], Any]):
    media = onvif("media2")
    (encoder,) = media.GetVideoEncoderConfigurations(ConfigurationToken="VideoEncoder_main")
    encoder.Resolution.Width += 2
    with pytest.raises(zeep.exceptions.Fault) as caught:
        media.SetVideoEncoderConfiguration(Configuration=encoder)
    assert [code.localname for code in caught.value.subcodes] == ["InvalidArgVal", "ConfigModify"]


@pytest.mark.timeout(60)
def test_profiles_of_clients_survive_a_restart(tmp_path: Path):
    account = {"username": "owner", "password": "look-at-it"}
    camera = {"id": "gate", "family": "reolink", "host": "127.0.0.1", "port": 9, "username": "admin", "password": "x"}
    bridge = {"bind": "127.0.0.1", "rtsp_port": 0, "http_port": 0, "discovery": False, "state": f"{tmp_path}/state.db"}
    path = tmp_path / "bridge.yaml"
    path.write_text(json.dumps({"bridge": bridge, "users": [account], "cameras": [camera]}))

    def media_of(ready: dict[str, Any]) -> Any:
        return service("media2", ready["devices"][0]["xaddr"], **account)

    for expected in ([], ["Mine"]):
        with program("run", "--config", str(path), log=tmp_path / "bridge.log") as running:
            media = media_of(running.ready)
            assert [profile.Name for profile in media.GetProfiles()] == expected
            media.CreateProfile(Name="Mine")
            assert running.stop() == 0
