"""Encoders as they are set: the codec follows from the size, and both streams go in one object."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.errors import InvalidValue
from bridge.core.formats import Resolution, VideoCodec
from bridge.core.units import Range
from tests.unit.drivers.reolink.scripted import good

if TYPE_CHECKING:
    from bridge.core.model import EncoderSettings
    from tests.unit.drivers.reolink.bench import World

UHD, QHD, SHD = Resolution(3840, 2160), Resolution(2560, 1440), Resolution(2304, 1296)


def encoder(world: World, name: str = "main") -> EncoderSettings:
    stream = world.described.stream(name)
    assert stream is not None
    return stream.encoder


async def changed(world: World, name: str = "main", **fields: Any) -> EncoderSettings:
    """Change fields of a stream's encoder, and return how it is set then."""
    async with world.obeying() as facets:
        assert facets.encoders is not None
        found = await facets.encoders.set(name, replace(encoder(world, name), **fields))
        assert encoder(world, name) == found, "it is described so by then"
        return found


async def test_a_frame_rate_and_a_bit_rate_are_set_and_read_back(world: World) -> None:
    found = await changed(world, frame_rate=15.0, bitrate_kbps=2048, gov_length=30)
    assert (found.frame_rate, found.bitrate_kbps, found.gov_length) == (15.0, 2048, 30)
    (sent,) = world.sent("SetEnc")
    assert sent["Enc"]["channel"] == 0
    assert sent["Enc"]["audio"] == 1
    assert sent["Enc"]["mainStream"]["gop"] == 2
    assert sent["Enc"]["subStream"] == {
        "bitRate": 256,
        "frameRate": 10,
        "gop": 4,
        "profile": "High",
        "size": "640*360",
        "vType": "h264",
    }


@pytest.mark.parametrize(
    ("fields", "native"),
    [
        ({"bitrate_kbps": 5000, "gov_length": 25}, {"bitRate": 4096, "gop": 1}),
        ({"bitrate_kbps": 10}, {"bitRate": 1024}),
        ({"frame_rate": 24.0}, {"frameRate": 22}),
        ({"frame_rate": 30.0, "bitrate_kbps": 2048}, {"frameRate": 25}),
        ({"frame_rate": 1.0}, {"frameRate": 2}),
        ({"frame_rate": 20.0, "gov_length": 50}, {"frameRate": 20, "gop": 3}),
        ({"gov_length": 1}, {"gop": 1}),
        ({"gov_length": 1000}, {"gop": 4}),
        ({"codec_profile": "Baseline"}, {"profile": "Base"}),
    ],
)
async def test_wishes_become_the_nearest_that_is_listed(
    world: World, fields: dict[str, Any], native: dict[str, Any]
) -> None:
    await changed(world, **fields)
    (sent,) = world.sent("SetEnc")
    assert {key: sent["Enc"]["mainStream"][key] for key in native} == native


async def test_a_size_brings_its_own_codec_and_limits(world: World) -> None:
    world.camera.answers["GetEnc"]["value"]["Enc"]["mainStream"] |= {"width": 2560, "height": 1440}
    found = await changed(world, codec=VideoCodec.H265, resolution=UHD, bitrate_kbps=2048)
    assert (found.codec, found.resolution, found.bitrate_kbps) == (VideoCodec.H265, UHD, 4096)
    stream = world.sent("SetEnc")[0]["Enc"]["mainStream"]
    assert (stream["size"], stream["vType"], stream["width"], stream["height"]) == ("3840*2160", "h265", 3840, 2160)
    assert stream["profile"] == "High", "means nothing for H.265, and stays"


async def test_a_new_size_of_the_main_stream_fits_the_sub_stream_to_its_limits(world: World) -> None:
    entry = world.camera.answers["GetEnc"]["range"]["Enc"][2]
    entry["subStream"] |= {"bitRate": [64, 128], "frameRate": [7, 4]}
    await changed(world, resolution=SHD)
    sub = world.sent("SetEnc")[0]["Enc"]["subStream"]
    assert (sub["bitRate"], sub["frameRate"], sub["size"], sub["gop"]) == (128, 7, "640*360", 4)


async def test_the_sub_stream_is_set_within_the_limits_of_the_main_size(world: World) -> None:
    found = await changed(world, "sub", bitrate_kbps=500, frame_rate=15.0)
    assert (found.bitrate_kbps, found.frame_rate) == (384, 15.0)
    assert world.sent("SetEnc")[0]["Enc"]["mainStream"]["bitRate"] == 4096


@pytest.mark.parametrize(
    "fields", [{"resolution": UHD}, {"codec": VideoCodec.H265}, {"resolution": Resolution(1920, 1080)}]
)
async def test_a_size_with_another_codec_and_an_unknown_size_are_refused(world: World, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as caught:
        await changed(world, **fields)
    assert caught.value.reason == "settings"
    assert not world.sent("SetEnc")


async def test_where_key_frames_cannot_be_set_their_distance_follows_the_frame_rate(world: World) -> None:
    world.change("GetAbility", "Ability", abilityChn=[{"supportGop": {"ver": 0}}])
    found = await changed(world, frame_rate=15.0, gov_length=15)
    assert found.gov_length == 30
    assert world.sent("SetEnc")[0]["Enc"]["mainStream"]["gop"] == 2
    assert all(options.gov_length == Range(50, 50) or not options.gov_length.span for options in main_options(world))


def main_options(world: World) -> tuple[Any, ...]:
    return world.described.streams[0].options


async def test_a_camera_that_does_not_tell_its_codec_is_believed_what_its_stream_shows(world: World) -> None:
    enc = world.camera.answers["GetEnc"]
    for holder in (enc["value"]["Enc"], *enc["range"]["Enc"]):
        for native in ("mainStream", "subStream"):
            del holder[native]["vType"]
    async with world.obeying() as facets:
        assert facets.encoders is not None
        world.driver._learn_codec("main", VideoCodec.H265)
        settings = encoder(world)
        assert settings.codec is VideoCodec.H265
        await facets.encoders.set("main", replace(settings, bitrate_kbps=1024))
        assert (encoder(world).codec, encoder(world).bitrate_kbps) == (VideoCodec.H265, 1024)
    assert "vType" not in world.sent("SetEnc")[0]["Enc"]["mainStream"]


async def test_an_old_camera_without_ranges_has_nothing_to_choose(world: World) -> None:
    world.camera.answers["GetEnc"] = good("GetEnc", world.camera.answers["GetEnc"]["value"])
    async with world.running():
        assert world.driver.facets.encoders is None
        assert [len(stream.options) for stream in world.described.streams] == [1, 1]


async def test_the_ability_to_set_encoders_can_be_denied(world: World) -> None:
    world.change("GetAbility", "Ability", enc={"permit": 0, "ver": 0})
    world.camera.answers["GetAbility"]["value"]["Ability"]["abilityChn"][0].pop("enc")
    async with world.running():
        assert world.driver.facets.encoders is None


async def test_setting_what_is_set_sends_nothing(world: World) -> None:
    await changed(world)
    assert not world.sent("SetEnc")
