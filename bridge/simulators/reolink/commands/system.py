"""Commands of the device: identity, abilities, names, clock, disk, power (section 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.reolink import wallclock
from bridge.simulators.reolink.device import Call, Effect
from bridge.simulators.reolink.messages import DONE, Answer, NativeError
from bridge.simulators.reolink.ranges import check, merged

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.channel import Channel
    from bridge.simulators.reolink.device import Device

CURRENT_USER = "NULL"
"""Name that stands for whoever asks."""


def get_ability(call: Call) -> Answer:
    """`GetAbility`: of the account named, or of the asker."""
    user = call.command.param.get("User")
    name = user.get("userName") if isinstance(user, dict) else None
    account = call.caller.account if name in (None, "", CURRENT_USER) else call.device.accounts.find(name)
    if account is None:
        raise NativeError(-27)
    is_guest = account.level == "guest"
    if "no_abilities" in call.device.switches:
        return Answer({"Ability": {"abilityChn": [{}]}})
    # A recorder's list ends with the last picture that ever had a camera.
    channels = call.device.channels
    last = max((channel.number for channel in channels if channel.is_paired), default=0)
    shown = [
        channel.persona.abilities.of_channel(is_guest=is_guest) if channel.is_online else {}
        for channel in channels[: last + 1]
    ]
    return Answer({"Ability": {**call.device.persona.abilities.of_device(is_guest=is_guest), "abilityChn": shown}})


def get_device_info(call: Call) -> Answer:
    """`GetDevInfo`."""
    return Answer({"DevInfo": {**call.device.persona.device_info(), "name": call.device.name}})


def get_name(call: Call) -> Answer:
    """`GetDevName`: with a channel, the name of a recorder's camera."""
    return Answer({"DevName": {"name": _named(call).name}})


def set_name(call: Call) -> Answer:
    """`SetDevName`: with a channel, the name of a recorder's camera."""
    named, name = _named(call), call.wanted("DevName").get("name")
    check(name, {"maxLen": 31, "minLen": 1})
    if not call.is_ignored:
        named.name = str(name)
    return DONE


def _named(call: Call) -> Device | Channel:
    return call.channel if call.device.is_recorder and call.names_channel else call.device


def get_channel_status(call: Call) -> Answer:
    """`GetChannelstatus`: a camera is a recorder with one channel that is always there."""
    device = call.device
    if not device.is_recorder:
        status = {"channel": 0, "name": device.name, "online": 1, "typeInfo": device.persona.identity.model}
        return Answer({"count": 1, "status": [status]})
    return Answer({"count": len(device.channels), "status": [_status(channel) for channel in device.channels]})


def _status(channel: Channel) -> JsonObject:
    return {
        "channel": channel.number,
        "name": channel.name if channel.is_paired else "",
        "online": int(channel.is_online),
        "typeInfo": channel.persona.identity.model if channel.is_online else "",
    }


def get_time(call: Call) -> Answer:
    """`GetTime`: the local time of this moment, and the rules of daylight saving."""
    wall = call.device.wall
    value: JsonObject = {"Dst": dict(wall.dst), "Time": wall.time()}
    if not call.is_full:
        return Answer(value)
    moment = {"year": 0, "mon": 0, "day": 1, "hour": 0, "min": 0, "sec": 0}
    initial: JsonObject = {"Dst": wallclock.INITIAL_DST, "Time": {**wallclock.INITIAL_FORMAT, **moment}}
    return Answer(value, initial, wallclock.RANGE)


def set_time(call: Call) -> Answer:
    """`SetTime`: either object may be left out, and each of their fields."""
    wall, param = call.device.wall, call.command.param
    if not param.keys() & wallclock.RANGE.keys():
        raise NativeError(-4)
    time = merged(wall.time(), param.get("Time", {}), wallclock.RANGE["Time"])
    dst = merged(wall.dst, param.get("Dst", {}), wallclock.RANGE["Dst"])
    wall.set(time, dst, is_dry=call.is_ignored)
    return DONE


def set_ntp(call: Call) -> Answer:
    """`SetNtp`: an interval of 0 means now."""
    setting, wanted = call.device.settings["Ntp"], call.wanted("Ntp")
    is_now = wanted.get("interval") == 0
    fields = {name: value for name, value in wanted.items() if not (is_now and name == "interval")}
    value = setting.written({"Ntp": fields})
    if call.is_ignored:
        return DONE
    setting.value = value
    if is_now or setting.value["enable"]:
        call.device.wall.synchronise()
    return DONE


def get_disks(call: Call) -> Answer:
    """`GetHddInfo`."""
    disk = call.device.disk
    if disk is None:
        return Answer({"HddInfo": []})
    info = {"capacity": disk.capacity_mb, "format": 1, "mount": int(disk.is_mounted), "number": 1}
    # A recorder says which disk it is; a card is the only one.
    kind = {"id": 0, "storageType": 1} if call.device.is_recorder else {"storageType": 2}
    return Answer({"HddInfo": [{**info, **kind, "size": disk.left_mb}]})


def format_disk(call: Call) -> Answer:
    """`Format`: there is one disk, number 0."""
    disk, wanted = call.device.disk, call.wanted("HddInfo").get("id")
    if disk is None or wanted != [0]:
        raise NativeError(-4)
    disk.left_mb = disk.capacity_mb
    for archive in call.device.archives:
        archive.clear()
    return DONE


def restore(call: Call) -> Answer:
    """`Restore`: the settings that it came with from the factory; then it starts again."""
    call.device.reset()
    call.effects.append(Effect.REBOOT)
    return DONE


def reboot(call: Call) -> Answer:
    """`Reboot`: answered first."""
    call.effects.append(Effect.REBOOT)
    return DONE


def check_firmware(call: Call) -> Answer:
    """`CheckFirmware`: there is never a newer one."""
    del call
    return Answer({"newFirmware": 0})


def upgrade_status(call: Call) -> Answer:
    """`UpgradeStatus`: nothing is under way. The percentage's name is the document's."""
    del call
    return Answer({"Status": {"Perset": 0, "code": 0}})


COMMANDS = {
    "GetAbility": get_ability,
    "GetDevInfo": get_device_info,
    "GetDevName": get_name,
    "SetDevName": set_name,
    "GetChannelstatus": get_channel_status,
    "Getchannelstatus": get_channel_status,
    "GetTime": get_time,
    "SetTime": set_time,
    "SetNtp": set_ntp,
    "GetHddInfo": get_disks,
    "Format": format_disk,
    "Reboot": reboot,
    "Restore": restore,
    "CheckFirmware": check_firmware,
    "UpgradeStatus": upgrade_status,
}
