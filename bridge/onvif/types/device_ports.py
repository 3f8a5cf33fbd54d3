"""Messages of the Device service about relays and auxiliary commands (Core specification, `devicemgmt.wsdl`).

The DeviceIO service lists and switches relays with these same messages; only its setting of relays has one of its own.
"""

from __future__ import annotations

from bridge.onvif.types.ports import RelayLogicalState, RelayOutput, RelayOutputSettings
from bridge.proto.soap.codec import xml_message
from bridge.proto.soap.namespaces import TDS


@xml_message(TDS)
class GetRelayOutputs:
    """Ask which relays there are."""


@xml_message(TDS)
class GetRelayOutputsResponse:
    """The relays, with their settings."""

    relay_outputs: tuple[RelayOutput, ...] = ()


@xml_message(TDS)
class SetRelayOutputSettings:
    """Ask for a relay to behave otherwise."""

    relay_output_token: str
    properties: RelayOutputSettings


@xml_message(TDS)
class SetRelayOutputSettingsResponse:
    """It does."""


@xml_message(TDS)
class SetRelayOutputState:
    """Ask for a relay to be switched."""

    relay_output_token: str
    logical_state: RelayLogicalState


@xml_message(TDS)
class SetRelayOutputStateResponse:
    """It is."""


@xml_message(TDS)
class SendAuxiliaryCommand:
    """Ask for an auxiliary command to be executed, `tt:IRLamp|On`."""

    auxiliary_command: str


@xml_message(TDS)
class SendAuxiliaryCommandResponse:
    """It is executed; some devices say more."""

    auxiliary_command_response: str | None = None
