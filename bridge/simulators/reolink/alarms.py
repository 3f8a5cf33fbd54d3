"""What the camera believes to see: level flags that fall back by themselves (`GetMdState`, `GetAiState`)."""

from __future__ import annotations

import math

MOTION = "motion"


class Alarms:
    """The flags of one picture.

    Attributes:
        kinds: the kinds that this camera can report; the others stay unset.
    """

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds
        self._until = dict.fromkeys(kinds, -math.inf)

    def set(self, kind: str, *, until: float) -> None:
        """Raise a flag of one of `kinds` until a time in seconds of the camera's clock; a past time lowers it."""
        self._until[kind] = until

    def is_active(self, kind: str, now: float) -> bool:
        """Tell whether a flag is raised."""
        return self._until.get(kind, -math.inf) > now
