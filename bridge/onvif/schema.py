"""Declared message classes as XML Schema 1.0 documents, one per namespace.

The other reading of what `bridge.proto.soap.codec` reads and writes: names, order, optional and repeated parts, simple
types, enumerations, extension and wildcards come from the classes alone, the words of the documentation from their
docstrings. An `xml_message` becomes a global element, an `xml_type` a named complex type. Enumerations have no
namespace in Python; all of them are types of the `tt:` schema.

Nothing here judges a message, and nothing here runs while the bridge serves: `bridge.onvif.wsdl` writes the documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from inspect import cleandoc
from typing import TYPE_CHECKING

from lxml import etree

from bridge.proto.soap.codec import ANY, Place, shape_of
from bridge.proto.soap.namespaces import PREFIXES, TT, XS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.proto.soap.codec import Field, Shape

PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items()}
"""The usual prefix of every namespace."""

SIMPLE_TYPES: dict[type, str] = {
    str: "xs:string",
    int: "xs:int",
    float: "xs:float",
    bool: "xs:boolean",
    datetime: "xs:dateTime",
    timedelta: "xs:duration",
}
"""What the codec's simple types are called in XML Schema."""

_ELEMENT = type(etree.Element("any"))
_FIELD_NAME = re.compile("`([a-z0-9_]+)`")
_DOCSTRING_SECTION = re.compile(r"\n(?:Args|Returns|Raises|Source):\n.*|\n```.*", re.DOTALL)


class Schemas:
    """Collects what a set of messages needs, namespace by namespace."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}

    def add(self, tag: str, kind: type) -> None:
        """Take in a global element, and everything that it holds.

        Args:
            tag: its qualified name.
            kind: what it holds: a declared class, an enumeration or a simple type.

        Raises:
            TypeError: something else has one of the names already, or XML Schema cannot say it.
        """
        name = etree.QName(tag)
        document = self._document(name.namespace or "")
        if not document.claim("element", name.localname, kind):
            return
        if is_dataclass(kind) and shape_of(kind).tag == tag:
            definition = _xs("element", *_documentation(kind), self._complex_type(document, kind), name=name.localname)
        else:
            definition = _xs("element", name=name.localname, type=self._type(document, kind))
        document.definitions["element", name.localname] = definition

    def documents(self, file_name: Callable[[str], str]) -> dict[str, etree._Element]:
        """Return the schemas by namespace, the parts of each in alphabetical order.

        Args:
            file_name: gives the name of a namespace's document, for the imports.
        """
        return {namespace: document.schema(file_name) for namespace, document in sorted(self._documents.items())}

    def _document(self, namespace: str) -> _Document:
        return self._documents.setdefault(namespace, _Document(namespace))

    def _type(self, user: _Document, kind: type) -> str:
        """Return the name of a type as `user` writes it, and take the type in."""
        if kind in SIMPLE_TYPES:
            return SIMPLE_TYPES[kind]
        if kind is _ELEMENT:
            return "xs:anyType"
        owner = self._document(TT if issubclass(kind, StrEnum) else shape_of(kind).namespace)
        if owner.claim("type", kind.__name__, kind):
            made = _enumeration(kind) if issubclass(kind, StrEnum) else self._complex_type(owner, kind)
            made.set("name", kind.__name__)
            made[:0] = _documentation(kind)
            owner.definitions["type", kind.__name__] = made
        return user.refer(owner.namespace, kind.__name__)

    def _complex_type(self, user: _Document, cls: type) -> etree._Element:
        shape = shape_of(cls)
        attributes = [
            self._declared("attribute", user, each, use="required" if each.required else "optional")
            for each in shape.fields
            if each.place is Place.ATTRIBUTE
        ]
        texts = [each for each in shape.fields if each.place is Place.TEXT]
        elements = [each for each in shape.fields if each.place is Place.ELEMENT]
        if texts:
            if elements or shape.base or texts[0].is_list:
                raise TypeError(f"{cls.__name__}: text stands beside attributes only, and is no list")
            extension = _xs("extension", *attributes, base=self._type(user, texts[0].kind))
            return _xs("complexType", _xs("simpleContent", extension))
        is_alone = len(elements) == 1 and shape.base is None
        particles = [self._particle(user, each, is_alone=is_alone) for each in elements]
        content = [_xs("sequence", *particles), *attributes]
        if shape.base is not None:
            extension = _xs("extension", *content, base=self._type(user, shape.base))
            content = [_xs("complexContent", extension)]
        return _xs("complexType", *content)

    def _particle(self, user: _Document, each: Field, *, is_alone: bool) -> etree._Element:
        occurrence = {} if each.required else {"minOccurs": "0"}
        if each.repeated:
            occurrence["maxOccurs"] = "unbounded"
        if each.name == ANY:
            # Beside named elements of its own namespace a wildcard for anything would be ambiguous.
            return _xs("any", namespace="##any" if is_alone else "##other", processContents="lax", **occurrence)
        name = etree.QName(each.name)
        if not name.namespace:
            return self._declared("element", user, each, form="unqualified", **occurrence)
        if name.namespace == user.namespace:
            return self._declared("element", user, each, **occurrence)
        self.add(each.name, each.kind)
        return _xs("element", ref=user.refer(name.namespace, name.localname), **occurrence)

    def _declared(self, component: str, user: _Document, each: Field, **more: str) -> etree._Element:
        """Return the declaration of a local element or of an attribute."""
        name, kind = each.name.rpartition("}")[2], self._type(user, each.kind)
        if each.is_list:
            return _xs(component, _xs("simpleType", _xs("list", itemType=kind)), name=name, **more)
        return _xs(component, name=name, type=kind, **more)


@dataclass(slots=True)
class _Document:
    """The schema of one namespace while it is being collected.

    `sources` says what each name was made of; elements and types have separate names.
    """

    namespace: str
    imports: set[str] = field(default_factory=set)
    sources: dict[tuple[str, str], type] = field(default_factory=dict)
    definitions: dict[tuple[str, str], etree._Element] = field(default_factory=dict)

    def claim(self, space: str, name: str, source: type) -> bool:
        """Return whether `source` is the first to have that name; a type may then hold itself.

        Raises:
            TypeError: something else has it.
        """
        owner = self.sources.get((space, name))
        if owner is None:
            self.sources[space, name] = source
            return True
        if owner is not source:
            raise TypeError(
                f"{owner.__module__}.{owner.__name__} and {source.__module__}.{source.__name__} "
                f"are both the {space} {PREFIX_OF[self.namespace]}:{name}"
            )
        return False

    def refer(self, namespace: str, local: str) -> str:
        """Return the prefixed name of a part of this or another document."""
        if namespace != self.namespace:
            self.imports.add(namespace)
        return f"{PREFIX_OF[namespace]}:{local}"

    def schema(self, file_name: Callable[[str], str]) -> etree._Element:
        """Return the document."""
        imported = sorted(self.imports)
        nsmap = {"xs": XS} | {PREFIX_OF[each]: each for each in sorted({self.namespace, *imported})}
        made = etree.Element(
            f"{{{XS}}}schema", {"targetNamespace": self.namespace, "elementFormDefault": "qualified"}, nsmap=nsmap
        )
        made.extend(_xs("import", namespace=each, schemaLocation=file_name(each)) for each in imported)
        made.extend(definition for _, definition in sorted(self.definitions.items(), key=lambda item: item[0]))
        return made


def description(docstring: str | None) -> str:
    """Return what a docstring says of the thing itself, in one line: without arguments, errors and examples."""
    return " ".join(_DOCSTRING_SECTION.sub("", cleandoc(docstring or "")).split())


def _documentation(source: type) -> list[etree._Element]:
    """Return the annotation of a class; fields that its docstring names are called as in XML."""
    names = dict(_xml_names(shape_of(source))) if is_dataclass(source) else {}
    said = _FIELD_NAME.sub(lambda match: names.get(match[1], match[0]), description(source.__doc__))
    documentation = _xs("documentation")
    documentation.text = said
    return [_xs("annotation", documentation)]


def _xml_names(shape: Shape) -> Iterator[tuple[str, str]]:
    yield from ((each.attr, each.name.rpartition("}")[2]) for each in shape.fields)
    if shape.base is not None:
        yield from _xml_names(shape_of(shape.base))


def _enumeration(kind: type[StrEnum]) -> etree._Element:
    words = [_xs("enumeration", value=member.value) for member in kind]
    return _xs("simpleType", _xs("restriction", *words, base="xs:string"))


def _xs(name: str, /, *content: etree._Element, **attributes: str) -> etree._Element:
    made = etree.Element(f"{{{XS}}}{name}", attributes, nsmap={"xs": XS})
    made.extend(content)
    return made
