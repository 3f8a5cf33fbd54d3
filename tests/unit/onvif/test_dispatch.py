"""From a request's bytes to its answer: which operation, and which fault."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bridge.onvif.services import events
from tests.clients.soap import Reply, envelope, username_token
from tests.contract.oracle import the_oracle
from tests.unit.onvif.bench_camera import NOON
from tests.unit.onvif.served import PASSWORD, served
from tests.unit.onvif.trial_service import SERVICE, TRIAL

WSA = "http://www.w3.org/2005/08/addressing"
TEV = "http://www.onvif.org/ver10/events/wsdl"
MESSAGE_ID = f'<a:MessageID xmlns:a="{WSA}">urn:uuid:1</a:MessageID>'


async def dispatch(text: str | bytes, *, is_known: bool = True) -> Reply:
    async with served(services=(SERVICE, events.SERVICE), is_known=is_known) as bench:
        return await bench.client.post(text)


async def ask(body: str, header: str = "", *, is_known: bool = True) -> Reply:
    return await dispatch(envelope(body, header), is_known=is_known)


def echo(inner: str = "<t:Word>hi</t:Word>") -> str:
    return f'<t:Echo xmlns:t="{TRIAL}">{inner}</t:Echo>'


async def test_the_name_in_the_body_selects_the_operation():
    reply = await ask(echo("<t:Word>hi</t:Word><t:Times>2</t:Times>"))
    assert (reply.status, reply.values("Words")) == (200, ["hi", "hi"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no xml", ("Sender", "WellFormed")),
        ("<x/>", ("Sender", "WellFormed")),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', ("Sender", "WellFormed")),
        (envelope(""), ("Sender", "WellFormed")),
        (envelope("<x/>").replace("2003/05/soap-envelope", "2001/12/soap-envelope"), ("VersionMismatch",)),
        (envelope(echo(), '<Odd xmlns="urn:odd" s:mustUnderstand="1"/>'), ("MustUnderstand",)),
        (envelope('<Echo xmlns="urn:nobody"/>'), ("Sender", "UnknownAction")),
        (envelope("<Echo/>"), ("Sender", "UnknownAction")),
        (envelope(f'<Dance xmlns="{TRIAL}"/>'), ("Receiver", "ActionNotSupported")),
        (envelope(f'<Seek xmlns="{TEV}"/>'), ("Receiver", "ActionNotSupported")),
        (envelope(echo("")), ("Sender", "InvalidArgs")),
        (envelope(echo("<t:Word>hi</t:Word><t:Times>twice</t:Times>")), ("Sender", "InvalidArgs")),
    ],
)
async def test_a_request_that_cannot_be_served_gets_the_fault_that_says_why(text, fault):
    reply = await dispatch(text)
    assert reply.fault == fault
    the_oracle().check(reply.body)
    assert reply.status == (400 if fault[0] == "Sender" else 500)


@pytest.mark.parametrize(
    ("how", "status", "fault", "reason"),
    [
        ("fault", 400, ("Sender", "InvalidArgVal", "NoProfile"), "No such profile"),
        ("unreachable", 500, ("Receiver", "Action"), "No route"),
        ("rejected", 500, ("Receiver", "Action"), "Parameter error"),
        ("unsupported", 500, ("Receiver", "ActionNotSupported"), "No such motor"),
        ("invalid", 400, ("Sender", "InvalidArgVal"), "There is no preset 9"),
        ("bug", 500, ("Receiver", "Action"), "The device has met an internal error"),
    ],
)
async def test_an_error_of_an_operation_becomes_a_fault(how, status, fault, reason):
    reply = await ask(f'<t:Fail xmlns:t="{TRIAL}"><t:How>{how}</t:How></t:Fail>')
    assert (reply.status, reply.fault, reply.values("Text")) == (status, fault, [reason])
    the_oracle().check(reply.body)


async def test_a_bug_is_logged_once_with_its_traceback_and_the_device_goes_on():
    async with served(services=(SERVICE,)) as bench:
        with capture_logs() as logs:
            reply = await bench.client.ask(f'<t:Fail xmlns:t="{TRIAL}"><t:How>bug</t:How></t:Fail>')
        assert "secret-in-a-bug" not in reply.text
        assert [(line["event"], line["operation"], type(line["exc_info"])) for line in logs] == [
            ("soap.failed", "Fail", ZeroDivisionError)
        ]
        assert (await bench.client.ask(echo())).status == 200


async def test_a_service_that_the_camera_cannot_fill_is_not_supported():
    reply = await ask(echo(), is_known=False)
    assert reply.fault == ("Receiver", "ActionNotSupported")


async def test_a_message_id_is_answered():
    reply = await ask(echo(), MESSAGE_ID)
    assert reply.values("RelatesTo") == ["urn:uuid:1"]
    assert reply.values("Action") == ["urn:trial/Odd/EchoResponse"]
    refused = await ask(echo(""), MESSAGE_ID)
    assert refused.values("RelatesTo") == ["urn:uuid:1"]
    assert refused.values("Action") == [f"{WSA}/soap/fault"]
    assert (await ask(echo())).values("Action") == []


async def test_every_answer_and_fault_of_the_event_service_carries_an_action():
    good = await ask(f'<GetServiceCapabilities xmlns="{TEV}"/>')
    assert good.values("Action") == [f"{TEV}/EventPortType/GetServiceCapabilitiesResponse"]
    bad = await ask(
        f'<CreatePullPointSubscription xmlns="{TEV}"><InitialTerminationTime>x</InitialTerminationTime>'
        "</CreatePullPointSubscription>",
        username_token("operator", PASSWORD, created=NOON),
    )
    assert (bad.status, bad.values("Action")) == (500, [f"{WSA}/soap/fault"])
    denied = await ask(f'<GetEventProperties xmlns="{TEV}"/>')
    assert (denied.status, denied.values("Action")) == (401, [f"{WSA}/soap/fault"])


async def test_refusals_are_logged_once_and_without_secrets():
    with capture_logs() as logs:
        await ask(echo(""), username_token("administrator", PASSWORD, created=NOON))
    (line,) = (line for line in logs if line["event"] == "soap.refused")
    assert (line["operation"], line["code"], line["log_level"]) == ("Echo", "Sender/InvalidArgs", "info")
    assert PASSWORD not in str(line)
    assert "Nonce" not in str(line)


async def test_a_strangers_name_does_not_flood_the_log():
    with capture_logs() as logs:
        await ask(f'<{"x" * 5000} xmlns="{TRIAL}"/>')
    assert len(str(logs)) < 1000
