"""Real Time Streaming using Media2 Device Test Specification: video over unicast."""

from __future__ import annotations

import pytest

from tests.conformance.rtsp_session import Way
from tests.conformance.streaming2_steps import brings_key_picture_when_asked, plays_video


@pytest.fixture
def dut(streaming_dut):
    return streaming_dut


async def test_MEDIA2_RTSS_1_1_1(dut):
    """H.264 plays over UDP."""
    await plays_video(dut, "H264", Way.UDP)


async def test_MEDIA2_RTSS_1_1_2(dut):
    """H.264 plays inside of HTTP."""
    await plays_video(dut, "H264", Way.HTTP)


async def test_MEDIA2_RTSS_1_1_3(dut):
    """H.264 plays inside of RTSP."""
    await plays_video(dut, "H264", Way.RTSP)


async def test_MEDIA2_RTSS_1_1_4(dut):
    """A synchronization point brings a key picture of H.264 before its time."""
    await brings_key_picture_when_asked(dut, "H264")


async def test_MEDIA2_RTSS_1_1_8(dut):
    """H.265 plays over UDP."""
    await plays_video(dut, "H265", Way.UDP)


async def test_MEDIA2_RTSS_1_1_9(dut):
    """H.265 plays inside of HTTP."""
    await plays_video(dut, "H265", Way.HTTP)


async def test_MEDIA2_RTSS_1_1_10(dut):
    """H.265 plays inside of RTSP."""
    await plays_video(dut, "H265", Way.RTSP)


async def test_MEDIA2_RTSS_1_1_11(dut):
    """A synchronization point brings a key picture of H.265 before its time."""
    await brings_key_picture_when_asked(dut, "H265")


async def test_MEDIA2_RTSS_1_1_15(dut):
    """H.264 plays inside of HTTPS."""
    await plays_video(dut, "H264", Way.HTTPS)


async def test_MEDIA2_RTSS_1_1_16(dut):
    """H.265 plays inside of HTTPS."""
    await plays_video(dut, "H265", Way.HTTPS)


async def test_MEDIA2_RTSS_1_1_19(dut):
    """H.264 plays inside of a WebSocket."""
    await plays_video(dut, "H264", Way.WEB_SOCKET)


async def test_MEDIA2_RTSS_1_1_20(dut):
    """H.265 plays inside of a WebSocket."""
    await plays_video(dut, "H265", Way.WEB_SOCKET)
