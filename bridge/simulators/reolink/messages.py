"""The text of the native API: batches in, batches out (Camera HTTP API v7, sections 2.2 and 4.1).

A request is a JSON array of commands, or no body at all with the command in the query; an answer is a JSON array
with one element for each, in the formatting of the cameras. Errors travel inside the elements. Nothing here knows
what a command does.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.simulators.control import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_COMMANDS = 35
"""Larger batches are refused as a whole."""

# The texts of table 4.1 that the simulator sends.
DETAILS = {
    -1: "not exist",
    -2: "out of mem",
    -3: "check err",
    -4: "param error",
    -5: "max session",
    -6: "please login first",
    -7: "login failed",
    -8: "timeout",
    -9: "not support",
    -10: "protocol",
    -11: "fcgi read failed",
    -12: "get config failed",
    -13: "set config failed",
    -16: "send failed",
    -17: "rcv failed",
    -21: "error token",
    -22: "The length of the string exceeds the limit",
    -23: "missing param",
    -24: "error command",
    -25: "internal error",
    -26: "ability error",
    -27: "invalid user",
    -28: "user already exist",
    -29: "maximum number of users",
    -31: "busy",
    -48: "Fetching a picture failed",
    -49: "Channel invalid",
    -99: "Device offline",
    -105: "Frequent logins, please try again later!",
    -220: "Error downloading video file",
    -222: "The video file does not exist",
    -310: "Aes decryption failure",
    -500: "The number of IP addresses reaches the upper limit",
    -501: "The user does not exist",
    -502: "Password err",
    -503: "Login deny",
    -505: "Login not init",
    -506: "Login locked",
    -507: "Login reach max",
}


class NativeError(Exception):
    """A command that fails: a code of table 4.1, with another text than the table's where a device has one."""

    def __init__(self, code: int, detail: str | None = None) -> None:
        self.code = code
        self.detail = detail or DETAILS.get(code, "error")
        super().__init__(f"{code} {self.detail}")


class UnknownCommand(NativeError):
    """A command that this firmware does not have; its answer does not repeat the name."""

    def __init__(self) -> None:
        super().__init__(-9)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a batch.

    Attributes:
        name: as sent.
        action: 1 asks for `initial` and `range` too; None when the request leaves it out.
        param: what it is about; empty when the request has none.
    """

    name: str
    action: int | None = None
    param: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command that succeeds sends back."""

    value: JsonObject
    initial: JsonObject | None = None
    range: JsonObject | None = None

    def element(self, name: str, *, without: tuple[tuple[str, ...], ...] = ()) -> JsonObject:
        """Return the element of the answer's array, without the fields that these keys lead to."""
        parts: JsonObject = {"initial": self.initial, "range": self.range, "value": self.value}
        for path in without:
            parts = {key: _stripped(part, path) for key, part in parts.items()}
        return {"cmd": name, "code": 0, **{key: part for key, part in parts.items() if part is not None}}


DONE = Answer({"rspCode": 200})


def error_element(name: str, code: int, detail: str | None = None, *, envelope_code: int = 1) -> JsonObject:
    """Return the element that reports a failure; one firmware sends it with `envelope_code` 0."""
    text = detail or DETAILS.get(code, "error")
    return {"cmd": name, "code": envelope_code, "error": {"detail": text, "rspCode": code}}


def parse_batch(body: bytes, query: Mapping[str, str]) -> list[Command]:
    """Read the commands of a request.

    Args:
        body: of the request; blank when the query says everything.
        query: of the URL: `cmd`, and for a request without a body `channel`.

    Raises:
        NativeError: -10 for what is no array of objects, -16 for a batch that is too large.
    """
    if not body.strip():
        return [_from_query(query)]
    try:
        batch = json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise NativeError(-10) from error
    if not isinstance(batch, list) or not batch or not all(isinstance(element, dict) for element in batch):
        raise NativeError(-10)
    if len(batch) > MOST_COMMANDS:
        raise NativeError(-16)
    return [_from_element(element, query if index == 0 else {}) for index, element in enumerate(batch)]


def render(elements: list[JsonObject]) -> bytes:
    """Return the answer's text: keys in order, three blanks of indentation, a blank around each colon."""
    text = json.dumps(elements, indent=3, separators=(",", " : "), sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode("utf-8", errors="replace")


def _stripped(part: object, path: tuple[str, ...]) -> object:
    """Return a copy of an object without a field; lists on the way there lose it in each of their objects."""
    if isinstance(part, list):
        return [_stripped(item, path) for item in part]
    if not isinstance(part, dict) or path[0] not in part:
        return part
    if len(path) == 1:
        return {key: inner for key, inner in part.items() if key != path[0]}
    return {**part, path[0]: _stripped(part[path[0]], path[1:])}


def _from_query(query: Mapping[str, str]) -> Command:
    channel = query.get("channel")
    if channel is None:
        return Command(query.get("cmd", ""))
    # A channel that is no number stays text and is refused where the command looks at it.
    is_number = channel.isascii() and channel.isdigit() and len(channel) <= 3
    return Command(query.get("cmd", ""), param={"channel": int(channel) if is_number else channel})


def _from_element(element: JsonObject, query: Mapping[str, str]) -> Command:
    name, action, param = element.get("cmd"), element.get("action"), element.get("param")
    return Command(
        name if isinstance(name, str) else query.get("cmd", ""),
        action if isinstance(action, int) else None,
        param if isinstance(param, dict) else {},
    )


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value
