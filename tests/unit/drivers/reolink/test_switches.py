"""Lamps and siren."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.auxiliary import AuxiliaryFunction, AuxiliarySwitch, SwitchState
from bridge.core.errors import Rejected, Unsupported
from bridge.drivers.reolink.abilities import Abilities
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.switches import lamp_reads, switches
from tests.unit.drivers.reolink.native_camera import readings
from tests.unit.drivers.reolink.scripted import refused

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World

ON, OFF, AUTO = SwitchState.ON, SwitchState.OFF, SwitchState.AUTO
IR, WHITE, STATUS, SIREN = (
    AuxiliaryFunction.IR_LAMP,
    AuxiliaryFunction.WHITE_LIGHT,
    AuxiliaryFunction.STATUS_LIGHT,
    AuxiliaryFunction.SIREN,
)


def abilities(**versions: int) -> Abilities:
    return Abilities({"Ability": {"abilityChn": [{key: {"ver": version} for key, version in versions.items()}]}}, 0)


def found(
    changes: dict[str, Answer] | None = None, **versions: int
) -> dict[AuxiliaryFunction, tuple[SwitchState, ...]]:
    return {each.function: each.states for each in switches({**readings(), **(changes or {})}, abilities(**versions))}


async def test_a_camera_shows_the_switches_that_it_has(world: World) -> None:
    async with world.running() as description:
        assert description.auxiliary == (
            AuxiliarySwitch(IR, (OFF, AUTO)),
            AuxiliarySwitch(WHITE, (ON, OFF)),
            AuxiliarySwitch(STATUS, (ON, OFF)),
            AuxiliarySwitch(SIREN, (ON, OFF)),
        )


def test_states_are_those_that_the_camera_lists() -> None:
    three = Answer(0, {"IrLights": {"state": "Auto"}}, {"IrLights": {"state": ["Auto", "Off", "On"]}})
    broken = Answer(0, {"IrLights": {"state": 0}}, {"IrLights": {"state": {"Auto": "Off"}}})
    assert found({"GetIrLights": three})[IR] == (ON, OFF, AUTO)
    assert found({"GetIrLights": broken})[IR] == (AUTO, OFF)


def test_a_lamp_needs_an_answer_and_no_denial() -> None:
    assert IR not in found({"GetIrLights": Answer(-9)})
    assert IR not in found({"GetIrLights": Answer(0, {})})
    assert IR not in found(ledControl=0)
    assert WHITE in found(floodLight=0, supportFLswitch=1)
    assert WHITE not in found(floodLight=0)
    assert "GetWhiteLed" not in lamp_reads(abilities(floodLight=0))


def test_a_siren_must_be_listed_since_no_command_proves_it() -> None:
    assert SIREN not in found()
    assert SIREN in found(supportAudioAlarm=1)
    assert SIREN not in found(alarmAudio=0)


@pytest.mark.parametrize(
    ("function", "state", "cmd", "param"),
    [
        (IR, OFF, "SetIrLights", {"IrLights": {"channel": 0, "state": "Off"}}),
        (IR, AUTO, "SetIrLights", {"IrLights": {"channel": 0, "state": "Auto"}}),
        (WHITE, ON, "SetWhiteLed", {"WhiteLed": {"channel": 0, "state": 1}}),
        (WHITE, OFF, "SetWhiteLed", {"WhiteLed": {"channel": 0, "state": 0}}),
        (STATUS, OFF, "SetPowerLed", {"PowerLed": {"channel": 0, "state": "Off"}}),
        (
            SIREN,
            ON,
            "AudioAlarmPlay",
            {"alarm_mode": "manul", "manual_switch": 1, "times": 1, "channel": 0},
        ),
        (
            SIREN,
            OFF,
            "AudioAlarmPlay",
            {"alarm_mode": "manul", "manual_switch": 0, "times": 1, "channel": 0},
        ),
    ],
)
async def test_a_switch_is_operated_in_the_cameras_words(
    world: World, function: AuxiliaryFunction, state: SwitchState, cmd: str, param: dict[str, Any]
) -> None:
    async with world.obeying() as facets:
        assert facets.auxiliary is not None
        await facets.auxiliary.switch(function, state)
    assert world.sent(cmd) == [param]


async def test_a_siren_that_knows_only_the_documented_word_gets_it(world: World) -> None:
    async with world.running():
        facet = world.driver.facets.auxiliary
        assert facet is not None
        world.camera.replies.clear()
        world.camera.answers["AudioAlarmPlay"] = refused("AudioAlarmPlay", -4)
        with pytest.raises(Rejected):
            await facet.switch(SIREN, ON)
        world.camera.answers["AudioAlarmPlay"] = refused("AudioAlarmPlay", -13)
        with pytest.raises(Rejected):
            await facet.switch(SIREN, ON)
    assert [param["alarm_mode"] for param in world.sent("AudioAlarmPlay")] == ["manul", "manu", "manul", "manul"]


async def test_what_the_camera_does_not_have_cannot_be_switched(world: World) -> None:
    async with world.running():
        facet = world.driver.facets.auxiliary
        assert facet is not None
        with pytest.raises(Unsupported):
            await facet.switch(AuxiliaryFunction.WIPER, ON)


async def test_a_camera_without_switches_has_no_facet(world: World) -> None:
    for cmd in ("GetIrLights", "GetWhiteLed", "GetPowerLed"):
        world.camera.answers[cmd] = refused("Unknown", -9)
    world.camera.answers["GetAbility"]["value"]["Ability"]["abilityChn"][0]["alarmAudio"] = {"ver": 0}
    async with world.running() as description:
        assert description.auxiliary == ()
        assert world.driver.facets.auxiliary is None
