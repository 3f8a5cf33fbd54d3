"""Media Configuration Device Test Specification: audio outputs and audio decoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance import media_checks as checks
from tests.conformance.media_client import CONFIG_MODIFY, NO_CONFIG, Media, changed, contents, held, held_token, tokens

if TYPE_CHECKING:
    from tests.conformance.dut import Element


async def test_MEDIA_3_4_4(dut):
    """An audio output configuration takes everything that its options offer, and a name."""
    media = await Media.of(dut)
    outputs = await media.every("AudioOutput")
    for output in outputs:
        options = await media.options("AudioOutput", configuration=output["token"])
        for wish in _wishes(output, options):
            await media.set("AudioOutput", wish)
            assert contents(await media.one("AudioOutput", output["token"])) == contents(wish)


def _wishes(output: Element, options: Element) -> list[Element]:
    """Return an audio output configuration with every choice, and the least and the greatest level."""
    choices = [
        {"tt:OutputToken": token, "tt:SendPrimacy": primacy}
        for token in options.texts("tt:OutputTokensAvailable")
        for primacy in options.texts("tt:SendPrimacyOptions")
    ]
    assert choices
    levels = [options.text(f"tt:OutputLevelRange/tt:{end}") for end in ("Min", "Max")]
    return [
        changed(output, choice | {"tt:OutputLevel": level, "tt:Name": f"Level {level}"})
        for choice in choices
        for level in levels
    ]


async def test_MEDIA_3_4_6(dut):
    """An audio output configuration refuses everything that its options do not offer, and stays as it is."""
    media = await Media.of(dut)
    outputs = await media.every("AudioOutput")
    for output in outputs:
        options = await media.options("AudioOutput", configuration=output["token"])
        impossible = {
            "tt:OutputToken": "xyz",
            "tt:SendPrimacy": "www.onvif.org/ver20/HalfDuplex/Xyz",
            "tt:OutputLevel": str(int(options.text("tt:OutputLevelRange/tt:Max")) + 1),
        }
        for wish in (*({path: value} for path, value in impossible.items()), impossible):
            fault = await media.set_refused("AudioOutput", changed(output, wish | {"tt:Name": "Renamed"}))
            assert fault == CONFIG_MODIFY
        assert contents(await media.one("AudioOutput", output["token"])) == contents(output)


async def test_MEDIA_3_4_7(dut):
    """SetAudioOutputConfiguration refuses a token that is no configuration's."""
    media = await Media.of(dut)
    for output in await media.every("AudioOutput"):
        assert await media.set_refused("AudioOutput", changed(output, {"@token": "xyz"})) == NO_CONFIG


async def test_MEDIA_3_4_8(dut):
    """The options of audio outputs can be asked for alone, by configuration, by profile and by both."""
    media = await Media.of(dut)
    profile = await media.create_profile()
    fitting = tokens(await media.compatible("AudioOutput", profile))
    assert fitting
    for configuration in (fitting[0], None):
        for asked in (profile, None):
            options = await media.options("AudioOutput", configuration=configuration, profile=asked)
            assert options.has("tt:OutputTokensAvailable")
    await media.delete_profile(profile)


async def test_MEDIA_3_4_9(dut):
    """An audio output configuration fits into a new profile, takes the loudest level and refuses what is below."""
    media = await Media.of(dut)
    profile = await media.create_profile()
    assert tokens((await media.ask("GetAudioOutputs")).all("trt:AudioOutputs"))
    output = (await media.compatible("AudioOutput", profile))[0]
    await media.add("AudioOutput", profile, output["token"])
    output = await media.one("AudioOutput", output["token"])
    levels = (await media.options("AudioOutput", configuration=output["token"])).one("tt:OutputLevelRange")
    too_low = changed(output, {"tt:OutputLevel": str(int(levels.text("tt:Min")) - 1)})
    assert await media.set_refused("AudioOutput", too_low) == CONFIG_MODIFY
    wish = changed(output, {"tt:OutputLevel": levels.text("tt:Max")})
    await media.set("AudioOutput", wish)
    assert contents(await media.one("AudioOutput", output["token"])) == contents(wish)
    await media.remove("AudioOutput", profile)
    assert held(await media.profile(profile), "AudioOutput") is None
    await media.delete_profile(profile)


async def test_MEDIA_3_4_10(dut):
    """An audio decoder configuration fits into a new profile that has an audio output."""
    media = await Media.of(dut)
    profile = await media.create_profile()
    output = tokens(await media.compatible("AudioOutput", profile))[0]
    await media.add("AudioOutput", profile, output)
    listed = tokens(await media.every("AudioDecoder"))
    decoder = tokens(await media.compatible("AudioDecoder", profile))[0]
    assert decoder in listed
    await media.add("AudioDecoder", profile, decoder)
    holding = await media.profile(profile)
    assert held_token(holding, "AudioOutput") == output
    assert held_token(holding, "AudioDecoder") == decoder
    await media.remove("AudioDecoder", profile)
    await media.remove("AudioOutput", profile)
    assert not (await media.profile(profile)).has("tt:Extension")
    await media.delete_profile(profile)


async def test_MEDIA_3_4_11(dut):
    """Every audio output configuration is within its options."""
    media = await Media.of(dut)
    outputs = await media.every("AudioOutput")
    for output in outputs:
        checks.is_offered_loudspeaker(output, await media.options("AudioOutput", configuration=output["token"]))


async def test_MEDIA_3_4_12(dut):
    """The audio output configuration of every profile is within the options for the two."""
    media = await Media.of(dut)
    holding = {
        each["token"]: output for each in await media.profiles() if (output := held(each, "AudioOutput")) is not None
    }
    assert holding
    for profile, output in holding.items():
        options = await media.options("AudioOutput", configuration=output["token"], profile=profile)
        checks.is_offered_loudspeaker(output, options)


async def test_MEDIA_3_4_13(dut):
    """Profiles hold the audio output configurations that are listed."""
    await checks.profiles_hold_listed_configurations(dut, "AudioOutput")


async def test_MEDIA_3_4_14(dut):
    """An audio output configuration asked for alone is as it is listed."""
    await checks.each_configuration_is_as_listed(dut, "AudioOutput")


async def test_MEDIA_3_4_15(dut):
    """Every audio output configuration is of an audio output that there is."""
    media = await Media.of(dut)
    there_are = tokens((await media.ask("GetAudioOutputs")).all("trt:AudioOutputs"))
    used = {each.text("tt:OutputToken") for each in await media.every("AudioOutput")}
    assert used
    assert used <= set(there_are)


async def test_MEDIA_3_4_16(dut):
    """Profiles hold the audio decoder configurations that are listed."""
    await checks.profiles_hold_listed_configurations(dut, "AudioDecoder")


async def test_MEDIA_3_4_17(dut):
    """An audio decoder configuration asked for alone is as it is listed."""
    await checks.each_configuration_is_as_listed(dut, "AudioDecoder")
