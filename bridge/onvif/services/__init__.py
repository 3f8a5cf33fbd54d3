"""The ONVIF services of the product, in the order of GetServices. A device serves those that its camera can fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.onvif.services import analytics, device, deviceio, events, imaging, media, media2, ptz

if TYPE_CHECKING:
    from bridge.onvif.operation import Service

SERVICES: tuple[Service, ...] = (
    device.SERVICE,
    media.SERVICE,
    media2.SERVICE,
    ptz.SERVICE,
    imaging.SERVICE,
    deviceio.SERVICE,
    analytics.SERVICE,
    events.SERVICE,
)
