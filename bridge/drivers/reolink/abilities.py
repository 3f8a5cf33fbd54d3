"""What `GetAbility` says that a camera can do (vendor document, 3.1.1). Key spellings are the camera's, on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.drivers.reolink.native import number, section

if TYPE_CHECKING:
    from bridge.drivers.reolink.native import Json


class Abilities:
    """The abilities of one channel, with those of the whole device behind them.

    Devices list more or fewer keys than the document. `ver` 0 means absent, more than 0 names a variant; `permit`
    is contradictory even in the document and is not looked at.

    Args:
        value: the `value` of the GetAbility answer; anything.
        channel: from 0. A recorder's list may be shorter than its channels: nothing is supported there.
    """

    def __init__(self, value: Json, channel: int) -> None:
        self._device = section(value, "Ability")
        listed = self._device.get("abilityChn")
        channels = listed if isinstance(listed, list) else []
        self._channel = section(channels[channel]) if channel < len(channels) else {}
        self._is_known_channel = not channels or channel < len(channels)

    def version(self, key: str) -> int | None:
        """Return the variant of an ability, 0 when it is denied, None when the device does not list it."""
        for holder in (self._channel, self._device):
            found = number(section(holder, key), "ver", least=0)
            if found is not None:
                return found
        return None if self._is_known_channel else 0

    def allow(self, key: str) -> bool:
        """Whether an ability is not denied: what is not listed is decided by whether its command is answered."""
        return self.version(key) != 0

    def affirm(self, key: str) -> bool:
        """Whether an ability is listed and not denied."""
        return bool(self.version(key))
