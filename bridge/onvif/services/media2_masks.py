"""Privacy masks in the Media2 service (ONVIF Media2 Service Specification, "Privacy Masks").

Masks are read from the camera's description, and set, made and deleted in the camera. Where it lets nobody change
them they are shown as they are, and no others are offered. Their colour is the camera's own: a wish for another is
adapted, as the specification allows. The Media service knows no masks.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault, InvalidValue
from bridge.core.overlay import Mask, MaskKind, MasksDescription, rectangle_around
from bridge.onvif.configurations import VIDEO_SOURCES
from bridge.onvif.media_tokens import VIDEO_SOURCE_CONFIGURATION
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import masks as messages
from bridge.onvif.types.drawing import RGB, Color, ColorOptions, Polygon, Vector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.camera import Camera
    from bridge.core.overlay import Point, Rgb

_RECTANGLE_CORNERS = 4
_FEWEST_CORNERS = 3
_FAULTS = {
    "no_mask": ("Sender", ("InvalidArgVal", "NoConfig")),
    "too_many_masks": ("Receiver", ("Action", "MaxMasks")),
    "polygon": ("Receiver", ("InvalidArgVal", "InvalidPolygon")),
    "mask": ("Receiver", ("InvalidArgVal", "ConfigModify")),
}


def has_settable_masks(camera: Camera) -> bool:
    """Return whether masks can be made and changed: what the capability Mask promises."""
    description = camera.description
    return description is not None and description.masks is not None and camera.facets.masks is not None


@operation(access=Access.READ_MEDIA)
async def get_masks(call: Call, request: messages.GetMasks) -> messages.GetMasksResponse:
    """Tell one or all masks."""
    offered = _offered(call.device.camera)
    if request.configuration_token is not None:
        VIDEO_SOURCES.one(call.device.media, request.configuration_token)
    with _mask_faults():
        masks = offered.masks if request.token is None else (_require(offered, request.token),)
    return messages.GetMasksResponse(masks=tuple(_mask(each, offered) for each in masks))


@operation(access=Access.READ_MEDIA)
async def get_mask_options(call: Call, request: messages.GetMaskOptions) -> messages.GetMaskOptionsResponse:
    """Tell what masks there can be."""
    offered = _offered(call.device.camera)
    VIDEO_SOURCES.one(call.device.media, request.configuration_token)
    return messages.GetMaskOptionsResponse(
        options=messages.MaskOptions(
            rectangle_only=offered.rectangle_only,
            single_color_only=True,
            max_masks=offered.most,
            max_points=offered.most_points,
            types=offered.kinds,
            color=ColorOptions(color_list=(_color(offered.color),)),
        )
    )


@operation(access=Access.ACTUATE)
async def create_mask(call: Call, request: messages.CreateMask) -> messages.CreateMaskResponse:
    """Make a mask; its token is the camera's choice."""
    offered = _offered(call.device.camera)
    VIDEO_SOURCES.one(call.device.media, request.mask.configuration_token)
    facet = call.device.camera.facets.masks
    with _mask_faults():
        if facet is None or len(offered.masks) >= offered.most:
            raise InvalidValue("too_many_masks", f"No more than {offered.most} masks can be in the picture")
        token = await facet.create(_wished(request.mask, offered))
    return messages.CreateMaskResponse(token=token)


@operation(access=Access.ACTUATE)
async def set_mask(call: Call, request: messages.SetMask) -> messages.SetMaskResponse:
    """Set a mask, if it is to be different from now."""
    offered = _offered(call.device.camera)
    facet = call.device.camera.facets.masks
    with _mask_faults():
        present = _require(offered, request.mask.token or "")
        VIDEO_SOURCES.one(call.device.media, request.mask.configuration_token)
        mask = _wished(request.mask, offered)
        if mask != present:
            if facet is None:
                raise InvalidValue("mask", "The camera's masks cannot be set")
            await facet.set(mask)
    return messages.SetMaskResponse()


@operation(access=Access.ACTUATE)
async def delete_mask(call: Call, request: messages.DeleteMask) -> messages.DeleteMaskResponse:
    """Delete a mask."""
    facet = call.device.camera.facets.masks
    with _mask_faults():
        _require(_offered(call.device.camera), request.token)
        if facet is None:
            raise ClientFault("Receiver", ("ActionNotSupported",), "The camera's masks cannot be deleted")
        await facet.delete(request.token)
    return messages.DeleteMaskResponse()


@contextmanager
def _mask_faults() -> Iterator[None]:
    """Turn refusals of masks into the faults that the specification names."""
    try:
        yield
    except InvalidValue as error:
        if error.reason not in _FAULTS:
            raise
        code, subcodes = _FAULTS[error.reason]
        raise ClientFault(code, subcodes, str(error)) from error


def _offered(camera: Camera) -> MasksDescription:
    """Return the masks and what can be made of them; without a facet that is what they are.

    Raises:
        ClientFault: ActionNotSupported, if the camera has no masks at all.
    """
    known = None if camera.description is None else camera.description.masks
    if known is None:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The camera has no privacy masks")
    if camera.facets.masks is not None:
        return known
    kinds = tuple(dict.fromkeys(each.kind for each in known.masks))
    return replace(known, most=len(known.masks), kinds=kinds or known.kinds)


def _require(offered: MasksDescription, token: str) -> Mask:
    for mask in offered.masks:
        if mask.token == token:
            return mask
    raise InvalidValue("no_mask", f"There is no mask '{token}'")


def _mask(mask: Mask, offered: MasksDescription) -> messages.Mask:
    """Word a mask."""
    return messages.Mask(
        token=mask.token,
        configuration_token=VIDEO_SOURCE_CONFIGURATION,
        polygon=Polygon(point=tuple(Vector(x=x, y=y) for x, y in mask.polygon)),
        type=mask.kind,
        color=_color(offered.color) if mask.kind is MaskKind.COLOR else None,
        enabled=mask.enabled,
    )


def _color(rgb: Rgb) -> Color:
    red, green, blue = rgb
    return Color(x=red, y=green, z=blue, colorspace=RGB)


def _wished(wished: messages.Mask, offered: MasksDescription) -> Mask:
    """Return the mask that a client wants.

    Raises:
        InvalidValue: `mask` or `polygon`.
    """
    if wished.type not in offered.kinds:
        raise InvalidValue("mask", f"There are no masks of the type '{wished.type}'")
    return Mask(wished.token or "", _polygon(wished.polygon, offered), MaskKind(wished.type), wished.enabled)


def _polygon(wished: Polygon, offered: MasksDescription) -> tuple[Point, ...]:
    """Return the corners of a polygon, with an upright rectangle around it if there can be no others."""
    corners = tuple((each.x, each.y) for each in wished.point)
    if not all(-1 <= value <= 1 for corner in corners for value in corner):
        raise InvalidValue("polygon", "A corner of the mask lies outside the picture")
    if offered.rectangle_only:
        if len(corners) != _RECTANGLE_CORNERS:
            raise InvalidValue("polygon", f"Masks are rectangles, with {_RECTANGLE_CORNERS} corners")
        return rectangle_around(corners)
    if not _FEWEST_CORNERS <= len(corners) <= offered.most_points:
        raise InvalidValue("polygon", f"A mask has {_FEWEST_CORNERS} to {offered.most_points} corners")
    return corners
