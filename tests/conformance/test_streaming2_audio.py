"""Real Time Streaming using Media2 Device Test Specification: audio, alone and beside video, over unicast."""

from __future__ import annotations

import pytest

from tests.conformance.rtsp_session import Way
from tests.conformance.streaming2_steps import plays_only_sound, plays_pictures_and_sound, plays_sound


@pytest.fixture
def dut(streaming_dut):
    return streaming_dut


async def test_MEDIA2_RTSS_2_1_1(dut):
    """G.711 of a profile with pictures plays over UDP."""
    await plays_sound(dut, "G711", Way.UDP)


async def test_MEDIA2_RTSS_2_1_2(dut):
    """G.711 of a profile with pictures plays inside of HTTP."""
    await plays_sound(dut, "G711", Way.HTTP)


async def test_MEDIA2_RTSS_2_1_3(dut):
    """G.711 of a profile with pictures plays inside of RTSP."""
    await plays_sound(dut, "G711", Way.RTSP)


async def test_MEDIA2_RTSS_2_1_7(dut):
    """AAC of a profile with pictures plays over UDP."""
    await plays_sound(dut, "AAC", Way.UDP)


async def test_MEDIA2_RTSS_2_1_8(dut):
    """AAC of a profile with pictures plays inside of HTTP."""
    await plays_sound(dut, "AAC", Way.HTTP)


async def test_MEDIA2_RTSS_2_1_9(dut):
    """AAC of a profile with pictures plays inside of RTSP."""
    await plays_sound(dut, "AAC", Way.RTSP)


async def test_MEDIA2_RTSS_2_1_13(dut):
    """G.711 of a profile with pictures plays inside of HTTPS."""
    await plays_sound(dut, "G711", Way.HTTPS)


async def test_MEDIA2_RTSS_2_1_14(dut):
    """AAC of a profile with pictures plays inside of HTTPS."""
    await plays_sound(dut, "AAC", Way.HTTPS)


async def test_MEDIA2_RTSS_2_1_17(dut):
    """G.711 of a profile with pictures plays inside of a WebSocket."""
    await plays_sound(dut, "G711", Way.WEB_SOCKET)


async def test_MEDIA2_RTSS_2_1_18(dut):
    """AAC of a profile with pictures plays inside of a WebSocket."""
    await plays_sound(dut, "AAC", Way.WEB_SOCKET)


async def test_MEDIA2_RTSS_2_1_21(dut):
    """G.711 of a profile without anything else plays over UDP."""
    await plays_only_sound(dut, "G711", Way.UDP)


async def test_MEDIA2_RTSS_5_1_1(dut):
    """Pictures and G.711 play together over UDP."""
    await plays_pictures_and_sound(dut, "G711", Way.UDP)


async def test_MEDIA2_RTSS_5_1_2(dut):
    """Pictures and G.711 play together inside of HTTP."""
    await plays_pictures_and_sound(dut, "G711", Way.HTTP)


async def test_MEDIA2_RTSS_5_1_3(dut):
    """Pictures and G.711 play together inside of RTSP."""
    await plays_pictures_and_sound(dut, "G711", Way.RTSP)


async def test_MEDIA2_RTSS_5_1_7(dut):
    """Pictures and AAC play together over UDP."""
    await plays_pictures_and_sound(dut, "AAC", Way.UDP)


async def test_MEDIA2_RTSS_5_1_8(dut):
    """Pictures and AAC play together inside of HTTP."""
    await plays_pictures_and_sound(dut, "AAC", Way.HTTP)


async def test_MEDIA2_RTSS_5_1_9(dut):
    """Pictures and AAC play together inside of RTSP."""
    await plays_pictures_and_sound(dut, "AAC", Way.RTSP)
