"""The bridge's own WSDL 1.1 documents, derived from the operation registry.

`python -m bridge.onvif.wsdl` writes the folder `wsdl/`: for each service a WSDL (SOAP 1.2 binding, document/literal)
with exactly the operations that are served, and for each namespace an XML Schema. The output depends on the code
alone, so the committed documents can be compared with it; `bridge.onvif.documents` hands them out.

One port type holds all operations of a service. Those of the event service that belong to a subscription are asked
at the address of that subscription, not at the one that the WSDL gives.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lxml import etree

from bridge.onvif.dispatch import ADDRESSED
from bridge.onvif.documents import ANYWHERE, stem_of
from bridge.onvif.schema import PREFIX_OF, Schemas, description
from bridge.onvif.services import SERVICES
from bridge.proto.soap.codec import shape_of, tag_of
from bridge.proto.soap.namespaces import TT, XS
from bridge.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from bridge.onvif.operation import Operation, Service

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap12/"
WSAM = "http://www.w3.org/2007/05/addressing/metadata"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"

_SPELLINGS = {"ptz": "PTZ", "deviceio": "DeviceIO"}
"""Services whose name is not just their address with a capital."""


def documents(services: Iterable[Service]) -> dict[str, bytes]:
    """Return the WSDL of each service and all schemas that they need, by file name.

    Raises:
        TypeError: two classes claim one name of a schema, or a schema cannot say what a class does.
    """
    services = tuple(services)
    schemas = Schemas()
    for service in services:
        for operation in service.operations:
            schemas.add(operation.tag, operation.request)
            schemas.add(tag_of(operation.response), operation.response)
        _add_capabilities(schemas, service)
    stems = {TT: "onvif"} | {service.namespace: stem_of(service) for service in services}

    def file_name(namespace: str) -> str:
        return f"{stems.get(namespace, PREFIX_OF[namespace])}.xsd"

    made = {f"{stem_of(service)}.wsdl": _definitions(service, file_name) for service in services}
    made |= {file_name(namespace): schema for namespace, schema in schemas.documents(file_name).items()}
    return {name: _render(root) for name, root in sorted(made.items())}


def write(made: Mapping[str, bytes], folder: Path) -> None:
    """Put documents into a folder, in place of those that are there."""
    for old in (*folder.glob("*.wsdl"), *folder.glob("*.xsd")):
        old.unlink()
    for name, data in made.items():
        (folder / name).write_bytes(data)


def _add_capabilities(schemas: Schemas, service: Service) -> None:
    """Take in the element that GetServices inlines; it is of the type that the service's own answer holds."""
    for operation in service.operations:
        if operation.name == "GetServiceCapabilities":
            (capabilities,) = shape_of(operation.response).fields
            schemas.add(f"{{{service.namespace}}}Capabilities", capabilities.kind)


def _definitions(service: Service, file_name: Callable[[str], str]) -> etree._Element:
    """Return the WSDL of a service."""
    operations = sorted(service.operations, key=lambda each: each.name)
    used = {etree.QName(tag).namespace or "" for each in operations for tag in (each.tag, tag_of(each.response))}
    stem = stem_of(service)
    name = _SPELLINGS.get(stem, stem.capitalize())
    prefixes = {PREFIX_OF[namespace]: namespace for namespace in sorted({service.namespace, *used})}
    root = etree.Element(
        f"{{{WSDL}}}definitions",
        {"name": name, "targetNamespace": service.namespace},
        nsmap={"wsdl": WSDL, "soap12": SOAP, "wsam": WSAM, "xs": XS} | prefixes,
    )
    # The first line says what the service is; the rest is about the code.
    _document(root, (sys.modules[service.capabilities.__module__].__doc__ or "").partition("\n")[0])
    types = etree.SubElement(_add(root, "types"), f"{{{XS}}}schema")
    for namespace in sorted(used):
        etree.SubElement(types, f"{{{XS}}}import", {"namespace": namespace, "schemaLocation": file_name(namespace)})
    for each in operations:
        _add_message(root, f"{each.name}Request", each.tag)
        _add_message(root, f"{each.name}Response", tag_of(each.response))
    port_type = _add(root, "portType", name=name)
    binding = _add(root, "binding", name=f"{name}Binding", type=f"{service.prefix}:{name}")
    _add(binding, "binding", SOAP, style="document", transport=HTTP_TRANSPORT)
    for each in operations:
        _add_operation(port_type, binding, each, service.prefix)
    offered = _add(root, "service", name=f"{name}Service")
    port = _add(offered, "port", name=f"{name}Port", binding=f"{service.prefix}:{name}Binding")
    _add(port, "address", SOAP, location=ANYWHERE + service.path)
    return root


def _add_message(root: etree._Element, name: str, tag: str) -> None:
    qualified = etree.QName(tag)
    element = f"{PREFIX_OF[qualified.namespace or '']}:{qualified.localname}"
    _add(_add(root, "message", name=name), "part", name="parameters", element=element)


def _add_operation(
    port_type: etree._Element, binding: etree._Element, operation: Operation[Any, Any], prefix: str
) -> None:
    """Put an operation into the port type, and into the binding."""
    abstract = _add(port_type, "operation", name=operation.name)
    _document(abstract, f"{description(operation.handler.__doc__)} Access class: {operation.access}.")
    bound = _add(binding, "operation", name=operation.name)
    _add(bound, "operation", SOAP, soapAction=operation.action, style="document")
    for end, message, action in (
        ("input", "Request", operation.action),
        ("output", "Response", operation.response_action),
    ):
        described = _add(abstract, end, message=f"{prefix}:{operation.name}{message}")
        if operation.namespace in ADDRESSED:
            described.set(f"{{{WSAM}}}Action", action)
        _add(_add(bound, end), "body", SOAP, use="literal")


def _document(parent: etree._Element, text: str) -> None:
    _add(parent, "documentation").text = text


def _add(parent: etree._Element, name: str, namespace: str = WSDL, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)


def _render(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


if __name__ == "__main__":
    write(documents(SERVICES), data_folder("wsdl"))
