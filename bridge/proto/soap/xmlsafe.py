"""The only XML parser of the project, and the only serialiser of messages.

What arrives here was sent by anybody who reaches the port, before any credentials were looked at. So there is no
document type and no entity of its own, nothing is fetched, and size and nesting are capped. What leaves is one line
of UTF-8: some clients read answers with regular expressions that do not cross lines.
"""

from __future__ import annotations

from lxml import etree

from bridge.core.errors import WireError

LIMIT_BYTES = 256 * 1024
"""The longest document taken when the caller names no limit: ONVIF requests have a few kilobytes, and rules with long
lists of polygon points, the largest there are, some tens."""

MAX_DEPTH = 64
"""The deepest nesting taken: far more than any envelope with a request of the schema needs."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'

_PARSER = etree.XMLParser(
    resolve_entities=False,
    load_dtd=False,
    dtd_validation=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)

_is_too_deep = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


def parse(data: bytes, *, limit_bytes: int = LIMIT_BYTES) -> etree._Element:
    """Return the root element of a document; comments and processing instructions are gone.

    Raises:
        WireError: too long, not well-formed, with a document type, or nested too deeply.
    """
    if len(data) > limit_bytes:
        raise WireError(f"XML document of {len(data)} bytes is longer than {limit_bytes}", offset=limit_bytes)
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise WireError(f"XML is not well-formed at line {line}, column {column}") from error
    # libxml2 goes on after a prefix that is not declared, and lxml only looks at how bad the last thing was: a mere
    # warning after it, as for a namespace that is no absolute URI, and a name with a colon would be let in.
    for problem in _PARSER.error_log:
        if problem.level >= etree.ErrorLevels.ERROR:
            raise WireError(f"XML is not well-formed at line {problem.line}, column {problem.column}")
    if root.getroottree().docinfo.internalDTD is not None:
        raise WireError("XML with a document type is refused")
    # Each level but the innermost takes two tags.
    if data.count(b"<") > 2 * MAX_DEPTH and _is_too_deep(root):
        raise WireError(f"XML is nested deeper than {MAX_DEPTH} levels")
    return root


def serialize(element: etree._Element) -> bytes:
    """Return a document with `element` as its root: declaration first, UTF-8, no line break that is not content."""
    return _DECLARATION + etree.tostring(element, encoding="utf-8", xml_declaration=False, with_tail=False)
