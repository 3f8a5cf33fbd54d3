"""Media Configuration Device Test Specification: audio sources and audio encoders."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from bridge.core.formats import AudioCodec, AudioFormat
from tests.conformance import media_checks as checks
from tests.conformance.media_client import (
    CONFIG_MODIFY,
    NO_CONFIG,
    NO_PROFILE,
    Media,
    changed,
    configuration_token,
    contents,
    held,
    held_token,
    profile_token,
    tokens,
)

if TYPE_CHECKING:
    from tests.conformance.dut import Dut, Element

MOST_KBPS, MOST_KHZ = 10000, 1000
"""Numbers above these are no kilobits and no kilohertz."""


async def test_MEDIA_3_1_7(dut):
    """The options of audio sources can be asked for alone, by configuration, by profile and by both."""
    media = await Media.of(dut)
    fitting = {
        profile: tokens(await media.compatible("AudioSource", profile)) for profile in tokens(await media.profiles())
    }
    profile, configuration = next((profile, found[0]) for profile, found in fitting.items() if found)
    asked = [
        await media.options("AudioSource", configuration=one, profile=other)
        for one in (None, configuration)
        for other in (None, profile)
    ]
    assert all(each.has("tt:InputTokensAvailable") for each in asked)


async def test_MEDIA_3_1_14(dut):
    """An audio encoder of G.711 takes every bit rate and sample rate that it offers, and refuses others."""
    await _audio_takes_its_options(dut, "G711")


async def test_MEDIA_3_1_16(dut):
    """An audio encoder of AAC takes every bit rate and sample rate that it offers, and refuses others."""
    aac = AudioFormat(AudioCodec.AAC, 16000, bitrate_kbps=64)
    dut.camera.become(streams=tuple(replace(each, audio=aac) for each in dut.camera.description.streams))
    await _audio_takes_its_options(dut, "AAC")


async def _audio_takes_its_options(dut: Dut, encoding: str) -> None:
    media = await Media.of(dut)
    found = [
        (encoder, offered)
        for encoder in await media.every("AudioEncoder")
        for offered in (await media.options("AudioEncoder", configuration=encoder["token"])).all("tt:Options")
        if offered.text("tt:Encoding") == encoding
    ]
    assert found
    for encoder, offered in found:
        bitrates = offered.texts("tt:BitrateList/tt:Items")
        rates = offered.texts("tt:SampleRateList/tt:Items")
        before = await media.one("AudioEncoder", encoder["token"])
        beyond = {
            "tt:Bitrate": str(max(map(int, bitrates)) + 1),
            "tt:SampleRate": str(max(map(int, rates)) + 1),
        }
        for impossible in (*({path: value} for path, value in beyond.items()), beyond):
            wish = changed(encoder, {"tt:Encoding": encoding} | impossible)
            assert await media.set_refused("AudioEncoder", wish) == CONFIG_MODIFY
        assert contents(await media.one("AudioEncoder", encoder["token"])) == contents(before)
        for bitrate, rate in product(bitrates, rates):
            await _set_audio(media, encoder, encoding=encoding, bitrate=bitrate, rate=rate)


async def _set_audio(media: Media, encoder: Element, *, encoding: str, bitrate: str, rate: str) -> None:
    """Set an audio encoder, and find it set like that."""
    wish = changed(encoder, {"tt:Encoding": encoding, "tt:Bitrate": bitrate, "tt:SampleRate": rate})
    await media.set("AudioEncoder", wish)
    assert contents(await media.one("AudioEncoder", encoder["token"])) == contents(wish)


async def test_MEDIA_3_1_17(dut):
    """GetAudioSourceConfiguration refuses a token that is no configuration's."""
    media = await Media.of(dut)
    assert await media.refused("GetAudioSourceConfiguration", configuration_token("xyz")) == NO_CONFIG


async def test_MEDIA_3_1_18(dut):
    """GetAudioSourceConfigurationOptions refuses a token that is no profile's."""
    media = await Media.of(dut)
    assert await media.refused("GetAudioSourceConfigurationOptions", profile_token("xyz")) == NO_PROFILE


async def test_MEDIA_3_1_19(dut):
    """GetAudioSourceConfigurationOptions refuses a token that is no configuration's."""
    media = await Media.of(dut)
    assert await media.refused("GetAudioSourceConfigurationOptions", configuration_token("xyz")) == NO_CONFIG


async def test_MEDIA_3_1_20(dut):
    """SetAudioSourceConfiguration refuses a token that is no configuration's."""
    media = await Media.of(dut)
    for source in await media.every("AudioSource"):
        assert await media.set_refused("AudioSource", changed(source, {"@token": "xyz"})) == NO_CONFIG


async def test_MEDIA_3_1_21(dut):
    """An audio encoder in a new profile can be set to something else, as far as its options offer something else."""
    media = await Media.of(dut)
    profile = await media.create_profile()
    await _put_in_first(media, profile, "AudioSource")
    encoder = await media.one("AudioEncoder", await _put_in_first(media, profile, "AudioEncoder"))
    choices = [
        (each.text("tt:Encoding"), bitrate, rate)
        for each in (await media.options("AudioEncoder", profile=profile)).all("tt:Options")
        for bitrate in each.texts("tt:BitrateList/tt:Items")
        for rate in each.texts("tt:SampleRateList/tt:Items")
    ]
    present = tuple(encoder.text(f"tt:{name}") for name in ("Encoding", "Bitrate", "SampleRate"))
    # What differs most comes first; a camera whose sound cannot be chosen offers the present one alone.
    most_different = min(choices, key=lambda choice: sum(map(str.__eq__, choice, present)))
    encoding, bitrate, rate = most_different
    await _set_audio(media, encoder, encoding=encoding, bitrate=bitrate, rate=rate)
    await media.delete_profile(profile)


async def _put_in_first(media: Media, profile: str, kind: str) -> str:
    """Put the first configuration that fits into a profile; return its token."""
    fitting = tokens(await media.compatible(kind, profile))
    assert fitting
    await media.add(kind, profile, fitting[0])
    assert held_token(await media.profile(profile), kind) == fitting[0]
    return fitting[0]


async def test_MEDIA_3_1_22(dut):
    """An audio source configuration fits into a new profile, takes what its options offer and refuses the rest."""
    media = await Media.of(dut)
    profile = await media.create_profile()
    assert tokens((await media.ask("GetAudioSources")).all("trt:AudioSources"))
    listed = tokens(await media.every("AudioSource"))
    token = await _put_in_first(media, profile, "AudioSource")
    assert token in listed
    available = (await media.options("AudioSource", configuration=token)).texts("tt:InputTokensAvailable")
    source = await media.one("AudioSource", token)
    assert await media.set_refused("AudioSource", changed(source, {"tt:SourceToken": "xyz"})) == CONFIG_MODIFY
    assert contents(await media.one("AudioSource", token)) == contents(source)
    for each in available:
        wish = changed(source, {"tt:SourceToken": each, "tt:Name": "Renamed"})
        await media.set("AudioSource", wish)
        assert contents(await media.one("AudioSource", token)) == contents(wish)
    await media.remove("AudioSource", profile)
    assert held(await media.profile(profile), "AudioSource") is None
    await media.delete_profile(profile)


async def test_MEDIA_3_1_23(dut):
    """An audio encoder fits into a new profile that has an audio source, and both can be taken out again."""
    media = await Media.of(dut)
    for source in tokens(await media.every("AudioSource")):
        profile = await media.create_profile()
        await media.add("AudioSource", profile, source)
        fitting = tokens(await media.compatible("AudioEncoder", profile))
        assert fitting
        assert set(fitting) <= set(tokens(await media.every("AudioEncoder")))
        for token in fitting:
            await media.add("AudioEncoder", profile, token)
            await media.remove("AudioEncoder", profile)
        await media.remove("AudioSource", profile)
        assert not (await media.profile(profile)).all("tt:*")[1:]
        await media.delete_profile(profile)


async def test_MEDIA_3_2_1(dut):
    """Profiles hold the audio source configurations that are listed."""
    await checks.profiles_hold_listed_configurations(dut, "AudioSource")


async def test_MEDIA_3_2_2(dut):
    """An audio source configuration asked for alone is as it is listed."""
    await checks.each_configuration_is_as_listed(dut, "AudioSource")


async def test_MEDIA_3_2_3(dut):
    """Every audio source configuration is within its options."""
    media = await Media.of(dut)
    for source in await media.every("AudioSource"):
        checks.is_offered_microphone(source, await media.options("AudioSource", configuration=source["token"]))


async def test_MEDIA_3_2_4(dut):
    """The audio source configuration of every profile is within the options for the two."""
    media = await Media.of(dut)
    for profile, source in await _holding(media, "AudioSource"):
        options = await media.options("AudioSource", configuration=source["token"], profile=profile)
        checks.is_offered_microphone(source, options)


async def test_MEDIA_3_2_5(dut):
    """Every audio source configuration is of an audio source that there is."""
    media = await Media.of(dut)
    sources = tokens((await media.ask("GetAudioSources")).all("trt:AudioSources"))
    assert {each.text("tt:SourceToken") for each in await media.every("AudioSource")} <= set(sources)


async def test_MEDIA_3_2_6(dut):
    """The use counts of audio source configurations are true everywhere."""
    await checks.use_counts_are_true(dut, "AudioSource")


async def test_MEDIA_3_2_12(dut):
    """An audio source configuration that is added twice to a profile counts once."""
    await checks.use_count_ignores_a_repetition(dut, "AudioSource")


async def test_MEDIA_3_2_14(dut):
    """An audio source configuration that is taken out of a profile counts no more."""
    await checks.use_count_follows_a_removal(dut, "AudioSource")


async def test_MEDIA_3_2_15(dut):
    """An audio source configuration does not count in a profile that is deleted."""
    await checks.use_count_follows_a_deletion(dut, "AudioSource")


async def test_MEDIA_3_2_16(dut):
    """The use count of an audio source configuration cannot be set."""
    await checks.use_count_cannot_be_set(dut, "AudioSource")


async def test_MEDIA_3_3_1(dut):
    """Profiles hold the audio encoders that are listed."""
    await checks.profiles_hold_listed_configurations(dut, "AudioEncoder")


async def test_MEDIA_3_3_2(dut):
    """An audio encoder asked for alone is as it is listed."""
    await checks.each_configuration_is_as_listed(dut, "AudioEncoder")


async def test_MEDIA_3_3_3(dut):
    """Every audio encoder is set within its options."""
    media = await Media.of(dut)
    for encoder in await media.every("AudioEncoder"):
        checks.is_offered_sound(encoder, await media.options("AudioEncoder", configuration=encoder["token"]))


async def test_MEDIA_3_3_4(dut):
    """The audio encoder of every profile is set within the options for the two."""
    media = await Media.of(dut)
    for profile, encoder in await _holding(media, "AudioEncoder"):
        options = await media.options("AudioEncoder", configuration=encoder["token"], profile=profile)
        checks.is_offered_sound(encoder, options)


async def _holding(media: Media, kind: str) -> list[tuple[str, Element]]:
    """Return the token of every profile that holds a configuration of a kind, and the configuration."""
    found = [
        (each["token"], configuration)
        for each in await media.profiles()
        if (configuration := held(each, kind)) is not None
    ]
    assert found
    return found


async def test_MEDIA_3_3_5(dut):
    """The use counts of audio encoders are true everywhere."""
    await checks.use_counts_are_true(dut, "AudioEncoder")


async def test_MEDIA_3_3_11(dut):
    """Bit rates are in kilobits and sample rates in kilohertz, and those of one encoder are among those of all."""
    media = await Media.of(dut)
    bitrates, rates = _rates(await media.options("AudioEncoder"))
    for encoder in tokens(await media.every("AudioEncoder")):
        some_bitrates, some_rates = _rates(await media.options("AudioEncoder", configuration=encoder))
        assert some_bitrates <= bitrates
        assert some_rates <= rates
    assert max(bitrates) < MOST_KBPS
    assert max(rates) < MOST_KHZ


def _rates(options: Element) -> tuple[set[int], set[int]]:
    bitrates = options.texts("tt:Options/tt:BitrateList/tt:Items")
    rates = options.texts("tt:Options/tt:SampleRateList/tt:Items")
    assert bitrates
    assert rates
    return set(map(int, bitrates)), set(map(int, rates))


async def test_MEDIA_3_3_12(dut):
    """An audio encoder that is added twice to a profile counts once."""
    await checks.use_count_ignores_a_repetition(dut, "AudioEncoder")


async def test_MEDIA_3_3_13(dut):
    """An audio encoder that takes the place of another counts instead of it."""
    await checks.use_count_follows_a_replacement(dut, "AudioEncoder")


async def test_MEDIA_3_3_14(dut):
    """An audio encoder that is taken out of a profile counts no more."""
    await checks.use_count_follows_a_removal(dut, "AudioEncoder")


async def test_MEDIA_3_3_15(dut):
    """An audio encoder does not count in a profile that is deleted."""
    await checks.use_count_follows_a_deletion(dut, "AudioEncoder")


async def test_MEDIA_3_3_16(dut):
    """The use count of an audio encoder cannot be set."""
    await checks.use_count_cannot_be_set(dut, "AudioEncoder")
