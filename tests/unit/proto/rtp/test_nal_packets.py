"""Access units in RTP: what goes together, what is cut, and that nothing is lost on the way."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES
from bridge.proto.rtp.payload import h264, h264_packets, h265, h265_packets
from bridge.proto.rtp.payload.nal import NalContent
from bridge.simulators.clips import video_clip
from tests.unit.proto.rtp.depacketize import h264_units, h265_units

SIZES = st.one_of(st.integers(1, 60), st.integers(MOST_PAYLOAD_BYTES - 4, 4 * MOST_PAYLOAD_BYTES))
H264_UNITS = st.builds(
    lambda kind, importance, size: bytes([importance << 5 | kind]) + bytes(size),
    st.integers(1, 23),
    st.integers(0, 3),
    SIZES,
)
H265_UNITS = st.builds(
    lambda kind, level, size: bytes([kind << 1, level]) + bytes(size), st.integers(0, 47), st.integers(1, 7), SIZES
)


def data_of(payloads):
    assert all(not payload.extension and len(payload.data) <= MOST_PAYLOAD_BYTES for payload in payloads)
    return [payload.data for payload in payloads]


@given(st.lists(H264_UNITS, max_size=6))
def test_every_h264_access_unit_can_be_put_together_again(units):
    assert h264_units(data_of(h264_packets.split(units))) == units


@given(st.lists(H265_UNITS, max_size=6))
def test_every_h265_access_unit_can_be_put_together_again(units):
    assert h265_units(data_of(h265_packets.split(units))) == units


def test_small_h264_units_travel_together_under_their_highest_importance():
    sps, pps, sei = b"\x67sps", b"\x68pps", b"\x06sei"
    (together,) = data_of(h264_packets.split([sps, pps, sei]))
    assert together == b"\x78\x00\x04\x67sps\x00\x04\x68pps\x00\x04\x06sei"


def test_small_h265_units_travel_together_under_their_lowest_layer_and_level():
    (together,) = data_of(h265_packets.split([b"\x40\x01v", b"\x42\x02s"]))
    assert together == b"\x60\x01\x00\x03\x40\x01v\x00\x03\x42\x02s"


def test_large_units_are_cut_and_only_the_ends_are_marked():
    first, middle, last = data_of(h264_packets.split([b"\x65" + bytes(3 * 1390)]))
    assert [payload[:2] for payload in (first, middle, last)] == [b"\x7c\x85", b"\x7c\x05", b"\x7c\x45"]
    first, middle, last = data_of(h265_packets.split([b"\x26\x01" + bytes(3 * 1390)]))
    assert [payload[:3] for payload in (first, middle, last)] == [b"\x62\x01\x93", b"\x62\x01\x13", b"\x62\x01\x53"]


def test_units_without_content_are_left_out():
    assert h264_packets.split([b""]) == []
    assert h265_packets.split([b"\x26"]) == []


@pytest.mark.parametrize(
    ("name", "packets", "reader"), [("h264-640x360", h264_packets, h264), ("h265-3840x2160", h265_packets, h265)]
)
def test_key_pictures_are_found_again_by_the_hub(name, packets, reader):
    group = video_clip(name).groups[0]
    contents = [reader.read_content(data, 0, len(data)) for data in data_of(packets.split(group[0]))]
    assert contents[0] is NalContent.PARAMETERS
    assert NalContent.RANDOM_ACCESS in contents or len(contents) == 1
    data = packets.split(group[1])[0].data
    assert reader.read_content(data, 0, len(data)) is NalContent.PICTURE


def test_h264_parameters_are_described():
    sps, pps = b"\x67\x4d\x00\x1f\x99", b"\x68\xee"
    mode, profile, sprop = h264_packets.fmtp([sps, pps]).split(";")
    assert (mode, profile) == ("packetization-mode=1", "profile-level-id=4D001F")
    assert [b64decode(word) for word in sprop.removeprefix("sprop-parameter-sets=").split(",")] == [sps, pps]


def test_h265_parameters_are_described():
    vps, sps, pps = b"\x40\x01v", b"\x42\x01s", b"\x44\x01p"
    assert h265_packets.fmtp([pps, sps, vps, b""]) == "sprop-vps=QAF2;sprop-sps=QgFz;sprop-pps=RAFw"


@pytest.mark.parametrize("sets", [[], [b"\x68\xee"], [b"\x67\x4d"]])
def test_h264_without_a_whole_sps_cannot_be_described(sets):
    with pytest.raises(WireError, match="sequence parameter set"):
        h264_packets.fmtp(sets)


def test_h265_with_a_set_missing_cannot_be_described():
    with pytest.raises(WireError, match="not complete"):
        h265_packets.fmtp([b"\x40\x01v", b"\x42\x01s"])
