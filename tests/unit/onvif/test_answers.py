"""Answers that are given again, as long as they are true."""

from __future__ import annotations

from dataclasses import replace

from bridge.onvif.answers import MOST_ANSWERS, MOST_BYTES, KnownAnswers
from bridge.onvif.services import SERVICES
from tests.unit.onvif.served import served

PROFILES = '<GetProfiles xmlns="http://www.onvif.org/ver10/media/wsdl"/>'


def test_an_answer_is_found_under_the_knowledge_that_it_was_made_under():
    answers = KnownAnswers()
    assert answers.find("question", 1) is None
    answers.keep("question", 1, b"answer")
    assert answers.find("question", 1) == b"answer"
    assert answers.find("question", 2) is None
    assert answers.find("question", 1) is None, "what was forgotten does not come back"


def test_an_answer_whose_knowledge_was_overtaken_while_it_was_made_is_not_kept():
    answers = KnownAnswers()
    answers.find("question", 1)
    answers.find("another", 2)
    answers.keep("question", 1, b"old")
    assert answers.find("question", 2) is None


def test_strangers_questions_push_out_what_was_asked_longest_ago():
    answers = KnownAnswers()
    answers.find(0, None)
    for number in range(MOST_ANSWERS + 1):
        answers.keep(number, None, b"")
        answers.find(1, None)
    assert answers.find(0, None) is None
    assert answers.find(1, None) == b""


def test_a_long_answer_is_not_kept():
    answers = KnownAnswers()
    answers.find("question", None)
    answers.keep("question", None, b"x" * (MOST_BYTES + 1))
    assert answers.find("question", None) is None


async def test_the_same_question_gets_the_same_answer_until_something_is_different():
    async with served() as at:
        first = await at.ask(PROFILES)
        assert (await at.ask(PROFILES)).text == first.text
        description = at.camera.description
        assert description is not None
        at.camera.description = replace(description, streams=description.streams[:1])
        second = await at.ask(PROFILES)
        assert second.values("Name") != first.values("Name")
        name = "<Name>Mine</Name><Token>MyOwnProfile</Token>"
        made = await at.ask(f'<CreateProfile xmlns="http://www.onvif.org/ver10/media/wsdl">{name}</CreateProfile>')
        assert made.status == 200
        assert "Mine" in (await at.ask(PROFILES)).values("Name")


async def test_an_answer_that_is_known_is_refused_to_who_may_not_have_it():
    async with served() as at:
        assert (await at.ask(PROFILES)).status == 200
        assert (await at.ask(PROFILES, user=None)).status == 401


async def test_an_answer_that_names_the_question_is_made_for_it_alone():
    async with served() as at:
        for number in (1, 2):
            header = f'<MessageID xmlns="http://www.w3.org/2005/08/addressing">urn:{number}</MessageID>'
            reply = await at.client.ask(
                '<GetServices xmlns="http://www.onvif.org/ver10/device/wsdl"><IncludeCapability>'
                "false</IncludeCapability></GetServices>",
                header=header,
            )
            assert reply.values("RelatesTo") == [f"urn:{number}"]


async def test_addresses_are_those_that_each_client_uses():
    async with served() as at:
        body = '<GetCapabilities xmlns="http://www.onvif.org/ver10/device/wsdl"/>'
        for host in ("camera.example:80", "192.0.2.9:8080"):
            at.client.headers["Host"] = host
            assert f"http://{host}/onvif/media_service" in (await at.client.ask(body)).values("XAddr")


def test_only_reading_operations_last():
    lasting = {operation.name for service in SERVICES for operation in service.operations if operation.is_lasting}
    assert lasting == {"GetProfiles", "GetServices", "GetCapabilities"}
