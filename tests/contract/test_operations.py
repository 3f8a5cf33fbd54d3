"""What the bridge serves, against the official WSDL: same names, same messages, same actions."""

from __future__ import annotations

from functools import cache

import pytest
from lxml import etree

from bridge.onvif.services import SERVICES
from bridge.proto.soap.codec import tag_of
from tests.contract.oracle import WSDL as DOCUMENTS
from tests.contract.oracle import wsdl_folder

pytestmark = pytest.mark.oracle

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap12/"
WSAW = "http://www.w3.org/2006/05/addressing/wsdl"

OPERATIONS = [
    pytest.param(service, operation, id=f"{service.prefix}:{operation.name}")
    for service in SERVICES
    for operation in service.operations
]


class Official:
    """The operations of one WSDL document and of those it imports."""

    def __init__(self, prefix: str) -> None:
        folder = wsdl_folder()
        self.messages: dict[str, tuple[str, str]] = {}
        self.actions: dict[str, set[str]] = {}
        documents = [folder / DOCUMENTS[prefix]]
        elements: dict[str, str] = {}
        operations: list[etree._Element] = []
        for path in documents:
            root = etree.parse(str(path)).getroot()
            self._read_actions(root)
            for message in root.iterfind(f"{{{WSDL}}}message"):
                part = message.find(f"{{{WSDL}}}part")
                if part is not None:
                    elements[f"{{{root.get('targetNamespace')}}}{message.get('name')}"] = _name(part, "element")
            operations += root.iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation")
            imported = root.iterfind(f"{{{WSDL}}}import")
            documents.extend((path.parent / each.get("location", "")).resolve() for each in imported)
        for operation in operations:
            ends = [operation.find(f"{{{WSDL}}}{end}") for end in ("input", "output")]
            request, response = (elements.get(_name(end, "message"), "") if end is not None else "" for end in ends)
            self.messages[request] = (str(operation.get("name")), response)
            if ends[0] is not None and (action := ends[0].get(f"{{{WSAW}}}Action")):
                self.actions.setdefault(str(operation.get("name")), set()).add(action)

    def _read_actions(self, root: etree._Element) -> None:
        for operation in root.iterfind(f"{{{WSDL}}}binding/{{{WSDL}}}operation"):
            bound = operation.find(f"{{{SOAP}}}operation")
            if bound is not None and bound.get("soapAction"):
                self.actions.setdefault(str(operation.get("name")), set()).add(str(bound.get("soapAction")))


@cache
def official(prefix: str) -> Official:
    return Official(prefix)


def _name(element: etree._Element, attribute: str) -> str:
    prefix, _, local = element.get(attribute, "").partition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_operation_has_the_official_messages(service, operation):
    messages = official(service.prefix).messages
    assert operation.tag in messages, "no official operation has this request"
    assert messages[operation.tag][1] == tag_of(operation.response)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_operation_has_the_official_action(service, operation):
    name, _ = official(service.prefix).messages[operation.tag]
    known = official(service.prefix).actions.get(name, set())
    assert operation.action in known


def test_no_operation_is_served_twice():
    tags = [operation.tag for service in SERVICES for operation in service.operations]
    assert len(tags) == len(set(tags))


def test_namespaces_and_paths_are_distinct():
    assert len({service.namespace for service in SERVICES}) == len(SERVICES)
    assert len({service.path for service in SERVICES}) == len(SERVICES)
