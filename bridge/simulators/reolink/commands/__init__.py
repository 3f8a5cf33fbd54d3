"""The commands of the native API: one function each, found by name.

A command is either written out in one of the modules here or is the Get or Set of a plain setting (`tables.py`).
`Snap` answers with a picture instead of an element and is served by `api.py`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bridge.simulators.reolink.commands import detection, network, ptz, recordings, security, system, video
from bridge.simulators.reolink.messages import DONE, Answer, NativeError, UnknownCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.simulators.reolink.device import Call
    from bridge.simulators.reolink.settings import Setting

COMMANDS: dict[str, Callable[[Call], Answer]] = {
    **system.COMMANDS,
    **security.COMMANDS,
    **network.COMMANDS,
    **video.COMMANDS,
    **ptz.COMMANDS,
    **detection.COMMANDS,
    **recordings.COMMANDS,
}
_FREE = frozenset({"Login"})
"""Commands that need no login."""
_OPEN_TO_GUESTS = frozenset({"Logout", "CheckFirmware", "UpgradeStatus", "Search", "NvrDownload"})
"""What a guest may do beside the commands that begin with `Get`."""


def run(call: Call) -> Answer:
    """Carry out one command.

    Raises:
        NativeError: it fails; the device is as before.
    """
    name, account = call.command.name, call.caller.account
    if name in _FREE:
        return COMMANDS[name](call)
    if account is None:
        raise NativeError(-6)
    command = _find(call)
    if account.level == "guest" and not name.startswith("Get") and name not in _OPEN_TO_GUESTS:
        raise NativeError(-26)
    return command(call)


def _find(call: Call) -> Callable[[Call], Answer]:
    name = call.command.name
    if name in COMMANDS:
        return COMMANDS[name]
    verb, topic = name[:3], name[3:]
    setting = call.device.settings.get(topic) or call.channel.settings.get(topic)
    if setting is not None and verb in _VERBS:
        return partial(_VERBS[verb], setting)
    if call.channel.ptz is None and name in ptz.HEADLESS_COMMANDS:
        return ptz.HEADLESS_COMMANDS[name]
    raise UnknownCommand


def _read(setting: Setting, call: Call) -> Answer:
    _check_channel(setting, call)
    return setting.answer(is_full=call.is_full)


def _write(setting: Setting, call: Call) -> Answer:
    _check_channel(setting, call)
    value = setting.written(call.command.param)
    if not call.is_ignored:
        setting.value = value
    return DONE


def _check_channel(setting: Setting, call: Call) -> None:
    if setting.has_channel:
        _ = call.channel  # refuses a channel that there is not


_VERBS = {"Get": _read, "Set": _write}
