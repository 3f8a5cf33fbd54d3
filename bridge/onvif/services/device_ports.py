"""The Device service about relays and auxiliary commands (ONVIF Core, "Input/Output (I/O)", "SendAuxiliaryCommand").

The rules for relays are in `ports`, which the DeviceIO service shares; auxiliary commands are in
`auxiliary_commands`, which the PTZ service shares.
"""

from __future__ import annotations

from bridge.onvif import ports
from bridge.onvif.auxiliary_commands import send_command
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import device_ports as messages
from bridge.onvif.types.ports import RelayLogicalState


@operation(access=Access.READ_MEDIA)
async def get_relay_outputs(call: Call, _request: messages.GetRelayOutputs) -> messages.GetRelayOutputsResponse:
    """List the relays and how they are set."""
    relays = ports.relays(call.device.camera)
    return messages.GetRelayOutputsResponse(relay_outputs=tuple(map(ports.relay_output, relays)))


@operation(access=Access.ACTUATE)
async def set_relay_output_settings(
    call: Call, request: messages.SetRelayOutputSettings
) -> messages.SetRelayOutputSettingsResponse:
    """Change how a relay behaves."""
    await ports.set_relay(call.device.camera, request.relay_output_token, request.properties)
    return messages.SetRelayOutputSettingsResponse()


@operation(access=Access.ACTUATE)
async def set_relay_output_state(
    call: Call, request: messages.SetRelayOutputState
) -> messages.SetRelayOutputStateResponse:
    """Switch a relay; what becomes of it is told by an event."""
    active = request.logical_state is RelayLogicalState.ACTIVE
    await ports.switch_relay(call.device.camera, request.relay_output_token, active=active)
    return messages.SetRelayOutputStateResponse()


@operation(access=Access.ACTUATE)
async def send_auxiliary_command(
    call: Call, request: messages.SendAuxiliaryCommand
) -> messages.SendAuxiliaryCommandResponse:
    """Execute one of the auxiliary commands that the capabilities list."""
    await send_command(call.device.camera, request.auxiliary_command)
    return messages.SendAuxiliaryCommandResponse()
