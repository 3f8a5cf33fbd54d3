"""A stream of the camera, at an address that only the driver knows, and that may change (vendor document, 2.7).

The source may be asked for before the camera was ever reached, and lives on when ports or settings change, so the
addresses are asked for anew at every run. What codec really comes is reported: newer firmwares do not tell it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bridge.core.formats import VideoCodec
from bridge.drivers.http import legacy_tls
from bridge.drivers.reolink.addresses import is_sent_as_it_is, login_arguments
from bridge.media.source import MediaKind
from bridge.media.sources.flv import FlvSource
from bridge.media.sources.http import HttpAddress
from bridge.media.sources.rtmp import RtmpSource
from bridge.media.sources.rtsp import RtspSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.timing import Clock
    from bridge.drivers.http import CertificatePin
    from bridge.drivers.reolink.session import Account
    from bridge.media.source import StreamDescription, StreamSink, StreamSource

log = structlog.get_logger(__name__)

CODECS: Final = {"H264": VideoCodec.H264, "H265": VideoCodec.H265}


class ReolinkStream:
    """`media.source.StreamSource` for one native stream.

    Args:
        addresses: returns the URLs to try, likeliest first and all of one scheme, or raises what stands in the way.
        account: user and password, the same for all ways.
        pin: the camera's certificate, None without TLS.
        on_codec: takes the video codec whenever the stream has been opened.
        clock: injected time.
        camera: id for the log.
    """

    def __init__(
        self,
        addresses: Callable[[], tuple[str, ...]],
        account: Account,
        *,
        pin: CertificatePin | None,
        on_codec: Callable[[VideoCodec], None],
        clock: Clock,
        camera: str,
    ) -> None:
        self._addresses = addresses
        self._account = account
        self._pin = pin
        self._on_codec = on_codec
        self._clock = clock
        self._camera = camera
        self._candidates: tuple[str, ...] = ()
        self._source: StreamSource | None = None

    async def run(self, sink: StreamSink) -> None:
        """Open the stream and deliver it until cancelled; see `StreamSource.run`."""
        candidates = self._addresses()
        if self._source is None or candidates != self._candidates:
            self._candidates = candidates
            self._source = self._make_source(candidates)
        await self._source.run(_CodecWatch(sink, self._on_codec))

    def _make_source(self, candidates: tuple[str, ...]) -> StreamSource:
        best, clock = candidates[0], self._clock
        username, password = self._account.username, self._account.password
        if best.startswith("rtsp:"):
            return RtspSource(candidates, username=username, password=password, clock=clock)
        if not is_sent_as_it_is(self._account):
            log.warning("reolink.password_needs_rtsp", camera=self._camera, remedy="use other characters, or RTSP")
        secret = login_arguments(self._account)
        if best.startswith("rtmp:"):
            return RtmpSource(best, secret_arguments=secret, clock=clock)
        tls = True if self._pin is None else legacy_tls()
        return FlvSource(HttpAddress(best, username, password, secret, tls, self._pin), clock=clock)


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
