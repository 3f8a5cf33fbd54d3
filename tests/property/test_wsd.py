"""Whatever arrives on the discovery port: WireError or an answer, and answers always relate to the question."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from uuid import UUID
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.wsd import message
from bridge.proto.wsd.matching import RULES, matches
from bridge.proto.wsd.target import DiscoveredDevice, DiscoveryTarget, Received
from tests.clients.wsd import Answer, probe

UUIDS = st.uuids()
TEXTS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=30)
URIS = st.one_of(TEXTS, st.builds("{}://{}/{}".format, TEXTS, TEXTS, TEXTS))


def new_target(uuid: UUID) -> DiscoveryTarget:
    target = DiscoveryTarget(instance_id=1, random=Random(1))
    target.set_interfaces(("192.0.2.1",), 0.0)
    target.add(DiscoveredDevice(uuid, scopes=lambda: ("a://b/c",), xaddrs=lambda ip: f"http://{ip}/"), 0.0)
    target.datagrams_to_send(10.0)
    return target


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 40))
def test_damaged_probe_is_answered_or_refused(junk: bytes, at: int, length: int) -> None:
    whole = probe(types="dn:NetworkVideoTransmitter", scopes="a://b")
    with suppress(WireError):
        message.parse(whole[:at] + junk + whole[at + length :])


@given(st.sampled_from(sorted(RULES)), st.lists(URIS, max_size=3), st.lists(URIS, max_size=3))
def test_any_text_can_be_compared_as_a_scope(rule: str, wanted: list[str], scopes: list[str]) -> None:
    assert matches(rule, tuple(wanted), tuple(scopes)) in {True, False}


@given(st.sampled_from(sorted(rule for rule in RULES if rule.endswith(("rfc3986", "strcmp0")))), URIS)
def test_scope_without_dot_segments_matches_itself(rule: str, scope: str) -> None:
    if "." not in scope and "[" not in scope and "]" not in scope:
        assert matches(rule, (scope,), (scope,))


@given(UUIDS, TEXTS)
def test_answer_relates_to_the_question_exactly(uuid: UUID, message_id: str) -> None:
    target = new_target(uuid)
    question = probe(message_id=escape(message_id))
    target.receive(Received(question, ("192.0.2.7", 5), "192.0.2.1", is_multicast=False), 20.0)
    (sent,) = target.datagrams_to_send(20.0)
    answer = Answer(etree.fromstring(sent.data), ("", 0))

    assert answer.text("//a:RelatesTo") == message_id
    assert answer.endpoint == f"urn:uuid:{uuid}"


@given(
    st.builds(
        message.Target,
        uuid=UUIDS,
        scopes=st.lists(TEXTS, max_size=4).map(tuple),
        xaddrs=TEXTS,
        metadata_version=st.integers(0, 2**32 - 1),
    )
)
def test_hello_says_what_it_was_told(told: message.Target) -> None:
    header = message.Header(UUID(int=5), instance_id=1, message_number=2)
    hello = Answer(etree.fromstring(message.render_hello(header, told)), ("", 0))

    assert hello.endpoint == f"urn:uuid:{told.uuid}"
    assert tuple(hello.text("//w:Scopes").split()) == told.scopes
    assert hello.text("//w:XAddrs") == told.xaddrs
    assert hello.text("//w:MetadataVersion") == str(told.metadata_version)
