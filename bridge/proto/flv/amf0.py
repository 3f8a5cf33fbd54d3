"""AMF0, the values in RTMP commands and FLV metadata (Adobe Action Message Format, version 0).

Values are Python's own: float, bool, str, None, dict and list. Undefined reads as None, a date as its milliseconds; a
typed object as an untyped one. References and the switch to AMF3 are refused: nobody sends them where this is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from struct import Struct

from bridge.core.errors import WireError

Value = float | bool | str | None | Mapping[str, "Value"] | Iterable["Value"]

MOST_DEPTH = 16
"""Of values inside values; the deepest known has 3."""


class _Kind(IntEnum):
    NUMBER = 0
    BOOLEAN = 1
    STRING = 2
    OBJECT = 3
    NULL = 5
    UNDEFINED = 6
    ECMA_ARRAY = 8
    OBJECT_END = 9
    STRICT_ARRAY = 10
    DATE = 11
    LONG_STRING = 12
    XML = 15
    TYPED_OBJECT = 16


_DOUBLE = Struct(">d")
_ZONE_BYTES = 2
_MOST_SHORT = 0xFFFF


def decode(data: bytes) -> tuple[Value, ...]:
    """Read all the values that follow each other.

    Raises:
        WireError: the bytes are not AMF0, or end too early.
    """
    reader = _Reader(data)
    values = []
    while not reader.is_at_end:
        values.append(reader.value(MOST_DEPTH))
    return tuple(values)


def encode(*values: Value) -> bytes:
    """Write values one after the other; texts are at most 65535 bytes of UTF-8."""
    return b"".join(map(_encoded, values))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._data)

    def value(self, depth: int) -> Value:
        if depth == 0:
            raise WireError(f"AMF0 values are nested deeper than {MOST_DEPTH}", offset=self._at)
        kind = self._number(1)
        if kind in (_Kind.STRING, _Kind.LONG_STRING, _Kind.XML):
            return self._text(2 if kind == _Kind.STRING else 4)
        if kind in (_Kind.NUMBER, _Kind.DATE):
            number = self._double()
            self._take(_ZONE_BYTES if kind == _Kind.DATE else 0)
            return number
        if kind in (_Kind.NULL, _Kind.UNDEFINED):
            return None
        if kind == _Kind.BOOLEAN:
            return self._number(1) != 0
        return self._container(kind, depth - 1)

    def _container(self, kind: int, depth: int) -> Value:
        if kind == _Kind.STRICT_ARRAY:
            return [self.value(depth) for _ in range(self._number(4))]
        if kind == _Kind.ECMA_ARRAY:
            self._take(4)  # how many there are is only a hint
        elif kind == _Kind.TYPED_OBJECT:
            self._text(2)
        elif kind != _Kind.OBJECT:
            raise WireError(f"AMF0 has no value of kind {kind} here", offset=self._at - 1)
        return self._fields(depth)

    def _fields(self, depth: int) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while True:
            name = self._text(2)
            if not name and self._data[self._at : self._at + 1] == bytes((_Kind.OBJECT_END,)):
                self._at += 1
                return fields
            fields[name] = self.value(depth)

    def _double(self) -> float:
        number: float = _DOUBLE.unpack(self._take(_DOUBLE.size))[0]
        return number

    def _text(self, length_bytes: int) -> str:
        return self._take(self._number(length_bytes)).decode("utf-8", "replace")

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise WireError("AMF0 value ends too early", offset=self._at)
        self._at += size
        return taken


def _encoded(value: Value) -> bytes:
    match value:
        case None:
            return bytes((_Kind.NULL,))
        case bool():
            return bytes((_Kind.BOOLEAN, value))
        case int() | float():
            return bytes((_Kind.NUMBER,)) + _DOUBLE.pack(value)
        case str():
            return bytes((_Kind.STRING,)) + _encoded_name(value)
        case Mapping():
            fields = (_encoded_name(name) + _encoded(content) for name, content in value.items())
            return bytes((_Kind.OBJECT,)) + b"".join(fields) + bytes((0, 0, _Kind.OBJECT_END))
        case _:
            items = [_encoded(item) for item in value]
            return bytes((_Kind.STRICT_ARRAY,)) + len(items).to_bytes(4, "big") + b"".join(items)


def _encoded_name(text: str) -> bytes:
    data = text.encode()
    if len(data) > _MOST_SHORT:
        raise ValueError("AMF0 text is longer than 65535 bytes")
    return len(data).to_bytes(2, "big") + data
