"""Messages of the Media service about on-screen displays (ONVIF Media Service Specification, "OSD")."""

from __future__ import annotations

from bridge.onvif.types.osd import OSDConfiguration, OSDConfigurationOptions
from bridge.proto.soap.codec import element, xml_message
from bridge.proto.soap.namespaces import TRT


@xml_message(TRT)
class GetOSDs:
    """Ask for the on-screen displays of a video source configuration, or for all."""

    configuration_token: str | None = None


@xml_message(TRT)
class GetOSDsResponse:
    """The on-screen displays."""

    osds: tuple[OSDConfiguration, ...] = element(name="OSDs", default=())


@xml_message(TRT)
class GetOSD:
    """Ask for one on-screen display."""

    osd_token: str = element(name="OSDToken")


@xml_message(TRT)
class GetOSDResponse:
    """The on-screen display."""

    osd: OSDConfiguration = element(name="OSD")


@xml_message(TRT)
class GetOSDOptions:
    """Ask what on-screen displays a video source configuration can have."""

    configuration_token: str


@xml_message(TRT)
class GetOSDOptionsResponse:
    """What there can be."""

    osd_options: OSDConfigurationOptions = element(name="OSDOptions")


@xml_message(TRT)
class CreateOSD:
    """Ask for another on-screen display."""

    osd: OSDConfiguration = element(name="OSD")


@xml_message(TRT)
class CreateOSDResponse:
    """The new one's token."""

    osd_token: str = element(name="OSDToken")


@xml_message(TRT)
class SetOSD:
    """Ask for an on-screen display to be set."""

    osd: OSDConfiguration = element(name="OSD")


@xml_message(TRT)
class SetOSDResponse:
    """It is set."""


@xml_message(TRT)
class DeleteOSD:
    """Ask for an on-screen display to be deleted."""

    osd_token: str = element(name="OSDToken")


@xml_message(TRT)
class DeleteOSDResponse:
    """It is deleted."""
