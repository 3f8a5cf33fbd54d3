"""The table of families."""

from __future__ import annotations

import pytest

from bridge.core.errors import ConfigError
from bridge.drivers.registry import FAMILIES, PLANNED, family_named


def test_every_family_is_listed_under_its_own_name() -> None:
    assert all(name == family.name for name, family in FAMILIES.items())
    assert family_named("reolink").stream_names == ("main", "sub")


def test_a_family_to_come_is_told_apart_from_a_slip_of_the_pen() -> None:
    assert not set(PLANNED) & set(FAMILIES)
    with pytest.raises(ConfigError, match="no driver in this version; there are: reolink"):
        family_named("vigi")
    with pytest.raises(ConfigError, match="not a camera family"):
        family_named("reolnik")
