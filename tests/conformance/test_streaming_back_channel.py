"""Real Time Streaming Device Test Specification: sound from the client to the camera's loudspeaker.

The cases set a primacy of the client. The device offers but one, under which it deals with both directions itself:
where a primacy is not offered, what is offered takes its place.
"""

from __future__ import annotations

import pytest

from tests.conformance.media_client import Media, changed, held_token, tokens
from tests.conformance.rtsp_session import Way, playing
from tests.conformance.speech import give_loudspeaker, is_heard
from tests.conformance.streaming_steps import SDP_NAME, stream_uri

CLIENT = "www.onvif.org/ver20/HalfDuplex/Client"


@pytest.fixture
def dut(streaming_dut):
    """The device with a loudspeaker that takes G.711 and AAC."""
    give_loudspeaker(streaming_dut)
    return streaming_dut


async def profile_for_speech(media, encoding):
    """Return the token of a profile through which a client is heard in an encoding, completed if need be."""
    for profile in tokens(await media.profiles()):
        if await has_output(media, profile) and await has_decoder(media, profile, encoding):
            return profile
    raise AssertionError(f"through no profile a client is heard in {encoding}")


async def has_output(media, profile):
    """Whether a profile has an audio output with another primacy than the client's, or one could be added."""
    present = held_token(await media.profile(profile), "AudioOutput")
    for output in [present] if present else tokens(await media.every("AudioOutput")):
        options = await media.options("AudioOutput", configuration=output)
        if options.texts("tt:SendPrimacyOptions") != [CLIENT]:
            if not present:
                await media.add("AudioOutput", profile, output)
            return True
    return False


async def has_decoder(media, profile, encoding):
    """Whether a profile has an audio decoder that knows an encoding, or one could be added."""
    present = held_token(await media.profile(profile), "AudioDecoder")
    for decoder in [present] if present else tokens(await media.every("AudioDecoder")):
        options = await media.options("AudioDecoder", configuration=decoder)
        if options.has(f"tt:{encoding}DecOptions"):
            if not present:
                await media.add("AudioDecoder", profile, decoder)
            return True
    return False


async def set_output(media, profile):
    """Set the audio output of a profile: the client's primacy if that is offered, and the loudest level."""
    token = held_token(await media.profile(profile), "AudioOutput")
    options = await media.options("AudioOutput", configuration=token, profile=profile)
    primacies = options.texts("tt:SendPrimacyOptions")
    wished = {
        "tt:SendPrimacy": CLIENT if CLIENT in primacies else primacies[0],
        "tt:OutputLevel": options.text("tt:OutputLevelRange/tt:Max"),
    }
    await media.set("AudioOutput", changed(await media.one("AudioOutput", token), wished))


async def hears_speech(dut, encoding, way):
    """The camera hears what a client says in an encoding."""
    media = await Media.of(dut)
    profile = await profile_for_speech(media, encoding)
    await set_output(media, profile)
    async with playing(await stream_uri(media, profile, way), way, speech=SDP_NAME[encoding]) as session:
        await is_heard(dut, session, encoding)


async def test_RTSS_6_1_1(dut):
    """A client is heard in G.711 over UDP; the primacy is one that is offered, which the client's is not."""
    await hears_speech(dut, "G711", Way.UDP)


async def test_RTSS_6_1_3(dut):
    """A client is heard in G.711 inside of RTSP; the primacy is one that is offered, which the client's is not."""
    await hears_speech(dut, "G711", Way.RTSP)


async def test_RTSS_6_1_7(dut):
    """A client is heard in AAC over UDP; the primacy is one that is offered, which the client's is not."""
    await hears_speech(dut, "AAC", Way.UDP)


async def test_RTSS_6_1_9(dut):
    """A client is heard in AAC inside of RTSP; the primacy is one that is offered, which the client's is not."""
    await hears_speech(dut, "AAC", Way.RTSP)


async def test_RTSS_6_1_10(dut):
    """A client is heard in G.711 inside of HTTP.

    The primacy is one that is offered, and the address is asked for with the protocol HTTP, as the annex writes it.
    """
    await hears_speech(dut, "G711", Way.HTTP)


async def test_RTSS_6_1_12(dut):
    """A client is heard in AAC inside of HTTP.

    The primacy is one that is offered, and the address is asked for with the protocol HTTP, as the annex writes it.
    """
    await hears_speech(dut, "AAC", Way.HTTP)
