"""What a metadata stream says: events and PTZ status, as the device's metadata configuration wants them.

ONVIF Streaming Specification, "RTP for Metadata stream"; Media Service Specification, "Metadata configuration". A
document goes out with every event, at once after a synchronisation point, and otherwise every second, even if there
is nothing in it. Implements `media.sources.metadata.MetadataFeed`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from bridge.onvif.eventing.faults import EventFault
from bridge.onvif.eventing.filter import EventFilter, parse_filter
from bridge.onvif.eventing.topics import TOPICS
from bridge.onvif.media_store import parse_kept
from bridge.onvif.ptz_access import ptz_settings
from bridge.onvif.ptz_vectors import show_status
from bridge.onvif.types.metadata import EventStream, MetadataStream, PTZStream
from bridge.proto.soap.codec import encode
from bridge.proto.soap.envelope import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.eventing.subscriptions import Notification
    from bridge.onvif.media_store import KeptMetadata

INTERVAL_S = 1.0
"""Longest time from document to document."""


class MetadataFeed:
    """The documents of one device; every stream that is watched has a run of its own.

    Args:
        device: whose events, PTZ status and configuration these are.
        interval_s: longest time from document to document.
    """

    def __init__(self, device: VirtualDevice, *, interval_s: float = INTERVAL_S) -> None:
        self._device = device
        self._interval_s = interval_s
        self._parsed: tuple[str | None, EventFilter | None] = (None, EventFilter())

    async def run(self, write: Callable[[bytes], None]) -> NoReturn:
        """Write documents until cancelled; the first one holds the present state of every property."""
        while True:
            # A restart of the device ends whoever listens; its next broker begins with the present state again.
            with self._device.broker.metadata.listening() as listener:
                while not listener.is_over:
                    write(self._document(await listener.next_messages(timeout_s=self._interval_s)))

    def synchronize(self) -> None:
        """Have the present state of every property told at once (Media service, "Synchronization point")."""
        self._device.broker.metadata.synchronize()

    def _document(self, happened: Iterable[Notification]) -> bytes:
        wanted = self._device.media.metadata
        return render(encode(MetadataStream(ptz=self._ptz(wanted), event=self._events(wanted, happened))))

    def _events(self, wanted: KeptMetadata, happened: Iterable[Notification]) -> EventStream | None:
        passes = self._filter(wanted.event_filter) if wanted.events else None
        if passes is None:
            return None
        told = tuple(each.message for each in happened if passes.accepts(each.topic, each.items))
        return EventStream(notification_message=told) if told else None

    def _filter(self, text: str | None) -> EventFilter | None:
        """Return the filter of the configuration; None if no event that the bridge knows can pass it."""
        if text != self._parsed[0]:
            try:
                # All topics, not those of today: what the camera feeds may change while the filter stays.
                source = None if text is None else parse_kept(text)
                parsed = parse_filter(source, offered=TOPICS, utc=self._device.clock.utc())
            except EventFault:
                # Media lets a client set any filter; one that means nothing here lets nothing pass.
                self._parsed = (text, None)
            else:
                self._parsed = (text, parsed)
        return self._parsed[1]

    def _ptz(self, wanted: KeptMetadata) -> PTZStream | None:
        ptz, facet = self._device.media.ptz, self._device.camera.facets.ptz
        if ptz is None or facet is None or not (wanted.ptz_status or wanted.ptz_position):
            return None
        shown = show_status(ptz, facet.status, ptz_settings(self._device.media), self._device.clock.utc())
        status = replace(
            shown,
            position=shown.position if wanted.ptz_position else None,
            move_status=shown.move_status if wanted.ptz_status else None,
        )
        return PTZStream(ptz_status=(status,))
