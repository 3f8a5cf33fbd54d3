import dataclasses
from random import Random

import pytest

from bridge.media.ingest import Ingest, first_position
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.rtp import rtcp
from bridge.proto.rtp.rewrite import TrackPosition
from tests.unit.media.streams import (
    AUDIO_ONLY,
    IDR,
    PICTURE,
    SPS,
    VIDEO_AND_AUDIO,
    VIDEO_ONLY,
    ManualClock,
    audio,
    frame,
    media_of,
    reports_of,
    rtp,
    source_report,
    video,
)


class Stream:
    """An ingest with its clock."""

    def __init__(self, description: StreamDescription = VIDEO_ONLY) -> None:
        self.clock = ManualClock()
        self.ingest = Ingest(description.tracks, clock=self.clock, random=Random(1), cname="front/main")

    def take(self, *frames: bytes) -> bytes:
        batch = self.ingest.take(b"".join(frames), self.clock.now())
        return b"" if batch is None else batch.data

    def begin(self, *frames: bytes) -> None:
        """Let the first batch, which carries the first reports, pass."""
        self.take(*frames)

    def wait(self, seconds: float) -> None:
        self.clock.seconds += seconds


def test_clean_read_is_passed_on_without_a_copy() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1))
    frames = video(PICTURE, seq=2) + video(PICTURE, seq=3)

    batch = stream.ingest.take(frames, stream.clock.now())

    assert batch is not None
    assert batch.data is frames


def test_keyframe_is_the_last_random_access_point_of_the_batch() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1))
    before = video(SPS, seq=2, rtp_time=1) + video(IDR, seq=3, rtp_time=1) + video(PICTURE, seq=4, rtp_time=2)

    batch = stream.ingest.take(
        before + video(SPS, seq=5, rtp_time=3) + video(IDR, seq=6, rtp_time=3), stream.clock.now()
    )

    assert batch is not None
    assert batch.keyframe == len(before)


def test_keyframe_offset_allows_for_what_was_cut_out() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1))
    junk = frame(0, b"too short")

    batch = stream.ingest.take(video(PICTURE, seq=2) + junk + video(SPS, seq=3, rtp_time=9), stream.clock.now())

    assert batch is not None
    assert batch.keyframe == len(video(PICTURE, seq=2))
    assert batch.data == video(PICTURE, seq=2) + video(SPS, seq=3, rtp_time=9)


@pytest.mark.parametrize(
    "track",
    [
        AUDIO_ONLY.tracks[0],
        Track(kind=MediaKind.VIDEO, encoding="JPEG", payload_type=26, clock_rate=90_000),
    ],
)
def test_every_batch_is_a_place_to_begin_when_every_packet_is(track: Track) -> None:
    stream = Stream(StreamDescription((track,)))
    stream.begin(video(b"x", seq=1))

    batch = stream.ingest.take(video(b"x", seq=2), stream.clock.now())

    assert batch is not None
    assert batch.keyframe == 0
    assert not stream.ingest.has_random_access


@pytest.mark.parametrize(
    "broken",
    [
        frame(0, b"\x80" * 11),
        frame(0, b"\x00" + rtp(PICTURE, seq=2, rtp_time=0)[1:]),
        frame(0, b"\x8f" + rtp(PICTURE, seq=2, rtp_time=0)[1:]),
        frame(0, b""),
        frame(8, rtp(PICTURE, seq=2, rtp_time=0)),
        frame(1, b"\x80\xc8"),
    ],
    ids=["short", "version 0", "CSRC list beyond the end", "empty", "unknown channel", "RTCP too short"],
)
def test_broken_packets_are_dropped_and_counted(broken: bytes) -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1))

    data = stream.take(video(PICTURE, seq=2), broken, video(PICTURE, seq=3))

    assert [header.seq for header in media_of(data)] == [2, 3]
    assert stream.ingest.dropped == 1


@pytest.mark.parametrize("rest", [b"$\x00\x00\x40abc", b"no frame at all", b"$\x00\x00"])
def test_what_is_no_whole_frame_ends_the_read(rest: bytes) -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1))

    assert stream.take(video(PICTURE, seq=2), rest) == video(PICTURE, seq=2)
    assert stream.ingest.dropped == 1


def test_rtcp_of_an_unknown_track_is_swallowed() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1))

    assert stream.take(source_report(9, ntp_s=1.0, rtp_time=1, ssrc=7)) == b""
    assert stream.ingest.dropped == 0


def test_next_upstream_continues_the_numbers_of_the_first() -> None:
    stream = Stream(VIDEO_AND_AUDIO)
    stream.begin(video(PICTURE, seq=65_535, rtp_time=2**32 - 1), audio(seq=10, rtp_time=500))
    stream.ingest.reopen()
    stream.wait(2.0)

    data = stream.take(
        video(PICTURE, seq=100, rtp_time=77, ssrc=0xAAAA),
        audio(seq=200, rtp_time=88, ssrc=0xBBBB),
        video(PICTURE, seq=102, rtp_time=77 + 3600, ssrc=0xAAAA),
    )

    pictures, sounds = media_of(data, 0), media_of(data, 2)
    assert [(h.ssrc, h.seq, h.rtp_time) for h in pictures] == [(7, 0, 179_999), (7, 2, 179_999 + 3600)]
    assert [(h.ssrc, h.seq, h.rtp_time) for h in sounds] == [(8, 11, 500 + 32_000)]


def test_source_that_changes_its_ssrc_within_a_read_is_continued_too() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=5, rtp_time=1000))

    data = stream.take(video(PICTURE, seq=6, rtp_time=4600), video(PICTURE, seq=999, rtp_time=3, ssrc=0xCCCC))

    assert [(h.ssrc, h.seq) for h in media_of(data)] == [(7, 6), (7, 7)]
    assert media_of(data)[1].rtp_time > 4600


def test_time_never_stands_still_across_upstreams() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1, rtp_time=0))
    stream.take(video(PICTURE, seq=2, rtp_time=90_000))  # a burst: a second of pictures at once
    stream.ingest.reopen()

    data = stream.take(video(PICTURE, seq=50, rtp_time=5))

    assert media_of(data)[0].rtp_time == 90_001


def test_position_before_the_first_packet_is_a_promise_that_is_kept() -> None:
    stream = Stream(VIDEO_AND_AUDIO)
    promised = stream.ingest.position(0, stream.clock.now())
    stream.wait(0.5)

    data = stream.take(video(PICTURE, seq=31_000, rtp_time=123_456))

    first = media_of(data)[0]
    assert (first.seq, first.ssrc) == (promised.seq, promised.ssrc)
    assert first.rtp_time == (promised.rtp_time + 45_000) % 2**32


def test_position_follows_the_last_packet() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=5, rtp_time=1000))
    stream.wait(0.1)

    assert stream.ingest.position(0, stream.clock.now()) == TrackPosition(seq=6, rtp_time=10_000, ssrc=7)


def test_first_batch_and_then_one_each_five_seconds_carries_sender_reports() -> None:
    stream = Stream()
    intervals = []
    for number in range(120):
        data = stream.take(video(PICTURE, seq=number, rtp_time=number * 9000))
        if reports_of(data):
            intervals.append(number)
        stream.wait(0.1)

    assert intervals == pytest.approx([0, 50, 100], abs=1)


def test_report_tells_the_wall_clock_time_of_the_rtp_time_and_what_was_sent() -> None:
    stream = Stream()
    stream.begin(video(b"1234", seq=1, rtp_time=90_000))
    stream.wait(6.0)
    report = reports_of(stream.take(video(b"56789", seq=2, rtp_time=90_000 * 7)))[0]

    assert report.ntp_s == pytest.approx(rtcp.ntp_seconds(stream.clock.utc()), abs=1e-5)
    assert report.rtp_time == 90_000 * 7
    assert (report.ssrc, report.packets, report.octets) == (7, 2, 9)


def test_reports_stand_before_the_keyframe_and_move_its_offset() -> None:
    stream = Stream()

    batch = stream.ingest.take(video(SPS, seq=1), stream.clock.now())

    assert batch is not None
    assert batch.keyframe is not None
    assert batch.data[batch.keyframe :] == video(SPS, seq=1)
    assert len(reports_of(batch.data)) == 1


def test_sender_reports_of_the_source_set_the_relation_of_sound_and_picture() -> None:
    stream = Stream(VIDEO_AND_AUDIO)
    # The pictures of one moment arrive 0.4 s later than its sound; only the source's reports know it.
    stream.begin(audio(seq=1, rtp_time=0))
    stream.wait(0.4)
    stream.take(video(PICTURE, seq=1, rtp_time=0))
    stream.take(
        source_report(1, ntp_s=5.0, rtp_time=0, ssrc=7),
        source_report(3, ntp_s=5.0, rtp_time=0, ssrc=8),
    )
    stream.wait(6.0)
    data = stream.take(video(PICTURE, seq=2, rtp_time=540_000), audio(seq=2, rtp_time=96_000))

    picture, sound = reports_of(data, 1)[0], reports_of(data, 3)[0]
    assert picture.rtp_time / 90_000 == pytest.approx(sound.rtp_time / 16_000, abs=1e-3)


def test_reports_of_the_source_are_understood_after_a_rewrite() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1, rtp_time=0))
    stream.ingest.reopen()
    stream.wait(1.0)
    stream.take(video(PICTURE, seq=9, rtp_time=7_000_000, ssrc=0xDDDD))
    stream.take(source_report(1, ntp_s=50.0, rtp_time=7_000_000 + 9000, ssrc=0xDDDD))

    assert stream.ingest.position(0, stream.clock.now()).rtp_time == 90_000 + 9000


def test_report_of_another_ssrc_or_without_a_wall_clock_teaches_nothing() -> None:
    stream = Stream()
    stream.begin(video(PICTURE, seq=1, rtp_time=0))

    stream.take(source_report(1, ntp_s=0.0, rtp_time=9000, ssrc=7))
    stream.take(source_report(1, ntp_s=5.0, rtp_time=9000, ssrc=12345))

    assert stream.ingest.position(0, stream.clock.now()).rtp_time == 0


def test_first_position_of_a_track() -> None:
    data = audio(seq=4, rtp_time=5) + video(PICTURE, seq=9, rtp_time=6) + video(PICTURE, seq=10)

    assert first_position(data, 0) == TrackPosition(seq=9, rtp_time=6, ssrc=7)
    assert first_position(data, 2) is None


def test_track_parameters_do_not_matter_for_packets() -> None:
    track = dataclasses.replace(VIDEO_ONLY.tracks[0], fmtp="profile-level-id=640033")
    stream = Stream(StreamDescription((track,)))

    assert media_of(stream.take(video(PICTURE, seq=1)))[0].seq == 1


def test_report_that_comes_before_the_first_packet_counts() -> None:
    stream = Stream()
    second = 90_000
    assert stream.take(source_report(1, ntp_s=1000.0, rtp_time=10 * second, ssrc=7)) == b""

    # The first packet is half a second old: the source sends what it has kept since its last key frame.
    data = stream.take(video(IDR, seq=1, rtp_time=10 * second - second // 2))

    (report,) = reports_of(data)
    assert report.rtp_time == 10 * second
