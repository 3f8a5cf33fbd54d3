"""`tt:` types of on-screen displays (`onvif.xsd`): Media and Media2 share them.

Fields stand in schema order. Images and colours are left out, because the bridge offers neither; what a client says
about them is ignored.
"""

from __future__ import annotations

from enum import StrEnum

from bridge.onvif.types.common import IntRange
from bridge.onvif.types.drawing import Vector
from bridge.proto.soap.codec import attribute, element, xml_type
from bridge.proto.soap.namespaces import TT


class OSDType(StrEnum):
    """What an on-screen display is made of. The bridge has texts only, but clients may ask for others."""

    TEXT = "Text"
    IMAGE = "Image"
    EXTENDED = "Extended"


@xml_type(TT)
class OSDPosConfiguration:
    """Where an on-screen display stands: at a named place, or at the point `pos` if that is `Custom`."""

    type: str
    pos: Vector | None = None


@xml_type(TT)
class OSDTextConfiguration:
    """What a text says: itself, or date and time in a format; `font_size` is in points."""

    is_persistent_text: bool | None = attribute(default=None)
    type: str
    date_format: str | None = None
    time_format: str | None = None
    font_size: int | None = None
    plain_text: str | None = None


@xml_type(TT)
class OSDConfiguration:
    """One on-screen display of a video source configuration. A new one may come without `token`."""

    token: str = attribute(default="")
    video_source_configuration_token: str
    type: OSDType
    position: OSDPosConfiguration
    text_string: OSDTextConfiguration | None = None


@xml_type(TT)
class MaximumNumberOfOSDs:
    """How many on-screen displays there can be, together and of each kind."""

    total: int = attribute(name="Total")
    image: int = attribute(name="Image")
    plain_text: int = attribute()
    date: int = attribute(name="Date")
    time: int = attribute(name="Time")
    date_and_time: int = attribute()


@xml_type(TT)
class OSDTextOptions:
    """What a text can be set to."""

    type: tuple[str, ...]
    font_size_range: IntRange | None = None
    date_format: tuple[str, ...] = ()
    time_format: tuple[str, ...] = ()


@xml_type(TT)
class OSDConfigurationOptions:
    """What on-screen displays there can be; if there can be none, only the number counts."""

    maximum_number_of_osds: MaximumNumberOfOSDs = element(name="MaximumNumberOfOSDs")
    type: tuple[OSDType, ...]
    position_option: tuple[str, ...]
    text_option: OSDTextOptions | None = None
