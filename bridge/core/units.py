"""Ranges and the scales between native steps and common units."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Range:
    """An inclusive numeric range."""

    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        if self.minimum > self.maximum:
            raise ValueError(f"range {self.minimum}..{self.maximum} is upside down")

    def __contains__(self, value: float) -> bool:
        return self.minimum <= value <= self.maximum

    @property
    def span(self) -> float:
        """Length of the range; 0 for a single point."""
        return self.maximum - self.minimum

    def clamp(self, value: float) -> float:
        """Return the nearest value inside the range."""
        return min(max(value, self.minimum), self.maximum)

    def fraction(self, value: float) -> float:
        """Return where `value` lies, 0.0 at the minimum and 1.0 at the maximum; a point range gives 0.0."""
        return (value - self.minimum) / self.span if self.span else 0.0

    def at(self, fraction: float) -> float:
        """Return the value at a fraction 0.0..1.0 of the range."""
        return self.minimum + fraction * self.span


def round_half_up(value: float) -> int:
    """Round to the nearest integer, halves upwards (Python's `round` goes to even, vendors do not)."""
    return floor(value + 0.5)


def percent_to_steps(percent: float, steps: int) -> int:
    """Scale 0..100 to 0..steps."""
    return round_half_up(percent * steps / 100)


def steps_to_percent(value: int, steps: int) -> float:
    """Scale 0..steps to 0..100, to two decimals: `percent_to_steps` gives the same step back."""
    return round(value * 100 / steps, 2)
