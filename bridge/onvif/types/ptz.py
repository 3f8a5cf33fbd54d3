"""Messages and `tt:` types of the PTZ service (ONVIF PTZ Service Specification).

Only continuous moves and presets are spoken here; absolute and relative moves, home position, tours and auxiliary
commands are not, and their spaces and fields are left out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bridge.onvif.types.common import ConfigurationEntity, FloatRange
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TPTZ, TT

PAN_TILT_VELOCITY_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace"
ZOOM_VELOCITY_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/VelocityGenericSpace"
PAN_TILT_SPEED_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/GenericSpeedSpace"
ZOOM_SPEED_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/ZoomGenericSpeedSpace"


class MoveStatus(StrEnum):
    """What an axis does."""

    IDLE = "IDLE"
    MOVING = "MOVING"


@xml_type(TT)
class Vector2D:
    """A position, velocity or speed of pan and tilt."""

    x: float = attribute()
    y: float = attribute()
    space: str | None = attribute(default=None)


@xml_type(TT)
class Vector1D:
    """A position, velocity or speed of zoom."""

    x: float = attribute()
    space: str | None = attribute(default=None)


@xml_type(TT)
class PTZSpeed:
    """A velocity or speed of all axes."""

    pan_tilt: Vector2D | None = None
    zoom: Vector1D | None = None


@xml_type(TT)
class PTZVector:
    """A position of all axes."""

    pan_tilt: Vector2D | None = None
    zoom: Vector1D | None = None


@xml_type(TT)
class Space2DDescription:
    """A coordinate space of pan and tilt."""

    uri: str = element(name="URI")
    x_range: FloatRange = element(name="XRange")
    y_range: FloatRange = element(name="YRange")


@xml_type(TT)
class Space1DDescription:
    """A coordinate space of zoom, or of a speed."""

    uri: str = element(name="URI")
    x_range: FloatRange = element(name="XRange")


@xml_type(TT)
class PTZSpaces:
    """The spaces of a node, as far as they are used here."""

    continuous_pan_tilt_velocity_space: tuple[Space2DDescription, ...] = ()
    continuous_zoom_velocity_space: tuple[Space1DDescription, ...] = ()
    pan_tilt_speed_space: tuple[Space1DDescription, ...] = ()
    zoom_speed_space: tuple[Space1DDescription, ...] = ()


@xml_type(TT)
class PTZNode:
    """The mechanics of a camera."""

    token: str = attribute()
    fixed_home_position: bool | None = attribute(default=None)
    geo_move: bool | None = attribute(default=None)
    name: str | None = None
    supported_ptz_spaces: PTZSpaces = element(name="SupportedPTZSpaces")
    maximum_number_of_presets: int
    home_supported: bool


@xml_type(TT)
class PTZConfiguration(ConfigurationEntity):
    """How a node is used by media profiles, with its defaults."""

    node_token: str
    default_continuous_pan_tilt_velocity_space: str | None = None
    default_continuous_zoom_velocity_space: str | None = None
    default_ptz_speed: PTZSpeed | None = element(name="DefaultPTZSpeed", default=None)
    default_ptz_timeout: timedelta | None = element(name="DefaultPTZTimeout", default=None)


@xml_type(TT)
class DurationRange:
    """A span of durations."""

    min: timedelta
    max: timedelta


@xml_type(TT)
class PTZConfigurationOptions:
    """What a configuration can be set to."""

    spaces: PTZSpaces
    ptz_timeout: DurationRange = element(name="PTZTimeout")


@xml_type(TT)
class PTZMoveStatus:
    """What the axes do."""

    pan_tilt: MoveStatus | None = None
    zoom: MoveStatus | None = None


@xml_type(TT)
class PTZStatus:
    """Where a node looks and whether it moves."""

    position: PTZVector | None = None
    move_status: PTZMoveStatus | None = None
    utc_time: datetime


@xml_type(TT)
class PTZPreset:
    """A stored position."""

    token: str | None = attribute(default=None)
    name: str | None = None


@xml_type(TPTZ)
class PtzCapabilities:
    """What the PTZ service can do."""

    e_flip: bool = attribute(name="EFlip")
    reverse: bool = attribute(name="Reverse")
    get_compatible_configurations: bool = attribute(name="GetCompatibleConfigurations")
    move_status: bool = attribute(name="MoveStatus")
    status_position: bool = attribute(name="StatusPosition")


@xml_message(TPTZ)
class GetServiceCapabilities:
    """Ask for the abilities of the PTZ service."""


@xml_message(TPTZ)
class GetServiceCapabilitiesResponse:
    """The abilities of the PTZ service."""

    capabilities: PtzCapabilities


@xml_message(TPTZ)
class GetNodes:
    """Ask for all nodes."""


@xml_message(TPTZ)
class GetNodesResponse:
    """All nodes."""

    ptz_node: tuple[PTZNode, ...] = element(name="PTZNode", default=())


@xml_message(TPTZ)
class GetNode:
    """Ask for one node."""

    node_token: str


@xml_message(TPTZ)
class GetNodeResponse:
    """One node."""

    ptz_node: PTZNode = element(name="PTZNode")


@xml_message(TPTZ)
class GetConfigurations:
    """Ask for all configurations."""


@xml_message(TPTZ)
class GetConfigurationsResponse:
    """All configurations."""

    ptz_configuration: tuple[PTZConfiguration, ...] = element(name="PTZConfiguration", default=())


@xml_message(TPTZ)
class GetConfiguration:
    """Ask for one configuration."""

    ptz_configuration_token: str = element(name="PTZConfigurationToken")


@xml_message(TPTZ)
class GetConfigurationResponse:
    """One configuration."""

    ptz_configuration: PTZConfiguration = element(name="PTZConfiguration")


@xml_message(TPTZ)
class GetConfigurationOptions:
    """Ask what a configuration can be set to."""

    configuration_token: str


@xml_message(TPTZ)
class GetConfigurationOptionsResponse:
    """What a configuration can be set to."""

    ptz_configuration_options: PTZConfigurationOptions = element(name="PTZConfigurationOptions")


@xml_message(TPTZ)
class GetCompatibleConfigurations:
    """Ask which configurations fit a media profile."""

    profile_token: str


@xml_message(TPTZ)
class GetCompatibleConfigurationsResponse:
    """The configurations that fit."""

    ptz_configuration: tuple[PTZConfiguration, ...] = element(name="PTZConfiguration", default=())


@xml_message(TPTZ)
class GetStatus:
    """Ask where the camera looks."""

    profile_token: str


@xml_message(TPTZ)
class GetStatusResponse:
    """Where the camera looks."""

    ptz_status: PTZStatus = element(name="PTZStatus")


@xml_message(TPTZ)
class ContinuousMove:
    """Start to move."""

    profile_token: str
    velocity: PTZSpeed
    timeout: timedelta | None = None


@xml_message(TPTZ)
class ContinuousMoveResponse:
    """It moves."""


@xml_message(TPTZ)
class Stop:
    """Stop to move; what is not named stops too."""

    profile_token: str
    pan_tilt: bool | None = None
    zoom: bool | None = None


@xml_message(TPTZ)
class StopResponse:
    """It rests."""


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
