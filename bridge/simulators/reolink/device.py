"""Everything that one simulated camera holds, and the call of a command upon it.

The device knows nothing of sockets: what a command wants done to the ports after its answer (`Effect`) is written
into the call and carried out by whoever serves it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.simulators.reolink import tables
from bridge.simulators.reolink.alarms import MOTION, Alarms
from bridge.simulators.reolink.encoder import Encoder
from bridge.simulators.reolink.messages import Command, NativeError
from bridge.simulators.reolink.ptz import PtzUnit
from bridge.simulators.reolink.sessions import Account, Accounts, Session, Sessions
from bridge.simulators.reolink.wallclock import WallClock

if TYPE_CHECKING:
    from bridge.simulators.clock import Clock
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.scenario import Script
    from bridge.simulators.reolink.settings import Setting

DISK_MB = 60_906
"""A memory card of 64 GB, as it calls itself."""
_DISK_LEFT_MB = 35_000


class Effect(enum.Enum):
    """What must happen to the camera's ports once the answer is out."""

    REBOOT = enum.auto()
    RESTART_STREAMS = enum.auto()
    SWITCH_RTSP = enum.auto()


@dataclass(slots=True)
class Disk:
    """The memory card; sizes in megabytes."""

    is_mounted: bool = True
    capacity_mb: int = DISK_MB
    left_mb: int = _DISK_LEFT_MB


@dataclass(slots=True)
class Ports:
    """The ports that are bound, and whether RTSP is on."""

    api: int = 0
    rtsp: int = 0
    has_rtsp: bool = True


class Channel:
    """One picture of the camera with all that belongs to it."""

    def __init__(self, number: int, script: Script) -> None:
        persona = script.persona
        self.number = number
        self.persona = persona
        self.settings: dict[str, Setting] = persona.channel_settings()
        self.ptz = None if persona.ptz is None else PtzUnit(persona.ptz)
        self.encoder = Encoder(
            persona.sizes,
            start=persona.start_size,
            shows_codec=persona.shows_codec,
            shows_details=persona.shows_encoder_details,
        )
        self.alarms = Alarms((MOTION, *(persona.ai_kinds or ())))
        self.mask_areas: list[JsonObject] = []
        self.is_masked = False


class Device:
    """One camera."""

    def __init__(self, script: Script, clock: Clock, *, owner: Account, host: str) -> None:
        persona = script.persona
        self.persona = persona
        self.switches = script.switches
        self.clock = clock
        self.name = persona.identity.name
        self.accounts = Accounts(owner)
        self.sessions = Sessions(lease_s=script.lease_s)
        self.wall = WallClock(clock)
        self.settings = tables.of_device(uid=persona.identity.uid, mac=persona.identity.mac, ip=host)
        self.settings["SysCfg"].value["loginLock"] = int("login_lock" in script.switches)
        self.ports = Ports(has_rtsp="rtsp_off" not in script.switches)
        self.disk = Disk() if persona.has_sd_card else None
        self.channels = (Channel(0, script),)

    def restart(self) -> None:
        """Lose what a reboot loses: the sessions and whatever the head was doing."""
        self.sessions.close_all()
        now = self.clock.now()
        for channel in self.channels:
            if channel.ptz is not None:
                channel.ptz.control("Stop", now)


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
            NativeError: -4 when the channel is no number, -49 when there is none of that number.
        """
        number = self._channel_number()
        if type(number) is not int:
            raise NativeError(-4)
        if not 0 <= number < len(self.device.channels):
            raise NativeError(-49)
        return self.device.channels[number]

    def wanted(self, key: str) -> JsonObject:
        """Return the object that the command carries under a key.

        Raises:
            NativeError: -4 when it carries none.
        """
        wanted = self.command.param.get(key)
        if not isinstance(wanted, dict):
            raise NativeError(-4)
        return wanted

    def _channel_number(self) -> object:
        """Return `channel`, which stands in the parameters or in the one object that they hold; absent is 0."""
        param = self.command.param
        if "channel" in param:
            return param["channel"]
        return next((part["channel"] for part in param.values() if isinstance(part, dict) and "channel" in part), 0)
