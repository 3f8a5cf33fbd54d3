"""Reads the log file of a program under test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PATIENCE_S = 5.0


@dataclass
class LogFile:
    """A log that grows."""

    path: Path
    read_to: int = 0

    def lines(self) -> list[str]:
        """Return the lines since the last mark."""
        return self.path.read_text()[self.read_to :].splitlines()

    def mark(self) -> None:
        """Look only at what comes from now on."""
        self.read_to = len(self.path.read_text())

    def holds_none_of(self, secrets: Iterable[str]) -> bool:
        """Tell whether no secret stands anywhere in the whole file."""
        text = self.path.read_text()
        return not any(secret in text for secret in secrets)


async def eventually(condition: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    """Wait for something in another program; looking again and again is all that can be done from outside."""
    async with asyncio.timeout(within_s):
        while True:
            if condition():
                return
            await asyncio.sleep(0.02)
