"""The analytics service: the rules and modules of the camera's own motion detection.

ONVIF Analytics Service Specification. What there is comes from `analytics_model`, changes go through
`analytics_changes`. The bridge looks at no pictures, and no scene descriptions come from cameras: GetSupportedMetadata
is not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif import analytics_changes as changes
from bridge.onvif import analytics_model as model
from bridge.onvif.configurations import no_configuration
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.types.analytics import (
    AnalyticsCapabilities,
    AnalyticsConfigurationReference,
    CreateAnalyticsModules,
    CreateAnalyticsModulesResponse,
    CreateRules,
    CreateRulesResponse,
    DeleteAnalyticsModules,
    DeleteAnalyticsModulesResponse,
    DeleteRules,
    DeleteRulesResponse,
    GetAnalyticsModuleOptions,
    GetAnalyticsModuleOptionsResponse,
    GetAnalyticsModules,
    GetAnalyticsModulesResponse,
    GetRuleOptions,
    GetRuleOptionsResponse,
    GetRules,
    GetRulesResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetSupportedAnalyticsModules,
    GetSupportedAnalyticsModulesResponse,
    GetSupportedRules,
    GetSupportedRulesResponse,
    ModifyAnalyticsModules,
    ModifyAnalyticsModulesResponse,
    ModifyRules,
    ModifyRulesResponse,
)
from bridge.proto.soap.namespaces import TAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.types.analytics import ConfigDescription


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(call: Call, _request: GetServiceCapabilities) -> GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA)
async def get_supported_rules(call: Call, request: GetSupportedRules) -> GetSupportedRulesResponse:
    """Tell which kinds of rules there can be."""
    device = _device(call, request)
    return GetSupportedRulesResponse(supported_rules=model.supported_rules(device.camera))


@operation(access=Access.READ_MEDIA)
async def get_rules(call: Call, request: GetRules) -> GetRulesResponse:
    """Tell which rules there are."""
    return GetRulesResponse(rule=model.rules(_device(call, request)))


@operation(access=Access.READ_MEDIA)
async def get_rule_options(call: Call, request: GetRuleOptions) -> GetRuleOptionsResponse:
    """Tell what the parameters of rules can be."""
    camera = _device(call, request).camera
    kinds = model.supported_rules(camera).rule_description
    wanted = _wanted(request.rule_type, kinds, missing="RuleNotExistent")
    options = tuple(each for each in model.rule_options(camera) if each.rule_type in wanted)
    return GetRuleOptionsResponse(rule_options=options)


@operation(access=Access.ACTUATE)
async def create_rules(call: Call, request: CreateRules) -> CreateRulesResponse:
    """Make rules, all of them or none."""
    await changes.create_rules(_device(call, request), request.rule)
    return CreateRulesResponse()


@operation(access=Access.ACTUATE)
async def modify_rules(call: Call, request: ModifyRules) -> ModifyRulesResponse:
    """Change rules, all of them or none."""
    await changes.modify_rules(_device(call, request), request.rule)
    return ModifyRulesResponse()


@operation(access=Access.ACTUATE)
async def delete_rules(call: Call, request: DeleteRules) -> DeleteRulesResponse:
    """Delete rules, all of them or none."""
    await changes.delete_rules(_device(call, request), request.rule_name)
    return DeleteRulesResponse()


@operation(access=Access.READ_MEDIA)
async def get_supported_analytics_modules(
    call: Call, request: GetSupportedAnalyticsModules
) -> GetSupportedAnalyticsModulesResponse:
    """Tell which kinds of analytics modules there are."""
    device = _device(call, request)
    return GetSupportedAnalyticsModulesResponse(supported_analytics_modules=model.supported_modules(device.camera))


@operation(access=Access.READ_MEDIA)
async def get_analytics_modules(call: Call, request: GetAnalyticsModules) -> GetAnalyticsModulesResponse:
    """Tell which analytics modules there are."""
    return GetAnalyticsModulesResponse(analytics_module=model.modules(_device(call, request).camera))


@operation(access=Access.READ_MEDIA)
async def get_analytics_module_options(
    call: Call, request: GetAnalyticsModuleOptions
) -> GetAnalyticsModuleOptionsResponse:
    """Tell what the parameters of analytics modules can be."""
    camera = _device(call, request).camera
    kinds = model.supported_modules(camera).analytics_module_description
    wanted = _wanted(request.type, kinds, missing="TypeNotExistent")
    options = tuple(each for each in model.module_options(camera) if each.analytics_module in wanted)
    return GetAnalyticsModuleOptionsResponse(options=options)


@operation(access=Access.ACTUATE)
async def create_analytics_modules(call: Call, request: CreateAnalyticsModules) -> CreateAnalyticsModulesResponse:
    """Refuse: the analytics modules are fixed."""
    changes.create_modules(_device(call, request).camera, request.analytics_module)
    return CreateAnalyticsModulesResponse()


@operation(access=Access.ACTUATE)
async def modify_analytics_modules(call: Call, request: ModifyAnalyticsModules) -> ModifyAnalyticsModulesResponse:
    """Change analytics modules, all of them or none."""
    await changes.modify_modules(_device(call, request), request.analytics_module)
    return ModifyAnalyticsModulesResponse()


@operation(access=Access.ACTUATE)
async def delete_analytics_modules(call: Call, request: DeleteAnalyticsModules) -> DeleteAnalyticsModulesResponse:
    """Refuse: the analytics modules are fixed."""
    changes.delete_modules(_device(call, request).camera, request.analytics_module_name)
    return DeleteAnalyticsModulesResponse()


def _device(
    call: Call, request: AnalyticsConfigurationReference | GetRuleOptions | GetAnalyticsModuleOptions
) -> VirtualDevice:
    """Return the device, if the request names an analytics configuration of it.

    Raises:
        ClientFault: NoConfig.
    """
    token = request.configuration_token
    if token not in call.device.media.tokens(ConfigurationKind.ANALYTICS):
        raise no_configuration(f"There is no analytics configuration '{token}'")
    return call.device


def _wanted(asked: str | None, kinds: Iterable[ConfigDescription], *, missing: str) -> set[str]:
    """Return the names of the kinds that a client asks about: all, or the one that it names.

    Raises:
        ClientFault: `missing`, if there is no such kind.
    """
    names = {kind.name for kind in kinds}
    if asked is None:
        return names
    found = {name for name in names if model.local_name(name) == model.local_name(asked)}
    if not found:
        raise ClientFault("Sender", ("InvalidArgVal", missing), f"There is no kind '{asked}'")
    return found


def _capabilities(call: Call) -> AnalyticsCapabilities:
    has_modules = model.motion_grid(call.device.camera) is not None
    return AnalyticsCapabilities(
        rule_support=True,
        analytics_module_support=has_modules,
        cell_based_scene_description_supported=False,
        rule_options_supported=True,
        analytics_module_options_supported=has_modules,
        supported_metadata=False,
        image_sending_type="",
    )


def _is_served(device: VirtualDevice) -> bool:
    return device.media.has_analytics


SERVICE = Service(
    prefix="tan",
    namespace=TAN,
    path="/onvif/analytics_service",
    version=(24, 12),
    operations=operations_of(__name__),
    is_served=_is_served,
    capabilities=_capabilities,
)
