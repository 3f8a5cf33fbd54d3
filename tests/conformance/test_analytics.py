"""Analytics Engine Device Test Specification: capabilities, analytics modules, rules, motion regions."""

from __future__ import annotations

from tests.conformance import analytics_steps as analytics
from tests.conformance.analytics_steps import REGION_RULE, RULE_NAME, Item
from tests.conformance.dut import NAMESPACES
from tests.conformance.event_client import initial_states, topic_filter
from tests.conformance.media2_client import Media2
from tests.conformance.media_client import contents

REGION_TOPIC = "tns1:RuleEngine/MotionRegionDetector/Motion"


def described_item(description, path, name):
    """Return the type of an item that a description lists under a path."""
    (found,) = [each for each in description.all(path) if each["Name"] == name]
    return found["Type"]


async def analytics_service(dut, *, with_capabilities):
    """Return how GetServices lists the analytics service."""
    services = await dut.ask(
        "<tds:GetServices>"
        f"<tds:IncludeCapability>{str(with_capabilities).lower()}</tds:IncludeCapability></tds:GetServices>"
    )
    (found,) = [each for each in services.all("tds:Service") if each.text("tds:Namespace") == NAMESPACES["tan"]]
    return found


async def configuration(dut, token):
    """Return the analytics configuration of a token."""
    return await (await Media2.of(dut)).one("Analytics", token)


async def test_ANALYTICS_1_1_1(dut):
    """A kind of rules about motion regions is described, with its parameter and its messages."""
    kinds = [
        each
        for found in await analytics.configurations(dut)
        for each in await analytics.supported_rules(dut, found["token"])
        if each["Name"] == REGION_RULE
    ]
    assert kinds
    for kind in kinds:
        assert "maxInstances" in kind.raw.attrib
        parameters = "tt:Parameters/tt:ElementItemDescription"
        assert described_item(kind, parameters, "MotionRegion") == "axt:MotionRegionConfig"
        source = "tt:Messages/tt:Source/tt:SimpleItemDescription"
        assert described_item(kind, source, "VideoSource") == "tt:ReferenceToken"
        assert described_item(kind, source, "RuleName") == "xs:string"
        assert described_item(kind, "tt:Messages/tt:Data/tt:SimpleItemDescription", "State") == "xs:boolean"
        assert kind.text("tt:Messages/tt:ParentTopic") == REGION_TOPIC


async def test_ANALYTICS_1_1_2(dut):
    """The options of rules about motion regions are told."""
    supporting = [
        found["token"]
        for found in await analytics.configurations(dut)
        if REGION_RULE in {each["Name"] for each in await analytics.supported_rules(dut, found["token"])}
    ]
    assert supporting
    for token in supporting:
        await analytics.region_options(dut, token)


async def test_ANALYTICS_1_1_3(dut):
    """A rule about a motion region of the whole picture can be made, reads back the same, and can be deleted."""
    profile, token, _ = await analytics.profile_with_free_rule(dut, REGION_RULE)
    options = await analytics.region_options(dut, token)
    polygon = analytics.corners(profile)
    await analytics.create_rule(dut, token, analytics.region_rule(polygon, options, armed=True, sensitivity=1))
    (rule,) = analytics.named(await analytics.rules(dut, token), REGION_RULE, RULE_NAME)
    analytics.is_region(rule, polygon, options, armed=True, sensitivity=1)
    await analytics.delete_rule(dut, token, RULE_NAME)
    assert not analytics.named(await analytics.rules(dut, token), REGION_RULE, RULE_NAME)


async def test_ANALYTICS_1_1_4(dut):
    """A rule about a motion region can be given another polygon and sensitivity, and be disarmed."""
    profile, token, _ = await analytics.profile_with_free_rule(dut, REGION_RULE)
    options = await analytics.region_options(dut, token)
    whole = analytics.region_rule(analytics.corners(profile), options, armed=True, sensitivity=1)
    await analytics.create_rule(dut, token, whole)
    polygon = analytics.corners(profile, part=2)
    await analytics.modify_rule(dut, token, analytics.region_rule(polygon, options, armed=False, sensitivity=0))
    (rule,) = analytics.named(await analytics.rules(dut, token), REGION_RULE, RULE_NAME)
    analytics.is_region(rule, polygon, options, armed=False, sensitivity=0)
    await analytics.delete_rule(dut, token, RULE_NAME)


async def test_ANALYTICS_2_1_1(dut):
    """The topic of motion regions is described as a property, and who subscribes is told of a region's state."""
    profile, token, _ = await analytics.profile_with_free_rule(dut, REGION_RULE)
    options = await analytics.region_options(dut, token)
    whole = analytics.region_rule(analytics.corners(profile), options, armed=True, sensitivity=1)
    await analytics.create_rule(dut, token, whole)
    names_rules = options.text("axt:RuleNotification") == "true"

    topic_set = (await dut.ask("<tev:GetEventProperties/>")).one("wstop:TopicSet")
    description = analytics.topic_in(topic_set, REGION_TOPIC).one("tt:MessageDescription")
    assert description["IsProperty"] == "true"
    source = "tt:Source/tt:SimpleItemDescription"
    assert described_item(description, source, "VideoSource") == "tt:ReferenceToken"
    if names_rules:
        assert described_item(description, source, "RuleName") == "xs:string"
    assert described_item(description, "tt:Data/tt:SimpleItemDescription", "State") == "xs:boolean"

    wanted = {"VideoSource": profile.text("tr2:Configurations/tr2:VideoSource/tt:SourceToken")}
    if names_rules:
        wanted["RuleName"] = RULE_NAME
    states = await initial_states(dut, topic_filter(REGION_TOPIC))
    assert {each.topic for each in states} == {REGION_TOPIC}
    (region,) = [each for each in states if wanted.items() <= each.source.items()]
    assert region.data["State"] in {"true", "false"}
    await analytics.delete_rule(dut, token, RULE_NAME)


async def test_ANALYTICS_3_1_1(dut):
    """GetServices lists the service, with the capabilities that the service itself tells if they are asked for."""
    assert not (await analytics_service(dut, with_capabilities=False)).has("tds:Capabilities")
    listed = (await analytics_service(dut, with_capabilities=True)).one("tds:Capabilities/tan:Capabilities")
    told = (await dut.ask("<tan:GetServiceCapabilities/>")).one("tan:Capabilities")
    assert dict(listed.raw.attrib) == dict(told.raw.attrib)


async def test_ANALYTICS_3_1_2(dut):
    """Metadata of analytics modules is announced only where there are analytics modules."""
    told = (await dut.ask("<tan:GetServiceCapabilities/>")).one("tan:Capabilities")
    assert told.get("SupportedMetadata") != "true" or told.get("AnalyticsModuleSupport") == "true"


async def test_ANALYTICS_4_1_1(dut):
    """Every kind of analytics modules is well described, and a fixed one is part of its configuration."""
    for found in await analytics.configurations(dut):
        kinds = await analytics.supported_modules(dut, found["token"])
        assert kinds
        for kind in kinds:
            analytics.is_well_described(kind, found.all("tt:AnalyticsEngineConfiguration/tt:AnalyticsModule"))


async def test_ANALYTICS_4_1_2(dut):
    """The options of one kind of analytics modules are among those of all kinds."""
    for found in await analytics.configurations(dut):
        token = found["token"]
        every = await analytics.module_options(dut, token)
        assert not any("RuleType" in each.raw.attrib for each in every)
        known = {(each.get("AnalyticsModule"), each["Name"]) for each in every}
        for kind in await analytics.supported_modules(dut, token):
            options = await analytics.module_options(dut, token, kind["Name"])
            assert not any("RuleType" in each.raw.attrib for each in options)
            assert {each.get("AnalyticsModule", kind["Name"]) for each in options} <= {kind["Name"]}
            assert {(each.get("AnalyticsModule"), each["Name"]) for each in options} <= known


async def test_ANALYTICS_4_1_3(dut):
    """Every analytics module is of a kind that is supported and has the parameters of that kind."""
    for found in await analytics.configurations(dut):
        kinds = {each["Name"]: each for each in await analytics.supported_modules(dut, found["token"])}
        present = await analytics.modules(dut, found["token"])
        assert {each["Type"] for each in present} <= set(kinds)
        assert analytics.fixed(kinds) <= {each["Type"] for each in present}
        for each in present:
            analytics.is_described(each, kinds[each["Type"]])


async def test_ANALYTICS_4_1_7(dut):
    """A parameter of an analytics module can be set within its range, and shows wherever the module does."""
    for found in await analytics.configurations(dut):
        token = found["token"]
        for kind in await analytics.supported_modules(dut, token):
            options = await analytics.module_options(dut, token, kind["Name"])
            parameter, least, greatest = analytics.first_integer_option(kind, options)
            module = next(each for each in await analytics.modules(dut, token) if each["Type"] == kind["Name"])
            for value in (least, greatest):
                wished = analytics.simple_item(parameter, str(value))
                await analytics.modify_module(dut, token, Item(module["Type"], module["Name"], wished))
                (read,) = analytics.named(await analytics.modules(dut, token), module["Type"], module["Name"])
                assert analytics.values(read)[parameter] == str(value)
                engine = (await configuration(dut, token)).one("tt:AnalyticsEngineConfiguration")
                (read,) = analytics.named(engine.all("tt:AnalyticsModule"), module["Type"], module["Name"])
                assert analytics.values(read)[parameter] == str(value)


async def test_ANALYTICS_6_1_1(dut):
    """Every kind of rules is described once and well, and a fixed one is part of its configuration."""
    for found in await analytics.configurations(dut):
        kinds = await analytics.supported_rules(dut, found["token"])
        assert kinds
        assert len({each["Name"] for each in kinds}) == len(kinds)
        for kind in kinds:
            analytics.is_well_described(kind, found.all("tt:RuleEngineConfiguration/tt:Rule"))


async def test_ANALYTICS_6_1_2(dut):
    """The options of one kind of rules are among those of all kinds."""
    for found in await analytics.configurations(dut):
        token = found["token"]
        every = await analytics.rule_options(dut, token)
        assert not any("AnalyticsModule" in each.raw.attrib for each in every)
        known = {(each.get("RuleType"), each["Name"]) for each in every}
        for kind in await analytics.supported_rules(dut, token):
            options = await analytics.rule_options(dut, token, kind["Name"])
            assert not any("AnalyticsModule" in each.raw.attrib for each in options)
            assert {each.get("RuleType", kind["Name"]) for each in options} <= {kind["Name"]}
            assert {(each.get("RuleType"), each["Name"]) for each in options} <= known


async def test_ANALYTICS_6_1_3(dut):
    """Every rule is of a kind that is supported and has the parameters of that kind."""
    for found in await analytics.configurations(dut):
        kinds = {each["Name"]: each for each in await analytics.supported_rules(dut, found["token"])}
        present = await analytics.rules(dut, found["token"])
        assert {each["Type"] for each in present} <= set(kinds)
        assert analytics.fixed(kinds) <= {each["Type"] for each in present}
        for each in present:
            analytics.is_described(each, kinds[each["Type"]])


async def test_ANALYTICS_6_1_4(dut):
    """A rule made without parameters gets those of its kind, the same in the analytics and the media service."""
    _, token, kind = await analytics.profile_with_free_rule(dut)
    await analytics.create_rule(dut, token, Item(kind["Name"], "n4me"))
    (rule,) = analytics.named(await analytics.rules(dut, token), kind["Name"], "n4me")
    analytics.is_described(rule, kind)
    engine = (await configuration(dut, token)).one("tt:RuleEngineConfiguration")
    (shown,) = analytics.named(engine.all("tt:Rule"), kind["Name"], "n4me")
    assert contents(shown) == contents(rule)


async def test_ANALYTICS_6_1_5(dut):
    """A rule that is deleted is gone from the analytics and from the media service."""
    _, token, kind = await analytics.profile_with_free_rule(dut)
    await analytics.create_rule(dut, token, Item(kind["Name"], "n4me"))
    await analytics.delete_rule(dut, token, "n4me")
    assert not analytics.named(await analytics.rules(dut, token), kind["Name"], "n4me")
    engine = (await configuration(dut, token)).one("tt:RuleEngineConfiguration")
    assert not analytics.named(engine.all("tt:Rule"), kind["Name"], "n4me")


async def test_ANALYTICS_6_1_6(dut):
    """A parameter of a rule can be set within its range, and shows wherever the rule does."""
    for found in await analytics.configurations(dut):
        token = found["token"]
        kinds = {each["Name"]: each for each in await analytics.supported_rules(dut, token)}
        kind = kinds["tt:CellMotionDetector"]
        options = await analytics.rule_options(dut, token, kind["Name"])
        parameter, least, greatest = analytics.first_integer_option(kind, options)
        rule = next(each for each in await analytics.rules(dut, token) if each["Type"] == kind["Name"])
        for value in (least, greatest):
            wished = analytics.simple_item(parameter, str(value))
            await analytics.modify_rule(dut, token, Item(rule["Type"], rule["Name"], wished))
            (read,) = analytics.named(await analytics.rules(dut, token), rule["Type"], rule["Name"])
            assert analytics.values(read)[parameter] == str(value)
            engine = (await configuration(dut, token)).one("tt:RuleEngineConfiguration")
            (read,) = analytics.named(engine.all("tt:Rule"), rule["Type"], rule["Name"])
            assert analytics.values(read)[parameter] == str(value)
