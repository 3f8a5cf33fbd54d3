"""What a WSDL document says of its operations, the official ones' and our own read alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from tests.contract.oracle import WSDL as DOCUMENTS
from tests.contract.oracle import wsdl_folder

if TYPE_CHECKING:
    from pathlib import Path

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap12/"
ADDRESSING_ACTIONS = (
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
)


@dataclass
class Described:
    """One operation: its name, the elements of request and answer, and the actions that are given for either."""

    name: str
    request: str
    response: str
    actions: set[str] = field(default_factory=set)
    response_actions: set[str] = field(default_factory=set)


class WsdlDocument:
    """The operations of one WSDL document and of those it imports, by the name of the request's element."""

    def __init__(self, path: Path) -> None:
        self._elements: dict[str, str] = {}
        self._soap_actions: dict[str, set[str]] = {}
        documents, roots = [path], []
        for document in documents:
            root = etree.parse(str(document)).getroot()
            roots.append(root)
            self._read_messages(root)
            self._read_bindings(root)
            imported = root.iterfind(f"{{{WSDL}}}import")
            documents.extend((document.parent / each.get("location", "")).resolve() for each in imported)
        described = [
            self._described(operation)
            for root in roots
            for operation in root.iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation")
        ]
        self.operations = {each.request: each for each in described}

    def _read_messages(self, root: etree._Element) -> None:
        for message in root.iterfind(f"{{{WSDL}}}message"):
            part = message.find(f"{{{WSDL}}}part")
            if part is not None:
                self._elements[f"{{{root.get('targetNamespace')}}}{message.get('name')}"] = _name(part, "element")

    def _read_bindings(self, root: etree._Element) -> None:
        for operation in root.iterfind(f"{{{WSDL}}}binding/{{{WSDL}}}operation"):
            bound = operation.find(f"{{{SOAP}}}operation")
            if bound is not None and bound.get("soapAction"):
                self._soap_actions.setdefault(str(operation.get("name")), set()).add(str(bound.get("soapAction")))

    def _described(self, operation: etree._Element) -> Described:
        name = str(operation.get("name"))
        request, response = (operation.find(f"{{{WSDL}}}{end}") for end in ("input", "output"))
        return Described(
            name,
            self._element(request),
            self._element(response),
            self._soap_actions.get(name, set()) | _addressing_actions(request),
            _addressing_actions(response),
        )

    def _element(self, end: etree._Element | None) -> str:
        return "" if end is None else self._elements.get(_name(end, "message"), "")


@cache
def official(prefix: str) -> WsdlDocument:
    """Return the official document of a service."""
    return WsdlDocument(wsdl_folder() / DOCUMENTS[prefix])


def _addressing_actions(end: etree._Element | None) -> set[str]:
    return set() if end is None else {action for name in ADDRESSING_ACTIONS if (action := end.get(name))}


def _name(element: etree._Element, attribute: str) -> str:
    prefix, _, local = element.get(attribute, "").partition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"
