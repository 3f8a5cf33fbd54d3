"""One section of a device's memory as a typed value: a frozen dataclass, kept as JSON.

A document that is damaged, or that another version wrote with other fields, counts as never written: the device
falls back to what it was configured with, and says so in the log once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from bridge.core.memory import DeviceMemory

log = structlog.get_logger(__name__)

T = TypeVar("T")


class SectionKind(Generic[T]):
    """What a section is called and holds. Made once for all devices, when the program starts: that takes a while.

    Args:
        name: the section's name in the memory.
        default: what holds as long as nothing is kept; its class is that of all values.
    """

    def __init__(self, name: str, default: T) -> None:
        self.name = name
        self.default = default
        self.adapter = TypeAdapter(type(default))


class Section(Generic[T]):
    """A section of one device's memory; it follows the memory, also when somebody else has that forget.

    Args:
        memory: the device's memory.
        kind: which section.
    """

    def __init__(self, memory: DeviceMemory, kind: SectionKind[T]) -> None:
        self._memory = memory
        self._kind = kind
        self._read: tuple[str | None, T] = (None, kind.default)

    def read(self) -> T:
        """Return the value that holds now."""
        document = self._memory.read(self._kind.name)
        if document != self._read[0]:
            self._read = (document, self._kind.default if document is None else self._parse(document))
        return self._read[1]

    def write(self, value: T) -> None:
        """Keep a value."""
        self._memory.write(self._kind.name, self._kind.adapter.dump_json(value).decode())

    def _parse(self, document: str) -> T:
        try:
            return self._kind.adapter.validate_json(document, strict=True)
        except ValidationError as error:
            # The errors' own text repeats the input, which may be a password.
            log.warning("settings.ignored", section=self._kind.name, problems=error.error_count())
            return self._kind.default
