"""What the cases of the analytics service share: its questions, and rules about motion regions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.conformance.dut import NAMESPACES
from tests.conformance.media2_client import Media2, held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conformance.dut import Dut, Element

REGION_RULE = "tt:MotionRegionDetector"
REGION_OPTIONS = "axt:MotionRegionConfigOptions"
RULE_NAME = "TestMotionRegion"

_NAME = r"[A-Za-z_][\w.-]*"
_TOPIC = re.compile(rf"(?:{_NAME}:)?{_NAME}(?:/(?:{_NAME}:)?{_NAME})*")

Corners = list[tuple[int, int]]


@dataclass(frozen=True)
class Item:
    """A rule or module as a client can make it: its type, name, and the parameters as XML."""

    type: str
    name: str
    parameters: str = ""


async def configurations(dut: Dut) -> list[Element]:
    """Return the analytics configurations, of which there must be one at least."""
    return await (await Media2.of(dut)).every("Analytics")


async def ask(dut: Dut, operation: str, token: str, content: str = "") -> Element:
    """Ask an operation about an analytics configuration whose token comes first in the request."""
    return await dut.ask(
        f"<tan:{operation}><tan:ConfigurationToken>{token}</tan:ConfigurationToken>{content}</tan:{operation}>"
    )


async def supported_rules(dut: Dut, token: str) -> list[Element]:
    """Return the descriptions of the kinds of rules."""
    return (await ask(dut, "GetSupportedRules", token)).all("tan:SupportedRules/tt:RuleDescription")


async def supported_modules(dut: Dut, token: str) -> list[Element]:
    """Return the descriptions of the kinds of analytics modules."""
    answer = await ask(dut, "GetSupportedAnalyticsModules", token)
    return answer.all("tan:SupportedAnalyticsModules/tt:AnalyticsModuleDescription")


async def rules(dut: Dut, token: str) -> list[Element]:
    """Return the rules that there are."""
    return (await ask(dut, "GetRules", token)).all("tan:Rule")


async def modules(dut: Dut, token: str) -> list[Element]:
    """Return the analytics modules that there are."""
    return (await ask(dut, "GetAnalyticsModules", token)).all("tan:AnalyticsModule")


async def rule_options(dut: Dut, token: str, kind: str | None = None) -> list[Element]:
    """Return what the parameters of all kinds of rules, or of one, can be."""
    wanted = "" if kind is None else f"<tan:RuleType>{kind}</tan:RuleType>"
    answer = await dut.ask(
        f"<tan:GetRuleOptions>{wanted}<tan:ConfigurationToken>{token}</tan:ConfigurationToken></tan:GetRuleOptions>"
    )
    return answer.all("tan:RuleOptions")


async def module_options(dut: Dut, token: str, kind: str | None = None) -> list[Element]:
    """Return what the parameters of all kinds of analytics modules, or of one, can be."""
    wanted = "" if kind is None else f"<tan:Type>{kind}</tan:Type>"
    answer = await dut.ask(
        f"<tan:GetAnalyticsModuleOptions>{wanted}<tan:ConfigurationToken>{token}</tan:ConfigurationToken>"
        "</tan:GetAnalyticsModuleOptions>"
    )
    return answer.all("tan:Options")


async def create_rule(dut: Dut, token: str, rule: Item) -> None:
    """Make a rule."""
    await ask(dut, "CreateRules", token, _as_config("tan:Rule", rule))


async def modify_rule(dut: Dut, token: str, rule: Item) -> None:
    """Change a rule."""
    await ask(dut, "ModifyRules", token, _as_config("tan:Rule", rule))


async def delete_rule(dut: Dut, token: str, name: str) -> None:
    """Delete a rule."""
    await ask(dut, "DeleteRules", token, f"<tan:RuleName>{name}</tan:RuleName>")


async def modify_module(dut: Dut, token: str, module: Item) -> None:
    """Change an analytics module."""
    await ask(dut, "ModifyAnalyticsModules", token, _as_config("tan:AnalyticsModule", module))


async def profile_with_free_rule(dut: Dut, kind: str | None = None) -> tuple[Element, str, Element]:
    """Return a media profile, its analytics token, and a kind of rules of which there is room for one more.

    Args:
        dut: the device.
        kind: the kind; without it, the first one that is not fixed.
    """
    free: dict[str, Element] = {}
    for each in await configurations(dut):
        for rule in await supported_rules(dut, each["token"]):
            if rule.get("fixed") != "true" and kind in {None, rule["Name"]}:
                free.setdefault(each["token"], rule)
    assert free, "no rules can be added"
    profile, token = next(
        (each, analysis["token"])
        for each in await (await Media2.of(dut)).profiles("VideoSource", "Analytics")
        if held(each, "VideoSource") is not None
        and (analysis := held(each, "Analytics")) is not None
        and analysis["token"] in free
    )
    description = free[token]
    present = [each["Name"] for each in await rules(dut, token) if each["Type"] == description["Name"]]
    assert int(description["maxInstances"]) > 0
    if len(present) == int(description["maxInstances"]):
        await delete_rule(dut, token, present[0])
    return profile, token, description


async def region_options(dut: Dut, token: str) -> Element:
    """Return what motion regions can be."""
    option = next(each for each in await rule_options(dut, token, REGION_RULE) if each["Name"] == "MotionRegion")
    assert option.get("Type", REGION_OPTIONS) == REGION_OPTIONS
    return option.one(REGION_OPTIONS)


def corners(profile: Element, *, part: int = 1) -> Corners:
    """Return the corners of the upper left 1/part of the picture, from the upper left one downwards."""
    bounds = profile.one("tr2:Configurations/tr2:VideoSource/tt:Bounds")
    left, top = int(bounds["x"]), int(bounds["y"])
    right, bottom = (left + int(bounds["width"]) - 1) // part, (top + int(bounds["height"]) - 1) // part
    return [(left, top), (left, bottom), (right, bottom), (right, top)]


def region_rule(polygon: Corners, options: Element, *, armed: bool, sensitivity: int) -> Item:
    """Return a rule about a motion region; whether it is armed is said where it can be disarmed."""
    points = "".join(f'<tt:Point x="{x}" y="{y}"/>' for x, y in polygon)
    said = f' Armed="{str(armed).lower()}"' if options.text("axt:DisarmSupport") == "true" else ""
    return Item(
        REGION_RULE,
        RULE_NAME,
        f'<tt:ElementItem Name="MotionRegion"><axt:MotionRegionConfig{said} Sensitivity="{sensitivity}">'
        f"<tt:Polygon>{points}</tt:Polygon></axt:MotionRegionConfig></tt:ElementItem>",
    )


def is_region(rule: Element, polygon: Corners, options: Element, *, armed: bool, sensitivity: int) -> None:
    """Check that a rule is about such a motion region."""
    (region,) = rule.all("tt:Parameters/tt:ElementItem[@Name='MotionRegion']/axt:MotionRegionConfig")
    points = [(float(each["x"]), float(each["y"])) for each in region.all("tt:Polygon/tt:Point")]
    assert points == polygon, str(region)
    if options.text("axt:DisarmSupport") == "true":
        assert region["Armed"] == str(armed).lower()
    assert float(region["Sensitivity"]) == sensitivity


def named(items: Sequence[Element], kind: str, name: str) -> list[Element]:
    """Return the rules or modules of a type and a name: one or none."""
    found = [each for each in items if (each["Type"], each["Name"]) == (kind, name)]
    assert len(found) <= 1
    return found


def fixed(kinds: dict[str, Element]) -> set[str]:
    """Return the names of the kinds that are always there, out of descriptions by name."""
    return {name for name, kind in kinds.items() if kind.get("fixed") == "true"}


def is_described(item: Element, description: Element) -> None:
    """Check that a rule or module has no parameters but those that its description lists."""
    for what in ("SimpleItem", "ElementItem"):
        shown = {each["Name"] for each in item.all(f"tt:Parameters/tt:{what}")}
        assert shown <= {each["Name"] for each in description.all(f"tt:Parameters/tt:{what}Description")}


def is_well_described(description: Element, present: Sequence[Element]) -> None:
    """Check the description of a kind of rules or modules; those that are fixed must be present."""
    assert int(description["maxInstances"]) >= 0
    for part in description.all("tt:Parameters") + description.all("tt:Messages/*"):
        names = [each["Name"] for each in part.all("*")]
        assert len(names) == len(set(names)), str(part)
    for topic in description.all("tt:Messages/tt:ParentTopic"):
        is_topic(topic)
    if description.get("fixed") == "true":
        assert description["Name"] in {each["Type"] for each in present}


def is_topic(topic: Element) -> None:
    """Check that an element's text is a concrete topic whose prefixes are declared."""
    text = topic.text()
    assert _TOPIC.fullmatch(text), text
    assert set(re.findall(rf"({_NAME}):", text)) <= set(topic.raw.nsmap)


def values(item: Element) -> dict[str, str]:
    """Return the simple parameters of a rule or module."""
    return {each["Name"]: each["Value"] for each in item.all("tt:Parameters/tt:SimpleItem")}


def simple_item(name: str, value: str) -> str:
    """Return a simple parameter as XML."""
    return f'<tt:SimpleItem Name="{name}" Value="{value}"/>'


def first_integer_option(description: Element, options: Sequence[Element]) -> tuple[str, int, int]:
    """Return the first whole number among the parameters for which there is a range: name, least, greatest.

    The specification's table names xs:int; the parameters of the standard rules and modules are xs:integer.
    """
    for parameter in description.all("tt:Parameters/tt:SimpleItemDescription"):
        ranges = [each.one("tt:IntRange") for each in options if each["Name"] == parameter["Name"]]
        if parameter["Type"] in {"xs:int", "xs:integer"} and ranges:
            return parameter["Name"], int(ranges[0].text("tt:Min")), int(ranges[0].text("tt:Max"))
    raise AssertionError(f"no such parameter in {description}")


def topic_in(topic_set: Element, expression: str) -> Element:
    """Return a topic of a TopicSet by its path, e.g. `tns1:RuleEngine/CellMotionDetector/Motion`."""
    found = topic_set
    for step in expression.split("/"):
        prefix, _, name = step.rpartition(":")
        tag = f"{{{NAMESPACES[prefix]}}}{name}" if prefix else name
        (raw,) = [each for each in found.raw if each.tag == tag]
        found = type(topic_set)(raw)
    assert any(str(name).endswith("}topic") and value == "true" for name, value in found.raw.attrib.items())
    return found


def _as_config(tag: str, item: Item) -> str:
    return f'<{tag} Name="{item.name}" Type="{item.type}"><tt:Parameters>{item.parameters}</tt:Parameters></{tag}>'
