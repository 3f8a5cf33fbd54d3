"""The accounts of the configuration, with which every virtual device begins; replaced as a whole on reload."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.users import User


class Accounts:
    """`core.users.UserRegister` over the configured users."""

    def __init__(self, users: Iterable[User]) -> None:
        self._users = {user.username: user for user in users}

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def find(self, username: str) -> User | None:
        """Return the account of that name, or None."""
        return self._users.get(username)

    def replace(self, users: Iterable[User]) -> None:
        """Take over a new set of accounts."""
        self._users = {user.username: user for user in users}
