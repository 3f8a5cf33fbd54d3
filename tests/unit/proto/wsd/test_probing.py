"""The asking side of WS-Discovery."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.soap.namespaces import DN, ENV, TDS, WSD
from bridge.proto.wsd import message
from bridge.proto.wsd.probing import KINDS, ProbeMatch, parse_matches, render_probe

ID = UUID("7d9f3f0a-8d1c-4d35-9a43-0f6b2a3c4d5e")
SCOPES = ("onvif://www.onvif.org/name/Door", "onvif://www.onvif.org/hardware/X1")
ADDRESSES = "http://192.0.2.7/onvif/device_service http://[fe80::7]/onvif/device_service"


def envelope(body: str, *, addressing: str = "http://schemas.xmlsoap.org/ws/2004/08/addressing") -> bytes:
    names = f'xmlns:s="{ENV}" xmlns:a="{addressing}" xmlns:w="{WSD}"'
    return f"<s:Envelope {names}><s:Body>{body}</s:Body></s:Envelope>".encode()


def match(*parts: str) -> str:
    return f"<w:ProbeMatch>{''.join(parts)}</w:ProbeMatch>"


def test_our_own_target_understands_the_question() -> None:
    asked = [message.parse(render_probe(ID, kind)) for kind in KINDS]
    assert asked == [
        message.Probe(f"urn:uuid:{ID}", types=((namespace, name),))
        for namespace, name in ((DN, "NetworkVideoTransmitter"), (TDS, "Device"))
    ]


def test_an_answer_tells_who_and_where_a_device_is() -> None:
    answer = message.render_probe_match(
        message.Header(ID, 1, 1, f"urn:uuid:{ID}"), message.Target(ID, SCOPES, ADDRESSES, 1)
    )
    assert parse_matches(answer) == (ProbeMatch(f"urn:uuid:{ID}", SCOPES, tuple(ADDRESSES.split())),)


@pytest.mark.parametrize(
    "year", ["http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing"]
)
def test_devices_that_mix_versions_and_leave_things_out_are_understood(year: str) -> None:
    full = match(
        "<a:EndpointReference><a:Address> urn:uuid:1 </a:Address></a:EndpointReference>", "<w:XAddrs>x\n y</w:XAddrs>"
    )
    body = f"<w:ProbeMatches>{full}{match()}</w:ProbeMatches>"
    assert parse_matches(envelope(body, addressing=year)) == (
        ProbeMatch("urn:uuid:1", (), ("x", "y")),
        ProbeMatch("", (), ()),
    )


def test_other_messages_hold_no_answer() -> None:
    assert parse_matches(envelope("<w:Hello/>")) == ()
    assert parse_matches(render_probe(ID, KINDS[0])) == ()


@pytest.mark.parametrize("datagram", [b"", b"hello", b"<a/>", b"<!DOCTYPE a><a/>", b"<a>" + b"x" * 70_000 + b"</a>"])
def test_what_is_no_message_is_a_wire_error(datagram: bytes) -> None:
    with pytest.raises(WireError):
        parse_matches(datagram)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_wire_error(datagram: bytes) -> None:
    try:
        parse_matches(datagram)
    except WireError:
        return
