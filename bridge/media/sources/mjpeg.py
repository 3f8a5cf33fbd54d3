"""A camera's stream as JPEG pictures over HTTP: a multipart answer without an end. RTP as of RFC 2435.

Pictures have no times of their own; each gets that of its arrival. One that RTP cannot carry, or that arrived broken,
is left out.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NoReturn

from bridge.core.errors import Rejected, TimedOut, Unreachable, Unsupported, WireError
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.media.sources import http
from bridge.media.sources.patience import Patience
from bridge.proto.http.multipart import MultipartReader
from bridge.proto.rtp.packetizer import Packetizer
from bridge.proto.rtp.payload import jpeg

if TYPE_CHECKING:
    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink
    from bridge.media.sources.http import HttpAddress

_DESCRIPTION = StreamDescription(
    (
        Track(
            kind=MediaKind.VIDEO,
            encoding="JPEG",
            payload_type=jpeg.PAYLOAD_TYPE,
            clock_rate=jpeg.CLOCK_RATE,
        ),
    )
)


class MjpegSource:
    """One stream of one camera; see `media.source.StreamSource`.

    Args:
        address: where the stream is.
        clock: for the times of pictures.
        patience: how long the camera may take.
    """

    def __init__(self, address: HttpAddress, *, clock: Clock, patience: Patience | None = None) -> None:
        self._address = address
        self._clock = clock
        self._patience = patience or Patience()

    async def run(self, sink: StreamSink) -> NoReturn:
        """Open the stream and deliver it until cancelled; see `StreamSource.run`."""
        async with http.opened(self._address, clock=self._clock, patience=self._patience) as stream:
            try:
                reader = MultipartReader(stream.content_type)
            except WireError as error:
                raise Unsupported(f"the camera does not send pictures there: {error}", facet="stream") from error
            pictures = _Pictures(sink, reader)
            try:
                await stream.read_media(pictures.take)
            except TimedOut as error:
                if pictures.fault is None:
                    raise
                raise Rejected(
                    f"the camera's pictures cannot be streamed: {pictures.fault}", native_code="jpeg", operation="GET"
                ) from error


class _Pictures:
    """The pictures on their way in.

    Attributes:
        fault: why the last picture was left out, None if it was not.
    """

    def __init__(self, sink: StreamSink, reader: MultipartReader) -> None:
        self.fault: str | None = None
        self._sink = sink
        self._reader = reader
        self._is_open = False
        self._rtp_time = 0
        self._packetizer = Packetizer(
            channel=0, payload_type=jpeg.PAYLOAD_TYPE, ssrc=secrets.randbits(32), seq=secrets.randbits(16)
        )

    def take(self, data: bytes, now: float) -> bool:
        """Take a read; return whether a picture was finished in it."""
        try:
            joined = b"".join(self._frames(picture, now) for picture in self._reader.receive(data))
        except WireError as error:
            raise Unreachable(f"the camera's stream of pictures is broken: {error}") from error
        if joined and not self._is_open:
            self._is_open = True
            self._sink.opened(_DESCRIPTION, now)
        if joined:
            self._sink.received(joined, now)
        return bool(joined)

    def _frames(self, picture: bytes, now: float) -> bytes:
        try:
            payloads = jpeg.split(jpeg.read(picture))
        except WireError as error:
            self.fault = error.detail
            return b""
        self.fault = None
        # Two of one read are two all the same.
        self._rtp_time = max(self._rtp_time + 1, round(now * jpeg.CLOCK_RATE))
        return self._packetizer.frames(payloads, rtp_time=self._rtp_time)
