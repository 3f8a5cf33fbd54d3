"""The accounts of one virtual device: those of the configuration until a client changes them.

From then on the device has a set of its own, and changes of the configuration do not reach it any more until it is
set back to its factory default. SOAP, snapshots and RTSP ask the same directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.model import Secret
from bridge.core.users import User
from bridge.onvif.settings.device import StoredUser, UserSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bridge.core.users import UserRegister
    from bridge.onvif.settings.section import Section


class DeviceUsers:
    """`core.users.UserRegister` of one device.

    Args:
        configured: the accounts that every device begins with.
        section: where a set of the device's own is kept.
    """

    def __init__(self, configured: UserRegister, section: Section[UserSettings]) -> None:
        self._configured = configured
        self._section = section
        self._listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[User]:
        own = self._section.read().users
        if own is None:
            return iter(self._configured)
        return (User(each.username, Secret(each.password), each.level) for each in own)

    def find(self, username: str) -> User | None:
        """Return the account of that name, or None."""
        if self._section.read().users is None:
            return self._configured.find(username)
        return next((user for user in self if user.username == username), None)

    def replace(self, users: Iterable[User]) -> None:
        """Give the device a set of its own."""
        own = tuple(StoredUser(user.username, user.password.reveal(), user.level) for user in users)
        self._section.write(UserSettings(own))
        self.changed()

    def on_changed(self, listener: Callable[[], None]) -> None:
        """Have a function called whenever accounts may have changed."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Tell the listeners; for whoever has changed the accounts otherwise than by `replace`."""
        for listener in self._listeners:
            listener()
