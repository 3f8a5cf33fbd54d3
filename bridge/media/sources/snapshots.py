"""A JPEG stream made of snapshots: RTP as of RFC 2435, a few pictures per second, nothing encoded anew.

For viewers that know only JPEG; ONVIF's Media service wants that every device has such a stream. Pictures are taken
only while somebody watches, and shared with those who ask for snapshots at the same time.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from bridge.core.errors import Rejected, Unreachable, Unsupported, WireError
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.rtp.packetizer import Packetizer, Payload
from bridge.proto.rtp.payload import jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.timing import Clock
    from bridge.media.snapshot import SnapshotService
    from bridge.media.source import StreamSink


@dataclass(frozen=True, slots=True)
class SnapshotChoice:
    """Which native stream's snapshots make the stream, and how many per second."""

    stream: str
    frame_rate: float


class SnapshotSource:
    """See `media.source.StreamSource`.

    Args:
        snapshots: makes the pictures.
        choice: tells which and how many, None if there is no such stream; asked anew for every picture, so that a
            running stream follows.
        clock: for the times of pictures.
    """

    def __init__(
        self, snapshots: SnapshotService, choice: Callable[[], SnapshotChoice | None], *, clock: Clock
    ) -> None:
        self._snapshots = snapshots
        self._choice = choice
        self._clock = clock

    async def run(self, sink: StreamSink) -> NoReturn:
        """Take pictures until cancelled; see `StreamSource.run`. The stream is open once there is a first one."""
        packetizer = Packetizer(
            channel=0, payload_type=jpeg.PAYLOAD_TYPE, ssrc=secrets.randbits(32), seq=secrets.randbits(16)
        )
        is_open = False
        while True:
            choice = self._choice()
            if choice is None and not self._snapshots.is_described:
                # Whether there is such a stream will be known when the camera is.
                raise Unreachable("the camera was never reached", operation="snapshot")
            if choice is None:
                raise Unsupported("no stream is made of this camera's snapshots", facet="snapshots")
            interval_s = 1.0 / choice.frame_rate
            began = self._clock.now()
            # Half an interval: one that somebody else has just taken will do, the one sent before will not.
            payloads = _payloads(await self._snapshots.take(choice.stream, fresh_s=interval_s / 2))
            now = self._clock.now()
            if not is_open:
                sink.opened(_description(choice.frame_rate), now)
                is_open = True
            sink.received(packetizer.frames(payloads, rtp_time=round(now * jpeg.CLOCK_RATE)), now)
            await asyncio.sleep(max(0.0, began + interval_s - now))


def _payloads(picture: bytes) -> list[Payload]:
    """Return what a picture travels in.

    Raises:
        Rejected: RTP cannot carry it.
    """
    try:
        return jpeg.split(jpeg.read(picture))
    except WireError as error:
        raise Rejected(
            f"the camera's snapshots cannot be streamed: {error.detail}", native_code="jpeg", operation="snapshot"
        ) from error


def _description(frame_rate: float) -> StreamDescription:
    track = Track(
        kind=MediaKind.VIDEO,
        encoding="JPEG",
        payload_type=jpeg.PAYLOAD_TYPE,
        clock_rate=jpeg.CLOCK_RATE,
        frame_rate=frame_rate,
    )
    return StreamDescription((track,))
