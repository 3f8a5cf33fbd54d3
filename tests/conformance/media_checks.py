"""What the Media cases ask of every kind of configuration alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.media_client import Media, changed, contents, held, held_token, is_within, tokens

if TYPE_CHECKING:
    from tests.conformance.dut import Dut, Element

SOURCE_OF = {"VideoEncoder": "VideoSource", "AudioEncoder": "AudioSource"}


async def profiles_hold_listed_configurations(dut: Dut, kind: str) -> None:
    """Every configuration in a profile is in the list of all, said in the same words; none is listed twice."""
    media = await Media.of(dut)
    profiles = await media.profiles()
    every = await media.every(kind)
    assert profiles
    assert every
    listed = dict(zip(tokens(every), every, strict=True))
    for configuration in [each for profile in profiles if (each := held(profile, kind)) is not None]:
        assert contents(configuration) == contents(listed[configuration["token"]])


async def each_configuration_is_as_listed(dut: Dut, kind: str) -> None:
    """A configuration asked for alone is the same as in the list of all."""
    media = await Media.of(dut)
    every = await media.every(kind)
    for configuration in every:
        assert contents(await media.one(kind, configuration["token"])) == contents(configuration)


async def use_counts_are_true(dut: Dut, kind: str) -> None:
    """Every answer tells the same use count, and no more profiles hold the configuration."""
    media = await Media.of(dut)
    every = await media.every(kind)
    profiles = await media.profiles()
    for configuration in every:
        token, count = configuration["token"], configuration.text("tt:UseCount")
        holding = [each for profile in profiles if (each := held(profile, kind)) is not None and each["token"] == token]
        assert len(holding) <= int(count)
        assert {each.text("tt:UseCount") for each in holding} <= {count}
        assert await media.use_count(kind, token) == int(count)


async def use_count_ignores_a_repetition(dut: Dut, kind: str) -> None:
    """Adding a configuration to a new profile counts once, however often it is added."""
    media, profile, (first, *_) = await _with_new_profile(dut, kind)
    before = await media.use_count(kind, first)
    for _ in range(2):
        await media.add(kind, profile, first)
        assert await media.use_count(kind, first) == before + 1
    await media.delete_profile(profile)


async def use_count_follows_a_replacement(dut: Dut, kind: str) -> None:
    """Adding another configuration in the place of one moves the count from one to the other."""
    media, profile, (first, second, *_) = await _with_new_profile(dut, kind)
    before = {token: await media.use_count(kind, token) for token in (first, second)}
    await media.add(kind, profile, first)
    assert await media.use_count(kind, first) == before[first] + 1
    await media.add(kind, profile, second)
    assert await media.use_count(kind, first) == before[first]
    assert await media.use_count(kind, second) == before[second] + 1
    await media.delete_profile(profile)


async def use_count_follows_a_removal(dut: Dut, kind: str) -> None:
    """Taking a configuration out of a profile gives its count back."""
    media, profile, (first, *_) = await _with_new_profile(dut, kind)
    before = await media.use_count(kind, first)
    await media.add(kind, profile, first)
    await media.remove(kind, profile)
    assert held_token(await media.profile(profile), kind) is None
    assert await media.use_count(kind, first) == before
    await media.delete_profile(profile)


async def use_count_follows_a_deletion(dut: Dut, kind: str) -> None:
    """Deleting a profile gives back the count of what it held."""
    media, profile, (first, *_) = await _with_new_profile(dut, kind)
    before = await media.use_count(kind, first)
    await media.add(kind, profile, first)
    await media.delete_profile(profile)
    assert await media.use_count(kind, first) == before


async def use_count_cannot_be_set(dut: Dut, kind: str) -> None:
    """Setting a configuration with another use count leaves the count as it is."""
    media = await Media.of(dut)
    first = (await media.every(kind))[0]
    count = int(first.text("tt:UseCount"))
    await media.set(kind, changed(first, {"tt:UseCount": str(count + 1)}))
    assert await media.use_count(kind, first["token"]) == count


async def _with_new_profile(dut: Dut, kind: str) -> tuple[Media, str, list[str]]:
    """Return the service, a new profile with the source that the kind needs, and the tokens that fit into it."""
    media = await Media.of(dut)
    every = tokens(await media.every(kind))
    profile = await media.create_profile()
    if kind not in SOURCE_OF:
        return media, profile, every
    for source in tokens(await media.compatible(SOURCE_OF[kind], profile)):
        await media.add(SOURCE_OF[kind], profile, source)
        if fitting := tokens(await media.compatible(kind, profile)):
            assert set(fitting) <= set(every)
            return media, profile, fitting
    raise AssertionError(f"no {kind} fits any source")


def is_offered_video(encoder: Element, options: Element) -> None:
    """Check a video encoder against its options, per encoding."""
    encoding = encoder.text("tt:Encoding")
    assert encoding in {"JPEG", "H264"}, "the MPEG-4 of this service is served by no camera of ours"
    offered = options.one(f"tt:{encoding}")
    sizes = [(each.text("tt:Width"), each.text("tt:Height")) for each in offered.all("tt:ResolutionsAvailable")]
    assert (encoder.text("tt:Resolution/tt:Width"), encoder.text("tt:Resolution/tt:Height")) in sizes
    assert is_within(encoder.text("tt:Quality"), options.one("tt:QualityRange"))
    assert is_within(encoder.text("tt:RateControl/tt:FrameRateLimit"), offered.one("tt:FrameRateRange"))
    assert is_within(encoder.text("tt:RateControl/tt:EncodingInterval"), offered.one("tt:EncodingIntervalRange"))
    bitrates = options.one(f"tt:Extension/tt:{encoding}/tt:BitrateRange")
    assert is_within(encoder.text("tt:RateControl/tt:BitrateLimit"), bitrates)
    if encoding == "H264":
        assert encoder.text("tt:H264/tt:H264Profile") in offered.texts("tt:H264ProfilesSupported")
        assert is_within(encoder.text("tt:H264/tt:GovLength"), offered.one("tt:GovLengthRange"))


def is_offered_picture(source: Element, options: Element) -> None:
    """Check a video source configuration against its options."""
    assert source.text("tt:SourceToken") in options.texts("tt:VideoSourceTokensAvailable")
    bounds = source.one("tt:Bounds")
    for attribute, name in (("x", "XRange"), ("y", "YRange"), ("width", "WidthRange"), ("height", "HeightRange")):
        assert is_within(bounds[attribute], options.one(f"tt:BoundsRange/tt:{name}"))


def is_offered_sound(encoder: Element, options: Element) -> None:
    """Check an audio encoder against its options: the bit rate and the sample rate of its encoding."""
    offered = [each for each in options.all("tt:Options") if each.text("tt:Encoding") == encoder.text("tt:Encoding")]
    assert any(
        encoder.text("tt:Bitrate") in each.texts("tt:BitrateList/tt:Items")
        and encoder.text("tt:SampleRate") in each.texts("tt:SampleRateList/tt:Items")
        for each in offered
    )


def is_offered_microphone(source: Element, options: Element) -> None:
    """Check an audio source configuration against its options, which name no microphone twice."""
    available = options.texts("tt:InputTokensAvailable")
    assert len(available) == len(set(available))
    assert source.text("tt:SourceToken") in available


def is_offered_loudspeaker(output: Element, options: Element) -> None:
    """Check an audio output configuration against its options, which name no loudspeaker twice."""
    available = options.texts("tt:OutputTokensAvailable")
    assert len(available) == len(set(available))
    assert output.text("tt:OutputToken") in available
    if output.has("tt:SendPrimacy"):
        assert output.text("tt:SendPrimacy") in options.texts("tt:SendPrimacyOptions")
    assert is_within(output.text("tt:OutputLevel"), options.one("tt:OutputLevelRange"))
