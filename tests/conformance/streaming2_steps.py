"""What the cases of streaming with the Media2 service share: choosing profiles, setting encoders, learning addresses.

The annexes of the Real Time Streaming using Media2 Device Test Specification; how a stream is played and judged is in
`rtsp_session`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import ClientSession

from tests.clients import decoding
from tests.clients.soap import SoapClient
from tests.clients.tunnel import SUBPROTOCOL
from tests.conformance.media2_client import Media2, held, held_tokens, profile_token
from tests.conformance.media_client import changed
from tests.conformance.rtsp_session import Way, host_of, playing, trusting_anyone
from tests.conformance.streaming_steps import MOST_URI_BYTES, USUAL_FRAME_RATE, USUAL_SIZE, Size, sizes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conformance.dut import Dut, Element
    from tests.conformance.rtsp_session import Session

PROTOCOL = {
    Way.UDP: "RtspUnicast",
    Way.RTSP: "RTSP",
    Way.HTTP: "RtspOverHttp",
    Way.HTTPS: "RtspOverHttp",
    Way.WEB_SOCKET: "RTSP",
}
"""What GetStreamUri calls the ways."""

SOUND = {"G711": ("PCMU",), "AAC": ("MP4A-LATM", "MPEG4-GENERIC")}
"""What the service may call the encodings of sound, best first."""

SDP_NAME = {"G711": "PCMU", "AAC": "MPEG4-GENERIC"}
"""What SDP calls them; those of pictures have the same name in both."""

_CODEC_PROFILES = ("Baseline", "Main", "Extended", "High")
_HANDSHAKE_ID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def media_for(dut: Dut, way: Way) -> Media2:
    """Return the service as a client asks it who wants to play that way: over HTTPS if that is to carry the stream.

    HTTPS has to be switched on, so that there is nothing to be done for it.
    """
    media = await Media2.of(dut)
    if way is not Way.HTTPS:
        return media
    protocols = (await dut.ask("<tds:GetNetworkProtocols/>")).all("tds:NetworkProtocols")
    enabled = {each.text("tt:Name"): each.texts("tt:Port") for each in protocols if each.text("tt:Enabled") == "true"}
    plain = urlsplit(media.xaddr)
    base = f"https://{plain.hostname}:{enabled['HTTPS'][0]}"
    dut.clients[base] = SoapClient(base, context=trusting_anyone())
    return Media2(dut, base + plain.path)


async def stream_uri(media: Media2, profile: str, way: Way) -> str:
    """Return the address of a profile, with everything checked that it owes."""
    answer = await media.ask("GetStreamUri", f"<tr2:Protocol>{PROTOCOL[way]}</tr2:Protocol>{profile_token(profile)}")
    uri = answer.text("tr2:Uri")
    assert len(uri.encode()) <= MOST_URI_BYTES
    host_of(uri)
    stream, service = urlsplit(uri), urlsplit(media.xaddr)
    if way in {Way.HTTP, Way.HTTPS}:
        assert (stream.scheme, stream.port) == (service.scheme, service.port)
    else:
        assert stream.scheme == "rtsp"
    return uri


async def web_socket_uri(media: Media2) -> str:
    """Return the address of the WebSocket, made whole by that of the service, with its handshake checked."""
    told = urlsplit((await media.capabilities()).one("tr2:StreamingCapabilities")["RTSPWebSocketUri"])
    assert (told.scheme, told.netloc) == ("ws", ""), "the service was asked without TLS; the host is not to be told"
    uri = f"{told.scheme}://{urlsplit(media.xaddr).netloc}{told.path}"
    await _shakes_hands(uri)
    return uri


async def _shakes_hands(uri: str) -> None:
    """Check the answer to the opening handshake of a WebSocket (RFC 6455 section 4.2.2)."""
    key = base64.b64encode(secrets.token_bytes(16))
    wish = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key.decode(),
        "Sec-WebSocket-Protocol": SUBPROTOCOL,
        "Sec-WebSocket-Version": "13",
    }
    accepted = base64.b64encode(hashlib.sha1(key + _HANDSHAKE_ID, usedforsecurity=False).digest()).decode()
    async with ClientSession() as session, session.get(re.sub("^ws", "http", uri), headers=wish) as answer:
        assert answer.status == 101
        assert answer.headers["Upgrade"] == "websocket"
        assert answer.headers["Connection"] == "Upgrade"
        assert answer.headers["Sec-WebSocket-Accept"] == accepted
        assert answer.headers["Sec-WebSocket-Protocol"] == SUBPROTOCOL


@asynccontextmanager
async def playing_profile(
    media: Media2, profile: str, way: Way, *, speech: str = "", **wanted: str
) -> AsyncIterator[Session]:
    """Play the wanted media of a profile, kind=encoding, as `playing` does; `speech` is a back channel's encoding."""
    uri = await stream_uri(media, profile, way)
    through = await web_socket_uri(media) if way is Way.WEB_SOCKET else ""
    async with playing(uri, way, encode=base64.b64encode, through=through, speech=speech, **wanted) as session:
        yield session


# -- video


async def profile_for_video(media: Media2, encoding: str) -> tuple[Element, Element]:
    """Return a profile that can play a video encoding, and its options for that."""
    for profile in await media.profiles("VideoSource", "VideoEncoder"):
        encoder = held(profile, "VideoEncoder")
        if encoder is None or held(profile, "VideoSource") is None:
            continue
        offered = await media.options("VideoEncoder", configuration=encoder["token"], profile=profile["token"])
        for each in offered:
            if each.text("tt:Encoding") == encoding:
                return profile, each
    raise AssertionError(f"no profile can play {encoding}")


async def set_video(media: Media2, profile: Element, offered: Element) -> Size:
    """Set the video encoder of a profile within its options, check that it is set so, and return the size."""
    encoder = held(profile, "VideoEncoder")
    assert encoder is not None
    size = min(sizes(offered), key=lambda each: abs(each[0] * each[1] - USUAL_SIZE[0] * USUAL_SIZE[1]))
    rates = [rate for rate in offered["FrameRatesSupported"].split() if float(rate) > 1]
    least, most = (int(offered.text(f"tt:BitrateRange/tt:{bound}")) for bound in ("Min", "Max"))
    present = int(encoder.text("tt:RateControl/tt:BitrateLimit"))
    wished = changed(
        encoder,
        {
            "@GovLength": min(offered["GovLengthRange"].split(), key=int),
            "@Profile": max(offered["ProfilesSupported"].split(), key=_CODEC_PROFILES.index),
            "tt:Encoding": offered.text("tt:Encoding"),
            "tt:Resolution/tt:Width": str(size[0]),
            "tt:Resolution/tt:Height": str(size[1]),
            "tt:RateControl/@ConstantBitRate": offered["ConstantBitRateSupported"],
            "tt:RateControl/tt:FrameRateLimit": min(rates, key=lambda rate: abs(float(rate) - USUAL_FRAME_RATE)),
            "tt:RateControl/tt:BitrateLimit": str(min(max(present, least), most)),
            "tt:Quality": offered.text("tt:QualityRange/tt:Min"),
        },
    )
    await media.set("VideoEncoder", wished)
    read = await media.one("VideoEncoder", encoder["token"])
    assert read.text("tt:Encoding") == offered.text("tt:Encoding")
    assert (int(read.text("tt:Resolution/tt:Width")), int(read.text("tt:Resolution/tt:Height"))) == size
    return size


async def plays_video(dut: Dut, encoding: str, way: Way) -> None:
    """A profile is set to an encoding and plays it."""
    media = await media_for(dut, way)
    profile, offered = await profile_for_video(media, encoding)
    size = await set_video(media, profile, offered)
    async with playing_profile(media, profile["token"], way, video=encoding) as session:
        await session.shows_pictures(size)


async def brings_key_picture_when_asked(dut: Dut, encoding: str) -> None:
    """A synchronization point brings a key picture long before one is due."""
    media = await Media2.of(dut)
    profile, offered = await profile_for_video(media, encoding)
    await set_video(media, profile, offered)
    encoder = held(await media.profile(profile["token"], "VideoEncoder"), "VideoEncoder")
    assert encoder is not None
    async with playing_profile(media, profile["token"], Way.UDP, video=encoding) as session:
        await session.key_picture()
        await session.report("video")
        await media.ask("SetSynchronizationPoint", profile_token(profile["token"]))
        pictures = [await session.moment("video")]
        while not decoding.is_key_picture(encoding, pictures[-1]):
            pictures.append(await session.moment("video"))
        assert len(pictures) < int(encoder["GovLength"]) / 2


# -- audio


async def profile_for_sound(media: Media2, encoding: str) -> tuple[Element, Element]:
    """Return a profile that can play a sound encoding, and its options for that."""
    for profile in await media.profiles("All"):
        encoder = held(profile, "AudioEncoder")
        if encoder is None or held(profile, "AudioSource") is None:
            continue
        options = await media.options("AudioEncoder", configuration=encoder["token"], profile=profile["token"])
        offered = {each.text("tt:Encoding"): each for each in options}
        for name in SOUND[encoding]:
            if name in offered:
                return profile, offered[name]
    raise AssertionError(f"no profile can play {encoding}")


async def set_sound(media: Media2, profile: Element, offered: Element) -> None:
    """Set the audio encoder of a profile within its options, and check that it is set so."""
    encoder = held(profile, "AudioEncoder")
    assert encoder is not None
    wished = changed(
        encoder,
        {
            "tt:Encoding": offered.text("tt:Encoding"),
            "tt:Bitrate": _nearest(encoder.text("tt:Bitrate"), offered.texts("tt:BitrateList/tt:Items")),
            "tt:SampleRate": _nearest(encoder.text("tt:SampleRate"), offered.texts("tt:SampleRateList/tt:Items")),
        },
    )
    await media.set("AudioEncoder", wished)
    read = await media.one("AudioEncoder", encoder["token"])
    for part in ("Encoding", "Bitrate", "SampleRate"):
        assert read.text(f"tt:{part}") == wished.text(f"tt:{part}")


def _nearest(value: str, offered: list[str]) -> str:
    return min(offered, key=lambda each: abs(int(each) - int(value)))


async def plays_sound(dut: Dut, encoding: str, way: Way) -> None:
    """A profile plays its sound alone when only that is set up."""
    media = await media_for(dut, way)
    profile, offered = await profile_for_sound(media, encoding)
    await set_sound(media, profile, offered)
    async with playing_profile(media, profile["token"], way, audio=SDP_NAME[encoding]) as session:
        await session.plays_sound()


async def plays_only_sound(dut: Dut, encoding: str, way: Way) -> None:
    """A profile from which all but the sound was taken plays nothing else."""
    media = await media_for(dut, way)
    profile, offered = await profile_for_sound(media, encoding)
    await set_sound(media, profile, offered)
    sound = {"AudioSource", "AudioEncoder"}
    await media.remove(profile["token"], *held_tokens(profile).keys() - sound)
    assert held_tokens(await media.profile(profile["token"], "All")).keys() == sound
    async with playing_profile(media, profile["token"], way, audio=SDP_NAME[encoding]) as session:
        assert [medium.kind for medium in session.description.media] == ["audio"]
        await session.plays_sound()


async def plays_pictures_and_sound(dut: Dut, encoding: str, way: Way) -> None:
    """A profile plays its pictures, in the encoding that it has, and its sound together."""
    media = await media_for(dut, way)
    profile, sound = await profile_for_sound(media, encoding)
    encoder = held(profile, "VideoEncoder")
    assert encoder is not None
    video = encoder.text("tt:Encoding")
    assert video in {"H264", "H265"}
    await set_sound(media, profile, sound)
    options = await media.options("VideoEncoder", configuration=encoder["token"], profile=profile["token"])
    (pictures,) = [each for each in options if each.text("tt:Encoding") == video]
    size = await set_video(media, profile, pictures)
    async with playing_profile(media, profile["token"], way, video=video, audio=SDP_NAME[encoding]) as session:
        await session.shows_pictures(size)
        await session.plays_sound()
