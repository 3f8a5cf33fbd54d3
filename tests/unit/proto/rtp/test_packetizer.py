from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.proto.rtp.packet import RtpHeader
from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES, Packetizer, Payload
from bridge.proto.rtp.payload import metadata
from tests.unit.proto.rtp.test_jpeg import split


def test_sequence_numbers_go_on_over_their_end_and_times_stay_in_range() -> None:
    packetizer = Packetizer(channel=4, payload_type=107, ssrc=7, seq=0xFFFF)
    frames = packetizer.frames([Payload(b"a"), Payload(b"b")], rtp_time=2**32 + 5)
    first, second = map(RtpHeader.parse, split(frames))

    assert frames[:2] == b"$\x04"
    assert [(each.seq, each.rtp_time, each.marker) for each in (first, second)] == [(0xFFFF, 5, False), (0, 5, True)]
    assert {(each.ssrc, each.payload_type) for each in (first, second)} == {(7, 107)}


def test_an_extension_stands_before_the_payload() -> None:
    packetizer = Packetizer(channel=0, payload_type=26, ssrc=7, seq=1)
    extension = b"\xff\xd8\x00\x01\xff\xff\xff\xff"
    (packet,) = split(packetizer.frames([Payload(b"scan", extension)], rtp_time=0))

    assert packet[12:20] == extension
    assert bytes(RtpHeader.parse(packet).payload) == b"scan"


@given(st.binary(min_size=1, max_size=5000))
def test_documents_are_cut_up_and_come_together_again(document: bytes) -> None:
    payloads = metadata.split(document)

    assert b"".join(each.data for each in payloads) == document
    assert all(0 < len(each.data) <= MOST_PAYLOAD_BYTES for each in payloads)
