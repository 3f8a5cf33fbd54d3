import pytest

from bridge.proto.rtp.payload import h264, h265
from bridge.proto.rtp.payload.nal import NalContent, NalReader, RandomAccess

OTHER, PARAMETERS, RANDOM_ACCESS, PICTURE = NalContent


def unit(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


@pytest.mark.parametrize(
    ("payload", "content"),
    [
        (b"", OTHER),
        (b"\x67sps", PARAMETERS),
        (b"\x68pps", OTHER),
        (b"\x06sei", OTHER),
        (b"\x65idr", RANDOM_ACCESS),
        (b"\x41slice", PICTURE),
        (b"\x7c\x85idr begins", RANDOM_ACCESS),
        (b"\x7c\x05idr goes on", OTHER),
        (b"\x7c\x81slice begins", PICTURE),
        (b"\x7c", OTHER),
        (b"\x78" + unit(b"\x67sps") + unit(b"\x68pps") + unit(b"\x65idr"), PARAMETERS),
        (b"\x78" + unit(b"\x06sei") + unit(b"\x65idr"), RANDOM_ACCESS),
        (b"\x78" + unit(b"\x06sei"), OTHER),
        (b"\x78\x00\x00\x00\x04\x67sps", OTHER),
        (b"\x78\x00\xff\x67sps", OTHER),
        (b"\x78", OTHER),
    ],
)
def test_h264_payload_says_what_it_holds(payload: bytes, content: NalContent) -> None:
    assert h264.read_content(b"##" + payload + b"##", 2, 2 + len(payload)) is content


@pytest.mark.parametrize(
    ("payload", "content"),
    [
        (b"", OTHER),
        (b"\x40", OTHER),
        (b"\x40\x01vps", PARAMETERS),
        (b"\x42\x01sps", PARAMETERS),
        (b"\x44\x01pps", OTHER),
        (b"\x26\x01idr", RANDOM_ACCESS),
        (b"\x2a\x01cra", RANDOM_ACCESS),
        (b"\x02\x01slice", PICTURE),
        (b"\x62\x01\x93idr begins", RANDOM_ACCESS),
        (b"\x62\x01\x13idr goes on", OTHER),
        (b"\x62\x01", OTHER),
        (b"\x60\x01" + unit(b"\x40\x01vps") + unit(b"\x26\x01idr"), PARAMETERS),
        (b"\x60\x01" + unit(b"\x4e\x01sei"), OTHER),
    ],
)
def test_h265_payload_says_what_it_holds(payload: bytes, content: NalContent) -> None:
    assert h265.read_content(b"##" + payload + b"##", 2, 2 + len(payload)) is content


def starts(reader: NalReader, packets: list[tuple[bytes, int]]) -> list[int]:
    """Return the numbers of the packets with which random access points begin."""
    access = RandomAccess(reader)
    return [
        number
        for number, (payload, rtp_time) in enumerate(packets)
        if access.begins_at(payload, 0, len(payload), rtp_time=rtp_time)
    ]


SPS, PPS, IDR, SLICE = b"\x67", b"\x68", b"\x65", b"\x41"


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        ([(SPS, 1), (PPS, 1), (IDR, 1), (IDR, 1), (SLICE, 2), (SPS, 3), (IDR, 3)], [0, 5]),
        ([(IDR, 1), (IDR, 1), (SLICE, 2), (IDR, 3)], [0, 3]),
        ([(SPS, 1), (PPS, 1), (IDR, 2), (IDR, 2), (SLICE, 3)], [0]),
        ([(IDR, 1), (IDR, 2), (IDR, 3)], [0, 1, 2]),
        ([(SPS, 1), (SPS, 2), (SPS, 3)], [0, 1, 2]),
        ([(SPS, 1), (SLICE, 1), (SLICE, 2), (SPS, 3), (SLICE, 3)], [0, 3]),
        ([(SLICE, 1), (SLICE, 2)], []),
    ],
    ids=[
        "sets and slices of one picture",
        "sets only in the session description",
        "sets stamped earlier than their picture",
        "key pictures only",
        "all in one aggregate each",
        "gradual refresh",
        "none",
    ],
)
def test_each_random_access_point_begins_once(packets: list[tuple[bytes, int]], expected: list[int]) -> None:
    assert starts(h264.read_content, packets) == expected
