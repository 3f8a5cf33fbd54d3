"""`tt:` types of what is drawn into a picture: points, polygons, colours (`common.xsd`, `onvif.xsd`).

Unless it is said otherwise, coordinates are those of the normalised picture: (-1, -1) is the lower left corner, (1, 1)
the upper right.
"""

from __future__ import annotations

from bridge.proto.soap.codec import attribute, xml_type
from bridge.proto.soap.namespaces import TT

RGB = "http://www.onvif.org/ver10/colorspace/RGB"
"""Colour space whose X, Y and Z are red, green and blue, 0 to 255 each."""


@xml_type(TT)
class Vector:
    """A point, a direction or a scale."""

    x: float = attribute()
    y: float = attribute()


@xml_type(TT)
class Polygon:
    """A part of the picture, by its corners: three or more."""

    point: tuple[Vector, ...]


@xml_type(TT)
class Color:
    """A colour, as three numbers of a colour space; YCbCr unless one is named."""

    x: float = attribute(name="X")
    y: float = attribute(name="Y")
    z: float = attribute(name="Z")
    colorspace: str | None = attribute(name="Colorspace", default=None)


@xml_type(TT)
class ColorOptions:
    """Colours to choose from."""

    color_list: tuple[Color, ...]
