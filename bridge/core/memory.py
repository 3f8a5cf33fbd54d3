"""What a virtual device keeps over restarts: small documents, one per section (`scopes`, `users`, `profiles` ...).

Reading and writing are immediate, because the ONVIF side answers from memory; whoever implements the protocol brings
the documents to a safe place soon afterwards.
"""

from __future__ import annotations

from typing import Protocol


class DeviceMemory(Protocol):
    """The documents of one virtual device."""

    @property
    def revision(self) -> int:
        """Grows with every change: whoever derives something from the documents sees that it is outdated."""

    def read(self, section: str) -> str | None:
        """Return the section's document as it was last written, None if it never was."""

    def write(self, section: str, document: str) -> None:
        """Keep a section's document."""

    def forget(self, section: str | None = None) -> None:
        """Drop one section, or all of them: the device is again as it was configured."""
