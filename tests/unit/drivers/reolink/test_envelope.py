"""The JSON array around commands and answers."""

from __future__ import annotations

import json

import pytest

from bridge.core.errors import WireError
from bridge.drivers.reolink.envelope import Answer, Command, parse, render

READ = [Command("GetTime")]
ACT = [Command("PtzCtrl")]


def parsed(element: object, commands: list[Command] = READ) -> Answer:
    (answer,) = parse(json.dumps([element]).encode(), commands)
    return answer


def test_a_request_holds_command_action_and_parameters() -> None:
    commands = [Command("GetEnc", {"channel": 0}, action=1), Command("GetTime")]
    assert json.loads(render(commands)) == [
        {"cmd": "GetEnc", "action": 1, "param": {"channel": 0}},
        {"cmd": "GetTime", "action": 0, "param": {}},
    ]


def test_a_good_read_keeps_value_and_range() -> None:
    answer = parsed({"cmd": "GetTime", "code": 0, "value": {"a": 1}, "range": {"b": 2}, "initial": {}})
    assert answer == Answer(0, {"a": 1}, {"b": 2})
    assert answer.is_good


@pytest.mark.parametrize("code", [0, 1])
def test_an_error_counts_whatever_code_says(code: int) -> None:
    assert parsed({"cmd": "x", "code": code, "error": {"detail": "please login first", "rspCode": -6}}).code == -6


def test_doing_something_succeeds_with_response_code_200_only() -> None:
    assert parsed({"code": 0, "value": {"rspCode": 200}}, ACT).is_good
    assert parsed({"code": 0, "value": {"rspCode": -12}}, ACT).code == -12
    assert parsed({"code": 0, "value": {"rspCode": 500}}, ACT).code == -25
    assert parsed({"code": 0}, ACT).code == -25


@pytest.mark.parametrize(
    "element", [{}, {"code": 1}, {"code": 1, "error": None}, {"code": 1, "error": {"rspCode": 0}}, {"code": "x"}]
)
def test_a_failure_without_a_number_is_some_failure(element: object) -> None:
    assert parsed(element).code == -25


def test_there_may_be_more_or_fewer_answers_than_commands() -> None:
    assert parse(b"[]", READ) == ()
    assert len(parse(b"[{}, {}, {}]", READ)) == 3


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"{}", b"[1]", b"[Infinity]", b"[" * 200_000, b"[" + b"1" * 5000 + b"]"]
)
def test_anything_else_is_a_wire_error(body: bytes) -> None:
    with pytest.raises(WireError):
        parse(body, READ)


def test_parameters_stay_out_of_the_repr() -> None:
    assert "secret" not in repr(Command("Login", {"User": {"password": "secret"}}))
