"""A device's memory that ends with the test."""

from __future__ import annotations


class VolatileMemory:
    """`DeviceMemory` that ends with the process."""

    def __init__(self) -> None:
        self._documents: dict[str, str] = {}
        self.revision = 0

    def read(self, section: str) -> str | None:
        """Return a section's document."""
        return self._documents.get(section)

    def write(self, section: str, document: str) -> None:
        """Keep a section's document."""
        self._documents[section] = document
        self.revision += 1

    def forget(self, section: str | None = None) -> None:
        """Drop one section or all."""
        self.revision += 1
        if section is None:
            self._documents.clear()
        else:
            self._documents.pop(section, None)
