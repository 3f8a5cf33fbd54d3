from random import Random
from uuid import UUID, uuid5

import pytest
from lxml import etree

from bridge.core.errors import WireError
from bridge.proto.soap.namespaces import WSD
from bridge.proto.wsd import target as target_module
from bridge.proto.wsd.message import MAX_DATAGRAM_BYTES
from bridge.proto.wsd.target import MAX_DELAY_S, REPEAT_WINDOW_S, DiscoveredDevice, DiscoveryTarget, Received
from tests.clients.wsd import Answer, probe, request, resolve

LAN = "192.0.2.1"
OTHER_LAN = "198.51.100.1"
CLIENT = ("192.0.2.77", 40_000)
ROOT = UUID("7d9f3f0a-8d1c-4d35-9a43-0f6b2a3c4d5e")


def device(name: str) -> DiscoveredDevice:
    return DiscoveredDevice(
        uuid5(ROOT, name),
        scopes=lambda: ("onvif://www.onvif.org/Profile/Streaming", f"onvif://www.onvif.org/name/{name}"),
        xaddrs=lambda local_ip: f"http://{local_ip}:8000/onvif/device_service",
    )


def urn(name: str) -> str:
    return f"urn:uuid:{uuid5(ROOT, name)}"


class Net:
    """A target with two devices on one interface, and what it has sent."""

    def __init__(self, *names: str) -> None:
        self.target = DiscoveryTarget(instance_id=77, random=Random(3))
        self.target.set_interfaces((LAN,), 0.0)
        for name in names or ("front", "yard"):
            self.target.add(device(name), 0.0)
        self.now = 10.0
        self.hellos = self.sent()

    def sent(self) -> list[Answer]:
        """Return what is due at the present time."""
        datagrams = self.target.datagrams_to_send(self.now)
        self.destinations = [datagram.destination for datagram in datagrams]
        return [Answer(etree.fromstring(datagram.data), (datagram.interface, 0)) for datagram in datagrams]

    def ask(self, data: bytes, *, is_multicast: bool = True, interface: str = LAN, wait_s: float = MAX_DELAY_S) -> None:
        self.target.receive(Received(data, CLIENT, interface, is_multicast), self.now)
        self.now += wait_s

    def answers(self, data: bytes, *, is_multicast: bool = True) -> list[Answer]:
        self.ask(data, is_multicast=is_multicast)
        return self.sent()


def test_hello_tells_everything_to_everybody() -> None:
    net = Net("front")
    (hello,) = net.hellos

    assert net.destinations == [None]
    assert hello.action == "Hello"
    assert hello.text("//a:To") == "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
    assert hello.texts("//w:AppSequence/@InstanceId") == ["77"]
    assert hello.endpoint == urn("front")
    assert hello.text("//w:Hello/w:Types").split() == ["tds:Device", "dn:NetworkVideoTransmitter"]
    assert hello.root.nsmap["dn"] == "http://www.onvif.org/ver10/network/wsdl"
    assert hello.root.nsmap["tds"] == "http://www.onvif.org/ver10/device/wsdl"
    assert "onvif://www.onvif.org/name/front" in hello.text("//w:Hello/w:Scopes").split()
    assert hello.text("//w:Hello/w:XAddrs") == f"http://{LAN}:8000/onvif/device_service"
    assert hello.text("//w:Hello/w:MetadataVersion") == "1"


def test_hellos_are_spread_over_the_delay() -> None:
    target = DiscoveryTarget(instance_id=1, random=Random(3))
    target.set_interfaces((LAN,), 100.0)
    for number in range(20):
        target.add(device(str(number)), 100.0)

    deadline = target.next_deadline()
    assert deadline is not None
    assert 100.0 < deadline < 100.0 + MAX_DELAY_S
    assert 0 < len(target.datagrams_to_send(100.0 + MAX_DELAY_S / 2)) < 20
    target.datagrams_to_send(100.0 + MAX_DELAY_S)
    assert target.next_deadline() is None


@pytest.mark.parametrize(
    ("types", "scopes", "names"),
    [
        ("", "", {"front", "yard"}),
        ("dn:NetworkVideoTransmitter", "", {"front", "yard"}),
        ("tds:Device dn:NetworkVideoTransmitter", "onvif://www.onvif.org/Profile/Streaming", {"front", "yard"}),
        ("", "onvif://www.onvif.org/name/yard", {"yard"}),
        ("dn:NetworkVideoDisplay", "", set()),
        ("tds:NetworkVideoTransmitter", "", set()),
        ("undeclared:Device", "", set()),
        ("Device", "", set()),
        ("", "onvif://www.onvif.org/location", set()),
    ],
)
def test_probe_is_answered_by_those_that_match_and_by_silence(types: str, scopes: str, names: set[str]) -> None:
    answers = Net().answers(probe(types=types, scopes=scopes))

    assert {answer.endpoint for answer in answers} == {urn(name) for name in names}


def test_probe_match_relates_to_the_probe_and_goes_to_who_asked() -> None:
    net = Net()
    answers = net.answers(probe(message_id="any text at all"))

    assert net.destinations == [CLIENT, CLIENT]
    for answer in answers:
        assert answer.action == "ProbeMatches"
        assert answer.text("//a:RelatesTo") == "any text at all"
        assert answer.text("//a:To") == "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
        assert len(answer.texts("//w:ProbeMatch")) == 1


def test_every_message_has_an_id_and_a_number_of_its_own() -> None:
    net = Net()
    messages = [*net.hellos, *net.answers(probe()), *net.answers(probe())]

    assert len({message.text("//a:MessageID") for message in messages}) == 6
    assert [int(message.text("//w:AppSequence/@MessageNumber")) for message in messages] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "body",
    [
        '<d:Probe xmlns:d="{wsd}"><d:Types xmlns:x="{dn}">x:NetworkVideoTransmitter</d:Types></d:Probe>',
        '<Probe xmlns="{wsd}"><Types xmlns:dn="{dn}">dn:NetworkVideoTransmitter</Types></Probe>',
        '<Probe xmlns="{wsd}"><q:Types xmlns:q="{wsd}" xmlns="{dn}">NetworkVideoTransmitter</q:Types></Probe>',
        '<Probe xmlns="{wsd}"><Types><!-- all --></Types><Scopes>\n </Scopes></Probe>',
        '<Probe xmlns="{wsd}"/>',
    ],
)
def test_namespaces_may_be_declared_anywhere(body: str) -> None:
    text = body.format(wsd=WSD, dn="http://www.onvif.org/ver10/network/wsdl")

    assert len(Net().answers(request("Probe", text))) == 2


def test_multicast_answers_wait_at_random_and_unicast_ones_do_not() -> None:
    net = Net(*(str(number) for number in range(20)))
    net.ask(probe(), wait_s=MAX_DELAY_S / 2)
    assert 0 < len(net.sent()) < 20
    net.now += MAX_DELAY_S / 2
    net.sent()

    net.ask(probe(), is_multicast=False, wait_s=0)
    assert len(net.sent()) == 20


def test_repeated_message_is_answered_once_per_interface_until_it_must_be_a_new_question() -> None:
    net = Net("front")
    net.target.set_interfaces((LAN, OTHER_LAN), net.now)
    net.now += 1
    net.sent()
    question = probe(message_id="uuid:always the same")
    for interface in (LAN, LAN, OTHER_LAN):
        net.ask(question, interface=interface, wait_s=0)
    net.now += MAX_DELAY_S

    answers = net.sent()
    assert sorted(answer.text("//w:XAddrs") for answer in answers) == [
        f"http://{LAN}:8000/onvif/device_service",
        f"http://{OTHER_LAN}:8000/onvif/device_service",
    ]
    net.now += REPEAT_WINDOW_S
    assert len(net.answers(question)) == 1


def test_memory_of_repetitions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_module, "MAX_REMEMBERED", 2)
    net = Net("front")
    for message_id in ("a", "b", "c"):
        assert len(net.answers(probe(message_id=message_id))) == 1

    assert len(net.answers(probe(message_id="c"))) == 0
    assert len(net.answers(probe(message_id="a"))) == 1


def test_flood_is_answered_only_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_module, "MAX_PENDING", 3)
    net = Net("front")
    for number in range(10):
        net.ask(probe(message_id=str(number)), wait_s=0)
    net.now += MAX_DELAY_S

    assert len(net.sent()) == 3


def test_resolve_is_answered_for_our_endpoints_only() -> None:
    net = Net()
    (answer,) = net.answers(resolve(urn("yard"), message_id="m1"))

    assert (answer.action, answer.endpoint, answer.text("//a:RelatesTo")) == ("ResolveMatches", urn("yard"), "m1")
    assert len(answer.texts("//w:ResolveMatches/w:ResolveMatch/w:XAddrs")) == 1
    assert net.answers(resolve(urn("elsewhere"))) == []
    assert net.answers(resolve("not an address")) == []


def test_unknown_matching_rule_is_a_fault_for_who_asked_us_alone() -> None:
    net = Net()
    question = probe(scopes="onvif://www.onvif.org", match_by="urn:example:rule", message_id="m2")
    assert net.answers(question) == []

    net = Net()
    (fault,) = net.answers(question, is_multicast=False)

    assert fault.action == "fault"
    assert fault.text("//a:RelatesTo") == "m2"
    assert fault.texts("//s:Fault/s:Code//s:Value") == ["env:Sender", "d:MatchingRuleNotSupported"]
    assert f"{WSD}/rfc3986" in fault.text("//s:Detail/w:SupportedMatchingRules").split()


def test_changed_device_says_hello_with_the_next_metadata_version() -> None:
    net = Net()
    net.target.changed(device("yard").uuid, net.now)
    net.now += MAX_DELAY_S
    (hello,) = net.sent()

    assert (hello.action, hello.endpoint, hello.text("//w:MetadataVersion")) == ("Hello", urn("yard"), "2")
    (match,) = net.answers(probe(scopes="onvif://www.onvif.org/name/yard"))
    assert match.text("//w:MetadataVersion") == "2"


def test_removed_device_says_bye_at_once_and_is_silent_then() -> None:
    net = Net()
    net.ask(probe(scopes="onvif://www.onvif.org/name/yard"), wait_s=0)
    net.target.remove(device("yard").uuid, net.now)
    net.target.remove(device("yard").uuid, net.now)
    (bye,) = net.sent()

    assert (bye.action, bye.endpoint) == ("Bye", urn("yard"))
    assert net.target.uuids == (device("front").uuid,)
    net.now += MAX_DELAY_S
    assert net.sent() == []
    assert len(net.answers(probe())) == 1


def test_a_device_that_comes_back_has_newer_metadata() -> None:
    net = Net("front")
    net.target.changed(device("front").uuid, net.now)
    net.target.remove(device("front").uuid, net.now)
    net.target.add(device("front"), net.now)
    net.now += MAX_DELAY_S
    answers = net.sent()

    assert [each.action for each in answers if each.action == "Bye"] == ["Bye"]
    assert {each.text("//w:MetadataVersion") for each in answers if each.action == "Hello"} == {"3"}


def test_new_interface_gets_its_own_hellos_and_a_lost_one_nothing_more() -> None:
    net = Net()
    net.target.set_interfaces((LAN, OTHER_LAN), net.now)
    net.now += MAX_DELAY_S
    assert {hello.peer[0] for hello in net.sent()} == {OTHER_LAN}

    net.ask(probe())
    net.target.set_interfaces((OTHER_LAN,), net.now)
    assert net.sent() == []


@pytest.mark.parametrize("action", ["Hello", "Bye", "ProbeMatches"])
def test_messages_of_other_targets_are_none_of_our_business(action: str) -> None:
    assert Net().answers(request(action, f"<w:{action}/>")) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "well-formed"),
        (b"<not xml", "well-formed"),
        (b"<a/>", "envelope"),
        (probe().replace(b"2003/05", b"2001/05"), "envelope"),
        (request("Probe", ""), "Body"),
        (probe().replace(b"MessageID", b"Other"), "MessageID"),
        (probe(scopes="x" * MAX_DATAGRAM_BYTES), "longer"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + probe().split(b"?>")[1].strip(), "document type"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        Net().ask(data)
