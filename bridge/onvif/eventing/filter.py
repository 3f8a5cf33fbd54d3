"""What a subscriber wants to hear of: topic expressions and item filters.

Core Specification, "Topic filter" (the Concrete and ConcreteSet dialects) and "Message content filter" (the
ItemFilter dialect). Both grammars are small subsets of XPath and are parsed as such; no XPath engine ever sees a
client's text. All filters of a subscription must agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bridge.core.errors import WireError
from bridge.onvif.eventing.faults import base_fault, unknown_filter
from bridge.onvif.types.events import CONCRETE_DIALECT, CONCRETE_SET_DIALECT, ITEM_FILTER_DIALECT, SimpleItem
from bridge.proto.soap.namespaces import TNS1, WSNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from lxml import etree

    from bridge.onvif.eventing.topics import Topic

MAX_EXPRESSION_CHARS = 4096
"""Longest expression that is looked at: every topic of the bridge, spelled out, needs less than a tenth."""

MAX_NESTING = 32
"""Deepest nesting of `not` and parentheses: far beyond anything sensible, far below Python's own limit."""

MAX_FILTERS = 8
"""Most filters in one subscription; clients in use send one topic and at most one content filter."""

_S = TypeVar("_S")
_Test: TypeAlias = Callable[[_S], bool]
ItemCondition: TypeAlias = Callable[[Sequence[SimpleItem]], bool]

_NAME = re.compile(r"[^\W\d][\w.\-]*")
_TOKEN = re.compile(
    r"""\s*(?:(?P<path>//(?:[^\W\d][\w.\-]*:)?(?:SimpleItem|ElementItem)(?![\w.\-]))
         | (?P<attribute>@(?:Name|Value)(?![\w.\-]))
         | (?P<literal>"[^"]*"|'[^']*')
         | (?P<word>(?:and|or|not|boolean)(?![\w.\-]))
         | (?P<mark>[()\[\]=]))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """One alternative of a topic expression: a topic, or with `subtree` also everything below it."""

    path: tuple[str, ...]
    subtree: bool

    def matches(self, topic: Topic) -> bool:
        """Say whether the topic is meant."""
        return topic.path[: len(self.path)] == self.path if self.subtree else topic.path == self.path


@dataclass(frozen=True, slots=True)
class EventFilter:
    """All filters of a subscription. Without any, everything passes."""

    topics: tuple[tuple[TopicPattern, ...], ...] = ()
    contents: tuple[ItemCondition, ...] = ()

    def accepts_topic(self, topic: Topic) -> bool:
        """Say whether messages of this topic may pass at all."""
        return all(any(pattern.matches(topic) for pattern in patterns) for patterns in self.topics)

    def accepts(self, topic: Topic, items: Sequence[SimpleItem]) -> bool:
        """Say whether a message with these items passes."""
        return self.accepts_topic(topic) and all(condition(items) for condition in self.contents)


def parse_filter(source: etree._Element | None, *, offered: Iterable[Topic], utc: datetime) -> EventFilter:
    """Return the filter of a subscription request.

    Args:
        source: the `Filter` element; absent means everything.
        offered: the topics that a client may ask for.
        utc: now, for the time stamp of a fault.

    Raises:
        EventFault: with the fault element that WS-BaseNotification names for what is wrong.
    """
    topics: list[tuple[TopicPattern, ...]] = []
    contents: list[ItemFilter] = []
    for position, child in enumerate(() if source is None else source):
        if position < MAX_FILTERS and child.tag == f"{{{WSNT}}}TopicExpression":
            topics.append(_topic_filter(child, utc=utc))
        elif position < MAX_FILTERS and child.tag == f"{{{WSNT}}}MessageContent":
            contents.append(_content_filter(child, utc=utc))
        else:
            raise unknown_filter(str(child.tag), utc=utc)
    parsed = EventFilter(tuple(topics), tuple(each.condition for each in contents))
    passing = [topic for topic in offered if parsed.accepts_topic(topic)]
    if not passing:
        raise base_fault("TopicNotSupportedFault", "This device has no topic that passes the filter", utc=utc)
    # A name that no message has: its author is told now, instead of never hearing of anything.
    known = {name for topic in passing for name in _item_names(topic)}
    if any(each.wanted_names and known.isdisjoint(each.wanted_names) for each in contents):
        reason = "No message of this device has an item of the name that the filter wants"
        raise base_fault("InvalidMessageContentExpressionFault", reason, utc=utc)
    return parsed


def parse_topic_expression(
    expression: str, *, prefixes: Mapping[str | None, str], is_set: bool
) -> tuple[TopicPattern, ...]:
    """Return the alternatives of a topic expression; one in a foreign namespace is well-formed but matches nothing.

    Args:
        expression: `tns1:VideoSource/MotionAlarm`, in a set also `tns1:A//.|tns1:B`.
        prefixes: namespaces by prefix where the expression stands.
        is_set: the dialect is ConcreteSet, not Concrete.

    Raises:
        WireError: it is not an expression of that dialect.
    """
    if len(expression) > MAX_EXPRESSION_CHARS:
        raise WireError(f"topic expression longer than {MAX_EXPRESSION_CHARS} characters")
    alternatives = expression.split("|") if is_set else [expression]
    return tuple(_topic_path(alternative.strip(), prefixes, is_set=is_set) for alternative in alternatives)


def _topic_filter(child: etree._Element, *, utc: datetime) -> tuple[TopicPattern, ...]:
    dialect = child.get("Dialect", "").strip()
    if dialect not in (CONCRETE_DIALECT, CONCRETE_SET_DIALECT):
        raise base_fault(
            "TopicExpressionDialectUnknownFault", "Topic expressions may be Concrete or ConcreteSet", utc=utc
        )
    try:
        return parse_topic_expression(child.text or "", prefixes=child.nsmap, is_set=dialect == CONCRETE_SET_DIALECT)
    except WireError as error:
        raise base_fault("InvalidTopicExpressionFault", error.detail, utc=utc) from error


def _content_filter(child: etree._Element, *, utc: datetime) -> ItemFilter:
    fault = "InvalidMessageContentExpressionFault"
    if child.get("Dialect", "").strip() != ITEM_FILTER_DIALECT:
        raise base_fault(fault, "Message content filters must be of the ItemFilter dialect", utc=utc)
    try:
        return ItemFilter(child.text or "")
    except WireError as error:
        raise base_fault(fault, error.detail, utc=utc) from error


def _topic_path(path: str, prefixes: Mapping[str | None, str], *, is_set: bool) -> TopicPattern:
    steps = path.removesuffix("//.") if is_set else path
    root, *below = steps.split("/")
    if _namespace_and_name(root, prefixes)[0] != TNS1:
        # The empty path with no sub-tree is no topic's.
        return TopicPattern((), subtree=False)
    names = (_namespace_and_name(step, prefixes)[1] for step in (root, *below))
    return TopicPattern(tuple(names), subtree=steps != path)


def _namespace_and_name(step: str, prefixes: Mapping[str | None, str]) -> tuple[str | None, str]:
    prefix, colon, name = step.rpartition(":")
    if not _NAME.fullmatch(name) or (colon and not _NAME.fullmatch(prefix)):
        raise WireError("topic expression with a step that is not a name")
    if colon and prefix not in prefixes:
        raise WireError("topic expression with a prefix that is not declared")
    return (prefixes[prefix] if colon else None), name


def _item_names(topic: Topic) -> Iterable[str]:
    """Return the names of all items in messages of a topic."""
    yield from (item.name for item in topic.source)
    if topic.data is not None:
        yield topic.data.name


class ItemFilter:
    """What an ItemFilter expression says, by recursive descent over its grammar.

    expression = terms of `boolean(//tt:SimpleItem[test])`; test = terms of `@Name="x"` or `@Value="y"`; both are
    combined with `or`, `and` (which binds tighter), `not(...)` and parentheses.

    Attributes:
        condition: what the expression demands of the items of a message.
        wanted_names: the names of items that it compares with, other than under a `not`.

    Raises:
        WireError: it is not an expression of that dialect, or too long or too deeply nested.
    """

    def __init__(self, expression: str) -> None:
        if len(expression) > MAX_EXPRESSION_CHARS:
            raise WireError(f"item filter longer than {MAX_EXPRESSION_CHARS} characters")
        self._tokens = list(_tokens(expression))
        self._at = 0
        self._nesting = 0
        self._negations = 0
        self.wanted_names: set[str] = set()
        self.condition: ItemCondition = self._any_of(self._boolean)
        if self._at < len(self._tokens):
            raise WireError("item filter goes on after its end")

    def _any_of(self, term: Callable[[], _Test[_S]]) -> _Test[_S]:
        tests = [self._all_of(term)]
        while self._take("or"):
            tests.append(self._all_of(term))
        return lambda subject: any(test(subject) for test in tests)

    def _all_of(self, term: Callable[[], _Test[_S]]) -> _Test[_S]:
        tests = [self._operand(term)]
        while self._take("and"):
            tests.append(self._operand(term))
        return lambda subject: all(test(subject) for test in tests)

    def _operand(self, term: Callable[[], _Test[_S]]) -> _Test[_S]:
        negated = self._take("not")
        if not negated and self._peek() != "(":
            return term()
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise WireError(f"item filter nested deeper than {MAX_NESTING}")
        self._negations += negated
        self._expect("(")
        inner = self._any_of(term)
        self._expect(")")
        self._nesting -= 1
        self._negations -= negated
        return (lambda subject: not inner(subject)) if negated else inner

    def _boolean(self) -> ItemCondition:
        for token in ("boolean", "("):
            self._expect(token)
        path = self._next()
        if not path.startswith("//"):
            raise WireError("item filter without an item path")
        self._expect("[")
        test = self._any_of(self._comparison)
        for token in ("]", ")"):
            self._expect(token)
        if path.endswith("ElementItem"):
            # No message of the bridge has one.
            return lambda _items: False
        return lambda items: any(test(item) for item in items)

    def _comparison(self) -> _Test[SimpleItem]:
        attribute = self._next()
        if not attribute.startswith("@"):
            raise WireError("item filter compares something that is not an attribute")
        self._expect("=")
        literal = self._next()
        if literal[:1] not in ("'", '"'):
            raise WireError("item filter compares with something that is not a string")
        wanted = literal[1:-1]
        if attribute == "@Name":
            if not self._negations:
                self.wanted_names.add(wanted)
            return lambda item: item.name == wanted
        return lambda item: item.value == wanted

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, token: str) -> bool:
        taken = self._peek() == token
        self._at += taken
        return taken

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise WireError(f"item filter without the expected '{token}'")


def _tokens(expression: str) -> Iterable[str]:
    position = 0
    end = len(expression.rstrip())
    while position < end:
        match = _TOKEN.match(expression, position, end)
        if match is None:
            raise WireError("item filter with a token that is not of the grammar", offset=position)
        yield match[match.lastgroup or 0]
        position = match.end()
