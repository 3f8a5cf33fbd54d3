"""SOAP envelopes in and out."""

import pytest
from lxml import etree

from bridge.core.errors import ClientFault, WireError
from bridge.proto.soap import faults
from bridge.proto.soap.envelope import VersionMismatch, new_envelope, read_envelope, render
from bridge.proto.soap.namespaces import ENV, TDS, TER, TT, WSA, WSSE


def envelope(header: str = "", body: str = "<x/>", namespace: str = ENV) -> bytes:
    return f'<e:Envelope xmlns:e="{namespace}">{header}<e:Body>{body}</e:Body></e:Envelope>'.encode()


def test_the_first_element_of_the_body_is_the_request():
    read = read_envelope(envelope(body=f'\n <GetServices xmlns="{TDS}"/><Another/>'))
    assert read.body.tag == f"{{{TDS}}}GetServices"
    assert (read.security, read.not_understood, read.headers.message_id) == (None, (), None)


@pytest.mark.parametrize(
    "data",
    [b"<x/>", b"nothing", f'<Envelope xmlns="{ENV}"/>'.encode(), envelope(body=""), envelope(body="text")],
)
def test_what_is_no_request_is_a_wire_error(data):
    with pytest.raises(WireError):
        read_envelope(data)


def test_another_soap_version_is_told_apart():
    with pytest.raises(VersionMismatch):
        read_envelope(envelope(namespace="http://schemas.xmlsoap.org/soap/envelope/"))


def test_addressing_headers_are_read():
    read = read_envelope(
        envelope(
            f'<e:Header xmlns:a="{WSA}" xmlns:s="{WSSE}"><a:Action> urn:act </a:Action><a:MessageID>urn:1</a:MessageID>'
            "<a:To>http://there</a:To><a:ReplyTo><a:Address>http://back</a:Address></a:ReplyTo><s:Security/>"
            '<Id a:IsReferenceParameter="true">7</Id></e:Header>'
        )
    )
    headers = read.headers
    assert (headers.action, headers.message_id, headers.to) == ("urn:act", "urn:1", "http://there")
    assert headers.reply_to == "http://back"
    assert [each.text for each in headers.reference_parameters] == ["7"]
    assert read.security is not None


@pytest.mark.parametrize("flag", ["1", "true", " true "])
def test_headers_of_security_and_addressing_may_demand_to_be_understood(flag):
    must = f'xmlns:e="{ENV}" e:mustUnderstand="{flag}"'
    read = read_envelope(
        envelope(
            f'<e:Header xmlns:a="{WSA}" xmlns:s="{WSSE}"><s:Security {must}/><a:Action {must}>x</a:Action>'
            f'<a:To {must}>x</a:To><a:ReplyTo {must}/><Id a:IsReferenceParameter="1" {must}>7</Id></e:Header>'
        )
    )
    assert read.not_understood == ()


def test_a_strange_header_that_demands_to_be_understood_is_named():
    read = read_envelope(
        envelope('<e:Header><Odd xmlns="urn:odd" e:mustUnderstand="1"/><Even e:mustUnderstand="0"/></e:Header>')
    )
    assert read.not_understood == ("{urn:odd}Odd",)


def test_a_header_for_somebody_else_is_not_our_business():
    read = read_envelope(
        envelope('<e:Header><Odd e:mustUnderstand="1" e:role="http://example.org/next-hop"/></e:Header>')
    )
    assert read.not_understood == ()


def test_an_answer_declares_its_prefixes_once_and_drops_the_others():
    message, body = new_envelope()
    etree.SubElement(body, f"{{{TDS}}}GetServicesResponse")
    data = render(message)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:')
    assert b"<env:Body><tds:GetServicesResponse/></env:Body>" in data
    assert data.count(f'"{TDS}"'.encode()) == 1
    assert b"wsnt" not in data
    assert b"\n" not in data
    for prefix in (b"tt", b"ter", b"tns1", b"xs"):
        assert b"xmlns:" + prefix + b"=" in data, "names in text need their prefix"


def test_prefixes_that_somebody_else_has_declared_stay_for_the_sake_of_text():
    message, body = new_envelope()
    inner = etree.SubElement(body, f"{{{TDS}}}Filter", nsmap={"x": TT, "wsnt": "urn:other"})
    inner.text = "x:Topic | wsnt:Topic"
    read = read_envelope(render(message)).body
    assert (read.nsmap["x"], read.nsmap["wsnt"], read.text) == (TT, "urn:other", inner.text)


def test_an_answer_can_carry_addressing_headers():
    message, _ = new_envelope(action="urn:response", relates_to="urn:1")
    header = message.find(f"{{{ENV}}}Header")
    assert header is not None
    assert [(each.tag, each.text) for each in header] == [
        (f"{{{WSA}}}Action", "urn:response"),
        (f"{{{WSA}}}RelatesTo", "urn:1"),
    ]


def test_a_fault_nests_its_subcodes():
    message, body = new_envelope()
    fault = faults.write_fault(body, ClientFault("Sender", ("InvalidArgVal", "NoProfile"), "No such thing"))
    data = render(message)
    assert (
        b"<env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>ter:InvalidArgVal</env:Value>"
        b"<env:Subcode><env:Value>ter:NoProfile</env:Value></env:Subcode></env:Subcode></env:Code>"
        b'<env:Reason><env:Text xml:lang="en">No such thing</env:Text></env:Reason>' in data
    )
    assert fault.nsmap["ter"] == TER
    assert fault.find(f"{{{ENV}}}Detail") is None


def test_a_fault_can_carry_an_element():
    class Detailed(ClientFault):
        detail = etree.Element(f"{{{TT}}}More")

    _, body = new_envelope()
    fault = faults.write_fault(body, Detailed("Receiver", ("Action",), "With more"))
    assert fault.find(f"{{{ENV}}}Detail/{{{TT}}}More") is not None
    assert Detailed.detail.getparent() is None


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.unknown_action("X"), 400),
        (faults.action_not_supported("X"), 500),
        (faults.must_understand(("{u}X",)), 500),
        (faults.version_mismatch(), 500),
    ],
)
def test_the_status_follows_the_code(fault, status):
    assert faults.http_status(fault) == status
