"""Video analytics configurations in the Media service (ONVIF Media Service Specification, `ver10`).

Their content belongs to the analytics service: here it can be read and kept as it is, but not changed. A camera that
does not analyse its pictures is asked in vain: that has a fault of its own.
"""

from __future__ import annotations

from bridge.onvif import configuration_changes
from bridge.onvif.analytics_view import analytics_view, is_same_analysis, require_analytics
from bridge.onvif.encoder_choice import config_modify
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media_analytics as messages


@operation(access=Access.READ_MEDIA)
async def get_video_analytics_configurations(
    call: Call, _request: messages.GetVideoAnalyticsConfigurations
) -> messages.GetVideoAnalyticsConfigurationsResponse:
    """Tell all video analytics configurations."""
    require_analytics(call.device.media)
    return messages.GetVideoAnalyticsConfigurationsResponse(
        configurations=analytics_view(call.device).matching(call.device.media)
    )


@operation(access=Access.READ_MEDIA)
async def get_video_analytics_configuration(
    call: Call, request: messages.GetVideoAnalyticsConfiguration
) -> messages.GetVideoAnalyticsConfigurationResponse:
    """Tell one video analytics configuration."""
    require_analytics(call.device.media)
    return messages.GetVideoAnalyticsConfigurationResponse(
        configuration=analytics_view(call.device).one(call.device.media, request.configuration_token)
    )


@operation(access=Access.READ_MEDIA)
async def get_compatible_video_analytics_configurations(
    call: Call, request: messages.GetCompatibleVideoAnalyticsConfigurations
) -> messages.GetCompatibleVideoAnalyticsConfigurationsResponse:
    """Tell the video analytics configurations that fit a profile."""
    require_analytics(call.device.media)
    return messages.GetCompatibleVideoAnalyticsConfigurationsResponse(
        configurations=analytics_view(call.device).compatible(call.device.media, request.profile_token)
    )


@operation(access=Access.ACTUATE)
async def set_video_analytics_configuration(
    call: Call, request: messages.SetVideoAnalyticsConfiguration
) -> messages.SetVideoAnalyticsConfigurationResponse:
    """Set a video analytics configuration: only its name can change here."""
    media, wished = call.device.media, request.configuration
    require_analytics(media)
    present = analytics_view(call.device).one(media, wished.token)
    if not is_same_analysis(present, wished):
        raise config_modify("Analytics modules and rules are changed through the analytics service")
    configuration_changes.rename(call.device, ConfigurationKind.ANALYTICS, wished)
    return messages.SetVideoAnalyticsConfigurationResponse()
