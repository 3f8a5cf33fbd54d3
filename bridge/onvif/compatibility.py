"""Compatibility switches: where a device departs from the standard, or from our own choice, for the sake of clients.

What each switch does, for whom, and where that can be seen is data (`profiles/clients.toml`, see
`profiles/README.md`); how it is done stands where it belongs. A device's switches are set when it is made. What is
not a switch: limits and addresses, which are configuration, and what a camera can, which nobody chooses.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from bridge.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Switch:
    """One row of the table.

    Args:
        name: as in the configuration file; a field of `Compatibility`.
        default: how it stands when nobody sets it.
        does: what is different while it is on.
        client: who needs it.
        evidence: where that can be seen.
    """

    name: str
    default: bool
    does: str
    client: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compatibility:
    """How the switches of one device stand; the table says what they mean."""

    synology_createprofile: bool
    allow_password_text: bool
    media1_h265_as_h264: bool
    rtsp_anonymous: bool
    digest_sha256: bool
    advertise_media2: bool
    advertise_analytics: bool
    snapshot_basic_auth: bool

    @property
    def digest_algorithms(self) -> tuple[str, ...]:
        """What HTTP and RTSP Digest is offered with, in this order: most clients take the first."""
        return ("MD5", "SHA-256") if self.digest_sha256 else ("MD5",)

    def but(self, settings: Mapping[str, bool]) -> Compatibility:
        """Return these switches with some of them set; their names are known ones."""
        return replace(self, **settings)


def read_switches(path: Path) -> tuple[Switch, ...]:
    """Return the rows of a table.

    Raises:
        ValueError: the file is no such table, or its names are not those of `Compatibility`.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        switches = tuple(
            Switch(name, row["default"], row["does"], row["client"], tuple(row["evidence"]))
            for name, row in table.items()
        )
    except KeyError as error:
        raise ValueError(f"{path.name}: {error} is missing") from error
    differing = {field.name for field in fields(Compatibility)} ^ table.keys()
    if differing:
        raise ValueError(f"{path.name}: {', '.join(sorted(differing))} must be both in the table and in the program")
    return switches


SWITCHES = read_switches(data_folder("profiles") / "clients.toml")
"""The switches of this version. Read once, when the program starts: they are part of it."""

DEFAULTS = Compatibility(**{switch.name: switch.default for switch in SWITCHES})
"""How they stand when nobody sets any."""
