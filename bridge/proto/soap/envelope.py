"""SOAP 1.2 envelopes (part 1, section 5) with the WS-Addressing headers that ONVIF's event service lives on.

Reading takes an envelope apart into its headers, the untouched wsse:Security block and the first element of the
Body, which alone decides the operation. Writing always gives SOAP 1.2, with the project's own prefixes. Who may ask
what, and how errors become faults, is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.soap import xmlsafe
from bridge.proto.soap.namespaces import ENV, PREFIXES, WSA, WSA_2004, WSSE

ROLES_PLAYED = frozenset({f"{ENV}/role/next", f"{ENV}/role/ultimateReceiver", ""})

_ENVELOPE = f"{{{ENV}}}Envelope"
_HEADER = f"{{{ENV}}}Header"
_BODY = f"{{{ENV}}}Body"
_MUST_UNDERSTAND = f"{{{ENV}}}mustUnderstand"
_ROLE = f"{{{ENV}}}role"
_SECURITY = f"{{{WSSE}}}Security"
_IS_REFERENCE_PARAMETER = f"{{{WSA}}}IsReferenceParameter"
_TRUE = frozenset({"true", "1"})

_NAMED_IN_VALUES = ("tt", "ter", "tns1", "xs", "axt")
"""Prefixes that stay declared even if no element uses them: topics, fault codes, types of items are names in text."""


class VersionMismatch(WireError):
    """The message is an envelope, but not of SOAP 1.2."""


@dataclass(frozen=True, slots=True)
class MessageHeaders:
    """What the WS-Addressing headers of a request said; None where there was no such header.

    `reference_parameters` are the header blocks that came out of an endpoint reference which we gave away.
    """

    action: str | None = None
    message_id: str | None = None
    to: str | None = None
    reply_to: str | None = None
    reference_parameters: tuple[etree._Element, ...] = field(default=())


_NO_HEADERS = MessageHeaders()


@dataclass(slots=True)
class Envelope:
    """A request, taken apart.

    Args:
        headers: WS-Addressing.
        security: the wsse:Security block, or None.
        not_understood: qualified names of the header blocks that demand to be understood, and are not.
        body: the first element inside the Body.
    """

    headers: MessageHeaders
    security: etree._Element | None
    not_understood: tuple[str, ...]
    body: etree._Element


def read_envelope(data: bytes, *, limit_bytes: int = xmlsafe.LIMIT_BYTES) -> Envelope:
    """Take a request apart.

    Raises:
        VersionMismatch: an Envelope of another SOAP version.
        WireError: not XML, not an envelope, or without a Body that has an element.
    """
    root = xmlsafe.parse(data, limit_bytes=limit_bytes)
    if root.tag != _ENVELOPE:
        if etree.QName(root).localname == "Envelope":
            raise VersionMismatch("the envelope is not of SOAP 1.2")
        raise WireError("the message is not a SOAP envelope")
    parts = {part.tag: part for part in reversed(root)}
    body = parts.get(_BODY)
    if body is None or len(body) == 0:
        raise WireError("the envelope has no Body with an element in it")
    blocks = list(parts.get(_HEADER, ()))
    security = next((block for block in blocks if block.tag == _SECURITY), None) if blocks else None
    others = [block for block in blocks if block is not security]
    return Envelope(
        headers=_addressing(others) if others else _NO_HEADERS,
        security=security,
        not_understood=tuple(str(block.tag) for block in others if _must_be_understood(block) and not _is_known(block)),
        body=body[0],
    )


def new_envelope(*, action: str | None = None, relates_to: str | None = None) -> tuple[etree._Element, etree._Element]:
    """Return an empty answer and its Body, to be filled and handed to `render`.

    Args:
        action: the wsa:Action to carry, if any.
        relates_to: the MessageID of the request, if it had one.
    """
    envelope = etree.Element(_ENVELOPE, nsmap=PREFIXES)
    if action is not None or relates_to is not None:
        header = etree.SubElement(envelope, _HEADER)
        for name, value in (("Action", action), ("RelatesTo", relates_to)):
            if value is not None:
                etree.SubElement(header, f"{{{WSA}}}{name}").text = value
    return envelope, etree.SubElement(envelope, _BODY)


def render(envelope: etree._Element) -> bytes:
    """Return the bytes of an envelope that `new_envelope` made; our own prefixes that are not needed are dropped.

    Others were declared by somebody whose text may be made of them, such as the filter of an event subscription.
    """
    others = {
        prefix
        for _, (prefix, uri) in etree.iterwalk(envelope, events=("start-ns",))
        if prefix and PREFIXES.get(prefix) != uri
    }
    etree.cleanup_namespaces(envelope, keep_ns_prefixes=[*_NAMED_IN_VALUES, *others])
    return xmlsafe.serialize(envelope)


def _addressing(blocks: list[etree._Element]) -> MessageHeaders:
    texts = {str(block.tag): (block.text or "").strip() for block in blocks}
    reply_to = next((block.find(f"{{{WSA}}}Address") for block in blocks if block.tag == f"{{{WSA}}}ReplyTo"), None)
    return MessageHeaders(
        action=texts.get(f"{{{WSA}}}Action"),
        message_id=texts.get(f"{{{WSA}}}MessageID"),
        to=texts.get(f"{{{WSA}}}To"),
        reply_to=None if reply_to is None else (reply_to.text or "").strip(),
        reference_parameters=tuple(block for block in blocks if _is_reference_parameter(block)),
    )


def _must_be_understood(block: etree._Element) -> bool:
    return block.get(_MUST_UNDERSTAND, "").strip() in _TRUE and block.get(_ROLE, "").strip() in ROLES_PLAYED


def _is_known(block: etree._Element) -> bool:
    namespace = etree.QName(block).namespace
    return block.tag == _SECURITY or namespace in (WSA, WSA_2004) or _is_reference_parameter(block)


def _is_reference_parameter(block: etree._Element) -> bool:
    return block.get(_IS_REFERENCE_PARAMETER, "").strip() in _TRUE
