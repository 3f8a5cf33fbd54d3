"""Media Configuration Device Test Specification: video sources and video encoders."""

from __future__ import annotations

from statistics import median_low
from typing import TYPE_CHECKING

from tests.conformance import media_checks as checks
from tests.conformance.media_client import CONFIG_MODIFY, Media, changed, configuration_token, contents, held, tokens

if TYPE_CHECKING:
    from tests.conformance.dut import Dut, Element

H264_PROFILES = ("Baseline", "Main", "Extended", "High")
ENCODINGS = ("JPEG", "H264", "MPEG4")


async def test_MEDIA_2_1_2(dut):
    """The video encoders that fit a profile are among all that there are."""
    media = await Media.of(dut)
    every = {each["token"]: contents(each) for each in await media.every("VideoEncoder")}
    assert every
    for profile in tokens(await media.profiles()):
        fitting = await media.compatible("VideoEncoder", profile)
        assert fitting
        assert tokens(fitting)
        assert all(contents(each) == every[each["token"]] for each in fitting)


async def test_MEDIA_2_1_6(dut):
    """Every video source configuration has a guaranteed number of encoders."""
    media = await Media.of(dut)
    for source in tokens(await media.every("VideoSource")):
        assert int((await _instances(media, source)).text("trt:TotalNumber")) > 0


async def test_MEDIA_2_1_7(dut):
    """No more encoders are guaranteed than there are encoders and profiles, and their encodings are in the options."""
    media = await Media.of(dut)
    asked = "<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>"
    limit = "tds:Capabilities/tt:Media/tt:Extension/tt:ProfileCapabilities/tt:MaximumNumberOfProfiles"
    old_limit = int((await dut.ask(asked)).text(limit))
    new_limit = int(
        (await media.ask("GetServiceCapabilities")).one("trt:Capabilities/trt:ProfileCapabilities")[
            "MaximumNumberOfProfiles"
        ]
    )
    encoders = await media.every("VideoEncoder")
    guaranteed = [await _instances(media, source) for source in tokens(await media.every("VideoSource"))]
    assert guaranteed
    for each in guaranteed:
        assert int(each.text("trt:TotalNumber")) <= min(len(encoders), old_limit, new_limit)
    options = await media.options("VideoEncoder")
    for encoding in ENCODINGS:
        numbers = [int(number) for each in guaranteed for number in each.texts(f"trt:{encoding}")]
        is_left_out = len(numbers) < len(guaranteed)
        if any(numbers):
            assert options.has(f"tt:{encoding}")
        elif not is_left_out:
            assert not options.has(f"tt:{encoding}")


async def _instances(media: Media, source: str) -> Element:
    return await media.ask("GetGuaranteedNumberOfVideoEncoderInstances", configuration_token(source))


async def test_MEDIA_2_1_8(dut):
    """A video source configuration takes the bounds that its options offer, and refuses others."""
    media = await Media.of(dut)
    assert tokens((await media.ask("GetVideoSources")).all("trt:VideoSources"))
    listed = set(tokens(await media.every("VideoSource")))
    for profile in tokens(await media.profiles()):
        fitting = tokens(await media.compatible("VideoSource", profile))
        assert fitting
        assert set(fitting) <= listed
    for source in await media.every("VideoSource"):
        options = await media.options("VideoSource", configuration=source["token"])
        for end in ("Min", "Max"):
            step = -1 if end == "Min" else 1
            bounds = {
                f"tt:Bounds/@{attribute}": int(options.text(f"tt:BoundsRange/tt:{name}/tt:{end}"))
                for attribute, name in (
                    ("x", "XRange"),
                    ("y", "YRange"),
                    ("width", "WidthRange"),
                    ("height", "HeightRange"),
                )
            }
            for path, value in bounds.items():
                outside = changed(source, {path: str(value + step)})
                assert await media.set_refused("VideoSource", outside) == CONFIG_MODIFY
            wish = changed(source, {path: str(value) for path, value in bounds.items()})
            await media.set("VideoSource", wish)
            assert contents(await media.one("VideoSource", source["token"])) == contents(wish)


async def test_MEDIA_2_1_9(dut):
    """A JPEG encoder takes the best, the least and the middle of its options, and refuses other sizes."""
    await _encoder_takes_its_options(dut, "JPEG")


async def test_MEDIA_2_1_11(dut):
    """An H.264 encoder takes the best, the least and the middle of its options, and refuses what is beyond."""
    await _encoder_takes_its_options(dut, "H264")


async def _encoder_takes_its_options(dut: Dut, encoding: str) -> None:
    media = await Media.of(dut)
    encoders = [each for each in await media.every("VideoEncoder") if each.text("tt:Encoding") == encoding]
    assert encoders
    for encoder in encoders:
        options = await media.options("VideoEncoder", configuration=encoder["token"])
        for impossible in _impossible(options, encoding):
            fault = await media.set_refused("VideoEncoder", changed(encoder, impossible))
            assert fault == CONFIG_MODIFY, impossible
        assert contents(await media.one("VideoEncoder", encoder["token"])) == contents(encoder)
        for place in range(3):
            wish = _wish(options, encoding, place)
            await media.set("VideoEncoder", changed(encoder, wish | {"tt:RateControl/tt:BitrateLimit": "64000"}))
            is_now = await media.one("VideoEncoder", encoder["token"])
            assert {path: is_now.text(path) for path in wish} == wish
            checks.is_offered_video(is_now, options)


def _wish(options: Element, encoding: str, place: int) -> dict[str, str]:
    """Return the settings at one place of the options: 0 the best, 1 the least, 2 the middle; bit rates are adapted."""
    offered = options.one(f"tt:{encoding}")
    sizes = sorted(_sizes(offered), key=lambda size: -size[0] * size[1])
    width, height = (sizes[0], sizes[-1], sizes[len(sizes) // 2])[place]
    wish = {
        "tt:Encoding": encoding,
        "tt:Resolution/tt:Width": str(width),
        "tt:Resolution/tt:Height": str(height),
        "tt:RateControl/tt:EncodingInterval": _at(offered.one("tt:EncodingIntervalRange"), (1, 0, 2)[place]),
        "tt:RateControl/tt:FrameRateLimit": _at(offered.one("tt:FrameRateRange"), place),
    }
    if encoding == "H264":
        known = offered.texts("tt:H264ProfilesSupported")
        preferred = H264_PROFILES[place:] + H264_PROFILES[:place]
        wish["tt:H264/tt:H264Profile"] = next(each for each in preferred if each in known)
        wish["tt:H264/tt:GovLength"] = _at(offered.one("tt:GovLengthRange"), (1, 0, 2)[place])
    return wish


def _at(span: Element, place: int) -> str:
    """Return a value of a range: 0 the greatest, 1 the least, 2 the middle."""
    least, most = int(span.text("tt:Min")), int(span.text("tt:Max"))
    return str((most, least, median_low(range(least, most + 1)))[place])


def _sizes(offered: Element) -> list[tuple[int, int]]:
    return [
        (int(each.text("tt:Width")), int(each.text("tt:Height"))) for each in offered.all("tt:ResolutionsAvailable")
    ]


def _impossible(options: Element, encoding: str) -> list[dict[str, str]]:
    """Return settings beyond the options: each alone, then all together."""
    offered = options.one(f"tt:{encoding}")
    beyond = {
        "tt:Resolution/tt:Width": str(max(width for width, _ in _sizes(offered)) + 1),
        "tt:RateControl/tt:FrameRateLimit": str(int(offered.text("tt:FrameRateRange/tt:Max")) + 1),
    }
    if encoding == "H264":
        beyond["tt:H264/tt:GovLength"] = str(int(offered.text("tt:GovLengthRange/tt:Max")) + 1)
        beyond["tt:H264/tt:H264Profile"] = next(
            each for each in H264_PROFILES if each not in offered.texts("tt:H264ProfilesSupported")
        )
    return [*({path: value} for path, value in beyond.items()), beyond]


async def test_MEDIA_2_2_1(dut):
    """Profiles hold the video source configurations that are listed."""
    await checks.profiles_hold_listed_configurations(dut, "VideoSource")


async def test_MEDIA_2_2_2(dut):
    """A video source configuration asked for alone is as it is listed."""
    await checks.each_configuration_is_as_listed(dut, "VideoSource")


async def test_MEDIA_2_2_3(dut):
    """Every video source configuration is within its options."""
    media = await Media.of(dut)
    for source in await media.every("VideoSource"):
        checks.is_offered_picture(source, await media.options("VideoSource", configuration=source["token"]))


async def test_MEDIA_2_2_4(dut):
    """The video source configuration of every profile is within the options for the two."""
    media = await Media.of(dut)
    for profile in await media.profiles():
        source = held(profile, "VideoSource")
        assert source is not None
        options = await media.options("VideoSource", configuration=source["token"], profile=profile["token"])
        checks.is_offered_picture(source, options)


async def test_MEDIA_2_2_5(dut):
    """Every video source configuration is of a video source that there is."""
    media = await Media.of(dut)
    sources = tokens((await media.ask("GetVideoSources")).all("trt:VideoSources"))
    assert {each.text("tt:SourceToken") for each in await media.every("VideoSource")} <= set(sources)


async def test_MEDIA_2_2_6(dut):
    """The use counts of video source configurations are true everywhere."""
    await checks.use_counts_are_true(dut, "VideoSource")


async def test_MEDIA_2_2_12(dut):
    """A video source configuration that is added twice to a profile counts once."""
    await checks.use_count_ignores_a_repetition(dut, "VideoSource")


async def test_MEDIA_2_2_14(dut):
    """A video source configuration that is taken out of a profile counts no more."""
    await checks.use_count_follows_a_removal(dut, "VideoSource")


async def test_MEDIA_2_2_15(dut):
    """A video source configuration does not count in a profile that is deleted."""
    await checks.use_count_follows_a_deletion(dut, "VideoSource")


async def test_MEDIA_2_2_16(dut):
    """The use count of a video source configuration cannot be set."""
    await checks.use_count_cannot_be_set(dut, "VideoSource")


async def test_MEDIA_2_3_1(dut):
    """Profiles hold the video encoders that are listed."""
    await checks.profiles_hold_listed_configurations(dut, "VideoEncoder")


async def test_MEDIA_2_3_2(dut):
    """A video encoder asked for alone is as it is listed."""
    await checks.each_configuration_is_as_listed(dut, "VideoEncoder")


async def test_MEDIA_2_3_3(dut):
    """Every video encoder is set within its options."""
    media = await Media.of(dut)
    for encoder in await media.every("VideoEncoder"):
        checks.is_offered_video(encoder, await media.options("VideoEncoder", configuration=encoder["token"]))


async def test_MEDIA_2_3_4(dut):
    """The video encoder of every profile is set within the options for the two."""
    media = await Media.of(dut)
    for profile in await media.profiles():
        encoder = held(profile, "VideoEncoder")
        assert encoder is not None
        options = await media.options("VideoEncoder", configuration=encoder["token"], profile=profile["token"])
        checks.is_offered_video(encoder, options)


async def test_MEDIA_2_3_5(dut):
    """The use counts of video encoders are true everywhere."""
    await checks.use_counts_are_true(dut, "VideoEncoder")


async def test_MEDIA_2_3_12(dut):
    """The first, the middle and the last video encoder take every encoding that they offer."""
    media = await Media.of(dut)
    encoders = await media.every("VideoEncoder")
    chosen = {0, len(encoders) // 2, len(encoders) - 1}
    await _every_encoding(media, [encoder for index, encoder in enumerate(encoders) if index in chosen])


async def test_MEDIA_2_3_18(dut):
    """Every video encoder takes every encoding that it offers."""
    media = await Media.of(dut)
    await _every_encoding(media, await media.every("VideoEncoder"))


async def _every_encoding(media: Media, encoders: list[Element]) -> None:
    assert encoders
    for encoder in encoders:
        options = await media.options("VideoEncoder", configuration=encoder["token"])
        offered = [encoding for encoding in ENCODINGS if options.has(f"tt:{encoding}")]
        assert encoder.text("tt:Encoding") in offered
        for encoding in offered:
            await media.set("VideoEncoder", changed(encoder, _wish(options, encoding, 0)))
            is_now = await media.one("VideoEncoder", encoder["token"])
            assert is_now.text("tt:Encoding") == encoding
            checks.is_offered_video(is_now, options)


async def test_MEDIA_2_3_13(dut):
    """A video encoder that is added twice to a profile counts once."""
    await checks.use_count_ignores_a_repetition(dut, "VideoEncoder")


async def test_MEDIA_2_3_14(dut):
    """A video encoder that takes the place of another counts instead of it."""
    await checks.use_count_follows_a_replacement(dut, "VideoEncoder")


async def test_MEDIA_2_3_15(dut):
    """A video encoder that is taken out of a profile counts no more."""
    await checks.use_count_follows_a_removal(dut, "VideoEncoder")


async def test_MEDIA_2_3_16(dut):
    """A video encoder does not count in a profile that is deleted."""
    await checks.use_count_follows_a_deletion(dut, "VideoEncoder")


async def test_MEDIA_2_3_17(dut):
    """The use count of a video encoder cannot be set."""
    await checks.use_count_cannot_be_set(dut, "VideoEncoder")
