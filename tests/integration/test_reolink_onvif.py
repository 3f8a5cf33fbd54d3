"""From a client that knows only ONVIF's own documents to the simulated camera and back: the whole way of a setting."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from tests.clients.official import service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo import Demo


@pytest.fixture
def onvif(demo: Demo) -> Callable[[str], Any]:
    def connect(name: str) -> Any:
        return service(name, demo.xaddr, username=demo.username, password=demo.password)

    return connect


def done(demo: Demo, command: str) -> list[dict[str, Any]]:
    """The parameters of every such command that the camera has carried out."""
    with urlopen(f"{demo.control}/journal?since=0", timeout=5) as response:  # noqa: S310 - the demo's own address
        entries = json.load(response)
    return [
        entry["request"]["param"]
        for entry in entries
        if entry["command"] == command and (entry["answer"] or {}).get("code") == 0
    ]


def test_a_picture_control(demo: Demo, onvif: Callable[[str], Any]) -> None:
    imaging = onvif("imaging")
    (source,) = onvif("media").GetVideoSources()
    before = imaging.GetImagingSettings(VideoSourceToken=source.token).Brightness
    imaging.SetImagingSettings(VideoSourceToken=source.token, ImagingSettings={"Brightness": 50.0})
    assert imaging.GetImagingSettings(VideoSourceToken=source.token).Brightness == 50.0
    assert done(demo, "SetImage")[-1]["Image"]["bright"] == 128
    imaging.SetImagingSettings(VideoSourceToken=source.token, ImagingSettings={"Brightness": before})


def test_an_encoder(demo: Demo, onvif: Callable[[str], Any]) -> None:
    media2 = onvif("media2")

    def now() -> Any:
        return media2.GetVideoEncoderConfigurations(ConfigurationToken="VideoEncoder_main")[0]

    before, wished = now(), now()
    wished.RateControl.BitrateLimit = 2048
    media2.SetVideoEncoderConfiguration(Configuration=wished)
    assert now().RateControl.BitrateLimit == 2048
    assert done(demo, "SetEnc")[-1]["Enc"]["mainStream"]["bitRate"] == 2048
    media2.SetVideoEncoderConfiguration(Configuration=before)
    assert now().RateControl.BitrateLimit == before.RateControl.BitrateLimit


def test_a_lamp_and_the_siren(demo: Demo, onvif: Callable[[str], Any]) -> None:
    device = onvif("device")
    for command in ("tt:IRLamp|Off", "tt:IRLamp|Auto", "Siren|On", "Siren|Off"):
        device.SendAuxiliaryCommand(AuxiliaryCommand=command)
    assert [each["IrLights"]["state"] for each in done(demo, "SetIrLights")[-2:]] == ["Off", "Auto"]
    assert [each["manual_switch"] for each in done(demo, "AudioAlarmPlay")[-2:]] == [1, 0]


def test_a_text_in_the_picture(demo: Demo, onvif: Callable[[str], Any]) -> None:
    media2 = onvif("media2")

    def name() -> Any:
        return next(each for each in media2.GetOSDs() if each.TextString.Type == "Plain")

    before, wished = name(), name()
    wished.TextString.PlainText = "Gate"
    media2.SetOSD(OSD=wished)
    assert name().TextString.PlainText == "Gate"
    assert done(demo, "SetOsd")[-1]["Osd"]["osdChannel"]["name"] == "Gate"
    media2.SetOSD(OSD=before)


def test_a_privacy_mask(demo: Demo, onvif: Callable[[str], Any]) -> None:
    media2 = onvif("media2")
    corners = [{"x": x, "y": y} for x, y in ((0, 0), (0, 1), (1, 1), (1, 0))]
    (source,) = media2.GetVideoSourceConfigurations()
    mask = {"ConfigurationToken": source.token, "Polygon": {"Point": corners}, "Type": "Color", "Enabled": True}
    token = media2.CreateMask(Mask=mask)
    assert [each.token for each in media2.GetMasks()] == [token]
    (block,) = [each["block"] for each in done(demo, "SetMask")[-1]["Mask"]["area"]]
    assert (block["x"], block["y"]) == (1280, 0)
    media2.DeleteMask(Token=token)
    assert not media2.GetMasks()


def test_a_zoom_position_and_home(demo: Demo, onvif: Callable[[str], Any]) -> None:
    ptz = onvif("ptz")
    ptz.AbsoluteMove(ProfileToken="Profile_main", Position={"Zoom": {"x": 0.25}})
    assert done(demo, "StartZoomFocus")[-1]["ZoomFocus"]["pos"] == 8
    ptz.Stop(ProfileToken="Profile_main", PanTilt=True, Zoom=True)
    ptz.SetHomePosition(ProfileToken="Profile_main")
    ptz.GotoHomePosition(ProfileToken="Profile_main")
    assert [each["PtzGuard"]["cmdStr"] for each in done(demo, "SetPtzGuard")[-2:]] == ["setPos", "toPos"]
