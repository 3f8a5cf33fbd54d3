"""Lamps and siren (vendor document, 3.8.12 and 3.10).

The samples of the document print numbers for the lamps where cameras have words. A white light keeps the mode in which
it lights by itself; switched on by hand it goes out again after some minutes, which is the camera's doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.core.auxiliary import AuxiliaryFunction, AuxiliarySwitch, SwitchState
from bridge.core.errors import Rejected, Unsupported
from bridge.drivers.reolink.codes import WRONG_PARAMETER
from bridge.drivers.reolink.envelope import NOT_ASKED, Command, Readings
from bridge.drivers.reolink.native import section, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.drivers.reolink.abilities import Abilities
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.settings import SettingsDesk

SIREN_MODES: Final = ("manul", "manu")
"""`alarm_mode` of a siren that sounds until it is switched off: as devices have it, and as it is documented."""


@dataclass(frozen=True, slots=True)
class _Lamp:
    """A lamp: its commands, the key of its object, the abilities any of which grants it, and its usual states."""

    read: str
    write: str
    key: str
    abilities: tuple[str, ...]
    states: tuple[SwitchState, ...]
    is_numbered: bool = False


LAMPS: Final = {
    AuxiliaryFunction.IR_LAMP: _Lamp(
        "GetIrLights", "SetIrLights", "IrLights", ("ledControl",), (SwitchState.AUTO, SwitchState.OFF)
    ),
    AuxiliaryFunction.WHITE_LIGHT: _Lamp(
        "GetWhiteLed",
        "SetWhiteLed",
        "WhiteLed",
        ("floodLight", "supportFLswitch"),
        (SwitchState.ON, SwitchState.OFF),
        is_numbered=True,
    ),
    AuxiliaryFunction.STATUS_LIGHT: _Lamp(
        "GetPowerLed", "SetPowerLed", "PowerLed", ("powerLed",), (SwitchState.ON, SwitchState.OFF)
    ),
}

SIREN_ABILITIES: Final = ("alarmAudio", "supportAudioAlarm")


def lamp_reads(abilities: Abilities) -> tuple[str, ...]:
    """Return the reads of the lamps that are not denied."""
    return tuple(lamp.read for lamp in LAMPS.values() if _is_granted(lamp, abilities))


def switches(readings: Readings, abilities: Abilities) -> tuple[AuxiliarySwitch, ...]:
    """Return the switches of a camera: lamps that it answers for, and a siren that it lists."""
    found = []
    for function, lamp in LAMPS.items():
        answer = readings.get(lamp.read, NOT_ASKED)
        if answer.is_good and lamp.key in answer.value and _is_granted(lamp, abilities):
            words = () if lamp.is_numbered else texts(section(answer.range, lamp.key), "state")
            listed = tuple(state for state in SwitchState if state in words)
            found.append(AuxiliarySwitch(function, listed or lamp.states))
    if any(abilities.affirm(key) for key in SIREN_ABILITIES):
        found.append(AuxiliarySwitch(AuxiliaryFunction.SIREN, (SwitchState.ON, SwitchState.OFF)))
    return tuple(found)


def _is_granted(lamp: _Lamp, abilities: Abilities) -> bool:
    """Whether any of a lamp's abilities is listed, or none is even denied."""
    told = [version for key in lamp.abilities if (version := abilities.version(key)) is not None]
    return any(told) or not told


class ReolinkSwitches:
    """`core.auxiliary.Auxiliary` for one channel.

    Args:
        client: returns the connected client, or raises what stands in the way.
        desk: changes the lamps.
    """

    def __init__(self, client: Callable[[], ReolinkClient], desk: SettingsDesk) -> None:
        self._client = client
        self._desk = desk

    async def switch(self, function: AuxiliaryFunction, state: SwitchState) -> None:
        """Operate a lamp or the siren; see `core.auxiliary.Auxiliary`."""
        if function is AuxiliaryFunction.SIREN:
            await self._sound(on=state is SwitchState.ON)
            return
        lamp = LAMPS.get(function)
        if lamp is None:
            raise Unsupported(f"the camera has no {function}", facet="auxiliary")
        native: int | str = int(state is SwitchState.ON) if lamp.is_numbered else str(state)

        def plan(client: ReolinkClient, _: Readings) -> tuple[Command, ...]:
            return (client.write(lamp.write, lamp.key, {"state": native}),)

        await self._desk.change((lamp.read,), plan)

    async def _sound(self, *, on: bool) -> None:
        """Switch the siren; a camera that does not know the one word for it gets the other."""
        client = self._client()
        usual, documented = SIREN_MODES
        try:
            await client.act(client.play_siren(usual, on=on))
        except Rejected as error:
            if error.native_code != WRONG_PARAMETER:
                raise
            await client.act(client.play_siren(documented, on=on))
