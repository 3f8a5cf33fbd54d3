"""WS-Discovery messages (April 2005, over WS-Addressing of August 2004): requests read, answers and news written.

Only what a target service needs. Messages of other targets, which arrive on the same multicast group all the time,
read as None. Any prefix and any place of a namespace declaration is accepted; what is written always looks the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.soap import xmlsafe
from bridge.proto.soap.namespaces import DN, ENV, TDS, WSA_2004, WSD
from bridge.proto.wsd.matching import RFC3986, RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUP = "239.255.255.250"
PORT = 3702

MAX_DATAGRAM_BYTES = 8 * 1024
"""Longest request taken: a Probe with a few scopes stays under 2 KiB."""

QName = tuple[str | None, str]
"""Namespace (None for none, or for a prefix that nobody declared) and local name."""

DEVICE_TYPES: tuple[QName, ...] = ((TDS, "Device"), (DN, "NetworkVideoTransmitter"))
"""The types of every ONVIF device, in the order in which they are announced."""

_ANONYMOUS = f"{WSA_2004}/role/anonymous"
_EVERYBODY = "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
_NSMAP = {"env": ENV, "wsa": WSA_2004, "d": WSD, "tds": TDS, "dn": DN}
_TYPES_TEXT = "tds:Device dn:NetworkVideoTransmitter"


@dataclass(frozen=True, slots=True)
class Probe:
    """Who is there? Empty `types` and `scopes` mean everybody; `match_by` is the URI of a scope matching rule."""

    message_id: str
    types: tuple[QName, ...] = ()
    scopes: tuple[str, ...] = ()
    match_by: str = RFC3986


@dataclass(frozen=True, slots=True)
class Resolve:
    """Where is the endpoint with this address?"""

    message_id: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Header:
    """What goes above every message: its own id, the answered one's, and its place in the order of all messages."""

    message_id: UUID
    instance_id: int
    message_number: int
    relates_to: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a message tells of one device."""

    uuid: UUID
    scopes: tuple[str, ...]
    xaddrs: str
    metadata_version: int


def parse(datagram: bytes) -> Probe | Resolve | None:
    """Read a request; None for messages that are none.

    Raises:
        WireError: not XML, not SOAP 1.2, or a request without what is needed to answer it.
    """
    root = xmlsafe.parse(datagram, limit_bytes=MAX_DATAGRAM_BYTES)
    if root.tag != f"{{{ENV}}}Envelope":
        raise WireError("the message is not a SOAP 1.2 envelope")
    body = root.find(f"{{{ENV}}}Body")
    request = None if body is None else next(iter(body), None)
    if request is None:
        raise WireError("the envelope has no Body with an element in it")
    if request.tag == f"{{{WSD}}}Probe":
        return _read_probe(request, _read_message_id(root))
    if request.tag == f"{{{WSD}}}Resolve":
        return Resolve(
            _read_message_id(root), _text(request.find(f"{{{WSA_2004}}}EndpointReference/{{{WSA_2004}}}Address"))
        )
    return None


def _read_message_id(envelope: etree._Element) -> str:
    message_id = _text(envelope.find(f"{{{ENV}}}Header/{{{WSA_2004}}}MessageID"))
    if not message_id:
        raise WireError("the request has no MessageID")
    return message_id


def _read_probe(request: etree._Element, message_id: str) -> Probe:
    types = request.find(f"{{{WSD}}}Types")
    scopes = request.find(f"{{{WSD}}}Scopes")
    return Probe(
        message_id,
        types=() if types is None else tuple(_qname(name, types) for name in _text(types).split()),
        scopes=tuple(_text(scopes).split()),
        match_by=RFC3986 if scopes is None else scopes.get("MatchBy", RFC3986).strip(),
    )


def _qname(name: str, scope: etree._Element) -> QName:
    prefix, _, local = name.rpartition(":")
    return scope.nsmap.get(prefix or None), local


def _text(element: etree._Element | None) -> str:
    return "" if element is None or element.text is None else element.text.strip()


def render_hello(header: Header, target: Target) -> bytes:
    """Announce a device to everybody."""
    envelope, body = _envelope("Hello", header, to=_EVERYBODY)
    _describe(etree.SubElement(body, f"{{{WSD}}}Hello"), target)
    return xmlsafe.serialize(envelope)


def render_bye(header: Header, uuid: UUID) -> bytes:
    """Tell everybody that a device goes."""
    envelope, body = _envelope("Bye", header, to=_EVERYBODY)
    _refer(etree.SubElement(body, f"{{{WSD}}}Bye"), uuid)
    return xmlsafe.serialize(envelope)


def render_probe_match(header: Header, target: Target) -> bytes:
    """Answer a Probe for one device."""
    return _render_match("Probe", header, target)


def render_resolve_match(header: Header, target: Target) -> bytes:
    """Answer a Resolve."""
    return _render_match("Resolve", header, target)


def render_matching_rule_fault(header: Header) -> bytes:
    """Answer a unicast Probe whose scope matching rule we do not know, naming those that we do."""
    envelope, body = _envelope("fault", header, to=_ANONYMOUS)
    fault = etree.SubElement(body, f"{{{ENV}}}Fault")
    code = etree.SubElement(fault, f"{{{ENV}}}Code")
    etree.SubElement(code, f"{{{ENV}}}Value").text = "env:Sender"
    subcode = etree.SubElement(code, f"{{{ENV}}}Subcode")
    etree.SubElement(subcode, f"{{{ENV}}}Value").text = "d:MatchingRuleNotSupported"
    reason = etree.SubElement(etree.SubElement(fault, f"{{{ENV}}}Reason"), f"{{{ENV}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    reason.text = "the matching rule specified is not supported"
    detail = etree.SubElement(fault, f"{{{ENV}}}Detail")
    etree.SubElement(detail, f"{{{WSD}}}SupportedMatchingRules").text = " ".join(RULES)
    return xmlsafe.serialize(envelope)


def _render_match(question: str, header: Header, target: Target) -> bytes:
    envelope, body = _envelope(f"{question}Matches", header, to=_ANONYMOUS)
    matches = etree.SubElement(body, f"{{{WSD}}}{question}Matches")
    _describe(etree.SubElement(matches, f"{{{WSD}}}{question}Match"), target)
    return xmlsafe.serialize(envelope)


def _envelope(action: str, header: Header, *, to: str) -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap=_NSMAP)
    blocks = etree.SubElement(envelope, f"{{{ENV}}}Header")
    etree.SubElement(blocks, f"{{{WSA_2004}}}MessageID").text = f"urn:uuid:{header.message_id}"
    if header.relates_to is not None:
        etree.SubElement(blocks, f"{{{WSA_2004}}}RelatesTo").text = header.relates_to
    etree.SubElement(blocks, f"{{{WSA_2004}}}To").text = to
    etree.SubElement(blocks, f"{{{WSA_2004}}}Action").text = f"{WSD}/{action}"
    sequence = etree.SubElement(blocks, f"{{{WSD}}}AppSequence")
    sequence.set("InstanceId", str(header.instance_id))
    sequence.set("MessageNumber", str(header.message_number))
    return envelope, etree.SubElement(envelope, f"{{{ENV}}}Body")


def _describe(element: etree._Element, target: Target) -> None:
    _refer(element, target.uuid)
    _add_texts(
        element,
        (
            ("Types", _TYPES_TEXT),
            ("Scopes", " ".join(target.scopes)),
            ("XAddrs", target.xaddrs),
            ("MetadataVersion", str(target.metadata_version)),
        ),
    )


def _refer(element: etree._Element, uuid: UUID) -> None:
    reference = etree.SubElement(element, f"{{{WSA_2004}}}EndpointReference")
    etree.SubElement(reference, f"{{{WSA_2004}}}Address").text = f"urn:uuid:{uuid}"


def _add_texts(element: etree._Element, texts: Iterable[tuple[str, str]]) -> None:
    for name, value in texts:
        etree.SubElement(element, f"{{{WSD}}}{name}").text = value
