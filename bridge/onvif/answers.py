"""Answers that may be given again: clients ask for the same profiles over and over, and writing XML is what costs.

Only lasting operations (`operation.Operation.is_lasting`) are kept here, under the request and the address that the
client used, and only as long as the device knows what it knew. Whether the caller may have the answer is asked anew
every time, before anybody looks here.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

MOST_ANSWERS = 64
"""Per device. A client asks some ten different things, each through one address; requests are strangers' words, so
there has to be an end."""

MOST_BYTES = 64 * 1024
"""The longest answer kept: some ten profiles."""


class KnownAnswers:
    """The answers of one device."""

    def __init__(self) -> None:
        self._knowledge: object = None
        self._answers: OrderedDict[Hashable, bytes] = OrderedDict()

    def find(self, question: Hashable, knowledge: object) -> bytes | None:
        """Return the answer to a question that was asked before under the same knowledge."""
        if knowledge != self._knowledge:
            self._answers.clear()
            self._knowledge = knowledge
        answer = self._answers.get(question)
        if answer is not None:
            self._answers.move_to_end(question)
        return answer

    def keep(self, question: Hashable, knowledge: object, answer: bytes) -> None:
        """Keep an answer that was made under this knowledge."""
        if knowledge != self._knowledge or len(answer) > MOST_BYTES:
            return
        self._answers[question] = answer
        if len(self._answers) > MOST_ANSWERS:
            self._answers.popitem(last=False)
