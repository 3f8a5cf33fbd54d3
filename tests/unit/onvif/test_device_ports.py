"""Relays, auxiliary commands and the numbers of wires in the Device service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bridge.core.auxiliary import AuxiliaryFunction, SwitchState
from bridge.core.errors import InvalidValue, Unreachable
from bridge.core.ports import RelayMode, RelaySettings
from bridge.onvif.types import capabilities as tree
from bridge.onvif.types import device, device_network
from bridge.onvif.types import device_ports as messages
from bridge.onvif.types.ports import RelayIdleState, RelayLogicalState, RelayOutput, RelayOutputSettings
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MediaBench
from tests.unit.onvif.ports_bench import CLOSED, GATE, OPEN, wired, wires_described

if TYPE_CHECKING:
    from bridge.core.model import CameraDescription

NOT_SUPPORTED = ("Receiver", "ActionNotSupported")
COMMANDS = ("tt:IRLamp|On", "tt:IRLamp|Off", "tt:IRLamp|Auto", "Siren|On", "Siren|Off")


def invalid(subcode: str) -> tuple[str, ...]:
    return "Sender", "InvalidArgVal", subcode


def settings(
    mode: RelayMode = RelayMode.BISTABLE, delay_s: float = 5, idle: RelayIdleState = RelayIdleState.OPEN
) -> RelayOutputSettings:
    return RelayOutputSettings(mode=mode, delay_time=timedelta(seconds=delay_s), idle_state=idle)


def setting(token: str, wished: RelayOutputSettings) -> messages.SetRelayOutputSettings:
    return messages.SetRelayOutputSettings(relay_output_token=token, properties=wished)


def switching(token: str, state: RelayLogicalState) -> messages.SetRelayOutputState:
    return messages.SetRelayOutputState(relay_output_token=token, logical_state=state)


async def listed(bench: MediaBench) -> tuple[RelayOutput, ...]:
    answer: messages.GetRelayOutputsResponse = await bench.answer(messages.GetRelayOutputs())
    return answer.relay_outputs


async def commands_of(bench: MediaBench) -> tuple[str, ...]:
    answer: device.GetServiceCapabilitiesResponse = await bench.answer(device.GetServiceCapabilities())
    return answer.capabilities.misc.auxiliary_commands


async def io_of(bench: MediaBench) -> tree.IOCapabilities:
    question = device.GetCapabilities(category=(tree.CapabilityCategory.DEVICE,))
    answer: device.GetCapabilitiesResponse = await bench.answer(question)
    assert answer.capabilities.device is not None
    return answer.capabilities.device.io


async def test_relays_are_listed_as_they_are_set():
    gate, horn = await listed(wired())
    assert (gate.token, gate.properties) == ("Relay_0", settings())
    assert (horn.token, horn.properties) == ("Relay_1", settings(delay_s=0))


async def test_a_relay_is_set_in_the_camera():
    bench = wired()
    wished = settings(RelayMode.MONOSTABLE, 2.5, RelayIdleState.CLOSED)
    await bench.answer(setting("Relay_0", wished))
    assert bench.camera.commands == [("set_relay", "Relay_0", RelaySettings(RelayMode.MONOSTABLE, 2.5, CLOSED))]
    assert (await listed(bench))[0].properties == wished


async def test_a_relay_that_is_set_so_already_is_left_alone():
    bench = wired()
    await bench.answer(setting("Relay_0", settings()))
    assert bench.camera.commands == []


async def test_the_delay_counts_for_monostable_relays_only():
    bench = wired()
    await bench.answer(setting("Relay_0", settings(delay_s=1000, idle=RelayIdleState.CLOSED)))
    assert bench.camera.commands == [("set_relay", "Relay_0", RelaySettings(RelayMode.BISTABLE, 5.0, CLOSED))]


@pytest.mark.parametrize(
    ("token", "wished"),
    [
        ("Relay_0", settings(RelayMode.MONOSTABLE, 0.5)),
        ("Relay_0", settings(RelayMode.MONOSTABLE, 121)),
        ("Relay_0", settings(RelayMode.MONOSTABLE, -5)),
        ("Relay_1", settings(RelayMode.MONOSTABLE, 0)),
        ("Relay_1", settings(idle=RelayIdleState.CLOSED)),
    ],
)
async def test_what_a_relay_cannot_be_is_refused(token: str, wished: RelayOutputSettings):
    bench = wired()
    assert await bench.fault(setting(token, wished)) == invalid("ModeError")
    assert bench.camera.commands == []


async def test_a_combination_that_the_camera_refuses_is_refused():
    bench = wired()
    bench.camera.refusals = [InvalidValue("settings", "not together")]
    refused = setting("Relay_0", settings(idle=RelayIdleState.CLOSED))
    assert await bench.fault(refused) == invalid("ModeError")


@pytest.mark.parametrize(("state", "active"), [(RelayLogicalState.ACTIVE, True), (RelayLogicalState.INACTIVE, False)])
async def test_a_relay_is_switched(state: RelayLogicalState, active: bool):
    bench = wired()
    await bench.answer(switching("Relay_1", state))
    assert bench.camera.commands == [("set_active", "Relay_1", active)]


async def test_a_relay_that_does_not_exist_is_refused():
    bench = wired()
    assert await bench.fault(setting("OnvifTest123", settings())) == invalid("RelayToken")
    assert await bench.fault(switching("OnvifTest123", RelayLogicalState.ACTIVE)) == invalid("RelayToken")


async def test_trouble_with_the_camera_goes_through():
    bench = wired()
    bench.camera.refusals = [Unreachable("gone")]
    with pytest.raises(Unreachable):
        await bench.answer(switching("Relay_0", RelayLogicalState.ACTIVE))


async def test_a_relay_that_can_only_be_looked_at_is_as_it_is():
    bench = wired(is_settable=False)
    assert len(await listed(bench)) == 2
    await bench.answer(setting("Relay_0", settings()))
    assert await bench.fault(setting("Relay_0", settings(idle=RelayIdleState.CLOSED))) == invalid("ModeError")
    assert await bench.fault(switching("Relay_0", RelayLogicalState.ACTIVE)) == NOT_SUPPORTED
    assert bench.camera.commands == []


async def test_a_relay_that_is_monostable_and_fixed_takes_its_own_delay():
    present = RelaySettings(RelayMode.MONOSTABLE, 2.5, OPEN)
    bench = wired(is_settable=False, relays=(replace(GATE, settings=present),))
    await bench.answer(setting("Relay_0", settings(RelayMode.MONOSTABLE, 2.5)))
    assert await bench.fault(setting("Relay_0", settings(RelayMode.MONOSTABLE, 3))) == invalid("ModeError")


@pytest.mark.parametrize("description", [described(), None])
async def test_a_camera_without_relays_has_none(description: CameraDescription | None):
    bench = MediaBench(description)
    assert await listed(bench) == ()
    assert await bench.fault(switching("Relay_0", RelayLogicalState.ACTIVE)) == invalid("RelayToken")


async def test_auxiliary_commands_are_announced_and_obeyed():
    bench = wired()
    assert await commands_of(bench) == COMMANDS
    for command in COMMANDS:
        answer = await bench.answer(messages.SendAuxiliaryCommand(auxiliary_command=command))
        assert answer.auxiliary_command_response is None
    assert bench.camera.commands[0] == ("switch", AuxiliaryFunction.IR_LAMP, SwitchState.ON)
    assert len(bench.camera.commands) == len(COMMANDS)


@pytest.mark.parametrize("command", ["tt:Wiper|On", "tt:IRLamp|Dim", "Siren|Auto", ""])
async def test_a_command_that_is_not_announced_is_refused(command: str):
    refused = messages.SendAuxiliaryCommand(auxiliary_command=command)
    assert await wired().fault(refused) == invalid("AuxiliaryDataNotSupported")


@pytest.mark.parametrize("description", [wires_described(), described(), None])
async def test_a_camera_that_cannot_be_switched_knows_no_commands(description: CameraDescription | None):
    bench = MediaBench(description)
    assert await commands_of(bench) == ()
    assert not (await io_of(bench)).extension.auxiliary
    refused = messages.SendAuxiliaryCommand(auxiliary_command="tt:IRLamp|On")
    assert await bench.fault(refused) == invalid("AuxiliaryDataNotSupported")


async def test_the_older_tree_counts_the_wires():
    io = await io_of(wired())
    assert (io.input_connectors, io.relay_outputs) == (2, 2)
    assert (io.extension.auxiliary, io.extension.auxiliary_commands) == (True, COMMANDS)
    bare = await io_of(MediaBench(described()))
    assert (bare.input_connectors, bare.relay_outputs) == (0, 0)


async def test_the_host_name_never_comes_from_dhcp():
    bench = MediaBench(described())
    answer = await bench.answer(device_network.SetHostnameFromDHCP(from_dhcp=False))
    assert not answer.reboot_needed
    assert await bench.fault(device_network.SetHostnameFromDHCP(from_dhcp=True)) == NOT_SUPPORTED
