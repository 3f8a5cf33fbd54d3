"""The asking side of WS-Discovery (April 2005, section 5): a Probe written, its answers read.

Answers come from other makers' devices, so they are read leniently: any version of WS-Addressing will do, and what is
missing is empty. What a device says of itself is not judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.soap import xmlsafe
from bridge.proto.soap.namespaces import DN, ENV, TDS, WSA_2004, WSD

if TYPE_CHECKING:
    from uuid import UUID

MOST_ANSWER_BYTES: Final = 64 * 1024
"""Anything that fits a datagram: devices with many scopes are within their rights."""

KINDS: Final = ("dn:NetworkVideoTransmitter", "tds:Device")
"""The types to ask for, each by itself: devices match a Probe only if they have all the types in it, and older ones
have the first alone."""

_EVERYBODY = "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
_NSMAP = {"env": ENV, "wsa": WSA_2004, "d": WSD, "tds": TDS, "dn": DN}


@dataclass(frozen=True, slots=True)
class ProbeMatch:
    """A device that has answered: its endpoint address, its scopes, and the addresses of its device service."""

    endpoint: str
    scopes: tuple[str, ...]
    xaddrs: tuple[str, ...]


def render_probe(message_id: UUID, kind: str) -> bytes:
    """Ask who is there of one of the `KINDS`."""
    envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap=_NSMAP)
    blocks = etree.SubElement(envelope, f"{{{ENV}}}Header")
    etree.SubElement(blocks, f"{{{WSA_2004}}}MessageID").text = f"urn:uuid:{message_id}"
    etree.SubElement(blocks, f"{{{WSA_2004}}}To").text = _EVERYBODY
    etree.SubElement(blocks, f"{{{WSA_2004}}}Action").text = f"{WSD}/Probe"
    probe = etree.SubElement(etree.SubElement(envelope, f"{{{ENV}}}Body"), f"{{{WSD}}}Probe")
    etree.SubElement(probe, f"{{{WSD}}}Types").text = kind
    return xmlsafe.serialize(envelope)


def parse_matches(datagram: bytes) -> tuple[ProbeMatch, ...]:
    """Read an answer to a Probe; nothing for other messages.

    Raises:
        WireError: not XML, or not SOAP 1.2.
    """
    root = xmlsafe.parse(datagram, limit_bytes=MOST_ANSWER_BYTES)
    if root.tag != f"{{{ENV}}}Envelope":
        raise WireError("the message is not a SOAP 1.2 envelope")
    matches = root.findall(f"{{{ENV}}}Body/{{{WSD}}}ProbeMatches/{{{WSD}}}ProbeMatch")
    return tuple(
        ProbeMatch(
            endpoint=" ".join(_words(match, "{*}EndpointReference/{*}Address")),
            scopes=_words(match, "{*}Scopes"),
            xaddrs=_words(match, "{*}XAddrs"),
        )
        for match in matches
    )


def _words(match: etree._Element, path: str) -> tuple[str, ...]:
    return tuple((match.findtext(path) or "").split())
