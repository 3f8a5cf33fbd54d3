"""Media2 Configuration Device Test Specification: media profiles and capabilities."""

from __future__ import annotations

import re

from tests.conformance.changes import PROFILE_CHANGED, changes_of
from tests.conformance.dut import NAMESPACES
from tests.conformance.media2_client import Media2, held, held_token, held_tokens, video_sources
from tests.conformance.media_client import contents, tokens


async def test_MEDIA2_1_1_1(dut):
    """For every video source a media profile is ready that plays H.264 or H.265."""
    profiles = await (await Media2.of(dut)).profiles("All")
    playing = {
        (each.text("tr2:Configurations/tr2:VideoSource/tt:SourceToken"), encoding)
        for each in profiles
        for encoding in each.texts("tr2:Configurations/tr2:VideoEncoder/tt:Encoding")
    }
    for source in await video_sources(dut):
        assert playing & {(source, "H264"), (source, "H265")}


async def test_MEDIA2_1_1_2(dut):
    """A profile can be made with a video source and deleted; both is told, and afterwards there is no such profile.

    The fault at the end is that of the procedure and of the service specification: no step leads to the one in the
    list of failures.
    """
    media = await Media2.of(dut)
    await media.make_room_for_a_profile()
    source = (await media.every("VideoSource"))[0]["token"]
    async with changes_of(dut, PROFILE_CHANGED) as changes:
        token = await media.create_profile("testMedia2", VideoSource=source)
        await changes.of_profile(token)
        assert held_token(await media.profile(token, "VideoSource"), "VideoSource") == source
        await media.delete_profile(token)
        await changes.of_profile(token)
    assert await media.refuses_profile(token)


async def comes_and_goes(media, changes, profile, kind, token, *, parts=(), beside=()):
    """Put a configuration into a profile and take it out; in between do the same with its parts, which need it."""

    async def now_held():
        await changes.of_profile(profile)
        return held_tokens(await media.profile(profile, *beside, kind))

    before = held_tokens(await media.profile(profile, *beside))
    await media.add(profile, **{kind: token})
    assert await now_held() == {**before, kind: token}
    for part in parts:
        fitting = await media.fitting(part, profile)
        assert fitting, f"no {part} fits {token}"
        await comes_and_goes(media, changes, profile, part, fitting[0]["token"], beside=(kind,))
    await media.remove(profile, kind)
    assert await now_held() == before


async def test_MEDIA2_1_1_3(dut):
    """An empty profile takes and gives back every kind of configuration, one by one, and every step is told."""
    media = await Media2.of(dut)
    await media.make_room_for_a_profile()
    profile = await media.create_profile("testMedia2")
    async with changes_of(dut, PROFILE_CHANGED) as changes:
        for kind, parts in (
            ("VideoSource", ("VideoEncoder", "Analytics", "Metadata")),
            ("AudioSource", ("AudioEncoder",)),
            ("AudioOutput", ("AudioDecoder",)),
        ):
            for each in await media.every(kind):
                await comes_and_goes(media, changes, profile, kind, each["token"], parts=parts)
        await media.delete_profile(profile)
        assert await media.refuses_profile(profile)


async def test_MEDIA2_1_1_4(dut):
    """Profiles are told with the kinds of configuration that were asked for and no others, the same each time."""
    media = await Media2.of(dut)
    complete = {each["token"]: each for each in await media.profiles("All")}
    bare = await media.profiles()
    assert sorted(tokens(bare)) == sorted(complete)
    assert [each for each in bare if each.has("tr2:Configurations/*")] == []
    for kind in ("VideoSource", "Analytics", "Metadata"):
        profiles = await media.profiles(kind)
        assert sorted(tokens(profiles)) == sorted(complete)
        for profile in profiles:
            assert set(held_tokens(profile)) <= {kind}
            shown, known = held(profile, kind), held(complete[profile["token"]], kind)
            assert (shown and contents(shown)) == (known and contents(known))


async def test_MEDIA2_1_1_5(dut):
    """A profile can be made with just a video source, an audio source or an audio output in it."""
    media = await Media2.of(dut)
    await media.make_room_for_a_profile()
    for kind in ("VideoSource", "AudioSource", "AudioOutput"):
        configuration = (await media.every(kind))[0]["token"]
        token = await media.create_profile("testMedia", **{kind: configuration})
        assert held_tokens(await media.profile(token, "All")) == {kind: configuration}
        await media.delete_profile(token)


async def test_MEDIA2_1_1_6(dut):
    """Everything can be taken out of every profile at once."""
    media = await Media2.of(dut)
    for profile in await media.profiles("All"):
        await media.remove(profile["token"], "All")
        assert held_tokens(await media.profile(profile["token"], "All")) == {}


async def test_MEDIA2_1_1_7(dut):
    """Fixed profiles can be emptied, and filled again with what they held."""
    media = await Media2.of(dut)
    fixed = [each for each in await media.profiles("All") if each.get("fixed") == "true"]
    assert fixed
    for profile in fixed:
        token = profile["token"]
        await media.remove(token, "All")
        assert held_tokens(await media.profile(token, "All")) == {}
        await media.add(token, **held_tokens(profile))
        assert held_tokens(await media.profile(token, "All")) == held_tokens(profile)


async def test_what_MEDIA2_1_1_8_and_9_ask_of_profile_M_is_there_without_the_claim(dut):
    """Every video source configuration has a profile with metadata and one with a picture, whatever is claimed."""
    media = await Media2.of(dut)
    profiles = [held_tokens(each) for each in await media.profiles("All")]
    for source in tokens(await media.every("VideoSource")):
        holding = [each for each in profiles if each.get("VideoSource") == source]
        assert any("Metadata" in each for each in holding)
        assert any("VideoEncoder" in each for each in holding)


async def test_MEDIA2_7_1_1(dut):
    """The capabilities name just the kinds of configuration that there are, and where WebSockets lead to."""
    media = await Media2.of(dut)
    capabilities = await media.capabilities()
    profiles = capabilities.one("tr2:ProfileCapabilities")
    assert int(profiles["MaximumNumberOfProfiles"]) > 0
    kinds = profiles["ConfigurationsSupported"].split()
    assert {"VideoSource", "AudioSource", "AudioDecoder", "Analytics", "PTZ"} <= set(kinds)
    assert "All" not in kinds
    assert {NAMESPACES["tan"], NAMESPACES["tptz"]} <= set((await services(dut)).keys())
    assert re.fullmatch(r"wss?:/[^/].*", capabilities.one("tr2:StreamingCapabilities")["RTSPWebSocketUri"])
    assert (await dut.ask("<tptz:GetConfigurations/>")).all("tptz:PTZConfiguration")
    assert await media.every("Analytics")


async def test_MEDIA2_7_1_1_of_the_plainest_camera(plain):
    """Where nothing moves, sounds or looks for motion, no such configuration is promised, and no such service."""
    media = await Media2.of(plain)
    kinds = (await media.capabilities()).one("tr2:ProfileCapabilities")["ConfigurationsSupported"].split()
    assert "VideoSource" in kinds
    assert not {"All", "PTZ", "AudioSource", "AudioOutput", "AudioDecoder"} & set(kinds)
    assert NAMESPACES["tptz"] not in await services(plain)
    assert ("Analytics" in kinds) == (NAMESPACES["tan"] in await services(plain))


async def test_MEDIA2_7_1_2(dut):
    """GetServices tells the same capabilities as the service itself."""
    service = (await services(dut))[NAMESPACES["tr2"]]
    told = service.one("tds:Capabilities/tr2:Capabilities")
    assert contents(told) == contents(await (await Media2.of(dut)).capabilities())


async def services(dut):
    """Return every service with its capabilities, by its namespace."""
    answer = await dut.ask("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>")
    return {each.text("tds:Namespace"): each for each in answer.all("tds:Service")}
