"""Whatever the camera sends: parsers raise only WireError, and what viewers get is well formed and continuous."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.media.batch import Batch, split_frames
from bridge.media.ingest import Ingest
from bridge.proto.rtp import rtcp
from bridge.proto.rtp.packet import RtpHeader, payload_bounds
from bridge.proto.rtp.payload import h264, h265
from bridge.proto.rtp.payload.nal import Glance, NalContent
from bridge.proto.rtp.timeline import ticks_between
from tests.unit.media.streams import VIDEO_AND_AUDIO, ManualClock, frame, media_of, rtp

if TYPE_CHECKING:
    from types import ModuleType

UINT16 = st.integers(0, 2**16 - 1)
UINT32 = st.integers(0, 2**32 - 1)
PAYLOADS = st.binary(max_size=40)

PACKETS = st.builds(
    lambda payload, seq, rtp_time, ssrc: rtp(payload, seq=seq, rtp_time=rtp_time, ssrc=ssrc),
    PAYLOADS,
    UINT16,
    UINT32,
    UINT32,
)
FRAMES = st.builds(frame, st.integers(0, 255), st.one_of(st.binary(max_size=60), PACKETS))


def new_ingest() -> Ingest:
    return Ingest(VIDEO_AND_AUDIO.tracks, clock=ManualClock(), random=Random(1), cname="front/main")


@given(st.binary(max_size=200))
def test_rtcp_parser_raises_only_wire_errors(data: bytes) -> None:
    with suppress(WireError):
        rtcp.parse(data)


@given(
    st.builds(
        rtcp.SenderReport,
        ssrc=UINT32,
        ntp_s=st.integers(0, 2**33 - 2).map(lambda halves: halves / 2),
        rtp_time=UINT32,
        packets=UINT32,
        octets=UINT32,
    ),
    st.text(max_size=60),
)
def test_sender_report_round_trips(report: rtcp.SenderReport, cname: str) -> None:
    assert rtcp.parse(rtcp.build_sender_report(report, cname)) == (report, rtcp.SourceDescription(report.ssrc, cname))


@given(st.binary(max_size=80), st.integers(0, 10))
def test_payload_lies_within_its_packet(data: bytes, start: int) -> None:
    with suppress(WireError):
        first, last = payload_bounds(data, start, len(data))
        assert start + 12 <= first <= last <= len(data)


@given(st.binary(max_size=80))
def test_header_parser_raises_only_wire_errors(data: bytes) -> None:
    with suppress(WireError):
        RtpHeader.parse(data)


@given(PAYLOADS)
def test_payload_readers_never_raise(payload: bytes) -> None:
    h264.read_content(payload, 0, len(payload))
    h265.read_content(payload, 0, len(payload))


@given(st.sampled_from([h264, h265]), st.binary(min_size=3, max_size=40))
def test_a_glance_never_overlooks_what_reading_finds(codec: ModuleType, payload: bytes) -> None:
    glance = codec.GLANCES[payload[0]]
    fragment_header = {Glance.FRAGMENT: 1, Glance.FRAGMENT_LONG: 2}.get(glance)
    if glance == Glance.OTHER or (fragment_header is not None and not payload[fragment_header] & 0x80):
        assert codec.read_content(payload, 0, len(payload)) is NalContent.OTHER


USUAL = st.builds(
    lambda channel, payload, rtp_time: (channel, payload, rtp_time),
    st.sampled_from([0, 2]),
    st.one_of(st.binary(min_size=3, max_size=30), st.sampled_from([b"\x67sps", b"\x65idr", b"\x7c\x85i", b"\x41pic"])),
    st.integers(0, 5),
)


@given(st.lists(st.lists(USUAL, min_size=1, max_size=6), min_size=1, max_size=6))
def test_the_quick_pass_sees_what_the_thorough_one_does(reads: list[list[tuple[int, bytes, int]]]) -> None:
    """A receiver report at the end of a read changes nothing, but calls for the thorough pass."""
    quick, thorough = new_ingest(), new_ingest()
    report = frame(1, bytes.fromhex("80c9000100000009"))
    seq = 0
    for number, read in enumerate(reads):
        frames = b""
        for channel, payload, rtp_time in read:
            seq += 1
            frames += frame(channel, rtp(payload, seq=seq, rtp_time=rtp_time, ssrc=channel + 7))
        now = 1000.0 + number
        assert quick.take(frames, now) == thorough.take(frames + report, now)
        for track in (0, 1):
            assert quick.position(track, now) == thorough.position(track, now)
        assert quick.reports(now) == thorough.reports(now)


@given(st.lists(FRAMES, max_size=12), st.binary(max_size=30))
def test_any_read_becomes_whole_frames_of_known_channels(frames: list[bytes], rest: bytes) -> None:
    batch = new_ingest().take(b"".join(frames) + rest, 1000.0)

    if batch is not None:
        channels = [channel for channel, _ in split_frames(batch.data)]
        assert set(channels) <= {0, 1, 2, 3}
        assert sum(4 + len(packet) for _, packet in batch.frames()) == len(batch.data)
        for channel in (0, 2):
            media_of(batch.data, channel)
        if batch.keyframe is not None:
            assert media_of(batch.data[batch.keyframe :], 0)


@given(st.lists(FRAMES, max_size=12), st.data())
def test_how_the_reads_are_cut_between_frames_changes_nothing(frames: list[bytes], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(frames)))))
    whole, pieces = new_ingest(), new_ingest()
    batch = whole.take(b"".join(frames), 1000.0)
    parts = [pieces.take(b"".join(frames[start:end]), 1000.0) for start, end in pairwise([0, *cuts, len(frames)])]

    def media(batches: list[Batch | None]) -> list[bytes]:
        return [
            bytes(packet) for one in batches if one is not None for channel, packet in one.frames() if channel in {0, 2}
        ]

    assert media([batch]) == media(list(parts))
    assert whole.dropped == pieces.dropped


@given(
    st.lists(st.tuples(UINT16, UINT32, UINT32), min_size=2, max_size=6),
    st.lists(st.floats(0.0, 5.0), min_size=6, max_size=6),
)
def test_viewer_sees_one_track_however_many_upstreams(starts: list[tuple[int, int, int]], gaps: list[float]) -> None:
    ingest = new_ingest()
    now = 1000.0
    seen: list[RtpHeader] = []
    for (seq, rtp_time, ssrc), gap in zip(starts, gaps, strict=False):
        ingest.reopen()
        now += gap
        for step in range(3):
            packet = rtp(b"\x41", seq=(seq + step) % 2**16, rtp_time=(rtp_time + 3600 * step) % 2**32, ssrc=ssrc)
            batch = ingest.take(frame(0, packet), now)
            assert batch is not None
            seen.extend(media_of(batch.data))

    for earlier, later in pairwise(seen):
        assert later.ssrc == earlier.ssrc
        assert later.seq == (earlier.seq + 1) % 2**16
        assert 0 < ticks_between(later.rtp_time, earlier.rtp_time) <= 90_000 * 6
