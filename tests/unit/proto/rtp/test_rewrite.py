from bridge.proto.rtp.packet import RTP_HEADER, RtpHeader
from bridge.proto.rtp.rewrite import Rewriter, TrackPosition

SOURCE = TrackPosition(seq=65_535, rtp_time=2**32 - 1, ssrc=1)
TARGET = TrackPosition(seq=10, rtp_time=1000, ssrc=2)


def test_first_packet_stands_at_the_target_and_distances_stay() -> None:
    rewriter = Rewriter(SOURCE, TARGET)

    assert (rewriter.seq(65_535), rewriter.rtp_time(2**32 - 1)) == (10, 1000)
    assert (rewriter.seq(1), rewriter.rtp_time(3599)) == (12, 4600)


def test_patch_changes_nothing_but_the_three_numbers() -> None:
    packet = RTP_HEADER.pack(0x80, 0x80 | 96, 65_535, 2**32 - 1, 1) + b"payload"
    data = bytearray(b"....") + packet
    Rewriter(SOURCE, TARGET).patch(data, 4, seq=10, rtp_time=1000)

    assert RtpHeader.parse(data[4:]) == RtpHeader(
        marker=True, payload_type=96, seq=10, rtp_time=1000, ssrc=2, payload=memoryview(b"payload")
    )


def test_same_position_needs_no_rewriting() -> None:
    assert Rewriter(SOURCE, SOURCE).is_identity
    assert not Rewriter(SOURCE, TARGET).is_identity
