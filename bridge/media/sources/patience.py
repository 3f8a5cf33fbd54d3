"""How long a camera may take, the same for every way to get a stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a camera may take: to accept a connection, to answer, between two packets, and to say good-bye."""

    connect_s: float = 5.0
    answer_s: float = 8.0
    stall_s: float = 4.0
    teardown_s: float = 1.0
