"""A camera's stream as FLV over HTTP: a GET whose answer is a FLV file without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from bridge.core.errors import Unreachable, WireError
from bridge.media.sources import http
from bridge.media.sources.patience import Patience
from bridge.media.sources.tag_stream import TagStream
from bridge.proto.flv.tags import FlvHeader, FlvReader, Tag, TagKind

if TYPE_CHECKING:
    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink
    from bridge.media.sources.http import HttpAddress


class FlvSource:
    """One stream of one camera; see `media.source.StreamSource`.

    Args:
        address: where the stream is.
        clock: for the times of reads.
        patience: how long the camera may take.
    """

    def __init__(self, address: HttpAddress, *, clock: Clock, patience: Patience | None = None) -> None:
        self._address = address
        self._clock = clock
        self._patience = patience or Patience()

    async def run(self, sink: StreamSink) -> NoReturn:
        """Open the stream and deliver it until cancelled; see `StreamSource.run`."""
        upstream = _Upstream(sink)
        async with http.opened(self._address, clock=self._clock, patience=self._patience) as stream:
            await stream.read_media(upstream.take)


class _Upstream:
    """The file on its way in."""

    def __init__(self, sink: StreamSink) -> None:
        self._reader = FlvReader()
        self._tags = TagStream(sink)

    def take(self, data: bytes, now: float) -> bool:
        """Take a read; return whether there was sound or picture in it."""
        tags: list[Tag] = []
        try:
            for item in self._reader.receive(data):
                if isinstance(item, FlvHeader):
                    self._tags.expect(_promised(item))
                else:
                    tags.append(item)
            return self._tags.take(tags, now)
        except WireError as error:
            raise Unreachable(f"the camera's FLV stream is broken: {error}") from error


def _promised(header: FlvHeader) -> set[TagKind]:
    flags = {TagKind.VIDEO: header.has_video, TagKind.AUDIO: header.has_audio}
    return {kind for kind, is_there in flags.items() if is_there}
