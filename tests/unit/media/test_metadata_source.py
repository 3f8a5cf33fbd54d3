"""The metadata track, beside others and alone."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, NoReturn

import pytest

from bridge.core.errors import CameraError, Unreachable
from bridge.media.batch import split_frames
from bridge.media.hub import StreamHub
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.media.sources.metadata import MetadataSource, WithMetadata
from tests.unit.media.streams import (
    IDR,
    VIDEO_AND_AUDIO,
    VIDEO_ONLY,
    HandSource,
    ManualClock,
    Viewer,
    audio,
    media_of,
    video,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.proto.rtp.packet import RtpHeader


class HandFeed:
    """Documents that the test hands over."""

    def __init__(self) -> None:
        self.runs = 0
        self.write: Callable[[bytes], None] | None = None
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def run(self, write: Callable[[bytes], None]) -> NoReturn:
        self.runs += 1
        self.write = write
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.write = None
            self.ended.set()
        raise AssertionError

    def tell(self, document: bytes) -> None:
        assert self.write is not None
        self.write(document)


class Sink:
    """Remembers what it is given."""

    def __init__(self) -> None:
        self.descriptions: list[StreamDescription] = []
        self.frames: list[bytes] = []

    def opened(self, description: StreamDescription, now: float) -> None:
        assert now > 0
        self.descriptions.append(description)

    def received(self, frames: bytes, now: float) -> None:
        assert now > 0
        self.frames.append(frames)


def document_of(headers: list[RtpHeader]) -> bytes:
    return b"".join(bytes(header.payload) for header in headers)


@pytest.fixture
async def feed() -> HandFeed:
    return HandFeed()


async def test_metadata_stands_behind_the_tracks_of_the_camera(feed: HandFeed) -> None:
    clock, sink = ManualClock(), Sink()
    native = HandSource(clock)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(WithMetadata(native, feed, clock=clock).run(sink))
        await native.begun(1)
        native.open(VIDEO_AND_AUDIO)
        await feed.begun.wait()
        packets = video(IDR, seq=1) + audio(seq=1)
        native.feed(packets)
        feed.tell(b"<a/>" * 1000)
        running.cancel()

    *native_tracks, added = sink.descriptions[0].tracks
    assert tuple(native_tracks) == VIDEO_AND_AUDIO.tracks
    assert added == Track(MediaKind.APPLICATION, "vnd.onvif.metadata", 107, 90_000)
    assert sink.frames[0] is packets
    told = media_of(sink.frames[1], channel=4)
    assert document_of(told) == b"<a/>" * 1000
    assert [header.marker for header in told] == [False] * (len(told) - 1) + [True]
    assert {number for number, _ in split_frames(sink.frames[1])} == {4}


async def test_the_payload_type_is_one_that_the_camera_does_not_use(feed: HandFeed) -> None:
    clock, sink = ManualClock(), Sink()
    native = HandSource(clock)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(WithMetadata(native, feed, clock=clock).run(sink))
        await native.begun(1)
        native.open(StreamDescription((Track(MediaKind.VIDEO, "H264", 107, 90_000),)))
        running.cancel()

    assert sink.descriptions[0].tracks[1].payload_type == 108


@pytest.mark.parametrize("is_open", [True, False])
async def test_what_ends_the_camera_s_stream_ends_the_whole(feed: HandFeed, *, is_open: bool) -> None:
    clock = ManualClock()
    native = HandSource(clock)

    async def run() -> None:
        with pytest.raises(CameraError, match="gone"):
            await WithMetadata(native, feed, clock=clock).run(Sink())

    async with asyncio.TaskGroup() as group:
        group.create_task(run())
        await native.begun(1)
        if is_open:
            native.open(VIDEO_ONLY)
            await feed.begun.wait()
        native.fail(Unreachable("gone"))

    assert feed.ended.is_set() == is_open
    assert feed.write is None


async def test_metadata_alone_needs_no_camera(feed: HandFeed) -> None:
    clock, sink = ManualClock(), Sink()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(MetadataSource(feed, clock=clock).run(sink))
        await feed.begun.wait()
        feed.tell(b"<a/>")
        running.cancel()

    assert [track.kind for track in sink.descriptions[0].tracks] == [MediaKind.APPLICATION]
    assert document_of(media_of(sink.frames[0])) == b"<a/>"


async def test_viewers_see_one_metadata_track_although_the_camera_came_back(feed: HandFeed) -> None:
    clock = ManualClock()
    native = HandSource(clock)
    hub = StreamHub("front/main", WithMetadata(native, feed, clock=clock), clock=clock, random=Random(1))
    viewer = Viewer()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hub.run())
        hub.attach(viewer)
        await native.begun(1)
        native.open(VIDEO_ONLY)
        await feed.begun.wait()
        feed.tell(b"<before/>")
        feed.begun.clear()
        clock.seconds += 10
        native.fail(Unreachable("gone"))
        await native.begun(2)
        native.open(VIDEO_ONLY)
        await feed.begun.wait()
        feed.tell(b"<after/>")
        running.cancel()

    told = [header for batch in viewer.batches for header in media_of(batch.data, channel=2)]
    assert [bytes(header.payload) for header in told] == [b"<before/>", b"<after/>"]
    assert told[0].ssrc == told[1].ssrc
    assert told[1].seq == (told[0].seq + 1) % 2**16
    assert not viewer.end.done()
