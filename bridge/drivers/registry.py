"""The camera families of this version, in one table."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bridge.core.errors import ConfigError, ConfigProblem
from bridge.drivers import reolink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.drivers.base import CameraFamily

FAMILIES: Final[Mapping[str, CameraFamily]] = MappingProxyType({family.name: family for family in (reolink.FAMILY,)})

PLANNED: Final = ("vigi", "dynacolor", "ipcsdk", "pilot")
"""Families that the product is meant for and that have no driver yet."""


def family_named(name: str) -> CameraFamily:
    """Return a family.

    Raises:
        ConfigError: there is none of that name, or not yet.
    """
    family = FAMILIES.get(name)
    if family is None:
        state = "has no driver in this version" if name in PLANNED else "is not a camera family"
        raise ConfigError((ConfigProblem("family", f"{name!r} {state}; there are: {', '.join(FAMILIES)}"),))
    return family
