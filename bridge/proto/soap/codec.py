"""Dataclasses to XML elements and back, driven by their annotations.

A type of the schema is declared once, with its fields in schema order, and both directions follow from that:

```python
@xml_type(TT)
class VideoResolution:
    width: int                                  # <tt:Width>
    height: int                                 # <tt:Height>

@xml_message(TRT)                               # <trt:GetProfilesResponse>
class GetProfilesResponse:
    profiles: tuple[Profile, ...] = ()          # <trt:Profiles>, repeated
```

A field is a child element in the namespace of the class that declares it, unless it says `attribute()`, `text()` or
`element(...)`. `X | None` is optional and left out when None; `tuple[X, ...]` repeats, and must not be empty in a
message that we read when it has no default. Content may be `str`, `int`, `float`, `bool`, a `StrEnum`, `datetime`
(xs:dateTime), `timedelta` (xs:duration), another declared class, or an lxml element, which is taken as it is; in
attributes and text a tuple is an xs:list, left out when empty. `element(name="*")` holds whatever no other field
wants (xs:any). A class that extends another is an XSD extension: the base's fields come first.

Reading is liberal (any prefix, any order, strangers ignored), writing is exact. This is no schema validator: the
tests hold every answer against the official schemas instead.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from enum import Enum, StrEnum, auto
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, dataclass_transform, overload

from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.soap import lexical
from bridge.proto.soap.namespaces import PREFIXES, XSI

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

FieldDefault: TypeAlias = typing.Any
"""What a field without default is assigned, as in `dataclasses.field`: it fits every annotation."""

_ELEMENT = type(etree.Element("any"))
ANY = "*"
"""The name of a field that holds whatever no other field wants."""

_NIL = f"{{{XSI}}}nil"
_OUTSIDE_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Place(Enum):
    """Where a field's value stands in its element."""

    ATTRIBUTE = auto()
    ELEMENT = auto()
    TEXT = auto()


@overload
def attribute(*, name: str | None = None) -> FieldDefault: ...
@overload
def attribute(*, default: T, name: str | None = None) -> T: ...
def attribute(*, default: object = MISSING, name: str | None = None) -> object:
    """Declare a field as an attribute.

    Args:
        default: makes the attribute optional.
        name: as in the schema. Without it one word stays as it is, several words become CamelCase.
    """
    return _declare(Place.ATTRIBUTE, default, {"name": name})


@overload
def element(*, name: str | None = None, namespace: str | None = None) -> FieldDefault: ...
@overload
def element(*, default: T, name: str | None = None, namespace: str | None = None) -> T: ...
def element(*, default: object = MISSING, name: str | None = None, namespace: str | None = None) -> object:
    """Declare a child element whose name or namespace does not follow from the class.

    Args:
        default: makes the element optional.
        name: local name as in the schema (`UTCDateTime`), or `*` for any element.
        namespace: another one than that of the class; the empty string for none.
    """
    return _declare(Place.ELEMENT, default, {"name": name, "namespace": namespace})


@overload
def text() -> FieldDefault: ...
@overload
def text(*, default: T) -> T: ...
def text(*, default: object = MISSING) -> object:
    """Declare a field as the character content of its element."""
    return _declare(Place.TEXT, default, {})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attribute, element, text))
def xml_type(namespace: str) -> Callable[[type[T]], type[T]]:
    """Declare a complex type of a schema: a frozen, slotted, keyword-only dataclass.

    Args:
        namespace: that of its child elements.
    """

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        _declarations[made] = _Declaration(namespace, None)
        return made

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attribute, element, text))
def xml_message(namespace: str, *, name: str | None = None) -> Callable[[type[T]], type[T]]:
    """Declare a global element, such as the child of a SOAP Body: `xml_type` with an element of its own.

    Args:
        namespace: of the element and of its children.
        name: the element's local name, if it is not the name of the class.
    """

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        _declarations[made] = _Declaration(namespace, f"{{{namespace}}}{name or cls.__name__}")
        return made

    return declare


def tag_of(cls: type) -> str:
    """Return the qualified name, `{namespace}Local`, of the element that an `xml_message` class stands for.

    Raises:
        TypeError: the class is no `xml_message`.
    """
    declaration = _declarations.get(cls)
    if declaration is None or declaration.tag is None:
        raise TypeError(f"{cls.__name__} is not an xml_message")
    return declaration.tag


def shape_of(cls: type) -> Shape:
    """Return what a declared class looks like in XML, for those who describe it in another language."""
    declaration = _declarations[cls]
    base = next((each for each in cls.__mro__[1:] if each in _declarations), None)
    inherited = frozenset(each.attr for each in _plan(base).fields) if base is not None else frozenset()
    own = tuple(each for each in _plan(cls).fields if each.attr not in inherited)
    return Shape(declaration.namespace, declaration.tag, base, own)


def encode(value: object, *, tag: str | None = None, parent: etree._Element | None = None) -> etree._Element:
    """Return the element of a declared instance.

    Args:
        value: an instance of an `xml_message`, or of an `xml_type` when `tag` is given.
        tag: the qualified name to use instead of the class's own.
        parent: the element to append to. Without it the new element declares all the prefixes of the project.
    """
    name = tag or tag_of(type(value))
    made = etree.Element(name, nsmap=PREFIXES) if parent is None else etree.SubElement(parent, name)
    _write(made, value)
    return made


def decode(cls: type[T], source: etree._Element) -> T:
    """Return an instance of `cls` read from an element; for an `xml_message` the element's name must be right.

    Raises:
        WireError: another element, something required is missing, or a value is not of its type. The text names the
            field and never repeats the value.
    """
    tag = _declarations[cls].tag
    if tag is not None and source.tag != tag:
        raise WireError(f"expected element {tag}")
    return _read(cls, source)


def strangers(cls: type, source: etree._Element) -> Iterator[str]:
    """Yield the qualified names of the elements that `decode` overlooks, for whoever must not overlook any."""
    fields = {field.name: field for field in _plan(cls).fields if field.place is Place.ELEMENT}
    for child in source:
        field = fields.get(child.tag) or fields.get(ANY)
        if field is None:
            yield child.tag
        elif field.nested is not None:
            yield from strangers(field.nested, child)


@dataclass(frozen=True, slots=True)
class _Declaration:
    """What the decorator of a class said."""

    namespace: str
    tag: str | None


_declarations: dict[type, _Declaration] = {}


@dataclass(frozen=True, slots=True)
class _Scalar(Generic[T]):
    """Both directions of a simple type."""

    read: Callable[[str], T]
    write: Callable[[T], str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field, ready to be written and read.

    `name` is the qualified name in XML, `kind` the Python type of one value, and `is_list` says that the values are
    one xs:list. `scalar` None means that the content is an element: of the class `nested`, or any at all if that is
    None too.
    """

    attr: str
    place: Place
    name: str
    kind: type
    is_list: bool
    repeated: bool
    required: bool
    scalar: _Scalar[typing.Any] | None
    nested: type | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A declared class as XML: the namespace of its children, its own element if it is a message, and its fields.

    `fields` are without those of `base`, the declared class that it extends.
    """

    namespace: str
    tag: str | None
    base: type | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """All fields of a class, and those that are read by a child's name."""

    fields: tuple[Field, ...]
    known: frozenset[str]


_plans: dict[type, _Plan] = {}


def _declare(place: Place, default: object, names: Mapping[str, str | None]) -> object:
    return dataclasses.field(default=default, metadata={"place": place, **names})


def _plan(cls: type) -> _Plan:
    """Return the plan of a class, made at its first use: annotations may name classes that are declared later."""
    plan = _plans.get(cls)
    if plan is None:
        hints = typing.get_type_hints(cls)
        namespaces = _namespaces_by_field(cls)
        fields = tuple(_field(each, hints[each.name], namespaces[each.name]) for each in _fields_of(cls))
        known = frozenset(each.name for each in fields if each.place is Place.ELEMENT)
        plan = _plans[cls] = _Plan(fields, known)
    return plan


def _fields_of(cls: type) -> tuple[dataclasses.Field[typing.Any], ...]:
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is not declared with xml_type")
    return dataclasses.fields(cls)


def _namespaces_by_field(cls: type) -> dict[str, str]:
    """A field belongs to the namespace of the class that declares it, not of the one that inherits it."""
    return {
        name: _declarations[base].namespace
        for base in reversed(cls.__mro__)
        if base in _declarations
        for name in base.__annotations__
    }


def _field(source: dataclasses.Field[typing.Any], hint: object, namespace: str) -> Field:
    place = source.metadata.get("place", Place.ELEMENT)
    given = source.metadata.get("name")
    if place is Place.ATTRIBUTE:
        name = given or (camel_case(source.name) if "_" in source.name else source.name)
    elif given == ANY:
        name = ANY
    else:
        other = source.metadata.get("namespace")
        namespace = namespace if other is None else other
        local = given or camel_case(source.name)
        name = f"{{{namespace}}}{local}" if namespace else local
    inner, repeated = _content(hint)
    scalar = _scalar(inner)
    is_list = scalar is not None and repeated and place is not Place.ELEMENT
    if scalar is not None and is_list:
        scalar, repeated = _list_of(scalar), False
    return Field(
        attr=source.name,
        place=place,
        name=name,
        kind=inner,
        is_list=is_list,
        repeated=repeated,
        required=source.default is MISSING and source.default_factory is MISSING,
        scalar=scalar,
        nested=inner if scalar is None and inner is not _ELEMENT else None,
    )


def camel_case(name: str) -> str:
    """Return `snake_case` as `SnakeCase`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _content(hint: object) -> tuple[type, bool]:
    """Return what an annotation holds once `| None` and `tuple[..., ...]` are taken off, and whether it repeats."""
    if typing.get_origin(hint) in (typing.Union, UnionType):
        (hint,) = (member for member in typing.get_args(hint) if member is not NoneType)
    if typing.get_origin(hint) is tuple:
        inner, ellipsis = typing.get_args(hint)
        if ellipsis is not Ellipsis:
            raise TypeError("a repeated field is declared as tuple[X, ...]")
        return inner, True
    if not isinstance(hint, type):
        raise TypeError(f"{hint} cannot be put into XML")
    return hint, False


def _scalar(kind: type) -> _Scalar[typing.Any] | None:
    if issubclass(kind, StrEnum):
        return _Scalar(lambda literal: kind(literal.strip()), str)
    codec = lexical.SIMPLE_TYPES.get(kind)
    return None if codec is None else _Scalar(*codec)


def _list_of(item: _Scalar[typing.Any]) -> _Scalar[tuple[typing.Any, ...]]:
    return _Scalar(
        lambda literal: tuple(item.read(part) for part in literal.split()),
        lambda values: " ".join(item.write(value) for value in values),
    )


def _write(target: etree._Element, value: object) -> None:
    for field in _plan(type(value)).fields:
        content = getattr(value, field.attr)
        if content is None or content == ():
            continue
        if field.place is Place.ELEMENT:
            for item in content if field.repeated else (content,):
                _write_child(target, field, item)
        elif field.scalar is not None:
            literal = field.scalar.write(content)
            if field.place is Place.ATTRIBUTE:
                target.set(field.name, _legal(literal))
            else:
                target.text = _legal(literal)


def _write_child(parent: etree._Element, field: Field, value: object) -> None:
    if field.scalar is not None:
        etree.SubElement(parent, field.name).text = _legal(field.scalar.write(value))
    elif isinstance(value, _ELEMENT):
        # A copy, because an element has one parent and the same one may go into many answers.
        _graft(parent, value)
    else:
        _write(etree.SubElement(parent, field.name), value)


def _graft(parent: etree._Element, source: etree._Element) -> None:
    """Append a copy of an element, with the declarations that its text needs.

    XML libraries look at the names of elements and attributes alone: when an element moves, a prefix that stands only
    in text, as in the filter of an event subscription, would lose its meaning.
    """
    made = etree.SubElement(parent, source.tag, nsmap=_missing_declarations(source, parent))
    made.attrib.update(source.attrib)
    made.text, made.tail = source.text, source.tail
    for child in source:
        _graft(made, child)


def _missing_declarations(source: etree._Element, parent: etree._Element) -> dict[str, str]:
    """Return the namespaces, by prefix, that an element's name or text uses and that do not hold in `parent`."""
    literals = [source.text or "", *(str(value) for value in source.attrib.values())]
    if source.prefix in PREFIXES and not any(":" in literal for literal in literals):
        return {}
    known = parent.nsmap
    foreign = source.prefix if etree.QName(source).namespace not in known.values() else None
    return {
        prefix: uri
        for prefix, uri in source.nsmap.items()
        if prefix
        and known.get(prefix) != uri
        and (prefix == foreign or any(f"{prefix}:" in literal for literal in literals))
    }


def _legal(literal: str) -> str:
    """Replace what XML 1.0 cannot hold: one odd byte in a camera's name must not cost the whole answer."""
    return literal if literal.isprintable() else _OUTSIDE_XML.sub("\N{REPLACEMENT CHARACTER}", literal)


def _read(cls: type[T], source: etree._Element) -> T:
    plan = _plan(cls)
    children: dict[str, list[etree._Element]] = {}
    for child in source:
        key = child.tag if child.tag in plan.known else ANY
        children.setdefault(key, []).append(child)
    return cls(**dict(_values(plan, source, children)))


def _values(
    plan: _Plan, source: etree._Element, children: Mapping[str, list[etree._Element]]
) -> Iterator[tuple[str, object]]:
    for field in plan.fields:
        value = _value(field, source, children)
        if value is not None:
            yield field.attr, value
        elif field.required:
            raise WireError(f"{etree.QName(source).localname} has no {_local(field)}")


def _value(field: Field, source: etree._Element, children: Mapping[str, list[etree._Element]]) -> object | None:
    if field.scalar is not None and field.place is not Place.ELEMENT:
        literal = source.get(field.name) if field.place is Place.ATTRIBUTE else source.text or ""
        return None if literal is None else _read_scalar(field.scalar, literal, _local(field))
    found = [child for child in children.get(field.name, ()) if not _is_nil(child)]
    if not found:
        return None
    return tuple(_read_child(field, child) for child in found) if field.repeated else _read_child(field, found[0])


def _read_child(field: Field, child: etree._Element) -> object:
    if field.scalar is not None:
        return _read_scalar(field.scalar, child.text or "", _local(field))
    return child if field.nested is None else _read(field.nested, child)


def _read_scalar(scalar: _Scalar[typing.Any], literal: str, name: str) -> object:
    try:
        return scalar.read(literal)
    except ValueError as error:
        raise WireError(f"{name} has a value that is not of its type") from error


def _is_nil(child: etree._Element) -> bool:
    return child.get(_NIL, "").strip() in ("true", "1")


def _local(field: Field) -> str:
    return field.name.rpartition("}")[2]
