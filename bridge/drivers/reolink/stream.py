"""A stream of the camera: RTSP at an address that only the driver knows, and that may change (vendor document, 2.7).

The source may be asked for before the camera was ever reached, and lives on when ports or settings change, so the
addresses are asked for anew at every run. What codec really comes is reported: newer firmwares do not tell it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.core.formats import VideoCodec
from bridge.media.source import MediaKind
from bridge.media.sources.rtsp import RtspSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.timing import Clock
    from bridge.drivers.reolink.session import Account
    from bridge.media.source import StreamDescription, StreamSink

CODECS: Final = {"H264": VideoCodec.H264, "H265": VideoCodec.H265}


class ReolinkStream:
    """`media.source.StreamSource` for one native stream.

    Args:
        addresses: returns the URLs to try, likeliest first, or raises what stands in the way.
        account: user and password, the same for RTSP.
        on_codec: takes the video codec whenever the stream has been opened.
        clock: injected time.
    """

    def __init__(
        self,
        addresses: Callable[[], tuple[str, ...]],
        account: Account,
        *,
        on_codec: Callable[[VideoCodec], None],
        clock: Clock,
    ) -> None:
        self._addresses = addresses
        self._account = account
        self._on_codec = on_codec
        self._clock = clock
        self._candidates: tuple[str, ...] = ()
        self._source: RtspSource | None = None

    async def run(self, sink: StreamSink) -> None:
        """Open the stream and deliver it until cancelled; see `StreamSource.run`."""
        candidates = self._addresses()
        if self._source is None or candidates != self._candidates:
            self._candidates = candidates
            self._source = RtspSource(
                candidates, username=self._account.username, password=self._account.password, clock=self._clock
            )
        await self._source.run(_CodecWatch(sink, self._on_codec))


class _CodecWatch:
    """Passes everything on to the hub, and the codec to the driver as well."""

    def __init__(self, sink: StreamSink, on_codec: Callable[[VideoCodec], None]) -> None:
        self._sink = sink
        self._on_codec = on_codec
        self.received = sink.received  # the hot path goes straight through

    def opened(self, description: StreamDescription, now: float) -> None:
        for track in description.tracks:
            if track.kind is MediaKind.VIDEO and track.encoding in CODECS:
                self._on_codec(CODECS[track.encoding])
        self._sink.opened(description, now)
