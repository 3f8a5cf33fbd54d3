import pytest

from bridge.core.errors import WireError
from bridge.proto.rtp.packet import RTP_HEADER, RtpHeader, payload_bounds

PLAIN = RTP_HEADER.pack(0x80, 0x80 | 96, 7, 90_000, 0xDEADBEEF)


def test_header_fields_and_payload() -> None:
    header = RtpHeader.parse(PLAIN + b"payload")

    assert header == RtpHeader(
        marker=True, payload_type=96, seq=7, rtp_time=90_000, ssrc=0xDEADBEEF, payload=memoryview(b"payload")
    )


def test_csrc_list_extension_and_padding_are_not_payload() -> None:
    packet = bytes((0xB2,)) + PLAIN[1:] + bytes(8) + b"\xab\xac\x00\x01" + bytes(4) + b"payload" + b"\x00\x00\x03"

    assert bytes(RtpHeader.parse(packet).payload) == b"payload"


def test_bounds_are_positions_in_the_whole_buffer() -> None:
    assert payload_bounds(b"xxxx" + PLAIN + b"abc" + b"yyy", 4, 19) == (16, 19)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "shorter"),
        (PLAIN[:-1], "shorter"),
        (b"\x40" + PLAIN[1:], "version"),
        (b"\x81" + PLAIN[1:], "beyond"),
        (b"\x90" + PLAIN[1:], "extension"),
        (b"\x90" + PLAIN[1:] + b"\xab\xac\x00\x09", "beyond"),
        (b"\xa0" + PLAIN[1:] + b"\x09", "beyond"),
    ],
)
def test_lengths_that_lie_are_refused(packet: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        RtpHeader.parse(packet)
