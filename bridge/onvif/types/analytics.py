"""Messages of the analytics service (`analytics.wsdl`), with the `tt:` and `axt:` types that only it uses.

Rules and analytics modules travel as `tt:Config` (`types.configurations`): names with values, and names with elements.
Types and parameters are named by qualified names, written with the prefixes that every message declares.
"""

from __future__ import annotations

from lxml import etree

from bridge.onvif.types.common import IntRange
from bridge.onvif.types.configurations import Config
from bridge.onvif.types.drawing import Polygon, Vector
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import AXT, TAN, TT


@xml_type(TT)
class Transformation:
    """Maps a coordinate system to that of the parent element: scaled, then moved."""

    translate: Vector
    scale: Vector


@xml_message(TT)
class CellLayout:
    """A grid of cells, counted from the upper left corner, and where it lies in the normalised picture."""

    columns: int = attribute(name="Columns")
    rows: int = attribute(name="Rows")
    transformation: Transformation


@xml_message(AXT)
class MotionRegionConfig:
    """A part of the picture where motion counts; corners are pixels of the video source configuration's bounds."""

    armed: bool | None = attribute(name="Armed", default=None)
    sensitivity: float | None = attribute(name="Sensitivity", default=None)
    polygon: Polygon | None = element(namespace=TT, default=None)
    preset_token: str | None = None


@xml_message(AXT)
class MotionRegionConfigOptions:
    """What motion regions can be."""

    ptz_preset_motion_support: bool = attribute(name="PTZPresetMotionSupport")
    max_regions: int
    disarm_support: bool
    polygon_support: bool
    polygon_limits: IntRange
    single_sensitivity_support: bool
    rule_notification: bool


@xml_type(TT)
class SimpleItemDescription:
    """A value that a rule, a module or a message has: its name and the qualified name of its type."""

    name: str = attribute(name="Name")
    type: str = attribute(name="Type")


@xml_type(TT)
class ElementItemDescription:
    """An element that a rule or a module has: its name and the element's qualified name."""

    name: str = attribute(name="Name")
    type: str = attribute(name="Type")


@xml_type(TT)
class ItemListDescription:
    """The items of a rule, a module or a part of a message."""

    simple_item_description: tuple[SimpleItemDescription, ...] = ()
    element_item_description: tuple[ElementItemDescription, ...] = ()


@xml_type(TT)
class MessageDescription:
    """A message that a rule sends, and its topic."""

    is_property: bool = attribute()
    source: ItemListDescription
    data: ItemListDescription
    parent_topic: str


@xml_type(TT)
class ConfigDescription:
    """A kind of rule or module. There are as many of a fixed kind as there are; clients can only change them."""

    name: str = attribute(name="Name")
    fixed: bool = attribute()
    max_instances: int = attribute(name="maxInstances")
    parameters: ItemListDescription
    messages: tuple[MessageDescription, ...] = ()


@xml_type(TT)
class SupportedRules:
    """The kinds of rules."""

    rule_content_schema_location: tuple[str, ...] = ()
    rule_description: tuple[ConfigDescription, ...] = ()


@xml_type(TT)
class SupportedAnalyticsModules:
    """The kinds of analytics modules."""

    analytics_module_content_schema_location: tuple[str, ...] = ()
    analytics_module_description: tuple[ConfigDescription, ...] = ()


@xml_type(TAN)
class ConfigOptions:
    """What one parameter of a kind of rule or module can be; `content` is the range or the options."""

    rule_type: str | None = attribute(name="RuleType", default=None)
    name: str = attribute(name="Name")
    type: str = attribute(name="Type")
    analytics_module: str | None = attribute(name="AnalyticsModule", default=None)
    content: etree._Element = element(name="*")


@xml_type(TAN)
class AnalyticsCapabilities:
    """What the analytics service can do."""

    rule_support: bool = attribute(name="RuleSupport")
    analytics_module_support: bool = attribute(name="AnalyticsModuleSupport")
    cell_based_scene_description_supported: bool = attribute(name="CellBasedSceneDescriptionSupported")
    rule_options_supported: bool = attribute(name="RuleOptionsSupported")
    analytics_module_options_supported: bool = attribute(name="AnalyticsModuleOptionsSupported")
    supported_metadata: bool = attribute(name="SupportedMetadata")
    image_sending_type: str = attribute(name="ImageSendingType")


@xml_type(TAN)
class AnalyticsConfigurationReference:
    """Names a video analytics configuration."""

    configuration_token: str


@xml_message(TAN)
class GetServiceCapabilities:
    """Ask for the abilities of the analytics service."""


@xml_message(TAN)
class GetServiceCapabilitiesResponse:
    """The abilities of the analytics service."""

    capabilities: AnalyticsCapabilities


@xml_message(TAN)
class GetSupportedRules(AnalyticsConfigurationReference):
    """Ask for the kinds of rules."""


@xml_message(TAN)
class GetSupportedRulesResponse:
    """The kinds of rules."""

    supported_rules: SupportedRules


@xml_message(TAN)
class GetRules(AnalyticsConfigurationReference):
    """Ask for the rules that there are."""


@xml_message(TAN)
class GetRulesResponse:
    """The rules that there are."""

    rule: tuple[Config, ...] = ()


@xml_message(TAN)
class CreateRules(AnalyticsConfigurationReference):
    """Ask for new rules, all of them or none."""

    rule: tuple[Config, ...]


@xml_message(TAN)
class CreateRulesResponse:
    """They are there."""


@xml_message(TAN)
class ModifyRules(AnalyticsConfigurationReference):
    """Ask for rules to be changed, all of them or none; a parameter that is left out stays."""

    rule: tuple[Config, ...]


@xml_message(TAN)
class ModifyRulesResponse:
    """They are changed."""


@xml_message(TAN)
class DeleteRules(AnalyticsConfigurationReference):
    """Ask for rules to be deleted, all of them or none."""

    rule_name: tuple[str, ...]


@xml_message(TAN)
class DeleteRulesResponse:
    """They are gone."""


@xml_message(TAN)
class GetRuleOptions:
    """Ask what the parameters of rules can be, of all kinds or of one, by its qualified name."""

    rule_type: str | None = None
    configuration_token: str


@xml_message(TAN)
class GetRuleOptionsResponse:
    """What the parameters can be."""

    rule_options: tuple[ConfigOptions, ...] = ()


@xml_message(TAN)
class GetSupportedAnalyticsModules(AnalyticsConfigurationReference):
    """Ask for the kinds of analytics modules."""


@xml_message(TAN)
class GetSupportedAnalyticsModulesResponse:
    """The kinds of analytics modules."""

    supported_analytics_modules: SupportedAnalyticsModules


@xml_message(TAN)
class GetAnalyticsModules(AnalyticsConfigurationReference):
    """Ask for the analytics modules that there are."""


@xml_message(TAN)
class GetAnalyticsModulesResponse:
    """The analytics modules that there are."""

    analytics_module: tuple[Config, ...] = ()


@xml_message(TAN)
class CreateAnalyticsModules(AnalyticsConfigurationReference):
    """Ask for new analytics modules, all of them or none."""

    analytics_module: tuple[Config, ...]


@xml_message(TAN)
class CreateAnalyticsModulesResponse:
    """They are there."""


@xml_message(TAN)
class ModifyAnalyticsModules(AnalyticsConfigurationReference):
    """Ask for analytics modules to be changed, all of them or none; a parameter that is left out stays."""

    analytics_module: tuple[Config, ...]


@xml_message(TAN)
class ModifyAnalyticsModulesResponse:
    """They are changed."""


@xml_message(TAN)
class DeleteAnalyticsModules(AnalyticsConfigurationReference):
    """Ask for analytics modules to be deleted, all of them or none."""

    analytics_module_name: tuple[str, ...]


@xml_message(TAN)
class DeleteAnalyticsModulesResponse:
    """They are gone."""


@xml_message(TAN)
class GetAnalyticsModuleOptions:
    """Ask what the parameters of analytics modules can be, of all kinds or of one, by its qualified name."""

    type: str | None = None
    configuration_token: str


@xml_message(TAN)
class GetAnalyticsModuleOptionsResponse:
    """What the parameters can be."""

    options: tuple[ConfigOptions, ...] = ()
