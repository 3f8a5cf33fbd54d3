"""The analytics configuration as both media services show it, and what of it they can set.

ONVIF Media Service Specification, "Video analytics configuration"; Media2, "Analytics configuration". What is in it,
modules and rules, is the business of the analytics service (`analytics_model`), and so is changing them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lxml import etree

from bridge.core.errors import ClientFault
from bridge.onvif.analytics_model import analytics_configuration
from bridge.onvif.configurations import ConfigurationView
from bridge.onvif.media_tokens import ConfigurationKind

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.media_model import MediaModel
    from bridge.onvif.types.configurations import Config, VideoAnalyticsConfiguration


def analytics_view(device: VirtualDevice) -> ConfigurationView[VideoAnalyticsConfiguration]:
    """Return the analytics configurations of a device; their content is more than its media model knows."""

    def render(_media: MediaModel, token: str) -> VideoAnalyticsConfiguration:
        return analytics_configuration(device, token)

    return ConfigurationView(ConfigurationKind.ANALYTICS, render)


def require_analytics(media: MediaModel, *, code: Literal["Sender", "Receiver"] = "Sender") -> None:
    """Check that a camera analyses its pictures.

    Args:
        media: the media model.
        code: whose fault it is if not: the specification blames the client who asks for a configuration, and the
            device where it is to be put into a media profile.

    Raises:
        ClientFault: VideoAnalyticsNotSupported.
    """
    if not media.has_analytics:
        raise ClientFault(
            code, ("ActionNotSupported", "VideoAnalyticsNotSupported"), "The camera does not analyse its pictures"
        )


def is_same_analysis(one: VideoAnalyticsConfiguration, other: VideoAnalyticsConfiguration) -> bool:
    """Say whether two configurations hold the same modules and rules; the prefixes of type names do not matter."""
    return _content(one) == _content(other)


def _content(configuration: VideoAnalyticsConfiguration) -> tuple[list[object], list[object]]:
    modules = configuration.analytics_engine_configuration.analytics_module
    rules = configuration.rule_engine_configuration.rule
    return [_comparable(module) for module in modules], [_comparable(rule) for rule in rules]


def _comparable(config: Config) -> tuple[object, ...]:
    simple = {item.name: item.value for item in config.parameters.simple_item}
    elements = {item.name: _canonical(item.content) for item in config.parameters.element_item}
    return config.name, config.type.rpartition(":")[2], simple, elements


def _canonical(content: etree._Element | None) -> str | None:
    return None if content is None else etree.canonicalize(content, strip_text=True, rewrite_prefixes=True)
