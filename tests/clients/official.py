"""zeep over ONVIF's own WSDL documents: a SOAP client that owes nothing to the bridge."""

from __future__ import annotations

from functools import cache
from typing import Any

import zeep
from zeep.wsse.username import UsernameToken

from tests.contract.oracle import wsdl_folder

WSDL = {
    "device": ("ver10/device/wsdl/devicemgmt.wsdl", "http://www.onvif.org/ver10/device/wsdl", "DeviceBinding"),
    "media": ("ver10/media/wsdl/media.wsdl", "http://www.onvif.org/ver10/media/wsdl", "MediaBinding"),
    "media2": ("ver20/media/wsdl/media.wsdl", "http://www.onvif.org/ver20/media/wsdl", "Media2Binding"),
    "ptz": ("ver20/ptz/wsdl/ptz.wsdl", "http://www.onvif.org/ver20/ptz/wsdl", "PTZBinding"),
    "imaging": ("ver20/imaging/wsdl/imaging.wsdl", "http://www.onvif.org/ver20/imaging/wsdl", "ImagingBinding"),
    "events": ("ver10/events/wsdl/event.wsdl", "http://www.onvif.org/ver10/events/wsdl", "EventBinding"),
}


def service(name: str, address: str, *, username: str, password: str) -> Any:
    """Return a service proxy that logs in with a UsernameToken digest."""
    path, namespace, binding = WSDL[name]
    client = _client(path, username, password)
    return client.create_service(f"{{{namespace}}}{binding}", address)


@cache
def _client(path: str, username: str, password: str) -> zeep.Client:
    settings = zeep.Settings(strict=True, xml_huge_tree=False)
    token = UsernameToken(username, password, use_digest=True)
    return zeep.Client(str(wsdl_folder() / path), wsse=token, settings=settings)
