"""Real Time Streaming using Media2 Device Test Specification: all video encoder instances at once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from tests.conformance.media2_client import Media2, configuration_token
from tests.conformance.media_client import changed, tokens
from tests.conformance.rtsp_session import Way
from tests.conformance.streaming2_steps import playing_profile
from tests.conformance.streaming_steps import Size, sizes


@pytest.fixture
def dut(streaming_dut):
    return streaming_dut


@dataclass(frozen=True)
class Guarantee:
    """How many encoders of a video source run at once: in all, and those that can send an encoding."""

    total: int
    by_encoding: dict[str, int]

    @classmethod
    async def of(cls, media: Media2, source: str) -> Guarantee:
        info = (await media.ask("GetVideoEncoderInstances", configuration_token(source))).one("tr2:Info")
        numbers = {each.text("tr2:Encoding"): int(each.text("tr2:Number")) for each in info.all("tr2:Codec")}
        return cls(int(info.text("tr2:Total")), numbers)

    def of_encoding(self, encoding: str) -> Guarantee:
        """Return the same as if there were no other encoding."""
        count = self.by_encoding.get(encoding, self.total)
        return Guarantee(count, {**dict.fromkeys(self.by_encoding, 0), encoding: count})


@dataclass(frozen=True)
class Instance:
    """A profile that was made for an encoder."""

    profile: str
    encoder: str
    encoding: str
    size: Size


async def clear(media, profiles):
    """Delete all profiles; those that stay are emptied."""
    for profile in profiles:
        if profile.get("fixed") == "true":
            await media.remove(profile["token"], "All")
        else:
            await media.delete_profile(profile["token"])


async def make_instance(media, source, guarantee, made):
    """Make a profile with an encoder that no other has, set to an encoding of which there are not enough yet."""
    profile = await media.create_profile("testMedia")
    assert source in tokens(await media.fitting("VideoSource", profile))
    await media.add(profile, VideoSource=source)
    used = {each.encoder for each in made}
    for encoder in await media.fitting("VideoEncoder", profile):
        if encoder["token"] in used:
            continue
        for offered in await media.options("VideoEncoder", configuration=encoder["token"], profile=profile):
            encoding = offered.text("tt:Encoding")
            present = sum(each.encoding == encoding for each in made)
            if present < guarantee.by_encoding.get(encoding, guarantee.total):
                size = await set_barely(media, encoder, offered)
                await media.add(profile, VideoEncoder=encoder["token"])
                return Instance(profile, encoder["token"], encoding, size)
    raise AssertionError(f"only {len(made)} of {guarantee.total}")


async def set_barely(media, encoder, offered):
    """Set an encoder to the first size of an encoding, with everything left out that can be; return the size."""
    size = sizes(offered)[0]
    wished = changed(
        encoder,
        {
            "tt:Encoding": offered.text("tt:Encoding"),
            "tt:Resolution/tt:Width": str(size[0]),
            "tt:Resolution/tt:Height": str(size[1]),
            "tt:Quality": offered.text("tt:QualityRange/tt:Min"),
        },
    )
    for attribute in ("GovLength", "Profile"):
        wished.raw.attrib.pop(attribute, "")
    wished.raw.remove(wished.one("tt:RateControl").raw)
    await media.set("VideoEncoder", wished)
    return size


async def plays_every_instance(dut, encoding=None):
    """For every video source as many new profiles play at once as are guaranteed, of one encoding if it is named."""
    media = await Media2.of(dut)
    profiles = await media.profiles("All")
    most = int((await media.capabilities()).one("tr2:ProfileCapabilities")["MaximumNumberOfProfiles"])
    guarantees = {source: await Guarantee.of(media, source) for source in tokens(await media.every("VideoSource"))}
    if encoding is not None:
        guarantees = {source: guarantee.of_encoding(encoding) for source, guarantee in guarantees.items()}
    wanted = sum(guarantee.total for guarantee in guarantees.values())
    assert wanted > 0
    assert wanted <= most - sum(profile.get("fixed") == "true" for profile in profiles)
    assert wanted <= len(await media.every("VideoEncoder"))
    await clear(media, profiles)
    instances: list[Instance] = []
    for source, guarantee in guarantees.items():
        made: list[Instance] = []
        for _ in range(guarantee.total):
            made.append(await make_instance(media, source, guarantee, made))
        instances += made
    async with AsyncExitStack() as stack:
        sessions = [
            await stack.enter_async_context(playing_profile(media, each.profile, Way.UDP, video=each.encoding))
            for each in instances
        ]
        watched = zip(sessions, instances, strict=True)
        await asyncio.gather(*(session.shows_pictures(each.size) for session, each in watched))


async def test_MEDIA2_RTSS_1_1_23(dut):
    """As many streams as there are encoder instances play at once."""
    await plays_every_instance(dut)


async def test_MEDIA2_RTSS_1_1_24(dut):
    """As many streams of H.264 as there are encoder instances for it play at once."""
    await plays_every_instance(dut, "H264")


async def test_MEDIA2_RTSS_1_1_25(dut):
    """As many streams of H.265 as there are encoder instances for it play at once."""
    await plays_every_instance(dut, "H265")
