"""Media2 Configuration Device Test Specification: microphones, audio encoders, loudspeakers, audio decoders."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.formats import AudioCodec, AudioFormat
from tests.conformance.changes import CONFIGURATION_CHANGED, changes_of
from tests.conformance.media2_checks import (
    an_unknown_token_is_refused,
    configurations_are_found_by_every_way,
    options_are_told_for_all_for_one_and_for_a_profile,
    profiles_hold_listed_configurations,
)
from tests.conformance.media2_client import Media2, held
from tests.conformance.media_checks import is_offered_loudspeaker, is_offered_microphone
from tests.conformance.media_client import changed, contents

# ------------------------------------------------------------------------------------------------------- microphones


async def test_MEDIA2_3_1_1(dut):
    """What an audio source configuration can be set to is told in every way."""
    await options_are_told_for_all_for_one_and_for_a_profile(dut, "AudioSource")


async def test_MEDIA2_3_1_2(dut):
    """Audio source configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "AudioSource")


async def test_MEDIA2_3_1_3(dut):
    """Every audio source configuration is as its options allow."""
    media = await Media2.of(dut)
    for source in await media.every("AudioSource"):
        (options,) = await media.options("AudioSource", configuration=source["token"])
        is_offered_microphone(source, options)


async def test_MEDIA2_3_1_4(dut):
    """Profiles show audio source configurations as they are."""
    await profiles_hold_listed_configurations(dut, "AudioSource")


async def test_MEDIA2_3_1_5(dut):
    """An audio source configuration can be given a name and any microphone offered; it is shown, and told."""
    media = await Media2.of(dut)
    async with changes_of(dut, CONFIGURATION_CHANGED) as changes:
        for present in await media.every("AudioSource"):
            token, now = present["token"], present.text("tt:SourceToken")
            (options,) = await media.options("AudioSource", configuration=token)
            source = next((each for each in options.texts("tt:InputTokensAvailable") if each != now), now)
            wished = changed(present, {"tt:Name": "TestName1", "tt:SourceToken": source})
            await media.set("AudioSource", wished)
            await changes.of_configuration(token, "AudioSource")
            assert contents(await media.one("AudioSource", token)) == contents(wished)


async def test_MEDIA2_3_1_6(dut):
    """A token of no audio source configuration is refused."""
    await an_unknown_token_is_refused(dut, "AudioSource")


# ----------------------------------------------------------------------------------------------------- audio encoders


async def both_ends_can_be_set(dut, encodings):
    """Set every audio encoder that knows one of the encodings to both ends of what is offered for it."""
    media = await Media2.of(dut)
    number = 0
    async with changes_of(dut, CONFIGURATION_CHANGED) as changes:
        for present in await media.every("AudioEncoder"):
            token = present["token"]
            offered = await media.options("AudioEncoder", configuration=token)
            fitting = [each for each in offered if each.text("tt:Encoding") in encodings]
            if not fitting:
                continue
            number += 1
            for name, choice in (("TestName", min), (present.text("tt:Name"), max)):
                wished = changed(
                    present,
                    {
                        "tt:Name": name,
                        "tt:Encoding": fitting[0].text("tt:Encoding"),
                        "tt:Bitrate": choice(fitting[0].texts("tt:BitrateList/tt:Items"), key=int),
                        "tt:SampleRate": choice(fitting[0].texts("tt:SampleRateList/tt:Items"), key=int),
                    },
                )
                await media.set("AudioEncoder", wished)
                await changes.of_configuration(token, "AudioEncoder")
                assert contents(await media.one("AudioEncoder", token)) == contents(wished)
    assert number


async def test_MEDIA2_3_2_1(dut):
    """Audio encoders of G.711 can be set to everything that is offered; it is shown, and told."""
    await both_ends_can_be_set(dut, {"PCMU"})


async def test_MEDIA2_3_2_2(dut):
    """Audio encoders of a camera that sends AAC can be set to everything that is offered; it is shown, and told."""
    aac = AudioFormat(AudioCodec.AAC, 16000, bitrate_kbps=64)
    dut.camera.become(streams=tuple(replace(each, audio=aac) for each in dut.camera.description.streams))
    await both_ends_can_be_set(dut, {"MP4A-LATM", "MPEG4-GENERIC"})


async def test_MEDIA2_3_2_3(dut):
    """What audio encoders can be set to is told for all, for each, and for every profile with a microphone."""
    media = await Media2.of(dut)
    await media.options("AudioEncoder")
    for encoder in await media.every("AudioEncoder"):
        await media.options("AudioEncoder", configuration=encoder["token"])
    holding = [each for each in await media.profiles("AudioSource") if held(each, "AudioSource") is not None]
    assert holding
    for profile in holding:
        await media.options("AudioEncoder", profile=profile["token"])


async def test_MEDIA2_3_2_4(dut):
    """Every audio encoder is as its options allow."""
    media = await Media2.of(dut)
    for encoder in await media.every("AudioEncoder"):
        offered = await media.options("AudioEncoder", configuration=encoder["token"])
        fitting = [each for each in offered if each.text("tt:Encoding") == encoder.text("tt:Encoding")]
        assert any(encoder.text("tt:Bitrate") in each.texts("tt:BitrateList/tt:Items") for each in fitting)
        assert any(encoder.text("tt:SampleRate") in each.texts("tt:SampleRateList/tt:Items") for each in fitting)


# ------------------------------------------------------------------------------------------------------- loudspeakers


async def test_MEDIA2_3_3_1(dut):
    """What an audio output configuration can be set to is told in every way; the range of volume is a range."""
    await options_are_told_for_all_for_one_and_for_a_profile(dut, "AudioOutput")
    (options,) = await (await Media2.of(dut)).options("AudioOutput")
    levels = options.one("tt:OutputLevelRange")
    assert int(levels.text("tt:Min")) <= int(levels.text("tt:Max"))


async def test_MEDIA2_3_3_2(dut):
    """Audio output configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "AudioOutput")


async def test_MEDIA2_3_3_3(dut):
    """Every audio output configuration is as its options allow."""
    media = await Media2.of(dut)
    for output in await media.every("AudioOutput"):
        (options,) = await media.options("AudioOutput", configuration=output["token"])
        is_offered_loudspeaker(output, options)


async def test_MEDIA2_3_3_4(dut):
    """Profiles show audio output configurations as they are."""
    await profiles_hold_listed_configurations(dut, "AudioOutput")


async def test_MEDIA2_3_3_5(dut):
    """Every value that is offered for an audio output configuration can be set, is shown, and is told."""
    media = await Media2.of(dut)
    async with changes_of(dut, CONFIGURATION_CHANGED) as changes:
        for present in await media.every("AudioOutput"):
            token = present["token"]
            (options,) = await media.options("AudioOutput", configuration=token)
            for name, place, end in (("TestName1", 0, "Min"), ("TestName2", -1, "Max")):
                wished = changed(
                    present,
                    {
                        "tt:Name": name,
                        "tt:OutputToken": options.texts("tt:OutputTokensAvailable")[place],
                        "tt:SendPrimacy": options.texts("tt:SendPrimacyOptions")[place],
                        "tt:OutputLevel": options.text(f"tt:OutputLevelRange/tt:{end}"),
                    },
                )
                await media.set("AudioOutput", wished)
                await changes.of_configuration(token, "AudioOutput")
                assert contents(await media.one("AudioOutput", token)) == contents(wished)


async def test_MEDIA2_3_3_6(dut):
    """A token of no audio output configuration is refused."""
    await an_unknown_token_is_refused(dut, "AudioOutput")


# ----------------------------------------------------------------------------------------------------- audio decoders


async def test_MEDIA2_3_4_1(dut):
    """What an audio decoder configuration can be set to is told in every way."""
    await options_are_told_for_all_for_one_and_for_a_profile(dut, "AudioDecoder", "AudioOutput")


async def test_MEDIA2_3_4_2(dut):
    """Audio decoder configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "AudioDecoder")


async def test_MEDIA2_3_4_3(dut):
    """Profiles show audio decoder configurations as they are."""
    await profiles_hold_listed_configurations(dut, "AudioDecoder")


async def test_MEDIA2_3_4_4(dut):
    """An audio decoder configuration can be given another name, and is shown with it.

    The procedure reads it back by a "profile" that is the configuration itself; no profile is named here.
    """
    media = await Media2.of(dut)
    for present in await media.every("AudioDecoder"):
        wished = changed(present, {"tt:Name": "TestName1"})
        await media.set("AudioDecoder", wished)
        assert contents(await media.one("AudioDecoder", present["token"])) == contents(wished)


async def test_MEDIA2_3_4_5(dut):
    """A token of no audio decoder configuration is refused."""
    await an_unknown_token_is_refused(dut, "AudioDecoder")
