"""What a GET on a service's address is answered with: the service's WSDL, and the schemas that it imports.

`http://device/onvif/media_service?wsdl` imports `media.xsd`, which a client therefore looks for at
`http://device/onvif/media.xsd`. The documents are data (`wsdl/`, see the README there); only the address in a WSDL is
put in when it is asked for. They say nothing about the device, so they are for everybody, as GetWsdlUrl is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bridge.resources import data_folder

if TYPE_CHECKING:
    from bridge.onvif.operation import Service

ANYWHERE = "http://bridge.invalid"
"""Stands in the committed documents for the address of a device."""

_DOCUMENTS = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted(data_folder("wsdl").iterdir())
    if path.suffix in (".wsdl", ".xsd")
}
"""All documents by file name. Read once, when the program starts: they are part of it."""


def stem_of(service: Service) -> str:
    """Return the name that a service's documents have in common: `media2` for `/onvif/media2_service`."""
    return service.path.rpartition("/")[2].removesuffix("_service")


def wsdl_of(service: Service, base_url: str) -> str | None:
    """Return the WSDL of a service at `scheme://host:port`; None if it has none."""
    document = _DOCUMENTS.get(f"{stem_of(service)}.wsdl")
    return None if document is None else document.replace(ANYWHERE, escape(base_url, {'"': "&quot;"}))


def schema(name: str) -> str | None:
    """Return the schema document of a file name, `onvif.xsd`; None if there is no such schema."""
    return _DOCUMENTS.get(name) if name.endswith(".xsd") else None
