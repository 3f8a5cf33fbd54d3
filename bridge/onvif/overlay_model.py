"""The texts that a camera draws into its picture, as on-screen displays: one model for Media and Media2.

ONVIF Media and Media2 Service Specifications, "OSD". Texts are read from the camera's description, and set, made and
deleted in the camera. Where it lets nobody change them they are shown as they are, and no others are offered; where
it has none, room for none is offered. There are no images, and colours are the camera's own.

Refusals are `InvalidValue`, here as in the camera's facet; `osd_faults` turns both into the faults of a service.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault, InvalidValue
from bridge.core.overlay import Overlay, OverlayKind, OverlayPlace, OverlaysDescription
from bridge.core.units import Range, round_half_up
from bridge.onvif.configurations import VIDEO_SOURCES, hull
from bridge.onvif.media_tokens import VIDEO_SOURCE_CONFIGURATION
from bridge.onvif.types.drawing import Vector
from bridge.onvif.types.osd import (
    MaximumNumberOfOSDs,
    OSDConfiguration,
    OSDConfigurationOptions,
    OSDPosConfiguration,
    OSDTextConfiguration,
    OSDTextOptions,
    OSDType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.camera import Camera
    from bridge.core.overlay import Point
    from bridge.onvif.device import VirtualDevice

_WITH_DATE = frozenset({OverlayKind.DATE, OverlayKind.DATE_AND_TIME})
_WITH_TIME = frozenset({OverlayKind.TIME, OverlayKind.DATE_AND_TIME})
_NONE = OverlaysDescription(overlays=(), most=0, kinds=(), places=())


@contextmanager
def osd_faults(*, config_modify: str) -> Iterator[None]:
    """Turn refusals of texts into the faults that a service names.

    Args:
        config_modify: code of the fault ConfigModify, which the two services do not share.
    """
    faults = {
        "no_overlay": ("Sender", ("InvalidArgVal", "NoConfig")),
        "too_many_overlays": ("Receiver", ("Action", "MaxOSDs")),
        "overlay": (config_modify, ("InvalidArgVal", "ConfigModify")),
    }
    try:
        yield
    except InvalidValue as error:
        if error.reason not in faults:
            raise
        code, subcodes = faults[error.reason]
        raise ClientFault(code, subcodes, str(error)) from error


def has_settable_texts(camera: Camera) -> bool:
    """Return whether on-screen displays can be made and changed: what the capability OSD promises."""
    description = camera.description
    return description is not None and description.overlays is not None and camera.facets.overlays is not None


def osds(
    device: VirtualDevice, *, token: str | None = None, configuration_token: str | None = None
) -> tuple[OSDConfiguration, ...]:
    """Return the on-screen displays.

    Args:
        device: the device.
        token: only this one.
        configuration_token: only those of this video source configuration, of which there is one.

    Raises:
        ClientFault: NoConfig, for the video source configuration.
        InvalidValue: `no_overlay`.
    """
    if configuration_token is not None:
        VIDEO_SOURCES.one(device.media, configuration_token)
    overlays = _offered(device.camera).overlays
    return tuple(_osd(each) for each in (overlays if token is None else (_require(overlays, token),)))


def osd_options(device: VirtualDevice, configuration_token: str) -> OSDConfigurationOptions:
    """Return what on-screen displays a video source configuration can have.

    Raises:
        ClientFault: NoConfig.
    """
    VIDEO_SOURCES.one(device.media, configuration_token)
    offered = _offered(device.camera)
    return OSDConfigurationOptions(
        maximum_number_of_osds=MaximumNumberOfOSDs(
            total=offered.most,
            image=0,
            plain_text=_most_of(offered, OverlayKind.PLAIN),
            date=_most_of(offered, OverlayKind.DATE),
            time=_most_of(offered, OverlayKind.TIME),
            date_and_time=_most_of(offered, OverlayKind.DATE_AND_TIME),
        ),
        type=(OSDType.TEXT,),
        # The schema wants a place even if there is room for none.
        position_option=offered.places or (OverlayPlace.UPPER_LEFT,),
        text_option=_text_options(offered) if offered.kinds else None,
    )


async def create_osd(device: VirtualDevice, wished: OSDConfiguration) -> str:
    """Have the camera show another text, and return its token; that of `wished` is ignored.

    Raises:
        ClientFault: NoConfig, for the video source configuration.
        InvalidValue: `too_many_overlays` or `overlay`.
        CameraError: the camera could not be set.
    """
    VIDEO_SOURCES.one(device.media, wished.video_source_configuration_token)
    offered = _offered(device.camera)
    facet = device.camera.facets.overlays
    if facet is None or len(offered.overlays) >= offered.most:
        raise InvalidValue("too_many_overlays", f"No more than {offered.most} texts can be in the picture")
    overlay = _overlay(wished, offered, None)
    if not _has_room(offered, overlay.kind):
        raise InvalidValue("too_many_overlays", f"No more texts of the type {overlay.kind} can be in the picture")
    return await facet.create(overlay)


async def set_osd(device: VirtualDevice, wished: OSDConfiguration) -> None:
    """Have the camera change a text, if it is to be different from now.

    Raises:
        ClientFault: NoConfig, for the video source configuration.
        InvalidValue: `no_overlay` or `overlay`.
        CameraError: the camera could not be set.
    """
    offered = _offered(device.camera)
    present = _require(offered.overlays, wished.token)
    VIDEO_SOURCES.one(device.media, wished.video_source_configuration_token)
    overlay = _overlay(wished, offered, present)
    if overlay == present:
        return
    facet = device.camera.facets.overlays
    if facet is None:
        raise _impossible("The camera's texts cannot be set")
    if overlay.kind is not present.kind and not _has_room(offered, overlay.kind):
        raise _impossible(f"No more texts of the type {overlay.kind} can be in the picture")
    await facet.set(overlay)


async def delete_osd(device: VirtualDevice, token: str) -> None:
    """Have the camera take a text out of the picture.

    Raises:
        ClientFault: ActionNotSupported, if nobody can.
        InvalidValue: `no_overlay`.
        CameraError: the camera could not be set.
    """
    _require(_offered(device.camera).overlays, token)
    facet = device.camera.facets.overlays
    if facet is None:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The camera's texts cannot be deleted")
    await facet.delete(token)


def _offered(camera: Camera) -> OverlaysDescription:
    """Return the texts and what can be made of them; without a facet that is what they are."""
    known = None if camera.description is None else camera.description.overlays
    if known is None:
        return _NONE
    return known if camera.facets.overlays is not None else _as_they_are(known)


def _as_they_are(known: OverlaysDescription) -> OverlaysDescription:
    texts = known.overlays
    kinds = Counter(each.kind for each in texts)
    sizes = [each.font_size for each in texts if each.font_size is not None]
    return replace(
        known,
        most=len(texts),
        kinds=tuple(kinds),
        most_of=tuple(kinds.items()),
        places=tuple(dict.fromkeys(each.place for each in texts)),
        date_formats=tuple(dict.fromkeys(each.date_format for each in texts if each.date_format is not None)),
        time_formats=tuple(dict.fromkeys(each.time_format for each in texts if each.time_format is not None)),
        font_size=Range(min(sizes), max(sizes)) if sizes else None,
    )


def _most_of(offered: OverlaysDescription, kind: OverlayKind) -> int:
    if kind not in offered.kinds:
        return 0
    return min(offered.most, dict(offered.most_of).get(kind, offered.most))


def _has_room(offered: OverlaysDescription, kind: OverlayKind) -> bool:
    return sum(each.kind is kind for each in offered.overlays) < _most_of(offered, kind)


def _require(overlays: tuple[Overlay, ...], token: str) -> Overlay:
    for overlay in overlays:
        if overlay.token == token:
            return overlay
    raise InvalidValue("no_overlay", f"There is no OSD '{token}'")


def _osd(overlay: Overlay) -> OSDConfiguration:
    """Word a text."""
    return OSDConfiguration(
        token=overlay.token,
        video_source_configuration_token=VIDEO_SOURCE_CONFIGURATION,
        type=OSDType.TEXT,
        position=OSDPosConfiguration(
            type=overlay.place, pos=None if overlay.at is None else Vector(x=overlay.at[0], y=overlay.at[1])
        ),
        text_string=OSDTextConfiguration(
            type=overlay.kind,
            date_format=overlay.date_format,
            time_format=overlay.time_format,
            font_size=overlay.font_size,
            plain_text=overlay.text if overlay.kind is OverlayKind.PLAIN else None,
        ),
    )


def _text_options(offered: OverlaysDescription) -> OSDTextOptions:
    return OSDTextOptions(
        type=offered.kinds,
        font_size_range=None if offered.font_size is None else hull((offered.font_size,)),
        date_format=offered.date_formats,
        time_format=offered.time_formats,
    )


def _overlay(wished: OSDConfiguration, offered: OverlaysDescription, present: Overlay | None) -> Overlay:
    """Return the text that a wish comes to; what it leaves open stays as it is, or is up to the camera.

    Raises:
        InvalidValue: `overlay`.
    """
    text = wished.text_string
    if wished.type is not OSDType.TEXT or text is None:
        raise _impossible("Only texts can be shown")
    if text.is_persistent_text is False:
        raise _impossible("There are no temporary texts")
    if text.type not in offered.kinds:
        raise _impossible(f"There are no texts of the type '{text.type}'")
    kind = OverlayKind(text.type)
    place, at = _position(wished.position, offered)
    now = present or Overlay("", kind, place)
    return Overlay(
        now.token,
        kind,
        place,
        text=_plain_text(text, now, offered) if kind is OverlayKind.PLAIN else "",
        at=at,
        date_format=_format(text.date_format or now.date_format, offered.date_formats) if kind in _WITH_DATE else None,
        time_format=_format(text.time_format or now.time_format, offered.time_formats) if kind in _WITH_TIME else None,
        font_size=_font_size(text, now, offered),
    )


def _position(wished: OSDPosConfiguration, offered: OverlaysDescription) -> tuple[OverlayPlace, Point | None]:
    if wished.type not in offered.places:
        raise _impossible(f"No text can be at '{wished.type}'")
    place = OverlayPlace(wished.type)
    if place is not OverlayPlace.CUSTOM:
        return place, None
    at = wished.pos
    if at is None or not (-1 <= at.x <= 1 and -1 <= at.y <= 1):
        raise _impossible("A custom position is a point with x and y from -1 to 1")
    return place, (at.x, at.y)


def _plain_text(wished: OSDTextConfiguration, now: Overlay, offered: OverlaysDescription) -> str:
    text = now.text if wished.plain_text is None else wished.plain_text
    if len(text) > offered.most_characters:
        raise _impossible(f"A text has at most {offered.most_characters} characters")
    return text


def _format(wished: str | None, offered: tuple[str, ...]) -> str:
    """Return a format of date or time: the first, if there is no wish."""
    chosen = wished or next(iter(offered), "")
    if chosen not in offered:
        raise _impossible(f"There is no format '{chosen}' here")
    return chosen


def _font_size(wished: OSDTextConfiguration, now: Overlay, offered: OverlaysDescription) -> int | None:
    """Return a size, adapted to what there is, as the specification allows; None is up to the camera."""
    size = now.font_size if wished.font_size is None else wished.font_size
    if offered.font_size is None or size is None:
        return now.font_size
    return round_half_up(offered.font_size.clamp(size))


def _impossible(detail: str) -> InvalidValue:
    return InvalidValue("overlay", detail)
