"""Declared classes as XML Schema: what the codec writes is valid, and nothing much else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from lxml import etree

from bridge.onvif.schema import SIMPLE_TYPES, Schemas, description
from bridge.proto.soap import lexical
from bridge.proto.soap.codec import attribute, element, encode, tag_of, text, xml_message, xml_type
from bridge.proto.soap.namespaces import TRT, TT, WSNT, XS
from tests.contract.own_schemas import OwnSchemas

MOMENT = datetime(2026, 7, 1, tzinfo=UTC)


class Colour(StrEnum):
    """What is seen."""

    RED = "Red"
    GREEN = "Green"


@xml_type(TT)
class Thing:
    """Something with a token.

    Its `long_name` is for people.

    Args:
        token: is not part of the description.
    """

    token: str = attribute()
    rates: tuple[float, ...] = attribute(default=())
    long_name: str
    next: Thing | None = None


@xml_type(TRT)
class BetterThing(Thing):
    """A thing of another namespace; its `long_name` and `stranger` are words."""

    colour: Colour | None = None


@xml_type(WSNT)
class Remark:
    """Text with an attribute."""

    lang: str = attribute()
    words: str = text()


@xml_type(TT)
class Anything:
    """One of whatever there is."""

    content: etree._Element = element(name="*")


@xml_type(TT)
class Extensible:
    """A known part and strangers."""

    known: int
    strangers: tuple[etree._Element, ...] = element(name="*", default=())


@xml_message(TRT)
class Everything:
    """All that the codec can say."""

    number: int
    truth: bool
    moment: datetime
    span: timedelta
    things: tuple[BetterThing, ...]
    filter: etree._Element | None = None
    remark: Remark | None = element(namespace=WSNT, default=None)
    plain: str | None = element(name="plain", namespace="", default=None)
    anything: Anything | None = None
    extensible: Extensible | None = None


def schemas_of(*messages: type) -> dict[str, etree._Element]:
    schemas = Schemas()
    for message in messages:
        schemas.add(tag_of(message), message)
    return schemas.documents(file_name)


def file_name(namespace: str) -> str:
    return {TRT: "media.xsd", TT: "onvif.xsd", WSNT: "notification.xsd"}[namespace]


def judge() -> OwnSchemas:
    made = schemas_of(Everything)
    return OwnSchemas({file_name(namespace): etree.tostring(root) for namespace, root in made.items()})


def something() -> Everything:
    first = Thing(token="a", long_name="A")
    return Everything(
        number=1,
        truth=True,
        moment=MOMENT,
        span=timedelta(seconds=1.5),
        things=(
            BetterThing(token="b", rates=(1.0, 2.5), long_name="B", next=first, colour=Colour.RED),
            BetterThing(token="c", long_name="C"),
        ),
        filter=etree.fromstring(f"<Filter xmlns='{TRT}' a='b'>text<x/></Filter>"),
        remark=Remark(lang="en", words="so"),
        plain="plain",
        anything=Anything(content=etree.Element(f"{{{TT}}}Whatever")),
        extensible=Extensible(
            known=1, strangers=(etree.Element("{urn:strange}One"), etree.Element("{urn:strange}Two"))
        ),
    )


def only_what_must_be() -> Everything:
    things = (BetterThing(token="a", long_name="A"),)
    return Everything(number=1, truth=False, moment=MOMENT, span=timedelta(), things=things)


@pytest.mark.parametrize("message", [something(), only_what_must_be()])
def test_what_the_codec_writes_is_valid(message):
    judge().check(encode(message))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<trt:Number>1</trt:Number>", ""),
        ("<trt:Number>1</trt:Number>", "<trt:Number>one</trt:Number>"),
        ("<trt:Number>1</trt:Number>", "<tt:Number>1</tt:Number>"),
        ("<trt:Truth>true</trt:Truth>", "<trt:Truth>yes</trt:Truth>"),
        ("<trt:Span>PT1.5S</trt:Span>", "<trt:Span>1.5</trt:Span>"),
        ('token="b"', ""),
        ('rates="1.0 2.5"', 'rates="1.0;2.5"'),
        ("<trt:Colour>Red</trt:Colour>", "<trt:Colour>Blue</trt:Colour>"),
        ("<plain>plain</plain>", "<trt:plain>plain</trt:plain>"),
        ('<wsnt:Remark lang="en">so</wsnt:Remark>', "<wsnt:Remark>so</wsnt:Remark>"),
        ("<tt:Whatever/>", ""),
        ("<tt:Whatever/>", "<tt:Whatever/><tt:Whatever/>"),
        ("<tt:Known>1</tt:Known>", "<tt:Known>1</tt:Known><tt:Unknown/>"),
    ],
)
def test_what_the_codec_would_not_write_is_not_valid(right, wrong):
    good = etree.tostring(encode(something())).decode()
    assert right in good
    with pytest.raises(AssertionError):
        judge().check(etree.fromstring(good.replace(right, wrong)))


def test_every_simple_type_of_the_codec_has_a_name():
    assert set(SIMPLE_TYPES) == set(lexical.SIMPLE_TYPES)


def test_each_namespace_has_a_document_that_imports_the_others():
    made = schemas_of(Everything)
    assert list(made) == sorted((TRT, TT, WSNT))
    imports = {each.get("namespace"): each.get("schemaLocation") for each in made[TRT].iter(f"{{{XS}}}import")}
    assert imports == {TT: "onvif.xsd", WSNT: "notification.xsd"}
    assert made[TRT].get("targetNamespace") == TRT


def test_docstrings_become_documentation_with_the_names_of_the_schema():
    made = schemas_of(Everything)
    words = [each.text for root in made.values() for each in root.iter(f"{{{XS}}}documentation")]
    assert "Something with a token. Its LongName is for people." in words
    assert "A thing of another namespace; its LongName and `stranger` are words." in words
    assert "What is seen." in words


def test_a_description_has_no_sections_and_no_examples():
    assert description("One.\n\n    Two\n    lines.\n\n    Returns:\n        Nothing.\n    ") == "One. Two lines."
    assert description("One.\n\n```python\ncode\n```\n") == "One."
    assert description(None) == ""


def test_two_classes_cannot_have_one_name():
    schemas = Schemas()
    schemas.add(f"{{{TT}}}One", Thing)
    schemas.add(f"{{{TT}}}One", Thing)
    with pytest.raises(TypeError, match="are both the element tt:One"):
        schemas.add(f"{{{TT}}}One", BetterThing)
    with pytest.raises(TypeError, match="are both the type tt:Thing"):
        schemas.add(f"{{{TT}}}Two", another_thing())


def another_thing() -> type:
    @xml_type(TT)
    class Thing:
        """Called like one that there is."""

        name: str

    return Thing


def test_text_beside_elements_cannot_be_said():
    @xml_message(TRT)
    class Mixed:
        """Both."""

        part: str
        words: str = text()

    with pytest.raises(TypeError, match="Mixed: text"):
        schemas_of(Mixed)
