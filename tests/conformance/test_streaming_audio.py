"""Real Time Streaming Device Test Specification: audio, alone and beside video, over unicast."""

from __future__ import annotations

import pytest

from tests.conformance.rtsp_session import Way
from tests.conformance.streaming_steps import plays_only_sound, plays_pictures_and_sound, plays_sound


@pytest.fixture
def dut(streaming_dut):
    return streaming_dut


async def test_RTSS_2_1_19(dut):
    """G.711 of a profile with pictures plays over UDP."""
    await plays_sound(dut, "G711", Way.UDP)


async def test_RTSS_2_1_20(dut):
    """G.711 of a profile with pictures plays inside of HTTP."""
    await plays_sound(dut, "G711", Way.HTTP)


async def test_RTSS_2_1_21(dut):
    """G.711 of a profile with pictures plays inside of RTSP."""
    await plays_sound(dut, "G711", Way.RTSP)


async def test_RTSS_2_1_25(dut):
    """AAC of a profile with pictures plays over UDP."""
    await plays_sound(dut, "AAC", Way.UDP)


async def test_RTSS_2_1_26(dut):
    """AAC of a profile with pictures plays inside of HTTP."""
    await plays_sound(dut, "AAC", Way.HTTP)


async def test_RTSS_2_1_27(dut):
    """AAC of a profile with pictures plays inside of RTSP."""
    await plays_sound(dut, "AAC", Way.RTSP)


async def test_RTSS_2_1_28(dut):
    """G.711 of a profile without pictures plays over UDP."""
    await plays_only_sound(dut, "G711", Way.UDP)


async def test_RTSS_2_1_29(dut):
    """G.711 of a profile without pictures plays inside of HTTP."""
    await plays_only_sound(dut, "G711", Way.HTTP)


async def test_RTSS_2_1_30(dut):
    """G.711 of a profile without pictures plays inside of RTSP."""
    await plays_only_sound(dut, "G711", Way.RTSP)


async def test_RTSS_2_1_34(dut):
    """AAC of a profile without pictures plays over UDP."""
    await plays_only_sound(dut, "AAC", Way.UDP)


async def test_RTSS_2_1_35(dut):
    """AAC of a profile without pictures plays inside of HTTP."""
    await plays_only_sound(dut, "AAC", Way.HTTP)


async def test_RTSS_2_1_36(dut):
    """AAC of a profile without pictures plays inside of RTSP."""
    await plays_only_sound(dut, "AAC", Way.RTSP)


async def test_RTSS_3_1_10(dut):
    """Pictures and G.711 play together over UDP."""
    await plays_pictures_and_sound(dut, "G711", Way.UDP)


async def test_RTSS_3_1_11(dut):
    """Pictures and G.711 play together inside of HTTP."""
    await plays_pictures_and_sound(dut, "G711", Way.HTTP)


async def test_RTSS_3_1_12(dut):
    """Pictures and G.711 play together inside of RTSP."""
    await plays_pictures_and_sound(dut, "G711", Way.RTSP)


async def test_RTSS_3_1_16(dut):
    """Pictures and AAC play together over UDP."""
    await plays_pictures_and_sound(dut, "AAC", Way.UDP)


async def test_RTSS_3_1_17(dut):
    """Pictures and AAC play together inside of HTTP."""
    await plays_pictures_and_sound(dut, "AAC", Way.HTTP)


async def test_RTSS_3_1_18(dut):
    """Pictures and AAC play together inside of RTSP."""
    await plays_pictures_and_sound(dut, "AAC", Way.RTSP)
