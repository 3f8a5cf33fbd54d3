"""What the cases of streaming with the Media service share: choosing profiles, setting encoders, learning addresses."""

from __future__ import annotations

import base64
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from tests.conformance.media_client import Media, changed, held, held_token, profile_token, tokens
from tests.conformance.rtsp_session import Way, host_of, playing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.conformance.dut import Dut, Element
    from tests.conformance.rtsp_session import Encode

PROTOCOL = {Way.UDP: "UDP", Way.RTSP: "RTSP", Way.HTTP: "HTTP"}
"""What GetStreamUri calls the ways."""

SDP_NAME = {"H264": "H264", "JPEG": "JPEG", "G711": "PCMU", "AAC": "MPEG4-GENERIC"}
"""What SDP calls the encodings of the service."""

MOST_URI_BYTES = 128
USUAL_SIZE = (640, 480)
USUAL_FRAME_RATE = 25.0
JPEG_FRAME_RATE = 5.0
"""What test tools ask JPEG for in its largest size."""

Size = tuple[int, int]


async def stream_uri(media: Media, profile: str, way: Way) -> str:
    """Return the address of a profile, with everything checked that the answer owes."""
    answer = await media.ask(
        "GetStreamUri",
        "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"
        f"<tt:Transport><tt:Protocol>{PROTOCOL[way]}</tt:Protocol></tt:Transport></trt:StreamSetup>"
        f"{profile_token(profile)}",
    )
    told = answer.one("trt:MediaUri")
    for name in ("InvalidAfterConnect", "InvalidAfterReboot", "Timeout"):
        assert told.text(f"tt:{name}")
    uri = told.text("tt:Uri")
    assert len(uri.encode()) <= MOST_URI_BYTES
    assert uri.startswith("http://" if way is Way.HTTP else "rtsp://")
    host_of(uri)
    return uri


# -- video


async def profile_for_video(media: Media, encoding: str) -> str:
    """Return the token of a profile that can play a video encoding."""
    for profile in await media.profiles():
        if held(profile, "VideoSource") is not None and held(profile, "VideoEncoder") is not None:
            options = await media.options("VideoEncoder", profile=profile["token"])
            if options.has(f"tt:{encoding}"):
                return profile["token"]
    raise AssertionError(f"no profile can play {encoding}")


async def profile_of_encoder(media: Media, encoder: str, encoding: str) -> str | None:
    """Return the token of a profile, made if there is none, with an encoder that can be set to an encoding, or None."""
    for profile in await media.profiles():
        if held_token(profile, "VideoEncoder") == encoder and held(profile, "VideoSource") is not None:
            options = await media.options("VideoEncoder", profile=profile["token"])
            return profile["token"] if options.has(f"tt:{encoding}") else None
    token = await media.create_profile()
    for source in tokens(await media.compatible("VideoSource", token)):
        await media.add("VideoSource", token, source)
        if encoder in tokens(await media.compatible("VideoEncoder", token)):
            await media.add("VideoEncoder", token, encoder)
            options = await media.options("VideoEncoder", profile=token)
            return token if options.has(f"tt:{encoding}") else None
    return None


async def profiles_of_source(media: Media, source: str, count: int) -> list[Element]:
    """Return that many profiles with a video source configuration and each with an encoder of its own."""
    found = {
        encoder: profile
        for profile in await media.profiles()
        if held_token(profile, "VideoSource") == source and (encoder := held_token(profile, "VideoEncoder")) is not None
    }
    while len(found) < count:
        token = await media.create_profile()
        await media.add("VideoSource", token, source)
        fitting = [each for each in tokens(await media.compatible("VideoEncoder", token)) if each not in found]
        assert fitting, f"only {len(found)} of {count} profiles"
        await media.add("VideoEncoder", token, fitting[0])
        found[fitting[0]] = await media.profile(token)
    return list(found.values())[:count]


async def set_video(
    media: Media, profile: str, encoding: str, *, size: Size | None = None, frame_rate: float = USUAL_FRAME_RATE
) -> Size:
    """Set the video encoder of a profile within its options, and check that it is set so.

    Args:
        media: the service.
        profile: the profile.
        encoding: `H264` or `JPEG`.
        size: the size; the one nearest to the usual one if it is left out.
        frame_rate: what is wished; the nearest value that is offered is taken.

    Returns:
        The size.
    """
    encoder = held(await media.profile(profile), "VideoEncoder")
    assert encoder is not None
    options = await media.options("VideoEncoder", profile=profile)
    offered = options.one(f"tt:{encoding}")
    size = size or min(sizes(offered), key=lambda each: abs(each[0] * each[1] - USUAL_SIZE[0] * USUAL_SIZE[1]))
    rates = offered.one("tt:FrameRateRange")
    least, most = float(rates.text("tt:Min")), float(rates.text("tt:Max"))
    wished = {
        "tt:Encoding": encoding,
        "tt:Resolution/tt:Width": str(size[0]),
        "tt:Resolution/tt:Height": str(size[1]),
        "tt:Quality": options.text("tt:QualityRange/tt:Min"),
        "tt:RateControl/tt:FrameRateLimit": str(int(min(max(frame_rate, least), most))),
        "tt:RateControl/tt:EncodingInterval": offered.text("tt:EncodingIntervalRange/tt:Min"),
    }
    await media.set("VideoEncoder", changed(encoder, wished))
    read = await media.one("VideoEncoder", encoder["token"])
    assert read.text("tt:Encoding") == encoding
    assert (int(read.text("tt:Resolution/tt:Width")), int(read.text("tt:Resolution/tt:Height"))) == size
    return size


def sizes(offered: Element) -> list[Size]:
    """Return the sizes among the options of an encoding, as they are listed."""
    listed = offered.all("tt:ResolutionsAvailable")
    return [(int(each.text("tt:Width")), int(each.text("tt:Height"))) for each in listed]


async def plays_video(dut: Dut, encoding: str, way: Way, *, encode: Encode = base64.b64encode) -> None:
    """A profile is set to an encoding and plays it; `encode` is for `playing`."""
    media = await Media.of(dut)
    profile = await profile_for_video(media, encoding)
    size = await set_video(media, profile, encoding)
    uri = await stream_uri(media, profile, way)
    async with playing(uri, way, encode=encode, video=SDP_NAME[encoding]) as session:
        await session.shows_pictures(size)


async def plays_every_size(dut: Dut, encoding: str, choose: Callable[[Sequence[Size]], Iterable[Size]]) -> None:
    """Every encoder that knows an encoding plays the chosen ones of its sizes."""
    media = await Media.of(dut)
    played = 0
    for encoder in tokens(await media.every("VideoEncoder")):
        profile = await profile_of_encoder(media, encoder, encoding)
        if profile is None:
            continue
        options = await media.options("VideoEncoder", profile=profile)
        for size in choose(sizes(options.one(f"tt:{encoding}"))):
            rate = JPEG_FRAME_RATE if encoding == "JPEG" else USUAL_FRAME_RATE
            await set_video(media, profile, encoding, size=size, frame_rate=rate)
            uri = await stream_uri(media, profile, Way.UDP)
            async with playing(uri, Way.UDP, video=SDP_NAME[encoding]) as session:
                await session.shows_pictures(size)
            played += 1
    assert played


def largest_smallest_middle(offered: Sequence[Size]) -> list[Size]:
    """Return three of the sizes, by the number of their pixels; fewer if there are not so many."""
    by_size = sorted(offered, key=lambda size: size[0] * size[1])
    return list(dict.fromkeys((by_size[-1], by_size[0], by_size[len(by_size) // 2])))


async def plays_guaranteed_number(dut: Dut, *ways: Way) -> None:
    """For every video source as many encoders as it guarantees play at once, each in the next way."""
    media = await Media.of(dut)
    sources = tokens(await media.every("VideoSource"))
    assert sources
    for source in sources:
        answer = await media.ask(
            "GetGuaranteedNumberOfVideoEncoderInstances", f"<trt:ConfigurationToken>{source}</trt:ConfigurationToken>"
        )
        count = int(answer.text("trt:TotalNumber"))
        assert count
        async with AsyncExitStack() as stack:
            sessions = []
            for number, profile in enumerate(await profiles_of_source(media, source, count)):
                way = ways[number % len(ways)]
                encoding = profile.text("tt:VideoEncoderConfiguration/tt:Encoding")
                size = await set_video(media, profile["token"], encoding)
                uri = await stream_uri(media, profile["token"], way)
                opened = playing(uri, way, video=SDP_NAME[encoding])
                sessions.append((await stack.enter_async_context(opened), size))
            for session, size in sessions:
                await session.shows_pictures(size)


# -- audio


async def profile_with_sound(media: Media, encoding: str) -> str:
    """Return the token of a profile with pictures and with sound of an encoding, completed if there is none."""
    kinds = ("VideoSource", "VideoEncoder", "AudioSource", "AudioEncoder")
    for profile in await media.profiles():
        is_complete = all(held(profile, kind) is not None for kind in kinds)
        if is_complete and profile.text("tt:AudioEncoderConfiguration/tt:Encoding") == encoding:
            return profile["token"]
    token = await audio_only_profile(media, encoding)
    for kind in ("VideoSource", "VideoEncoder"):
        await media.add(kind, token, tokens(await media.compatible(kind, token))[0])
    return token


async def audio_only_profile(media: Media, encoding: str) -> str:
    """Return the token of a new profile with an audio encoder that can be set to an encoding, and nothing else."""
    token = await media.create_profile("testprofileX")
    for source in tokens(await media.compatible("AudioSource", token)):
        await media.add("AudioSource", token, source)
        for encoder in tokens(await media.compatible("AudioEncoder", token)):
            if await _sound_options(media, token, encoder, encoding):
                await media.add("AudioEncoder", token, encoder)
                return token
    raise AssertionError(f"no audio encoder knows {encoding}")


async def set_sound(media: Media, profile: str, encoding: str) -> None:
    """Set the audio encoder of a profile within its options, and check that it is set so."""
    encoder = held(await media.profile(profile), "AudioEncoder")
    assert encoder is not None
    (offered,) = await _sound_options(media, profile, encoder["token"], encoding)
    wished = {
        "tt:Encoding": encoding,
        "tt:Bitrate": _nearest(encoder.text("tt:Bitrate"), offered.texts("tt:BitrateList/tt:Items")),
        "tt:SampleRate": _nearest(encoder.text("tt:SampleRate"), offered.texts("tt:SampleRateList/tt:Items")),
    }
    await media.set("AudioEncoder", changed(encoder, wished))
    assert (await media.one("AudioEncoder", encoder["token"])).text("tt:Encoding") == encoding


async def _sound_options(media: Media, profile: str, encoder: str, encoding: str) -> list[Element]:
    options = await media.options("AudioEncoder", configuration=encoder, profile=profile)
    return [each for each in options.all("tt:Options") if each.text("tt:Encoding") == encoding]


def _nearest(value: str, offered: list[str]) -> str:
    return min(offered, key=lambda each: abs(int(each) - int(value)))


async def plays_sound(dut: Dut, encoding: str, way: Way) -> None:
    """A profile with pictures and sound plays the sound alone when only that is set up."""
    media = await Media.of(dut)
    profile = await profile_with_sound(media, encoding)
    await set_sound(media, profile, encoding)
    async with playing(await stream_uri(media, profile, way), way, audio=SDP_NAME[encoding]) as session:
        await session.plays_sound()


async def plays_only_sound(dut: Dut, encoding: str, way: Way) -> None:
    """A profile with nothing but sound plays nothing else."""
    media = await Media.of(dut)
    profile = await audio_only_profile(media, encoding)
    await set_sound(media, profile, encoding)
    async with playing(await stream_uri(media, profile, way), way, audio=SDP_NAME[encoding]) as session:
        assert [medium.kind for medium in session.description.media] == ["audio"]
        await session.plays_sound()


async def plays_pictures_and_sound(dut: Dut, encoding: str, way: Way) -> None:
    """A profile plays its pictures and its sound together."""
    media = await Media.of(dut)
    profile = await profile_with_sound(media, encoding)
    video = (await media.profile(profile)).text("tt:VideoEncoderConfiguration/tt:Encoding")
    size = await set_video(media, profile, video)
    await set_sound(media, profile, encoding)
    uri = await stream_uri(media, profile, way)
    async with playing(uri, way, video=SDP_NAME[video], audio=SDP_NAME[encoding]) as session:
        await session.shows_pictures(size)
        await session.plays_sound()
