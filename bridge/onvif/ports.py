"""Relays and digital inputs as a device shows and sets them, for the Device and the DeviceIO service alike.

ONVIF Core Specification, "Input/Output (I/O)"; Device IO Service Specification, "Relay Outputs", "Digital Inputs".
What a camera does not let be set has one choice: as it is. Whether a port is active is not told here but by events.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault, InvalidValue
from bridge.core.ports import IdleState, RelayMode, RelaySettings
from bridge.core.units import Range
from bridge.onvif.types.ports import (
    DigitalIdleState,
    DigitalInput,
    RelayIdleState,
    RelayOutput,
    RelayOutputSettings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core import ports
    from bridge.core.camera import Camera


def relays(camera: Camera) -> tuple[ports.RelayOutput, ...]:
    """Return the relays, with the choices that clients have."""
    described = () if camera.description is None else camera.description.relays
    is_settable = camera.facets.relays is not None
    return tuple(_choices(relay) if is_settable else _as_it_is(relay) for relay in described)


def relay(camera: Camera, token: str) -> ports.RelayOutput:
    """Return one relay.

    Raises:
        ClientFault: there is no such relay.
    """
    for each in relays(camera):
        if each.token == token:
            return each
    raise ClientFault("Sender", ("InvalidArgVal", "RelayToken"), f"There is no relay '{token}'")


def relay_output(shown: ports.RelayOutput) -> RelayOutput:
    """Return a relay in the schema's words."""
    settings = shown.settings
    return RelayOutput(
        token=shown.token,
        properties=RelayOutputSettings(
            mode=settings.mode,
            delay_time=timedelta(seconds=settings.delay_s),
            idle_state=RelayIdleState(settings.idle_state),
        ),
    )


async def set_relay(camera: Camera, token: str, wished: RelayOutputSettings) -> None:
    """Change how a relay behaves.

    Raises:
        ClientFault: there is no such relay, or it cannot be set so.
    """
    present = relay(camera, token)
    settings = _checked(present, wished)
    facet = camera.facets.relays
    if facet is None or settings == present.settings:
        return  # What cannot be set has passed the check as it is.
    try:
        await facet.set_settings(token, settings)
    except InvalidValue as error:
        raise _mode_error(str(error)) from error


async def switch_relay(camera: Camera, token: str, *, active: bool) -> None:
    """Switch a relay.

    Raises:
        ClientFault: there is no such relay, or it cannot be switched.
    """
    relay(camera, token)
    facet = camera.facets.relays
    if facet is None:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The camera's relays can only be looked at")
    await facet.set_active(token, active=active)


def inputs(camera: Camera) -> tuple[ports.DigitalInput, ...]:
    """Return the digital inputs, with the idle states that clients can choose from."""
    described = () if camera.description is None else camera.description.inputs
    is_settable = camera.facets.inputs is not None
    return tuple(
        replace(each, idle_states=(is_settable and each.idle_states) or (each.idle_state,)) for each in described
    )


def idle_states(camera: Camera, token: str | None) -> tuple[IdleState, ...]:
    """Return the idle states that one input, or every input, can be set to.

    Raises:
        ClientFault: there is no such input, or nothing that all inputs have in common.
    """
    asked = inputs(camera) if token is None else (_input(camera, token),)
    shared = tuple(state for state in IdleState if asked and all(state in each.idle_states for each in asked))
    if not shared:
        raise _no_config("There is no idle state that every input can have")
    return shared


async def set_inputs(camera: Camera, wished: Iterable[DigitalInput]) -> None:
    """Set the idle states of inputs, all or none; an input without one stays as it is.

    Raises:
        ClientFault: there is no such input, or it cannot be set so.
    """
    changes: dict[str, IdleState] = {}
    for each in wished:
        present = _input(camera, each.token)
        state = present.idle_state if each.idle_state is None else IdleState(each.idle_state)
        if state not in present.idle_states:
            raise _settings_invalid(f"The input '{each.token}' cannot be {state} when idle")
        if state is not present.idle_state:
            changes[each.token] = state
    facet = camera.facets.inputs
    if facet is None or not changes:
        return
    try:
        await facet.set_idle_states(changes)
    except InvalidValue as error:
        raise _settings_invalid(str(error)) from error


def digital_input(shown: ports.DigitalInput) -> DigitalInput:
    """Return an input in the schema's words."""
    return DigitalInput(token=shown.token, idle_state=DigitalIdleState(shown.idle_state))


def _choices(described: ports.RelayOutput) -> ports.RelayOutput:
    """Return a relay with at least its present settings to choose from."""
    present = described.settings
    return replace(
        described,
        modes=described.modes or (present.mode,),
        idle_states=described.idle_states or (present.idle_state,),
    )


def _as_it_is(described: ports.RelayOutput) -> ports.RelayOutput:
    present = described.settings
    return replace(
        described,
        modes=(present.mode,),
        delay_s=Range(present.delay_s, present.delay_s),
        idle_states=(present.idle_state,),
    )


def _checked(present: ports.RelayOutput, wished: RelayOutputSettings) -> RelaySettings:
    """Return the settings that a client wishes for; the delay counts in monostable mode only.

    Raises:
        ClientFault: the relay cannot be set so.
    """
    if wished.mode not in present.modes:
        raise _mode_error(f"The relay '{present.token}' cannot be {wished.mode}")
    idle_state = IdleState(wished.idle_state)
    if idle_state not in present.idle_states:
        raise _mode_error(f"The relay '{present.token}' cannot be {idle_state} when idle")
    delay_s = present.settings.delay_s
    if wished.mode is RelayMode.MONOSTABLE:
        delay_s = wished.delay_time.total_seconds()
        if delay_s not in present.delay_s:
            limits = f"{present.delay_s.minimum:g} to {present.delay_s.maximum:g} s"
            raise _mode_error(f"The delay of the relay '{present.token}' is {limits}")
    return RelaySettings(wished.mode, delay_s, idle_state)


def _input(camera: Camera, token: str) -> ports.DigitalInput:
    for each in inputs(camera):
        if each.token == token:
            return each
    raise _no_config(f"There is no digital input '{token}'")


def _mode_error(reason: str) -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal", "ModeError"), reason)


def _no_config(reason: str) -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal", "NoConfig"), reason)


def _settings_invalid(reason: str) -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal", "SettingsInvalid"), reason)
