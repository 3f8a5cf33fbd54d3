"""Messages of the Media2 service about on-screen displays (ONVIF Media2 Service Specification, "OSD")."""

from __future__ import annotations

from bridge.onvif.types.osd import OSDConfiguration, OSDConfigurationOptions
from bridge.proto.soap.codec import element, xml_message
from bridge.proto.soap.namespaces import TR2


@xml_message(TR2)
class GetOSDs:
    """Ask for one on-screen display, for those of a video source configuration, or for all."""

    osd_token: str | None = element(name="OSDToken", default=None)
    configuration_token: str | None = None


@xml_message(TR2)
class GetOSDsResponse:
    """The on-screen displays."""

    osds: tuple[OSDConfiguration, ...] = element(name="OSDs", default=())


@xml_message(TR2)
class GetOSDOptions:
    """Ask what on-screen displays a video source configuration can have."""

    configuration_token: str


@xml_message(TR2)
class GetOSDOptionsResponse:
    """What there can be."""

    osd_options: OSDConfigurationOptions = element(name="OSDOptions")


@xml_message(TR2)
class CreateOSD:
    """Ask for another on-screen display."""

    osd: OSDConfiguration = element(name="OSD")


@xml_message(TR2)
class CreateOSDResponse:
    """The new one's token."""

    osd_token: str = element(name="OSDToken")


@xml_message(TR2)
class SetOSD:
    """Ask for an on-screen display to be set."""

    osd: OSDConfiguration = element(name="OSD")


@xml_message(TR2)
class SetOSDResponse:
    """It is set."""


@xml_message(TR2)
class DeleteOSD:
    """Ask for an on-screen display to be deleted."""

    osd_token: str = element(name="OSDToken")


@xml_message(TR2)
class DeleteOSDResponse:
    """It is deleted."""
