"""Messages and types of the Media2 service about masks (ONVIF Media2 Service Specification, "Privacy Masks")."""

from __future__ import annotations

from bridge.onvif.types.drawing import Color, ColorOptions, Polygon
from bridge.proto.soap.codec import attribute, xml_message, xml_type
from bridge.proto.soap.namespaces import TR2


@xml_type(TR2)
class Mask:
    """A part of the picture that nobody sees. A new one may come without `token`."""

    token: str | None = attribute(default=None)
    configuration_token: str
    polygon: Polygon
    type: str
    color: Color | None = None
    enabled: bool


@xml_type(TR2)
class MaskOptions:
    """What masks there can be."""

    rectangle_only: bool = attribute()
    single_color_only: bool = attribute()
    max_masks: int
    max_points: int
    types: tuple[str, ...]
    color: ColorOptions


@xml_message(TR2)
class GetMasks:
    """Ask for one mask, for those of a video source configuration, or for all."""

    token: str | None = None
    configuration_token: str | None = None


@xml_message(TR2)
class GetMasksResponse:
    """The masks."""

    masks: tuple[Mask, ...] = ()


@xml_message(TR2)
class GetMaskOptions:
    """Ask what masks a video source configuration can have."""

    configuration_token: str


@xml_message(TR2)
class GetMaskOptionsResponse:
    """What there can be."""

    options: MaskOptions


@xml_message(TR2)
class CreateMask:
    """Ask for another mask."""

    mask: Mask


@xml_message(TR2)
class CreateMaskResponse:
    """The new one's token."""

    token: str


@xml_message(TR2)
class SetMask:
    """Ask for a mask to be set."""

    mask: Mask


@xml_message(TR2)
class SetMaskResponse:
    """It is set."""


@xml_message(TR2)
class DeleteMask:
    """Ask for a mask to be deleted."""

    token: str


@xml_message(TR2)
class DeleteMaskResponse:
    """It is deleted."""
