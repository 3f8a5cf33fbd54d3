"""One message in the five spellings of the official namespace cases: where its namespaces are declared, and how.

A namespace declaration changes nothing that a message says. A template is written with any prefixes; a QName in the
text of an element stands there in James Clark's notation, `{namespace}local`.
"""

from __future__ import annotations

from enum import Enum
from itertools import count
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator


class Spelling(Enum):
    """How namespaces are declared."""

    EACH_TAG = "a default namespace in each tag"
    PARENT_TAG = "a default namespace where it differs from the parent's"
    ODD_PREFIXES = "prefixes that nobody else uses, all declared at the top"
    MANY_PREFIXES = "another prefix in every tag"
    ONE_PREFIX = "the same prefix for every namespace"


def spelled(template: str, spelling: Spelling) -> str:
    """Return a message in a spelling."""
    root = etree.fromstring(template.encode())
    uris = {etree.QName(each).namespace or "" for each in root.iter(etree.Element)}
    uris.update(namespace for each in root.iter(etree.Element) for namespace, _ in _names_in(each))
    prefixes = {uri: f"prefix{number}" for number, uri in enumerate(sorted(uris), 1)}
    return f'<?xml version="1.0" encoding="UTF-8"?>{_Speller(spelling, prefixes).write(root, None)}'


class _Speller:
    def __init__(self, spelling: Spelling, prefixes: dict[str, str]) -> None:
        self._spelling = spelling
        self._prefixes = prefixes
        self._numbers = count(1)

    def write(self, element: etree._Element, parent_uri: str | None) -> str:
        """Return an element with everything in it; `parent_uri` is None for the outermost."""
        name = etree.QName(element)
        uri = name.namespace or ""
        prefix, declared = self._prefix(uri, parent_uri)
        text = element.text or ""
        for namespace, local in _names_in(element):
            if self._spelling is Spelling.ODD_PREFIXES:
                known = self._prefixes[namespace]
            else:
                known = "dn"
                declared = {**declared, known: namespace}
            text = text.replace(f"{{{namespace}}}{local}", f"{known}:{local}")
        tag = f"{prefix}:{name.localname}" if prefix else name.localname
        attributes = [f" {key!s}={quoteattr(str(value))}" for key, value in element.items()]
        attributes += [f" xmlns{':' if key else ''}{key}={quoteattr(value)}" for key, value in declared.items()]
        content = escape(text) + "".join(self.write(child, uri) for child in element)
        return f"<{tag}{''.join(attributes)}>{content}</{tag}>"

    def _prefix(self, uri: str, parent_uri: str | None) -> tuple[str, dict[str, str]]:
        """Return the prefix of an element, and what it declares."""
        is_new = uri != parent_uri
        match self._spelling:
            case Spelling.EACH_TAG:
                return "", {"": uri}
            case Spelling.PARENT_TAG:
                return "", {"": uri} if is_new else {}
            case Spelling.ODD_PREFIXES:
                at_the_top = {prefix: each for each, prefix in self._prefixes.items()} if parent_uri is None else {}
                return self._prefixes[uri], at_the_top
            case Spelling.MANY_PREFIXES:
                own = f"p{next(self._numbers)}"
                return own, {own: uri}
            case Spelling.ONE_PREFIX:
                return "p1", {"p1": uri} if is_new else {}


def _names_in(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Return namespace and local part of every QName in an element's text."""
    for word in (element.text or "").split():
        if word.startswith("{"):
            namespace, _, local = word[1:].partition("}")
            yield namespace, local
