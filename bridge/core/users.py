"""The people and programs that may use a virtual device."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bridge.core.model import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator


class UserLevel(StrEnum):
    """ONVIF user levels (Core specification, access classes)."""

    ADMINISTRATOR = "Administrator"
    OPERATOR = "Operator"
    USER = "User"


@dataclass(frozen=True, slots=True)
class User:
    """One account of a virtual device; the same for SOAP, RTSP and snapshots."""

    username: str
    password: Secret
    level: UserLevel


class UserDirectory(Protocol):
    """Finds accounts by name."""

    def find(self, username: str) -> User | None:
        """Return the account, or None."""


class UserRegister(UserDirectory, Protocol):
    """A directory that can be listed, too."""

    def __iter__(self) -> Iterator[User]:
        """Go through all accounts."""
