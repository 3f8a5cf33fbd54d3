"""Sound in RTP: AAC as of RFC 3640, and G.711."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES
from bridge.proto.rtp.payload import aac, g711
from bridge.proto.rtp.payload.aac import AacConfig
from bridge.simulators.clips import audio_frames
from tests.unit.proto.rtp.depacketize import aac_units


@given(st.integers(1, aac.MOST_UNIT_BYTES))
def test_every_unit_can_be_put_together_again(size):
    unit = bytes(range(256)) * (size // 256) + bytes(size % 256)
    payloads = aac.split(unit)
    assert all(len(payload.data) <= MOST_PAYLOAD_BYTES for payload in payloads)
    assert aac_units([(payload is payloads[-1], payload.data) for payload in payloads]) == [unit]


def test_usual_unit_is_one_packet():
    (payload,) = aac.split(audio_frames()[5])
    assert payload.data[4:] == audio_frames()[5]


def test_unit_too_large_for_its_header_is_refused():
    with pytest.raises(WireError, match="8191"):
        aac.split(bytes(8192))


@pytest.mark.parametrize(
    ("config", "rate_hz", "channels"),
    [
        ("1408", 16000, 1),
        ("1210", 44100, 2),
        ("1188", 48000, 1),
        ("13885 6e500".replace(" ", ""), 22050, 1),
        ("17803e8088", 32001, 1),
        ("1238", 44100, 8),
        ("1200", 44100, 1),
    ],
)
def test_configuration_tells_rate_and_channels(config, rate_hz, channels):
    found = AacConfig.parse(bytes.fromhex(config + "0" * (len(config) % 2)))
    assert (found.rate_hz, found.channels) == (rate_hz, channels)
    assert found.fmtp.endswith(f"config={found.config.hex().upper()}")
    assert "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;" in found.fmtp


@pytest.mark.parametrize("config", ["", "14", "1780", "1690", "16f8", "1248", "f900"])
def test_impossible_configuration_is_refused(config):
    with pytest.raises(WireError):
        AacConfig.parse(bytes.fromhex(config))


@given(st.binary(max_size=8))
def test_any_configuration_is_read_or_refused(config):
    try:
        assert AacConfig.parse(config).rate_hz > 0
    except WireError:
        return


@given(st.binary(max_size=2000))
def test_samples_are_cut_into_short_packets_in_order(samples):
    parts = g711.split(samples)
    assert b"".join(payload.data for _, payload in parts) == samples
    assert all(samples[at : at + len(payload.data)] == payload.data for at, payload in parts)
    assert all(len(payload.data) <= g711.MOST_SAMPLES for _, payload in parts)
