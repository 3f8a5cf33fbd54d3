"""Makes wrong requests of right ones: bytes, pieces, values, names, namespaces, encodings and HTTP credentials.

The same seed number makes the same requests. Names come from a pool of limited size: libxml2 keeps every name that it
ever saw, which is known, and would hide other growth.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from tests.slow.corpus import PROOF, Seed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

MOST_BYTES = 200_000
HOW_MANY_CHANGES = (1, 1, 1, 2, 2, 3)
LOOK_AT_BYTES = 20_000
"""Places are looked for in so much of a request: in the longest ones there are enough at the beginning."""

UNCHANGED = 0.15
TO_BYTES = 0.15
"""How often a change is one to bytes, which hardly ever leaves a document; the others leave one most of the time."""

LONG = 0.002

_NAME = re.compile(rb"<(?:\w+:)?([\w.-]+)")
_TEXT = re.compile(rb">([^<>]*)</")
_ATTRIBUTE = re.compile(rb"=[\"']([^\"'<>]*)[\"']")
_NAMESPACE = re.compile(rb"xmlns(?::\w+)?=[\"']([^\"'<>]*)[\"']")
"""Places in a request; what can be exchanged is the group."""

VALUES = (
    *(b"", b" ", b"\n", b"-1", b"0", b"1", b"1.5", b"1e999", b"NaN", b"INF", b"true", b"maybe", b"9" * 40, b"0x10"),
    *(b"PT0.01S", b"PT-1S", b"P1Y", b"PT" + b"9" * 30 + b"S", b"2030-02-30T25:61:61Z", b"2030-01-01T00:00:00Z"),
    *(b"Profile_main", b"VideoSource_0", b"VideoEncoder_main", b"PTZ_0", b"Relay_1", b"Metadata_0", b"admin"),
    *(b"http://127.0.0.1:9/", b"urn:uuid:1", b"../../etc/passwd", b"&lt;a&gt;", b"&amp;", b"&#0;", b"&a;", b"%00%n"),
    *(
        b"tns1:VideoSource//.",
        b"tns1:RuleEngine|tns1:Device",
        b"boolean(//a)",
        b"\xc3\xa9" * 30,
        b"\xff\xfe",
        b"x" * 3000,
    ),
)
ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "utf-7", "latin-1")
DECLARED = (b"UTF-16", b"ISO-8859-1", b"US-ASCII", b"utf8", b"EBCDIC-9", b"")
CONTENT_TYPES = ("text/xml", "application/soap+xml", "application/soap+xml; charset=utf-16", "text/html", "x", "")


class Mutator:
    """An endless source of requests.

    Args:
        usual: the seeds that most requests are made of.
        long: those that are sent now and then.
        random: decides everything.
    """

    def __init__(self, usual: Sequence[Seed], long: Sequence[Seed], random: Random) -> None:
        self._usual, self._long, self._random = usual, long, random
        known = {tag for seed in usual for tag in _NAME.findall(seed.body)}
        strange = {b"n" + bytes(random.choices(b"abcXYZ019_.-", k=random.randint(0, 40))) for _ in range(64)}
        self._names = sorted(known | strange)
        self._uris = sorted({uri for seed in usual for uri in _NAMESPACE.findall(seed.body)})
        self._to_bytes: tuple[Callable[[bytes], bytes], ...] = (
            *(self._flip, self._cut, self._cut_off, self._repeat, self._splice, self._insert),
        )
        self._to_parts: tuple[Callable[[bytes], bytes], ...] = (
            *(self._text, self._text, self._attribute, self._rename, self._namespace, self._encode),
            *(self._drop, self._double, self._graft),
        )

    def make(self) -> Seed:
        """Return the next request."""
        random = self._random
        seed = random.choice(self._long if random.random() < LONG else self._usual)
        body = seed.body
        if random.random() >= UNCHANGED:
            for _ in range(random.choice(HOW_MANY_CHANGES)):
                body = random.choice(self._to_bytes if random.random() < TO_BYTES else self._to_parts)(body)
        kind = random.choice(CONTENT_TYPES) if random.random() < 0.02 else seed.content_type
        return Seed(seed.path, body[:MOST_BYTES], kind)

    def chance(self) -> float:
        """Return a number from 0 to 1, for what else is to be decided by the same seed number."""
        return self._random.random()

    def spoil(self, credentials: str) -> str:
        """Return HTTP credentials with something wrong in them; they still fit on a line."""
        spoilt = self._random.choice(
            (self._flip, self._cut, self._cut_off, self._repeat, self._insert, self._attribute)
        )
        return re.sub(r"[\r\n\0]", "", spoilt(credentials.encode()).decode("latin-1"))

    def _piece(self, body: bytes, most: int = 200) -> tuple[int, int]:
        begin = self._random.randint(0, len(body))
        return begin, min(len(body), begin + self._random.randint(1, most))

    def _flip(self, body: bytes) -> bytes:
        changed = bytearray(body)
        for _ in range(self._random.randint(1, 4) if body else 0):
            changed[self._random.randrange(len(changed))] ^= 1 << self._random.randrange(8)
        return bytes(changed)

    def _cut(self, body: bytes) -> bytes:
        begin, end = self._piece(body)
        return body[:begin] + body[end:]

    def _cut_off(self, body: bytes) -> bytes:
        return body[: self._random.randint(0, len(body))]

    def _repeat(self, body: bytes) -> bytes:
        begin, end = self._piece(body)
        return body[:end] + body[begin:end] * self._random.choice((1, 2, 30)) + body[end:]

    def _splice(self, body: bytes) -> bytes:
        other = self._random.choice(self._usual).body
        begin, end = self._piece(other, 600)
        here = self._random.randint(0, len(body))
        return body[:here] + other[begin:end] + body[here:]

    def _insert(self, body: bytes) -> bytes:
        here = self._random.randint(0, len(body))
        return body[:here] + self._random.choice(VALUES) + body[here:]

    def _text(self, body: bytes) -> bytes:
        return self._exchange(_TEXT, body, VALUES)

    def _attribute(self, body: bytes) -> bytes:
        return self._exchange(_ATTRIBUTE, body, VALUES)

    def _rename(self, body: bytes) -> bytes:
        """Give all elements of one name another one; prefixes stay."""
        names = _NAME.findall(body[:LOOK_AT_BYTES])
        if not names:
            return body
        old, new = self._random.choice(names), self._random.choice(self._names)
        return re.sub(rb"(</?(?:\w+:)?)" + re.escape(old) + rb"(?=[ />])", lambda found: found[1] + new, body)

    def _drop(self, body: bytes) -> bytes:
        return self._changed(body, lambda parent, child: parent.remove(child))

    def _double(self, body: bytes) -> bytes:
        times = self._random.choice((1, 2, 50))
        return self._changed(body, lambda parent, child: parent.extend(deepcopy(child) for _ in range(times)))

    def _graft(self, body: bytes) -> bytes:
        """Put an element of another request in the place of one, or into it."""
        other = _parsed(self._random.choice(self._usual).body)
        if other is None:
            return body
        graft = self._random.choice(list(other.iter(etree.Element)))
        if self._random.random() < 0.5:
            return self._changed(body, lambda _, child: child.append(graft))
        return self._changed(body, lambda parent, child: parent.replace(child, graft))

    def _changed(self, body: bytes, change: Callable[[etree._Element, etree._Element], None]) -> bytes:
        """Do something to a parent and its child, if the request is a document with such."""
        root = _parsed(body)
        if root is None:
            return body
        pairs = [(parent, child) for parent in root.iter(etree.Element) for child in parent.iterchildren(etree.Element)]
        if pairs:
            change(*self._random.choice(pairs))
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _namespace(self, body: bytes) -> bytes:
        return self._exchange(_NAMESPACE, body, self._uris)

    def _exchange(self, what: re.Pattern[bytes], body: bytes, others: Sequence[bytes]) -> bytes:
        """Put something else in one of the places that are found."""
        places = [match.span(1) for match in what.finditer(body[:LOOK_AT_BYTES])]
        if not places:
            return body
        begin, end = self._random.choice(places)
        return body[:begin] + self._random.choice(others) + body[end:]

    def _encode(self, body: bytes) -> bytes:
        if self._random.random() < 0.5:
            return body.replace(b"UTF-8", self._random.choice(DECLARED), 1)
        encoding = self._random.choice(ENCODINGS)
        return body.decode("utf-8", errors="replace").encode(encoding, errors="replace")


def _parsed(body: bytes) -> etree._Element | None:
    """Return a request's root, None if it is no document or a very long one."""
    if len(body) > LOOK_AT_BYTES:
        return None
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def with_proof(body: bytes, proof: str) -> bytes:
    """Put a proof where it belongs, if that place is still there."""
    return body.replace(PROOF, proof.encode(), 1)
