"""Media2 Configuration Device Test Specification: video sources, video encoders, source modes, snapshots."""

from __future__ import annotations

from io import BytesIO

from aiohttp import ClientSession, DigestAuthMiddleware
from PIL import Image

from tests.conformance.changes import CONFIGURATION_CHANGED, changes_of
from tests.conformance.dut import PASSWORD, USERNAME
from tests.conformance.media2_checks import (
    an_unknown_token_is_refused,
    configurations_are_found_by_every_way,
    options_are_told_for_all_for_one_and_for_a_profile,
    profiles_hold_listed_configurations,
)
from tests.conformance.media2_client import Media2, configuration_token, held, video_sources
from tests.conformance.media_checks import is_offered_picture
from tests.conformance.media_client import changed, contents, is_within, tokens

# --------------------------------------------------------------------------------------------------------- the source


async def test_MEDIA2_2_2_1(dut):
    """What a video source configuration can be set to is told in every way; ranges are ranges, nothing rotates."""
    await options_are_told_for_all_for_one_and_for_a_profile(dut, "VideoSource")
    media = await Media2.of(dut)
    (options,) = await media.options("VideoSource")
    for span in ("XRange", "YRange", "WidthRange", "HeightRange"):
        values = options.one(f"tt:BoundsRange/tt:{span}")
        assert int(values.text("tt:Min")) <= int(values.text("tt:Max"))
    assert (await media.capabilities())["Rotation"] == "false"
    assert not options.has("tt:Extension/tt:Rotate")


async def test_MEDIA2_2_2_2(dut):
    """Video source configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "VideoSource")


async def test_MEDIA2_2_2_3(dut):
    """Every video source configuration is as its options allow."""
    media = await Media2.of(dut)
    assert (await media.capabilities())["Rotation"] == "false"
    for source in await media.every("VideoSource"):
        (options,) = await media.options("VideoSource", configuration=source["token"])
        is_offered_picture(source, options)


async def test_MEDIA2_2_2_4(dut):
    """Profiles show video source configurations as they are."""
    await profiles_hold_listed_configurations(dut, "VideoSource")


def smallest_picture(options):
    """Return the changes that put the smallest picture that can be had into the lower corner."""
    least = {name: options.text(f"tt:BoundsRange/tt:{name}/tt:Min") for name in ("XRange", "YRange")}
    size = {name: options.text(f"tt:BoundsRange/tt:{name}/tt:Min") for name in ("WidthRange", "HeightRange")}
    return _bounds(least["XRange"], least["YRange"], size["WidthRange"], size["HeightRange"])


def picture_from_the_middle(options):
    """Return the changes that let the picture begin in the middle, as far as there is room."""
    spans = {
        name: [int(options.text(f"tt:BoundsRange/tt:{name}/tt:{end}")) for end in ("Min", "Max")]
        for name in ("XRange", "YRange", "WidthRange", "HeightRange")
    }
    if all(low == high for low, high in spans.values()):
        return smallest_picture(options)
    x = (sum(spans["XRange"]) - spans["WidthRange"][0]) // 2
    y = (sum(spans["YRange"]) - spans["HeightRange"][0]) // 2
    width = min(spans["WidthRange"][1], spans["XRange"][1] - x)
    return _bounds(x, y, width, min(spans["HeightRange"][1], spans["YRange"][1] - y))


def _bounds(x, y, width, height):
    values = {"x": x, "y": y, "width": width, "height": height}
    return {f"tt:Bounds/@{name}": str(value) for name, value in values.items()}


async def test_MEDIA2_2_2_5(dut):
    """Every value that is offered for a video source configuration can be set, is shown, and is told."""
    media = await Media2.of(dut)
    async with changes_of(dut, CONFIGURATION_CHANGED) as changes:
        for present in await media.every("VideoSource"):
            token = present["token"]
            (options,) = await media.options("VideoSource", configuration=token)
            assert not options.has("tt:Extension/tt:Rotate")
            sources = options.texts("tt:VideoSourceTokensAvailable")
            for name, source, picture in (
                ("TestName1", sources[0], smallest_picture(options)),
                ("TestName2", sources[-1], picture_from_the_middle(options)),
            ):
                wished = changed(present, {"tt:Name": name, "tt:SourceToken": source, **picture})
                await media.set("VideoSource", wished)
                await changes.of_configuration(token, "VideoSource")
                assert contents(await media.one("VideoSource", token)) == contents(wished)


async def test_MEDIA2_2_2_6(dut):
    """A token of no video source configuration is refused."""
    await an_unknown_token_is_refused(dut, "VideoSource")


async def test_MEDIA2_2_2_7(dut):
    """Every video source configuration in a profile is as the options for both allow."""
    media = await Media2.of(dut)
    holding = [each for each in await media.profiles("VideoSource") if held(each, "VideoSource") is not None]
    assert holding
    for profile in holding:
        source = profile.one("tr2:Configurations/tr2:VideoSource")
        (options,) = await media.options("VideoSource", configuration=source["token"], profile=profile["token"])
        is_offered_picture(source, options)
        assert not source.has("tt:Extension")


# ------------------------------------------------------------------------------------------------------- the encoders


def is_offered(encoder, options):
    """Whether an encoder is as one set of options allows."""
    sizes = [(each.text("tt:Width"), each.text("tt:Height")) for each in options.all("tt:ResolutionsAvailable")]
    gov_length = [int(each) for each in options.get("GovLengthRange").split()]
    return (
        encoder.text("tt:Encoding") == options.text("tt:Encoding")
        and is_within(encoder.text("tt:Quality"), options.one("tt:QualityRange"))
        and (encoder.text("tt:Resolution/tt:Width"), encoder.text("tt:Resolution/tt:Height")) in sizes
        and (not gov_length or gov_length[0] <= int(encoder["GovLength"]) <= gov_length[1])
        and float(encoder.text("tt:RateControl/tt:FrameRateLimit")) in frame_rates(options)
        and is_within(encoder.text("tt:RateControl/tt:BitrateLimit"), options.one("tt:BitrateRange"))
        and encoder.get("Profile") in (options.get("ProfilesSupported").split() or [""])
    )


def frame_rates(options):
    return [float(each) for each in options["FrameRatesSupported"].split()]


async def test_MEDIA2_2_3_1(dut):
    """Video encoder configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "VideoEncoder")


async def test_MEDIA2_2_3_2(dut):
    """Every video encoder is as its options allow."""
    media = await Media2.of(dut)
    for encoder in await media.every("VideoEncoder"):
        options = await media.options("VideoEncoder", configuration=encoder["token"])
        assert any(is_offered(encoder, each) for each in options), encoder


async def test_MEDIA2_2_3_3(dut):
    """Every video encoder in a profile is as the options for both allow."""
    media = await Media2.of(dut)
    holding = [each for each in await media.profiles("VideoEncoder") if held(each, "VideoEncoder") is not None]
    assert holding
    for profile in holding:
        encoder = profile.one("tr2:Configurations/tr2:VideoEncoder")
        options = await media.options("VideoEncoder", configuration=encoder["token"], profile=profile["token"])
        assert any(is_offered(encoder, each) for each in options), encoder


def lowest(present, options):
    """Return an encoder set to the least, or the first, of everything."""
    return encoder_set(present, options, name="TestName1", end="Min", first_or_last=0, rate=min)


def highest(present, options):
    """Return an encoder set to the most, or the last, of everything."""
    return encoder_set(present, options, name="TestName2", end="Max", first_or_last=-1, rate=max)


def encoder_set(present, options, *, name, end, first_or_last, rate):
    size = options.all("tt:ResolutionsAvailable")[first_or_last]
    wished = changed(
        present,
        {
            "tt:Name": name,
            "tt:Encoding": options.text("tt:Encoding"),
            "tt:Resolution/tt:Width": size.text("tt:Width"),
            "tt:Resolution/tt:Height": size.text("tt:Height"),
            "tt:RateControl/tt:FrameRateLimit": rate(options["FrameRatesSupported"].split(), key=float),
            "tt:RateControl/tt:BitrateLimit": options.text(f"tt:BitrateRange/tt:{end}"),
            "tt:Quality": options.text(f"tt:QualityRange/tt:{end}"),
        },
    )
    for attribute, offered in (("GovLength", "GovLengthRange"), ("Profile", "ProfilesSupported")):
        if values := options.get(offered).split():
            wished.raw.set(attribute, values[first_or_last])
        else:
            leave_out(wished, attribute)
    return without_constant_bit_rate(wished)


def without_constant_bit_rate(encoder):
    """Return an encoder that leaves open, or does not say, whether the bit rate is constant."""
    leave_out(encoder.one("tt:RateControl"), "ConstantBitRate")
    return encoder


def leave_out(element, attribute):
    if attribute in element.raw.attrib:
        del element.raw.attrib[attribute]


async def test_MEDIA2_2_3_4(dut):
    """Every video encoder can be set to both ends of what is offered for each encoding; it is shown, and told.

    More than the case compares is compared: bit rate, frame rate and profile have to be as they were set, too.
    """
    media = await Media2.of(dut)
    async with changes_of(dut, CONFIGURATION_CHANGED) as changes:
        for present in await media.every("VideoEncoder"):
            token = present["token"]
            for options in await media.options("VideoEncoder", configuration=token):
                for wished in (lowest(present, options), highest(present, options)):
                    await media.set("VideoEncoder", wished)
                    await changes.of_configuration(token, "VideoEncoder")
                    shown = await media.one("VideoEncoder", token)
                    assert contents(without_constant_bit_rate(shown)) == contents(wished)


async def test_MEDIA2_2_3_5(dut):
    """Ranges of key frame distances have two ends in order, and frame rates are listed fastest first."""
    media = await Media2.of(dut)
    found = await media.options("VideoEncoder")
    for encoder in await media.every("VideoEncoder"):
        found += await media.options("VideoEncoder", configuration=encoder["token"])
    for options in found:
        if gov_length := options.get("GovLengthRange"):
            least, most = map(int, gov_length.split())
            assert least <= most
        assert frame_rates(options) == sorted(frame_rates(options), reverse=True)


# ---------------------------------------------------------------------------------------------------- modes, pictures


async def modes(media, source):
    """Return the modes of a video source, just one of which is in force."""
    asked = f"<tr2:VideoSourceToken>{source}</tr2:VideoSourceToken>"
    found = (await media.ask("GetVideoSourceModes", asked)).all("tr2:VideoSourceModes")
    tokens(found)
    assert len([each for each in found if each.get("Enabled") == "true"]) == 1
    return found


async def test_MEDIA2_2_4_1(dut):
    """Every video source has modes with different tokens and some encodings each; one mode is in force."""
    media = await Media2.of(dut)
    assert (await media.capabilities())["VideoSourceMode"] == "true"
    for source in await video_sources(dut):
        assert all(each.text("tr2:Encodings").split() for each in await modes(media, source))


async def test_MEDIA2_2_4_2(dut):
    """Every video source can be put into another mode, and into the last one, without a restart."""
    media = await Media2.of(dut)
    for source in await video_sources(dut):
        known = await modes(media, source)
        assert len(known) > 1
        other = next(each["token"] for each in known if each.get("Enabled") != "true")
        for mode in (other, known[-1]["token"]):
            asked = f"<tr2:VideoSourceToken>{source}</tr2:VideoSourceToken>"
            asked += f"<tr2:VideoSourceModeToken>{mode}</tr2:VideoSourceModeToken>"
            assert (await media.ask("SetVideoSourceMode", asked)).text("tr2:Reboot") == "false"
            assert [each["token"] for each in await modes(media, source) if each.get("Enabled") == "true"] == [mode]


async def test_MEDIA2_5_1_1(dut):
    """The snapshot address of a profile with a picture leads to a JPEG."""
    media = await Media2.of(dut)
    assert (await media.capabilities())["SnapshotUri"] == "true"
    profile = await media.profile_with("VideoSource", "VideoEncoder")
    uri = (await media.ask("GetSnapshotUri", f"<tr2:ProfileToken>{profile}</tr2:ProfileToken>")).text("tr2:Uri")
    async with (
        ClientSession(middlewares=(DigestAuthMiddleware(USERNAME, PASSWORD),)) as session,
        session.get(uri) as answer,
    ):
        assert answer.status == 200
        assert answer.content_type == "image/jpeg"
        with Image.open(BytesIO(await answer.read())) as picture:
            assert picture.format == "JPEG"
            picture.load()


async def test_MEDIA2_5_1_2(dut):
    """For every video source at least one configuration has encoders that can run."""
    media = await Media2.of(dut)
    configurations = await media.every("VideoSource")
    for source in await video_sources(dut):
        answers = [
            await media.ask("GetVideoEncoderInstances", configuration_token(each["token"]))
            for each in configurations
            if each.text("tt:SourceToken") == source
        ]
        assert any(int(each.text("tr2:Info/tr2:Total")) > 0 for each in answers)
