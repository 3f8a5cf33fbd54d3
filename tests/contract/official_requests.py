"""The smallest requests that the official schemas accept, made from the schemas alone.

Only the elements and attributes are there that are required, as often as they must be: with the first word of an
enumeration, the first branch of a choice, the first type of a union, and a plain value of their simple type. Tokens
may be given, so that a request means something.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from tests.contract.oracle import WSDL, XS, wsdl_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_VALUES = {
    "anyURI": "http://192.0.2.9/x",
    "base64Binary": "eA==",
    "boolean": "false",
    "dateTime": "2030-01-01T00:00:00Z",
    "decimal": "1",
    "double": "1",
    "duration": "PT10S",
    "float": "1",
    "hexBinary": "78",
    "int": "1",
    "integer": "1",
    "language": "en",
    "nonNegativeInteger": "1",
    "positiveInteger": "1",
    "time": "00:00:00",
    "unsignedInt": "1",
}
"""A value of each simple type of XML Schema; a text is one letter."""

_TEXT = "x"
_GROUPS = {f"{{{XS}}}{name}" for name in ("sequence", "all", "choice")}


@cache
def official_requests() -> OfficialRequests:
    """Return the maker for the documents of all services."""
    return OfficialRequests(wsdl_folder() / name for name in WSDL.values())


class OfficialRequests:
    """Makes requests from the schemas inside WSDL documents, and from those that these import.

    Args:
        documents: the WSDL documents.
    """

    def __init__(self, documents: Iterator[Path]) -> None:
        self._parts: dict[tuple[str, str], etree._Element] = {}
        read: set[Path] = set()
        for document in documents:
            self._read(document.resolve(), read)

    def make(self, tag: str, known: Mapping[str, str]) -> etree._Element:
        """Return a request.

        Args:
            tag: its qualified name.
            known: values for texts, by the local name of their element or attribute.
        """
        made = etree.Element(tag)
        self._fill(made, self._parts["element", tag], known)
        return made

    def _read(self, document: Path, read: set[Path]) -> None:
        if document in read:
            return
        read.add(document)
        for schema in etree.parse(str(document)).iter(f"{{{XS}}}schema"):
            for part in schema.iterchildren(etree.Element):
                name = f"{{{schema.get('targetNamespace')}}}{part.get('name')}"
                self._parts.setdefault((etree.QName(part).localname, name), part)
            for linked in schema.iterchildren(f"{{{XS}}}import", f"{{{XS}}}include"):
                self._read((document.parent / linked.get("schemaLocation", "")).resolve(), read)

    def _fill(self, target: etree._Element, declared: etree._Element, known: Mapping[str, str]) -> None:
        """Give an element the content of its declaration."""
        kind = declared.find(f"{{{XS}}}complexType")
        if kind is None and declared.get("type") is not None:
            kind = self._parts.get(("complexType", _name(declared, "type")))
        if kind is None:
            target.text = self._simple(declared, etree.QName(target).localname, known)
        else:
            self._fill_complex(target, kind, known)

    def _fill_complex(self, target: etree._Element, kind: etree._Element, known: Mapping[str, str]) -> None:
        for part in kind:
            if part.tag in _GROUPS:
                self._fill_group(target, part, known)
            elif part.tag in (f"{{{XS}}}complexContent", f"{{{XS}}}simpleContent", f"{{{XS}}}restriction"):
                self._fill_complex(target, part, known)
            elif part.tag == f"{{{XS}}}extension":
                base = self._parts.get(("complexType", _name(part, "base")))
                if base is None:
                    target.text = self._simple(part, etree.QName(target).localname, known, attribute="base")
                else:
                    self._fill_complex(target, base, known)
                self._fill_complex(target, part, known)
            elif part.tag == f"{{{XS}}}attribute" and part.get("use") == "required":
                name = part.get("name", "")
                target.set(name, self._simple(part, name, known) or "")

    def _fill_group(self, target: etree._Element, group: etree._Element, known: Mapping[str, str]) -> None:
        """Add what a sequence or choice demands."""
        if group.get("minOccurs") == "0":
            return
        for part in group.iterchildren(etree.Element):
            if part.tag in _GROUPS:
                self._fill_group(target, part, known)
            elif part.tag == f"{{{XS}}}element" and part.get("minOccurs") != "0":
                referred = None if part.get("ref") is None else _name(part, "ref")
                tag = referred or f"{{{_namespace(part)}}}{part.get('name')}"
                for _ in range(int(part.get("minOccurs", "1"))):
                    child = etree.SubElement(target, tag)
                    self._fill(child, self._parts["element", referred] if referred else part, known)
            if part.tag != f"{{{XS}}}annotation" and group.tag == f"{{{XS}}}choice":
                return

    def _simple(
        self, declared: etree._Element, local: str, known: Mapping[str, str], attribute: str = "type"
    ) -> str | None:
        """Return a value of a simple type, None if anything may stand there."""
        kind = declared.find(f"{{{XS}}}simpleType")
        if kind is None:
            name = etree.QName(_name(declared, attribute) if declared.get(attribute) else f"{{{XS}}}anyType")
            if name.namespace == XS:
                is_text = name.localname not in {*_VALUES, "anyType"}
                return known.get(local, _TEXT) if is_text else _VALUES.get(name.localname)
            kind = self._parts["simpleType", name.text]
        (content,) = kind.iterchildren(f"{{{XS}}}restriction", f"{{{XS}}}list", f"{{{XS}}}union")
        words = [each.get("value", "") for each in content.iterchildren(f"{{{XS}}}enumeration")]
        if words:
            return known[local] if known.get(local) in words else words[0]
        if content.get("memberTypes"):
            return _VALUES[content.get("memberTypes", "").split()[0].rpartition(":")[2]]
        return self._simple(content, local, known, "itemType" if content.get("itemType") else "base")


def _namespace(part: etree._Element) -> str:
    """Return the namespace of a local element."""
    schema = next(part.iterancestors(f"{{{XS}}}schema"))
    return schema.get("targetNamespace", "")


def _name(element: etree._Element, attribute: str) -> str:
    """Return the qualified name that an attribute holds."""
    prefix, _, local = element.get(attribute, "").rpartition(":")
    return f"{{{element.nsmap.get(prefix or None, '')}}}{local}"
