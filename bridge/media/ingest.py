"""A stream's packets on their way in: checked, made continuous, with sender reports of the bridge's own.

Works on whole reads (see `media.source`): one pass over the frame headers, no object per packet, and no copy unless
something has to be changed or cut out. No I/O and no tasks; `media.hub` owns the life of the upstream.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from bridge.core.errors import WireError
from bridge.media.batch import Batch
from bridge.media.source import MediaKind
from bridge.proto.rtp import rtcp
from bridge.proto.rtp.packet import (
    FRAME_HEADER,
    FRAME_HEADER_BYTES,
    FRAME_MAGIC,
    RTP_HEADER,
    RTP_HEADER_BYTES,
    RtpHeader,
    payload_bounds,
)
from bridge.proto.rtp.payload import h264, h265
from bridge.proto.rtp.payload.nal import Glance, RandomAccess
from bridge.proto.rtp.rewrite import SEQ_MODULUS, Rewriter, TrackPosition
from bridge.proto.rtp.timeline import RTP_TIME_MODULUS, SenderClock, Timeline, ticks_between

if TYPE_CHECKING:
    from random import Random

    from bridge.core.timing import Clock
    from bridge.media.source import Track
    from bridge.proto.rtp.rtcp import SenderReport

REPORT_INTERVAL_S = 5.0
"""How often each track's sender report is sent (RFC 3550 section 6.2: the recommended minimum)."""

_CODECS = {"H264": h264, "H265": h265}


_QUIET = bytes([Glance.OTHER]) * 256
_FRAGMENT, _LONG_FRAGMENT = int(Glance.FRAGMENT), int(Glance.FRAGMENT_LONG)

_GLANCE = Struct(">HHB7xIBBB")
"""What the quick pass sees of a frame: `$` and channel as one number, the
packet's length, the RTP flags, the SSRC, and three bytes of payload."""

_LEAST_BYTES = RTP_HEADER_BYTES + 3

_PLAIN_RTP = 0x80
"""Version 2 without padding, extension or contributing sources."""


class Block:
    """The bytes of one read, copied only when something is changed in them or cut out of them."""

    __slots__ = ("_cuts", "data")

    def __init__(self, data: bytes) -> None:
        self.data: bytes | bytearray = data
        self._cuts: list[tuple[int, int]] = []

    def writable(self) -> bytearray:
        """Return the bytes for patching in place; `data` is the same object from then on."""
        if not isinstance(self.data, bytearray):
            self.data = bytearray(self.data)
        return self.data

    def cut(self, start: int, end: int) -> None:
        """Leave `data[start:end]` out; cuts come in ascending order. Offsets stay as they are until `finish`."""
        self._cuts.append((start, end))

    def moved(self, offset: int) -> int:
        """Return where an offset of the uncut bytes is in what `finish` returns."""
        return offset - sum(end - start for start, end in self._cuts if start < offset)

    def finish(self) -> bytes:
        """Return what is left."""
        if not self._cuts:
            return bytes(self.data)
        kept = []
        at = 0
        for start, end in self._cuts:
            kept.append(self.data[at:start])
            at = end
        kept.append(self.data[at:])
        return b"".join(kept)


class TrackFlow:
    """One track: what viewers see of it, and how the present source's packets become that."""

    __slots__ = (
        "_access",
        "_clock_rate",
        "_early_report",
        "_is_fresh",
        "_octets",
        "_packets",
        "_rewriter",
        "_rtp_time",
        "_seq",
        "_source_ssrc",
        "_ssrc",
        "_timeline",
        "glances",
        "report_at",
    )

    def __init__(self, track: Track) -> None:
        codec = _CODECS.get(track.encoding) if track.kind is MediaKind.VIDEO else None
        self._access = None if codec is None else RandomAccess(codec.read_content)
        self.glances = _QUIET if codec is None else codec.GLANCES
        self._clock_rate = track.clock_rate
        self._timeline = Timeline(track.clock_rate, rtp_time=0, now=0.0)
        self._rewriter: Rewriter | None = None
        self._source_ssrc: int | None = None
        self._early_report: tuple[SenderReport, float] | None = None
        self._ssrc: int | None = None
        self._seq = 0
        self._rtp_time = 0
        self._packets = 0
        self._octets = 0
        self._is_fresh = False
        self.report_at = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether there was a packet."""
        return self._packets > 0

    @property
    def has_random_access(self) -> bool:
        """Whether a viewer has to wait for certain packets before it can decode."""
        return self._access is not None

    def reopen(self) -> None:
        """Expect another source: whatever packet comes next is its first."""
        self._source_ssrc = None
        self._early_report = None

    def position(self, now: float, random: Random) -> TrackPosition:
        """Return what the next packet will carry; before the first one this is a promise that it will keep."""
        if self._ssrc is None:
            self._ssrc = random.getrandbits(32)
            self._seq = random.getrandbits(16)
            self._timeline.restart(random.getrandbits(32), now)
        return TrackPosition((self._seq + 1) % SEQ_MODULUS, self._timeline.rtp_time_at(now), self._ssrc)

    def take(self, block: Block, start: int, end: int, now: float) -> bool:
        """Take the packet `block.data[start:end]`; return whether a random access point begins with it.

        Raises:
            WireError: it is not an RTP packet.
        """
        data = block.data
        first, last = payload_bounds(data, start, end)
        _, _, seq, rtp_time, ssrc = RTP_HEADER.unpack_from(data, start)
        if ssrc != self._source_ssrc:
            self._begin(TrackPosition(seq, rtp_time, ssrc), now)
        if self._rewriter is not None:
            seq = self._rewriter.seq(seq)
            rtp_time = self._rewriter.rtp_time(rtp_time)
            self._rewriter.patch(block.writable(), start, seq=seq, rtp_time=rtp_time)
        self._seq = seq
        self._rtp_time = rtp_time
        self._packets += 1
        self._octets += last - first
        self._is_fresh = True
        return self._access is not None and self._access.begins_at(data, first, last, rtp_time=rtp_time)

    @property
    def plain_ssrc(self) -> int | None:
        """The source whose packets go to viewers as they are; None if something has to be changed in them."""
        return self._source_ssrc if self._rewriter is None else None

    def passed(self, packets: int, octets: int, *, seq: int, rtp_time: int) -> None:
        """Count packets that went to viewers as they were; the last of them had these numbers."""
        self._seq = seq
        self._rtp_time = rtp_time
        self._packets += packets
        self._octets += octets
        self._is_fresh = True

    def begins_at(self, data: bytes, start: int, end: int) -> bool:
        """Whether a random access point begins with the plain packet `data[start:end]`; asked in order."""
        if self._access is None:
            return False
        rtp_time = RTP_HEADER.unpack_from(data, start)[3]
        return self._access.begins_at(data, start + RTP_HEADER_BYTES, end, rtp_time=rtp_time)

    def settle(self, now: float) -> None:
        """Learn the time from the last packet of a read: enough, and cheaper than from each."""
        if self._is_fresh:
            self._is_fresh = False
            self._timeline.arrived(self._rtp_time, now)

    def reported(self, report: SenderReport, moment: float) -> None:
        """Learn the time from a sender report of the source."""
        if self._source_ssrc is None:
            # Many servers report before the first packet; without it the first reports to viewers would be guesses.
            self._early_report = (report, moment)
        elif report.ssrc == self._source_ssrc:
            rtp_time = report.rtp_time if self._rewriter is None else self._rewriter.rtp_time(report.rtp_time)
            self._timeline.reported(rtp_time, moment)

    def is_report_due(self, now: float) -> bool:
        """Whether the next batch must carry a sender report of this track."""
        return self._packets > 0 and now >= self.report_at

    def report_sent(self, now: float) -> None:
        """Note that all viewers got a sender report."""
        self.report_at = now + REPORT_INTERVAL_S

    def report(self, now: float, *, ntp_s: float, cname: str) -> bytes:
        """Return the sender report for `now`, which is `ntp_s`; empty before the first packet."""
        if self._packets == 0 or self._ssrc is None:
            return b""
        rtp_time = self._timeline.rtp_time_at(now)
        return rtcp.build_sender_report(
            rtcp.SenderReport(self._ssrc, ntp_s, rtp_time, self._packets, self._octets), cname
        )

    def _begin(self, source: TrackPosition, now: float) -> None:
        """Join a new source to what viewers have seen or were promised."""
        target = source if self._ssrc is None else self._continuation(self._ssrc, now)
        rewriter = Rewriter(source, target)
        self._rewriter = None if rewriter.is_identity else rewriter
        self._source_ssrc = source.ssrc
        self._ssrc = target.ssrc
        self._timeline.restart(target.rtp_time, now)
        self.report_at = now
        early, self._early_report = self._early_report, None
        if early is not None:
            self.reported(*early)

    def _continuation(self, ssrc: int, now: float) -> TrackPosition:
        rtp_time = self._timeline.rtp_time_at(now)
        if self._packets and ticks_between(rtp_time, self._rtp_time) <= 0:
            rtp_time = (self._rtp_time + 1) % RTP_TIME_MODULUS
        return TrackPosition((self._seq + 1) % SEQ_MODULUS, rtp_time, ssrc)


_Run = tuple[int, int, int, int]
"""Packets of one channel in a row: the first two bytes of their frames, how many, where the last begins and ends."""


class Ingest:
    """All tracks of one stream, over any number of upstreams with the same tracks.

    Args:
        tracks: the stream's tracks, in order.
        clock: for the wall-clock time in sender reports.
        random: for promised positions.
        cname: the canonical name in sender reports (RFC 3550 section 6.5.1), the same for all tracks.

    Attributes:
        dropped: broken packets that were cut out so far.
    """

    def __init__(self, tracks: tuple[Track, ...], *, clock: Clock, random: Random, cname: str) -> None:
        self.dropped = 0
        self._flows = tuple(TrackFlow(track) for track in tracks)
        self._channels = {FRAME_MAGIC << 8 | 2 * track: flow for track, flow in enumerate(self._flows)}
        self._alone = {label: frozenset({label & 0xFF}) for label in self._channels}
        self._reports_due_at = 0.0
        self._has_random_access = any(flow.has_random_access for flow in self._flows)
        self._clock = clock
        self._random = random
        self._cname = cname
        self._sender_clock = SenderClock()

    @property
    def has_begun(self) -> bool:
        """Whether there was a packet of every track, so that nothing has to be promised of any."""
        return all(flow.has_begun for flow in self._flows)

    @property
    def has_random_access(self) -> bool:
        """False for streams in which every batch is a place to begin (audio only, JPEG)."""
        return self._has_random_access

    def reopen(self) -> None:
        """Expect another upstream of the same tracks."""
        self._sender_clock = SenderClock()
        for flow in self._flows:
            flow.reopen()

    def position(self, track: int, now: float) -> TrackPosition:
        """Return what the next packet of a track will carry."""
        return self._flows[track].position(now, self._random)

    def take(self, frames: bytes, now: float) -> Batch | None:
        """Turn one read into a batch; None if nothing of it is for viewers."""
        return self._take_usual(frames, now) or self._take_any(frames, now)

    def _take_usual(self, frames: bytes, now: float) -> Batch | None:
        """Take a read that viewers get as it is; None, with nothing done, if anything about it is out of the usual.

        Nearly every read is usual, and what this costs per packet is what relaying costs.
        """
        unpack, last = _GLANCE.unpack_from, len(frames) - _GLANCE.size
        runs: list[_Run] = []
        telling = []
        glances, usual_ssrc, label, count, at, packet_at = b"", None, 0, 0, 0, 0
        while at <= last:
            begin, length, flags, ssrc, first, second, third = unpack(frames, at)
            if begin != label:
                if begin not in self._channels:
                    return None
                runs.append((label, count, packet_at, at))
                label, count, glances = begin, 0, self._channels[begin].glances
                usual_ssrc = self._channels[begin].plain_ssrc
            if flags != _PLAIN_RTP or length < _LEAST_BYTES or ssrc != usual_ssrc:
                return None
            glance = glances[first]
            if not glance or (glance == _FRAGMENT and second & 0x80) or (glance == _LONG_FRAGMENT and third & 0x80):
                telling.append(at)
            count += 1
            packet_at = at
            at += length + FRAME_HEADER_BYTES
        if at != len(frames):
            return None
        runs.append((label, count, packet_at, at))
        return self._pass_on(frames, now, runs[1:], telling)

    def _pass_on(self, frames: bytes, now: float, runs: list[_Run], telling: list[int]) -> Batch:
        """Note what the quick pass has seen.

        Args:
            frames: the read.
            now: when it was read.
            runs: packets of one channel that follow each other.
            telling: where frames are that need a closer look.
        """
        start = 0
        for label, count, last_at, end in runs:
            octets = end - start - count * (FRAME_HEADER_BYTES + RTP_HEADER_BYTES)
            _, _, seq, rtp_time, _ = RTP_HEADER.unpack_from(frames, last_at + FRAME_HEADER_BYTES)
            self._channels[label].passed(count, octets, seq=seq, rtp_time=rtp_time)
            start = end
        for flow in self._flows:
            flow.settle(now)
        keyframe = None if self._has_random_access else 0
        for at in telling:
            if self._flows[frames[at + 1] >> 1].begins_at(frames, at + FRAME_HEADER_BYTES, _frame_end(frames, at)):
                keyframe = at
        carried = self._alone[runs[0][0]] if len(runs) == 1 else frozenset(label & 0xFF for label, *_ in runs)
        batch = Batch(frames, keyframe, carried)
        return batch if now < self._reports_due_at else self._with_due_reports(batch, now)

    def _take_any(self, frames: bytes, now: float) -> Batch | None:
        """Take any read."""
        block = Block(frames)
        size = len(frames)
        keyframe = None
        at = 0
        while at < size:
            end = _frame_end(frames, at)
            if end > size:
                self._drop(block, at, size)
                break
            if frames[at + 1] & 1:
                self._control(block, at, end, now)
            elif self._media(block, at, end, now):
                keyframe = at
            at = end
        data = block.finish()
        if not data:
            return None
        for flow in self._flows:
            flow.settle(now)
        if not self._has_random_access:
            keyframe = 0
        elif keyframe is not None:
            keyframe = block.moved(keyframe)
        return self._with_due_reports(Batch(data, keyframe), now)

    def reports(self, now: float) -> bytes:
        """Return a sender report of every track that has begun, as interleaved frames."""
        return self._reports(range(len(self._flows)), now)

    def _media(self, block: Block, at: int, end: int, now: float) -> bool:
        track = block.data[at + 1] >> 1
        if track >= len(self._flows):
            self._drop(block, at, end)
            return False
        try:
            return self._flows[track].take(block, at + FRAME_HEADER_BYTES, end, now)
        except WireError:
            self._drop(block, at, end)
            return False

    def _control(self, block: Block, at: int, end: int, now: float) -> None:
        """Learn from the source's RTCP; viewers get reports of the bridge's own instead."""
        track = block.data[at + 1] >> 1
        try:
            packets = rtcp.parse(memoryview(block.data)[at + FRAME_HEADER_BYTES : end])
        except WireError:
            self._drop(block, at, end)
            return
        block.cut(at, end)
        if track >= len(self._flows):
            return
        for packet in packets:
            if isinstance(packet, rtcp.SenderReport):
                moment = self._sender_clock.moment(packet.ntp_s, now)
                if moment is not None:
                    self._flows[track].reported(packet, moment)

    def _drop(self, block: Block, start: int, end: int) -> None:
        block.cut(start, end)
        self.dropped += 1

    def _with_due_reports(self, batch: Batch, now: float) -> Batch:
        due = [track for track, flow in enumerate(self._flows) if flow.is_report_due(now)]
        self._reports_due_at = min(now + REPORT_INTERVAL_S, *(flow.report_at for flow in self._flows))
        if not due:
            return batch
        reports = self._reports(due, now)
        for track in due:
            self._flows[track].report_sent(now)
        keyframe = None if batch.keyframe is None else batch.keyframe + len(reports)
        return Batch(reports + batch.data, keyframe)

    def _reports(self, tracks: range | list[int], now: float) -> bytes:
        ntp_s = rtcp.ntp_seconds(self._clock.utc())
        frames = []
        for track in tracks:
            packet = self._flows[track].report(now, ntp_s=ntp_s, cname=self._cname)
            if packet:
                frames.append(FRAME_HEADER.pack(FRAME_MAGIC, 2 * track + 1, len(packet)) + packet)
        return b"".join(frames)


def first_position(data: bytes, track: int) -> TrackPosition | None:
    """Return what the first RTP packet of a track carries in a batch's well-formed `data`; None if it has none."""
    view = memoryview(data)
    at = 0
    while at < len(data):
        end = _frame_end(data, at)
        if data[at + 1] == 2 * track:
            header = RtpHeader.parse(view[at + FRAME_HEADER_BYTES : end])
            return TrackPosition(header.seq, header.rtp_time, header.ssrc)
        at = end
    return None


def _frame_end(frames: bytes, at: int) -> int:
    """Return where the frame at `at` ends: beyond the end of `frames` if it is not a whole frame."""
    if frames[at] != FRAME_MAGIC or at + FRAME_HEADER_BYTES > len(frames):
        return len(frames) + 1
    return at + FRAME_HEADER_BYTES + (frames[at + 2] << 8 | frames[at + 3])
