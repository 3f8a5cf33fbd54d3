"""ONVIF metadata as a track: beside the tracks of another source, or as a stream of its own.

The documents come from a `MetadataFeed`, which knows what they say; `proto.rtp.payload.metadata` cuts them up. The
packets of the other source pass untouched.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, NoReturn, Protocol

from bridge.core.errors import CameraError
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.rtp.packetizer import Packetizer
from bridge.proto.rtp.payload import metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink, StreamSource

USUAL_PAYLOAD_TYPE = 107
"""The one in ONVIF's examples; any other of the dynamic ones (up to 127) if the camera uses it already."""


class MetadataFeed(Protocol):
    """Where metadata documents come from."""

    async def run(self, write: Callable[[bytes], None]) -> NoReturn:
        """Hand over one XML document after the other, until cancelled: at least one every second.

        The first holds the present state of everything. Any number of runs may be under way, one per stream.
        """


class MetadataSource:
    """A stream of metadata alone; see `media.source.StreamSource`.

    Args:
        feed: makes the documents.
        clock: for their times.
    """

    def __init__(self, feed: MetadataFeed, *, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock

    async def run(self, sink: StreamSink) -> NoReturn:
        """Deliver documents until cancelled; see `StreamSource.run`."""
        sink.opened(StreamDescription((_track(USUAL_PAYLOAD_TYPE),)), self._clock.now())
        await self._feed.run(_Writer(sink, 0, USUAL_PAYLOAD_TYPE, self._clock).write)


class WithMetadata:
    """A source with a metadata track behind its own; see `media.source.StreamSource`.

    Args:
        source: delivers the other tracks; the stream lives as long as it does.
        feed: makes the documents.
        clock: for their times.
    """

    def __init__(self, source: StreamSource, feed: MetadataFeed, *, clock: Clock) -> None:
        self._source = source
        self._feed = feed
        self._clock = clock

    async def run(self, sink: StreamSink) -> None:
        """Deliver both until cancelled; see `StreamSource.run`."""
        broken: CameraError | None = None
        async with asyncio.TaskGroup() as group:
            joined = _Joined(sink, self._clock)
            feeding = group.create_task(self._feed_when_open(joined))
            try:
                await self._source.run(joined)
            except CameraError as error:
                # Kept for below: the group would wrap it.
                broken = error
            feeding.cancel()
        if broken is not None:
            raise broken

    async def _feed_when_open(self, joined: _Joined) -> None:
        await self._feed.run((await joined.writer).write)


class _Joined:
    """The sink as the other source sees it: adds the track to what is opened, and lets the packets through.

    Attributes:
        writer: of the added track, once the upstream is open.
    """

    def __init__(self, sink: StreamSink, clock: Clock) -> None:
        self.received = sink.received
        self.writer: asyncio.Future[_Writer] = asyncio.get_running_loop().create_future()
        self._sink = sink
        self._clock = clock

    def opened(self, description: StreamDescription, now: float) -> None:
        used = {track.payload_type for track in description.tracks}
        payload_type = next(number for number in range(USUAL_PAYLOAD_TYPE, 128) if number not in used)
        self._sink.opened(StreamDescription((*description.tracks, _track(payload_type))), now)
        self.writer.set_result(_Writer(self._sink, len(description.tracks), payload_type, self._clock))


class _Writer:
    """Turns documents into packets of one track."""

    def __init__(self, sink: StreamSink, track: int, payload_type: int, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._packetizer = Packetizer(
            channel=2 * track, payload_type=payload_type, ssrc=secrets.randbits(32), seq=secrets.randbits(16)
        )

    def write(self, document: bytes) -> None:
        now = self._clock.now()
        rtp_time = round(now * metadata.CLOCK_RATE)
        self._sink.received(self._packetizer.frames(metadata.split(document), rtp_time=rtp_time), now)


def _track(payload_type: int) -> Track:
    return Track(
        kind=MediaKind.APPLICATION,
        encoding=metadata.ENCODING,
        payload_type=payload_type,
        clock_rate=metadata.CLOCK_RATE,
    )
