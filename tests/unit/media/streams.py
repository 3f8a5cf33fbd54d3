"""Made-up streams for the tests: packets by their numbers, a source under the test's thumb, a viewer that remembers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bridge.media.batch import Batch, split_frames
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.rtp import rtcp
from bridge.proto.rtp.packet import FRAME_HEADER, RTP_HEADER, RtpHeader

if TYPE_CHECKING:
    from bridge.core.errors import CameraError
    from bridge.media.source import StreamSink

H264_VIDEO = Track(kind=MediaKind.VIDEO, encoding="H264", payload_type=96, clock_rate=90_000)
H265_VIDEO = Track(kind=MediaKind.VIDEO, encoding="H265", payload_type=96, clock_rate=90_000)
AAC_AUDIO = Track(kind=MediaKind.AUDIO, encoding="MPEG4-GENERIC", payload_type=97, clock_rate=16_000)

VIDEO_ONLY = StreamDescription((H264_VIDEO,))
AUDIO_ONLY = StreamDescription((AAC_AUDIO,))
VIDEO_AND_AUDIO = StreamDescription((H264_VIDEO, AAC_AUDIO))

SPS = bytes((0x67,)) + b"sps"
IDR = bytes((0x65,)) + b"key picture"
PICTURE = bytes((0x41,)) + b"picture"


def frame(channel: int, packet: bytes) -> bytes:
    return FRAME_HEADER.pack(0x24, channel, len(packet)) + packet


def rtp(payload: bytes, *, seq: int, rtp_time: int, ssrc: int = 7, payload_type: int = 96) -> bytes:
    return RTP_HEADER.pack(0x80, payload_type, seq, rtp_time, ssrc) + payload


def video(payload: bytes, *, seq: int, rtp_time: int = 0, ssrc: int = 7) -> bytes:
    return frame(0, rtp(payload, seq=seq, rtp_time=rtp_time, ssrc=ssrc))


def audio(payload: bytes = b"sound", *, seq: int, rtp_time: int = 0, ssrc: int = 8) -> bytes:
    return frame(2, rtp(payload, seq=seq, rtp_time=rtp_time, ssrc=ssrc, payload_type=97))


def source_report(channel: int, *, ntp_s: float, rtp_time: int, ssrc: int) -> bytes:
    return frame(channel, rtcp.build_sender_report(rtcp.SenderReport(ssrc, ntp_s, rtp_time, 1, 1), "camera"))


def media_of(data: bytes, channel: int = 0) -> list[RtpHeader]:
    return [RtpHeader.parse(packet) for number, packet in split_frames(data) if number == channel]


def reports_of(data: bytes, channel: int = 1) -> list[rtcp.SenderReport]:
    packets = [packet for number, packet in split_frames(data) if number == channel]
    return [report for packet in packets for report in rtcp.parse(packet) if isinstance(report, rtcp.SenderReport)]


class ManualClock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000.0)


class HandSource:
    """A source that the test opens, feeds and breaks by hand."""

    def __init__(self, clock: ManualClock) -> None:
        self.runs = 0
        self.closed = 0
        self._clock = clock
        self._changed = asyncio.Condition()

    async def run(self, sink: StreamSink) -> None:
        self._sink = sink
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._count(runs=1)
        try:
            await self._end
        finally:
            await self._count(closed=1)

    async def begun(self, runs: int) -> None:
        """Wait until the hub has opened it that many times."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.runs >= runs)

    async def ended(self, closed: int) -> None:
        """Wait until it was closed that many times."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.closed >= closed)

    def open(self, description: StreamDescription = VIDEO_ONLY) -> None:
        self._sink.opened(description, self._clock.now())

    def feed(self, *frames: bytes) -> None:
        self._sink.received(b"".join(frames), self._clock.now())

    def fail(self, error: CameraError) -> None:
        self._end.set_exception(error)

    async def _count(self, *, runs: int = 0, closed: int = 0) -> None:
        async with self._changed:
            self.runs += runs
            self.closed += closed
            self._changed.notify_all()


class Viewer:
    """Remembers what it got."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def deliver(self, batch: Batch) -> None:
        self.batches.append(batch)

    def ended(self, reason: str) -> None:
        self.end.set_result(reason)

    @property
    def video(self) -> list[RtpHeader]:
        return [header for batch in self.batches for header in media_of(batch.data)]
