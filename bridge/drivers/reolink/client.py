"""The native commands that the driver uses, under their native names, for one channel."""

from __future__ import annotations

import asyncio
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from bridge.drivers.reolink.codes import Reaction, error_for, meaning_of
from bridge.drivers.reolink.envelope import WITH_RANGE, Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.core.formats import Resolution
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.native import Json
    from bridge.drivers.reolink.profile import SessionLimits
    from bridge.drivers.reolink.session import NativeSession

PATIENT_REPEATS: Final = 3

RANDOM_BYTES: Final = 8
"""Makes the 16 characters of `rs`, which the camera wants in every Snap against caches on the way."""


class ReolinkClient:
    """Reads and acts on one channel.

    Args:
        session: sends the commands.
        channel: from 0.
        limits: waits before repetitions.
        camera: id for errors.
    """

    def __init__(self, session: NativeSession, channel: int, *, limits: SessionLimits, camera: str) -> None:
        self.session = session
        self._channel = channel
        self._limits = limits
        self._camera = camera

    def read_channel(self, cmd: str, *, with_range: bool = False) -> Command:
        """Return a read of something that every channel has of its own."""
        return Command(cmd, {"channel": self._channel}, action=WITH_RANGE if with_range else 0)

    def read_setting(self, cmd: str) -> Command:
        """Return the read of a setting with everything that it can be set to."""
        if cmd == "GetAlarm":  # the only one that wants its parameters nested
            return Command(cmd, {"Alarm": {"type": "md", "channel": self._channel}}, action=WITH_RANGE)
        return self.read_channel(cmd, with_range=True)

    def write(self, cmd: str, key: str, fields: Json) -> Command:
        """Return a command that sets the object of that key: those of this channel, whatever `fields` says."""
        return Command(cmd, {key: {**fields, "channel": self._channel}})

    def ptz_ctrl(self, op: str, *, speed: int | None = None, preset: int | None = None) -> Command:
        """Return `PtzCtrl`: a movement that goes on until Stop, Stop itself, or a drive to a preset."""
        param: dict[str, object] = {"channel": self._channel, "op": op}
        if speed is not None:
            param["speed"] = speed
        if preset is not None:
            param["id"] = preset
        return Command("PtzCtrl", param)

    def set_ptz_preset(self, preset: int, *, name: str, enable: bool) -> Command:
        """Return `SetPtzPreset`: stores the present position, or with `enable` false forgets the stored one."""
        return Command(
            "SetPtzPreset",
            {"PtzPreset": {"channel": self._channel, "enable": int(enable), "id": preset, "name": name}},
        )

    def start_zoom_focus(self, op: str, position: int) -> Command:
        """Return `StartZoomFocus`: a drive of the lens to a position in its own steps."""
        return self.write("StartZoomFocus", "ZoomFocus", {"op": op, "pos": position})

    def set_ptz_guard(self, *, store: bool) -> Command:
        """Return `SetPtzGuard`: makes the present position the guard position, or drives to the one there is."""
        fields = {"cmdStr": "setPos", "bSaveCurrentPos": 1} if store else {"cmdStr": "toPos"}
        return self.write("SetPtzGuard", "PtzGuard", fields)

    def play_siren(self, mode: str, *, on: bool) -> Command:
        """Return `AudioAlarmPlay`: the siren until it is switched off again. Its parameters are not nested."""
        param = {"alarm_mode": mode, "manual_switch": int(on), "times": 1, "channel": self._channel}
        return Command("AudioAlarmPlay", param)

    def search(self, stream: str, *, begin: Json, end: Json, only_days: bool) -> Command:
        """Return `Search`: the recordings between two times, or only the days that have any."""
        fields = {"onlyStatus": int(only_days), "streamType": stream, "StartTime": begin, "EndTime": end}
        return self.write("Search", "Search", fields)

    def set_net_port(self, net_port: Json) -> Command:
        """Return `SetNetPort`; it wants the whole object of GetNetPort back."""
        return Command("SetNetPort", {"NetPort": dict(net_port)})

    async def read(self, commands: Sequence[Command], *, timeout_s: float | None = None) -> dict[str, Answer]:
        """Send reads and return their answers by command; a refused one is an answer with its code.

        Raises:
            CameraError: there was no usable answer at all.
        """
        answers = await self.session.call(commands, timeout_s=timeout_s)
        return {command.cmd: answer for command, answer in zip(commands, answers, strict=True)}

    async def act(self, *commands: Command) -> None:
        """Have the camera do something, in this order, with the repetitions that the code table wants.

        Raises:
            CameraError: a command was refused for good.
        """
        left = list(commands)
        repeats = 0
        while left:
            answers = await self.session.call(left)
            failed = next((at for at, answer in enumerate(answers) if not answer.is_good), None)
            if failed is None:
                return
            left = left[failed:]
            await self._before_repeat(answers[failed].code, left[0].cmd, repeats)
            repeats += 1

    async def _before_repeat(self, code: int, operation: str, repeats: int) -> None:
        match meaning_of(code).reaction:
            case Reaction.REPEAT_ONCE if repeats < 1:
                await asyncio.sleep(self._limits.retry_s)
            case Reaction.REPEAT_PATIENTLY if repeats < PATIENT_REPEATS:
                await asyncio.sleep(self._limits.busy_retry_s)
            case _:
                raise error_for(code, operation=operation, camera=self._camera)

    async def snap(self, stream: str, size: Resolution | None) -> bytes:
        """Return a JPEG, of that size where the firmware minds it.

        Raises:
            CameraError: there was none.
        """
        query = {"cmd": "Snap", "channel": str(self._channel), "rs": token_hex(RANDOM_BYTES), "snapType": stream}
        if size is not None:
            query |= {"width": str(size.width), "height": str(size.height)}
        return await self.session.picture(query)
