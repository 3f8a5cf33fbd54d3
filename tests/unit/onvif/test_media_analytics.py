"""Analytics configurations in the media services; cases named after the test specifications."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from bridge.onvif.analytics_view import is_same_analysis
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media_analytics as trt_analytics
from bridge.onvif.types import media_changes as trt_changes
from bridge.onvif.types.configurations import (
    AnalyticsEngineConfiguration,
    Config,
    RuleEngineConfiguration,
    VideoAnalyticsConfiguration,
)
from bridge.onvif.types.events import ElementItem, ItemList, SimpleItem
from tests.unit.onvif.media_bench import MAIN, SUB, MediaBench, camera_of

TOKEN = "VideoAnalytics_0"
NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
NO_PROFILE = ("Sender", "InvalidArgVal", "NoProfile")
CONFIG_MODIFY = ("Sender", "InvalidArgVal", "ConfigModify")
NOT_SUPPORTED = ("ActionNotSupported", "VideoAnalyticsNotSupported")
AXT = "http://www.onvif.org/ver20/analytics"


@pytest.fixture
def bench():
    """A camera that reports motion."""
    return MediaBench(camera_of(MAIN, SUB))


@pytest.fixture
def blind():
    """A camera that sees no motion."""
    return MediaBench(camera_of(MAIN, SUB, kinds=frozenset()))


async def present(bench):
    request = trt_analytics.GetVideoAnalyticsConfiguration(configuration_token=TOKEN)
    return (await bench.answer(request)).configuration


def setting(configuration):
    return trt_analytics.SetVideoAnalyticsConfiguration(configuration=configuration, force_persistence=True)


def rule(*, name="Yard", kind="tt:MotionRegionDetector", armed="true", shape=None):
    polygon = etree.fromstring(shape or f'<axt:Polygon xmlns:axt="{AXT}"><axt:Point x="0"/></axt:Polygon>')
    items = ItemList(
        simple_item=(SimpleItem(name="Armed", value=armed),),
        element_item=(ElementItem(name="Field", content=polygon), ElementItem(name="Nothing")),
    )
    return Config(name=name, type=kind, parameters=items)


def configuration_of(*rules, modules=()):
    return VideoAnalyticsConfiguration(
        token=TOKEN,
        name="",
        use_count=0,
        analytics_engine_configuration=AnalyticsEngineConfiguration(analytics_module=modules),
        rule_engine_configuration=RuleEngineConfiguration(rule=rules),
    )


# ------------------------------------------------------------------------------------------------------------- reading


async def test_MEDIA2_9_1_1_every_way_to_the_configuration_shows_the_same(bench):
    one = await present(bench)
    assert (one.token, one.use_count) == (TOKEN, 2)
    requests = (
        trt_analytics.GetVideoAnalyticsConfigurations(),
        trt_analytics.GetCompatibleVideoAnalyticsConfigurations(profile_token="Profile_sub"),
        tr2.GetAnalyticsConfigurations(),
        tr2.GetAnalyticsConfigurations(configuration_token=TOKEN),
        tr2.GetAnalyticsConfigurations(profile_token="Profile_main"),
    )
    for request in requests:
        (shown,) = (await bench.answer(request)).configurations
        assert (shown.token, shown.name, shown.use_count) == (one.token, one.name, one.use_count)
        assert is_same_analysis(shown, one)


async def test_MEDIA2_9_1_2_profiles_hold_what_the_service_tells(bench):
    one = await present(bench)
    older = [each.video_analytics_configuration for each in (await bench.answer(trt.GetProfiles())).profiles]
    newer = (await bench.answer(tr2.GetProfiles(type=("Analytics",)))).profiles
    for shown in (*older, *(each.configurations.analytics for each in newer)):
        assert shown.name == one.name
        assert is_same_analysis(shown, one)


async def test_MEDIA2_9_1_3_tokens_of_nothing_are_refused(bench):
    for question in (trt_analytics.GetVideoAnalyticsConfiguration, tr2.GetAnalyticsConfigurations):
        assert await bench.fault(question(configuration_token="nothing")) == NO_CONFIG
    for ask in (trt_analytics.GetCompatibleVideoAnalyticsConfigurations, tr2.GetAnalyticsConfigurations):
        assert await bench.fault(ask(profile_token="nobody")) == NO_PROFILE


async def test_without_analysis_nothing_of_it_is_supported(bench, blind):
    asked = (
        trt_analytics.GetVideoAnalyticsConfigurations(),
        trt_analytics.GetVideoAnalyticsConfiguration(configuration_token=TOKEN),
        trt_analytics.GetCompatibleVideoAnalyticsConfigurations(profile_token="Profile_main"),
        setting(await present(bench)),
    )
    for request in asked:
        assert await blind.fault(request) == ("Sender", *NOT_SUPPORTED)
    held = (
        trt_changes.AddVideoAnalyticsConfiguration(profile_token="Profile_main", configuration_token=TOKEN),
        trt_changes.RemoveVideoAnalyticsConfiguration(profile_token="Profile_main"),
    )
    for request in held:
        assert await blind.fault(request) == ("Receiver", *NOT_SUPPORTED)
    assert (await blind.answer(tr2.GetAnalyticsConfigurations())).configurations == ()
    profiles = (await blind.answer(trt.GetProfiles())).profiles
    assert [profile.video_analytics_configuration for profile in profiles] == [None, None]


async def test_media2_names_the_kind_only_where_pictures_are_analysed(bench, blind):
    async def supported(asked):
        said = (await asked.answer(tr2.GetServiceCapabilities())).capabilities.profile_capabilities
        return said.configurations_supported

    assert "Analytics" in await supported(bench)
    assert "Analytics" not in await supported(blind)


# ------------------------------------------------------------------------------------------------------------- setting


async def test_a_name_is_kept_and_shown_by_both_services(bench):
    await bench.answer(setting(replace(await present(bench), name="TestName1", use_count=7)))
    (newer,) = (await bench.answer(tr2.GetAnalyticsConfigurations())).configurations
    older = await present(bench)
    assert (older.name, older.use_count) == (newer.name, newer.use_count) == ("TestName1", 2)
    assert await bench.changes() == [("ConfigurationChanged", TOKEN, "Analytics")]


async def test_modules_and_rules_are_left_to_the_analytics_service(bench):
    shown = await present(bench)
    wished = configuration_of(rule(), modules=shown.analytics_engine_configuration.analytics_module)
    for request in (setting(replace(wished, name="New")), setting(replace(shown, name="n" * 65))):
        assert await bench.fault(request) == CONFIG_MODIFY
    assert (await present(bench)).name == shown.name
    assert await bench.fault(setting(replace(shown, token="nothing"))) == NO_CONFIG
    assert await bench.changes() == []


def test_the_same_analysis_is_known_whatever_the_prefixes_and_white_space():
    other = rule(kind="onvif:MotionRegionDetector", shape=f'<Polygon xmlns="{AXT}">\n  <Point x="0"/>\n</Polygon>')
    assert is_same_analysis(configuration_of(rule()), configuration_of(other))
    assert is_same_analysis(configuration_of(modules=(rule(),)), configuration_of(modules=(other,)))


@pytest.mark.parametrize(
    "other",
    [
        configuration_of(),
        configuration_of(rule(), rule(name="Gate")),
        configuration_of(rule(name="Gate")),
        configuration_of(rule(kind="tt:LineDetector")),
        configuration_of(rule(armed="false")),
        configuration_of(rule(shape=f'<axt:Polygon xmlns:axt="{AXT}"><axt:Point x="1"/></axt:Polygon>')),
        configuration_of(modules=(rule(),)),
    ],
)
def test_another_analysis_is_known_by_every_difference(other):
    assert not is_same_analysis(configuration_of(rule()), other)
