"""Filters are the one place where a client's own language is parsed: any text gives a filter or a WireError."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.onvif.eventing.filter import ItemFilter, parse_topic_expression
from bridge.onvif.eventing.topics import TOPICS
from bridge.onvif.types.events import SimpleItem
from bridge.proto.soap.namespaces import TNS1

WORDS = (
    "boolean",
    "not",
    "and",
    "or",
    "(",
    ")",
    "[",
    "]",
    "=",
    "@Name",
    "@Value",
    "//tt:SimpleItem",
    "'a'",
    '"b"',
    " ",
)
ITEMS = st.lists(st.builds(SimpleItem, name=st.sampled_from(("a", "b")), value=st.sampled_from(("a", "b"))), max_size=3)


@st.composite
def comparisons(draw):
    """A comparison as text, with what it means."""
    attribute, value = draw(st.sampled_from(("name", "value"))), draw(st.sampled_from(("a", "b")))
    return f"@{attribute.capitalize()}='{value}'", lambda item: getattr(item, attribute) == value


def combined(terms):
    """Terms under `and`, `or` and `not`, fully parenthesised, with what they mean."""
    return st.recursive(
        terms,
        lambda inner: st.one_of(
            inner.map(lambda a: (f"not({a[0]})", lambda x: not a[1](x))),
            st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} and {p[1][0]})", lambda x: p[0][1](x) and p[1][1](x))),
            st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} or {p[1][0]})", lambda x: p[0][1](x) or p[1][1](x))),
        ),
        max_leaves=5,
    )


PATHS = combined(comparisons()).map(
    lambda test: (f"boolean(//tt:SimpleItem[{test[0]}])", lambda items: any(test[1](item) for item in items))
)


@given(combined(PATHS), ITEMS)
def test_an_item_filter_means_what_it_says(expression, items):
    text, meaning = expression
    assert ItemFilter(text).condition(items) == meaning(items)


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map("".join)), ITEMS)
def test_any_text_is_an_item_filter_or_a_wire_error(text, items):
    with suppress(WireError):
        assert ItemFilter(text).condition(items) in (True, False)


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(("tns1", ":", "/", "//.", "|", "A", "RuleEngine", " "))).map("".join)
    ),
    st.booleans(),
)
def test_any_text_is_a_topic_expression_or_a_wire_error(text, is_set):
    with suppress(WireError):
        for pattern in parse_topic_expression(text, prefixes={"tns1": TNS1}, is_set=is_set):
            assert all(pattern.matches(topic) in (True, False) for topic in TOPICS)


@given(st.sets(st.sampled_from(TOPICS), min_size=1))
def test_a_set_of_topics_matches_exactly_its_members(topics):
    expressions = {topic.expression for topic in topics}
    patterns = parse_topic_expression("|".join(expressions), prefixes={"tns1": TNS1}, is_set=True)
    matched = {topic.expression for topic in TOPICS if any(pattern.matches(topic) for pattern in patterns)}
    assert matched == expressions
