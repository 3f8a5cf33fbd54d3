"""Whatever arrives, the SOAP parsers answer with a value or a WireError; what is written reads back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bridge.core.errors import WireError
from bridge.core.users import User
from bridge.proto.soap import lexical
from bridge.proto.soap.codec import attribute, decode, element, encode, text, xml_message, xml_type
from bridge.proto.soap.envelope import read_envelope
from bridge.proto.soap.namespaces import TRT, TT
from bridge.proto.soap.wsse import TokenOutcome, TokenVerifier
from bridge.proto.soap.xmlsafe import parse, serialize
from tests.clients.soap import SECEXT, TOKEN_PROFILE, UTILITY


class Colour(StrEnum):
    RED = "Red"
    DARK_BLUE = "DarkBlue"


@xml_type(TT)
class Leaf:
    token: str = attribute()
    sizes: tuple[int, ...] = attribute(default=())
    value: str = text()


@xml_message(TRT)
class Tree:
    count: int
    ratio: float
    is_open: bool
    colour: Colour
    when: datetime = element(name="UTCWhen")
    life: timedelta | None = None
    leaves: tuple[Leaf, ...] = ()
    names: tuple[str, ...] = ()


# Carriage returns are normalised away by every XML parser, and white space in attributes by some.
words = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))
moments = st.datetimes(timezones=st.just(UTC))
durations = st.timedeltas(min_value=timedelta(days=-3650), max_value=timedelta(days=3650))
leaves = st.builds(Leaf, token=words, sizes=st.lists(st.integers(-(2**31), 2**31)).map(tuple), value=words)
trees = st.builds(
    Tree,
    count=st.integers(-(10**18), 10**18),
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    is_open=st.booleans(),
    colour=st.sampled_from(Colour),
    when=moments,
    life=st.none() | durations,
    leaves=st.lists(leaves, max_size=3).map(tuple),
    names=st.lists(words, max_size=3).map(tuple),
)


@given(trees)
def test_a_message_survives_the_wire(tree):
    assert decode(Tree, parse(serialize(encode(tree)))) == tree


@given(st.binary(max_size=300) | words.map(str.encode))
def test_any_bytes_are_an_envelope_or_a_wire_error(data):
    try:
        read_envelope(data)
    except WireError:
        return


@given(trees, st.data())
def test_a_damaged_message_is_a_message_or_a_wire_error(tree, data):
    document = bytearray(serialize(encode(tree)))
    for _ in range(data.draw(st.integers(1, 4))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(decode(Tree, parse(bytes(document))), Tree)
    except WireError:
        return


@given(st.lists(st.tuples(st.sampled_from(["Count", "Ratio", "IsOpen", "Colour", "UTCWhen", "Life", "Leaves"]), words)))
def test_any_content_is_a_message_or_a_wire_error(children):
    root = etree.Element(f"{{{TRT}}}Tree")
    for name, content in children:
        etree.SubElement(root, f"{{{TRT}}}{name}").text = content
    try:
        assert isinstance(decode(Tree, root), Tree)
    except WireError:
        return


@pytest.mark.parametrize(
    "read",
    [
        lexical.parse_integer,
        lexical.parse_float,
        lexical.parse_boolean,
        lexical.parse_date_time,
        lexical.parse_duration,
    ],
)
@given(literal=st.text() | st.text("0123456789-:.TZPYMDHS+ "))
def test_any_text_is_a_simple_value_or_a_value_error(read, literal):
    try:
        read(literal)
    except ValueError:
        return


@given(durations)
def test_durations_survive(value):
    assert lexical.parse_duration(lexical.format_duration(value)) == value


@given(moments)
def test_moments_survive(value):
    assert lexical.parse_date_time(lexical.format_date_time(value)) == value


class Nobody:
    def find(self, username: str) -> User | None:
        return dict[str, User]().get(username)


@given(st.dictionaries(st.sampled_from(["Username", "Password", "Nonce", "Created"]), words), st.booleans())
def test_any_token_gets_a_verdict_and_no_stranger_gets_in(parts, is_digest):
    security = etree.Element(f"{{{SECEXT}}}Security")
    token = etree.SubElement(security, f"{{{SECEXT}}}UsernameToken")
    for name, content in parts.items():
        child = etree.SubElement(token, f"{{{UTILITY if name == 'Created' else SECEXT}}}{name}")
        child.text = content
        if name == "Password" and is_digest:
            child.set("Type", f"{TOKEN_PROFILE}#PasswordDigest")
    verdict = TokenVerifier().verify(security, users=Nobody(), utc=datetime(2030, 1, 1, tzinfo=UTC))
    assert verdict.outcome is not TokenOutcome.VALID
