"""The JSON envelope of the HTTP API: an array of commands out, an array of answers back (vendor document, 2.2).

A command succeeded iff its `code` is 0, there is no `error`, and, where something was to be done, `rspCode` is 200.
The `cmd` that the camera echoes is unreliable even in the document: answers belong to commands by position.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

from bridge.core.errors import WireError
from bridge.drivers.reolink.codes import SUCCESS, UNKNOWN_COMMAND, UNKNOWN_TROUBLE
from bridge.drivers.reolink.native import Json, number, rows, section

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE: Final = 200

WITH_RANGE: Final = 1
"""`action` of a read that wants `range` and `initial` beside `value`."""

READS: Final = ("Get", "Login", "Search")
"""Commands that begin so tell something; all others answer with `rspCode`."""


@dataclass(frozen=True, slots=True)
class Command:
    """One element of a request. `param` may hold the password, hence hidden from the repr."""

    cmd: str
    param: Mapping[str, object] = field(default_factory=dict, repr=False)
    action: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One element of a response: `code` 0 or the native error number, `value` and `range` as sent."""

    code: int
    value: Json = field(default_factory=dict)
    range: Json = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether the command succeeded."""
        return self.code == SUCCESS


Readings = dict[str, Answer]
"""Answers by native command; what was never asked is missing."""

NOT_ASKED: Final = Answer(UNKNOWN_COMMAND)
"""Stands for the answer to a question that nobody has asked."""


def render(commands: Sequence[Command]) -> bytes:
    """Return the request body for a batch."""
    return json.dumps(
        [{"cmd": command.cmd, "action": command.action, "param": dict(command.param)} for command in commands]
    ).encode()


def parse(body: bytes, commands: Sequence[Command]) -> tuple[Answer, ...]:
    """Return the answers in a response body, in order; there may be fewer or more than commands.

    Args:
        body: what the camera sent.
        commands: what was asked, which decides by what success is known.

    Raises:
        WireError: the body is not a JSON array of objects.
    """
    found = _load(body)
    if not isinstance(found, list):
        raise WireError("the answer is not a JSON array")
    elements = rows(found)
    if len(elements) != len(found):
        raise WireError("the answer holds elements that are no objects")
    acts = [not command.cmd.startswith(READS) for command in commands]
    acts += [False] * len(elements)
    return tuple(_answer(element, acts=act) for element, act in zip(elements, acts, strict=False))


def _answer(element: Json, *, acts: bool) -> Answer:
    value = section(element, "value")
    code = number(element, "code")
    if code == SUCCESS and "error" not in element:
        outcome = number(value, "rspCode")
        if outcome == DONE or (outcome is None and not acts):
            return Answer(SUCCESS, value, section(element, "range"))
        return Answer(outcome if outcome is not None and outcome < 0 else UNKNOWN_TROUBLE)
    told = number(section(element, "error"), "rspCode")
    return Answer(told if told is not None and told != SUCCESS else UNKNOWN_TROUBLE)


def _load(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # also numbers of thousands of digits, and a million brackets
        raise WireError("the answer is not JSON") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
