"""Dataclasses as XML elements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.soap.codec import (
    Place,
    attribute,
    decode,
    element,
    encode,
    shape_of,
    strangers,
    tag_of,
    text,
    xml_message,
    xml_type,
)
from bridge.proto.soap.namespaces import TRT, TT, WSNT
from bridge.proto.soap.xmlsafe import parse


class Encoding(StrEnum):
    """An enumeration."""

    H264 = "H264"
    JPEG = "JPEG"


@xml_type(TT)
class Entity:
    """A base in one namespace."""

    token: str = attribute()
    name: str


@xml_type(TRT)
class Profile(Entity):
    """An extension in another."""

    fixed: bool | None = attribute(default=None)
    max_rates: tuple[float, ...] = attribute(default=())
    encoding: Encoding = Encoding.H264
    width: int | None = None
    utc_date_time: datetime | None = element(name="UTCDateTime", default=None)
    timeout: timedelta | None = None


@xml_type(WSNT)
class Topic:
    """Character content."""

    dialect: str = attribute(name="Dialect")
    expression: str = text()


@xml_message(TRT)
class Reply:
    """A message."""

    profiles: tuple[Profile, ...] = ()
    topic: Topic | None = element(namespace=WSNT, default=None)
    plain: str | None = element(namespace="", default=None)
    words: tuple[str, ...] = ()


@xml_message(TRT)
class Holder:
    """A message with elements of others."""

    level: int
    content: etree._Element | None = None
    rest: tuple[etree._Element, ...] = element(name="*", default=())


@xml_message(TRT, name="Other")
class Renamed:
    """A message whose class is called differently."""

    items: tuple[int, ...]


FULL = Reply(
    profiles=(
        Profile(
            token="t",
            name="n",
            fixed=True,
            max_rates=(1.0, 2.5),
            encoding=Encoding.JPEG,
            width=5,
            utc_date_time=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
            timeout=timedelta(seconds=10),
        ),
        Profile(token="u", name="v"),
    ),
    topic=Topic(dialect="d", expression="tns1:A/B"),
    plain="p",
    words=("a", "b"),
)


def markup(message: object) -> str:
    made = encode(message)
    etree.cleanup_namespaces(made)
    return etree.tostring(made, encoding="unicode")


def reply(content: str) -> Reply:
    return decode(Reply, parse(f'<x:Reply xmlns:x="{TRT}" xmlns:s="{TT}">{content}</x:Reply>'.encode()))


def test_a_message_becomes_exactly_this():
    assert markup(FULL) == (
        f'<trt:Reply xmlns:tt="{TT}" xmlns:trt="{TRT}" xmlns:wsnt="{WSNT}">'
        '<trt:Profiles token="t" fixed="true" MaxRates="1.0 2.5"><tt:Name>n</tt:Name>'
        "<trt:Encoding>JPEG</trt:Encoding><trt:Width>5</trt:Width>"
        "<trt:UTCDateTime>2024-01-02T03:04:05Z</trt:UTCDateTime><trt:Timeout>PT10S</trt:Timeout></trt:Profiles>"
        '<trt:Profiles token="u"><tt:Name>v</tt:Name><trt:Encoding>H264</trt:Encoding></trt:Profiles>'
        '<wsnt:Topic Dialect="d">tns1:A/B</wsnt:Topic><Plain>p</Plain>'
        "<trt:Words>a</trt:Words><trt:Words>b</trt:Words></trt:Reply>"
    )


def test_reading_undoes_writing():
    assert decode(Reply, encode(FULL)) == FULL


def test_any_prefix_any_order_and_strangers_are_fine():
    read = reply(
        '<x:Words>a</x:Words><unknown/><x:Profiles token="t" more="1"><x:Width> 7 </x:Width>'
        "<s:Name>n</s:Name><s:New>1</s:New></x:Profiles>"
    )
    assert read == Reply(profiles=(Profile(token="t", name="n", width=7),), words=("a",))


def test_a_child_of_another_namespace_is_a_stranger():
    assert reply("<s:Words>a</s:Words>") == Reply()


def test_nil_counts_as_absent():
    xsi = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'
    assert reply(f'<x:Profiles token="t"><s:Name>n</s:Name><x:Width {xsi}/></x:Profiles>').profiles[0].width is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("<x:Profiles><s:Name>n</s:Name></x:Profiles>", "Profiles has no token"),
        ('<x:Profiles token="t"/>', "Profiles has no Name"),
        ('<x:Profiles token="t"><s:Name>n</s:Name><x:Width>wide</x:Width></x:Profiles>', "Width has a value"),
        ('<x:Profiles token="t" fixed="maybe"><s:Name>n</s:Name></x:Profiles>', "fixed has a value"),
        ('<x:Profiles token="t"><s:Name>n</s:Name><x:Encoding>AV9</x:Encoding></x:Profiles>', "Encoding has a value"),
    ],
)
def test_what_is_missing_or_wrong_is_named(content, complaint):
    with pytest.raises(WireError, match=complaint):
        reply(content)


def test_the_value_itself_is_not_repeated():
    with pytest.raises(WireError) as caught:
        reply('<x:Profiles token="t"><s:Name>n</s:Name><x:Width>hunter2</x:Width></x:Profiles>')
    assert "hunter2" not in str(caught.value)


def test_another_message_is_refused():
    with pytest.raises(WireError, match="expected element"):
        decode(Reply, parse(b"<Reply/>"))


def test_a_repeated_field_without_default_needs_at_least_one():
    assert decode(Renamed, encode(Renamed(items=(1, 2)))) == Renamed(items=(1, 2))
    with pytest.raises(WireError, match="Other has no Items"):
        decode(Renamed, encode(Renamed(items=())))


def test_elements_of_others_travel_as_they_are():
    inner = parse(b'<x:Anything xmlns:x="urn:x" a="1"><b/></x:Anything>')
    made = encode(Holder(level=1, content=parse(f'<t:Content xmlns:t="{TRT}"/>'.encode()), rest=(inner, inner)))
    read = decode(Holder, made)
    assert read.content is not None
    assert [etree.tostring(each, method="c14n", exclusive=True) for each in read.rest] == [
        b'<x:Anything xmlns:x="urn:x" a="1"><b></b></x:Anything>'
    ] * 2
    assert inner.getparent() is None, "the same element can go into many messages"


def test_what_is_overlooked_in_reading_can_be_asked_for_by_name():
    source = encode(FULL)
    assert list(strangers(Reply, source)) == []
    etree.SubElement(source, f"{{{TT}}}Words")
    etree.SubElement(source[0], "Width")
    assert list(strangers(Reply, source)) == ["Width", f"{{{TT}}}Words"]
    assert list(strangers(Holder, encode(Holder(level=1, rest=(source,))))) == []


def test_a_type_can_stand_under_another_name():
    made = encode(Entity(token="t", name="n"), tag=f"{{{TRT}}}Capabilities", parent=etree.Element("parent"))
    assert made.tag == f"{{{TRT}}}Capabilities"
    assert made.getparent() is not None


def test_characters_that_xml_cannot_hold_are_replaced():
    assert reply("<x:Words>ok</x:Words>").words == ("ok",)
    assert decode(Reply, encode(Reply(words=("a\x00b\x1f\ud800\ufffe", "tab\tüñ€\U0001f600")))).words == (
        "a\ufffdb\ufffd\ufffd\ufffd",
        "tab\tüñ€\U0001f600",
    )


def test_only_messages_have_a_name_of_their_own():
    assert tag_of(Renamed) == f"{{{TRT}}}Other"
    for cls in (Entity, int):
        with pytest.raises(TypeError):
            tag_of(cls)


def test_classes_that_cannot_be_xml_are_programming_errors():
    @xml_message(TRT)
    class Fixed:
        pair: tuple[int, int]

    @xml_message(TRT)
    class Mapping:
        table: list[int]

    with pytest.raises(TypeError, match="tuple"):
        encode(Fixed(pair=(1, 2)))
    with pytest.raises(TypeError, match="cannot be put into XML"):
        encode(Mapping(table=[1]))
    with pytest.raises(TypeError, match="not declared"):
        encode(3, tag="x")


def test_a_class_tells_its_shape_without_what_it_inherits():
    shape = shape_of(Profile)
    assert (shape.namespace, shape.tag, shape.base) == (TRT, None, Entity)
    fields = {field.attr: field for field in shape.fields}
    assert list(fields)[:3] == ["fixed", "max_rates", "encoding"]
    rates, encoding = fields["max_rates"], fields["encoding"]
    assert (rates.place, rates.name, rates.kind, rates.is_list) == (Place.ATTRIBUTE, "MaxRates", float, True)
    assert (encoding.place, encoding.name, encoding.kind) == (Place.ELEMENT, f"{{{TRT}}}Encoding", Encoding)
    assert not any(field.required or field.repeated for field in shape.fields)
    (items,) = shape_of(Renamed).fields
    assert (items.kind, items.required, items.repeated, items.is_list) == (int, True, True, False)
    assert (shape_of(Reply).tag, shape_of(Reply).base) == (f"{{{TRT}}}Reply", None)
