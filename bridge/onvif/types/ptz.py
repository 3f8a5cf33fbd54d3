"""Nodes, configurations and spaces of the PTZ service, with their messages (ONVIF PTZ Service Specification).

`ptz_moves` and `ptz_presets` have the messages that act. What no camera of the bridge does is left out: preset tours,
tracking, moves to places on the globe, flipped or reversed control, ramps.
"""

from __future__ import annotations

from datetime import timedelta

from bridge.onvif.types.common import ConfigurationEntity, FloatRange
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TPTZ, TT

PAN_TILT_POSITION_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace"
ZOOM_POSITION_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionGenericSpace"
SPHERICAL_POSITION_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees"
PAN_TILT_TRANSLATION_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationGenericSpace"
ZOOM_TRANSLATION_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/TranslationGenericSpace"
IN_VIEW_TRANSLATION_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationSpaceFov"
PAN_TILT_VELOCITY_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace"
ZOOM_VELOCITY_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/VelocityGenericSpace"
PAN_TILT_SPEED_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/GenericSpeedSpace"
ZOOM_SPEED_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/ZoomGenericSpeedSpace"


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
    """The spaces of a node, by what they measure; the first of each kind is the default until a client sets another."""

    absolute_pan_tilt_position_space: tuple[Space2DDescription, ...] = ()
    absolute_zoom_position_space: tuple[Space1DDescription, ...] = ()
    relative_pan_tilt_translation_space: tuple[Space2DDescription, ...] = ()
    relative_zoom_translation_space: tuple[Space1DDescription, ...] = ()
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
    auxiliary_commands: tuple[str, ...] = ()


@xml_type(TT)
class PanTiltLimits:
    """How far pan and tilt may go."""

    range: Space2DDescription


@xml_type(TT)
class ZoomLimits:
    """How far zoom may go."""

    range: Space1DDescription


@xml_type(TT)
class PTZConfiguration(ConfigurationEntity):
    """How a node is used by media profiles, with its defaults. The schema misspells the name of one field."""

    node_token: str
    default_absolute_pan_tilt_position_space: str | None = element(
        name="DefaultAbsolutePantTiltPositionSpace", default=None
    )
    default_absolute_zoom_position_space: str | None = None
    default_relative_pan_tilt_translation_space: str | None = None
    default_relative_zoom_translation_space: str | None = None
    default_continuous_pan_tilt_velocity_space: str | None = None
    default_continuous_zoom_velocity_space: str | None = None
    default_ptz_speed: PTZSpeed | None = element(name="DefaultPTZSpeed", default=None)
    default_ptz_timeout: timedelta | None = element(name="DefaultPTZTimeout", default=None)
    pan_tilt_limits: PanTiltLimits | None = None
    zoom_limits: ZoomLimits | None = None


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
class SetConfiguration:
    """Ask for a configuration to be set, for good or until the next restart."""

    ptz_configuration: PTZConfiguration = element(name="PTZConfiguration")
    force_persistence: bool


@xml_message(TPTZ)
class SetConfigurationResponse:
    """It is set."""
