"""A pair of commands `Get<name>` and `Set<name>` over one object: most of the native API (sections 3.1 to 3.11).

A persona lists its settings; what it does not list, its firmware does not know. A Set changes the fields that it
names, all of them or, when one is refused, none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.simulators.control import JsonObject
from bridge.simulators.reolink.messages import Answer, NativeError
from bridge.simulators.reolink.ranges import merged


@dataclass(slots=True)
class Setting:
    """One object that can be read and written.

    Attributes:
        value: as it is now.
        key: name of the object in requests and answers; empty where its fields stand there directly.
        initial: factory value; None where answers show none.
        range: the limits, in the cameras' language; None where answers show none.
        required: fields that a Set must name.
        fixed: fields that a Set may name without any effect: the camera's own, or those whose ability is 0.
        is_always_full: answers show `initial` and `range` even when they were not asked for.
        has_channel: the object belongs to one picture and carries its channel.
    """

    value: JsonObject
    key: str = ""
    initial: JsonObject | None = None
    range: JsonObject | None = None
    required: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    is_always_full: bool = False
    has_channel: bool = True
    limits: JsonObject = field(init=False)

    def __post_init__(self) -> None:
        self.limits = self.range or {}

    def answer(self, *, is_full: bool) -> Answer:
        """Return the answer of the Get command, with `initial` and `range` when they are wanted and there are any."""
        if not (is_full or self.is_always_full):
            return Answer(self._wrapped(self.value))
        initial = None if self.initial is None else self._wrapped(self.initial)
        limits = None if self.range is None else self._wrapped(self.range)
        return Answer(self._wrapped(self.value), initial, limits)

    def number(self, channel: int) -> None:
        """Belong to another picture than the first: its number stands in the value, the factory value and the range."""
        self.value, self.limits = _numbered(self.value, channel), _numbered(self.limits, channel)
        self.initial = None if self.initial is None else _numbered(self.initial, channel)
        self.range = None if self.range is None else _numbered(self.range, channel)

    def written(self, param: JsonObject) -> JsonObject:
        """Return what `value` would become by a Set command.

        Raises:
            NativeError: -4 or -22.
        """
        wanted = param.get(self.key) if self.key else param
        if not isinstance(wanted, dict) or not self.required <= wanted.keys():
            raise NativeError(-4)
        return merged(self.value, {name: new for name, new in wanted.items() if name not in self.fixed}, self.limits)

    def _wrapped(self, part: JsonObject) -> JsonObject:
        return {self.key: part} if self.key else part


def _numbered(part: JsonObject, channel: int) -> JsonObject:
    """Return a copy in which every `channel` has another number."""
    return {
        key: channel if key == "channel" else _numbered(inner, channel) if isinstance(inner, dict) else inner
        for key, inner in part.items()
    }
