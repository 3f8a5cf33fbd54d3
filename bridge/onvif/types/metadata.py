"""The document of a metadata stream (`tt:MetadataStream`): events and PTZ status; scene descriptions are not sent."""

from __future__ import annotations

from bridge.onvif.types.events import NotificationMessage
from bridge.onvif.types.ptz_moves import PTZStatus
from bridge.proto.soap.codec import element, xml_message, xml_type
from bridge.proto.soap.namespaces import TT, WSNT


@xml_type(TT)
class PTZStream:
    """Where the camera looks and whether it moves."""

    ptz_status: tuple[PTZStatus, ...] = element(name="PTZStatus", default=())


@xml_type(TT)
class EventStream:
    """What has happened."""

    notification_message: tuple[NotificationMessage, ...] = element(namespace=WSNT, default=())


@xml_message(TT)
class MetadataStream:
    """One document."""

    ptz: PTZStream | None = element(name="PTZ", default=None)
    event: EventStream | None = None
