"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tests.perf.conversing import LOOPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.perf.loads import Plan


@dataclass(frozen=True)
class Figure:
    """One number; `at_most` is the goal where there is one."""

    load: str
    name: str
    value: float
    at_most: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether it reaches its goal."""
        return self.at_most is None or self.value <= self.at_most


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of text."""
    width = max(len(figure.load) for figure in figures)
    lines = [f"{'load':<{width}}  {'figure':<44} {'measured':>9}  goal", "-" * (width + 64)]
    shown = ""
    for figure in figures:
        load = "" if figure.load == shown else figure.load
        shown = figure.load
        goal = "" if figure.at_most is None else f"{'' if figure.is_good else 'MISSED '}<= {figure.at_most:g}"
        lines.append(f"{load:<{width}}  {figure.name:<44} {figure.value:>9.2f}  {goal}".rstrip())
    return "\n".join(lines)


def as_json(plan: Plan, figures: Sequence[Figure]) -> dict[str, Any]:
    """Return everything that is needed to compare two runs."""
    return {
        "machine": {
            "python": platform.python_version(),
            "kernel": platform.release(),
            "cores": os.cpu_count(),
            "loops": LOOPS,
        },
        "plan": asdict(plan),
        "figures": [asdict(figure) | {"good": figure.is_good} for figure in figures],
    }
