from __future__ import annotations

import pytest
from lxml import etree

from bridge.core.errors import WireError
from bridge.onvif.eventing.faults import EventFault
from bridge.onvif.eventing.filter import (
    MAX_EXPRESSION_CHARS,
    MAX_FILTERS,
    MAX_NESTING,
    ItemFilter,
    parse_filter,
    parse_topic_expression,
)
from bridge.onvif.eventing.topics import CELL_MOTION, TOPICS
from bridge.onvif.types.events import CONCRETE_DIALECT, CONCRETE_SET_DIALECT, ITEM_FILTER_DIALECT, SimpleItem
from bridge.proto.soap.namespaces import TEV, TNS1, TT, WSNT
from tests.unit.onvif.bench_camera import NOON

PREFIXES: dict[str | None, str] = {"tns1": TNS1, "tt": TT, "acme": "urn:acme"}
MOTION_ALARM = TOPICS[0]


def matched(expression, *, is_set=True):
    patterns = parse_topic_expression(expression, prefixes=PREFIXES, is_set=is_set)
    return [topic.expression for topic in TOPICS if any(pattern.matches(topic) for pattern in patterns)]


def passes(expression, **values):
    return ItemFilter(expression).condition([SimpleItem(name=name, value=value) for name, value in values.items()])


def filter_of(*children):
    """A Filter element; a child is (tag, dialect, text)."""
    made = etree.Element(f"{{{TEV}}}Filter", nsmap={"tns1": TNS1})
    for tag, dialect, text in children:
        child = etree.SubElement(made, tag)
        child.text = text
        if dialect is not None:
            child.set("Dialect", dialect)
    return made


def topic(text, dialect=CONCRETE_SET_DIALECT):
    return (f"{{{WSNT}}}TopicExpression", dialect, text)


def content(text, dialect=ITEM_FILTER_DIALECT):
    return (f"{{{WSNT}}}MessageContent", dialect, text)


def fault_of(source):
    with pytest.raises(EventFault) as caught:
        parse_filter(source, offered=TOPICS, utc=NOON)
    return caught.value.name


def test_a_concrete_expression_names_one_topic():
    assert matched("tns1:VideoSource/MotionAlarm", is_set=False) == ["tns1:VideoSource/MotionAlarm"]


def test_a_set_unites_alternatives():
    assert matched(" tns1:VideoSource/MotionAlarm | tns1:VideoSource/SignalLoss ") == [
        "tns1:VideoSource/MotionAlarm",
        "tns1:VideoSource/SignalLoss",
    ]


def test_a_set_may_take_a_whole_tree():
    assert matched("tns1:Media//.") == ["tns1:Media/ProfileChanged", "tns1:Media/ConfigurationChanged"]


def test_the_tree_of_a_leaf_is_the_leaf():
    assert matched("tns1:VideoSource/MotionAlarm//.") == ["tns1:VideoSource/MotionAlarm"]


def test_a_parent_alone_is_no_topic():
    assert matched("tns1:VideoSource") == []


def test_steps_may_repeat_the_prefix():
    assert matched("tns1:VideoSource/tns1:MotionAlarm") == ["tns1:VideoSource/MotionAlarm"]


@pytest.mark.parametrize("expression", ["acme:VideoSource/MotionAlarm", "VideoSource//.", "acme:Any//."])
def test_a_topic_of_a_foreign_namespace_matches_nothing(expression):
    assert matched(expression) == []


@pytest.mark.parametrize(
    "expression",
    ["", "|", "tns1:", "tns1:A/", "tns1:A//B", "tns1:*/B", "tns1:A/./B", "other:A", "tns1:A//.//.", "a b", "//."],
)
def test_a_malformed_topic_expression_is_refused(expression):
    with pytest.raises(WireError):
        matched(expression)


@pytest.mark.parametrize("expression", ["tns1:A|tns1:B", "tns1:A//."])
def test_sets_and_trees_are_not_of_the_concrete_dialect(expression):
    with pytest.raises(WireError):
        matched(expression, is_set=False)


def test_an_endless_topic_expression_is_refused():
    with pytest.raises(WireError):
        matched("|".join(["tns1:A"] * MAX_EXPRESSION_CHARS))


def test_an_item_filter_compares_name_and_value():
    expression = 'boolean(//tt:SimpleItem[@Name="State" and @Value="true"])'
    assert passes(expression, Source="1", State="true")
    assert not passes(expression, Source="true", State="false")


def test_and_binds_tighter_than_or():
    expression = (
        'boolean(//tt:SimpleItem[@Name="A"]) or boolean(//tt:SimpleItem[@Name="B"])'
        ' and boolean(//tt:SimpleItem[@Name="C"])'
    )
    assert passes(expression, A="")
    assert not passes(expression, B="")
    assert passes(expression, B="", C="")


def test_parentheses_and_not_work_outside_and_inside_the_brackets():
    expression = "not( boolean(//tt:SimpleItem[not(@Name='A' or (@Name='B'))]) )"
    assert passes(expression, A="", B="")
    assert not passes(expression, A="", C="")


def test_no_message_has_an_element_item():
    assert not passes('boolean(//tt:ElementItem[@Name="State"])', State="true")


def test_the_prefix_of_an_item_may_be_missing():
    assert passes("boolean(//SimpleItem[@Name='State'])", State="1")


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "true",
        "boolean()",
        "boolean(//tt:SimpleItem)",
        "boolean(//tt:SimpleItem[])",
        "boolean(//tt:SimpleItem[@Name])",
        "boolean(//tt:SimpleItem[@Name=1])",
        "boolean(//tt:SimpleItem[@Name='a')",
        "boolean(//tt:SimpleItem[@Name='a'])) ",
        "boolean(//tt:SimpleItem[@Type='a'])",
        "boolean(//tt:SimpleItems[@Name='a'])",
        "boolean(//tt:Other[@Name='a'])",
        "boolean('a'['a'='a'])",
        "boolean(//tt:SimpleItem['a'='a'])",
        "boolean(//tt:SimpleItem[@Name='a']) andboolean(//tt:SimpleItem[@Name='a'])",
        "not boolean(//tt:SimpleItem[@Name='a'])",
        "(" * (MAX_NESTING + 1) + "boolean(//tt:SimpleItem[@Name='a'])" + ")" * (MAX_NESTING + 1),
        "boolean(//tt:SimpleItem[@Name='" + "a" * MAX_EXPRESSION_CHARS + "'])",
    ],
)
def test_a_malformed_item_filter_is_refused(expression):
    with pytest.raises(WireError):
        ItemFilter(expression)


def test_without_a_filter_everything_passes():
    assert parse_filter(None, offered=TOPICS, utc=NOON).accepts(MOTION_ALARM, ())


def test_all_filters_must_agree():
    wants = parse_filter(
        filter_of(topic("tns1:VideoSource//."), content("boolean(//tt:SimpleItem[@Value='true'])")),
        offered=TOPICS,
        utc=NOON,
    )
    active = (SimpleItem(name="State", value="true"),)
    assert wants.accepts(MOTION_ALARM, active)
    assert not wants.accepts(MOTION_ALARM, ())
    assert not wants.accepts(CELL_MOTION, active)


@pytest.mark.parametrize(
    "expression",
    [
        "boolean(//tt:SimpleItem[@Name='xyz'])",
        "boolean(//tt:SimpleItem[@Name='xyz' and @Value='true']) or boolean(//tt:SimpleItem[@Name='IsMotion'])",
        "boolean(//tt:ElementItem[@Name='xyz'])",
    ],
)
def test_a_content_filter_that_only_wants_items_that_no_message_of_the_topics_has_is_refused(expression):
    wanted = filter_of(topic("tns1:VideoSource/MotionAlarm"), content(expression))
    assert fault_of(wanted) == "InvalidMessageContentExpressionFault"


@pytest.mark.parametrize(
    "expression",
    [
        "not(boolean(//tt:SimpleItem[@Name='xyz']))",
        "boolean(//tt:SimpleItem[not(@Name='xyz')])",
        "boolean(//tt:SimpleItem[@Name='xyz']) or boolean(//tt:SimpleItem[@Name='State'])",
        "boolean(//tt:SimpleItem[@Value='xyz'])",
    ],
)
def test_a_content_filter_that_some_message_may_pass_is_taken(expression):
    wanted = filter_of(topic("tns1:VideoSource/MotionAlarm"), content(expression))
    parse_filter(wanted, offered=TOPICS, utc=NOON)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (filter_of(topic("tns1:A", dialect="urn:full")), "TopicExpressionDialectUnknownFault"),
        (filter_of(topic("tns1:A", dialect=None)), "TopicExpressionDialectUnknownFault"),
        (filter_of(topic("a b")), "InvalidTopicExpressionFault"),
        (filter_of(topic("tns1:A|tns1:B", CONCRETE_DIALECT)), "InvalidTopicExpressionFault"),
        (filter_of(topic("tns1:Nothing/Here")), "TopicNotSupportedFault"),
        (filter_of(content("boolean(")), "InvalidMessageContentExpressionFault"),
        (filter_of(content("boolean(", "urn:xpath")), "InvalidMessageContentExpressionFault"),
        (filter_of((f"{{{WSNT}}}ProducerProperties", None, "x")), "InvalidFilterFault"),
        (filter_of(("{urn:acme}Strange", None, "x")), "InvalidFilterFault"),
        (filter_of(*[topic("tns1:VideoSource//.")] * (MAX_FILTERS + 1)), "InvalidFilterFault"),
    ],
)
def test_each_kind_of_bad_filter_has_its_own_fault(source, name):
    assert fault_of(source) == name
