from datetime import UTC, datetime

import pytest

from bridge.core.errors import WireError
from bridge.proto.rtp import rtcp

REPORT = rtcp.SenderReport(ssrc=0x01020304, ntp_s=3_900_000_000.5, rtp_time=90_000, packets=12, octets=3456)


def test_sender_report_is_laid_out_as_the_standard_draws_it() -> None:
    packet = rtcp.build_sender_report(REPORT, "cam")

    assert packet.hex(" ", 4) == (
        "80c80006 01020304 e8754700 80000000 00015f90 0000000c 00000d80 81ca0003 01020304 01036361 6d000000"
    )


def test_sender_report_with_name_is_read_back() -> None:
    assert rtcp.parse(rtcp.build_sender_report(REPORT, "front/main")) == (
        REPORT,
        rtcp.SourceDescription(REPORT.ssrc, "front/main"),
    )


def test_counts_wrap() -> None:
    report = rtcp.SenderReport(ssrc=1, ntp_s=1.0, rtp_time=2, packets=2**32 + 5, octets=2**33 + 6)

    assert rtcp.parse(rtcp.build_sender_report(report, "x"))[0] == rtcp.SenderReport(1, 1.0, 2, 5, 6)


def test_receiver_report_goodbye_and_unknown_types() -> None:
    receiver = bytes.fromhex("81c90007 0000002a") + bytes(24)
    application = bytes.fromhex("80cc0002 00000001 41424344")
    goodbye = bytes.fromhex("82cb0002 00000001 00000002")

    assert rtcp.parse(receiver + application + goodbye) == (rtcp.ReceiverReport(42), rtcp.Goodbye((1, 2)))


def test_description_with_several_chunks_and_other_items() -> None:
    first = bytes.fromhex("00000001 02036162 63010178 00000000")
    second = bytes.fromhex("00000002 01017900")
    body = first + second
    packet = bytes((0x82, 202)) + (len(body) // 4).to_bytes(2, "big") + body

    assert rtcp.parse(packet) == (rtcp.SourceDescription(1, "x"), rtcp.SourceDescription(2, "y"))


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        ("80c8", "shorter"),
        ("00c80000", "version"),
        ("80c80006 00000000", "beyond"),
        ("80c80001 00000000", "too short"),
        ("80c90000", "before its SSRC"),
        ("82cb0001 00000001", "before its SSRC"),
        ("81ca0002 00000001 01ff4142", "item"),
        ("81ca0002 00000001 02014101", "item"),
    ],
)
def test_lengths_that_lie_are_refused(packet: str, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        rtcp.parse(bytes.fromhex(packet))


def test_ntp_epoch_is_1900() -> None:
    assert rtcp.ntp_seconds(datetime(1970, 1, 1, tzinfo=UTC)) == 2_208_988_800
