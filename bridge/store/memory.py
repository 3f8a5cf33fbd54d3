"""A virtual device's memory in the state file: read once, written behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bridge.store.state import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.store.state import StateStore

log = structlog.get_logger(__name__)

SAVE_AGAIN_S = 1.0
"""Least time between two savings: a client that changes things in a loop must not wear out a flash card."""


class StoredMemory:
    """`core.memory.DeviceMemory` of one device; `run` brings changes to the state file.

    Args:
        device: the camera's id.
        documents: what the state file holds of it.
        state: the open state file.
    """

    def __init__(self, device: str, documents: Mapping[str, str], state: StateStore) -> None:
        self._device = device
        self._documents = dict(documents)
        self._state = state
        self._unsaved: dict[str, str | None] = {}
        self.revision = 0
        self._changed = asyncio.Event()

    def read(self, section: str) -> str | None:
        """Return a section's document."""
        return self._documents.get(section)

    def write(self, section: str, document: str) -> None:
        """Keep a section's document."""
        if self._documents.get(section) != document:
            self._documents[section] = document
            self._note(section, document)

    def forget(self, section: str | None = None) -> None:
        """Drop one section or all."""
        for name in list(self._documents) if section is None else [section]:
            if self._documents.pop(name, None) is not None:
                self._note(name, None)

    async def run(self) -> None:
        """Save what changes, as it changes, until cancelled; the last changes are saved on the way out."""
        try:
            while True:
                await self._changed.wait()
                await self.save()
                await asyncio.sleep(SAVE_AGAIN_S)
        finally:
            await self.save()

    def _note(self, section: str, document: str | None) -> None:
        self._unsaved[section] = document
        self.revision += 1
        self._changed.set()

    async def save(self) -> None:
        """Bring to the state file what it does not hold yet."""
        self._changed.clear()
        unsaved, self._unsaved = self._unsaved, {}
        if not unsaved:
            return
        try:
            await self._state.keep_sections(self._device, unsaved)
        except asyncio.CancelledError:
            self._unsaved = unsaved | self._unsaved  # rolled back; the last saving takes it along
            raise
        except StateError as error:
            # Nothing is lost while the bridge runs; it is tried again with the next round.
            self._unsaved = unsaved | self._unsaved
            self._changed.set()
            log.warning("state.memory_not_kept", device=self._device, reason=str(error))
