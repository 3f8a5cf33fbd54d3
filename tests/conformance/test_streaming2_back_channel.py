"""Real Time Streaming using Media2 Device Test Specification: sound from the client, alone and beside the camera's."""

from __future__ import annotations

import pytest

from tests.conformance.media2_client import Media2, held_tokens
from tests.conformance.media_client import changed, tokens
from tests.conformance.rtsp_session import Way
from tests.conformance.speech import give_loudspeaker, is_heard
from tests.conformance.streaming2_steps import SDP_NAME, SOUND, media_for, playing_profile, set_sound, set_video

SERVER_ONLY = ["www.onvif.org/ver20/HalfDuplex/Server"]
"""The primacy under which nobody would hear the client."""


@pytest.fixture
def dut(streaming_dut):
    """The device with a loudspeaker that takes G.711 and AAC."""
    give_loudspeaker(streaming_dut)
    return streaming_dut


async def profile_for_speech(media, encoding):
    """Return the token of a profile through which a client is heard in an encoding."""
    token = await media.profile_with("AudioOutput", "AudioDecoder")
    held = held_tokens(await media.profile(token, "All"))
    (options,) = await media.options("AudioOutput", configuration=held["AudioOutput"], profile=token)
    assert options.texts("tt:SendPrimacyOptions") != SERVER_ONLY
    assert [(await media.one("AudioOutput", held["AudioOutput"])).text("tt:SendPrimacy")] != SERVER_ONLY
    assert set(SOUND[encoding]) & (await encodings(media, "AudioDecoder", held["AudioDecoder"], token)).keys()
    return token


async def encodings(media, kind, configuration, profile):
    """Return the options of a configuration by their encoding."""
    offered = await media.options(kind, configuration=configuration, profile=profile)
    return {each.text("tt:Encoding"): each for each in offered}


async def hears_speech(dut, encoding, way):
    """The camera hears what a client says in an encoding."""
    media = await media_for(dut, way)
    token = await profile_for_speech(media, encoding)
    async with playing_profile(media, token, way, speech=SDP_NAME[encoding]) as session:
        await is_heard(dut, session, encoding)


async def test_MEDIA2_RTSS_3_1_1(dut):
    """A client is heard in G.711 over UDP."""
    await hears_speech(dut, "G711", Way.UDP)


async def test_MEDIA2_RTSS_3_1_3(dut):
    """A client is heard in G.711 inside of RTSP."""
    await hears_speech(dut, "G711", Way.RTSP)


async def test_MEDIA2_RTSS_3_1_7(dut):
    """A client is heard in AAC over UDP."""
    await hears_speech(dut, "AAC", Way.UDP)


async def test_MEDIA2_RTSS_3_1_9(dut):
    """A client is heard in AAC inside of RTSP."""
    await hears_speech(dut, "AAC", Way.RTSP)


async def test_MEDIA2_RTSS_3_1_13(dut):
    """A client is heard in G.711 inside of a WebSocket."""
    await hears_speech(dut, "G711", Way.WEB_SOCKET)


async def test_MEDIA2_RTSS_3_1_14(dut):
    """A client is heard in AAC inside of a WebSocket."""
    await hears_speech(dut, "AAC", Way.WEB_SOCKET)


async def test_MEDIA2_RTSS_3_1_21(dut):
    """A client is heard in G.711 inside of HTTP."""
    await hears_speech(dut, "G711", Way.HTTP)


async def test_MEDIA2_RTSS_3_1_23(dut):
    """A client is heard in AAC inside of HTTP."""
    await hears_speech(dut, "AAC", Way.HTTP)


async def test_MEDIA2_RTSS_3_1_25(dut):
    """A client is heard in G.711 inside of HTTPS."""
    await hears_speech(dut, "G711", Way.HTTPS)


async def test_MEDIA2_RTSS_3_1_26(dut):
    """A client is heard in AAC inside of HTTPS."""
    await hears_speech(dut, "AAC", Way.HTTPS)


async def put(media, profile, source, encoder, *wanted):
    """Put into a profile a source and an encoder that knows one of the wanted encodings; return the options of that.

    Of several encodings the first one of the wanted is taken.
    """
    for each in tokens(await media.fitting(source, profile)):
        await media.add(profile, **{source: each})
        found = {
            encoding: (fitting, offered)
            for fitting in tokens(await media.fitting(encoder, profile))
            for encoding, offered in (await encodings(media, encoder, fitting, profile)).items()
        }
        for encoding in wanted:
            if encoding in found:
                fitting, offered = found[encoding]
                await media.add(profile, **{encoder: fitting})
                return offered
    raise AssertionError(f"no {encoder} knows any of {wanted}")


async def test_MEDIA2_RTSS_6_1_1(dut):
    """A client is heard in G.711 while pictures and sound of the camera play, over UDP."""
    media = await Media2.of(dut)
    token = (await media.profiles("All"))[0]["token"]
    await media.remove(token, *held_tokens(await media.profile(token, "All")))
    await put(media, token, "AudioOutput", "AudioDecoder", "PCMU")
    pictures = await put(media, token, "VideoSource", "VideoEncoder", "H264", "H265")
    sound = await put(media, token, "AudioSource", "AudioEncoder", *SOUND["G711"], *SOUND["AAC"])
    profile = await media.profile(token, "All")
    size = await set_video(media, profile, pictures)
    await set_sound(media, profile, sound)
    output = changed(await media.one("AudioOutput", held_tokens(profile)["AudioOutput"]), {})
    for primacy in output.all("tt:SendPrimacy"):
        output.raw.remove(primacy.raw)
    await media.set("AudioOutput", output)
    video = pictures.text("tt:Encoding")
    audio = next(SDP_NAME[name] for name, words in SOUND.items() if sound.text("tt:Encoding") in words)
    async with playing_profile(media, token, Way.UDP, speech=SDP_NAME["G711"], video=video, audio=audio) as session:
        await is_heard(dut, session, "G711")
        await session.shows_pictures(size)
        await session.plays_sound()
