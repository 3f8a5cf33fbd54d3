"""Everything that one simulated camera holds, and the call of a command upon it.

The device knows nothing of sockets: what a command wants done to the ports after its answer (`Effect`) is written
into the call and carried out by whoever serves it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.simulators.reolink.channel import NOT_THERE, Channel
from bridge.simulators.reolink.messages import Command, NativeError
from bridge.simulators.reolink.recordings import Archive
from bridge.simulators.reolink.sessions import Account, Accounts, Session, Sessions
from bridge.simulators.reolink.wallclock import WallClock

if TYPE_CHECKING:
    from bridge.simulators.clock import Clock
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.personas import Persona
    from bridge.simulators.reolink.scenario import Script
    from bridge.simulators.reolink.settings import Setting

_CARD_MB, _CARD_LEFT_MB = 60_906, 35_000
"""A memory card of 64 GB, as it calls itself, and what is left of it."""
_HARD_DISK_MB = 938_610, 549_219
"""The disk of a recorder: capacity, and what is left."""


class Effect(enum.Enum):
    """What must happen to the camera's ports once the answer is out."""

    REBOOT = enum.auto()
    RESTART_STREAMS = enum.auto()
    SWITCH_RTSP = enum.auto()


@dataclass(slots=True)
class Disk:
    """The memory card or the hard disk; sizes in megabytes."""

    capacity_mb: int = _CARD_MB
    left_mb: int = _CARD_LEFT_MB
    is_mounted: bool = True


@dataclass(slots=True)
class Ports:
    """The ports that are bound, and whether RTSP is on."""

    api: int = 0
    rtsp: int = 0
    has_rtsp: bool = True


class Device:
    """One camera, or a recorder with several.

    Attributes:
        channels: the pictures; those of a recorder may be empty or away.
        archives: the recordings of each picture.
    """

    def __init__(self, script: Script, clock: Clock, *, owner: Account, host: str) -> None:
        persona = script.persona
        self.script = script
        self.persona = persona
        self.switches = script.switches
        self.clock = clock
        self.accounts = Accounts(owner)
        self.sessions = Sessions(lease_s=script.lease_s)
        self.wall = WallClock(clock)
        self.ports = Ports(has_rtsp="rtsp_off" not in script.switches)
        self.disk = None
        if persona.has_disk:
            self.disk = Disk(*_HARD_DISK_MB) if persona.members else Disk()
        self._host = host
        self.channels = _channels(persona)
        for channel in self.channels[script.cameras :]:
            channel.is_paired = channel.is_online = False
        self.archives = tuple(Archive(channel.encoder, self.wall.local()) for channel in self.channels)
        self._set_up()

    def reset(self) -> None:
        """Set everything to what it was in the factory.

        Accounts and ports stay, so that the device stays in reach; so do the clock, what is on the disk, and the
        cameras that are plugged in.
        """
        before, self.channels = self.channels, _channels(self.persona)
        for old, new in zip(before, self.channels, strict=True):
            new.is_paired, new.is_online = old.is_paired, old.is_online
        self._set_up()

    def _set_up(self) -> None:
        self.name = self.persona.identity.name
        self.settings: dict[str, Setting] = self.persona.device_settings(ip=self._host)
        self.settings["SysCfg"].value["loginLock"] = int("login_lock" in self.switches)

    @property
    def is_recorder(self) -> bool:
        """Whether the pictures are those of other cameras."""
        return bool(self.persona.members)

    def restart(self) -> None:
        """Lose what a reboot loses: the sessions and whatever the head was doing."""
        self.sessions.close_all()
        now = self.clock.now()
        for channel in self.channels:
            if channel.ptz is not None:
                channel.ptz.control("Stop", now)


def _channels(persona: Persona) -> tuple[Channel, ...]:
    return tuple(Channel(number, member) for number, member in enumerate(persona.members or (persona,)))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and how they said so.

    Attributes:
        account: None when nothing valid was said.
        session: of the token, if it was one.
        auth: `token`, `user` or `none`, for the journal.
        ip: address of the asker.
        local_ip: address of the camera that was asked.
    """

    account: Account | None
    session: Session | None
    auth: str
    ip: str
    local_ip: str


@dataclass(frozen=True, slots=True)
class Call:
    """One command, addressed to a device."""

    device: Device
    caller: Caller
    command: Command
    now: float
    effects: list[Effect] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether `initial` and `range` are wanted."""
        return self.command.action == 1

    @property
    def channel(self) -> Channel:
        """The picture that the command is about.

        Raises:
            NativeError: -4 when the channel is no number, -49 when there is none of that number, -99 when its camera
                is away.
        """
        number = self.channel_number
        if type(number) is not int:
            raise NativeError(-4)
        if not 0 <= number < len(self.device.channels):
            raise NativeError(NOT_THERE)
        return self.device.channels[number].reached(self.now)

    @property
    def names_channel(self) -> bool:
        """Whether a channel was sent at all."""
        param = self.command.param
        return "channel" in param or any(isinstance(part, dict) and "channel" in part for part in param.values())

    @property
    def is_ignored(self) -> bool:
        """Whether a Set command shall check everything and change nothing."""
        return "ignore_sets" in self.device.switches

    def wanted(self, key: str) -> JsonObject:
        """Return the object that the command carries under a key.

        Raises:
            NativeError: -4 when it carries none.
        """
        wanted = self.command.param.get(key)
        if not isinstance(wanted, dict):
            raise NativeError(-4)
        return wanted

    @property
    def channel_number(self) -> object:
        """`channel` as sent, in the parameters or in the one object that they hold; absent is 0."""
        param = self.command.param
        if "channel" in param:
            return param["channel"]
        return next((part["channel"] for part in param.values() if isinstance(part, dict) and "channel" in part), 0)
