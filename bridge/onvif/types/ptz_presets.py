"""Messages of the PTZ service about stored positions and auxiliary commands (ONVIF PTZ Service Specification)."""

from __future__ import annotations

from bridge.onvif.types.ptz import PTZSpeed, PTZVector
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TPTZ, TT


@xml_type(TT)
class PTZPreset:
    """A stored position."""

    token: str | None = attribute(default=None)
    name: str | None = None
    ptz_position: PTZVector | None = element(name="PTZPosition", default=None)


@xml_message(TPTZ)
class GetPresets:
    """Ask for the stored positions."""

    profile_token: str


@xml_message(TPTZ)
class GetPresetsResponse:
    """The stored positions."""

    preset: tuple[PTZPreset, ...] = ()


@xml_message(TPTZ)
class SetPreset:
    """Store the present position, newly or in place of another."""

    profile_token: str
    preset_name: str | None = None
    preset_token: str | None = None


@xml_message(TPTZ)
class SetPresetResponse:
    """Under which token it is stored."""

    preset_token: str


@xml_message(TPTZ)
class GotoPreset:
    """Drive to a stored position."""

    profile_token: str
    preset_token: str
    speed: PTZSpeed | None = None


@xml_message(TPTZ)
class GotoPresetResponse:
    """It is on its way."""


@xml_message(TPTZ)
class RemovePreset:
    """Forget a stored position."""

    profile_token: str
    preset_token: str


@xml_message(TPTZ)
class RemovePresetResponse:
    """It is forgotten."""


@xml_message(TPTZ)
class SetHomePosition:
    """Make the present position the home position."""

    profile_token: str


@xml_message(TPTZ)
class SetHomePositionResponse:
    """It is the home position."""


@xml_message(TPTZ)
class GotoHomePosition:
    """Drive to the home position."""

    profile_token: str
    speed: PTZSpeed | None = None


@xml_message(TPTZ)
class GotoHomePositionResponse:
    """It is on its way."""


@xml_message(TPTZ)
class SendAuxiliaryCommand:
    """Have a command executed."""

    profile_token: str
    auxiliary_data: str


@xml_message(TPTZ)
class SendAuxiliaryCommandResponse:
    """What has been executed."""

    auxiliary_response: str
